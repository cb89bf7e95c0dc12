"""Transcripts without their recording: the words are in the file itself.

Where the words stand in the file in one piece, a citation names their characters; in a JSON, an
XML or a table it names their seconds in the recording that is not there; without those, their
characters in the words of all lines, one below the other.
"""

from persona.collect.decoding import decode, decode_head
from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.selectors import Selector, text_span, time_span
from persona.collect.transcripts.file import (
    TRANSCRIPT_NAMES,
    looks_like_transcript,
    read_transcript,
    transcribed_in,
)
from persona.collect.transcripts.lines import Line, Transcribed
from persona.collect.transcripts.speakers import Voices
from persona.collect.writing.extracted import Extracted, check_size
from persona.errors import UnreadableSource
from persona.records import SourceKind

_UNNAMED = 0.6


class TranscriptText:
    """Reads a transcript whose recording is not there."""

    name = "transcript"
    kinds = (SourceKind.TRANSCRIPT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for cues, times or speakers at the front of most lines."""
        if name.lower().endswith((".srt", ".vtt")):
            return True
        return name.lower().endswith(TRANSCRIPT_NAMES) and looks_like_transcript(
            decode_head(head), name
        )

    def read(self, request: Request) -> Reading:
        """Read every line of every speaker."""
        check_size(request.path.stat().st_size, request.name)
        data = request.path.read_bytes()
        read = read_transcript(data, request.relative)
        taken = Extracted(read.text, {"encoding": read.encoding})
        marked = "" if read.text or not read.encoding else decode(data, encoding=read.encoding).text
        return _reading(request, read, taken, marked)


def read_spoken(request: Request, taken: Extracted) -> Reading:
    """Read every line of every speaker. Raises `UnreadableSource` when there are no words."""
    return _reading(request, transcribed_in(taken.text, request.relative), taken)


def _reading(request: Request, read: Transcribed, taken: Extracted, marked: str = "") -> Reading:
    """Read the lines; ``marked`` is a text with marks between the words, to find them in."""
    reading = Reading(
        SourceKind.TRANSCRIPT,
        title=read.title,
        details={**taken.details, "transcript_form": read.form, **read.facts},
    )
    voices = Voices.of(request, read, _UNNAMED)
    seen: set[str] = set()
    position = found_to = 0
    for line in read.lines:
        selector = _selector(line, taken, position)
        if line.start >= line.end and line.start_s is None:
            at = marked.find(line.text, found_to)
            found_to = at + len(line.text) if at >= 0 else found_to
            selector = text_span(at, found_to) if at >= 0 else selector
        position += len(line.text) + 1
        said = taken.text[line.start : line.end] if line.start < line.end else line.text
        if (key := f"{selector}{said}") in seen:
            continue
        seen.add(key)
        voice = voices.who(line.name)
        reading.add(
            request,
            selector,
            said,
            "",
            speaker_id=voice.person_id,
            speaker_name=voice.name,
            speaker_confidence=voice.confidence,
            language=guess_language(said, request.book.languages),
        )
    if not reading.passages:
        raise UnreadableSource(f"{request.relative} holds no words that can be cited.")
    reading.warnings.append("There is no recording beside this transcript.")
    reading.warnings += [*voices.warnings(), *read.warnings, *taken.warnings]
    return reading


def _selector(line: Line, taken: Extracted, position: int) -> Selector:
    """Select a line: its characters, else its seconds, else its place among the lines."""
    if line.start < line.end:
        return taken.selector(line.start, line.end)
    if line.start_s is not None:
        end_s = line.end_s if line.end_s is not None else line.start_s
        return time_span(line.start_s, max(end_s, line.start_s + 0.01))
    return text_span(position, position + len(line.text))

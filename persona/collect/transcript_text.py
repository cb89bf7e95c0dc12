"""Transcripts without their recording: the words are in the file itself."""

from persona.collect.decoding import decode, decode_head
from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.selectors import text_span
from persona.collect.transcript_file import is_asker, looks_like_transcript, read_transcript
from persona.errors import UnreadableSource
from persona.records import SourceKind


class TranscriptText:
    """Reads a transcript whose recording is not there."""

    name = "transcript"
    kinds = (SourceKind.TRANSCRIPT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for cues, times or speakers at the front of most lines."""
        if name.lower().endswith((".srt", ".vtt")):
            return True
        return name.lower().endswith((".txt", ".md")) and looks_like_transcript(decode_head(head))

    def read(self, request: Request) -> Reading:
        """Read every line of every speaker."""
        decoded = decode(request.path.read_bytes(), request.name)
        reading = Reading(SourceKind.TRANSCRIPT, details={"encoding": decoded.encoding})
        unknown: set[str] = set()
        for line in read_transcript(decoded.text, request.relative):
            if line.start == line.end:
                continue
            person = request.book.person_for(line.name)
            narrator = None if line.name else request.rule.narrator
            if line.name and person is None and not is_asker(line.name):
                unknown.add(line.name)
            text = decoded.text[line.start : line.end]
            reading.add(
                request,
                text_span(line.start, line.end),
                text,
                "",
                speaker_id=person.id if person else narrator,
                speaker_name=line.name,
                speaker_confidence=1.0 if person else 0.6 if narrator else 0.0,
                language=guess_language(text, request.book.languages),
            )
        if not reading.passages:
            raise UnreadableSource(f"{request.relative} holds no words that can be cited.")
        reading.warnings.append("There is no recording beside this transcript.")
        if unknown:
            names = ", ".join(sorted(unknown))
            reading.warnings.append(f"Who is this? Add [[speakers]] to people.toml for: {names}.")
        return reading

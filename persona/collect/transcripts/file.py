"""Any transcript that people or programs made → its lines; the form is found in its content.

.srt .vtt                 transcript_cues      times and voices
.txt .md .docx .odt       transcript_plain     names, times, or both
.json                     transcript_json      what recognisers write
.xml .ttml .dfxp .eaf     transcript_xml       OHMS, subtitles, ELAN
.textgrid                 transcript_praat
.csv .tsv                 transcript_table
"""

import re
from dataclasses import replace

from persona.collect.decoding import decode
from persona.collect.transcripts.cues import CUE, read_cues
from persona.collect.transcripts.json_forms import looks_like_json_transcript, read_json
from persona.collect.transcripts.lines import FRAME_RATE, Line, Transcribed, with_ends
from persona.collect.transcripts.plain import looks_plain, read_plain
from persona.collect.transcripts.praat import is_textgrid, read_textgrid
from persona.collect.transcripts.table import is_table, read_table
from persona.collect.transcripts.xml_forms import looks_like_xml_transcript, read_xml
from persona.collect.writing.office_text import DOCX_PARTS, ODT_PARTS, office_text
from persona.errors import UnreadableSource

TRANSCRIPT_NAMES = (
    *(".txt", ".text", ".md", ".json", ".xml", ".ttml", ".dfxp", ".eaf", ".textgrid"),
    *(".csv", ".tsv", ".lrc"),
)
"""Ends of names of files that may be a transcript; ``.srt`` and ``.vtt`` always are."""

_LONGEST_S = 1_000_000.0  # eleven days

_JSON = re.compile(r"\s*(?:\{|\[\s*[{\]])")


def read_transcript(data: bytes, name: str, *, frame_rate: float = FRAME_RATE) -> Transcribed:
    """Return the lines of a transcript.

    Args:
        data: the whole file.
        name: what to call it in an error.
        frame_rate: of the film beside it, for timecodes that count frames.

    Raises:
        UnreadableSource: it holds no words, or is damaged.
        UnsafeSource: it is an office document that could do harm.
    """
    if data.startswith(b"PK\x03\x04"):
        parts = ODT_PARTS if name.lower().endswith(".odt") else DOCX_PARTS
        read = transcribed_in(office_text(data, parts, name), name, frame_rate=frame_rate)
        read.form = parts[0].rpartition(".")[0].partition("/")[0]
        return read
    decoded = decode(data, name)
    read = transcribed_in(decoded.text, name, frame_rate=frame_rate)
    read.encoding = decoded.encoding
    return read


def transcribed_in(text: str, name: str, *, frame_rate: float = FRAME_RATE) -> Transcribed:
    """Return the lines of a transcript that is already text. Raises `UnreadableSource`."""
    read = _read_text(text, name, frame_rate)
    spoken = [_with_real_times(line) for line in read.lines if _has_words(line.text)]
    read.lines = with_ends(spoken)
    if not read.lines and not read.facts:
        raise UnreadableSource(f"{name} holds no words. Delete it, and the recording is heard.")
    return read


def _read_text(text: str, name: str, frame_rate: float) -> Transcribed:
    """Choose the reader. Positions of lines count in ``text`` where the reader says so."""
    if _JSON.match(text):
        return read_json(text, name)
    if text.lstrip().startswith("<"):
        return _unplaced(read_xml(text, name, frame_rate))
    if is_textgrid(text):
        return read_textgrid(text, name)
    if CUE.search(text):
        return read_cues(text, frame_rate)
    if is_table(text):
        return read_table(text, name, frame_rate)
    return read_plain(text, frame_rate)


def _unplaced(read: Transcribed) -> Transcribed:
    """Lines from inside XML do not stand at their positions in the file."""
    read.lines = [replace(line, start=0, end=0) for line in read.lines]
    read.text = ""
    return read


def _with_real_times(line: Line) -> Line:
    """Return a line without times that no clock shows: before the beginning, or no number."""
    start_s = line.start_s if _is_real(line.start_s) else None
    end_s = line.end_s if _is_real(line.end_s) and start_s is not None else None
    words = tuple(word for word in line.words if _is_real(word[1]) and _is_real(word[2]))
    if end_s is not None and start_s is not None:
        end_s = max(start_s, end_s)
    return replace(line, start_s=start_s, end_s=end_s, words=words)


def _is_real(clock: float | None) -> bool:
    return clock is not None and 0 <= clock < _LONGEST_S


def _has_words(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def looks_like_transcript(text: str, name: str = "") -> bool:
    """Tell by the first part of a text whether it is a transcript and nothing else."""
    start = text.lstrip()
    if start.startswith("<"):
        return looks_like_xml_transcript(text)
    if _JSON.match(text):
        return looks_like_json_transcript(text, name)
    if start.startswith("WEBVTT") or is_textgrid(text) or len(CUE.findall(text[:50_000])) >= 2:
        return True
    if name.lower().endswith((".csv", ".tsv")):
        return is_table(text)
    return looks_plain(text)

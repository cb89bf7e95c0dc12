"""Transcripts as tables: a row a turn, with a head that names the columns (.csv, .tsv).

Whisper's ``start end text`` counts milliseconds; Premiere's ``Speaker Name, Start Time, End
Time, Text`` and others have clocks.
"""

import csv
import io

from persona.collect.transcripts.lines import Line, Transcribed, seconds
from persona.errors import UnreadableSource

_TEXT = ("text", "transcript", "words", "caption", "dialogue", "content", "文本", "内容", "文字")
_START = (
    "start",
    "start time",
    "start_time",
    "starttime",
    "begin",
    "in",
    "timecode",
    "time",
    "开始",
)
_END = ("end", "end time", "end_time", "endtime", "stop", "out", "结束")
_SPEAKER = ("speaker", "speaker name", "speaker_name", "name", "voice", "说话人", "发言人")


def is_table(text: str) -> bool:
    """Tell whether the first row names a column for the words and one for their time."""
    head = {cell.strip().casefold() for cell in _cells(text.split("\n", 1)[0])}
    return bool(head & set(_TEXT)) and bool(head & set(_START))


def read_table(text: str, name: str, frame_rate: float) -> Transcribed:
    """Return the lines of a table. Raises `UnreadableSource`."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))
        head = [cell.strip().casefold() for cell in rows[0]]
        places = [_place(head, wanted) for wanted in (_TEXT, _SPEAKER, _START, _END)]
        lines = [_line(row, places, frame_rate) for row in rows[1:]]
    except (csv.Error, ValueError, IndexError) as error:
        raise UnreadableSource(f"{name} is a table, but no row of it can be read.") from error
    return Transcribed([line for line in lines if line.text], "table")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max("\t,;", key=head.count)


def _cells(head: str) -> list[str]:
    return next(csv.reader([head], delimiter=_delimiter(head)), []) if len(head) < 5000 else []


def _place(head: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((head.index(name) for name in wanted if name in head), None)


def _line(row: list[str], places: list[int | None], frame_rate: float) -> Line:
    said, name, start, end = (
        row[place].strip() if place is not None and place < len(row) else "" for place in places
    )
    return Line(said, name, start_s=_time(start, frame_rate), end_s=_time(end, frame_rate))


def _time(cell: str, frame_rate: float) -> float | None:
    """Return seconds of a clock or a number; whole numbers are Whisper's milliseconds."""
    if not cell:
        return None
    if ":" in cell:
        return seconds(cell, frame_rate)
    return int(cell) / 1000 if cell.isdigit() else float(cell)

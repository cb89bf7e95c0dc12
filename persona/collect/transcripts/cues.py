"""Cues: SubRip (.srt) and WebVTT (W3C REC 2019-04-04), of players, meetings and video sites.

A cue may hold several voices (``<v Ruth>…<v David>…``, or lines with a dash); each is a line of
its own. What a video site repeats from one cue to the next, because it rolls, is kept once.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

from persona.collect.transcripts.lines import NAME, Line, Transcribed, seconds

_LOOSE = r"(?:\d{1,3}[:;])?\d{1,3}[:;]\d{1,2}(?:[:;]\d{2}|[.,]\d{1,9})?"
CUE = re.compile(
    rf"^[ \t]*(?P<start>{_LOOSE})[ \t]*-->[ \t]*(?P<end>{_LOOSE})(?P<rest>[^\n]*)$", re.MULTILINE
)
"""The line with the two times of a cue; meetings write ``0:0:1.5`` with single digits."""

_VOICE = re.compile(r"<v(?:\.[^ \t<>]{1,80})?[ \t]{1,20}(?P<name>[^<>\n]{1,120})>")
_TAG = re.compile(r"</?[^<>\n]{1,80}>|\{\\[^{}\n]{1,40}\}")
_NAMED = re.compile(rf"^(?P<name>{NAME})[:：](?!//)[ \t]*(?P<text>\S.*)$", re.DOTALL)
_BRACKETED = re.compile(
    r"^[\[(](?P<name>[^\]\)\n]{1,40})[\])][:：][ \t]*(?P<text>\S.*)$", re.DOTALL
)
_ALONE = re.compile(rf"^{NAME}$")
_DASH = re.compile(r"^[ \t]*[-–—][ \t]*")
_ROLL_S = 0.2


def read_cues(text: str, frame_rate: float) -> Transcribed:
    """Return a line for each voice of each cue."""
    form = "webvtt" if text.lstrip().startswith("WEBVTT") else "srt"
    lines = _unrolled(_lines(text, frame_rate))
    return Transcribed(_with_name_rows(list(lines)), form, text)


def _with_name_rows(lines: list[Line]) -> list[Line]:
    """Where nearly every cue begins with a row that is one of a few names, take it as the name."""
    parts = [line.text.partition("\n") for line in lines]
    named = [row for row, _, words in parts if words and _ALONE.match(row.strip())]
    few = len(set(named)) * 2 <= len(named)
    if any(line.name for line in lines) or len(named) < 2 or not few:
        return lines
    if len(named) * 5 < len(lines) * 4:
        return lines
    return [
        replace(line, text=words, name=row.strip(), start=line.start + len(row) + 1)
        if words and row in named and line.end
        else line
        for line, (row, _, words) in zip(lines, parts, strict=True)
    ]


def _lines(text: str, frame_rate: float) -> Iterator[Line]:
    cues = list(CUE.finditer(text))
    for index, cue in enumerate(cues):
        limit = cues[index + 1].start() if index + 1 < len(cues) else len(text)
        body = _body(text[cue.end() : limit], last=index + 1 == len(cues))
        begin_s, end_s = seconds(cue["start"], frame_rate), seconds(cue["end"], frame_rate)
        position = cue.end()
        for name, words in _voices(body):
            found = text.find(words, position, limit)
            start, stop = (found, found + len(words)) if found >= 0 else (0, 0)
            position = max(position, stop)
            yield Line(words, name, start, stop, begin_s, max(begin_s, end_s))


def _body(raw: str, *, last: bool) -> str:
    """Return the text of a cue without the number or name of the next one."""
    body = raw.removeprefix("\n")
    text = re.split(r"\n[ \t]*\n", body, maxsplit=1)[0]
    if text == body and not last:  # no blank line: the last line may be the next cue's number
        text = re.sub(r"\n[ \t]*\d+[ \t]*\n?$", "", body)
    return text.strip("\n")


def _voices(body: str) -> Iterator[tuple[str, str]]:
    parts = _VOICE.split(body)
    if len(parts) > 1:
        if before := _plain(parts[0]):
            yield "", before
        for name, words in zip(parts[1::2], parts[2::2], strict=True):
            yield html.unescape(name).strip(), _plain(words)
        return
    pieces: list[tuple[str, str]] = []
    for raw in body.split("\n"):
        dashed = bool(_DASH.match(raw))
        line = _DASH.sub("", _plain(raw)).strip()
        named = _NAMED.match(line) or _BRACKETED.match(line)
        if named:
            pieces.append((named["name"].strip(), named["text"]))
        elif dashed or not pieces:
            pieces.append(("", line))
        else:
            pieces[-1] = (pieces[-1][0], f"{pieces[-1][1]}\n{line}")
    yield from ((name, words.strip()) for name, words in pieces if words.strip())


def _plain(marked: str) -> str:
    return html.unescape(_TAG.sub("", marked)).strip()


def _unrolled(lines: Iterator[Line]) -> Iterator[Line]:
    """Leave out the line that a rolling caption shows a second time."""
    shown, until = "", -1.0
    for line in lines:
        rows = line.text.split("\n")
        again = line.start_s is not None and abs(line.start_s - until) <= _ROLL_S
        if again and shown and rows[0].strip() == shown and _was_rolling(rows, line):
            kept = "\n".join(rows[1:])
            offset = len(line.text) - len(kept)
            start = line.start + offset if line.end else 0
            line = replace(line, text=kept, start=start)  # noqa: PLW2901
        shown, until = rows[-1].strip(), line.end_s if line.end_s is not None else -1.0
        if line.text.strip():
            yield line


def _was_rolling(rows: list[str], line: Line) -> bool:
    """Tell a rolled line from a word that somebody says twice."""
    brief = line.end_s is not None and line.start_s is not None and line.end_s - line.start_s < 0.1
    return len(rows) > 1 or brief

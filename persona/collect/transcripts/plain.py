"""Transcripts as text: one line a turn, or a head with name and time above what was said.

[00:12:31] Ruth: He never …       Trint, Descript, by hand
[00:12:31] Ruth                   by hand, with or without a colon or **: the words follow below
Ruth Lin  0:03                    Otter, Teams, 讯飞听见: the words follow on the next lines
Speaker 1 (00:12): He never …     Rev
00:00:01:12 - 00:00:05:03         Premiere: a line with the speaker follows, then the words
RUTH: He never …                  without times
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from persona.collect.transcripts.lines import (
    CLOCK,
    NAME,
    Line,
    Transcribed,
    cut_long,
    seconds,
    with_ends,
)
from persona.collect.writing.paragraphs import blocks

_OPEN, _CLOSE = r"[\[(<{【]", r"[\])>}】]"
_RANGE = re.compile(
    rf"^{_OPEN}?[ \t]*(?P<time>{CLOCK})[ \t]*(?:-->|[-–—~至]|to)[ \t]*(?P<until>{CLOCK})"
    rf"[ \t]*{_CLOSE}?[ \t]*[-–—:：]?[ \t]*(?P<rest>.*)$"
)
_TIME = re.compile(
    rf"^(?:(?P<open>{_OPEN})[ \t]*)?(?P<time>{CLOCK})[ \t]*(?(open){_CLOSE})"
    r"[ \t]*[-–—:：|]?[ \t]*(?P<rest>.*)$"
)
_NAME_TIME = re.compile(
    rf"^(?P<name>{NAME})(?:[ \t]*,[ \t]*|[ \t]+|(?={_OPEN}))(?P<open>{_OPEN})?[ \t]*"
    rf"(?P<time>{CLOCK})(?:[ \t]*[-–—][ \t]*(?P<until>{CLOCK}))?[ \t]*(?(open){_CLOSE})"
    r"[ \t]*[:：]?[ \t]*(?P<rest>.*)$"
)
_ROLE = r"(?:[ \t]*[(（][^()（）\n]{1,30}[)）])?"
_NAME = re.compile(
    rf"^\*{{0,2}}(?P<name>{NAME}){_ROLE}[ \t]*[:：](?!//)\*{{0,2}}[ \t]*(?P<rest>.*)$"
)
_BRACKETED = re.compile(
    r"^\[(?P<name>[^\]\n]{1,40})\][ \t]*[:：][ \t]*(?P<rest>.*)$|"
    r"^\[(?P<number>(?i:speaker|spk|说话人|发言人)[ _]?\d+)\][ \t]*(?P<rest2>.*)$"
)
_MARKED = re.compile(r"^(?:\*\*|__)(?P<head>[^*_]{1,80}?)(?:\*\*|__)[ \t]*(?P<rest>.*)$")
_TIME_ONLY = re.compile(rf"^{_OPEN}[ \t]*(?P<time>{CLOCK})[ \t]*{_CLOSE}$")
_INSIDE = re.compile(rf"[ \t]*[\[(](?P<time>{CLOCK})[\])][ \t]*")
_ALONE = re.compile(rf"^{NAME}$")
_FOOTER = re.compile(
    r"^(?:Transcribed by https?://|Transcript(?:ion)? (?:outsourced|provided) by )"
)


@dataclass(frozen=True)
class _Row:
    """A row of the file, taken apart; ``at`` is where its words begin."""

    words: str
    at: int
    name: str = ""
    time: str = ""
    until: str = ""
    bare: bool = False

    @property
    def is_head(self) -> bool:
        return bool(self.name or self.time)


def read_plain(text: str, frame_rate: float) -> Transcribed:
    """Return the lines of a text; one without a name goes on with the speaker before it."""
    rows = _rows(text)
    if not any(row.is_head for row in rows):
        lines = [Line(block.text, start=block.start, end=block.end) for block in blocks(text)]
    else:
        lines = list(_turns(text, _with_name_rows(_with_names_beside(rows)), frame_rate))
    parted = [part for line in lines for part in _parted(line, frame_rate)]
    cut = [piece for line in with_ends(parted) for piece in cut_long(line)]
    return Transcribed(cut, "text", text)


def looks_plain(text: str) -> bool:
    """Tell a transcript from a letter: most rows have a time, or names come again and again."""
    rows = [row for row in _with_names_beside(_rows(text)) if row.words or row.is_head]
    filled = [row for row in rows if not _FOOTER.match(row.words)]
    timed = sum(1 for row in filled if row.time)
    names = [row.name for row in filled if row.name]
    heads = sum(1 for row in filled if row.is_head and not row.words)
    repeated = len(names) - len(set(names))
    if len(filled) < 3:
        return False
    if sum(1 for row in filled if row.time and row.name and not row.words) >= 2:
        return True  # however many rows of words stand below a time with a name
    if heads >= 2 and timed * 4 >= len(filled):  # words stand below their heads
        return True
    return timed * 2 >= len(filled) or (len(names) * 2 >= len(filled) and repeated >= 2)


def _rows(text: str) -> list[_Row]:
    rows: list[_Row] = []
    position = 0
    for raw in text.split("\n"):
        rows.append(_row(raw, position))
        position += len(raw) + 1
    clocks = [seconds(row.time) for row in rows if row.bare]
    if clocks != sorted(clocks) or (len(clocks) == 1 and not any(row.time for row in rows[1:])):
        # times of day that somebody mentions, not the clock of a recording
        return [_unclocked(row, text) if row.bare else row for row in rows]
    return rows


def _row(raw: str, position: int) -> _Row:
    """Take one row apart; ``CLOCK`` may stand before or after the name."""
    lead = len(raw) - len(raw.lstrip())
    line = raw.strip()
    if len(line) > 20_000:  # no head is that long, and patterns would take their time
        return _Row(line, position + lead)
    at = position + lead
    if marked := _MARKED.match(line):
        head = _row(marked["head"], at + marked.start("head"))
        if head.is_head and not head.words:
            return replace(head, words=marked["rest"], at=at + marked.start("rest"))
    if ranged := _RANGE.match(line):
        return _named(ranged["rest"], at + ranged.start("rest"), ranged["time"], ranged["until"])
    if timed := _TIME.match(line):
        row = _named(timed["rest"], at + timed.start("rest"), timed["time"])
        return replace(row, bare=not timed["open"] and not row.name and bool(row.words))
    both = _NAME_TIME.match(line)
    if both and (both["open"] or not both["rest"]):
        begin = at + both.start("rest")
        return _Row(both["rest"], begin, both["name"], both["time"], both["until"] or "")
    return _named(line, at)


def _named(rest: str, at: int, time: str = "", until: str = "") -> _Row:
    if bracketed := _BRACKETED.match(rest):
        part = "rest" if bracketed["name"] else "rest2"
        name = bracketed["name"] or bracketed["number"]
        return _Row(bracketed[part], at + bracketed.start(part), name.strip(), time, until)
    if named := _NAME.match(rest):
        if not time and (after := _TIME_ONLY.match(named["rest"])):
            return _Row("", at + len(rest), named["name"], after["time"])
        return _Row(named["rest"], at + named.start("rest"), named["name"], time, until)
    return _Row(rest, at, "", time, until)


def _unclocked(row: _Row, text: str) -> _Row:
    begin = text.rfind("\n", 0, row.at) + 1
    return _Row(text[begin : row.at].lstrip() + row.words, begin, row.name)


def _with_name_rows(rows: list[_Row]) -> list[_Row]:
    """Where every time stands alone and a name alone below it, put the two together."""
    heads = [
        place
        for place, row in enumerate(rows)
        if row.time and not row.words and not row.name and place + 2 < len(rows)
    ]
    named = [place for place in heads if _ALONE.match(rows[place + 1].words)]
    spoken = [place for place in named if rows[place + 2].words]
    if not heads or len(spoken) * 5 < len(heads) * 4:
        return rows
    joined = list(rows)
    for place in spoken:
        joined[place] = replace(rows[place], name=rows[place + 1].words)
        joined[place + 1] = _Row("", rows[place + 1].at, name="", time="", until="", bare=True)
    return joined


def _with_names_beside(rows: list[_Row]) -> list[_Row]:
    """Where a name alone stands beside every time, and the words below it, they are heads."""
    filled = [place for place, row in enumerate(rows) if row.words or row.is_head]
    heads = [
        place
        for place, after in pairwise(filled)
        if rows[place].time and _ALONE.match(rows[place].words) and not rows[after].is_head
    ]
    names = [rows[place].words for place in heads]
    timed = sum(1 for row in rows if row.time)
    if not heads or len(heads) < timed or len(names) == len(set(names)):
        return rows
    joined = list(rows)
    for place in heads:
        joined[place] = replace(rows[place], name=rows[place].words, words="", bare=False)
    return joined


def _turns(text: str, rows: list[_Row], frame_rate: float) -> Iterator[Line]:
    current: Line | None = None
    name, time, until = "", None, None
    for row in rows:
        if row.bare and not row.words and not row.time:
            continue  # the name that went up to its time
        if (row.is_head or not row.words) and current:
            yield current
            current = None
        if row.is_head:
            name = row.name or name
            time = seconds(row.time, frame_rate) if row.time else None
            until = seconds(row.until, frame_rate) if row.until else None
        if row.words and not _FOOTER.match(row.words):
            end = row.at + len(row.words)
            if current is None:
                current = Line(row.words, name, row.at, end, time, until)
                time, until = None, None  # a paragraph further on has no time of its own
            else:
                current = replace(current, text=text[current.start : end], end=end)
    if current:
        yield current


def _parted(line: Line, frame_rate: float) -> Iterator[Line]:
    """Cut a line at the times inside it: ``… the boat. [00:13:02] And then …``."""
    begin, clock = 0, line.start_s
    for mark in _INSIDE.finditer(line.text):
        if mark.start() > begin:
            yield _cut(line, begin, mark.start(), clock)
        begin, clock = mark.end(), seconds(mark["time"], frame_rate)
    if begin < len(line.text):
        yield _cut(line, begin, len(line.text), clock) if begin else line


def _cut(line: Line, begin: int, end: int, clock: float | None) -> Line:
    last = end == len(line.text)
    return replace(
        line,
        text=line.text[begin:end],
        start=line.start + begin,
        end=line.start + end,
        start_s=clock,
        end_s=line.end_s if last else None,
    )

"""What every transcript comes down to: lines, each with a speaker and, where known, seconds.

Clocks that are understood:

    02:03   1:02:03   01:02:03.250   01:02:03,250      seconds and parts of a second
    01:02:03:12   01:02:03;12                          frames of film (SMPTE ST 12-1)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

FRAME_RATE = 25.0
"""Frames a second of a timecode when the film beside it does not say."""

CLOCK = (
    r"(?:\d{1,2}[:;]\d{2}[:;]\d{2}[:;]\d{2,3}(?!\d)"
    r"|(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,9})?(?![\d:]))"
)
"""A clock in running text: two digits for the seconds, so that ``John 3:1`` is none."""

NAME = (
    r"(?:[^\W\d_a-zß-öø-ÿ][^\s:：\[\]();,!?\"“”<>|*]*"
    r"(?:[ \t]+[^\W_a-zß-öø-ÿ][^\s:：\[\]();,!?\"“”<>|*]*){0,3})"
)
"""A speaker's name: one to four words that begin with a capital, a digit or a Han character."""

LONGEST_WORDS = 150
"""A line with more words than this is cut at the end of a sentence."""

_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s+|[。！？][”’」』）]*\s*")
_HANZI = re.compile(r"[\u3400-\u9fff]")

TimedWord = tuple[str, float, float, float]
"""A word as it stands in the text, from and to in seconds, and how surely it was heard."""


@dataclass(frozen=True)
class Line:
    """What one speaker says without a break.

    ``start`` and ``end`` are characters of the transcript's text, both 0 when its words do not
    stand there in one piece; times are None when the transcript has none.
    """

    text: str
    name: str = ""
    start: int = 0
    end: int = 0
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[TimedWord, ...] = ()


@dataclass
class Transcribed:
    """A transcript that somebody, or another program, made.

    Attributes:
        lines: in the order of the file.
        form: which layout it is in: 'webvtt', 'ohms' …
        text: the text in which ``start`` and ``end`` of the lines count; "" when there is none.
        encoding: of the file; "" when it is no text file.
        full_names: names as the lines have them → as the file's head has them.
        askers: names that the file's head says ask the questions.
        facts: what else its head says, for ``source.details``.
        title: of the recording, as the file has it.
        warnings: sentences for the person who collects.
    """

    lines: list[Line]
    form: str
    text: str = ""
    encoding: str = ""
    full_names: dict[str, str] = field(default_factory=dict)
    askers: frozenset[str] = frozenset()
    facts: dict[str, object] = field(default_factory=dict)
    title: str = ""
    warnings: list[str] = field(default_factory=list)


def seconds(clock: str, frame_rate: float = FRAME_RATE) -> float:
    """Return the seconds of a clock; a fourth field of two digits counts frames.

    ``;`` before the frames means drop-frame timecode: 30 a second, of which two numbers are
    left out every minute but the tenth (SMPTE ST 12-1, 29.97 frames a second).
    """
    parts = re.split(r"[:;]", clock.strip().replace(",", "."))
    if len(parts) < 4:
        return _sum_of(parts)
    if len(parts[3]) == 3:
        return _sum_of(parts[:3]) + int(parts[3]) / 1000
    if ";" in clock:
        hours, minutes, rest, frames = (int(part) for part in parts)
        total = hours * 60 + minutes
        number = (total * 60 + rest) * 30 + frames - 2 * (total - total // 10)
        return round(number * 1001 / 30_000, 3)
    return round(_sum_of(parts[:3]) + int(parts[3]) / max(1.0, frame_rate), 3)


def _sum_of(parts: Sequence[str]) -> float:
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total


def with_ends(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; one without an end lasts until the next one begins."""
    ended: list[Line] = []
    after: float | None = None  # where the next line begins that does not begin here too
    begins: float | None = None
    for line in reversed(lines):
        until = line.end_s
        if line.start_s is not None:
            if begins is not None and begins > line.start_s:
                after = begins
            begins = line.start_s
            if until is None and after is not None:
                until = max(after, line.start_s)
        ended.append(replace(line, end_s=until))
    return ended[::-1]


def cut_long(line: Line) -> Iterator[Line]:
    """Yield a line in pieces of whole sentences; times are shared out by characters."""
    if _length(line.text) <= LONGEST_WORDS:
        yield line
        return
    begin, piece_end = 0, 0
    ends = [match.end() for match in _SENTENCE_END.finditer(line.text)] + [len(line.text)]
    for end in ends:
        if piece_end > begin and _length(line.text[begin:end]) > LONGEST_WORDS:
            yield _piece(line, begin, piece_end)
            begin = piece_end
        piece_end = end
    yield _piece(line, begin, len(line.text))


def _piece(line: Line, begin: int, end: int) -> Line:
    text = line.text[begin:end]
    start = begin + len(text) - len(text.lstrip())
    placed = line.end > line.start
    known = line.start_s is not None and line.end_s is not None
    share = (line.end_s - line.start_s) / len(line.text) if known else 0.0  # type: ignore[operator]
    first_s = line.start_s if line.start_s is None else line.start_s + begin * share
    last_s = line.end_s if line.end_s is None or not known else first_s + (end - begin) * share  # type: ignore[operator]
    return replace(
        line,
        text=text.strip(),
        start=line.start + start if placed else 0,
        end=line.start + start + len(text.strip()) if placed else 0,
        start_s=first_s,
        end_s=last_s,
        words=(),
    )


def _length(text: str) -> float:
    hanzi = len(_HANZI.findall(text))
    return len(_HANZI.sub(" ", text).split()) + hanzi / 2

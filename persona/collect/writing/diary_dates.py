"""The dated headings of a diary, and what day each means.

    1943                              carries the year
    Mon. 3rd Apr.                     → 1943-04-03
    Tues. 4. Rain all day …           → 1943-04-04, and the entry begins on the same line
    Wednesday                         → 1943-04-05?   the next one: uncertain
    三月十三日 星期六 晴              → 1943-03-13

A day without a year takes that of the heading before, of a line that holds only a year, or of the
file's name; after December comes the next year. What cannot be known stays None. A weekday that
does not fit its date makes the date uncertain (``?``).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest

from persona.collect.chinese_dates import day_alone, month_and_day
from persona.collect.dates import MONTH, find_date, month_number, valid_edtf

HEADING_CHARACTERS = 120
_MARKS = " \t\u3000#*_[]()【】《》=-–—~•·"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN_WEEKDAYS = "一二三四五六日天"
_WEEKDAY = re.compile(
    r"(?:(?P<name>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?(?![a-z])"
    r"|(?:星期|周|週|礼拜|禮拜)(?P<han>[一二三四五六日天]))[.,，]?",
    re.IGNORECASE,
)
_MONTH = rf"{MONTH}\b\.?"
_NTH = r"(?:st|nd|rd|th|d)?\b"
_MONTH_DAY = re.compile(rf"{_MONTH}\s*(?P<day>\d{{1,2}}){_NTH}", re.IGNORECASE)
_DAY_MONTH = re.compile(rf"(?:the\s+)?(?P<day>\d{{1,2}}){_NTH}\s+(?:of\s+)?{_MONTH}", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year>\d{2}))?\b"
)
_DAY = re.compile(r"(?:the\s+)?(?P<day>\d{1,2})(?P<nth>st|nd|rd|th|d)?\b", re.IGNORECASE)
_YEAR_LINE = re.compile(
    r"^\W*(?:(?:my\s+)?(?:diary|journal)\b\D{0,40}|日记\D{0,10})?(?P<year>1\d{3}|20\d{2})"
    r"(?:\s*年)?(?:\s*(?:diary|journal|日记|日記))?\W*$",
    re.IGNORECASE,
)
_MONTH_LINE = re.compile(rf"^\W*{_MONTH}\W*$", re.IGNORECASE)
_YEAR_IN_NAME = re.compile(r"(?<!\d)(1\d{3}|20\d{2})(?!\d)")
_WEATHER = re.compile(
    r"^(?:[\s,，.。;；/]*(?:晴天?|阴天?|陰|雨天?|雪|多[云雲]|大[风風]|[小中大阵]雨|[雾霧]|[转轉]|fine|sunny"
    r"|rain(?:y)?|cloudy|snow|wet|cold|hot|warm|windy|fog(?:gy)?|frost|showers?))+"
    r"(?=\s*$|[,，.。;；:：]|(?<=[\u4e00-\u9fff])\s)",
    re.IGNORECASE,
)
_CHAT_LINE = re.compile(r"^\W*\d{1,2}[:.]\d{2}.{0,60}[:：]")


@dataclass(frozen=True)
class Stamp:
    """A heading as it is written: what it says, and where it and its entry stand in the text."""

    start: int
    body: int
    words: str
    line: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    numbers: tuple[int, int] | None = None
    short_year: int | None = None
    edtf: str | None = None
    carries: bool = False
    """It only says the year or month of the headings after it."""

    @property
    def is_full(self) -> bool:
        """Tell whether it names its day, with or without the year."""
        return bool(self.edtf or self.day or self.numbers)


def stamps_in(text: str) -> list[Stamp]:
    """Return the dated headings of a text in their order."""
    found: list[Stamp] = []
    position, before = 0, ""
    for line in text.split("\n"):
        open_line = (
            not before.strip()
            or before.rstrip()[-1:] in '.!?。！？”"…'
            or (bool(found) and found[-1].start == position - len(before) - 1)
        )
        stamp = _stamp(line[:HEADING_CHARACTERS], position, len(line)) if open_line else None
        if stamp is not None:
            found.append(stamp)
        position += len(line) + 1
        before = line
    return _without_chance(_carriers(found, text))


def dated(
    stamps: Sequence[Stamp], *, year: int | None, day_first: bool | None
) -> list[tuple[Stamp, str | None]]:
    """Return the headings that begin entries, each with the EDTF of its day, or None.

    Args:
        stamps: as `stamps_in` gives them.
        year: the year of the first entry, if the title or the name of the file says it.
        day_first: the order of 3/4; None: found in the diary itself, if only one order fits it.
    """
    if day_first is None:
        day_first = _order(stamps, year)
    made: list[tuple[Stamp, str | None]] = []
    known = _Known(year)
    for stamp in stamps:
        if stamp.carries:
            known.year, known.month = stamp.year or known.year, stamp.month
            known.last = None if stamp.year else known.last
            continue
        made.append((stamp, known.edtf_of(stamp, day_first)))
    return made


def in_order(dates: Iterable[str | None]) -> float:
    """Return the share of neighbouring dates that do not go back in time, 0 to 1."""
    plain = [one.strip("?~") for one in dates if one]
    pairs = list(pairwise(plain))
    return sum(one <= after for one, after in pairs) / len(pairs) if pairs else 0.0


def year_in_name(name: str) -> int | None:
    """Return the only year that a file's name holds."""
    years = {int(year) for year in _YEAR_IN_NAME.findall(name.rsplit(".", 1)[0])}
    return years.pop() if len(years) == 1 else None


@dataclass
class _Known:
    """What the headings before have said."""

    year: int | None
    month: int | None = None
    last: date | None = None

    def edtf_of(self, stamp: Stamp, day_first: bool | None) -> str | None:
        if stamp.edtf:
            self._remember(stamp.edtf)
            return _checked(stamp.edtf, stamp.weekday)
        placed = _with_numbers(stamp, day_first)
        if placed.day is None:
            return self._next_weekday(stamp.weekday)
        month = placed.month or self._month_for(placed.day)
        year = self._year_for(month, placed.short_year)
        if month is None or year is None:
            self.month = month
            return None
        text = f"{year:04d}-{month:02d}-{placed.day:02d}"
        if not valid_edtf(text):
            return None
        self._remember(text)
        return _checked(text, stamp.weekday)

    def _remember(self, edtf: str) -> None:
        if re.match(r"\d{4}-\d\d-\d\d", edtf):
            self.last = date.fromisoformat(edtf[:10])
            self.year, self.month = self.last.year, self.last.month
        elif edtf[:4].isdigit():
            self.year = int(edtf[:4])

    def _month_for(self, day: int) -> int | None:
        if self.last is not None and day < self.last.day:
            return self.last.month % 12 + 1
        return self.month

    def _year_for(self, month: int | None, short: int | None) -> int | None:
        if short is not None:
            near = (self.year, self.year + 1) if self.year else ()
            return next((year for year in near if year % 100 == short), None)
        if self.last is not None and month is not None and self.last.month >= 11 and month <= 2:
            return self.last.year + 1
        return self.year

    def _next_weekday(self, weekday: int | None) -> str | None:
        if weekday is None or self.last is None:
            return None
        days = (weekday - self.last.weekday() - 1) % 7 + 1
        self.last += timedelta(days=days)
        return f"{self.last.isoformat()}?"


def _checked(edtf: str, weekday: int | None) -> str:
    if weekday is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", edtf):
        return edtf
    return edtf if date.fromisoformat(edtf).weekday() == weekday else f"{edtf}?"


def _order(stamps: Sequence[Stamp], year: int | None) -> bool | None:
    """Return the only order of 3/4 that keeps a diary in order, or None."""
    if not any(stamp.numbers for stamp in stamps):
        return None
    kept = {}
    for first in (True, False):
        dates = [edtf for _, edtf in dated(stamps, year=year or 2000, day_first=first)]
        kept[first] = in_order(dates) if all(dates) else 0.0
    fits = [first for first, share in kept.items() if share == 1.0]
    return fits[0] if len(fits) == 1 else None


def _with_numbers(stamp: Stamp, day_first: bool | None) -> Stamp:
    if stamp.numbers is None:
        return stamp
    first, second = stamp.numbers
    if first > 12 or second > 12:
        day_first = first > 12
    if first != second and day_first is None:
        return replace(stamp, day=None)
    day, month = (first, second) if day_first else (second, first)
    return replace(stamp, day=day, month=month)


def _stamp(line: str, position: int, length: int) -> Stamp | None:
    text = line.strip(_MARKS)
    if not text or not (text[0].isalnum() or text[0] in "星周"):
        return None
    start = line.index(text)
    carried = _carrier(text)
    if carried is not None:
        return replace(carried, start=position, body=position + length, line=line.strip())
    weekday, skipped = _weekday(text)
    found = _date_at(text, skipped)
    if found is None:
        alone = weekday is not None and not text[skipped:].strip(_MARKS + ".,，。")
        found = (Stamp(0, 0, text[:skipped].strip(), ""), skipped) if alone else None
    if found is None:
        return None
    stamp, end = found
    end, weekday = _tail(text, end, weekday)
    body = _body_at(text, end)
    if body is None:
        return None
    whole = not text[body:].strip(_MARKS)
    return replace(
        stamp,
        start=position,
        body=position + (length if whole else start + body),
        words=text[: max(end, 1)].strip(" ,，.;:") if not stamp.words else stamp.words,
        line=line.strip(),
        weekday=weekday,
    )


def _carrier(text: str) -> Stamp | None:
    year = _YEAR_LINE.match(text)
    if year is not None:
        return Stamp(0, 0, text, "", year=int(year["year"]), carries=True)
    month = _MONTH_LINE.match(text)
    if month is not None:
        return Stamp(0, 0, text, "", month=month_number(month["month"]), carries=True)
    return None


def _weekday(text: str) -> tuple[int | None, int]:
    match = _WEEKDAY.match(text)
    if match is None:
        return None, 0
    rest = len(text) - len(text[match.end() :].lstrip(" ,，"))
    return _weekday_number(match), rest


def _weekday_number(match: re.Match[str]) -> int:
    if match["han"]:
        return min(_HAN_WEEKDAYS.index(match["han"]), 6)
    return _WEEKDAYS.index(match["name"][:3].lower())


def _date_at(text: str, at: int) -> tuple[Stamp, int] | None:
    """Read a date that begins at a position, after a weekday or without one."""
    full = find_date(text[at:])
    if full is not None and full.start == 0:
        return Stamp(0, 0, text[: at + full.end].strip(), "", edtf=full.edtf), at + full.end
    rest = text[at:]
    for pattern in (_MONTH_DAY, _DAY_MONTH):
        match = pattern.match(rest)
        if match and 1 <= int(match["day"]) <= 31:
            day, month = int(match["day"]), month_number(match["month"])
            words = text[: at + match.end()]
            return Stamp(0, 0, words, "", month=month, day=day), at + match.end()
    chinese = month_and_day(rest)
    if chinese:
        month, day, end = chinese
        return Stamp(0, 0, text[: at + end], "", month=month, day=day), at + end
    alone = day_alone(rest)
    if alone:
        return Stamp(0, 0, text[: at + alone[1]], "", day=alone[0]), at + alone[1]
    return _numbers_at(text, at)


def _numbers_at(text: str, at: int) -> tuple[Stamp, int] | None:
    match = _NUMBERS.match(text[at:])
    if match and 1 <= int(match["first"]) <= 31 and 1 <= int(match["second"]) <= 31:
        both = (int(match["first"]), int(match["second"]))
        short = int(match["year"]) if match["year"] else None
        words = text[: at + match.end()]
        return Stamp(0, 0, words, "", numbers=both, short_year=short), at + match.end()
    match = _DAY.match(text[at:])
    ordinal = match is not None and (match["nth"] or at)
    if match and ordinal and 1 <= int(match["day"]) <= 31:
        return Stamp(0, 0, text[: at + match.end()], "", day=int(match["day"])), at + match.end()
    return None


def _tail(text: str, end: int, weekday: int | None) -> tuple[int, int | None]:
    """Go past a weekday, in brackets or not, and the weather."""
    rest = text[end:]
    skipped = len(rest) - len(rest.lstrip(" \t\u3000,，(（"))
    match = _WEEKDAY.match(rest[skipped:])
    if match:
        weekday = _weekday_number(match) if weekday is None else weekday
        end += skipped + match.end()
        end += len(text[end:]) - len(text[end:].lstrip(")）"))
    weather = _WEATHER.match(text[end:])
    return (end + weather.end() if weather else end), weekday


def _body_at(text: str, end: int) -> int | None:
    """Return where the entry begins after its heading; None: this is a sentence, no heading."""
    rest = text[end:]
    if not rest.strip(_MARKS + ".,，。:："):
        return len(text)
    if _CHAT_LINE.match(rest):
        return None
    mark = re.match(
        r"[\s\u3000]*[.:：。;；—–-]+[\s\u3000]*|[\s\u3000]{2,}|\u3000|,\s+(?=[A-Z])", rest
    )
    if mark:
        return end + mark.end()
    if re.search(r"[\u4e00-\u9fff]", text[:end]) and re.match(r"[\s，,]", rest):
        return end + 1
    short = len(rest) <= 40 and not re.search(
        r"[.!?。！？]|\b(?:was|were|is|we|i|he|she)\b", rest, re.I
    )
    return len(text) if short and rest[:1] in " ,，(（" else None


def _carriers(found: list[Stamp], text: str) -> list[Stamp]:
    """Let "January 1943" with another heading right below carry its year and month."""
    made: list[Stamp] = []
    for stamp, following in zip_longest(found, found[1:]):
        broad = re.fullmatch(r"(\d{4})(?:-(\d\d))?", stamp.edtf or "")
        if broad and following and not text[stamp.body : following.start].strip():
            month = int(broad[2]) if broad[2] else None
            stamp = replace(stamp, year=int(broad[1]), month=month, edtf=None, carries=True)  # noqa: PLW2901
        made.append(stamp)
    return made


def _without_chance(found: list[Stamp]) -> list[Stamp]:
    """Leave out bare days ("4th", "Tuesday") where no other heading names a month or a year."""
    anchored = any(one.edtf or one.month or one.year for one in found)
    return [one for one in found if anchored or one.numbers]

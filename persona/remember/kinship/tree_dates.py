"""Dates of family trees → EDTF, with the words kept (GEDCOM 5.5.1 §DATE_VALUE, 7.0 §6.3).

    12 MAR 1931 → 1931-03-12          ABT 1897 → 1897~          BET 1939 AND 1945 → [1939..1945]
    FROM 1920 TO 1925 → 1920/1925     BEF 1900 → [..1900]       INT 1931 (spring) → 1931?
    @#DJULIAN@ 30 JAN 1649 → 1649-02-09                         44 BCE → -0043
    @#DFRENCH R@ 1 VEND 1 → 1792-09-22                          11 FEB 1731/32 → 1732-02-11~

A day in the Julian or the French calendar is converted exactly; a Julian month or year is two
different ones here, a Hebrew day begins in the evening, and a phrase is a phrase: those keep
their words and no date.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from persona.records.months import MONTH_STARTS, MONTHS

_MONTHS = [name.upper() for name in MONTH_STARTS]
_FRENCH = "VEND BRUM FRIM NIVO PLUV VENT GERM FLOR PRAI MESS THER FRUC COMP".split()
_FRENCH_NEW_YEAR = (22, 22, 22, 23, 22, 22, 22, 23, 23, 23, 23, 24, 23, 23)
"""Day of September on which the years 1 to 14 of the Republic began."""

_CALENDAR = re.compile(
    r"^(?:@#D([A-Z ]+?)@|(GREGORIAN|JULIAN|FRENCH_R|HEBREW|ROMAN|UNKNOWN|_\w+))\s*", re.IGNORECASE
)
_EPOCH = re.compile(r"\s*(?:B\.?\s?C\.?(?:\s?E\.?)?|(A\.?D\.?|C\.?E\.?))\s*$", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_DAY = re.compile(r"(?:(?:(\d{1,2})\.?\s+)?([A-Z]{3,9})\.?,?\s+)?(\d{1,5})(?:/(\d{1,4}))?")
_US_DAY = re.compile(r"([A-Z]{3,9})\.?\s+(\d{1,2})(?:ST|ND|RD|TH)?,?\s+(\d{4})")


@dataclass(frozen=True)
class TreeDate:
    """When something was: EDTF where it can be known, and how one says it."""

    edtf: str | None
    words: str
    en: str = ""
    zh: str = ""


@dataclass(frozen=True)
class _Day:
    """A day, a month or a year of the Gregorian calendar; ``year`` 0 is 1 BCE."""

    year: int
    month: int = 0
    day: int = 0
    about: bool = False

    def edtf(self) -> str:
        text = f"{self.year:04d}" if self.year >= 0 else f"-{-self.year:04d}"
        text += f"-{self.month:02d}" if self.month else ""
        text += f"-{self.day:02d}" if self.day else ""
        return text + ("~" if self.about else "")

    def en(self) -> str:
        year = str(self.year) if self.year > 0 else f"{1 - self.year} BC"
        words = [str(self.day)] if self.day else []
        words += [MONTHS[self.month - 1]] if self.month else []
        return " ".join([*words, year])

    def zh(self) -> str:
        year = f"{self.year}年" if self.year > 0 else f"公元前{1 - self.year}年"
        return (
            year + (f"{self.month}月" if self.month else "") + (f"{self.day}日" if self.day else "")
        )


def tree_date(value: str, phrase: str = "") -> TreeDate:
    """Return what a ``DATE`` says. ``phrase``: the words of its ``PHRASE`` (7.0)."""
    text = " ".join(value.split())
    spoken = re.search(r"\((.*)\)\s*$", text)
    words = phrase.strip() or (spoken[1].strip() if spoken and text.startswith("(") else text)
    found = _value(text.upper())
    if found is None:
        return TreeDate(None, words)
    edtf, en, zh = found
    return TreeDate(edtf, words, en, zh)


_Said = tuple[str, str, str]


def _value(text: str) -> _Said | None:
    text = re.sub(r"\s*\(.*\)\s*$", "", text)
    for pattern, make in _FORMS:
        match = re.fullmatch(pattern, text)
        if match:
            days = [_day(part) for part in match.groups()]
            return make(*(day for day in days if day)) if all(days) else None
    day = _day(text)
    if day is None:
        return None
    return day.edtf(), f"{'on ' if day.day else 'in '}{day.en()}", day.zh()


def _marked(sign: str, en: str, zh: str) -> Callable[..., _Said]:
    def make(day: _Day) -> _Said:
        return day.edtf().rstrip("~") + sign, f"{en} {day.en()}", f"{zh}{day.zh()}"

    return make


def _period(form: str, en: str, zh: str) -> Callable[..., _Said]:
    def make(*days: _Day) -> _Said:
        edtf = form.format(*(day.edtf() for day in days))
        return edtf, en.format(*(d.en() for d in days)), zh.format(*(d.zh() for d in days))

    return make


_FORMS: tuple[tuple[str, Callable[..., _Said]], ...] = (
    (r"(?:ABT|ABOUT|CIRCA|CA?\.?)\.? (.+)", _marked("~", "about", "大约")),
    (r"(?:CAL|EST)\.? (.+)", _marked("~", "probably about", "大约")),
    (r"INT\.? (.+)", _marked("?", "perhaps in", "可能是")),
    (r"BET\.? (.+?) (?:AND|-) (.+)", _period("[{}..{}]", "between {} and {}", "{}到{}之间")),
    (r"FROM (.+?) TO (.+)", _period("{}/{}", "from {} to {}", "从{}到{}")),
    (r"FROM (.+)", _period("{}/..", "from {} on", "从{}起")),
    (r"TO (.+)", _period("../{}", "until {}", "直到{}")),
    (r"(?:BEF|BEFORE)\.? (.+)", _period("[..{}]", "before {}", "{}以前")),
    (r"(?:AFT|AFTER)\.? (.+)", _period("[{}..]", "after {}", "{}以后")),
)


def _day(text: str) -> _Day | None:
    """Read one day, month or year in its calendar."""
    text = text.strip()
    named = _CALENDAR.match(text)
    kind = (named[1] or named[2]).upper().replace(" ", "_") if named else "GREGORIAN"
    text = text[named.end() :] if named else text
    epoch = _EPOCH.search(text)
    before = epoch is not None and not epoch[1]
    text = text[: epoch.start()] if epoch else text
    if kind == "FRENCH_R":
        return _french(text)
    parts = _parts(text)
    if kind not in ("GREGORIAN", "JULIAN") or parts is None:
        return None
    year, month, day, dual = parts
    year = 1 - year if before else year + (1 if dual else 0)
    if kind == "JULIAN":
        return _from_julian(year, month, day)
    real = month <= 12 and (not day or (month and day <= _days_in(year, month)))
    return _Day(year, month, day, about=dual) if real and (before or year > 0) else None


def _parts(text: str) -> tuple[int, int, int, bool] | None:
    """Return year, month, day (0: not said), and whether two years are written (1731/32)."""
    iso = _ISO.fullmatch(text)
    if iso:
        return int(iso[1]), int(iso[2]), int(iso[3] or 0), False
    american = _US_DAY.fullmatch(text)
    if american:
        text = f"{american[2]} {american[1]} {american[3]}"
    match = _DAY.fullmatch(text)
    if match is None or len(match[3]) > 4 or (match[2] and not _month(match[2])):
        return None
    year = int(match[3])
    if match[4] and int(match[4]) % 100 != (year + 1) % 100:
        return None
    month = _month(match[2]) if match[2] else 0
    return year, month, int(match[1] or 0), bool(match[4])


def _month(word: str) -> int:
    """Return the number of a month: ``MAR``, or the English word in full; 0: it is none."""
    if word in _MONTHS:
        return _MONTHS.index(word) + 1
    full = [name.upper() for name in MONTHS]
    return full.index(word) + 1 if word in full else (9 if word == "SEPT" else 0)


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _from_julian(year: int, month: int, day: int) -> _Day | None:
    """Convert a day by its Julian day number (Richards 2013, Explanatory Supplement §15.11)."""
    if not day or not month or year < 1 or year > 3000:
        return None
    leap = 29 if year % 4 == 0 else 28
    if day > (31, leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]:
        return None
    shift = (14 - month) // 12
    y, m = year + 4800 - shift, month + 12 * shift - 3
    number = day + (153 * m + 2) // 5 + 365 * y + y // 4 - 32083
    try:
        found = date.fromordinal(number - 1_721_425)
    except (ValueError, OverflowError):
        return None
    return _Day(found.year, found.month, found.day)


def _french(text: str) -> _Day | None:
    """Convert a day of the years 1 to 14 of the French Republic."""
    match = re.fullmatch(r"(\d{1,2}) ([A-Z]{4}) (\d{1,2})", text.strip())
    if match is None or match[2] not in _FRENCH or not 1 <= int(match[3]) <= 14:
        return None
    day, month, year = int(match[1]), _FRENCH.index(match[2]), int(match[3])
    longest = 30 if month < 12 else (6 if year in (3, 7, 11) else 5)
    if not 1 <= day <= longest:
        return None
    start = date(1791 + year, 9, _FRENCH_NEW_YEAR[year - 1])
    found = start + timedelta(days=30 * month + day - 1)
    return _Day(found.year, found.month, found.day)

"""Dates as people write them → EDTF (ISO 8601-2, Library of Congress levels 0 to 2).

    "June 21, 1904" → 1904-06-21     "summer 1962" → 1962-22     "about 1987" → 1987~
    "12/III/1943"   → 1943-03-12     "early 1950s" → 1950~/1953~  "between 1939 and 1945"
    "Easter 1953"   → 1953-04-05~    "3–5 May 1943" → a span      → [1939..1945]

The words themselves are always kept beside the EDTF. A date that could be read in two ways
(6/7/1904) gives None unless the caller knows the order: nothing is guessed. The `edtf` package
was tried and left out: it loses "early", returns nothing for "between", and warns on import.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

from persona.collect.chinese_dates import find_chinese_date
from persona.collect.writing.feasts import FEAST, feast_edtf
from persona.records.months import MONTH_STARTS

LONGEST = 120
"""Characters of a date in words; what is longer is no date."""

_MONTHS = [name.lower() for name in MONTH_STARTS]
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_PARTS_OF_DECADE = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}

MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
"""A month by its name, in full or shortened: a pattern with the group ``month``."""

_MONTH = rf"{MONTH}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|d)?"
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"

_FORMS: tuple[str, ...] = (
    rf"{_WEEKDAY}{_MONTH}[\s-]+{_DAY},?[\s-]+{_YEAR}",
    rf"{_WEEKDAY}(?:the\s+)?{_DAY}(?:\s+day)?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
    rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}",
    rf"(?:the\s+)?(?P<season>spring|summer|autumn|fall|winter)\s+(?:of\s+)?{_YEAR}",
    rf"(?P<feast>{FEAST}),?\s+(?:of\s+)?{_YEAR}",
    rf"{_YEAR}\s*[-/.]\s*(?P<month_number>\d{{1,2}})\s*[-/.]\s*(?P<day>\d{{1,2}})",
    rf"{_DAY}\s*[./-]\s*(?P<roman>x?i{{1,3}}|i?[vx]|vi{{1,3}})\.?\s*[./-]?\s*{_YEAR}",
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>1\d{3}|20\d{2})",
)
_DATE = re.compile(
    "|".join(
        "(?:" + re.sub(r"\?P(<|=)(\w+)", rf"?P\1\2_{index}", form) + ")"
        for index, form in enumerate(_FORMS)
    ),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundDate:
    """A date inside a line: its words, where they stand, and EDTF if it can be known."""

    words: str
    start: int
    end: int
    edtf: str | None


def to_edtf(words: str, day_first: bool | None = None) -> str | None:
    """Return the EDTF of a date in English or Chinese words, or None if it cannot be known.

    Args:
        words: the date and nothing else; EDTF is returned as it is.
        day_first: the order of 6/7/1904; None: unknown, such a date gives None.
    """
    text = " ".join(words.split()).strip(" .,;:()")
    if not text or len(text) > LONGEST:
        return None
    if valid_edtf(text):
        return text
    for reading in (_range, _decade, _qualified):
        found = reading(text, day_first)
        if found:
            return found
    return _plain(text, day_first)


def find_date(line: str, day_first: bool | None = None) -> FoundDate | None:
    """Return the first full date (year, at least) with a month, day or season in ``line``."""
    match = _DATE.search(line)
    chinese = find_chinese_date(line)
    if chinese and (match is None or chinese.start <= match.start()):
        words = line[chinese.start : chinese.end]
        return FoundDate(words, chinese.start, chinese.end, chinese.edtf)
    if match is None:
        return None
    return FoundDate(match.group(), match.start(), match.end(), _edtf_of(match, day_first))


def _plain(text: str, day_first: bool | None) -> str | None:
    if re.fullmatch(r"(?:in\s+)?(1\d{3}|20\d{2})", text, re.IGNORECASE):
        return text[-4:]
    chinese = find_chinese_date(text)
    if chinese and (chinese.start, chinese.end) == (0, len(text)):
        return chinese.edtf
    match = _DATE.fullmatch(text)
    return _edtf_of(match, day_first) if match else None


def _edtf_of(match: re.Match[str], day_first: bool | None) -> str | None:
    part = {name.rsplit("_", 1)[0]: value for name, value in match.groupdict().items() if value}
    year = int(part["year"])
    if "feast" in part:
        return feast_edtf(part["feast"], year)
    if "season" in part:
        return f"{year}-{_SEASONS[part['season'].lower()]}"
    if "first" in part:
        return _numeric(part, year, day_first)
    if "roman" in part:
        month = _ROMAN.index(part["roman"].lower()) + 1 if part["roman"].lower() in _ROMAN else 0
    else:
        month = int(part.get("month_number") or month_number(part["month"]))
    return _ymd(year, month, int(part["day"]) if "day" in part else None)


def month_number(name: str) -> int:
    """Return 1 to 12 for what `MONTH` found."""
    return _MONTHS.index(name[:3].lower()) + 1


def _numeric(part: dict[str, str], year: int, day_first: bool | None) -> str | None:
    first, second = int(part["first"]), int(part["second"])
    if first > 12 or part["mark"] == ".":  # dots are written where the day comes first
        return _ymd(year, second, first)
    if second > 12:
        return _ymd(year, first, second)
    if first == second:
        return _ymd(year, first, second)
    if day_first is None:
        return None
    return _ymd(year, second, first) if day_first else _ymd(year, first, second)


def _ymd(year: int, month: int, day: int | None) -> str | None:
    text = f"{year:04d}-{month:02d}" + (f"-{day:02d}" if day is not None else "")
    return text if 1 <= month <= 12 and valid_edtf(text) else None


def _range(text: str, day_first: bool | None) -> str | None:
    days = re.fullmatch(
        r"(\d{1,2})(?:st|nd|rd|th)?\s*(?:[-–—/&]|and|to)\s*(\d{1,2}(?:st|nd|rd|th)?\s+\D+\s+\d{4})",
        text,
        re.IGNORECASE,
    )
    if days:
        last = to_edtf(days[2], day_first)
        first = f"{last[:8]}{int(days[1]):02d}" if last and len(last) == 10 else ""
        return f"{first}/{last}" if first and valid_edtf(f"{first}/{last}") else None
    both: tuple[tuple[str, Callable[[str, str], str]], ...] = (
        (r"between (.+?) and (.+)", lambda a, b: f"[{a}..{b}]"),
        (r"from (.+?) (?:to|until) (.+)", lambda a, b: f"{a}/{b}"),
        (r"((?:1\d|20)\d\d)\s*[-–—]\s*((?:1\d|20)\d\d)", lambda a, b: f"{a}/{b}"),
    )
    for pattern, form in both:
        match = re.fullmatch(pattern, text, re.IGNORECASE)
        if match:
            ends = [to_edtf(end, day_first) for end in match.groups()]
            if ends[0] and ends[1] and valid_edtf(form(ends[0], ends[1])):
                return form(ends[0], ends[1])
    for word, form_one in (("before", "[..{}]"), ("after", "[{}..]"), ("since", "{}/..")):
        if text.lower().startswith(word + " "):
            end = to_edtf(text[len(word) :], day_first)
            return form_one.format(end) if end and valid_edtf(form_one.format(end)) else None
    return None


def _decade(text: str, day_first: bool | None) -> str | None:
    del day_first
    match = re.fullmatch(
        r"(?:the\s+)?(?:(?P<part>early|mid|late)[\s-]+)?(?:the\s+)?(?P<decade>(?:1\d|20)\d)0"
        r"(?:['’]?s|年代)",
        text,
        re.IGNORECASE,
    )
    if match is None:
        return None
    decade = match["decade"]
    if match["part"] is None:
        return f"{decade}X"
    first, last = _PARTS_OF_DECADE[match["part"].lower()]
    return f"{decade}{first}~/{decade}{last}~"


def _qualified(text: str, day_first: bool | None) -> str | None:
    about = re.sub(
        r"^(?:about|around|approx(?:imately|\.)?|circa|ca?\.|大约|大概|约)\s*|(?:左右|前后)$",
        "",
        text,
        flags=re.IGNORECASE,
    )
    perhaps = re.sub(r"^(?:perhaps|probably|possibly|maybe|可能)\s*|\s*\?$", "", text, flags=re.I)
    for rest, sign in ((about, "~"), (perhaps, "?")):
        if rest != text:
            inner = to_edtf(rest, day_first)
            marked = f"{inner}{sign}"
            return marked if inner and valid_edtf(marked) else None
    return None


_DAY_FORM = re.compile(
    r"(?P<year>-?[\dX]{4})(?:-(?P<month>[\dX]{2})(?:-(?P<day>[\dX]{2}))?)?(?P<mark>[?~%]?)"
    r"(?P<time>T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]\d\d(:\d\d)?)?)?"
)


def valid_edtf(text: str) -> bool:
    """Tell whether ``text`` is EDTF: dates, times, seasons, unknown digits, intervals, sets.

    Covers levels 0 and 1 and, of level 2, sets of a range (``[1939..1945]``) and X anywhere;
    ``~`` and ``?`` and ``%`` may follow a whole date. Days must exist in the calendar.
    """
    if text[:1] == "[" and text[-1:] == "]" and ".." in text:
        first, _, last = text[1:-1].partition("..")
        return _valid_ends(first, last, bare="")
    if "/" in text:
        first, _, last = text.partition("/")
        return _valid_ends(first, last, bare="..")
    return _valid_date(text)


def _valid_ends(first: str, last: str, bare: str) -> bool:
    open_ends = {bare, ""}
    if first in open_ends and last in open_ends:
        return False
    if not all(end in open_ends or _valid_date(end) for end in (first, last)):
        return False
    if first in open_ends or last in open_ends:
        return True
    return first.strip("?~%")[:4].replace("X", "0") <= last.strip("?~%")[:4].replace("X", "9")


def _valid_date(text: str) -> bool:
    match = _DAY_FORM.fullmatch(text)
    if match is None:
        return False
    year, month, day = match["year"], match["month"], match["day"]
    if match["time"] and (day is None or "X" in text or match["mark"]):
        return False
    if month is None or "X" in month:
        return month is None or re.fullmatch(r"X[\dX]|[01]X", month) is not None
    number = int(month)
    if 21 <= number <= 41:
        return day is None
    if not 1 <= number <= 12:
        return False
    if day is None or "X" in day:
        return day is None or re.fullmatch(r"X[\dX]|[0-3]X", day) is not None
    known_year = int(year) if "X" not in year and int(year) > 0 else 2000
    return 1 <= int(day) <= monthrange(known_year, number)[1]

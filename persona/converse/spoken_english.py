"""Numbers, dates, money and abbreviations as an English speaker reads them aloud.

    18 March 1966 → the eighteenth of March nineteen sixty-six     £5.50 → five pounds fifty
    3:30 p.m.     → three thirty p m                               Dr. Li → Doctor Li

Whatever no rule takes up is left to the voice. Words for numbers are those of ``inflect``.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from persona.records.months import MONTHS

_MONTHS = "|".join(MONTHS)
_YEAR = r"(?:1[1-9]|20)\d\d"
_CURRENCY = {
    "£": ("pound", "pounds"),
    "$": ("dollar", "dollars"),
    "€": ("euro", "euros"),
    "¥": ("yuan", "yuan"),
}
_SCALES = {"m": "million", "bn": "billion", "k": "thousand"}
_UNITS = {
    "km": "kilometres",
    "cm": "centimetres",
    "mm": "millimetres",
    "kg": "kilograms",
    "lb": "pounds",
    "lbs": "pounds",
    "oz": "ounces",
    "ft": "feet",
    "mph": "miles per hour",
    "°C": "degrees Celsius",
    "°F": "degrees Fahrenheit",
    "°": "degrees",
    "%": "percent",
}
_ABBREVIATIONS = {
    r"\bMr\.?(?=\s)": "Mister",
    r"\bMrs\.?(?=\s)": "Missus",
    r"\bDr\.?(?=\s+[A-Z\u4e00-\u9fff])": "Doctor",
    r"\bSt\.?(?=\s+[A-Z])": "Saint",
    r"(?<=[a-z]\s)St\b\.?(?!\w)": "Street",
    r"(?<=[a-z]\s)(?:Rd|rd)\b\.?(?!\w)": "Road",
    r"\bProf\.?(?=\s+[A-Z])": "Professor",
    r"\bRev\.?(?=\s+[A-Z])": "Reverend",
    r"\bCapt\.?(?=\s+[A-Z])": "Captain",
    r"\bSgt\.?(?=\s+[A-Z])": "Sergeant",
    r"\bJr\b\.?": "Junior",
    r"\bSr\b\.?(?!\s+[A-Z])": "Senior",
    r"\bNo\.\s*(?=\d)": "number ",
    r"\bNos\.\s*(?=\d)": "numbers ",
    r"\bp\.\s*(?=\d)": "page ",
    r"\bpp\.\s*(?=\d)": "pages ",
    r"\be\.g\.": "for example",
    r"\bi\.e\.": "that is",
    r"\betc\.": "et cetera",
    r"\bvs\.?(?=\s)": "versus",
    r"\bapprox\.": "approximately",
    r"\s&\s": " and ",
}
_FRACTIONS = {"½": "a half", "¼": "a quarter", "¾": "three quarters", "⅓": "a third"}
_ROMAN = {"I": 1, "V": 5, "X": 10}
_KINGS = "George|Edward|Henry|Elizabeth|Charles|James|William|Richard|Louis|Napoleon"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"


def spoken_english(text: str) -> str:
    """Return an English text with its numbers and abbreviations written out."""
    for pattern, words in _ABBREVIATIONS.items():
        text = re.sub(pattern, words, text)
    for pattern, said in _RULES:
        text = re.sub(pattern, said, text)
    return text


def year_words(year: int) -> str:
    """Return a year as it is said: nineteen sixty-six, nineteen oh five, two thousand and one."""
    first, rest = divmod(year, 100)
    if 2000 <= year < 2010:
        return number_words(year)
    if rest == 0:
        return f"{number_words(first)} hundred"
    return f"{number_words(first)} {'oh ' if rest < 10 else ''}{number_words(rest)}"


def number_words(number: int | str) -> str:
    """Return a number in words, without commas between them."""
    return str(_engine().number_to_words(str(number), andword="and")).replace(",", "")


@cache
def _engine() -> Any:
    import inflect

    return inflect.engine()


def _ordinal(number: int) -> str:
    return str(_engine().number_to_words(_engine().ordinal(number))).replace(",", "")


def _is_day(words: str) -> bool:
    return 1 <= int(words) <= 31


def _day_month(found: re.Match[str]) -> str:
    day, month, year = found[1], found[2], found[3]
    if not _is_day(day):
        return found[0]
    before = "" if re.search(r"\b[Tt]he\s$", found.string[: found.start()]) else "the "
    return f"{before}{_ordinal(int(day))} of {month}" + (
        f" {year_words(int(year))}" if year else ""
    )


def _month_day(found: re.Match[str]) -> str:
    month, day, year = found[1], found[2], found[3]
    if not _is_day(day):
        return found[0]
    return f"{month} {_ordinal(int(day))}" + (f", {year_words(int(year))}" if year else "")


def _iso_day(found: re.Match[str]) -> str:
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    return f"the {_ordinal(day)} of {MONTHS[month - 1]} {year_words(year)}"


def _decade(found: re.Match[str]) -> str:
    century, tens = found[1], found[2]
    if tens == "00":
        return f"{number_words(century)} hundreds" if century else found[0]
    words = number_words(int(tens))
    plural = words[:-1] + "ies" if words.endswith("y") else words + "s"
    return f"{number_words(century)} {plural}" if century else plural


def _years(found: re.Match[str]) -> str:
    last = found[2]
    return f"{year_words(int(found[1]))} to " + (
        year_words(int(last)) if len(last) == 4 else number_words(int(last))
    )


def _clock(found: re.Match[str]) -> str:
    hour, minute, half = int(found[1]), found[2], found[3]
    if hour > 24 or (minute and int(minute) > 59) or not (minute or half):
        return found[0]
    words = number_words(hour)
    if minute and int(minute):
        words += f" {'oh ' if int(minute) < 10 else ''}{number_words(int(minute))}"
    elif not half:
        words += " hundred" if hour > 12 else " o'clock"
    return words + (f" {half[0].lower()} m" if half else "")


def _money(found: re.Match[str]) -> str:
    sign, whole, part, scale = found[1], found[2].replace(",", ""), found[3], found[4]
    one, many = _CURRENCY[sign]
    if scale:
        amount = f"{whole}.{part}" if part else whole
        return f"{number_words(amount)} {_SCALES.get(scale, scale)} {many}"
    name = one if int(whole) == 1 else many
    pence = f" {number_words(int(part))}" if part and int(part) else ""
    return f"{number_words(int(whole))} {name}{pence}"


def _unit(found: re.Match[str]) -> str:
    amount = found[1].replace(",", "")
    return f"{number_words(amount)} {_UNITS[found[2]]}"


def _digits(found: re.Match[str]) -> str:
    """Say a telephone number digit by digit."""
    return " ".join("oh" if d == "0" else number_words(d) for d in found[0] if d.isdigit())


def _roman(found: re.Match[str]) -> str:
    values = [_ROMAN[sign] for sign in found[2]]
    pairs = zip(values, [*values[1:], 0], strict=True)
    number = sum(-one if one < after else one for one, after in pairs)
    war = found[1].startswith("World")
    return f"{found[1]} {number_words(number) if war else 'the ' + _ordinal(number)}"


def _fraction(found: re.Match[str]) -> str:
    part = _FRACTIONS[found[2]]
    return f"{number_words(found[1])} and {part}" if found[1] else part


_NUMBER = r"\d{1,3}(?:,\d{3})+|\d+"
_Said = Callable[[re.Match[str]], str]
_RULES: tuple[tuple[str, _Said], ...] = (
    (rf"\b({_YEAR})-(\d\d)-(\d\d)\b", _iso_day),
    (rf"\b{_DAY}\s+(?:of\s+)?({_MONTHS})(?:,?\s+({_YEAR}))?\b", _day_month),
    (rf"\b({_MONTHS})\s+{_DAY}(?:,?\s+({_YEAR}))?\b(?!\d)", _month_day),
    (r"(?<![\d.:])(\d{1,2})(?:[:.](\d\d))?\s*([ap]\.?m\b\.?)", _clock),
    (r"(?<![\d.:])(\d{1,2}):(\d\d)()(?![\d:])", _clock),
    (rf"([£$€¥])\s?({_NUMBER})(?:\.(\d+))?(?:\s?(million|billion|m\b|bn\b|k\b))?", _money),
    (r"(?:\b(1[1-9]|20)|['’]|\b)(\d0)s\b", _decade),
    (rf"\b({_YEAR})\s?[-–—]\s?({_YEAR}|\d\d)\b(?!-\d)", _years),
    (rf"\b(World War|{_KINGS}) ([IVX]+)\b(?!['’]m)", _roman),
    (r"(?<!\w)-(?=\d+(?:\.\d+)?\s?°)", lambda _: "minus "),
    (
        r"\b(\d)['’](\d{1,2})[\"”]",
        lambda found: f"{number_words(found[1])} foot {number_words(found[2])}",
    ),
    (
        rf"(?<![\w.])((?:{_NUMBER})(?:\.\d+)?)\s?({'|'.join(sorted(_UNITS, key=len)[::-1])})(?!\w)",
        _unit,
    ),
    (r"½(?=\s+an?\b)", lambda _: "half"),
    (r"(?:\b(\d+)\s?)?([½¼¾⅓])", _fraction),
    (r"(?<![\w.,])(?:\+\d[\d\s-]{7,}\d|0\d[\d\s-]{3,}\d)(?![\w,])", _digits),
    (r"\b(\d+)(?:st|nd|rd|th)\b", lambda found: _ordinal(int(found[1]))),
    (rf"(?<![\w.,/-]){_YEAR}(?![\w/]|[.,-]\d)", lambda found: year_words(int(found[0]))),
    (
        rf"(?<![\w./-])(?:{_NUMBER})(?:\.\d+)?(?![\w/]|[.,-]\d)",
        lambda found: number_words(found[0].replace(",", "")),
    ),
)

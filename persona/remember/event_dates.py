"""Finds when something happened in the words of a sentence, as EDTF (ISO 8601-2).

Only what is said: "in May 1898" → ``1898-05``, "the summer of 1962" → ``1962-22``, "about
1950" → ``1950~``, "the 1950s" → ``195X``, "1962年夏天" → ``1962-22``. A sentence that names no
year has no event time; "when I was twelve" is left to people.
"""

import re
from collections.abc import Callable

from persona.remember.words import load_words

_WORDS = load_words()["dates"]
_MONTHS: list[str] = _WORDS["months"]
_SEASONS: dict[str, int] = _WORDS["seasons"]
_YEAR = r"(?P<year>1[5-9]\d\d|20\d\d)"
_MONTH = "(?P<month>" + "|".join(f"{m}|{m[:3]}\\.?" for m in _MONTHS) + ")"
_SEASON = r"(?P<season>spring|summer|autumn|fall|winter)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_ABOUT = r"(?P<about>about|around|circa|c\.|some time in|roughly)"
_BEFORE_YEAR = r"\b(?:in|of|since|by|until|till|from|during|after|before|year|between)"
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def _number(text: str) -> int:
    return int(text.translate(_DIGITS))


def _chinese_number(text: str) -> int:
    """Return the value of ``5``, ``五``, ``十``, ``十二``, ``二十一``."""
    if "十" not in text:
        return _number(text)
    tens, ones = text.split("十")
    return (_number(tens) if tens else 1) * 10 + (_number(ones) if ones else 0)


def _month(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _full(match: re.Match[str]) -> str:
    return f"{match['year']}-{_month(match['month']):02d}-{int(match['day']):02d}"


def _chinese(match: re.Match[str]) -> str:
    edtf = f"{_number(match['year'])}"
    if match["season"]:
        return f"{edtf}-{_SEASONS[match['season']]}"
    for part in ("month", "day"):
        if not match[part]:
            break
        edtf += f"-{_chinese_number(match[part]):02d}"
    return edtf


def _chinese_decade(match: re.Match[str]) -> str:
    century = match["century"].translate(_DIGITS) if match["century"] else "19"
    return f"{century}{_chinese_number(match['decade']) // 10}X"


_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(rule, re.IGNORECASE), made)
    for rule, made in (
        (r"\b(?P<iso>1[5-9]\d\d-[01]\d-[0-3]\d|20\d\d-[01]\d-[0-3]\d)\b", lambda m: m["iso"]),
        (rf"\b{_MONTH} {_DAY},? {_YEAR}\b", _full),
        (rf"\b{_DAY} (?:of )?{_MONTH},? {_YEAR}\b", _full),
        (
            rf"\b{_MONTH},? (?:of )?{_YEAR}\b",
            lambda m: f"{m['year']}-{_month(m['month']):02d}",
        ),
        (
            rf"\b{_SEASON},? (?:of )?{_YEAR}\b",
            lambda m: f"{m['year']}-{_SEASONS[m['season'].lower()]}",
        ),
        (r"\b(?P<decade>1[5-9]\d|20\d)0['’]?s\b", lambda m: f"{m['decade']}X"),
        (rf"\b{_ABOUT} (?:the year )?{_YEAR}\b", lambda m: f"{m['year']}~"),
        (rf"{_BEFORE_YEAR} (?:the year )?{_YEAR}\b(?!-)", lambda m: m["year"]),
        (rf"[(,] ?{_YEAR}(?=[,.;:)])", lambda m: m["year"]),
        (
            r"(?P<year>[12][0-9]{3}|[一二][〇零一二三四五六七八九]{3})年(?:的)?"
            r"(?:(?P<season>[春夏秋冬])[天季]?"
            r"|(?P<month>[01]?\d|十[一二]?|[一二三四五六七八九])月"
            r"(?:(?P<day>[0-3]?\d|[一二三]?十?[一二三四五六七八九]?)[日号])?)?",
            _chinese,
        ),
        (
            r"(?:(?P<century>19|20|一九|二〇)世纪)?(?P<decade>[1-9]0|[二三四五六七八九]十)年代",
            _chinese_decade,
        ),
    )
]


def event_date(sentence: str) -> tuple[str | None, str]:
    """Return (EDTF, the words that say so) of the first date named, or (None, "")."""
    unwrapped = re.sub(r"\s+", " ", sentence)
    for rule, made in _RULES:
        match = rule.search(unwrapped)
        if match:
            edtf = made(match)
            return (edtf, match[0].strip(" (,")) if _is_a_date(edtf) else (None, "")
    return None, ""


def _is_a_date(edtf: str) -> bool:
    parts = edtf.rstrip("~").split("-")
    if len(parts) > 1 and not (1 <= int(parts[1]) <= 12 or 21 <= int(parts[1]) <= 24):
        return False
    return len(parts) < 3 or 1 <= int(parts[2]) <= 31

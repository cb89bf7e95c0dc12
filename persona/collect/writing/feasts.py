"""Feasts and terms that letters are dated by: "Easter 1953", "Michaelmas 1913" → EDTF.

Easter is reckoned after the Western church (the anonymous Gregorian algorithm, Nature 1876). A
feast that names a single day gives that day; "Easter" and "Michaelmas" alone may mean the days
around it, so they are approximate (``~``). What differs between countries (Thanksgiving, Mother's
Day) is left out.
"""

import re
from datetime import date, timedelta

_FROM_EASTER = {
    "shrove tuesday": -47,
    "ash wednesday": -46,
    "palm sunday": -7,
    "maundy thursday": -3,
    "good friday": -2,
    "holy saturday": -1,
    "easter sunday": 0,
    "easter day": 0,
    "easter monday": 1,
    "ascension day": 39,
    "whit sunday": 49,
    "whitsunday": 49,
    "whit monday": 50,
    "corpus christi": 60,
}
_ABOUT_EASTER = {"easter": 0, "whitsun": 49, "whitsuntide": 49, "pentecost": 49}
_FIXED = {
    "new year's day": "01-01",
    "twelfth night": "01-05",
    "epiphany": "01-06",
    "candlemas": "02-02",
    "valentine's day": "02-14",
    "st valentine's day": "02-14",
    "lady day": "03-25",
    "midsummer day": "06-24",
    "lammas": "08-01",
    "halloween": "10-31",
    "hallowe'en": "10-31",
    "all saints' day": "11-01",
    "all saints": "11-01",
    "all souls' day": "11-02",
    "armistice day": "11-11",
    "christmas eve": "12-24",
    "christmas day": "12-25",
    "christmas": "12-25",
    "boxing day": "12-26",
    "new year's eve": "12-31",
}
_ABOUT = {"michaelmas": "09-29", "martinmas": "11-11", "midsummer": "06-24"}
_TERMS = {
    "michaelmas term": "{0}-10/{0}-12",
    "hilary term": "{0}-01/{0}-03",
    "lent term": "{0}-01/{0}-03",
    "trinity term": "{0}-04/{0}-06",
    "easter term": "{0}-04/{0}-06",
}
FEAST = "|".join(
    re.escape(name).replace("\\ ", r"\s+").replace("'", "['’]?")
    for name in sorted(
        [*_FROM_EASTER, *_ABOUT_EASTER, *_FIXED, *_ABOUT, *_TERMS], key=len, reverse=True
    )
)
"""A pattern for every name, the longest first."""


def feast_edtf(words: str, year: int) -> str | None:
    """Return the EDTF of a feast or term in a year, or None when the name is not known."""
    name = " ".join(words.lower().replace("’", "'").split())
    name = next(
        (known for known in _names() if known.replace("'", "") == name.replace("'", "")), ""
    )
    if name in _TERMS:
        return _TERMS[name].format(year)
    if name in _FIXED:
        return f"{year}-{_FIXED[name]}"
    if name in _ABOUT:
        return f"{year}-{_ABOUT[name]}~"
    days = _FROM_EASTER.get(name, _ABOUT_EASTER.get(name))
    if days is None or year < 1583:  # before the Gregorian calendar
        return None
    day = (easter(year) + timedelta(days=days)).isoformat()
    return f"{day}~" if name in _ABOUT_EASTER else day


def easter(year: int) -> date:
    """Return Easter Sunday of the Western church, from 1583 on."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, over = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - correction + 15) % 30
    fours, ones = divmod(rest, 4)
    weekday = (32 + 2 * over + 2 * fours - moon - ones) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _names() -> list[str]:
    return [*_TERMS, *_FROM_EASTER, *_ABOUT_EASTER, *_FIXED, *_ABOUT]

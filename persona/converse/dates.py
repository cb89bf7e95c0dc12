"""EDTF dates in the words of a language, for frames such as 'I wrote to you on 12 May 1987'."""

import re

from persona.converse.phrases import phrase
from persona.records.months import MONTHS

_EDTF = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T[\d:.]+)?([~?%])?$")


def spoken_date(edtf: str | None, language: str) -> str:
    """Return ``12 May 1987``, ``May 1987``, ``about 1987``; empty for what has no plain words.

    Seasons, ranges and decades (ISO 8601-2) keep the words of the material, which stand beside
    the EDTF; they are not turned into words here.
    """
    match = _EDTF.match(edtf or "")
    if match is None:
        return ""
    year, month, day, unsure = match.groups()
    if month is not None and not 1 <= int(month) <= 12:
        return ""
    if language == "zh":
        text = (
            f"{int(year)}年"
            + (f"{int(month)}月" if month else "")
            + (f"{int(day)}日" if day else "")
        )
        return f"约{text}" if unsure else text
    parts = [str(int(day))] if day else []
    parts += [MONTHS[int(month) - 1]] if month else []
    text = " ".join([*parts, str(int(year))])
    return f"about {text}" if unsure else text


def date_clause(edtf: str | None, language: str) -> str:
    """Return the clause that goes behind 'I wrote to you': `` on 12 May 1987``, or nothing."""
    date = spoken_date(edtf, language)
    if not date:
        return ""
    if (edtf or "").endswith(("~", "?", "%")):
        return phrase(language, "about_time", words=date)
    exact = re.match(r"^\d{4}-\d{2}-\d{2}(T|$)", edtf or "") is not None
    return phrase(language, "on_day" if exact else "in_time", words=date)

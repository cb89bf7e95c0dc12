"""Which language a short text is in: by its script, and by lingua only where that leaves doubt."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from persona.records import Person
from persona.remember.search_text import hanzi_share

MOSTLY = 0.3
"""Share of Hanzi from which a text is Chinese: a name in Latin letters changes nothing."""

_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_OTHER_SCRIPTS = frozenset({"zh", "ja", "ko"})


def language_of(text: str, people: Sequence[Person]) -> str:
    """Return the ISO 639-1 code of a text, or "" when it has no letters.

    Args:
        text: what somebody said.
        people: those of the archive. Where they speak only one language in Latin script, a
            text in Latin letters is in that one; English if nobody said.
    """
    if not any(char.isalpha() for char in text):
        return ""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    if hanzi_share(text) >= MOSTLY:
        return "zh"
    spoken = {code for person in people for code in person.languages} - _OTHER_SCRIPTS
    if len(spoken) <= 1:
        return spoken.pop() if spoken else "en"
    return _detected(text, frozenset(spoken))


def _detected(text: str, codes: frozenset[str]) -> str:
    found = _detector(codes).detect_language_of(text)
    return str(found.iso_code_639_1.name.lower()) if found else ""


@cache
def _detector(codes: frozenset[str]) -> Any:
    """Return lingua's detector for these languages; it takes seconds to load."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    known = [getattr(IsoCode639_1, code.upper(), None) for code in sorted(codes)]
    chosen = [code for code in known if code is not None]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*chosen).build()

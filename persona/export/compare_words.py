"""The words of a comparison, in English and Chinese: for its page and for the screen."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from persona.export.report_wording import words as card_words

_FILE = Path(__file__).with_name("compare_words.toml")
_PLACES = {"en": 0, "zh": 1}


@cache
def words() -> dict[str, Any]:
    """Return every phrase, as a pair of English and Chinese, by group and name."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def word(language: str, key: str, **values: Any) -> str:
    """Return one phrase in ``en`` or ``zh``; a setting that has no words keeps its name.

    Args:
        language: ``en`` or ``zh``.
        key: ``title``, or ``group.name``.
        values: filled in; plain text, to be escaped where it is shown.
    """
    group, _, name = key.partition(".")
    table = words()
    found = table.get(group, {}).get(name) if name else table.get(key)
    if found is None:
        return name or key
    return str(found[_PLACES[language]]).format(**values)


def version_words(language: str, about: dict[str, Any]) -> str:
    """Return ``Version 2, “second generation”``."""
    if about["name"]:
        return word(language, "version_named", number=about["number"], name=about["name"])
    return word(language, "version", number=about["number"])


def value_words(language: str, value: str) -> str:
    """Return the value of a setting in words, where it has some."""
    return word(language, f"value.{value}") if value in words()["value"] else value


def figure_words(group: str, name: str, language: str) -> str:
    """Return what a ``figure`` or a ``gate`` of a report card is called; else its own name."""
    pair = card_words().get(group, {}).get(name)
    return str(pair[_PLACES[language]]) if pair else name.replace("_", " ")

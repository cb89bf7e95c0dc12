"""The words of the screens, in the language that the visitor chose.

``words/en.toml`` and ``words/zh.toml`` hold the same keys (tested): ``say("talk.stop")``.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDER = Path(__file__).with_name("words")


@cache
def phrases(language: str) -> dict[str, str]:
    """Return every phrase of a language by its dotted key."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{table}.{key}": phrase for table, rows in tables.items() for key, phrase in rows.items()
    }


def phrase(language: str, key: str, **values: Any) -> str:
    """Return one phrase with its values filled in; plain text, to be escaped where it is shown."""
    return phrases(language)[key].format(**values)


def language() -> str:
    """Return the language of this visit: ``en`` or ``zh``."""
    chosen = st.session_state.get("language", "en")
    return chosen if chosen in LANGUAGES else "en"


def say(key: str, **values: Any) -> str:
    """Return one phrase in the language of this visit."""
    return phrase(language(), key, **values)


def listing(items: list[str]) -> str:
    """Return ``a, b and c`` (``a、b和c``) in the language of this visit."""
    if len(items) < 2:
        return "".join(items)
    comma, last = say("list.comma"), say("list.last")
    return comma.join(items[:-1]) + last + items[-1]

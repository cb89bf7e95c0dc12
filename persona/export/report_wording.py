"""The words of a report card (``report_words.toml``), English with the Chinese below it."""

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Return every phrase, as a pair of English and Chinese, by group and name."""
    path = Path(__file__).with_name("report_words.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def word(key: str) -> tuple[str, str]:
    """Return a phrase in English and in Chinese; ``group.name``, or a name without a group."""
    group, _, name = key.rpartition(".")
    pair = (words()[group] if group else words())[name]
    return pair[0], pair[1]


def both(key: str, **values: Any) -> str:
    """Return a phrase in English with the Chinese below it, safe for HTML."""
    english, chinese = (escape(text.format(**values)) for text in word(key))
    return f'{english} <span class="zh" lang="zh">{chinese}</span>'


def table(columns: tuple[str, ...], rows: str) -> str:
    """Return a table; ``columns`` are keys of phrases, ``rows`` are safe HTML."""
    head = "".join(f"<th>{both(name)}</th>" for name in columns)
    return f"<table><tr>{head}</tr>{rows}</table>"

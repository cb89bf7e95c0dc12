"""The words that rules look for, in ``words.toml``: data, so that a language can be added."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load_words() -> dict[str, Any]:
    """Return ``words.toml`` of this package."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

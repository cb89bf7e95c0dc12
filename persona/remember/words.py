"""The words that rules look for, in TOML files: data, so that a language can be added."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load_words() -> dict[str, Any]:
    """Return ``words.toml`` of this package."""
    return _load("words.toml")


@cache
def load_review_words() -> dict[str, Any]:
    """Return ``review_words.toml``: what a family wants to see before it is told."""
    return _load("review_words.toml")


@cache
def load_conflict_words() -> dict[str, Any]:
    """Return ``conflict_words.toml``: how accounts of one thing can disagree."""
    return _load("conflict_words.toml")


@cache
def load_other_words() -> dict[str, Any]:
    """Return ``other_words.toml``: words that mean one thing, are of a kind, or tell of it."""
    return _load("other_words.toml")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))

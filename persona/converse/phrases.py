"""Fixed sentences and frames, in the listener's language; hashed into every version.

    phrases.toml (today's)  ──────────────┐
    versions/ver_…/phrases.toml (its own) ─┴─► phrase(language, key)

A version speaks with the phrases that it was made with (law 7). What protects people is always
today's: what this is, help in a crisis, pauses. So is a phrase that a version does not have.
"""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

_FILE = Path(__file__).with_name("phrases.toml")
_Made = TypeVar("_Made")
Phrases = Mapping[str, Mapping[str, Any]]

ALWAYS_TODAYS = frozenset(
    "notice notice_changed spoken_notice stance stance_died presence pretend promise identity "
    "crisis crisis_contact emergency abuse child danger check_in past_suicide past_suicide_after "
    "break_offer break_law session_over day_over night pacing".split()
)
"""Phrases that no version keeps: they are there for the people, and get better with time."""

_of_version: ContextVar[Phrases | None] = ContextVar("phrases of a version", default=None)


@cache
def _phrases() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def phrase(language: str, key: str, **values: str) -> str:
    """Return the phrase ``key`` in ``language`` (``en`` or ``zh``) with ``values`` filled in.

    Values are inserted as they are; braces inside them are not read again.
    """
    own = _of_version.get()
    if own is not None and key not in ALWAYS_TODAYS and key in own.get(language, {}):
        try:
            return str(own[language][key]).format(**values)
        except (KeyError, IndexError, ValueError):
            pass  # it asks for a value that this program does not fill in any more
    return str(_phrases()[language][key]).format(**values)


def notices() -> list[str]:
    """Return what stands before the words of a simulation, shown or spoken, with ``{name}``."""
    keys = ("notice", "spoken_notice")
    return [str(phrases[key]) for phrases in _phrases().values() for key in keys if key in phrases]


def relation_word(language: str, relation: str) -> str:
    """Return the word for a relation; empty when the language has none for it."""
    if language == "en":
        return relation
    own = (_of_version.get() or {}).get("zh", {}).get("relations", {})
    wanted = relation.casefold()
    return str(own.get(wanted) or _phrases()["zh"]["relations"].get(wanted, ""))


def phrases_bytes() -> bytes:
    """Return today's phrases and prompts as they are kept with a version."""
    return _FILE.read_bytes()


def phrases_sha256() -> str:
    """Return the hash of all phrases and prompts: part of the manifest (law 7)."""
    return hashlib.sha256(phrases_bytes()).hexdigest()


def read_phrases(content: bytes) -> Phrases:
    """Return the phrases that a version was made with, from what `phrases_bytes` gave then."""
    return tomllib.loads(content.decode("utf-8"))


def spoken_with(phrases: Phrases | None, made: Iterator[_Made]) -> Iterator[_Made]:
    """Yield what ``made`` yields, made with the phrases of a version; None: with today's.

    They hold only while one item is made, so that whoever listens in between is not touched.
    """
    while True:
        token = _of_version.set(phrases)
        try:
            item = next(made)
        except StopIteration:
            return
        finally:
            _of_version.reset(token)
        yield item

"""Fixed sentences and frames, in the listener's language; hashed into every version."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("phrases.toml")


@cache
def _phrases() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def phrase(language: str, key: str, **values: str) -> str:
    """Return the phrase ``key`` in ``language`` (``en`` or ``zh``) with ``values`` filled in.

    Values are inserted as they are; braces inside them are not read again.
    """
    return str(_phrases()[language][key]).format(**values)


def relation_word(language: str, relation: str) -> str:
    """Return the word for a relation; empty when the language has none for it."""
    if language == "en":
        return relation
    return str(_phrases()["zh"]["relations"].get(relation.casefold(), ""))


def phrases_sha256() -> str:
    """Return the hash of all phrases and prompts: part of the manifest (law 7)."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()

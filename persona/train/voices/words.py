"""What is said about clips and voices, in plain words, in English and Chinese."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from persona.records import DonorKind

_FILE = Path(__file__).with_name("voice_words.toml")


class Why(StrEnum):
    """Why a stretch of a recording is not proposed."""

    NO_TIMES = "no_times"
    TWO_VOICES = "two_voices"
    SOMEONE_ELSE = "someone_else"
    UNLIKE = "unlike"
    TOO_NOISY = "too_noisy"
    CLIPPED = "clipped"
    MUSIC = "music"
    TOO_LITTLE = "too_little"
    TOO_QUIET = "too_quiet"
    UNREADABLE = "unreadable"


class Allows(StrEnum):
    """What a number of seconds of confirmed speech allows; the names are keys of the sentences."""

    NOTHING = "nothing"
    NEAREST = "nearest"
    SEARCH = "search"
    TRAIN_CLONE = "train_clone"
    TRAIN_OWN = "train_own"


FROM_SECONDS = {
    Allows.NOTHING: 0.0,
    Allows.NEAREST: 3.0,
    Allows.SEARCH: 15.0,
    Allows.TRAIN_CLONE: 120.0,
    Allows.TRAIN_OWN: 600.0,
}
"""From how many seconds on; measured for the first three, the least of the engines for the others.

A cloning engine whose weights somebody brings takes a speaker down from 6 s on (XTTS v2, as its
makers publish; OpenVoice v2 the same), from 30 s on where it is put together of his own sounds
(kNN-VC): see `persona.engines.voice_coqui_maker.LEAST_S`.
"""


def allows(seconds: float) -> Allows:
    """Return what so many seconds of one person's confirmed speech allow."""
    return [one for one, least_s in FROM_SECONDS.items() if seconds >= least_s][-1]


def allows_sentence(seconds: float, person: str, language: str = "en") -> str:
    """Return that in a sentence or two: what can be made, and what it will not be."""
    return _said(language, "allows", allows(seconds)).format(
        person=person, seconds=length_words(seconds, language)
    )


def left_out_sentence(why: Why, person: str, name: str = "", language: str = "en") -> str:
    """Return why a stretch is not proposed; ``name``: whose voice it is nearer to."""
    return _said(language, "left_out", why).format(person=person, name=name)


def donor_sentence(kind: DonorKind, person: str, donor: str = "", language: str = "en") -> str:
    """Return whose voice it is, in the words that are shown wherever it is heard."""
    return _said(language, "donor", kind).format(person=person, donor=donor)


def measured_sentence(measured: Mapping[str, Any], language: str = "en") -> str:
    """Return how far a made voice resembles its person; empty where that was not measured.

    Args:
        measured: `MadeVoice.measured`.
        language: ``en`` or ``zh``.
    """
    names = ("resemblance", "nearest_stock", "ceiling")
    figures = {name: float(measured[name]) for name in names if name in measured}
    if len(figures) < len(names):
        return ""
    nearer = "nearest_is_nearer" if figures["nearest_stock"] > figures["resemblance"] else "made"
    return _said(language, "measured", nearer).format(**figures)


def length_words(seconds: float, language: str = "en") -> str:
    """Return a length as people say it: '1 min 20 s', '1分20秒'."""
    minutes, rest = divmod(int(seconds), 60)
    if language == "zh":
        return f"{minutes}分{rest}秒" if minutes else f"{rest}秒"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _said(language: str, table: str, key: str) -> str:
    words = _words()
    return str(words.get(language, words["en"])[table][key])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))

"""Whose voice a stretch of speech sounds like, among the people of the archive.

    confirmed clips, else lines that somebody confirmed ─ d-vectors ─▶ a direction for each person
    a piece ─┬ whole: nearest to whom?
             └ windows of 1.6 s: does the voice change inside?

Vectors are computed, compared and forgotten: a voice print is never written down. The figures are
those of clean read speech of nine people (see docs/how-to/voice.md): one voice stays above 0.62 of
its own direction, two people are mostly below 0.6, and the two most alike reach 0.83. So a
likeness alone never decides who somebody is; a person does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from persona.engines.loudness import raise_quiet
from persona.engines.protocols import FloatArray
from persona.engines.voice_activity import RATE_HZ

LIKE = 0.6
"""Below this a stretch does not sound like the person."""

NEARER_BY = 0.05
"""How much nearer to somebody else before that somebody is named."""

STRONGLY = 0.75
"""From here on a voice is taken for somebody's although nothing of the other is known."""

ONE_VOICE = 0.6
"""Likeness of the two halves of a stretch, cut where they differ most."""

WINDOW_S = 1.6
SURE = 0.8
"""`Passage.speaker_confidence` from which a line counts as confirmed."""

MOST_STRETCHES = 12
"""More of one person does not move their direction."""


class Vectors(Protocol):
    """`persona.engines.voice_vectors.VoiceVectors`, or anything like it."""

    def vector(self, sound: FloatArray) -> FloatArray:
        """Return a vector of length 1 of (samples,) at 16 kHz."""
        ...


@dataclass(frozen=True)
class KnownStretch:
    """A stretch of a recording in which it is known who speaks."""

    person_id: str
    source_id: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Likeness:
    """What a stretch sounds like: -1 to 1 to its person; None where nothing of them is known."""

    own: float | None
    nearest_id: str
    nearest: float


class KnownVoices:
    """The voices of an archive as far as they are confirmed."""

    def __init__(
        self,
        stretches: Sequence[KnownStretch],
        sound_of: Callable[[str, float, float], FloatArray],
        vectors: Vectors,
    ) -> None:
        """Hear some of every person's stretches.

        Args:
            stretches: who is known to speak where.
            sound_of: source id, from, to → (samples,) at 16 kHz; empty where it cannot be read.
            vectors: computes the vectors.
        """
        self._vectors = vectors
        self._known: list[tuple[KnownStretch, FloatArray]] = []
        for person_id in sorted({one.person_id for one in stretches}):
            for one in _some([s for s in stretches if s.person_id == person_id]):
                sound = sound_of(one.source_id, one.start_s, one.end_s)
                if len(sound) >= RATE_HZ:
                    self._known.append((one, self.vector(sound)))

    def vector(self, sound: FloatArray) -> FloatArray:
        """Return the vector of a stretch; a quiet one is raised first."""
        return self._vectors.vector(raise_quiet(sound, rate_hz=RATE_HZ))

    def likeness(
        self, vector: FloatArray, person_id: str, besides: KnownStretch | None = None
    ) -> Likeness:
        """Compare a vector with everybody; what overlaps with ``besides`` itself is left out."""
        near = {one: float(vector @ direction) for one, direction in self._directions(besides)}
        own = near.pop(person_id, None)
        nearest_id = max(near, key=lambda one: near[one], default="")
        return Likeness(own, nearest_id, near.get(nearest_id, -1.0))

    def two_voices(self, sound: FloatArray) -> bool:
        """Say whether the voice changes somewhere inside a stretch."""
        rows = np.stack(list(self._windows(sound)))
        if len(rows) < 3:
            return False
        halves = [
            _unit(rows[:cut].mean(axis=0)) @ _unit(rows[cut:].mean(axis=0))
            for cut in range(1, len(rows))
        ]
        return float(min(halves)) < ONE_VOICE

    def holds_another(
        self, sound: FloatArray, person_id: str, besides: KnownStretch | None = None
    ) -> str:
        """Return whose voice a part of a stretch clearly is, if not this person's; else nothing."""
        for row in self._windows(sound):
            found = self.likeness(row, person_id, besides)
            clear = found.own is not None and found.nearest - found.own > 2 * NEARER_BY
            if clear and found.nearest > LIKE:
                return found.nearest_id
        return ""

    def _windows(self, sound: FloatArray) -> Iterator[FloatArray]:
        width = round(WINDOW_S * RATE_HZ)
        raised = raise_quiet(sound, rate_hz=RATE_HZ)
        for start in range(0, max(1, len(raised) - width + 1), width // 2):
            yield self._vectors.vector(raised[start : start + width])

    def _directions(self, besides: KnownStretch | None) -> Iterator[tuple[str, FloatArray]]:
        rows: dict[str, list[FloatArray]] = {}
        for one, vector in self._known:
            if besides is None or not _overlap(one, besides):
                rows.setdefault(one.person_id, []).append(vector)
        for person_id, vectors in rows.items():
            yield person_id, _unit(np.mean(vectors, axis=0))


def _some(stretches: list[KnownStretch]) -> list[KnownStretch]:
    """Return stretches that are long enough, spread over all there are."""
    usable = [one for one in stretches if one.end_s - one.start_s >= 2.0] or stretches
    places = np.unique(np.linspace(0, len(usable) - 1, MOST_STRETCHES).round().astype(int))
    return [usable[place] for place in places.tolist()]


def _overlap(one: KnownStretch, other: KnownStretch) -> bool:
    same = one.source_id == other.source_id
    return same and one.start_s < other.end_s and one.end_s > other.start_s


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)

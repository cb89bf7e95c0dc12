"""The voices that come with Kokoro: which is nearest to somebody, and what lies between them.

    54 styles (510 · 256 numbers each) ─ principal components ─ mean + 16 directions
    each style ─ one sentence spoken ─ speaker vector ─▶ how alike it is to anybody

The vectors are of voices that belong to nobody, so they may be kept: they are computed once on a
machine (a minute or two) and lie beside the weights.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from persona.atomic import write_file
from persona.engines.catalogue import find_entry
from persona.engines.protocols import FloatArray
from persona.engines.voice_kokoro import RATE_HZ as KOKORO_RATE_HZ
from persona.engines.voice_kokoro import STYLE_SHAPE, KokoroVoice
from persona.engines.voice_resemblyzer import DIMENSIONS, ResemblyzerVectors
from persona.engines.voice_search import Points
from persona.engines.voice_vectors import RATE_HZ, resampled

COMPONENTS = 16
BLENDED = 4
"""A search begins between this many of the nearest voices."""

SENTENCES = {
    "en": "I was born near the river, and my father repaired clocks.",
    "zh": "我小时候住在河边，父亲每天在家里修理钟表。",
}
"""What is spoken while a voice is looked for; never what a voice is measured with."""

_ACCENTS = {"en": "ab", "zh": "z"}  # first letters of the voices that speak it
_SHARPNESS = 20.0


@dataclass(frozen=True)
class Stock:
    """The styles of some voices, and (n, 256) speaker vectors of them."""

    names: tuple[str, ...]
    styles: FloatArray
    vectors: FloatArray

    def ranked(self, target: FloatArray) -> list[tuple[str, float]]:
        """Return names and likeness to (256,) ``target``, the nearest first."""
        likeness = self.vectors @ target
        order = np.argsort(-likeness, kind="stable")
        return [(self.names[place], float(likeness[place])) for place in order]

    def blend(self, target: FloatArray) -> FloatArray:
        """Return the (510, 1, 256) style between the nearest voices, nearer ones weighing more."""
        nearest = self.ranked(target)[:BLENDED]
        weights = np.exp(np.array([likeness for _, likeness in nearest]) * _SHARPNESS)
        places = [self.names.index(name) for name, _ in nearest]
        mixed = np.tensordot(weights / weights.sum(), self.styles[places], axes=1)
        return np.asarray(mixed, dtype=np.float32)


def stock_of(
    voice: KokoroVoice,
    encoder: ResemblyzerVectors,
    models: Path,
    *,
    language: str,
    progress: Callable[[int, int], None],
) -> Stock:
    """Return the voices that speak a language; their vectors are computed once on a machine.

    Raises:
        MissingModel: weights are not here.
        EngineError: they failed.
    """
    letters = _ACCENTS.get(language, _ACCENTS["en"])
    names = tuple(name for name in voice.voices() if name[0] in letters)
    styles = np.stack([voice.style(name) for name in names])
    vectors = _read_vectors(_cache(encoder, models, language), len(names))
    if vectors is None:
        rows = []
        for place, style in enumerate(styles):
            progress(place, len(names))
            rows.append(vector_of(voice, encoder, style, language))
        vectors = np.stack(rows)
        _write_vectors(_cache(encoder, models, language), vectors)
    return Stock(names, styles, vectors)


def vector_of(
    voice: KokoroVoice, encoder: ResemblyzerVectors, style: FloatArray, language: str
) -> FloatArray:
    """Return the (256,) speaker vector of a style: zeros where no speech comes of it."""
    sound = voice.speak_in(style, SENTENCES.get(language, SENTENCES["en"]), language=language)
    return encoder.vector(resampled(sound, KOKORO_RATE_HZ, RATE_HZ))


def directions(voice: KokoroVoice) -> FloatArray:
    """Return (`COMPONENTS`, 510, 1, 256): how all 54 voices differ, one deviation long each.

    Principal components (Pearson 1901) of the flattened styles.
    """
    flat = np.stack([voice.style(name).reshape(-1) for name in voice.voices()])
    around = flat - flat.mean(axis=0)
    # the small Gram matrix has the same components as the (130,560)² covariance
    values, axes = np.linalg.eigh(np.asarray(around @ around.T, dtype=np.float64))
    chosen = np.argsort(values)[::-1][:COMPONENTS]
    signs = np.sign(axes[np.abs(axes[:, chosen]).argmax(axis=0), chosen])
    rows = (axes[:, chosen] * signs).T @ around / np.sqrt(len(flat) - 1)
    return np.asarray(rows, dtype=np.float32).reshape(-1, *STYLE_SHAPE)


def between(start: FloatArray, ways: FloatArray, point: Points) -> FloatArray:
    """Return the style at (`COMPONENTS`,) ``point``, seen from ``start``."""
    moved = start + np.tensordot(np.asarray(point, dtype=np.float32), ways, axes=1)
    return np.asarray(moved, dtype=np.float32)


def _cache(encoder: ResemblyzerVectors, models: Path, language: str) -> Path:
    weights = find_entry("kokoro").files[0].sha256
    key = f"{encoder.name} {weights} {SENTENCES.get(language, SENTENCES['en'])}"
    name = f".stock-{language}-{hashlib.sha256(key.encode()).hexdigest()[:12]}.npy"
    return models / "kokoro" / name


def _read_vectors(path: Path, count: int) -> FloatArray | None:
    try:
        vectors = np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        return None
    if vectors.shape != (count, DIMENSIONS) or vectors.dtype != np.float32:
        return None
    return np.asarray(vectors)


def _write_vectors(path: Path, vectors: FloatArray) -> None:
    """Keep the vectors. A folder that cannot be written only costs the time again."""
    held = io.BytesIO()
    np.save(held, vectors)
    try:
        write_file(path, held.getvalue())
    except OSError:
        return

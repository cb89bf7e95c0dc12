"""How alike a made voice and the real recordings are, heard by an encoder that chose nothing.

    recordings ─┬─ half A: a voice is made from it
                └─ half B ─ d-vector ─┬─ with half A        ▶ ceiling: how alike he is to himself
                                      ├─ with the voice     ▶ resemblance
                                      └─ with a stock voice ▶ nearest_stock

Cosines of d-vectors (`persona.engines.voice_vectors`): about 0.85 to 0.97 between recordings of
one person, 0.27 on average between two people. The sentences that are spoken for it are never the
ones that a voice was searched with.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from persona.engines.catalogue import find_entry
from persona.engines.protocols import FloatArray, VoiceSample
from persona.engines.sound import read_sound
from persona.engines.voice_vectors import RATE_HZ, VoiceVectors, resampled

MODEL = "dvector"
SENTENCES = {
    "en": ("The old house stood quietly by the river.", "We walked home slowly in the evening."),
    "zh": ("老房子静静地立在江边。", "晚上我们慢慢地走回家。"),
}

Speak = Callable[[str], FloatArray]


class Judge:
    """Compares voices; the weights are loaded with the first one."""

    def __init__(self, models: Path, *, threads: int = 2) -> None:
        """Remember the folder of models."""
        self._vectors = VoiceVectors(MODEL, models, threads=threads)

    @property
    def name(self) -> str:
        """Return the model's name and the beginning of its weights' hash."""
        return f"{MODEL}@{find_entry(MODEL).files[0].sha256[:12]}"

    def likeness(self, speak: Speak, rate_hz: int, real: FloatArray, *, language: str) -> float:
        """Return the cosine between a voice and real speech, (samples,) at 16,000 Hz.

        Raises:
            MissingModel: the weights are not here.
            EngineError: they, or the voice, failed.
        """
        said = [speak(sentence) for sentence in SENTENCES.get(language, SENTENCES["en"])]
        heard = resampled(np.concatenate(said), rate_hz, RATE_HZ)
        return float(self._vectors.vector(heard) @ self._vectors.vector(real))

    def ceiling(self, halves: tuple[FloatArray, FloatArray]) -> float:
        """Return how alike the real recordings are to themselves. Raises as `likeness`."""
        return float(self._vectors.vector(halves[0]) @ self._vectors.vector(halves[1]))


def split_halves(clips: Sequence[VoiceSample]) -> tuple[FloatArray, FloatArray]:
    """Return two halves of the speech, (samples,) at 16,000 Hz each.

    Whole clips go to the half that is shorter so far, the longest first; one clip is cut.

    Raises:
        UnreadableSource: a clip cannot be read.
    """
    sounds = [read_sound(clip.path, rate_hz=RATE_HZ) for clip in clips]
    if len(sounds) == 1:
        middle = len(sounds[0]) // 2
        sounds = [sounds[0][:middle], sounds[0][middle:]]
    halves: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    lengths = [0, 0]
    for sound in sorted(sounds, key=len, reverse=True):
        shorter = int(lengths[1] < lengths[0])
        halves[shorter].append(sound)
        lengths[shorter] += len(sound)
    return np.concatenate(halves[0]), np.concatenate(halves[1])


def language_of(clips: Sequence[VoiceSample]) -> str:
    """Return the language in which most is said; the first in the alphabet where they are even."""
    seconds: dict[str, float] = {}
    for clip in clips:
        seconds[clip.language] = seconds.get(clip.language, 0.0) + clip.seconds
    return max(sorted(seconds), key=lambda language: seconds[language])

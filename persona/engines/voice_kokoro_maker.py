"""A voice of Kokoro that resembles somebody: the nearest one, or one looked for between them.

    samples ─┬─ half A ─ Resemblyzer ─▶ target ─ nearest voice ─ CMA-ES in 16 directions ─▶ style
             └─ half B ─ d-vector ─▶ resemblance, ceiling          (from `LEAST_SEARCHED_S` on)

It resembles; it never is. Honest by construction: the search hears only half A, with one encoder;
what is reported is what *another* encoder says of sentences that were not searched with, against
half B; and the ceiling is what that encoder says of the two halves of the real recordings. A found
style that the other encoder does not prefer (on half A) is thrown away for the nearest voice.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from persona.atomic import write_file
from persona.engines.catalogue import find_entry
from persona.engines.protocols import FloatArray, VoiceSample
from persona.engines.voice_judge import Judge, language_of, split_halves
from persona.engines.voice_kokoro import CHINESE_VOICE, ENGLISH_VOICE, STYLE_SHAPE, KokoroVoice
from persona.engines.voice_kokoro import RATE_HZ as KOKORO_RATE_HZ
from persona.engines.voice_made import describe_made, read_made
from persona.engines.voice_resemblyzer import ResemblyzerVectors
from persona.engines.voice_search import Points, search
from persona.engines.voice_stock import (
    COMPONENTS,
    Stock,
    between,
    directions,
    stock_of,
    vector_of,
)
from persona.errors import EngineError, TrainError

LEAST_S = 3.0
"""Seconds of speech below which not even the nearest voice can be told."""

LEAST_SEARCHED_S = 15.0
"""Seconds of speech below which a search gains nothing over the nearest voice."""

EVALUATIONS = 201
"""Voices that a search listens to: the start and 25 generations."""

STYLE = "style.bin"
_FARTHEST = 2.2  # standard deviations: beyond it no voice sounds like a person
_PLAINNESS = 0.004  # a voice that is a little nearer but much stranger is not wanted

Progress = Callable[[str, int, int], None]


class KokoroMaker:
    """A `protocols.VoiceMaker` on the embedded voice."""

    def __init__(
        self,
        models: Path,
        *,
        evaluations: int = EVALUATIONS,
        threads: int = 2,
        english: str = ENGLISH_VOICE,
        chinese: str = CHINESE_VOICE,
    ) -> None:
        """Check that the embedded voice is here.

        Args:
            models: folder of models.
            evaluations: voices that a search listens to, some seconds each; 0: no search.
            threads: processor threads.
            english: the stock voice of a designed voice, for English.
            chinese: the same, for Chinese.

        Raises:
            MissingModel: Kokoro is not here.
        """
        self._models, self._evaluations = models, evaluations
        self._designed = {"english": english, "chinese": chinese}
        self._voice = KokoroVoice(models, english=english, chinese=chinese, threads=threads)
        self._encoder = ResemblyzerVectors(models)
        self._judge = Judge(models, threads=threads)

    @property
    def name(self) -> str:
        """Return ``kokoro``."""
        return "kokoro"

    @property
    def least_seconds(self) -> float:
        """Return 0: without samples it makes a designed voice."""
        return 0.0

    @property
    def licence(self) -> str:
        """Return the licence of the weights."""
        return find_entry("kokoro").licence

    def make(
        self,
        clips: Sequence[VoiceSample],
        folder: Path,
        *,
        seed: int,
        progress: Progress,
    ) -> dict[str, float | str]:
        """Write the voice; see `protocols.VoiceMaker`. Goes on where a killed run stopped."""
        if not clips:
            describe_made(folder, self.name, {"weights": _weights(), **self._designed})
            return {}
        seconds = sum(clip.seconds for clip in clips)
        if seconds < LEAST_S:
            raise TrainError(
                f"There are {seconds:.1f} seconds of speech; {LEAST_S:.0f} are needed even to "
                "choose the nearest voice. Confirm more clips, or choose a designed voice."
            )
        language = language_of(clips)
        halves = split_halves(clips)
        work = folder.parent / f".search-{self._key(clips, seed)}"
        work.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        style, facts = self._found(halves[0], seconds, language, work, seed, progress)
        progress("measuring the voice", 0, 1)
        facts |= self._measured(style, halves, str(facts["stock"]), language)
        write_file(folder / STYLE, style.tobytes())
        made = {"weights": _weights(), "language": language, "style": STYLE, "seed": seed, **facts}
        describe_made(folder, self.name, {key: made[key] for key in made if key != "seconds_taken"})
        shutil.rmtree(work, ignore_errors=True)
        return facts | {"seconds": seconds, "seconds_taken": round(time.monotonic() - began, 1)}

    def _key(self, clips: Sequence[VoiceSample], seed: int) -> str:
        """Return what names this search: another one never goes on with its costs."""
        hashed = hashlib.sha256()
        for clip in clips:
            hashed.update(clip.path.read_bytes())
            hashed.update(clip.language.encode())
        facts = [seed, self._evaluations, _weights(), self._encoder.name]
        hashed.update(json.dumps(facts).encode())
        return hashed.hexdigest()[:16]

    def _found(
        self,
        half: FloatArray,
        seconds: float,
        language: str,
        work: Path,
        seed: int,
        progress: Progress,
    ) -> tuple[FloatArray, dict[str, float | str]]:
        """Return the style to speak in, and how it came about."""
        target = self._encoder.vector(half)
        if not target.any():
            raise TrainError("No speech was found in the clips. Choose others.")

        def listening(done: int, of: int) -> None:
            progress("listening to the voices there are", done, of)

        stock = stock_of(
            self._voice, self._encoder, self._models, language=language, progress=listening
        )
        nearest = stock.ranked(target)[0][0]
        plain = self._voice.style(nearest)
        facts: dict[str, float | str] = {"stock": nearest, "way": "nearest", "evaluations": 0}
        if seconds < LEAST_SEARCHED_S or self._evaluations < 1:
            return plain, facts
        style = self._searched(stock, target, language, work, seed, progress)
        facts["evaluations"] = self._evaluations
        if self._judged(style, half, language) <= self._judged(plain, half, language):
            return plain, facts
        return style, facts | {"way": "searched"}

    def _searched(
        self,
        stock: Stock,
        target: FloatArray,
        language: str,
        work: Path,
        seed: int,
        progress: Progress,
    ) -> FloatArray:
        start, ways = stock.blend(target), directions(self._voice)

        def cost(point: Points) -> float:
            inside = np.clip(point, -_FARTHEST, _FARTHEST)
            style = between(start, ways, inside)
            likeness = float(vector_of(self._voice, self._encoder, style, language) @ target)
            outside = float(np.square(point - inside).sum())
            return -likeness + _PLAINNESS * float(np.square(inside).mean()) + outside

        point, _ = search(
            cost,
            dimensions=COMPONENTS,
            evaluations=self._evaluations,
            seed=seed,
            work=work,
            progress=lambda done, of: progress("looking for a voice that resembles", done, of),
        )
        return between(start, ways, np.clip(point, -_FARTHEST, _FARTHEST))

    def _measured(
        self,
        style: FloatArray,
        halves: tuple[FloatArray, FloatArray],
        nearest: str,
        language: str,
    ) -> dict[str, float | str]:
        """Return what another encoder hears in half B, which nothing was chosen by."""
        plain = self._voice.style(nearest)
        near = self._judged(plain, halves[1], language)
        same = np.array_equal(style, plain)
        return {
            "resemblance": round(near if same else self._judged(style, halves[1], language), 3),
            "nearest_stock": round(near, 3),
            "ceiling": round(self._judge.ceiling(halves), 3),
            "judge": self._judge.name,
        }

    def _judged(self, style: FloatArray, real: FloatArray, language: str) -> float:
        def speak(sentence: str) -> FloatArray:
            return self._voice.speak_in(style, sentence, language=language)

        return self._judge.likeness(speak, KOKORO_RATE_HZ, real, language=language)


def open_kokoro_made(folder: Path, models: Path, *, donor: str, threads: int) -> KokoroVoice:
    """Return the voice that lies in ``folder``.

    Raises:
        MissingModel: Kokoro is not here.
        EngineError: the folder is damaged, or Kokoro's weights are others now.
    """
    found = read_made(folder)
    if found.get("weights") != _weights():
        raise EngineError(
            f"The voice {folder.name} was made with other weights of Kokoro. Make it again."
        )
    if "style" not in found:
        return KokoroVoice.named(models, found, threads=threads)
    try:
        style = np.fromfile(folder / STYLE, dtype=np.float32).reshape(STYLE_SHAPE)
    except (OSError, ValueError) as error:
        raise EngineError(
            f"A file of the voice {folder.name} is missing or damaged. Put it back from a copy, "
            "or make the voice again."
        ) from error
    return KokoroVoice(models, style=style, donor=donor, threads=threads)


def _weights() -> str:
    return find_entry("kokoro").files[0].sha256

"""Making voices with coqui-tts: a speaker is taken down, or a model is trained further.

    samples ─┬─ cloned: half A ─ speaker ─ measured against half B; then all samples ─▶ speaker
             └─ trained: all but the held-out clips ─ Trainer ─ measured against those ─▶ model

What is measured is measured on speech that the measured voice never heard, by an encoder that had
no part in making it (`persona.engines.voice_judge`).
"""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persona.atomic import write_file
from persona.engines.coqui_client import CoquiWorker
from persona.engines.coqui_models import (
    coqui_weights,
    find_coqui_model,
    is_agreed,
    weights_sha256,
)
from persona.engines.protocols import FloatArray, VoiceSample
from persona.engines.sound import read_sound, write_wav
from persona.engines.voice_coqui import CONVERTERS, SPEAKER, CoquiVoice, Speaker, rate_of
from persona.engines.voice_judge import Judge, language_of, split_halves
from persona.engines.voice_kokoro import KokoroVoice
from persona.engines.voice_made import RESEMBLES, describe_made
from persona.engines.voice_vectors import RATE_HZ
from persona.errors import TrainError

Progress = Callable[[str, int, int], None]

LEAST_S = {"xtts": 6.0, "openvoice": 6.0, "knnvc": 30.0, "vits": 600.0}
"""Seconds of speech below which a voice is refused."""

LEAST_TRAINED_XTTS_S = 120.0
HELD_OUT = 10
"""Every tenth clip is not trained on, to be measured against."""

CLONE_S, STEP_S = 600.0, 1800.0
"""Seconds without a sign of life after which the process is stopped."""


@dataclass(frozen=True)
class Training:
    """How a model is trained further."""

    steps: int = 2_000
    """Optimiser steps in all; on processors alone some seconds each."""
    save_every: int = 100
    """Steps between checkpoints: what is lost at most when the power goes."""
    batch_size: int = 4
    """Clips a step."""


class CoquiMaker:
    """A `protocols.VoiceMaker` on coqui-tts."""

    def __init__(
        self,
        kind: str,
        models: Path,
        *,
        training: Training | None = None,
        threads: int = 2,
        least_seconds: float | None = None,
        log: Path | None = None,
    ) -> None:
        """Check that environment, weights and agreement are here.

        Args:
            kind: xtts, vits, openvoice or knnvc.
            models: folder of models.
            training: how to train further; None: the speaker is taken down (VITS is always
                trained).
            threads: processor threads.
            least_seconds: of speech; None: the usual for this kind.
            log: see `CoquiWorker`.

        Raises:
            MissingModel: something is not here, or nobody agreed to the licence.
        """
        self._model = find_coqui_model(kind)
        self._weights, self._models = coqui_weights(kind, models), models
        self._training = training or (Training() if kind == "vits" else None)
        if kind in CONVERTERS:
            self._training = None
        usual = LEAST_S[kind]
        if kind == "xtts" and self._training is not None:
            usual = LEAST_TRAINED_XTTS_S
        self._least_s = usual if least_seconds is None else least_seconds
        self._threads = threads
        self._worker = CoquiWorker(
            models, threads=threads, agreed=is_agreed("xtts", models), log=log
        )
        self._judge = Judge(models, threads=threads)

    @property
    def name(self) -> str:
        """Return xtts, vits, openvoice or knnvc."""
        return self._model.name

    @property
    def least_seconds(self) -> float:
        """Return the seconds of speech that are needed."""
        return self._least_s

    @property
    def licence(self) -> str:
        """Return the licence of the weights, and what it means."""
        return f"{self._model.licence}. {self._model.terms}"

    @property
    def worker(self) -> CoquiWorker:
        """Return coqui's process."""
        return self._worker

    def make(
        self,
        clips: Sequence[VoiceSample],
        folder: Path,
        *,
        seed: int,
        progress: Progress,
    ) -> dict[str, float | str]:
        """Write the voice; see `protocols.VoiceMaker`. Training goes on where it was stopped."""
        seconds = sum(clip.seconds for clip in clips)
        if seconds < self._least_s:
            raise TrainError(
                f"There are {seconds:.0f} seconds of speech; {self.name} needs "
                f"{self._least_s:.0f}. Confirm more clips, or use the embedded voice."
            )
        began = time.monotonic()
        try:
            if self._training is None:
                facts = self._cloned(clips, folder, seed, progress)
            else:
                facts = self._trained(clips, folder, seed, self._training, progress)
        finally:
            self._worker.close()
        return facts | {"seconds": seconds, "seconds_taken": round(time.monotonic() - began, 1)}

    def _cloned(
        self, clips: Sequence[VoiceSample], folder: Path, seed: int, progress: Progress
    ) -> dict[str, float | str]:
        language, halves = language_of(clips), split_halves(clips)
        with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
            half = Path(scratch) / "half.wav"
            write_wav(half, halves[0], rate_hz=RATE_HZ, comment="thrown away")
            progress("taking down the voice", 0, 2)
            tried = Path(scratch) / SPEAKER
            self._clone([half], tried)
            facts = self._measured(self._weights, tried, halves, language, seed, progress)
            progress("taking down the voice", 1, 2)
            whole = Path(scratch) / f"whole-{SPEAKER}"
            self._clone([clip.path for clip in clips], whole)
            write_file(folder / SPEAKER, whole.read_bytes())
        made = {
            "base": self.name,
            "weights": weights_sha256(self._weights),
            "speaker": SPEAKER,
            "languages": list(self._model.languages),
            "seed": seed,
        }
        describe_made(folder, self.name, made)
        return facts

    def _clone(self, wavs: Sequence[Path], out: Path) -> None:
        self._worker.ask(
            "clone",
            patience_s=CLONE_S,
            kind=self.name,
            model=str(self._weights),
            wavs=[str(path) for path in wavs],
            out=str(out),
        )

    def _trained(
        self,
        clips: Sequence[VoiceSample],
        folder: Path,
        seed: int,
        training: Training,
        progress: Progress,
    ) -> dict[str, float | str]:
        language = language_of(clips)
        usable = [clip for clip in clips if clip.text.strip() and clip.language == language]
        held = usable[::HELD_OUT] if len(usable) > HELD_OUT else []
        learnt = [clip for clip in usable if clip not in held]
        if len(learnt) < training.batch_size:
            raise TrainError(
                f"Only {len(learnt)} clips have known words; {training.batch_size} are needed at "
                "the least. Write down what is said in more of them."
            )
        work = folder.parent / f".train-{self._key(learnt, seed, training)}"
        data = self._data_set(learnt, work / "data")
        done = self._worker.ask(
            "train",
            patience_s=STEP_S,
            progress=lambda step, of: progress("training the voice", step, of),
            kind=self.name,
            model=str(self._weights),
            data=str(data),
            work=str(work),
            out=str(folder),
            language="zh-cn" if language == "zh" else language,
            seed=seed,
            **asdict(training),
        )
        file = None
        if self.name == "xtts":
            file = folder / SPEAKER
            self._worker.ask(
                "clone",
                patience_s=CLONE_S,
                kind=self.name,
                model=str(folder),
                wavs=[str(clip.path) for clip in learnt],
                out=str(file),
            )
        halves = (_joined(learnt), _joined(held)) if held else split_halves(learnt)
        facts = self._measured(folder, file, halves, language, seed, progress)
        self._describe_trained(folder, language, seed, training, file)
        shutil.rmtree(work, ignore_errors=True)
        losses = done["losses"] or [0.0]
        steps = {"steps": int(done["steps"]), "went_on_at": int(done["began_at"])}
        return facts | steps | {"last_loss": float(losses[-1])}

    def _describe_trained(
        self, folder: Path, language: str, seed: int, training: Training, file: Path | None
    ) -> None:
        made: dict[str, Any] = {
            "weights": weights_sha256(folder),
            "trained_from": weights_sha256(self._weights),
            "training": asdict(training),
            "languages": list(self._model.languages) if self.name == "xtts" else [language],
            "seed": seed,
        }
        if file is not None:
            made["speaker"] = SPEAKER
        describe_made(folder, self.name, made)

    def _measured(
        self,
        model: Path,
        file: Path | None,
        halves: tuple[FloatArray, FloatArray],
        language: str,
        seed: int,
        progress: Progress,
    ) -> dict[str, float | str]:
        progress("measuring the voice", 0, 1)
        speaker = Speaker(self.name, model, file, (), seed)
        spoken_by = None
        if self.name in CONVERTERS:
            spoken_by = KokoroVoice(self._models, threads=self._threads)
        voice = CoquiVoice(
            speaker, self._worker, name=self.name, donor=RESEMBLES, spoken_by=spoken_by
        )

        def speak(sentence: str) -> FloatArray:
            return voice.speak(sentence, language=language)

        heard = self._judge.likeness(speak, voice.sample_rate_hz, halves[1], language=language)
        return {
            "resemblance": round(heard, 3),
            "ceiling": round(self._judge.ceiling(halves), 3),
            "judge": self._judge.name,
        }

    def _data_set(self, clips: Sequence[VoiceSample], data: Path) -> Path:
        """Write clips and words as coqui's formatter "ljspeech" reads them."""
        rate_hz = _training_rate(self.name, self._weights)
        lines = []
        for place, clip in enumerate(clips):
            path = data / "wavs" / f"{place:05}.wav"
            sound = read_sound(clip.path, rate_hz=rate_hz)
            write_wav(path, sound, rate_hz=rate_hz, comment="")
            words = " ".join(clip.text.replace("|", " ").split())
            lines.append(f"{path.stem}|{words}|{words}\n")
        write_file(data / "metadata.csv", "".join(lines).encode())
        return data

    def _key(self, clips: Sequence[VoiceSample], seed: int, training: Training) -> str:
        """Return what names this training: another one never goes on with its checkpoints."""
        hashed = hashlib.sha256()
        for clip in clips:
            hashed.update(clip.path.read_bytes())
            hashed.update(clip.text.encode())
        weights = weights_sha256(self._weights)
        # more steps go on from the checkpoints of fewer
        facts = [seed, training.batch_size, self.name, weights]
        hashed.update(json.dumps(facts).encode())
        return hashed.hexdigest()[:16]


def _joined(clips: Sequence[VoiceSample]) -> FloatArray:
    return np.concatenate([read_sound(clip.path, rate_hz=RATE_HZ) for clip in clips])


def _training_rate(kind: str, weights: Path) -> int:
    """Return the rate of what is trained on; XTTS speaks at a higher one than it learns."""
    return 22_050 if kind == "xtts" else rate_of(kind, weights)

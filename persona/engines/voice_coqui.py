"""Voices of coqui-tts: a speaker that XTTS knows, a model trained further, or speech converted.

    xtts       text ─ XTTS ─ with the speaker's latents, computed once ─▶ sound
    vits       text ─ a VITS model trained further on his clips ─▶ sound
    openvoice  text ─ Kokoro ─ sound ─ OpenVoice / kNN-VC ─ with the speaker's colour ─▶ sound
    knnvc

Everything of coqui runs in its own process (`persona.engines.coqui_client`); how voices are made
stands in `persona.engines.voice_coqui_maker`.
"""

import json
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.coqui_client import CoquiWorker
from persona.engines.coqui_models import coqui_weights, is_agreed, weights_sha256
from persona.engines.loudness import level_speech
from persona.engines.protocols import FloatArray, Voice
from persona.engines.scripts_of_text import split_sentences
from persona.engines.sound import write_wav
from persona.engines.voice_kokoro import KokoroVoice
from persona.engines.voice_made import read_made
from persona.engines.voice_vectors import resampled
from persona.errors import EngineError

COQUI_ENGINES = frozenset({"xtts", "vits", "openvoice", "knnvc"})
CONVERTERS = frozenset({"openvoice", "knnvc"})
"""Engines that speak nothing themselves: they change how speech sounds."""

SPEAKER = "speaker.safetensors"
PAUSE_S = 0.25
"""Silence between sentences."""

SPEAK_S = 600.0
"""Seconds that a sentence may take on a slow and busy machine."""


@dataclass(frozen=True)
class Speaker:
    """What a voice speaks with: a model in a folder, and in it one speaker (None: it has one)."""

    kind: str
    model: Path
    file: Path | None
    languages: tuple[str, ...]
    """ISO 639-1; empty: any."""
    seed: int


class CoquiVoice:
    """A `protocols.Voice`; the process is started with the first sentence."""

    def __init__(
        self,
        speaker: Speaker,
        worker: CoquiWorker,
        *,
        name: str,
        donor: str,
        spoken_by: Voice | None = None,
        patience_s: float = SPEAK_S,
    ) -> None:
        """Take what it speaks with.

        Args:
            speaker: model and speaker.
            worker: coqui's process; this voice ends it.
            name: engine and voice, as recorded in the manifest.
            donor: in plain words whose voice it is.
            spoken_by: says what is then converted; needed by `CONVERTERS` only.
            patience_s: seconds that a sentence may take.

        Raises:
            EngineError: the model's settings cannot be read.
        """
        self._speaker, self._worker, self._spoken_by = speaker, worker, spoken_by
        self._name, self._donor, self._patience_s = name, donor, patience_s
        self._rate_hz = rate_of(speaker.kind, speaker.model)
        weakref.finalize(self, worker.close)

    @property
    def name(self) -> str:
        """Return engine and voice."""
        return self._name

    @property
    def donor(self) -> str:
        """Say whose voice it is."""
        return self._donor

    @property
    def sample_rate_hz(self) -> int:
        """Return the rate of the model."""
        return self._rate_hz

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    def speak(self, text: str, *, language: str) -> FloatArray:
        """Return (samples,) float32; a text without a word that can be said gives none.

        Raises:
            EngineError: the engine failed, died or hung, or does not speak this language.
        """
        known = self._speaker.languages
        if known and language not in known:
            raise EngineError(
                f"This voice does not speak the language {language}; it speaks {', '.join(known)}."
            )
        pause = np.zeros(round(PAUSE_S * self._rate_hz), dtype=np.float32)
        spoken: list[FloatArray] = []
        for sentence in split_sentences(text):
            if any(sign.isalnum() for sign in sentence):
                spoken += [pause] * bool(spoken) + [self._say(sentence, language)]
        if not spoken:
            return np.zeros(0, dtype=np.float32)
        return level_speech(np.concatenate(spoken), rate_hz=self._rate_hz)

    def _say(self, sentence: str, language: str) -> FloatArray:
        speaker = self._speaker
        command: dict[str, Any] = {"kind": speaker.kind, "model": str(speaker.model)}
        if speaker.file is not None:
            command["speaker"] = str(speaker.file)
        with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
            out = Path(scratch) / "said.npy"
            if self._spoken_by is not None:
                source = Path(scratch) / "source.wav"
                sound = self._spoken_by.speak(sentence, language=language)
                write_wav(source, sound, rate_hz=self._spoken_by.sample_rate_hz, comment="")
                do, command["source"] = "convert", str(source)
            else:
                do = "speak"
                command |= {"text": sentence, "language": language, "seed": speaker.seed}
            done = self._worker.ask(do, patience_s=self._patience_s, out=str(out), **command)
            return resampled(read_said(out), int(done["rate_hz"]), self._rate_hz)


def read_said(out: Path) -> FloatArray:
    """Return what the process wrote. Raises `EngineError`."""
    try:
        return np.asarray(np.load(out, allow_pickle=False), dtype=np.float32).reshape(-1)
    except (OSError, ValueError) as error:
        raise EngineError("The voice engine (coqui-tts) said nothing. Is the disk full?") from error


def rate_of(kind: str, model: Path) -> int:
    """Return samples a second of what a model says, from its config.json.

    Raises:
        EngineError: that file is missing or damaged.
    """
    try:
        config = json.loads((model / "config.json").read_text(encoding="utf-8"))
        if kind == "openvoice":
            return int(config["data"]["sampling_rate"])
        audio = config["audio"]
        return int(audio.get("output_sample_rate") or audio["sample_rate"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(
            f"The model in {model} has no config.json that can be used. Put it there again."
        ) from error


def open_coqui_made(folder: Path, models: Path, *, donor: str, threads: int) -> CoquiVoice:
    """Return the voice that lies in ``folder``.

    Raises:
        MissingModel: coqui's environment or the weights are not here, or nobody agreed to them.
        EngineError: the folder is damaged, or the weights are others than it was made with.
    """
    found = read_made(folder)
    kind, base = str(found["engine"]), str(found.get("base", ""))
    model = coqui_weights(base, models) if base else folder
    if base and weights_sha256(model) != found.get("weights"):
        raise EngineError(
            f"The voice {folder.name} was made with other weights of {base}. Make it again."
        )
    file = folder / SPEAKER if found.get("speaker") else None
    if file is not None and not file.is_file():
        raise EngineError(
            f"A file of the voice {folder.name} is missing. Put it back from a copy, or make the "
            "voice again."
        )
    languages = tuple(str(one) for one in found.get("languages", ()))
    speaker = Speaker(kind, model, file, languages, int(found.get("seed", 0)))
    worker = CoquiWorker(models, threads=threads, agreed=is_agreed("xtts", models))
    spoken_by = None
    if kind in CONVERTERS:
        spoken_by = KokoroVoice.named(models, found, threads=threads)
    name = f"{kind}@{str(found.get('weights', ''))[:12]}"
    return CoquiVoice(speaker, worker, name=name, donor=donor, spoken_by=spoken_by)

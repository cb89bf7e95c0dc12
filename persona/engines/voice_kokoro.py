"""The embedded voice: Kokoro-82M with designed voices, English and Chinese.

    text ─ sentences ─ runs of one script ─┬─ Hanzi: misaki (pinyin → IPA)  ┐
                                           └─ other: espeak-ng phonemes     ┴▶ one phoneme string
    phonemes + style (510, 1, 256) ─ StyleTTS 2 (Li et al. 2023, arXiv:2306.07691) ─▶ 24 kHz

A style is one of the 54 voices that come with it, or one that was made to resemble somebody
(`persona.engines.voice_kokoro_maker`). A text has one voice throughout, chosen by its language:
foreign words in it are said by the same speaker. kokoro-onnx needs phonemizer, which is under the
GPL (version 3); the weights and voices are under Apache-2.0.
"""

import hashlib
import logging
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from persona.engines.catalogue import find_entry, locate
from persona.engines.loudness import level_speech
from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray
from persona.engines.scripts_of_text import split_ipa, split_runs, split_sentences
from persona.errors import ConfigError, EngineError

RATE_HZ = 24_000
ENGLISH_VOICE = "bm_george"
CHINESE_VOICE = "zm_yunyang"
DONOR = "a designed voice, not his own"
PAUSE_S = 0.25
"""Silence between sentences."""

STYLE_SHAPE = (510, 1, 256)
"""One vector for each length of a sentence, in phonemes."""


class KokoroVoice:
    """A `protocols.Voice`; the weights are loaded with the first sentence."""

    reads_ipa = True
    """Sounds between `IPA_MARKS` are said as they stand."""

    def __init__(
        self,
        models: Path,
        *,
        english: str = ENGLISH_VOICE,
        chinese: str = CHINESE_VOICE,
        style: FloatArray | None = None,
        donor: str = DONOR,
        threads: int = 2,
    ) -> None:
        """Check that the weights and both voices are here.

        Args:
            models: folder of models.
            english: the voice for English; its first letter chooses the accent.
            chinese: the voice for Chinese.
            style: (510, 1, 256), spoken with in place of both.
            donor: in plain words whose voice it is.
            threads: processor threads.

        Raises:
            MissingModel: the weights are not here.
            ConfigError: there is no voice of that name.
        """
        self._folder = locate("kokoro", models)
        self._english, self._chinese, self._threads = english, chinese, threads
        self._made, self._donor = style, donor
        self._one_at_a_time = threading.Lock()
        for voice in (english, chinese):
            if voice not in self.voices():
                raise ConfigError(
                    f"Kokoro has no voice called {voice}. It has: {', '.join(self.voices())}."
                )

    @classmethod
    def named(cls, models: Path, voices: Mapping[str, str], *, threads: int = 2) -> "KokoroVoice":
        """Return the voice with ``english`` and ``chinese`` as named, or as usual."""
        return cls(
            models,
            english=voices.get("english", ENGLISH_VOICE),
            chinese=voices.get("chinese", CHINESE_VOICE),
            threads=threads,
        )

    @property
    def name(self) -> str:
        """Return engine, weights, and the voices or the hash of the style."""
        weights = find_entry("kokoro").files[0].sha256[:12]
        if self._made is not None:
            return f"kokoro@{weights} made {hashlib.sha256(self._made.tobytes()).hexdigest()[:12]}"
        return f"kokoro@{weights} {self._english} {self._chinese}"

    @property
    def donor(self) -> str:
        """Say whose voice it is: nobody's, unless it was made to resemble somebody."""
        return self._donor

    @property
    def sample_rate_hz(self) -> int:
        """Return 24,000."""
        return RATE_HZ

    def voices(self) -> list[str]:
        """Return the names of all voices: first letter language, second f or m."""
        return sorted(path.stem for path in (self._folder / "voices").glob("*.bin"))

    def speak(self, text: str, *, language: str) -> FloatArray:
        """Return (samples,) float32; a text without a word that can be said gives none.

        Args:
            text: of any length; spoken sentence by sentence.
            language: ISO 639-1: ``zh`` chooses the Chinese voice, all others the English one.

        Raises:
            EngineError: the model failed.
        """
        style = self._made
        if style is None:
            style = self.style(self._chinese if language == "zh" else self._english)
        return self.speak_in(style, text, language=language)

    def speak_in(self, style: FloatArray, text: str, *, language: str) -> FloatArray:
        """Return what `speak` would, in a style (510, 1, 256) of the caller's."""
        pause = np.zeros(round(PAUSE_S * RATE_HZ), dtype=np.float32)
        spoken: list[FloatArray] = []
        with self._one_at_a_time:
            for sentence in split_sentences(text):
                phonemes = self._phonemes(sentence, language)
                if any(sign.isalpha() for sign in phonemes):
                    spoken += [pause] * bool(spoken) + [self._say(phonemes, style)]
        if not spoken:
            return np.zeros(0, dtype=np.float32)
        return level_speech(np.concatenate(spoken), rate_hz=RATE_HZ)

    def _say(self, phonemes: str, style: FloatArray) -> FloatArray:
        try:
            sound, _ = self._model.create(phonemes, voice=style, is_phonemes=True)
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError("The voice could not say a sentence of the answer.") from error
        return np.asarray(sound, dtype=np.float32).reshape(-1)

    def _phonemes(self, sentence: str, language: str) -> str:
        said = []
        for piece, ipa in split_ipa(sentence):
            said += [piece] if ipa else self._read(piece, language)
        return " ".join(part for part in said if part)

    def _read(self, text: str, language: str) -> list[str]:
        said = []
        for run in split_runs(text, language=language):
            if not any(sign.isalnum() for sign in run.text):
                continue  # espeak-ng would read the names of signs aloud
            if run.script == "zh":
                said.append(self._chinese_phonemes(run.text))
            else:
                accent = "en-gb" if self._english.startswith("b") else "en-us"
                said.append(self._model.tokenizer.phonemize(run.text, accent))
        return said

    def style(self, voice: str) -> FloatArray:
        """Return the (510, 1, 256) style of a voice that comes with Kokoro."""
        file = self._folder / "voices" / f"{voice}.bin"
        return np.fromfile(file, dtype=np.float32).reshape(STYLE_SHAPE)

    @cached_property
    def _model(self) -> Any:
        prepare_threads()
        import onnxruntime  # type: ignore[import-untyped]
        from kokoro_onnx import Kokoro

        logging.getLogger("phonemizer").setLevel(logging.ERROR)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        weights = self._folder / find_entry("kokoro").main
        with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
            # kokoro-onnx wants a file of voices when it is made; ours are handed over each time
            voices = Path(scratch) / "voices.npz"
            np.savez(voices, style=self.style(self._english))
            try:
                session = onnxruntime.InferenceSession(
                    str(weights), options, providers=["CPUExecutionProvider"]
                )
                return Kokoro.from_session(session, str(voices))
            except (RuntimeError, ValueError, OSError) as error:
                raise EngineError("The voice Kokoro could not be loaded.") from error

    @cached_property
    def _chinese_phonemes(self) -> Callable[[str], str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old spellings inside jieba
            import jieba  # type: ignore[import-untyped]
            from misaki.zh import ZHG2P

        jieba.setLogLevel(logging.CRITICAL)
        jieba.dt.tmp_dir = str(self._folder)  # not the folder that all users may write to
        reader = ZHG2P()
        return lambda text: str(reader(text)[0])

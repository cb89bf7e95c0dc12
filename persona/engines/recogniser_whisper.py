"""The embedded recogniser: Whisper in 8-bit integers, by faster-whisper (CTranslate2).

    Radford et al. 2022, Robust Speech Recognition via Large-Scale Weak Supervision,
    arXiv:2212.04356; pauses are found by Silero VAD, whose weights the package carries.

A transcript is repeatable: one temperature (0), so nothing is sampled, and earlier text is not
fed back, so one mistake does not spread. In each segment, ``"".join(word.text for word in
words) == text``, so the characters of a passage lead to the second at which they were said.
"""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from persona.engines.catalogue import find_entry, load_catalogue, locate, sha256_of
from persona.engines.processor import prepare_threads
from persona.engines.protocols import FloatArray, HeardSegment, HeardWord, Transcript
from persona.engines.sound_blocks import read_blocks
from persona.errors import EngineError, MissingModel

RATE_HZ = 16_000
_MINIMUM_S = 0.1
_LANGUAGE_WINDOWS = 3  # of 30 s

MAXIMUM_COMPRESSION = 2.4
"""Text that gzip shrinks further repeats itself: Whisper is looping (Radford et al., 4.5)."""

MAXIMUM_CHARACTERS_A_SECOND = 30.0
"""Nobody speaks faster; Whisper invents such text in the last instant of a recording."""


class WhisperRecogniser:
    """A `protocols.Recogniser`; the weights are loaded with the first recording."""

    def __init__(self, name_or_folder: str, models: Path, *, threads: int = 2) -> None:
        """Remember which model to load.

        Args:
            name_or_folder: catalogue name, or a folder with a CTranslate2 Whisper model.
            models: folder of models.
            threads: processor threads.
        """
        self._chosen, self._models, self._threads = name_or_folder, models, threads
        self._one_at_a_time = threading.Lock()

    @cached_property
    def name(self) -> str:
        """Return the model's name and the beginning of its weights' hash."""
        if self._chosen in load_catalogue():
            known = {file.path: file.sha256 for file in find_entry(self._chosen).files}
            return f"{self._chosen}@{known['model.bin'][:12]}"
        folder = self._folder()
        return f"{folder.name}@{sha256_of(folder / 'model.bin')[:12]}"

    def transcribe(self, recording: Path, *, language: str | None = None) -> Transcript:
        """Transcribe a recording of any length; silence gives no segments.

        Args:
            recording: anything that FFmpeg reads: wav, mp3, m4a, ogg, opus, flac …
            language: ISO 639-1; None: found out from the first half minutes of speech.

        Raises:
            UnreadableSource: the file is empty or damaged.
            MissingModel: the weights are not here.
            EngineError: recognition failed.
        """
        segments: list[HeardSegment] = []
        duration_s = 0.0
        for start_s, sound in read_blocks(recording, rate_hz=RATE_HZ):
            duration_s = start_s + len(sound) / RATE_HZ
            if len(sound) < _MINIMUM_S * RATE_HZ:
                continue
            heard, found = self._hear(sound, language)
            segments += [_segment(one, start_s) for one in heard if _is_plausible(one)]
            if segments:
                language = found
        return Transcript(language or "", duration_s, tuple(segments), self._made_by)

    def _hear(self, sound: FloatArray, language: str | None) -> tuple[Sequence[Any], str]:
        with self._one_at_a_time:
            try:
                known = language or self._language_of(sound)
                heard, _ = self._model.transcribe(
                    sound,
                    language=known,
                    beam_size=5,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    word_timestamps=True,
                    vad_filter=True,
                )
                return list(heard), known
            except (RuntimeError, ValueError) as error:
                raise EngineError(
                    f"The recogniser failed: {error}. Try again, or put a transcript beside it."
                ) from error

    def _language_of(self, sound: FloatArray) -> str:
        found = self._model.detect_language(
            sound, vad_filter=True, language_detection_segments=_LANGUAGE_WINDOWS
        )
        return str(found[0])

    @cached_property
    def _made_by(self) -> str:
        from faster_whisper import __version__

        return f"faster-whisper {__version__} {self.name} int8"

    def _folder(self) -> Path:
        if self._chosen in load_catalogue():
            return locate(self._chosen, self._models)
        folder = Path(self._chosen).expanduser()
        if not (folder / "model.bin").is_file():
            raise MissingModel(
                f"{folder} holds no Whisper model (model.bin). Mend recogniser in persona.toml: "
                "whisper-base, a folder, or none."
            )
        return folder

    @cached_property
    def _model(self) -> Any:
        folder = self._folder()
        prepare_threads()
        from faster_whisper import WhisperModel

        try:
            return WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=self._threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{folder} holds no Whisper model that can be loaded.") from error


def _is_plausible(heard: Any) -> bool:
    """Refuse what Whisper invented: an archive is better off without it than with it."""
    text = heard.text.strip()
    length_s = max(float(heard.end) - float(heard.start), 0.02)
    return (
        bool(text)
        and heard.compression_ratio <= MAXIMUM_COMPRESSION
        and len(text) / length_s <= MAXIMUM_CHARACTERS_A_SECOND
    )


def _segment(heard: Any, offset_s: float) -> HeardSegment:
    """Turn a segment into plain values; the white space at both ends goes, words keep theirs."""
    texts = [str(word.word) for word in heard.words]
    if texts:
        texts[0] = texts[0].lstrip()
        texts[-1] = texts[-1].rstrip()
    words = tuple(
        HeardWord(
            text,
            round(offset_s + float(word.start), 3),
            round(offset_s + max(float(word.end), float(word.start)), 3),
            round(float(word.probability), 3),
        )
        for text, word in zip(texts, heard.words, strict=True)
        if text
    )
    return HeardSegment(
        "".join(word.text for word in words),
        round(offset_s + float(heard.start), 3),
        round(offset_s + float(heard.end), 3),
        words,
    )

"""The voice for machines without Kokoro: espeak-ng, a robot that is understood.

espeak-ng reads Hanzi one by one and often wrongly, so Chinese goes in as pinyin with tone
numbers, which pypinyin finds by the words that the characters stand in.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from persona.engines.loudness import level_speech
from persona.engines.protocols import FloatArray
from persona.engines.scripts_of_text import split_runs
from persona.errors import EngineError, MissingModel

COMMAND = "espeak-ng"
RATE_HZ = 22_050
WORDS_PER_MINUTE = 150
MISSING = 'espeak-ng is not installed: apt-get install espeak-ng, or set voice = "none".'
_PATIENCE_S = 120.0
_MARKS = str.maketrans("，。！？；：、（）", ",.!?;:,()")


class EspeakVoice:
    """A `protocols.Voice` on the command ``espeak-ng``."""

    def __init__(self) -> None:
        """Check that the command is here.

        Raises:
            MissingModel: it is not installed.
        """
        if shutil.which(COMMAND) is None:
            raise MissingModel(MISSING)

    @property
    def name(self) -> str:
        """Return the engine."""
        return "espeak-ng"

    @property
    def donor(self) -> str:
        """Say whose voice it is: nobody's."""
        return "a machine's voice, nobody's own"

    @property
    def sample_rate_hz(self) -> int:
        """Return 22,050."""
        return RATE_HZ

    def speak(self, text: str, *, language: str) -> FloatArray:
        """Return (samples,) float32; foreign words are said by the voice of their script.

        Raises:
            EngineError: espeak-ng failed.
        """
        parts = [
            _say(as_pinyin(run.text), "cmn-latn-pinyin")
            if run.script == "zh"
            else _say(run.text, "en-gb")
            for run in split_runs(text, language=language)
            if any(sign.isalnum() for sign in run.text)
        ]
        if not parts:
            return np.zeros(0, dtype=np.float32)
        return level_speech(np.concatenate(parts), rate_hz=RATE_HZ)


def as_pinyin(text: str) -> str:
    """Return Chinese text as pinyin with tone numbers: 你好 → ``ni3 hao3``."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllables).translate(_MARKS)


def _say(text: str, voice: str) -> FloatArray:
    import soundfile

    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        wav = Path(scratch) / "said.wav"
        command = [COMMAND, "-v", voice, "-s", str(WORDS_PER_MINUTE), "-w", str(wav), "--stdin"]
        try:
            subprocess.run(
                command, input=text.encode(), check=True, capture_output=True, timeout=_PATIENCE_S
            )
            sound, rate_hz = soundfile.read(wav, dtype="float32")
        except (OSError, subprocess.SubprocessError, soundfile.LibsndfileError) as error:
            raise EngineError("espeak-ng could not say a sentence. Try another voice.") from error
    if rate_hz != RATE_HZ:
        raise EngineError(f"espeak-ng spoke at {rate_hz} Hz; its {voice} voice cannot be used.")
    return np.asarray(sound, dtype=np.float32).reshape(-1)

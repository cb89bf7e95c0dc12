"""What can be measured of a voice without a listener: is it understood, and how long one waits.

    voice ─ sentences ─ sound ─ recogniser ─▶ words ─ edit distance ─▶ WER (Chinese: CER)

The word error rate (WER) is insertions, deletions and substitutions over the words that were to
be said (Levenshtein 1966); Chinese is counted in characters. It holds the recogniser's own errors
too: compare it with what the same recogniser makes of the real recordings, or of another voice.
Whom a voice resembles is measured where it is made (`persona.engines.voice_judge`).
"""

import contextlib
import os
import statistics
import tempfile
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from persona.engines.protocols import FloatArray, Recogniser, Voice
from persona.engines.sound import write_wav
from persona.engines.voice_stream import stream
from persona.errors import MissingModel
from persona.remember.search_text import simplified

SENTENCES = {
    "en": (
        "The letters were kept in a blue tin under the stairs.",
        "On Sundays we took the slow train to the coast.",
        "My mother laughed whenever the kettle began to sing.",
        "He never spoke about the winter of the great flood.",
        "You should ask your brother about the little boat.",
    ),
    "zh": (
        "那年冬天下了很大的雪。",
        "我们每个星期天都去看外婆。",
        "他把信放在桌子下面的盒子里。",
        "妈妈最喜欢听收音机里的音乐。",
        "你小时候总是问我星星的名字。",
    ),
}
"""Spoken to measure; short, without numbers and names, which recognisers write as they like."""


def measure_voice(
    voice: Voice,
    recogniser: Recogniser | None,
    *,
    language: str,
    sentences: Sequence[str] = (),
) -> dict[str, float | str]:
    """Return figures under the names of `MadeVoice.measured`.

    Args:
        voice: what is measured.
        recogniser: None, or its weights are not here: whether it is understood is left out.
        language: ISO 639-1.
        sentences: to be spoken; none: `SENTENCES` of the language.

    Returns:
        ``wer`` (``cer`` for Chinese) and ``counted``, the words or characters it was counted
        over; ``real_time_factor``, seconds of computing for a second of speech (median);
        ``first_sound_s``, from having the first sentence to hearing it (median), ``first_words``,
        how long such a sentence is; ``load``, how busy the machine was for each core.

    Raises:
        EngineError: the voice or the recogniser failed.
    """
    said = list(sentences) or list(SENTENCES.get(language, SENTENCES["en"]))
    voice.speak(said[0], language=language)  # weights are loaded: that is waited for once only
    sounds: list[FloatArray] = []
    waits: list[float] = []
    for sentence in said:
        began = time.perf_counter()
        sounds.append(next(stream(voice, [sentence], language=language)).sound)
        waits.append(time.perf_counter() - began)
    lengths = [max(len(sound) / voice.sample_rate_hz, 1e-3) for sound in sounds]
    factors = [wait / length for wait, length in zip(waits, lengths, strict=True)]
    figures: dict[str, float | str] = {
        "real_time_factor": round(statistics.median(factors), 2),
        "first_sound_s": round(statistics.median(waits), 2),
        "first_words": round(statistics.median(len(units(one, language)) for one in said)),
        "sentences": len(said),
        "load": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1),
    }
    if recogniser is not None:
        with contextlib.suppress(MissingModel):  # the voice is made all the same
            heard = _heard(sounds, voice.sample_rate_hz, recogniser, language)
            figures |= error_rate(list(zip(said, heard, strict=True)), language)
            figures["recogniser"] = recogniser.name
    return figures


def error_rate(pairs: Sequence[tuple[str, str]], language: str) -> dict[str, float | str]:
    """Return ``wer`` or ``cer`` of (what was to be said, what was heard) pairs, and ``counted``."""
    wanted = [units(said, language) for said, _ in pairs]
    errors = [
        distance(one, units(heard, language)) for one, (_, heard) in zip(wanted, pairs, strict=True)
    ]
    counted = sum(len(one) for one in wanted)
    name = "cer" if language == "zh" else "wer"
    return {name: round(sum(errors) / max(counted, 1), 3), "counted": counted}


def units(text: str, language: str) -> list[str]:
    """Return what is counted: words without case and marks, or Chinese characters, simplified."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if language == "zh":
        return [sign for sign in simplified(folded) if sign.isalnum()]
    bare = "".join(sign if sign.isalnum() or sign.isspace() else "" for sign in folded)
    return bare.split()


def distance(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Return the least number of insertions, deletions and substitutions between two lists."""
    before = list(range(len(heard) + 1))
    for place, one in enumerate(wanted, start=1):
        row = [place]
        for column, other in enumerate(heard, start=1):
            row.append(min(before[column] + 1, row[-1] + 1, before[column - 1] + (one != other)))
        before = row
    return before[-1]


def _heard(
    sounds: Sequence[FloatArray], rate_hz: int, recogniser: Recogniser, language: str
) -> list[str]:
    heard = []
    with tempfile.TemporaryDirectory(prefix="persona-") as scratch:
        for place, sound in enumerate(sounds):
            path = Path(scratch) / f"{place}.wav"
            write_wav(path, sound, rate_hz=rate_hz, comment="measured and thrown away")
            told = recogniser.transcribe(path, language=language)
            heard.append(" ".join(segment.text for segment in told.segments))
    return heard

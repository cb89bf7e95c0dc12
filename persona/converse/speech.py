"""An answer spoken: a notice first, then each sentence; real recordings where there are any.

    notice (synthetic) ─ pause ─ sentence (synthetic) ─ pause ─ his own recording ─ …

Beside the WAV lies a JSON file that says for each stretch whether it is synthetic or the
original, and of which source: an editor or a listener can always tell them apart (law 8). Whatever
the voice said is marked before it is joined; real recordings are cut in unchanged but for the
sample rate, and pass neither through the voice nor through the mark.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from persona.converse.answer import OriginalClip
from persona.converse.frames import quotable
from persona.engines.protocols import FloatArray, Voice
from persona.engines.sound import read_sound
from persona.engines.voice_stream import stream

PAUSE_S = 0.35
"""Silence between sentences."""

AFTER_NOTICE_S = 0.7
"""Silence after the notice."""


class Marks(Protocol):
    """Marks what the voice said and seals the file: `persona.export.marking.Marks`."""

    def mark_sound(self, sound: FloatArray, rate_hz: int) -> FloatArray:
        """Return synthetic sound with the watermark."""
        ...

    def write_sound(
        self,
        out: Path,
        sound: FloatArray,
        *,
        rate_hz: int,
        comment: str,
        voice: str,
        parts: Sequence[Mapping[str, Any]],
    ) -> str:
        """Write the sealed WAV and its list of parts; return the SHA-256 of the WAV."""
        ...


class SpeakableSentence:
    """One sentence to be spoken: ``lead`` by the voice, then the clip, or all by the voice."""

    def __init__(self, text: str, language: str, clip: OriginalClip | None, quoted: str) -> None:
        self.clip = clip
        self.language = language
        said = quotable(quoted)  # as it stands in the text: without line breaks
        before = text.split(said, 1)[0] if clip and said and said in text else text
        self.text = before.rstrip(' “"：:') if clip else text
        self.quoted = said


@dataclass(frozen=True)
class SpokenPart:
    """A stretch of an answer that can be heard at once.

    Attributes:
        text: the words that sound in it, for whoever reads along.
        language: of these words.
        sound: (samples,) at the rate of the voice: marked, or an original as it is.
        what: is it synthetic; the number of its sentence; the source that it is the sound of.
    """

    text: str
    language: str
    sound: FloatArray
    what: dict[str, Any]


def spoken_parts(
    sentences: Sequence[SpeakableSentence],
    *,
    voice: Voice,
    notice: str,
    language: str,
    recording_of: Callable[[str], Path],
    is_acted: Callable[[str], bool],
    marks: Marks,
) -> Generator[SpokenPart, None, None]:
    """Yield an answer part by part, the notice first; the next is made while one is heard.

    Args:
        sentences: in the order in which they are said.
        voice: the declared voice.
        notice: spoken first, in ``language``.
        language: of the notice.
        recording_of: source id → the kept original.
        is_acted: source id → whether that original is synthetic itself, as in the demo.
        marks: marks what is synthetic: there is no speech without.

    Raises:
        EngineError: the voice failed; parts before it have been yielded.
        UnreadableSource: an original cannot be decoded.
    """
    rate = voice.sample_rate_hz
    leads = [(notice, language), *((one.text, one.language) for one in sentences if one.text)]
    turns = _InItsLanguage(voice, [tongue for _, tongue in leads])
    with closing(stream(turns, [text for text, _ in leads], language=language)) as voiced:
        said = marks.mark_sound(next(voiced).sound, rate)
        yield SpokenPart(notice, language, said, {"synthetic": True, "what": "notice"})
        for position, sentence in enumerate(sentences):
            if sentence.text:
                said = marks.mark_sound(next(voiced).sound, rate)
                what: dict[str, Any] = {"synthetic": True, "sentence": position}
                yield SpokenPart(sentence.text, sentence.language, said, what)
            if (clip := sentence.clip) is not None:
                original = read_sound(
                    recording_of(clip.source_id),
                    rate_hz=rate,
                    start_s=clip.start_s,
                    end_s=clip.end_s,
                )
                acted = is_acted(clip.source_id)
                what = {"synthetic": acted, "sentence": position, "source": clip.source_id}
                yield SpokenPart(sentence.quoted, sentence.language, original, what)


def write_answer(parts: Sequence[SpokenPart], *, voice: Voice, marks: Marks, out: Path) -> str:
    """Write ``out`` (WAV) and ``out`` with ``.json``; return the SHA-256 of the WAV.

    Args:
        parts: all of them, in order, from `spoken_parts`.
        voice: what spoke them.
        marks: seals the file.
        out: where the file goes; nothing half-written is left there.

    Raises:
        EngineError: the file could not be sealed or written.
    """
    sound, listed = joined(parts, voice.sample_rate_hz)
    comment = f"Synthetic speech by {voice.name} ({voice.donor}), except where the .json says so."
    return marks.write_sound(
        out,
        sound,
        rate_hz=voice.sample_rate_hz,
        comment=comment,
        voice=voice.name,
        parts=listed,
    )


def joined(
    parts: Sequence[SpokenPart], rate_hz: int
) -> tuple[FloatArray, Sequence[Mapping[str, Any]]]:
    """Return all parts as one (samples,) with pauses between them, and where in it each lies.

    Args:
        parts: all of them, in order, from `spoken_parts`.
        rate_hz: of the voice that spoke them.
    """
    track = _Track(rate_hz)
    for number, part in enumerate(parts):
        track.add(part.sound, part.what)
        track.pause(AFTER_NOTICE_S if number == 0 else PAUSE_S)
    return track.sound(), track.parts


class _InItsLanguage:
    """A `Voice` that says one text after the other, each in its own language."""

    def __init__(self, voice: Voice, languages: Sequence[str]) -> None:
        self._voice, self._languages = voice, iter(languages)
        self.name, self.donor = voice.name, voice.donor
        self.sample_rate_hz = voice.sample_rate_hz

    def speak(self, text: str, *, language: str) -> FloatArray:
        return self._voice.speak(text, language=next(self._languages, language))


class _Track:
    """Sound that is put together piece by piece, with a list of what each piece is."""

    def __init__(self, rate_hz: int) -> None:
        self._rate = rate_hz
        self._pieces: list[FloatArray] = []
        self._samples = 0
        self.parts: list[dict[str, Any]] = []

    def add(self, sound: FloatArray, what: dict[str, Any]) -> None:
        """Add sound, and say what it is."""
        start = self._samples / self._rate
        self._append(sound)
        self.parts.append(
            {**what, "start_s": round(start, 3), "end_s": round(self._samples / self._rate, 3)}
        )

    def pause(self, seconds: float) -> None:
        """Add silence."""
        self._append(np.zeros(round(seconds * self._rate), dtype=np.float32))

    def sound(self) -> FloatArray:
        """Return all of it as (samples,) float32."""
        return np.concatenate(self._pieces)

    def _append(self, sound: FloatArray) -> None:
        self._pieces.append(sound)
        self._samples += len(sound)

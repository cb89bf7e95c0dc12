"""An answer as sound: the notice, the voice, his own recordings, and a list of what is what."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from persona.converse.answer import OriginalClip
from persona.converse.speech import (
    AFTER_NOTICE_S,
    PAUSE_S,
    SpeakableSentence,
    SpokenPart,
    spoken_parts,
    write_answer,
)
from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound, write_wav
from persona.errors import EngineError, UnreadableSource

RATE = ToneVoice.RATE_HZ
WORD_S = ToneVoice.WORD_S
NOTICE = "This is a simulation"
CLIP = OriginalClip("src_1", 0.5, 1.25)


class Halved:
    """Marks by halving: what was marked is then seen in the sound; it seals nothing."""

    def mark_sound(self, sound: FloatArray, rate_hz: int) -> FloatArray:
        return np.asarray(sound / 2, dtype=np.float32)

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
        write_wav(out, sound, rate_hz=rate_hz, comment=comment)
        out.with_suffix(".json").write_text(json.dumps({"voice": voice, "parts": list(parts)}))
        return hashlib.sha256(out.read_bytes()).hexdigest()


class Mute(ToneVoice):
    """A voice that fails after some sentences."""

    def __init__(self, after: int) -> None:
        self.left = after

    def speak(self, text: str, *, language: str) -> FloatArray:
        self.left -= 1
        if self.left < 0:
            raise EngineError("The voice could not say a sentence of the answer.")
        return super().speak(text, language=language)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Return two seconds that rise from silence to loud, at another sample rate."""
    times = np.arange(2 * 22_050, dtype=np.float32) / 22_050
    path = tmp_path / "original.wav"
    sound = np.asarray(0.4 * times * np.sin(times * 3000), dtype=np.float32)
    write_wav(path, sound, rate_hz=22_050, comment="")
    return path


def parts_of(
    recording: Path, *sentences: SpeakableSentence, voice: ToneVoice | None = None
) -> Iterator[SpokenPart]:
    return spoken_parts(
        sentences,
        voice=voice or ToneVoice(),
        notice=NOTICE,
        language="en",
        recording_of=lambda source_id: recording,
        is_acted=lambda source_id: False,
        marks=Halved(),
    )


def spoken(
    out: Path, recording: Path, *sentences: SpeakableSentence, voice: ToneVoice | None = None
) -> list[dict[str, object]]:
    voice = voice or ToneVoice()
    parts = list(parts_of(recording, *sentences, voice=voice))
    write_answer(parts, voice=voice, marks=Halved(), out=out)
    return list(json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))["parts"])


def test_a_sentence_without_a_clip_is_all_spoken() -> None:
    sentence = SpeakableSentence("I wrote: “The bees.”", "en", None, "The bees.")
    assert sentence.text == "I wrote: “The bees.”"


@pytest.mark.parametrize(
    ("text", "quoted", "lead"),
    [
        ("I said in 2012: “Stir it.”", "Stir it.", "I said in 2012"),
        ("我2012年说过，录下来了：“别搅。”", "别搅。", "我2012年说过，录下来了"),
        ("“Stir it.”", "Stir it.", ""),
    ],
)
def test_before_a_clip_only_the_frame_is_spoken(text: str, quoted: str, lead: str) -> None:
    assert SpeakableSentence(text, "en", CLIP, quoted).text == lead


def test_a_clip_over_several_lines_is_not_spoken_twice() -> None:
    """The sentence shows line breaks as spaces; the quoted characters still have them."""
    sentence = SpeakableSentence(
        "I said, and it was recorded: “Do not\u0020stir it.”", "en", CLIP, "Do not\nstir it."
    )
    assert "stir" not in sentence.text


def test_the_parts_are_listed_in_seconds(tmp_path: Path, recording: Path) -> None:
    out = tmp_path / "answer.wav"
    parts = spoken(
        out,
        recording,
        SpeakableSentence("I said: “Stir it.”", "en", CLIP, "Stir it."),
        SpeakableSentence("And that is all", "en", None, ""),
    )
    notice_s, lead_s, last_s = 4 * WORD_S, 2 * WORD_S, 4 * WORD_S
    at = notice_s + AFTER_NOTICE_S
    clip_at = at + lead_s + PAUSE_S
    last_at = clip_at + 0.75 + PAUSE_S
    assert parts == [
        {"synthetic": True, "what": "notice", "start_s": 0.0, "end_s": notice_s},
        {"synthetic": True, "sentence": 0, "start_s": at, "end_s": at + lead_s},
        {
            "synthetic": False,
            "sentence": 0,
            "source": "src_1",
            "start_s": pytest.approx(clip_at, abs=0.01),
            "end_s": pytest.approx(clip_at + 0.75, abs=0.01),
        },
        {
            "synthetic": True,
            "sentence": 1,
            "start_s": pytest.approx(last_at, abs=0.01),
            "end_s": pytest.approx(last_at + last_s, abs=0.01),
        },
    ]


def test_the_clip_is_his_sound_and_the_pauses_are_silent(tmp_path: Path, recording: Path) -> None:
    out = tmp_path / "answer.wav"
    parts = spoken(out, recording, SpeakableSentence("“Stir it.”", "en", CLIP, "Stir it."))
    sound = read_sound(out, rate_hz=RATE)
    start, end = (round(float(str(parts[1][key])) * RATE) for key in ("start_s", "end_s"))
    original = read_sound(recording, rate_hz=RATE, start_s=CLIP.start_s, end_s=CLIP.end_s)
    length = min(end - start, len(original))
    assert abs(end - start - len(original)) <= 2
    assert np.allclose(sound[start : start + length], original[:length], atol=1e-3)
    notice = ToneVoice().speak(NOTICE, language="en")
    assert np.allclose(sound[: len(notice)], notice / 2, atol=1e-3), "what the voice said is marked"
    silence = sound[round(4 * WORD_S * RATE) : start]
    assert len(silence) == pytest.approx(AFTER_NOTICE_S * RATE, abs=2)
    assert not silence.any()


def test_the_hash_is_that_of_the_file_and_the_header_says_what_it_is(
    tmp_path: Path, recording: Path
) -> None:
    import soundfile

    out = tmp_path / "answer.wav"
    parts = list(parts_of(recording, SpeakableSentence("Hello", "en", None, "")))
    sha256 = write_answer(parts, voice=ToneVoice(), marks=Halved(), out=out)
    assert sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    with soundfile.SoundFile(out) as file:
        assert file.comment.startswith("Synthetic speech by tone (a tone, nobody's voice)")
        assert (file.samplerate, file.channels) == (RATE, 1)


def test_an_answer_of_nothing_is_still_announced(tmp_path: Path, recording: Path) -> None:
    parts = spoken(tmp_path / "answer.wav", recording, SpeakableSentence("", "en", None, ""))
    assert [part["what"] for part in parts] == ["notice"]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_voice_that_fails_leaves_nothing(tmp_path: Path, recording: Path, after: int) -> None:
    out = tmp_path / "answer.wav"
    three = [SpeakableSentence("Hello", "en", None, "") for _ in range(3)]
    with pytest.raises(EngineError):
        spoken(out, recording, *three, voice=Mute(after))
    assert [path.name for path in tmp_path.iterdir()] == ["original.wav"]


def test_an_original_that_is_damaged_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "original.wav"
    broken.write_bytes(b"no sound at all")
    with pytest.raises(UnreadableSource):
        spoken(tmp_path / "a.wav", broken, SpeakableSentence("“S.”", "en", CLIP, "S."))
    assert [path.name for path in tmp_path.iterdir()] == ["original.wav"]


def test_each_part_brings_its_words_to_read_along(recording: Path) -> None:
    parts = list(
        parts_of(
            recording,
            SpeakableSentence("I said: “Stir it.”", "en", CLIP, "Stir it."),
            SpeakableSentence("别搅它。", "zh", None, ""),
        )
    )
    assert [(part.text, part.language) for part in parts] == [
        (NOTICE, "en"),
        ("I said", "en"),
        ("Stir it.", "en"),
        ("别搅它。", "zh"),
    ]


class Polyglot(ToneVoice):
    """Remembers in which language it spoke."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def speak(self, text: str, *, language: str) -> FloatArray:
        self.said.append((text, language))
        return super().speak(text, language=language)


def test_each_sentence_is_spoken_in_its_language(recording: Path) -> None:
    voice = Polyglot()
    two = [SpeakableSentence("Hello", "en", None, ""), SpeakableSentence("你好", "zh", None, "")]
    list(parts_of(recording, *two, voice=voice))
    assert voice.said == [(NOTICE, "en"), ("Hello", "en"), ("你好", "zh")]


def test_whoever_interrupts_hears_no_more_and_the_voice_stops(recording: Path) -> None:
    voice = Polyglot()
    parts = parts_of(
        recording, *[SpeakableSentence(f"Word {n}", "en", None, "") for n in range(50)], voice=voice
    )
    next(parts)
    parts.close()  # type: ignore[attr-defined]
    time.sleep(0.3)
    count = len(voice.said)
    time.sleep(0.3)
    assert len(voice.said) == count < 10

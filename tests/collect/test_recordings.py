"""Recordings: their transcripts, or what a recogniser hears; who spoke, and how sure."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Reading, Request, Senses
from persona.collect.sound.recording import Recording
from persona.collect.sound.speech import MAX_WORDS, stretches
from persona.collect.transcripts.clock import on_recording
from persona.collect.transcripts.lines import Line
from persona.engines.deterministic import ScriptedDiariser
from persona.engines.protocols import HeardSegment, HeardWord, SpeakerTurn, Transcript
from persona.errors import MissingModel
from persona.records import SourceKind


def said(text: str, start_s: float = 0.0, pace_s: float = 0.25) -> HeardSegment:
    words = tuple(
        HeardWord(" " + word, start_s + n * pace_s, start_s + (n + 1) * pace_s, 0.9)
        for n, word in enumerate(text.split())
    )
    return HeardSegment(text, start_s, words[-1].end_s, words)


@dataclass
class WrittenDown:
    """A recogniser that hears the words it was given: the real one is tested with the engines."""

    segments: tuple[HeardSegment, ...]
    name: str = "written-down"

    def transcribe(self, recording: Path, *, language: str | None = None) -> Transcript:
        assert recording.is_file()
        return Transcript(language or "en", 2.0, self.segments, "written-down 1")


HEARD = WrittenDown((said("He never sold the boat."), said("He loved it.", 1.4)))
RUTH = '[[files]]\nmatch = "**"\nnarrator = "ruth"\n'


def test_an_interview_is_heard(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "interviews" / "ruth.wav")
    batch = collect(RUTH, HEARD)
    one = batch.done["interviews/ruth.wav"]
    assert (one.source.kind, one.source.narrator_id) == (SourceKind.INTERVIEW, "ruth")
    assert (one.source.duration_s, one.source.rate_hz) == (2.0, 8000.0)
    (passage,) = one.passages
    assert passage.text == "He never sold the boat. He loved it."
    assert passage.selector == {"type": "FragmentSelector", "value": "t=0.00,2.15"}
    assert (passage.speaker_id, passage.speaker_confidence) == ("ruth", 0.6)
    assert passage.transcript_version == "written-down 1"
    for start, end, *_ in passage.words:
        assert passage.text[start:end] in HEARD.segments[0].text + HEARD.segments[1].text
    assert passage.words[1] == [3, 8, 0.25, 0.5, 0.9]
    assert "not told apart" in batch.warnings


def test_a_voice_clip_has_one_speaker(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "voice" / "one.wav")
    one = collect(RUTH.replace("ruth", "henry"), HEARD).done["voice/one.wav"]
    assert one.source.kind == SourceKind.VOICE_CLIP
    assert [p.speaker_confidence for p in one.passages] == [0.9]


@pytest.mark.parametrize(
    ("name", "seconds_long", "kind"),
    [
        ("interviews/a.wav", 1, SourceKind.INTERVIEW),
        ("clips/a.wav", 1, SourceKind.VOICE_CLIP),
        ("other/a.wav", 1, SourceKind.VOICE_CLIP),
        ("other/a.wav", 40, SourceKind.INTERVIEW),
    ],
)
def test_the_kind_of_a_recording(
    folder: Path,
    collect: Callable[..., Any],
    wav: Callable[..., Path],
    name: str,
    seconds_long: int,
    kind: SourceKind,
) -> None:
    wav(folder / name, seconds_long)
    assert collect().done[name].source.kind == kind


def test_without_recogniser_and_transcript_it_is_kept_without_words(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "a.wav")
    batch = collect()
    assert batch.done["a.wav"].passages == []
    assert "no speech recogniser" in batch.warnings and "Nobody is named" in batch.warnings


def test_a_transcript_beside_it_is_used_instead(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    (folder / "talk.txt").write_text(
        "[00:01] Interviewer: What did he love?\n[00:03] Ruth: The boat.\nAlways the boat.\n"
        "[00:08] Uncle Bo: And the dog.\n"
    )
    batch = collect("", HEARD)
    one = batch.done["talk.wav"]
    assert [(p.speaker_id, p.text, p.selector["value"]) for p in one.passages] == [
        (None, "What did he love?", "t=1.00,3.00"),
        ("ruth", "The boat.\nAlways the boat.", "t=3.00,8.00"),
        (None, "And the dog.", "t=8.00,10.00"),
    ]
    assert one.passages[0].speaker_name == "Interviewer"
    assert one.source.narrator_id == "ruth"
    assert "Uncle Bo" in batch.warnings and "Interviewer" not in batch.warnings
    (sidecar,) = one.source.details["sidecars"]
    assert (batch.originals / sidecar["sha256"][:2] / sidecar["sha256"]).is_file()


def test_whispers_json_keeps_word_times(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    words = [
        {"word": " The", "start": 1.0, "end": 1.2, "probability": 0.5},
        {"word": " boat.", "start": 1.2, "end": 2.0, "probability": 0.8},
    ]
    segment = {"start": 1.0, "end": 2.0, "text": " The boat.", "words": words}
    (folder / "talk.json").write_text(json.dumps({"segments": [segment]}))
    (passage,) = collect(RUTH).done["talk.wav"].passages
    assert passage.words == [[0, 3, 1.0, 1.2, 0.5], [4, 9, 1.2, 2.0, 0.8]]
    assert (passage.speaker_id, passage.speaker_confidence) == ("ruth", 0.6)


def test_a_transcript_without_times_opens_the_beginning(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    (folder / "talk.txt").write_text("RUTH: The boat.\n")
    batch = collect()
    assert batch.done["talk.wav"].passages[0].selector["value"] == "t=0.00,10.00"
    assert "without times" in batch.warnings


@pytest.mark.parametrize("junk", [b"ID3\x04" + b"\x00" * 200, b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_damaged_sound_is_left_out_and_nothing_is_kept(
    folder: Path, collect: Callable[..., Any], junk: bytes
) -> None:
    (folder / "talk.mp3").write_bytes(junk)
    batch = collect("", HEARD)
    assert "talk.mp3" in batch.failed["talk.mp3"]
    assert [path for path in batch.originals.rglob("*") if path.is_file()] == []


def test_a_transcript_alone_is_a_source_of_its_own(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "talk.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ruth>The boat\n<v David>The dog\n"
    )
    batch = collect()
    one = batch.done["talk.vtt"]
    assert one.source.kind == SourceKind.TRANSCRIPT
    assert [(p.speaker_id, p.text) for p in one.passages] == [
        ("ruth", "The boat"),
        ("david", "The dog"),
    ]
    assert batch.reproduced() == 2
    assert "no recording beside" in batch.warnings


def test_stretches_are_whole_sentences_of_at_most_sixty_words() -> None:
    sentence = "one two three four five six seven eight nine ten."
    long = " ".join([sentence] * 13)
    found = list(stretches(Transcript("en", 60.0, (said(long),), "x")))
    assert [len(one.words) for one in found] == [60, 60, 10]
    assert all(one.text.endswith("ten.") for one in found)
    endless = " ".join(["word"] * 150)
    sizes = [len(one.words) for one in stretches(Transcript("en", 60.0, (said(endless),), "x"))]
    assert max(sizes) <= MAX_WORDS and sum(sizes) == 150


def test_segments_that_lost_their_first_space_are_parted() -> None:
    bare = [HeardSegment(t, 0, 1, (HeardWord(t, 0.0, 1.0, 0.9),)) for t in ("Stir.", "You", "我")]
    (one,) = stretches(Transcript("en", 3.0, tuple(bare), "x"))
    assert one.text == "Stir. You我"
    assert [one.text[int(w[0]) : int(w[1])] for w in one.words] == ["Stir.", "You", "我"]


def test_a_long_pause_ends_a_stretch_and_every_word_stands_in_its_text() -> None:
    transcript = Transcript("en", 60.0, (said("Yes."), said("He did.", 5.0)), "x")
    found = list(stretches(transcript))
    assert [(one.text, one.start_s) for one in found] == [("Yes.", 0.0), ("He did.", 5.0)]
    heard = ["Yes.", "He", "did."]
    placed = [one.text[int(w[0]) : int(w[1])] for one in found for w in one.words]
    assert placed == heard


def turn(start_s: float, end_s: float, speaker: str) -> SpeakerTurn:
    return SpeakerTurn(start_s, end_s, speaker, 0.6)


def heard_with(
    folder: Path, family: FamilyBook, senses: Senses, name: str = "talk.wav", **rule: Any
) -> Reading:
    """Read a recording of the folder with engines of the test's own."""
    request = Request(folder / name, name, "src_1", "audio/wav", family, FileRule(**rule))
    return Recording().read(replace(request, senses=senses))


@pytest.fixture
def spoken(shared_data: Path, tmp_path: Path) -> Path:
    """Return a folder with ``talk.wav``, in which somebody really speaks for ten seconds."""
    import shutil

    shutil.copy(shared_data / "speech" / "ljspeech" / "LJ001-0001.wav", tmp_path / "talk.wav")
    return tmp_path


TWO = WrittenDown((said("He never sold the boat."), said("Why did he not?", 3.0)))


def test_several_voices_are_nobody_until_a_person_says_who(
    spoken: Path, family: FamilyBook
) -> None:
    voices = {"talk.wav": [turn(0, 2, "speaker 1"), turn(2.5, 5, "speaker 2")]}
    senses = Senses(recogniser=TWO, diariser=ScriptedDiariser(voices))
    reading = heard_with(spoken, family, senses, kind="interview", narrator="ruth")
    assert [(p.speaker_id, p.speaker_name, p.text) for p in reading.passages] == [
        (None, "speaker 1", "He never sold the boat."),
        (None, "speaker 2", "Why did he not?"),
    ]
    assert all(0 < p.speaker_confidence < 0.7 for p in reading.passages)
    assert reading.details["voices"] == 2 and reading.narrator_id == "ruth"
    assert "speaker 1, speaker 2" in " ".join(reading.warnings)


def test_one_voice_is_the_narrators(spoken: Path, family: FamilyBook) -> None:
    senses = Senses(
        recogniser=TWO, diariser=ScriptedDiariser({"talk.wav": [turn(0, 5, "speaker 1")]})
    )
    reading = heard_with(spoken, family, senses, kind="interview", narrator="ruth")
    assert [(p.speaker_id, p.speaker_confidence) for p in reading.passages] == [("ruth", 0.8)] * 1
    assert not any("told apart" in warning for warning in reading.warnings)
    nobody = heard_with(spoken, family, senses)
    assert [(p.speaker_id, p.speaker_confidence) for p in nobody.passages] == [(None, 0.0)]


def test_words_are_kept_when_voices_cannot_be_told_apart(spoken: Path, family: FamilyBook) -> None:
    class Missing:
        name = "missing"

        def turns(self, recording: Path) -> list[SpeakerTurn]:
            raise MissingModel("Get it with: persona fetch dvector")

    senses = Senses(recogniser=TWO, diariser=Missing())
    reading = heard_with(spoken, family, senses, kind="interview", narrator="ruth")
    assert [(p.speaker_id, p.speaker_confidence) for p in reading.passages] == [("ruth", 0.6)]
    assert "persona fetch dvector" in " ".join(reading.warnings)


def test_a_recording_is_measured(spoken: Path, family: FamilyBook) -> None:
    details = heard_with(spoken, family, Senses(recogniser=TWO)).details
    assert details["loudness_lufs"] == pytest.approx(-20.2, abs=0.5)
    assert 8 < details["speech_s"] < 9.7 and 0.8 < details["peak"] < 1


def test_a_passage_says_how_surely_its_words_were_heard(spoken: Path, family: FamilyBook) -> None:
    (passage,) = heard_with(spoken, family, Senses(recogniser=TWO)).passages
    assert passage.text_confidence == 0.9


def test_two_languages_in_a_recording_are_two_passages(spoken: Path, family: FamilyBook) -> None:
    english = replace(said("He never sold the boat."), language="en")
    chinese = replace(said("他从来不卖。", 1.4), language="zh")
    senses = Senses(recogniser=WrittenDown((english, chinese)))
    reading = heard_with(spoken, family, senses)
    assert [(p.language, p.text) for p in reading.passages] == [
        ("en", "He never sold the boat."),
        ("zh", "他从来不卖。"),
    ]


def test_a_sentence_that_is_nearly_all_one_voices_is_all_of_it() -> None:
    transcript = Transcript("en", 9.0, (said("He never sold the boat to anybody. Why not?"),), "x")
    turns = [turn(0, 1.5, "speaker 1"), turn(1.5, 9, "speaker 2")]
    assert [(one.speaker, one.text) for one in stretches(transcript, turns)] == [
        ("speaker 1", "He never sold the boat to anybody."),
        ("speaker 2", "Why not?"),
    ]
    halves = [turn(0, 0.9, "speaker 1"), turn(0.9, 9, "speaker 2")]
    assert [one.speaker for one in stretches(transcript, halves)] == ["speaker 1", "speaker 2"]


def test_a_damaged_transcript_is_named_and_the_recording_is_heard(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    (folder / "talk.json").write_text('{"boat": 1}')
    batch = collect(RUTH, HEARD)
    assert [p.transcript_version for p in batch.passages] == ["written-down 1"]
    assert "talk.json is JSON, but not a transcript" in batch.warnings
    assert len(batch.done["talk.wav"].source.details["sidecars"]) == 1, "it is kept all the same"


def test_the_same_words_without_times_are_told_apart(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    (folder / "talk.txt").write_text("RUTH: Yes.\nDAVID: No.\nRUTH: Yes.\n")
    passages = collect().passages
    assert len({p.id for p in passages}) == 3
    assert {p.selector["value"] for p in passages} == {"t=0.00,10.00"}


def test_a_transcript_that_counts_from_ten_oclock_is_brought_to_the_recording(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    wav(folder / "talk.wav", 10)
    (folder / "talk.txt").write_text("10:00:01:00 Ruth: The boat.\n10:00:04:12 Ruth: Always.\n")
    batch = collect()
    assert [p.selector["value"] for p in batch.passages] == ["t=1.00,10.00"]
    assert "10.00 hours" in batch.warnings


def test_offsets() -> None:
    lines = [Line("a", start_s=3661.0, words=(("a", 3661.0, 3662.0, 1.0),))]
    (line,), offset_s = on_recording(lines, 120.0, "01:01:00:00")
    assert (offset_s, line.start_s, line.words[0][1]) == (3660.0, 1.0, 1.0)
    assert on_recording([Line("a", start_s=50.0)], 120.0, "")[1] == 0.0
    assert on_recording([Line("a", start_s=50.0)], 10.0, "junk")[0][0].start_s == 0.0
    far = [Line("a", start_s=10.0), Line("b", start_s=5000.0)]
    assert on_recording(far, 60.0, "") == (far, 0.0)


def filmed(path: Path, *, sound: bool, seconds_long: int = 2) -> Path:
    """Write a film of a grey wall, with a hum or silent."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=25)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        track = container.add_stream("aac", rate=48_000) if sound else None
        for _ in range(25 * seconds_long):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8))
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if track is not None:
            hum = np.sin(np.arange(48_000 * seconds_long) / 30)[None].astype(np.float32)
            heard = av.AudioFrame.from_ndarray(np.tile(hum, (2, 1)) * 0.3, "fltp", "stereo")
            heard.sample_rate = 48_000
            container.mux(track.encode(heard))
            container.mux(track.encode(None))
    return path


@pytest.mark.parametrize("name", ["talk.mp4", "talk.mov", "talk.mkv", "talk.txt.wav"])
def test_the_sound_of_a_film_is_heard(folder: Path, collect: Callable[..., Any], name: str) -> None:
    suffix = ".mp4" if name.endswith("wav") else Path(name).suffix
    filmed(folder / f"made{suffix}", sound=True).rename(folder / name)
    one = collect(RUTH, HEARD).done[name]
    assert one.source.media_type.startswith("video/")
    assert one.source.details["frame_rate"] == 25.0 and one.source.details["channels"] == 2
    assert one.passages[0].text.startswith("He never")


def test_a_film_without_sound_is_kept(folder: Path, collect: Callable[..., Any]) -> None:
    filmed(folder / "boat.mp4", sound=False)
    batch = collect(RUTH, HEARD)
    one = batch.done["boat.mp4"]
    assert one.passages == [] and "without sound" in batch.warnings
    assert one.source.duration_s == pytest.approx(2.0, abs=0.1)
    assert "voices" not in one.source.details


def test_voice_messages_of_every_kind_are_read_by_content(
    folder: Path, collect: Callable[..., Any], shared_data: Path
) -> None:
    import shutil

    audio = shared_data / "messaging-audio"
    for name in ("lj_en.silk", "lj_en.m4a", "lj_en.ogg", "lj_en.opus"):
        shutil.copy(audio / name, folder / name)
    (folder / "wechat.amr").write_bytes((audio / "lj_en.silk").read_bytes()[1:])
    shutil.copy(audio / "lj_en.opus", folder / "photo.jpg")
    batch = collect(RUTH, HEARD)
    assert batch.failed == {} and batch.plan.left_out == ()
    for one in batch.done.values():
        assert one.source.duration_s == pytest.approx(9.65, abs=0.02)
    assert batch.done["wechat.amr"].source.media_type == "audio/silk"
    assert batch.done["photo.jpg"].source.sha256 == batch.done["lj_en.opus"].source.sha256

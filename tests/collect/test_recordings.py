"""Recordings: their transcripts, or what a recogniser hears; who spoke, and how sure."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from persona.collect.recording import probe
from persona.collect.speech import MAX_WORDS, stretches
from persona.collect.transcript_file import looks_like_transcript, read_transcript, seconds
from persona.engines.protocols import HeardSegment, HeardWord, Transcript
from persona.errors import UnreadableSource
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


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Just words.\n\nMore words.", [("", "Just words.", None), ("", "More words.", None)]),
        (
            "RUTH: He never.\nStill Ruth.\n\nAnd more.\nDAVID: Why?",
            [
                ("RUTH", "He never.\nStill Ruth.", None),
                ("RUTH", "And more.", None),
                ("DAVID", "Why?", None),
            ],
        ),
        ("Ruth: He said one thing: go.", [("Ruth", "He said one thing: go.", None)]),
        (
            "小茹：他从来不说。\n爸爸：好。",
            [("小茹", "他从来不说。", None), ("爸爸", "好。", None)],
        ),
        (
            "1\n00:00:01,500 --> 00:00:03,000\n- Ruth: Hello\n- Tom: Hi\n\n"
            "2\n00:00:04,000 --> 00:00:05,000\nGoing\non\n",
            [("Ruth", "Hello", 1.5), ("Tom", "Hi", 1.5), ("", "Going\non", 4.0)],
        ),
    ],
)
def test_forms_of_transcripts(text: str, lines: list[tuple[str, str, float | None]]) -> None:
    found = read_transcript(text, "talk.txt")
    assert [(line.name, line.text, line.start_s) for line in found] == lines
    assert all(text[line.start : line.end] == line.text for line in found)


def test_a_transcript_is_told_from_a_letter() -> None:
    assert looks_like_transcript("Ruth: a\nTom: b\nRuth: c\nTom: d\n")
    assert not looks_like_transcript("Dear Ruth,\nthe boat is mended.\nNote: it is blue.\n")


def test_an_empty_or_wrong_transcript_is_named() -> None:
    with pytest.raises(UnreadableSource, match=r"talk\.txt holds no words"):
        read_transcript("\n\n", "talk.txt")
    with pytest.raises(UnreadableSource, match="not a transcript"):
        read_transcript('{"boat": 1}', "talk.json")


def test_clocks() -> None:
    assert (seconds("01:02:03,5"), seconds("02:03.25")) == (3723.5, 123.25)


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


def test_real_recordings_in_several_containers(shared_data: Path) -> None:
    for suffix in ("m4a", "ogg", "opus"):
        sound = probe(shared_data / "messaging-audio" / f"lj_en.{suffix}", "lj")
        assert 1 < sound.duration_s < 60 and sound.rate_hz >= 8000
    with pytest.raises(UnreadableSource):
        probe(shared_data / "messaging-audio" / "lj_en.silk", "lj")

"""Choosing stretches in which one person alone is heard, from real speech."""

from pathlib import Path

import numpy as np
import pytest

from persona.engines.voice_vectors import VoiceVectors
from persona.records import ProposalState
from persona.remember.readers import Custodian
from persona.train.voices.clips import FoundClips, find_clips
from persona.train.voices.words import Why
from tests.remember.archive import Archive
from tests.train.recordings import Spoken, Tape, chord, noise


@pytest.fixture(scope="module")
def vectors(models: Path) -> VoiceVectors:
    return VoiceVectors("dvector", models)


@pytest.fixture(scope="module")
def spoken(shared_data: Path) -> Spoken:
    return Spoken(shared_data)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def looked(archive: Archive, vectors: VoiceVectors, person: str = "henry") -> FoundClips:
    with archive.store.reader(Custodian()) as view:
        return find_clips(view, archive.workspace, person, vectors, lambda *_: None)


def whys(found: FoundClips) -> list[str]:
    return [one.why.value for one in found.left_out]


def test_his_lines_are_proposed_and_hers_are_not(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    tape = Tape()
    for (his, words), (hers, asked) in zip(
        spoken.of("vcc-TEM1", 3), spoken.of("vcc-SEF1", 3), strict=True
    ):
        tape.add("ruth", hers, asked)
        tape.add("henry", his, words)
    source = tape.keep(archive, "An interview")
    found = looked(archive, vectors)
    assert found.left_out == [] and len(found.clips) == 3
    his_lines = [line for line in tape.lines if line.speaker == "henry"]
    for clip, line in zip(found.clips, his_lines, strict=True):
        assert clip.source_id == source.id and clip.person_id == "henry"
        assert abs(clip.start_s - line.start_s) < 0.2 and abs(clip.end_s - line.end_s) < 0.2
        assert clip.text == line.text
        assert clip.score > 0.7 and clip.state is ProposalState.PROPOSED
        assert clip.quality["noise_db"] > 25 and -40 < clip.quality["loudness_lufs"] < -10


def test_what_cannot_be_used_is_left_out_with_its_reason(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    tape = Tape()
    good = [sound for sound, _ in spoken.of("vcc-TEM1", 3)]
    other = spoken.of("vcc-SEF1", 1)[0][0]
    for sound in good:
        tape.add("henry", sound, "Good.")
    tape.add("henry", good[0], "Noise.", over=lambda sound: noise(sound, db_below=0))
    tape.add("henry", np.clip(good[1] * 8, -0.6, 0.6), "Overdriven.")
    tape.add("henry", np.concatenate([good[2][:40_000], other[:32_000]]), "Two of them.")
    tape.add("henry", good[0] * 1e-5, "Nothing.")
    tape.keep(archive, "An interview")
    found = looked(archive, vectors)
    assert [clip.text for clip in found.clips] == ["Good."] * 3
    assert whys(found) == ["too_noisy", "clipped", "two_voices", "too_quiet"]


def test_music_behind_the_voice_is_heard(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    tape = Tape()
    tape.add("henry", spoken.of("vcc-TEM1", 1)[0][0], "Good.")
    clip = spoken.of("vcc-TEM1", 2)[1][0]
    tape.add("henry", clip, "Music.", over=lambda sound: chord(sound, db_below=15))
    tape.keep(archive, "An interview")
    assert whys(looked(archive, vectors)) == ["music"]


def test_another_persons_voice_is_named(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    """A clip that is put down to him and is his brother's: never silently passed as his."""
    his, davids = spoken.of("vcc-TEM1", 3), spoken.of("vcc-SEM1", 3)
    tape = Tape()
    for sound, words in his:
        tape.add("henry", sound, words)
    for sound, words in davids[:2]:
        tape.add("david", sound, words)
    tape.add("henry", davids[2][0], "It is David who speaks.")
    tape.keep(archive, "An interview")
    found = looked(archive, vectors)
    [left] = found.left_out
    assert (left.why, left.other_id) == (Why.SOMEONE_ELSE, "david")
    assert len(found.clips) == 3


def test_what_was_decided_is_not_proposed_again(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    tape = Tape()
    for sound, words in spoken.of("vcc-TEM1", 3):
        tape.add("henry", sound, words)
    tape.keep(archive, "An interview")
    first = looked(archive, vectors)
    assert archive.store.put_clips(first.clips) == 3
    archive.store.decide_clips([first.clips[0].id], ProposalState.REFUSED)
    again = looked(archive, vectors)
    assert again.clips == [] and again.decided == 3
    with archive.store.reader(Custodian()) as view:
        states = {clip.id: clip.state for clip in view.voice_clips("henry")}
    assert states[first.clips[0].id] is ProposalState.REFUSED


def test_without_any_recording_nothing_is_found(archive: Archive, vectors: VoiceVectors) -> None:
    found = looked(archive, vectors)
    assert (found.clips, found.left_out, found.seconds) == ([], [], 0.0)


def test_a_damaged_original_costs_only_its_own_clips(
    archive: Archive, vectors: VoiceVectors, spoken: Spoken
) -> None:
    [(sound, words)] = spoken.of("vcc-TEM1", 1)
    whole, broken = Tape(), Tape()
    whole.add("henry", sound, words)
    broken.add("henry", sound[: len(sound) - 400], words)
    whole.keep(archive, "One")
    source = broken.keep(archive, "Two")
    archive.workspace.original(source.sha256).write_bytes(b"RIFF")
    found = looked(archive, vectors)
    assert len(found.clips) == 1 and whys(found) == ["unreadable"]

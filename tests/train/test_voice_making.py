"""A donor is declared, whose voice it is is checked by ear, and a voice is whole or not there."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import soundfile

from persona.engines.protocols import FloatArray, VoiceSample
from persona.engines.voice_vectors import VoiceVectors
from persona.errors import ConsentError, EngineError, TrainError
from persona.records import Act, DonorKind, ProposalState, Source, VoiceClip, VoiceState
from persona.remember.readers import Custodian
from persona.train.voices.donor import donor_words
from persona.train.voices.making import MakeVoice, Voiced, make_voice
from tests.remember.archive import Archive, make_rule
from tests.remember.test_voices import agree, clip
from tests.train.recordings import RATE_HZ, Spoken, Tape, noise


@dataclass
class FileMaker:
    """A `protocols.VoiceMaker` that writes how long the clips are: real files, no model."""

    least_seconds: float = 0.0
    fails: str = ""
    name: str = "file"
    licence: str = "none"
    made_from: list[VoiceSample] = field(default_factory=list)

    def make(
        self,
        clips: Sequence[VoiceSample],
        folder: Path,
        *,
        seed: int,
        progress: Callable[[str, int, int], None],
    ) -> dict[str, float | str]:
        assert folder.is_dir() and list(folder.iterdir()) == []
        self.made_from = list(clips)
        (folder / "style.bin").write_text(f"{seed} {[clip.seconds for clip in clips]}")
        if self.fails == "half way":
            raise EngineError("The engine failed.")
        if self.fails == "a folder":
            (folder / "inside").mkdir()
        if self.fails == "nothing":
            (folder / "style.bin").unlink()
        return {"resemblance": 0.5}


class Recorded:
    """A `protocols.Voice` that says everything in one recording."""

    name, donor, sample_rate_hz = "recorded", "somebody", RATE_HZ

    def __init__(self, sound: FloatArray) -> None:
        self.sound = sound

    def speak(self, text: str, *, language: str) -> FloatArray:
        return self.sound


class HeardOnce(VoiceVectors):
    """The real vectors, computed once for each sound: the same tape is heard in every test."""

    known: ClassVar[dict[bytes, FloatArray]] = {}

    def vector(self, sound: FloatArray) -> FloatArray:
        key = hashlib.sha256(sound.tobytes()).digest()
        if key not in self.known:
            self.known[key] = super().vector(sound)
        return self.known[key]


@pytest.fixture(scope="module")
def vectors(models: Path) -> VoiceVectors:
    return HeardOnce("dvector", models)


@pytest.fixture(scope="module")
def spoken(shared_data: Path) -> Spoken:
    return Spoken(shared_data)


@pytest.fixture(scope="module")
def tone() -> Recorded:
    t = np.arange(3 * RATE_HZ) / RATE_HZ
    return Recorded((0.1 * np.sin(2 * np.pi * 220 * t)).astype(np.float32))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


class Studio:
    """An archive with a tape of Henry and David, and what is needed to make voices."""

    def __init__(
        self, archive: Archive, vectors: VoiceVectors, spoken: Spoken, voice: Recorded
    ) -> None:
        self.archive, self.vectors, self.voice = archive, vectors, voice
        tape = Tape()
        for sound, words in spoken.of("vcc-TEM1", 3):
            tape.add("henry", sound, words)
        for sound, words in spoken.of("vcc-SEM1", 3):
            tape.add("david", sound, words)
        self.tape: Source = tape.keep(archive, "An interview")
        self.clips = [clip(self.tape, one.start_s, one.end_s) for one in tape.lines[:3]]
        archive.store.put_clips(self.clips)

    def confirm(self, *clips: VoiceClip) -> None:
        ids = [one.id for one in clips or self.clips]
        self.archive.store.decide_clips(ids, ProposalState.CONFIRMED, "ruth")

    def make(self, donor: str = "henry", maker: FileMaker | None = None, **more: Any) -> Voiced:
        wanted = MakeVoice(
            donor=donor,
            audience=more.pop("audience", ("ruth", "tom")),
            maker=maker or FileMaker(),
            vectors=self.vectors,
            speak_with=lambda folder: self.voice,
            **more,
        )
        return make_voice(self.archive.store, self.archive.workspace, wanted, _still)

    def listed(self) -> list[str]:
        with self.archive.store.reader(Custodian()) as view:
            return [one.id for one in view.made_voices()]

    def folders(self) -> list[str]:
        place = self.archive.workspace.voices
        return sorted(one.name for one in place.iterdir()) if place.is_dir() else []


def _still(what: str, done: int, total: int) -> None:
    assert what and 0 <= done <= total


@pytest.fixture
def studio(archive: Archive, vectors: VoiceVectors, spoken: Spoken, tone: Recorded) -> Studio:
    return Studio(archive, vectors, spoken, tone)


def test_his_own_voice_from_confirmed_clips(studio: Studio) -> None:
    studio.confirm()
    consent = agree(studio.archive, "henry", by="ruth")
    maker = FileMaker()
    made = studio.make(maker=maker)
    voice = made.voice
    assert made.new and voice.donor is DonorKind.OWN_CLIPS and voice.consent_id == consent.id
    assert len(maker.made_from) == 3 and voice.measured["seconds"] > 9
    assert studio.listed() == [voice.id] == studio.folders()
    sample = maker.made_from[0]
    about = json.loads(sample.path.with_suffix(".json").read_bytes())
    assert about["derived_from"] == {"source": studio.tape.id, "sha256": studio.tape.sha256}
    assert "cut from" in about["activity"][0] and sample.text == studio.clips[0].text
    file = soundfile.SoundFile(sample.path)
    assert (file.samplerate, file.channels) == (24_000, 1)
    assert studio.tape.sha256 in file.comment and "derived" in file.comment
    again = studio.make()
    assert not again.new and again.voice.id == voice.id
    assert studio.make(seed=7).voice.id != voice.id
    with studio.archive.store.reader(Custodian()) as view:
        assert "not Henry Lin speaking" in donor_words(view, voice)
        assert "不是Henry Lin本人" in donor_words(view, voice, "zh")


@pytest.mark.parametrize("donor", ["henry", "ruth"])
def test_without_consent_nothing_is_even_listened_to(studio: Studio, donor: str) -> None:
    studio.confirm()
    with pytest.raises(ConsentError, match="train_voice"):
        studio.make(donor)
    assert not (studio.archive.workspace.derived / "clips").exists()


def test_too_little_speech_is_said_in_plain_words(studio: Studio) -> None:
    agree(studio.archive, "henry", by="ruth")
    with pytest.raises(TrainError, match=r"No confirmed clip of Henry Lin.*designed voice"):
        studio.make()
    source = studio.clips[0].source_id
    short = clip(studio.tape, 2, 4.5)
    studio.archive.store.put_clips([short])
    studio.confirm(short)
    with pytest.raises(TrainError, match=r"Nothing can be learnt from 2 s"):
        studio.make()
    studio.confirm()
    with pytest.raises(TrainError, match=r"file needs 600 s"):
        studio.make(maker=FileMaker(least_seconds=600.0))
    assert source == studio.tape.id and studio.listed() == []


def test_nobody_of_the_archive(studio: Studio) -> None:
    with pytest.raises(TrainError, match="nobody in this archive"):
        studio.make("grandfather")


def test_davids_voice_is_never_passed_as_his(studio: Studio, spoken: Spoken) -> None:
    """Somebody confirmed clips of David's as Henry's: refused, with David's name."""
    agree(studio.archive, "henry", by="ruth")
    tape = Tape(seed=3)
    for sound, _ in spoken.of("vcc-SEM1", 2):
        tape.add("henry", sound[: len(sound) - 800], "Said to be Henry.")
    wrong = tape.keep(studio.archive, "A box of tapes", sure=0.6)
    clips = [clip(wrong, line.start_s, line.end_s) for line in tape.lines]
    studio.archive.store.put_clips(clips)
    studio.confirm(*clips)
    with pytest.raises(ConsentError, match=r"more like David Lin than like Henry Lin"):
        studio.make()
    studio.confirm()
    with pytest.raises(ConsentError, match=r"David Lin"):
        studio.make()
    assert studio.folders() == []


def test_a_designed_voice_that_is_somebodys_is_refused(studio: Studio, spoken: Spoken) -> None:
    studio.voice = Recorded(spoken.of("vcc-SEM1", 1)[0][0])
    with pytest.raises(ConsentError, match=r"strongly like David Lin"):
        studio.make("designed")
    assert studio.listed() == [] == studio.folders()
    agree(studio.archive, "david", by="david")
    assert studio.make("designed").voice.person_id is None


def test_a_designed_voice_needs_nobody(studio: Studio) -> None:
    made = studio.make("designed").voice
    assert (made.donor, made.person_id, made.clip_ids) == (DonorKind.DESIGNED, None, [])
    other = studio.make("designed", facts=(("stock", "bm_lewis"),)).voice
    assert other.id != made.id


@pytest.mark.parametrize("fails", ["half way", "a folder", "nothing"])
def test_an_engine_that_fails_leaves_no_voice(studio: Studio, fails: str) -> None:
    studio.confirm()
    agree(studio.archive, "henry", by="ruth")
    with pytest.raises((EngineError, TrainError)):
        studio.make(maker=FileMaker(fails=fails))
    assert studio.listed() == [] == studio.folders()
    assert studio.make().new


def test_only_what_every_listener_may_hear_is_learnt_from(studio: Studio) -> None:
    studio.confirm()
    agree(studio.archive, "henry", by="ruth")
    with studio.archive.store.reader(Custodian()) as view:
        line = view.passages(studio.tape.id)[0]
    studio.archive.store.put_restrictions([make_rule(line.id, allow=["ruth"])])
    assert len(studio.make(audience=("ruth",)).voice.clip_ids) == 3
    assert len(studio.make(audience=("ruth", "tom")).voice.clip_ids) == 2
    rule = make_rule(studio.tape.id, deny=["ruth", "tom"], acts=[Act.TRAIN_VOICE.value])
    studio.archive.store.put_restrictions([rule])
    with pytest.raises(TrainError, match="No confirmed clip"):
        studio.make()


def test_a_blocked_voice_is_not_brought_back_by_making_it_again(studio: Studio) -> None:
    studio.confirm()
    agree(studio.archive, "henry", by="ruth")
    first = studio.make().voice
    studio.archive.store.block_voice(first.id, "We do not want it.")
    second = studio.make().voice
    assert second.id != first.id and second.state is VoiceState.ACTIVE


def test_a_voice_whose_files_are_gone_is_not_said_to_be_there(studio: Studio) -> None:
    made = studio.make("designed").voice
    for file in (studio.archive.workspace.voices / made.id).iterdir():
        file.unlink()
    (studio.archive.workspace.voices / made.id).rmdir()
    with pytest.raises(TrainError, match="missing"):
        studio.make("designed")


def test_a_noisy_clip_is_made_quieter_only_where_words_are_heard_as_surely(
    studio: Studio, spoken: Spoken
) -> None:
    """With a recogniser that hears less in the quieter copy, the clip stays as it was."""
    from persona.engines.protocols import HeardSegment, HeardWord, Transcript

    class Judge:
        name = "judge"

        def __init__(self, *sure: float) -> None:
            self.sure = list(sure)

        def transcribe(self, recording: Path, *, language: str | None = None) -> Transcript:
            word = HeardWord("word", 0.0, 1.0, self.sure.pop(0))
            return Transcript("en", 1.0, (HeardSegment("word", 0.0, 1.0, (word,)),), "judge")

    from persona.train.voices.samples import cut_samples

    tape = Tape(seed=9)
    sound = spoken.of("vcc-TEM1", 1)[0][0]
    line = tape.add("henry", sound, over=lambda whole: noise(whole, db_below=15))
    source = tape.keep(studio.archive, "A noisy tape")
    one = clip(source, line.start_s, line.end_s)
    one.quality = {"noise_db": 14.0}
    place = studio.archive.workspace.derived / "clips" / f"{one.id}.json"

    def activity(*sure: float) -> list[str]:
        place.unlink(missing_ok=True)
        cut_samples(studio.archive.workspace, [(one, source)], Judge(*sure))
        return list(json.loads(place.read_bytes())["activity"])

    assert not any("less noise" in what for what in activity(0.9, 0.7))
    assert any("less noise" in what for what in activity(0.7, 0.9))
    one.quality = {"noise_db": 45.0}
    assert not any("less noise" in what for what in activity())

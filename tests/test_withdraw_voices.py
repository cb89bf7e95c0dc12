"""Taking back reaches the voice: clips, the voices made of them, their files, the versions."""

import json
from pathlib import Path
from typing import Any

import pytest

from persona.atomic import folder_sha256
from persona.keeper.verify import verify_archive
from persona.keeper.withdraw import plan_withdrawal, withdraw
from persona.progress import Report
from persona.records import (
    Act,
    Consent,
    DonorKind,
    MadeVoice,
    ProposalState,
    VersionState,
    VoiceState,
    content_id,
)
from persona.remember.readers import Custodian, Relative
from tests.converse.conftest import Silent
from tests.remember.archive import NOW, Archive, make_consent, make_memory, make_version
from tests.remember.test_voices import clip, recording
from tests.test_withdraw import keep

WORDS = "I built the blue boat behind the pump house in the summer of the great drought."


class Voiced(Archive):
    """Two tapes, a clip of Henry's and one of Ruth's on the first, and a voice of each kind."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.tape, self.lines = recording(self, "A tape")
        self.other, _ = recording(self, "Another tape")
        keep(self, self.tape, f"sound of {WORDS}")
        keep(self, self.other, "other sound")
        self.his, self.hers = clip(self.tape, 1, 6), clip(self.tape, 11, 16, "ruth")
        self.also_his = clip(self.other, 21, 27)
        self.his.text = WORDS
        clips = [self.his, self.hers, self.also_his]
        self.store.put_clips(clips)
        self.store.decide_clips([one.id for one in clips], ProposalState.CONFIRMED)
        self.first = self.voice("henry", [self.his, self.also_his])
        self.second = self.voice("henry", [self.also_his])
        self.lent = self.voice("ruth", [self.hers])
        self.designed = self.voice(None, [])
        (self.workspace.derived / "clips").mkdir()
        (self.workspace.derived / "clips" / f"{self.his.id}.json").write_text(WORDS)

    def voice(self, person: str | None, clips: list[Any]) -> str:
        consent = None if person is None else self._agreed(person)
        kinds = {None: DonorKind.DESIGNED, "henry": DonorKind.OWN_CLIPS}
        ids = [one.id for one in clips]
        made_id = content_id("voi", person, ids)
        folder = self.workspace.voices / made_id
        folder.mkdir(parents=True)
        texts = " ".join(one.text for one in clips)
        (folder / "style.bin").write_text(f"a voice made from {texts} {person}")
        self.store.put_voice(
            MadeVoice(
                id=made_id,
                donor=kinds.get(person, DonorKind.RELATIVE),
                person_id=person,
                engine="kokoro",
                clip_ids=ids,
                consent_id=consent.id if consent else None,
                files_sha256=folder_sha256(folder),
                measured={"resemblance": 0.7},
                created_at=NOW,
            )
        )
        return made_id

    def _agreed(self, person: str) -> Consent:
        entry = make_consent(person, Act.TRAIN_VOICE)
        entry.given_by = "ruth"
        self.store.put_consents([entry])
        return entry

    def version_with(self, voice_id: str) -> Path:
        folder = self.workspace.versions / "ver_1"
        (folder / "voice").mkdir(parents=True)
        (folder / "voice" / "style.bin").hardlink_to(self.workspace.voices / voice_id / "style.bin")
        (folder / "memories.txt").write_text("")
        manifest = {
            "example_sources": {},
            "portrait_source_id": None,
            "voice": {"name": "kokoro", "voice_id": voice_id},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        self.store.add_version(make_version())
        return folder

    def states(self) -> dict[str, VoiceState]:
        with self.store.reader(Custodian()) as view:
            return {one.id: one.state for one in view.made_voices()}

    def clip_ids(self) -> set[str]:
        with self.store.reader(Custodian()) as view:
            return {one.id for one in view.voice_clips()}

    def folders(self) -> set[str]:
        return {one.name for one in self.workspace.voices.iterdir()}


@pytest.fixture
def voiced(tmp_path: Path) -> Voiced:
    made = Voiced(tmp_path)
    made.store.close()
    return made


def quiet() -> Report:
    return Silent()


def test_a_recording_that_is_taken_back_takes_its_voices_along(voiced: Voiced) -> None:
    folder = voiced.version_with(voiced.first)
    plan = plan_withdrawal(voiced.workspace, "source", voiced.tape.id)
    assert "2 stretches of recordings chosen for a voice go, and 2 voices" in str(plan.sentences())
    assert plan.blocked == ("ver_1",)
    done = withdraw(voiced.workspace, "source", voiced.tape.id, "ruth", report=quiet())
    assert done.verified, done.unreachable
    assert voiced.clip_ids() == {voiced.also_his.id}
    assert voiced.states() == {
        voiced.first: VoiceState.BLOCKED,
        voiced.lent: VoiceState.BLOCKED,
        voiced.second: VoiceState.ACTIVE,
        voiced.designed: VoiceState.ACTIVE,
    }
    assert voiced.folders() == {voiced.second, voiced.designed}
    assert not (folder / "voice").exists() and (folder / "manifest.json").is_file()
    with voiced.store.reader(Custodian()) as view:
        [version] = view.versions()
        assert version.state is VersionState.BLOCKED
        blocked = view.made_voice(voiced.first)
        assert blocked.measured == {} and "taken back" in blocked.state_reason
    with voiced.store.reader(Relative("tom")) as view:
        assert {one.id for one in view.made_voices()} == {voiced.second, voiced.designed}
    assert done.erased["voiceclip"] == 2
    assert (done.erased["voices"], done.erased["voice_files"]) == (2, 2)
    page = (voiced.workspace.root / "receipts" / f"{done.id}.html").read_text(encoding="utf-8")
    assert "voices whose files were erased" in page and "pump house" not in page


def test_a_person_takes_back_their_voice_wherever_it_was_heard(voiced: Voiced) -> None:
    """Ruth's clips go although the tape, on which Henry speaks too, stays."""
    done = withdraw(voiced.workspace, "narrator", "ruth", "ruth", report=quiet())
    assert done.erased["voices"] == 1
    assert voiced.hers.id not in voiced.clip_ids()
    assert voiced.lent not in voiced.folders()
    with voiced.store.reader(Custodian()) as view:
        assert view.made_voice(voiced.lent).state is VoiceState.BLOCKED
        assert not view.may_open(voiced.tape.id), "her words are still on it"
        assert view.made_voice(voiced.first).state is VoiceState.ACTIVE
    assert voiced.clip_ids() == {voiced.his.id, voiced.also_his.id}


def test_a_memory_that_is_taken_back_is_heard_in_no_clip(voiced: Voiced) -> None:
    memory, citation = make_memory(voiced.lines[0], "built the boat")
    voiced.store.add_memories([memory], [citation])
    withdraw(voiced.workspace, "memory", memory.id, "custodian", report=quiet())
    assert voiced.his.id not in voiced.clip_ids()
    assert voiced.states()[voiced.first] is VoiceState.BLOCKED
    assert voiced.states()[voiced.second] is VoiceState.ACTIVE


def test_the_rest_is_whole_afterwards_and_tampering_is_seen(voiced: Voiced) -> None:
    withdraw(voiced.workspace, "source", voiced.tape.id, "ruth", report=quiet())
    voices = voiced.workspace.voices

    def faults() -> list[str]:
        return [f for f in verify_archive(voiced.workspace, quiet()).faults if "voi" in f]

    assert faults() == []
    style = voices / voiced.second / "style.bin"
    style.write_text("another voice")
    assert any(voiced.second in fault and "changed" in fault for fault in faults())
    style.unlink()
    (voices / voiced.second).rmdir()
    assert any(voiced.second in fault and "missing" in fault for fault in faults())
    (voices / voiced.first).mkdir()
    (voices / "voi_stray").mkdir()
    found = " ".join(faults())
    assert f"voices/{voiced.first} was taken back and lies here" in found
    assert "voices/voi_stray is listed nowhere" in found


def test_files_that_were_left_by_a_killed_withdrawal_go_with_the_next_try(voiced: Voiced) -> None:
    """The rows are gone, the process is killed, the note is lost: the record still says which."""
    from persona.keeper.withdraw import finish_withdrawals

    class Killed(Exception):
        pass

    class Killer(Silent):
        def line(self, text: str) -> None:
            if text.startswith("2 of 3"):
                raise Killed

    with pytest.raises(Killed):
        withdraw(voiced.workspace, "source", voiced.tape.id, "ruth", report=Killer())
    assert voiced.first in voiced.folders()
    for note in (voiced.workspace.root / "receipts").glob(".wdr_*"):
        note.unlink()
    [done] = finish_withdrawals(voiced.workspace, quiet())
    assert voiced.folders() == {voiced.second, voiced.designed}
    assert done.erased["voice_files"] == 2 and not done.verified

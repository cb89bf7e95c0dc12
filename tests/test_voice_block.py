"""A voice that nobody shall hear: what ends is said before, and every way to hear it is closed."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona import opening, steps
from persona.engines.deterministic import ToneVoice
from persona.errors import ConsentError, StoreError, TrainError, VersionError
from persona.keeper import listening, voice_block
from persona.keeper.generations import shelf
from persona.records import Act, ConsentState, DonorKind, ProposalState, Version, VersionState
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from persona.remember.store import Store
from persona.train.voices.declared import chosen_voice
from persona.voicing import hear
from persona.workspace import Workspace
from tests.command import Run
from tests.remember.archive import NOW, Archive, make_rule
from tests.remember.test_voices import agree, confirmed, voice
from tests.screens.family import add_designed_voice, add_version, make_family
from tests.test_withdraw_voices import Voiced, quiet

QUESTION = "What about the blue kite?"


@pytest.fixture
def family(tmp_path: Path) -> Workspace:
    """Return an archive with two versions; the second speaks with a voice that was made."""
    made = make_family(tmp_path)
    with Store.open(made) as store:
        add_version(made, store, None, 2, "second", add_designed_voice(made, store, "voi_warm"))
    return made


@pytest.fixture
def store(family: Workspace) -> Iterator[Store]:
    with Store.open(family) as opened:
        yield opened


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Return an archive without a version."""
    made = Archive(tmp_path)
    yield made
    made.store.close()


def second(store: Store) -> Version:
    return store.reader(Custodian()).versions()[1]


def may_hear(family: Workspace, store: Store, reader: Reader) -> bool:
    with store.reader(reader) as view:
        return opening.may_hear_its_voice(family, second(store), view)


# What is said before, and done


def test_what_ends_is_said_before_anything_is_done(family: Workspace, store: Store) -> None:
    ending = voice_block.what_ends(family, "voi_warm")
    assert [version.number for version in ending.versions] == [2]
    said = " ".join(ending.sentences())
    assert "Version 2 speaks with it and can still be talked with" in said
    assert "Nothing is deleted" in said and "persona voice unblock voi_warm" in said
    assert may_hear(family, store, Stranger()), "nothing has been done"
    store.set_version_state(second(store).id, VersionState.RETIRED, "")
    assert (
        "No version that can be talked with"
        in voice_block.what_ends(family, "voi_warm").sentences()[1]
    )


def test_nobody_hears_it_and_it_can_be_taken_back(family: Workspace, store: Store) -> None:
    folder = family.voices / "voi_warm"
    before = sorted(path.name for path in folder.iterdir())
    voice_block.block_voice(family, "voi_warm", " It frightened Mei. ", by="ruth")
    for reader in (Stranger(), Relative("ruth"), Custodian()):
        assert not may_hear(family, store, reader)
    assert sorted(path.name for path in folder.iterdir()) == before
    with store.reader(Custodian()) as view:
        assert view.made_voice("voi_warm").state_reason == "It frightened Mei."
        last = view.audit_events()[-1]
        assert (last.actor, last.action, last.target_id) == ("ruth", "voice.block", "voi_warm")
        assert "Mei" not in json.dumps(last.counts)
    voice_block.unblock_voice(family, "voi_warm")
    assert may_hear(family, store, Stranger())
    with store.reader(Custodian()) as view:
        last = view.audit_events()[-1]
        assert (last.actor, last.action) == ("custodian", "voice.unblock")


@pytest.mark.parametrize(
    ("voice_id", "reason", "by", "words"),
    [
        ("voi_never", "why", "custodian", "There is no voice voi_never"),
        ("voi_warm", "  ", "custodian", "in a sentence why"),
        ("voi_warm", "why", "nobody", "nobody who can say so"),
        ("voi_warm", "why", "henry", "nobody who can say so"),
    ],
)
def test_what_cannot_be_blocked_is_not(
    family: Workspace, store: Store, voice_id: str, reason: str, by: str, words: str
) -> None:
    with pytest.raises(StoreError, match=words):
        voice_block.block_voice(family, voice_id, reason, by=by)
    assert may_hear(family, store, Stranger())


def test_what_is_not_blocked_is_not_brought_back(family: Workspace) -> None:
    with pytest.raises(StoreError, match="already"):
        voice_block.unblock_voice(family, "voi_warm")
    voice_block.block_voice(family, "voi_warm", "why")
    with pytest.raises(StoreError, match="already"):
        voice_block.what_ends(family, "voi_warm")
    (family.voices / "voi_warm").rename(family.voices / "elsewhere")
    with pytest.raises(StoreError, match="files of the voice voi_warm are gone"):
        voice_block.unblock_voice(family, "voi_warm")


# Every way to hear it


def test_a_version_whose_voice_is_blocked_is_read_by_a_plain_one(
    family: Workspace, store: Store
) -> None:
    """The settings of this version say `tone`: what was made for it is not opened at all."""
    voice_block.block_voice(family, "voi_warm", "why")
    plain = opening.open_voice_of_version(family, second(store), own=False)
    assert plain is not None and plain.name == "tone"


def test_the_command_line_reads_aloud_with_the_plain_voice(
    family: Workspace, run: Run, models: Path
) -> None:
    voice_block.block_voice(family, "voi_warm", "why")
    chat = ("chat", "--as", "ruth", "--ask", QUESTION, "--speak", "-w", family.root)
    said = run(*chat)
    assert said.code == 0
    assert "a plain one speaks in its place" in said.err
    [sound] = family.conversations.glob("*.json")
    assert json.loads(sound.read_bytes())["voice"] == "tone"


def test_an_answer_that_it_spoke_before_is_not_played_again(
    family: Workspace, store: Store, models: Path
) -> None:
    """The file lies there, spoken by another voice: it is spoken anew."""

    class Warm(ToneVoice):
        name = "kokoro made of nobody"

    talk = steps.start_talk(family, store, listener_id="ruth", version="2")
    assert list(talk.ask(QUESTION))
    assert talk.last_turn_id is not None
    first = steps.speak_turn(family, store, talk.last_turn_id, Warm(), Relative("ruth"))
    before = first.read_bytes()
    again = steps.speak_turn(family, store, talk.last_turn_id, Warm(), Relative("ruth"))
    assert again.read_bytes() == before, "it is kept while it may be heard"
    after = steps.speak_turn(family, store, talk.last_turn_id, ToneVoice(), Relative("ruth"))
    assert after == first
    assert json.loads(after.with_suffix(".json").read_bytes())["voice"] == "tone"


def test_nothing_is_made_compared_or_tried_with_it(family: Workspace, store: Store) -> None:
    kept = family.derived / "listening" / "lst_1.wav"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"its sound")
    kept.with_suffix(".json").write_text(json.dumps({"voice": "voi_warm"}))
    other = kept.with_name("lst_2.json")
    other.write_text(json.dumps({"voice": "voi_other"}))
    voice_block.block_voice(family, "voi_warm", "It frightened Mei.")
    assert not kept.exists() and other.exists()
    with store.reader(Custodian()) as view:
        with pytest.raises(VersionError, match="It frightened Mei"):
            chosen_voice(family, family.root, view, "voi_warm", lambda _: None)
        with pytest.raises(Exception, match="nothing to compare"):
            listening.draw(family, store, view, None, "en", random.Random(0))
    with pytest.raises(TrainError, match="It frightened Mei"):
        hear(family, "voi_warm", "Hello.", family.root / "out.wav")


def test_who_may_not_hear_what_it_is_made_of_hears_a_plain_voice(archive: Archive) -> None:
    """A version may be talked with by more people than its voice was made for."""
    from persona.train.voices.declared import is_heard

    clips = confirmed(archive)
    made = voice(clips, agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    archive.store.put_restrictions([make_rule(clips[0].source_id, allow=["ruth"])])
    declared = {"name": "kokoro", "voice_id": made.id}
    heard = {}
    for who in (Relative("ruth"), Relative("tom"), Stranger(), Custodian()):
        with archive.store.reader(who) as view:
            heard[who] = is_heard(view, declared)
            assert is_heard(view, {"name": "kokoro"}), "an engine's own voice is everybody's"
    assert list(heard.values()) == [True, False, False, True]


# A voice that ended is met where it matters


def test_the_keeper_reads_what_to_do(family: Workspace, run: Run) -> None:
    where = ("-w", family.root)
    assert shelf(family).unheard == {}
    assert "plain voice" not in run("versions", *where).out
    asked = run("voice", "block", "voi_warm", "--yes", "--reason", "It frightened Mei.", *where)
    assert "Nobody hears voi_warm any more." in asked.out and "Version 2 speaks" in asked.out
    assert [one.id for one in shelf(family).unheard.values()] == ["voi_warm"]
    for command in (("versions",), ("voice", "list"), ("doctor",)):
        said = run(*command, *where).out
        assert "It frightened Mei. To take that back: persona voice unblock voi_warm" in said
    assert "Version 2 is read aloud by a plain voice" in run("doctor", *where).out
    refused = run("train", "--voice", "voi_warm", *where)
    assert refused.code == 1 and "It frightened Mei" in refused.sentence
    assert run("voice", "block", "voi_warm", "--yes", *where).code == 1
    back = run("voice", "unblock", "voi_warm", *where)
    assert back.code == 0 and "may be heard again" in back.out
    assert "plain voice" not in run("versions", *where).out


def test_where_consent_is_over_it_is_said_how_it_comes_back(archive: Archive) -> None:
    made = voice(confirmed(archive), agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    agree(archive, "henry", by="ruth", state=ConsentState.WITHDRAWN, at=NOW.replace(hour=12))
    with archive.store.reader(Custodian()) as view:
        why = voice_block.why_unheard(view.made_voice(made.id))
    assert "persona consent henry train_voice --by WHO" in why and "persona train" in why
    with pytest.raises(ConsentError, match="Nobody has agreed"):
        archive.store.unblock_voice(made.id)


def test_a_clip_that_was_refused_since_keeps_it_silent(archive: Archive) -> None:
    clips = confirmed(archive)
    made = voice(clips, agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    archive.store.block_voice(made.id, "why")
    archive.store.decide_clips([clips[0].id], ProposalState.REFUSED)
    with pytest.raises(StoreError, match="Make it anew: persona voice make --donor henry"):
        archive.store.unblock_voice(made.id)
    archive.store.decide_clips([clips[0].id], ProposalState.CONFIRMED)
    archive.store.unblock_voice(made.id)
    with archive.store.reader(Custodian()) as view:
        assert [one.id for one in view.usable_voices()] == [made.id]


def test_a_clip_that_was_refused_after_it_was_used_is_told(archive: Archive, run: Run) -> None:
    """It may have been somebody else: a voice that is partly another's is not passed over."""
    clips = confirmed(archive)
    made = voice(clips, agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    listed = ("voice", "list", "-w", archive.workspace.root)
    assert "refused" not in run(*listed).out
    archive.store.decide_clips([clips[0].id], ProposalState.REFUSED)
    said = run(*listed).out
    assert "1 of its clips were refused since" in said
    assert "persona voice make --donor henry" in said and f"persona voice block {made.id}" in said


def test_what_a_withdrawal_ended_never_comes_back(tmp_path: Path) -> None:
    from persona.keeper.withdraw import withdraw

    voiced = Voiced(tmp_path)
    voiced.store.close()
    withdraw(voiced.workspace, "source", voiced.tape.id, "ruth", report=quiet())
    with Store.open(voiced.workspace) as store:
        with store.reader(Custodian()) as view:
            made = view.made_voice(voiced.first)
        assert voice_block.taken_back(made)
        assert "cannot be heard again" in voice_block.why_unheard(made)
        with pytest.raises(StoreError, match="taken back or refused"):
            store.unblock_voice(voiced.first)
    with pytest.raises(StoreError, match="are gone"):
        voice_block.unblock_voice(voiced.workspace, voiced.first)


def test_a_designed_voice_needs_nobody_to_come_back(archive: Archive) -> None:
    made = voice([], None, donor=DonorKind.DESIGNED, person_id=None)
    archive.store.put_voice(made)
    archive.store.block_voice(made.id, "why")
    archive.store.unblock_voice(made.id)
    with archive.store.reader(Stranger()) as view:
        assert [one.id for one in view.usable_voices()] == [made.id]


def test_a_consent_that_could_never_count_does_not_end_one_that_does(archive: Archive) -> None:
    from persona.keeper.custody import record_consent

    made = voice(confirmed(archive), agree(archive, "henry", by="ruth"))
    archive.store.put_voice(made)
    with pytest.raises(ConsentError, match="not given by somebody who may"):
        record_consent(archive.workspace, "henry", Act.TRAIN_VOICE.value, "henry")
    with archive.store.reader(Stranger()) as view:
        assert [one.id for one in view.usable_voices()] == [made.id]

"""Withdrawal as it is asked for: planned, done, killed half-way, and handed in again."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from persona import MADE_BY
from persona.errors import StoreError
from persona.keeper.withdraw import finish_withdrawals, may_return, plan_withdrawal, withdraw
from persona.records import (
    Act,
    Conflict,
    ConflictMember,
    ConsentState,
    Judged,
    Judgement,
    Standing,
)
from persona.remember.readers import Custodian, Relative
from persona.remember.writing import insert_new
from tests.converse.conftest import Silent
from tests.remember.archive import (
    NOW,
    Archive,
    make_memory,
    make_version,
)
from tests.told import CANARY, OTHER, Told, bytes_with, keep


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Archive(tmp_path_factory.mktemp("template"))
    made.store.close()
    return made.workspace.database


@pytest.fixture
def told(tmp_path: Path, template: Path) -> Told:
    made = Told(tmp_path, template)
    made.store.close()
    return made


def test_a_plan_writes_nothing_and_says_what_will_go(told: Told) -> None:
    told.version_of(told.canary.id, learnt_from=told.letter.id)
    before = {path: path.read_bytes() for path in told.workspace.root.rglob("*") if path.is_file()}
    plan = plan_withdrawal(told.workspace, "source", told.letter.id)
    after = {path: path.read_bytes() for path in told.workspace.root.rglob("*") if path.is_file()}
    assert {k: v for k, v in after.items() if "sqlite-" not in k.name} == {
        k: v for k, v in before.items() if "sqlite-" not in k.name
    }
    assert (plan.blocked, plan.learnt) == (("ver_1",), ("ver_1",))
    assert "2 memories, 2 passages and 1 sources go, with 1 original files" in plan.sentences()[0]
    assert not any(CANARY[:20] in sentence for sentence in plan.sentences())


def test_a_source_is_taken_back_with_everything(told: Told) -> None:
    folder = told.version_of(told.oranges.id, learnt_from=told.letter.id)
    done = withdraw(told.workspace, "source", told.letter.id, "ruth", report=Silent())
    assert done.verified and done.finished_at
    assert bytes_with(told.workspace, CANARY[:24]) == []
    assert bytes_with(told.workspace, OTHER[:24]) == []
    assert not (folder / "adapter").exists() and (folder / "manifest.json").is_file()
    assert not told.workspace.original(told.letter.sha256).exists()
    assert told.workspace.original(told.chat.sha256).exists()
    assert list(told.workspace.conversations.iterdir()) == []
    with told.store.reader(Custodian()) as view:
        assert [source.id for source in view.sources()] == [told.chat.id]
        [version] = view.versions()
        assert version.state.value == "blocked" and "taken back" in version.state_reason
        assert view.audit_events()[-1].action == "withdrawal.finish"


def test_what_the_persona_repeated_is_erased_and_keeps_its_standing(told: Told) -> None:
    withdraw(told.workspace, "memory", told.canary.id, "custodian", report=Silent())
    with told.store.reader(Custodian()) as view:
        [turn] = view.turns("con_tom_1")
        first, second, third = view.sentences(turn.id)
        assert "taken back" in first.text and first.standing is Standing.TOLD
        assert "taken back" in second.text, "a guess for which the words were at hand"
        assert third.text == "Good night."
        assert turn.text.endswith("Good night.") and "heron" not in turn.text
        assert (turn.prompt, turn.audio_path) == ("", "")
        assert view.open_questions() == []


def test_a_memory_is_taken_back_and_the_rest_of_the_letter_stays(told: Told) -> None:
    done = withdraw(told.workspace, "memory", told.canary.id, "custodian", report=Silent())
    kept = told.workspace.original(told.letter.sha256)
    name = kept.relative_to(told.workspace.root).as_posix()
    assert bytes_with(told.workspace, CANARY[:24]) == [name]
    assert done.verified, "it is in the original alone, and the receipt names that"
    assert any(name in sentence for sentence in done.unreachable)
    with told.store.reader(Relative("tom")) as view:
        assert view.memory(told.oranges.id)
        assert view.passage(told.second.id).text == OTHER
        assert view.passage(told.first.id).text == " " * len(CANARY)
        assert not view.may_open(told.letter.id)
        assert view.may_open(told.chat.id)
    again = withdraw(
        told.workspace, "source", told.letter.id, "custodian", report=Silent(), also_shared=True
    )
    assert again.verified and not kept.exists()


def test_edited_forms_and_longer_quotations_of_a_memory_go_too(told: Told) -> None:
    longer, citation = make_memory(told.first, CANARY[4:40])
    longer.statement = "He had a bird up there."
    edited, second = make_memory(told.second, OTHER[:30], previous_id=told.canary.id)
    told.store.add_memories([longer, edited], [citation, second])
    plan = plan_withdrawal(told.workspace, "memory", told.canary.id)
    # the edited form quotes words of the second passage: they are blanked, and the memory that
    # stands on the same words goes
    gone = {told.canary.id, longer.id, edited.id, told.oranges.id}
    assert set(plan.reach.memories) == gone


def test_a_narrator_takes_everything_back(told: Told) -> None:
    done = withdraw(told.workspace, "narrator", "ruth", "ruth", "my reasons", report=Silent())
    chat = told.workspace.original(told.chat.sha256)
    assert chat.is_file(), "Tom's words stand in it too"
    assert bytes_with(told.workspace, told.hers.text[:24]) == [
        chat.relative_to(told.workspace.root).as_posix()
    ]
    assert done.verified
    with told.store.reader(Relative("tom")) as view:
        assert [p.id for p in view.passages()] == [told.his.id]
        assert not view.may_open(told.chat.id)
        assert {m.narrator_id for m in view.memories()} == {"tom"}
        assert not view.may(Act.KEEP, "ruth")
        assert view.person("ruth").name == "Ruth Lin"
    with told.store.reader(Custodian()) as view:
        ended = {c.act for c in view.consents() if c.state is ConsentState.WITHDRAWN}
        assert ended == set(Act)


def test_shared_originals_go_when_that_is_asked_for(told: Told) -> None:
    plan = plan_withdrawal(told.workspace, "narrator", "ruth", also_shared=True)
    assert plan.others == 1
    done = withdraw(told.workspace, "narrator", "ruth", "ruth", report=Silent(), also_shared=True)
    assert done.verified
    assert bytes_with(told.workspace, told.hers.text[:24]) == []
    assert list(told.workspace.originals.rglob("*")) == []


def test_words_that_somebody_else_told_too_are_no_false_alarm(told: Told) -> None:
    source, _, memory = told.tell("Tom's letter", CANARY, narrator="tom")
    keep(told, source, CANARY)
    done = withdraw(told.workspace, "source", told.letter.id, "ruth", report=Silent())
    assert done.verified
    assert any(source.id in sentence for sentence in done.unreachable)
    with told.store.reader(Relative("ruth")) as view:
        assert view.memory(memory.id).quote == CANARY


def test_a_copy_that_was_left_is_found_and_named(told: Told) -> None:
    exports = told.workspace.root / "exports"
    exports.mkdir()
    (exports / "film.otio").write_bytes(CANARY.encode("utf-16-le"))
    done = withdraw(told.workspace, "source", told.letter.id, "ruth", report=Silent())
    assert not done.verified
    assert any("exports/film.otio" in sentence for sentence in done.unreachable)


def test_the_receipt_says_all_and_holds_no_word(told: Told) -> None:
    done = withdraw(told.workspace, "narrator", "ruth", "ruth", report=Silent())
    page = (told.workspace.root / "receipts" / f"{done.id}.html").read_text(encoding="utf-8")
    data = json.loads((told.workspace.root / "receipts" / f"{done.id}.json").read_text())
    assert MADE_BY in page and data["made_by"] == MADE_BY, "known when it is handed in"
    assert data["verified"] is True and data["scan"]["pieces"] > 10 and data["audit_hash"]
    for wanted in ("What is gone", "What could not be reached", "Backups", "con_tom_1"):
        assert wanted in page
    for word in ("heron", "sardines", "tram"):
        assert word not in page and word not in json.dumps(data)
    assert sorted(p.suffix for p in (told.workspace.root / "receipts").iterdir()) == [
        ".html", ".json"
    ]  # fmt: skip


def test_a_withdrawn_file_comes_back_only_on_purpose(told: Told) -> None:
    withdraw(told.workspace, "source", told.letter.id, "ruth", report=Silent())
    with pytest.raises(StoreError, match=r"taken back.*may-return"):
        told.store.refuse_file(told.letter.sha256)
    told.store.refuse_file(told.chat.sha256)
    may_return(told.workspace, told.letter.sha256, "ruth")
    told.store.refuse_file(told.letter.sha256)
    for sha256 in (told.letter.sha256, "f" * 64):
        with pytest.raises(StoreError, match="taken back"):
            may_return(told.workspace, sha256, "ruth")


@pytest.mark.parametrize(
    ("scope", "target", "asked_by"),
    [("memory", "mem_never", "ruth"), ("narrator", "nobody", "ruth"), ("source", "", "ruth"),
     ("narrator", "ruth", "nobody")],
)  # fmt: skip
def test_what_is_not_there_cannot_be_taken_back(
    told: Told, scope: str, target: str, asked_by: str
) -> None:
    with pytest.raises(StoreError):
        withdraw(told.workspace, scope, target, asked_by, report=Silent())
    with told.store.reader(Custodian()) as view:
        assert view.withdrawals() == []


def test_nobody_else_learns_that_something_was_taken_back(told: Told) -> None:
    withdraw(told.workspace, "source", told.letter.id, "ruth", report=Silent())
    with told.store.reader(Relative("tom")) as view:
        assert view.withdrawals() == [] and view.spoken_answers() == []


def test_a_conflict_of_one_is_none(told: Told) -> None:
    with told.store._writing() as connection:
        insert_new(connection, [Conflict(id="c1", kind="two_accounts", about=CANARY)])
        rows = [{"conflict_id": "c1", "memory_id": m.id} for m in (told.canary, told.oranges)]
        connection.execute(ConflictMember.__table__.insert(), rows)
    withdraw(told.workspace, "memory", told.canary.id, "custodian", report=Silent())
    with told.store.reader(Custodian()) as view:
        assert view.conflicts() == []


KILLED = """
import os, signal, sys
from pathlib import Path
import persona.keeper.withdraw as w
from persona.workspace import open_workspace

class Killer:
    def line(self, text):
        if text.startswith(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
    def progress(self, what, done, total):
        pass

if sys.argv[3] == "receipt":
    w.receipt.write_receipt = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "originals":
    w.erasure.erase_originals = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
w.withdraw(open_workspace(Path(sys.argv[1])), "narrator", sys.argv[2], "ruth", report=Killer())
"""


@pytest.mark.parametrize("when", ["1 of 3", "2 of 3", "originals", "3 of 3", "receipt"])
def test_killed_at_any_point_it_goes_on(told: Told, when: str) -> None:
    repository = Path(__file__).resolve().parents[1]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(told.workspace.root), "ruth", when],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        check=False,
        capture_output=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    finished = finish_withdrawals(told.workspace, Silent())
    if when == "1 of 3":
        assert finished == []
        with told.store.reader(Custodian()) as view:
            assert view.memory(told.canary.id) and view.withdrawals() == []
        withdraw(told.workspace, "narrator", "ruth", "ruth", report=Silent())
    with told.store.reader(Custodian()) as view:
        [record] = view.withdrawals()
    assert record.finished_at
    assert record.verified
    assert bytes_with(told.workspace, CANARY[:24]) == []
    assert not list((told.workspace.root / "receipts").glob(".*"))
    assert (told.workspace.root / "receipts" / f"{record.id}.html").is_file()


def vote(told: Told, listener: str, question: str) -> None:
    version = make_version()
    version.id, version.number = "ver_2", 2
    told.store.add_version(version)
    told.store.put_judgement(
        Judgement(
            id=f"jud_{listener}", judged=Judged.ANSWERS, listener_id=listener, first_id="ver_1",
            second_id="ver_2", question=question, credible_first=1, credible_second=5, at=NOW,
        )
    )  # fmt: skip


def test_votes_go_with_whoever_takes_everything_back(told: Told) -> None:
    vote(told, "ruth", "What about the boat?")
    vote(told, "tom", f"Is it true? {CANARY}")
    done = withdraw(told.workspace, "narrator", "ruth", "ruth", report=Silent())
    assert done.verified, done.unreachable
    assert done.erased["judgement"] == 2
    with told.store.reader(Custodian()) as view:
        assert len(view.judgements()) == 1
    with told.store.reader(Relative("tom")) as view:
        [kept] = view.judgements()
        assert (kept.question, kept.credible_second) == ("", 5), "the vote stays, the words go"
    assert bytes_with(told.workspace, CANARY) == []

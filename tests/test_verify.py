"""`persona verify`: an archive made by the steps is whole, and every way of tampering is seen."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from persona import steps
from persona.engines.deterministic import ToneVoice
from persona.export.marking_verdict import FileKind
from persona.keeper.verify import verify_archive, verify_file
from persona.keeper.withdraw import withdraw
from persona.remember.readers import Custodian, Relative
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import Silent
from tests.converse.raw_family import write_raw_family
from tests.laws.raw_path import remembered, talk_to, trained
from tests.train.material import make_tiny_base


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return an archive with a trained version, vectors, a talk and a spoken answer."""
    parent = tmp_path_factory.mktemp("verify")
    raw = write_raw_family(parent / "raw")
    shutil.copy(Path("persona/demo_family/photos/quay.jpg").resolve(), raw / "quay.jpg")
    made = remembered(parent, raw, make_tiny_base(tmp_path_factory.mktemp("base")))
    trained(made)
    with steps.open_store(made) as store:
        talk = talk_to(made, store, "nell")
        list(talk.ask("Who was stung when the bees swarmed?"))
        assert talk.last_turn_id
        steps.speak_turn(made, store, talk.last_turn_id, ToneVoice(), Relative("nell"))
        talk.end()
        list(talk_to(made, store, "jack").ask("bees?"))
    return made


@pytest.fixture
def copied(whole: Workspace, tmp_path: Path) -> Workspace:
    root = tmp_path / "copy"
    shutil.copytree(whole.root, root)
    return open_workspace(root)


def faults(workspace: Workspace) -> list[str]:
    return verify_archive(workspace, Silent()).faults


def test_an_archive_made_by_the_steps_is_whole(whole: Workspace) -> None:
    result = verify_archive(whole, Silent())
    assert result.ok, result.faults
    said = " ".join(result.sentences())
    for wanted in ("5 original files", "passages found word for word", "1 versions", "1 spoken"):
        assert wanted in said, said


def change(path: Path, data: bytes | None = None) -> None:
    path.chmod(0o644)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if data is None else data)


def an_original(workspace: Workspace) -> Path:
    return next(p for p in sorted(workspace.originals.rglob("*")) if p.is_file())


def sql(workspace: Workspace, *statements: str) -> None:
    with sqlite3.connect(workspace.database) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def a_sound(workspace: Workspace) -> Path:
    return next(workspace.conversations.glob("*.wav"))


def a_version(workspace: Workspace) -> Path:
    return next(workspace.versions.glob("ver_*"))


def stale_vector(workspace: Workspace) -> None:
    path = next(workspace.derived.glob("vectors-*.npz"))
    with path.open("rb") as file, np.load(file) as held:
        columns = dict(held)
    columns["ids"] = columns["ids"].copy()
    columns["ids"][0] = "mem_gone"
    with path.open("wb") as file:
        np.savez(file, **columns)


def drop_the_tail(workspace: Workspace) -> None:
    """Cut the chain after a receipt was given out: nothing in the chain itself shows that."""
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        source = next(s for s in view.sources() if s.file_name.endswith("ada.txt"))
    withdraw(workspace, "source", source.id, "ada", report=Silent())
    sql(
        workspace,
        "DROP TRIGGER auditevent_no_delete",
        "DELETE FROM auditevent WHERE seq > 3",
        "CREATE TRIGGER auditevent_no_delete BEFORE DELETE ON auditevent "
        "BEGIN SELECT RAISE(ABORT, 'auditevent is append-only'); END",
    )


TAMPERED: dict[str, tuple[Callable[[Workspace], object], str]] = {
    "a byte of an original": (lambda w: change(an_original(w)), "was changed"),
    "an original is gone": (lambda w: an_original(w).unlink(), "is missing"),
    "a stray file": (lambda w: (w.originals / "stray").write_text("x"), "belongs to no source"),
    "half a copy": (lambda w: (an_original(w).parent / ".coming-x").write_text("x"), "no source"),
    "a passage": (
        lambda w: sql(w, "UPDATE passage SET text = replace(text, 'bees', 'cows')"),
        "do not stand in its original",
    ),
    "a citation": (
        lambda w: sql(w, "UPDATE citation SET start = start + 1, \"end\" = \"end\" + 1"),
        "do not say what their passage says",
    ),
    "a quote": (lambda w: sql(w, "UPDATE memory SET quote = 'never said'"), "do not quote"),
    "a memory nobody carries": (lambda w: sql(w, "DELETE FROM citation"), "have no citation"),
    "the index": (lambda w: sql(w, "DELETE FROM memorytext WHERE rowid = 1"), "lost their text"),
    "a memory without index": (
        lambda w: sql(w, "DELETE FROM memoryindex WHERE doc = 1"),
        "not in the full-text index",
    ),
    "an event of the chain": (
        lambda w: sql(
            w, "DROP TRIGGER auditevent_no_update", "UPDATE auditevent SET actor = 'x' WHERE seq=2"
        ),
        "broken at event 2",
    ),
    "a trigger": (lambda w: sql(w, "DROP TRIGGER consent_no_delete"), "schema of consent_no"),
    "a row that points nowhere": (
        lambda w: sql(w, "UPDATE memory SET addressee_id = 'nobody'"),
        "point to something that is not there",
    ),
    "the end of the chain": (drop_the_tail, "does not fit this archive's audit chain"),
    "a manifest": (
        lambda w: change(a_version(w) / "manifest.json", b"{}"), "manifest cannot be read"
    ),
    "a list of memories": (lambda w: change(a_version(w) / "memories.txt"), "list of memories"),
    "an adapter": (lambda w: change(next(a_version(w).glob("adapter/*"))), "adapter"),
    "an adapter that is gone": (lambda w: shutil.rmtree(a_version(w) / "adapter"), "adapter"),
    "a list of examples": (
        lambda w: change(a_version(w) / "examples.json", b"[]"), "examples.json is missing or was"
    ),
    "losses": (lambda w: change(a_version(w) / "losses.json"), "losses.json is missing or was"),
    "something in a version": (
        lambda w: (a_version(w) / "notes.txt").write_text("x"), "notes.txt does not belong"
    ),
    "a version nobody listed": (lambda w: (w.versions / "ver_x").mkdir(), "listed nowhere"),
    "vectors": (stale_vector, "vectors of what is gone"),
    "a spoken answer": (lambda w: change(a_sound(w)), "it was changed"),
    "a sound from elsewhere": (
        lambda w: (w.conversations / "x.wav").write_text("x"), "named by no turn"
    ),
    "a spoken answer that is gone": (lambda w: a_sound(w).unlink(), ".wav is missing"),
}  # fmt: skip


def test_a_decision_of_a_person_is_no_damage(copied: Workspace) -> None:
    with steps.open_store(copied) as store, store.reader(Custodian()) as view:
        some = sorted(view.memory_ids())[:2]
        store.discard_memories(some)
    assert verify_archive(copied, Silent()).faults == []


@pytest.mark.parametrize("what", list(TAMPERED))
def test_tampering_is_seen(copied: Workspace, what: str) -> None:
    tamper, expected = TAMPERED[what]
    tamper(copied)
    found = faults(copied)
    assert any(expected in fault for fault in found), found
    text = " ".join(found)
    assert "Hallett" not in text and "vicar" not in text, "no words of anybody in a fault"


def test_a_missing_cache_is_no_fault(copied: Workspace) -> None:
    shutil.rmtree(copied.derived)
    assert faults(copied) == []


def test_after_a_withdrawal_the_archive_is_whole(copied: Workspace) -> None:
    with steps.open_store(copied) as store, store.reader(Custodian()) as view:
        [letter] = [s for s in view.sources() if s.file_name.endswith("nell.txt")]
        memory = next(m for m in view.memories(narrator_id="ada"))
    withdraw(copied, "source", letter.id, "nell", report=Silent())
    assert faults(copied) == []
    withdraw(copied, "memory", memory.id, "ada", report=Silent())
    assert faults(copied) == [], "blanked words are no damage"
    receipts = copied.root / "receipts"
    next(receipts.glob("*.json")).unlink()
    assert any("receipt" in fault for fault in faults(copied))


def test_a_withdrawn_original_that_is_put_back_by_hand_is_seen(copied: Workspace) -> None:
    with steps.open_store(copied) as store, store.reader(Custodian()) as view:
        [letter] = [s for s in view.sources() if s.file_name.endswith("nell.txt")]
    original = copied.original(letter.sha256)
    content = original.read_bytes()
    withdraw(copied, "source", letter.id, "nell", report=Silent())
    original.parent.mkdir(exist_ok=True)
    original.write_bytes(content)
    assert any("was taken back and lies here" in fault for fault in faults(copied))


def test_what_a_single_file_is(whole: Workspace, tmp_path: Path) -> None:
    unknown = tmp_path / "unknown.txt"
    unknown.write_text("hello")
    assert verify_file(whole, unknown).kind is FileKind.NO_SIGN
    original, sound = verify_file(whole, an_original(whole)), verify_file(whole, a_sound(whole))
    assert original.kind is FileKind.ORIGINAL
    assert "is an original" in original.sentences[0]
    assert sound.kind is FileKind.MADE
    assert "made by the persona" in sound.sentences[0]


def test_a_receipt_of_another_archive_is_seen(copied: Workspace) -> None:
    receipts = copied.root / "receipts"
    receipts.mkdir()
    body = {"id": "wdr_x", "audit_hash": "0" * 64}
    (receipts / "wdr_x.json").write_text(json.dumps(body))
    assert any("wdr_x.json does not fit" in fault for fault in faults(copied))

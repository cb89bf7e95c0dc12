"""Writing: checked again at the door, all or nothing, and never twice."""

import sqlite3
from typing import Any

import pytest

from persona.errors import StoreError
from persona.records import Act, ConsentState, OpenQuestion, Person, Speaker, Turn, VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from tests.remember.archive import (
    NOW,
    Archive,
    make_citation,
    make_consent,
    make_conversation,
    make_memory,
    make_passage,
    make_rule,
    make_source,
    make_version,
    people,
)


def counts(archive: Archive) -> dict[str, int]:
    with archive.store.reader(Custodian()) as view:
        return view.counts()


def test_a_source_is_kept_once(archive: Archive) -> None:
    source = make_source()
    passages = [make_passage(source, "He sang."), make_passage(source, "He left.", position=1)]
    assert not archive.store.knows_sha(source.sha256)
    assert archive.store.add_source(source, passages)
    assert not archive.store.add_source(source, passages)
    assert archive.store.knows_sha(source.sha256)
    assert (counts(archive)["sources"], counts(archive)["passages"]) == (1, 2)


def test_a_source_with_a_bad_passage_is_not_kept_at_all(archive: Archive) -> None:
    source = make_source()
    bad = make_passage(source, "He sang.", speaker_id="nobody")
    with pytest.raises(StoreError, match="names something that is not there"):
        archive.store.add_source(source, [make_passage(source, "He left.", position=1), bad])
    assert counts(archive)["sources"] == counts(archive)["passages"] == 0
    assert not archive.store.knows_sha(source.sha256)


def test_memories_are_kept_once(archive: Archive) -> None:
    _, _, memory = archive.tell("A letter", "He sang at the harbour.")
    with archive.store.reader(Custodian()) as view:
        citations = view.citations(memory.id)
    assert archive.store.add_memories([memory], citations) == 0
    assert counts(archive)["memories"] == 1


def test_reads_back_what_was_written(archive: Archive) -> None:
    source, passage, memory = archive.tell("A letter", "He sang at the harbour.", language="en")
    with archive.store.reader(Custodian()) as view:
        assert view.source(source.id).model_dump() == source.model_dump()
        assert view.passage(passage.id).model_dump() == passage.model_dump()
        assert view.memory(memory.id).model_dump() == memory.model_dump()
        assert view.sources()[0].received_at == NOW


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "rumour"), ("statement", None), ("modality", "swears"), ("told_by", "mother")],
)
def test_an_unusable_value_is_refused(archive: Archive, field: str, value: Any) -> None:
    """SQLModel tables take anything; the store does not."""
    source = make_source()
    passage = make_passage(source, "He sang.")
    archive.store.add_source(source, [passage])
    memory, citation = make_memory(passage)
    setattr(memory, field, value)
    with pytest.raises(StoreError, match=field):
        archive.store.add_memories([memory], [citation])
    assert counts(archive)["memories"] == 0


@pytest.mark.parametrize("length", [0, 600])
def test_lists_longer_than_one_query_are_found(archive: Archive, length: int) -> None:
    source = make_source()
    texts = [f"He sang song number {n} to us." for n in range(length)]
    passages = [make_passage(source, text, position=n) for n, text in enumerate(texts)]
    archive.store.add_source(source, passages)
    pairs = [make_memory(passage) for passage in passages]
    memories, citations = [m for m, _ in pairs], [c for _, c in pairs]
    assert archive.store.add_memories(memories, citations) == length
    assert archive.store.add_memories(memories, citations) == 0
    with archive.store.reader(Custodian()) as view:
        found = view.memories(ids=[memory.id for memory in memories])
        assert [memory.id for memory in found] == [memory.id for memory in memories]
        assert len(view.memories(offset=10, limit=5)) == min(5, length)


def test_people_are_brought_up_to_date(archive: Archive) -> None:
    assert archive.store.put_people(people()) == 0
    joe = Person(id="joe", name="Joseph Marsh", relation="friend")
    assert archive.store.put_people([joe]) == 1
    with archive.store.reader(Custodian()) as view:
        assert view.person("joe").name == "Joseph Marsh"


def test_only_one_person_is_the_subject(archive: Archive) -> None:
    with pytest.raises(StoreError):
        archive.store.put_people([Person(id="other", name="Other", is_subject=True)])


def test_consent_only_grows(archive: Archive) -> None:
    entry = make_consent("ruth", Act.FILM)
    assert archive.store.put_consents([entry]) == 1
    assert archive.store.put_consents([entry]) == 0
    archive.store.close()
    connection = sqlite3.connect(archive.workspace.database)
    for statement in ("UPDATE consent SET state = 'WITHDRAWN'", "DELETE FROM consent"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_narrower_consent_says_how_narrow(archive: Archive) -> None:
    with pytest.raises(StoreError, match="for whom or until when"):
        archive.store.put_consents([make_consent("ruth", Act.FILM, ConsentState.NARROWED)])


def test_a_term_is_a_date(archive: Archive) -> None:
    with pytest.raises(StoreError, match="a day, a month or a year"):
        archive.store.put_restrictions([make_rule("src_x", deny=["tom"], until="next year")])
    with pytest.raises(StoreError, match="a day, a month or a year"):
        archive.store.put_consents([make_consent("ruth", Act.FILM, until="soon")])


def test_versions_and_their_state(archive: Archive) -> None:
    assert archive.store.add_version(make_version(1))
    assert not archive.store.add_version(make_version(1))
    archive.store.set_version_state("ver_1", VersionState.RETIRED, "a better one is here")
    with archive.store.reader(Custodian()) as view:
        assert view.version(1).state is VersionState.RETIRED
    with pytest.raises(StoreError, match="no such version"):
        archive.store.set_version_state("ver_9", VersionState.BLOCKED, "")


def test_a_conversation_from_start_to_end(archive: Archive) -> None:
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation("ruth"))
    asked = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=0,
        speaker=Speaker.LISTENER,
        text="Did you sing?",
        created_at=NOW,
    )
    archive.store.add_turn(asked)
    archive.store.set_turn_audio("trn_1", "conversations/trn_1.wav")
    archive.store.add_question(
        OpenQuestion(
            id="que_1",
            question="Did you sing?",
            listener_id="ruth",
            conversation_id="con_ruth_1",
            asked_at=NOW,
        )
    )
    archive.store.end_conversation("con_ruth_1", NOW)
    with archive.store.reader(Custodian()) as view:
        (turn,) = view.turns("con_ruth_1")
        assert turn.audio_path == "conversations/trn_1.wav"
        assert view.conversations()[0].ended_at == NOW
        assert view.open_questions()[0].question == "Did you sing?"


def test_a_later_citation_can_join_a_memory(archive: Archive) -> None:
    _, _, memory = archive.tell("A letter", "He sang at the harbour.")
    other = make_source("Another letter")
    passage = make_passage(other, "Yes, he sang.")
    archive.store.add_source(other, [passage])
    archive.store.add_memories([], [make_citation(memory, passage, 0, "Yes, he sang.")])
    with archive.store.reader(Custodian()) as view:
        assert len(view.citations(memory.id)) == 2


def test_the_disk_being_full_is_said_plainly(archive: Archive) -> None:
    """A read-only file fails like a full disk does: SQLite reports an operational error."""
    blocker = sqlite3.connect(archive.workspace.database, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    store = Store.open(archive.workspace)
    store._engine.dispose()
    from sqlalchemy import event

    event.listen(store._engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=50"))
    with pytest.raises(StoreError, match="cannot be written"):
        store.put_people([Person(id="late", name="Late")])
    blocker.rollback()
    blocker.close()
    store.close()

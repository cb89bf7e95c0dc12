"""Law 1. Testimony, not truth: a memory is what somebody told, or what a document shows."""

import sqlite3

import pytest

from persona.errors import StoreError
from persona.records import (
    ConflictKind,
    ConflictState,
    Memory,
    MemoryKind,
    MemoryStatus,
    Modality,
)
from persona.remember.conflicts.finding import find_conflicts
from persona.remember.disputes import FoundConflict
from persona.remember.extraction import extract
from persona.remember.readers import Custodian, Relative
from persona.remember.retrieval import Retriever
from tests.remember.archive import (
    Archive,
    make_citation,
    make_memory,
    make_passage,
    make_source,
    people,
)


def kept(archive: Archive) -> int:
    with archive.store.reader(Custodian()) as view:
        return view.counts()["memories"]


def test_narrator_and_subject_are_different_fields(archive: Archive) -> None:
    _, _, memory = archive.tell("A letter", "Dad never hurried.", narrator="ruth")
    with archive.store.reader(Custodian()) as view:
        found = view.memory(memory.id)
    assert (found.narrator_id, found.subject_ids) == ("ruth", ["henry"])
    assert {"narrator_id", "subject_ids", "told_by"} <= set(Memory.model_fields)


@pytest.mark.parametrize("narrator", ["nobody", "", None])
def test_without_a_narrator_there_is_no_memory(archive: Archive, narrator: str | None) -> None:
    source = make_source()
    passage = make_passage(source, "Dad never hurried.")
    archive.store.add_source(source, [passage])
    memory, citation = make_memory(passage, narrator_id=narrator)
    with pytest.raises(StoreError):
        archive.store.add_memories([memory], [citation])
    assert kept(archive) == 0


def test_without_a_citation_there_is_no_memory(archive: Archive) -> None:
    source = make_source()
    passage = make_passage(source, "Dad never hurried.")
    archive.store.add_source(source, [passage])
    memory, _ = make_memory(passage)
    with pytest.raises(StoreError, match="no citation"):
        archive.store.add_memories([memory], [])
    assert kept(archive) == 0


@pytest.mark.parametrize(
    ("start", "exact"),
    [(0, "Dad always hurried."), (1, "Dad never hurried."), (4, "Never hurried"), (0, "")],
)
def test_a_citation_is_verbatim(archive: Archive, start: int, exact: str) -> None:
    source = make_source()
    passage = make_passage(source, "Dad never hurried.")
    archive.store.add_source(source, [passage])
    memory, _ = make_memory(passage)
    with pytest.raises(StoreError):
        archive.store.add_memories([memory], [make_citation(memory, passage, start, exact)])
    assert kept(archive) == 0


def test_a_citation_is_what_its_memory_quotes(archive: Archive) -> None:
    source = make_source()
    passage = make_passage(source, "Dad never hurried. He sang.")
    archive.store.add_source(source, [passage])
    memory, _ = make_memory(passage, "Dad never hurried.")
    with pytest.raises(StoreError, match="not what its memory quotes"):
        archive.store.add_memories([memory], [make_citation(memory, passage, 19, "He sang.")])


def test_sql_itself_refuses_a_citation_that_is_not_verbatim(archive: Archive) -> None:
    archive.tell("A letter", "Dad never hurried.")
    archive.store.close()
    connection = sqlite3.connect(archive.workspace.database)
    with pytest.raises(sqlite3.IntegrityError, match="citation_is_verbatim"):
        connection.execute("UPDATE citation SET exact = exact || '!'")
    connection.close()


def test_hearsay_keeps_its_chain() -> None:
    source = make_source(narrator="ruth")
    told = "My mother told me that Dad swam across the harbour in 1962."
    (found,) = extract([make_passage(source, told)], source, people())
    memory = found.memory
    assert (memory.narrator_id, memory.told_by) == ("ruth", ["margaret"])
    assert memory.modality is Modality.WAS_TOLD
    assert memory.subject_ids[0] == "henry"


def test_two_accounts_stand_side_by_side(archive: Archive) -> None:
    """Never averaged, never 'newest wins'."""
    _, _, first = archive.tell("A letter", "Dad could not swim.", narrator="ruth")
    _, _, second = archive.tell("A tape", "Henry swam every day.", narrator="margaret")
    with archive.store.reader(Custodian()) as view:
        narrators = {m.id: m.narrator_id for m in view.memories()}
    assert narrators == {first.id: "ruth", second.id: "margaret"}


def test_another_narrators_account_never_takes_the_place_of_one(archive: Archive) -> None:
    """Neither as a correction, nor as a successor, nor by a status."""
    _, _, first = archive.tell("A letter", "Dad could not swim.", narrator="ruth")
    _, _, second = archive.tell("A tape", "Henry swam every day.", narrator="margaret")
    with pytest.raises(StoreError, match="themselves"):
        archive.store.add_conflict([first.id, second.id], ConflictKind.CORRECTION)
    forced = FoundConflict(
        (first.id, second.id), ConflictKind.CORRECTION, "", "a rule", (first.id, second.id)
    )
    with pytest.raises(StoreError, match="never replaces another's"):
        archive.store.put_conflicts([forced])
    with pytest.raises(StoreError, match="only replaced by"):
        archive.store.set_memory_status(first.id, MemoryStatus.SUPERSEDED)
    source = make_source("Another tape", narrator="margaret")
    passage = make_passage(source, "Henry swam like a fish.")
    archive.store.add_source(source, [passage])
    successor, citation = make_memory(passage, previous_id=first.id)
    with pytest.raises(StoreError, match="never replaces another's"):
        archive.store.add_memories([successor], [citation])
    with archive.store.reader(Custodian()) as view:
        assert view.memory_ids() == {first.id, second.id}
        assert {memory.status for memory in view.memories()} == {MemoryStatus.TOLD}
        assert view.disagreements() == []


def test_a_found_disagreement_leaves_both_accounts_as_evidence(archive: Archive) -> None:
    _, _, first = archive.tell("A letter", "Dad could not swim.", narrator="ruth")
    _, _, second = archive.tell("A tape", "Henry swam every day.", narrator="margaret")
    with archive.store.reader(Custodian()) as view:
        found = find_conflicts(view)
    assert archive.store.put_conflicts(found) == 1
    archive.store.decide_conflict(
        found[0].id, ConflictState.CONFIRMED, resolution="Margaret was there every day"
    )
    with archive.store.reader(Relative("tom")) as view:
        assert view.memory_ids() == {first.id, second.id}
        retriever = Retriever(view, index=None, embedder=None)
        hits = {hit.memory.id for hit in retriever.search("Could he swim?", limit=1)}
    assert hits == {first.id, second.id}, "they are told together"


def test_somebody_elses_words_are_never_his_own(archive: Archive) -> None:
    source = make_source()
    passage = make_passage(source, "Dad never hurried.")
    archive.store.add_source(source, [passage])
    memory, citation = make_memory(passage, kind=MemoryKind.OWN_WORDS)
    with pytest.raises(StoreError, match="somebody else's words"):
        archive.store.add_memories([memory], [citation])

"""Law 1. Testimony, not truth: a memory is what somebody told, or what a document shows."""

import sqlite3

import pytest

from persona.errors import StoreError
from persona.records import Memory, Modality
from persona.remember.extraction import extract
from persona.remember.readers import Custodian
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

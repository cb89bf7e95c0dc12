"""What newer rules read takes the place of what older ones did, but never of a decision."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from persona.config import Remembering as Settings
from persona.errors import StoreError
from persona.keeper.withdraw import withdraw
from persona.records import (
    Citation,
    ConflictKind,
    ConflictState,
    Memory,
    MemoryStatus,
    Passage,
    Person,
    Restriction,
    Review,
    Source,
    SourceKind,
    WithdrawalScope,
    content_id,
)
from persona.remember.disputes import FoundConflict
from persona.remember.extraction import RULES, Extracted, Extractor
from persona.remember.readers import Custodian, Relative
from persona.remember.recutting import GAVE_WAY, Cut
from persona.remember.retrieval import Retriever
from persona.remember.revisions import Edit
from persona.remember.sentences import split_sentences
from persona.remember.store import Store
from persona.remembering import Remembering
from tests.converse.conftest import Silent
from tests.remember.archive import Archive, make_passage, make_source, people

OLD = "rules/0"
FIRST, SECOND = "Dad sang shanties in the kitchen.", "He burned the barley soup."


def letter(*texts: str) -> tuple[Source, list[Passage]]:
    """Return a letter of Ruth's in several passages."""
    source = make_source("A letter")
    return source, [make_passage(source, t, position=n) for n, t in enumerate(texts)]


def old_cut(source: Source, passage: Passage, asked: list[Person] | None = None) -> list[Extracted]:
    """Return what rules would find that cut at every sentence."""
    extractor, cut = Extractor(asked or people()), []
    for span in split_sentences(passage.text):
        found = extractor.memory_of((span.start, span.end), passage, source)
        assert found is not None
        own = content_id("mem", passage.id, span.start, span.end, OLD)
        memory = Memory(**found.memory.model_dump() | {"id": own, "extracted_by": OLD})
        values = {"id": content_id("cit", own), "memory_id": own}
        citation = Citation(**found.citations[0].model_dump() | values)
        cut.append(Extracted(memory, (citation,)))
    return cut


def kept(archive: Archive, *texts: str) -> tuple[Source, list[list[str]]]:
    """Keep a letter as old rules read it; return the ids of each passage's memories."""
    source, passages = letter(*texts)
    archive.store.add_source(source, passages)
    cuts = [old_cut(source, passage) for passage in passages]
    found = [one for cut in cuts for one in cut]
    archive.store.add_memories([o.memory for o in found], [o.citations[0] for o in found])
    return source, [[one.memory.id for one in cut] for cut in cuts]


def remembered(archive: Archive, source: Source, known: list[Person] | None = None) -> Cut:
    """Go through a source as the rules of today read it."""
    with archive.store.reader(Custodian()) as view:
        going = Remembering(archive.store, view, Extractor(known or people()), Settings())
        going.source(source)
    return Cut(going.summary.new, going.summary.gave_way)


def everything(archive: Archive) -> dict[str, Memory]:
    with archive.store.reader(Custodian()) as view:
        ids = [row.id for row in view.memories()]
        ids += [e.target_id for e in view.audit_events() if e.target_id.startswith("mem_")]
        for event in view.audit_events():
            ids += list(event.counts.get("gave_way", ()))
        return {one.id: one for one in view.memories(ids=ids)}


def today(archive: Archive) -> list[tuple[str, str]]:
    """Return (id, words) of what may be evidence today."""
    with archive.store.reader(Custodian()) as view:
        return sorted((one.id, one.quote) for one in view.memories(ids=view.memory_ids()))


def standing(archive: Archive) -> Iterator[tuple[str, int, int]]:
    """Yield where memories stand that count today, whatever was decided about them."""
    with archive.store.reader(Custodian()) as view:
        for memory in view.memories():
            if memory.status is not MemoryStatus.SUPERSEDED:
                one = view.citations(memory.id)[0]
                yield one.passage_id, one.start, one.end


def none_stands_twice(archive: Archive) -> bool:
    places = sorted(standing(archive))
    return all(a[0] != b[0] or a[2] <= b[1] for a, b in pairwise(places))


def test_what_nobody_decided_gives_way_to_the_new_reading(archive: Archive) -> None:
    source, [[first, second]] = kept(archive, f"{FIRST} {SECOND}")
    assert remembered(archive, source) == Cut(new=1, gave_way=2)
    [(new, words)] = today(archive)
    assert words == f"{FIRST} {SECOND}"
    memories = everything(archive)
    assert {memories[one].status for one in (first, second)} == {MemoryStatus.RECUT}
    assert (memories[new].previous_id, memories[new].extracted_by) == (first, RULES)
    with archive.store.reader(Custodian()) as view:
        event = view.audit_events()[-1]
        assert (event.action, event.counts) == (
            GAVE_WAY,
            {"gave_way": {first: [new], second: [new]}},
        )
        assert view.counts()["memories"] == 1
        assert view.told() == {"ruth": 1}
        assert view.review_counts().left == 1
        assert [one.memory.id for one in view.review_page()] == [new]


def test_twice_is_once(archive: Archive) -> None:
    source, _ = kept(archive, f"{FIRST} {SECOND}")
    remembered(archive, source)
    before = today(archive)
    assert remembered(archive, source) == Cut()
    assert today(archive) == before


def test_what_is_read_as_before_stays_with_its_id(archive: Archive) -> None:
    source, [[only]] = kept(archive, FIRST)
    assert remembered(archive, source) == Cut()
    assert today(archive) == [(only, FIRST)]


def test_a_double_of_the_same_rules_gives_way_too(archive: Archive) -> None:
    """So it was where the rules had changed and their name had not."""
    source, passages = letter(f"{FIRST} {SECOND}")
    archive.store.add_source(source, passages)
    remembered(archive, source)
    found = old_cut(source, passages[0])
    archive.store.add_memories([o.memory for o in found], [o.citations[0] for o in found])
    assert not none_stands_twice(archive)
    assert remembered(archive, source) == Cut(new=0, gave_way=2)
    assert none_stands_twice(archive)


Decision = Callable[[Archive, str], object]
DECISIONS: dict[str, Decision] = {
    "accepted": lambda a, one: a.store.accept_memories([one], "ruth"),
    "discarded": lambda a, one: a.store.discard_memories([one], "ruth"),
    "unsure": lambda a, one: a.store.leave_unsure(one, "ruth"),
    "edited": lambda a, one: a.store.edit_memory(one, Edit(statement="Henry sang."), "ruth"),
    "shortened": lambda a, one: a.store.edit_memory(one, Edit(quote="Dad sang"), "ruth"),
    "split": lambda a, one: a.store.split_memory(one, ["Dad sang", "in the kitchen"], "ruth"),
    "restricted": lambda a, one: a.store.restrict_memory(
        one, Restriction(id="", target_id="", allow=["ruth"])
    ),
    "withdrawn": lambda a, one: a.store.set_memory_status(one, MemoryStatus.WITHDRAWN),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_what_somebody_decided_stays_and_the_rest_is_read_around_it(
    archive: Archive, decision: str
) -> None:
    third = "Then he laughed and opened every window."
    source, [[first, second, last]] = kept(archive, f"{FIRST} {SECOND} {third}")
    DECISIONS[decision](archive, first)
    before = everything(archive)[first]
    decided = {row[0] for row in today(archive)} - {second, last}
    assert remembered(archive, source) == Cut(new=1, gave_way=2)
    assert everything(archive)[first] == before
    assert decided <= {one for one, _ in today(archive)}
    with archive.store.reader(Custodian()) as view:
        assert f"{SECOND} {third}" in [one.quote for one in view.memories()]
    assert none_stands_twice(archive)
    assert remembered(archive, source) == Cut()


@pytest.mark.parametrize("state", [ConflictState.CONFIRMED, ConflictState.DISMISSED])
def test_accounts_that_somebody_compared_stay(archive: Archive, state: ConflictState) -> None:
    source, [[first, second]] = kept(archive, f"{FIRST} {SECOND}")
    _, _, other = archive.tell("Toms letter", "Dad never sang at all.", narrator="tom")
    found = FoundConflict((first, other.id), ConflictKind.TWO_ACCOUNTS, "sang", "conflicts/1")
    archive.store.put_conflicts([found])
    archive.store.decide_conflict(found.id, state, by="ruth")
    assert remembered(archive, source) == Cut()
    assert {first, second} <= {one for one, _ in today(archive)}


def test_what_was_decided_is_nobodys_but_the_custodians(archive: Archive) -> None:
    source, [[first, _]] = kept(archive, f"{FIRST} {SECOND}")
    archive.store.discard_memories([first], "ruth")
    with archive.store.reader(Custodian()) as view:
        passages = [one.id for one in view.passages(source.id)]
        assert view.decided(passages) == {passages[0]: [(0, len(FIRST))]}
    with archive.store.reader(Relative("ruth")) as view:
        assert view.decided(passages) == {}


def test_an_undone_decision_is_none(archive: Archive) -> None:
    source, [[first, _]] = kept(archive, f"{FIRST} {SECOND}")
    archive.store.leave_unsure(first, "ruth")
    archive.store.undo_review(by="ruth")
    assert remembered(archive, source) == Cut(new=1, gave_way=2)


def test_what_gave_way_cannot_be_decided_any_more(archive: Archive) -> None:
    source, [[first, _]] = kept(archive, f"{FIRST} {SECOND}")
    remembered(archive, source)
    with pytest.raises(StoreError, match="another one has taken its place"):
        archive.store.accept_memories([first])


def test_what_may_be_anothers_waits_although_older_rules_let_it_pass(archive: Archive) -> None:
    text = "My uncle says he ran away at nine."
    source = make_source("An interview", kind=SourceKind.INTERVIEW)
    passage = make_passage(source, text)
    archive.store.add_source(source, [passage])
    (found,) = old_cut(source, passage)
    found.memory.review = Review.ACCEPTED_BY_RULE
    archive.store.add_memories([found.memory], found.citations)
    assert remembered(archive, source) == Cut(new=1, gave_way=1)
    assert today(archive) == []
    with archive.store.reader(Custodian()) as view:
        assert [one.memory.review for one in view.review_page()] == [Review.UNREVIEWED]
    assert remembered(archive, source) == Cut()


def test_versions_made_before_find_what_they_found(archive: Archive) -> None:
    source, [own] = kept(archive, f"{FIRST} {SECOND}")
    _, _, other = archive.tell("Toms letter", "Dad never sang shanties.", narrator="tom")
    found = FoundConflict((own[0], other.id), ConflictKind.TWO_ACCOUNTS, "sang", "conflicts/1")
    archive.store.put_conflicts([found])
    within = frozenset([*own, other.id])

    def answers(held: frozenset[str] | None) -> list[tuple[Memory, float, str | None]]:
        with archive.store.reader(Custodian()) as view:
            hits = Retriever(view, index=None, embedder=None, within=held).search("Dad sang?")
            return [(hit.memory, hit.score, hit.conflict_id) for hit in hits]

    before = [(replaced(one), score, conflict) for one, score, conflict in answers(within)]
    assert before[0][2] == found.id
    remembered(archive, source)
    (new,) = [one for one, _ in today(archive) if one != other.id]
    again = FoundConflict((new, other.id), ConflictKind.TWO_ACCOUNTS, "sang", "conflicts/1")
    archive.store.put_conflicts([again])
    after = [(replaced(one), score, conflict) for one, score, conflict in answers(within)]
    assert after == before
    now = answers(None)
    assert {(one.id, conflict) for one, _, conflict in now} == {
        (new, again.id),
        (other.id, again.id),
    }
    with archive.store.reader(Custodian()) as view:
        assert [one.conflict.id for one in view.disagreements()] == [again.id]
        assert [one.id for one in view.conflicts()] == [again.id]


def replaced(memory: Memory) -> dict[str, object]:
    return memory.model_dump(exclude={"status"})


def test_a_run_that_is_killed_leaves_nothing_twice(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source("Ruths chat")
    texts = [f"{FIRST[:-1]} {day}. {SECOND}" for day in ("on Monday", "on Friday", "on Sunday")]
    passages = [
        make_passage(source, text, position=n, unit=f"day {n}") for n, text in enumerate(texts)
    ]
    archive.store.add_source(source, passages)
    found = [one for passage in passages for one in old_cut(source, passage)]
    archive.store.add_memories([o.memory for o in found], [o.citations[0] for o in found])
    monkeypatch.setattr("persona.remembering.UNITS_AT_ONCE", 1)
    whole = archive.store.put_cut
    calls = iter([whole])

    def killed(cut: list[Extracted], ids: list[str]) -> Cut:
        return next(calls)(cut, ids)

    with monkeypatch.context() as broken:
        broken.setattr(archive.store, "put_cut", killed)
        with pytest.raises(StopIteration):
            remembered(archive, source)
    assert none_stands_twice(archive)
    assert len(today(archive)) == 5
    assert remembered(archive, source) == Cut(new=2, gave_way=4)
    assert none_stands_twice(archive)
    assert sorted(words for _, words in today(archive)) == sorted(texts)


def test_who_is_named_later_is_known_and_forgotten_again(archive: Archive) -> None:
    source, passages = letter("My friend Simon told me that Dad sang shanties in the kitchen.")
    archive.store.add_source(source, passages)
    assert remembered(archive, source) == Cut(new=1)
    [(first, _)] = today(archive)
    simon = Person(id="simon", name="Simon", relation="friend")
    archive.store.put_people([simon])
    assert remembered(archive, source, [*people(), simon]) == Cut(new=1, gave_way=1)
    [(second, _)] = today(archive)
    assert "simon" in everything(archive)[second].told_by
    assert remembered(archive, source) == Cut(new=0, gave_way=1)
    assert [one for one, _ in today(archive)] == [first]


def test_a_withdrawal_reaches_what_gave_way_and_not_its_other_half(archive: Archive) -> None:
    source, passages = letter(f"{FIRST} {SECOND}")
    archive.store.add_source(source, passages)
    (whole,) = Extractor(people()).extract(passages, source)
    memory = Memory(**whole.memory.model_dump() | {"extracted_by": OLD})
    archive.store.add_memories([memory], whole.citations)
    halves = [replace(one) for one in old_cut(source, passages[0])]
    for one in halves:
        one.memory.extracted_by = RULES
    assert archive.store.put_cut(halves, [passages[0].id]) == Cut(new=2, gave_way=1)
    with archive.store.reader(Custodian()) as view:
        reach = view.reach(WithdrawalScope.MEMORY, halves[0].memory.id)
    assert set(reach.memories) == {halves[0].memory.id, memory.id}


def test_what_was_taken_back_is_not_found_again(archive: Archive) -> None:
    source, [[first, second]] = kept(archive, f"{FIRST} {SECOND}")
    archive.store.close()
    withdraw(archive.workspace, "memory", first, "custodian", report=Silent())
    archive.store = Store.open(archive.workspace)
    assert remembered(archive, source) == Cut()
    assert today(archive) == [(second, SECOND)]


def test_the_right_narrator_takes_the_id_that_older_versions_hold(archive: Archive) -> None:
    source = make_source("A letter", narrator=None)
    passage = make_passage(source, FIRST, speaker_id="ruth", speaker_name="R")
    archive.store.add_source(source, [passage])
    (found,) = old_cut(source, passage)
    archive.store.add_memories([found.memory], found.citations)
    archive.store.name_speaker("R", "tom", source_id=source.id, everyone=True)
    remembered(archive, source)
    with archive.store.reader(Custodian()) as view:
        assert view.memory(found.memory.id).narrator_id == "tom"

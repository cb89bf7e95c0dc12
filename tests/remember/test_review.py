"""Review: what waits, what is decided, and that nothing is ever lost by it."""

import time
from typing import Any

import pytest

from persona.errors import StoreError
from persona.keeper import review
from persona.records import (
    Memory,
    MemoryKind,
    MemoryStatus,
    Review,
    Sentence,
    Speaker,
    Standing,
    Turn,
)
from persona.remember.acceptance import judge
from persona.remember.extraction import extract
from persona.remember.readers import Custodian, Relative
from persona.remember.retrieval import Retriever
from persona.remember.revisions import Edit
from tests.remember.archive import (
    NOW,
    Archive,
    make_conversation,
    make_passage,
    make_source,
    make_version,
    people,
)
from tests.remember.reviewed import LETTER, keep, open_ids

INVENTED = "I suppose I was always happiest when the ferry horn sounded in the morning fog."


def evidence(archive: Archive) -> frozenset[str]:
    with archive.store.reader(Relative("tom")) as view:
        return view.memory_ids()


def memory(archive: Archive, memory_id: str) -> Memory:
    with archive.store.reader(Custodian()) as view:
        return view.memory(memory_id)


# What is evidence


def test_what_nobody_accepted_is_no_evidence(archive: Archive) -> None:
    first, *_ = keep(archive, *LETTER)
    assert evidence(archive) == frozenset()
    assert review.decide(archive.store, review.Decision.ACCEPT, [first.id], "ruth") == 1
    assert evidence(archive) == {first.id}
    with archive.store.reader(Relative("tom")) as view:
        retriever = Retriever(view, index=None, embedder=None)
        assert [hit.memory.id for hit in retriever.search("Who sang?")] == [first.id]


@pytest.mark.parametrize(
    ("accept", "speaker", "words", "rule", "wanted"),
    [
        ("rules", 1.0, 1.0, "rules/1", Review.ACCEPTED_BY_RULE),
        ("rules", 0.4, 1.0, "rules/1", Review.UNREVIEWED),
        ("rules", 1.0, 0.7, "rules/1", Review.UNREVIEWED),
        ("rules", 1.0, 1.0, "smollm2/1", Review.UNREVIEWED),
        ("all", 0.1, 0.1, "smollm2/1", Review.ACCEPTED_BY_RULE),
        ("none", 1.0, 1.0, "rules/1", Review.UNREVIEWED),
    ],
)
def test_what_is_accepted_without_a_person(
    accept: Any, speaker: float, words: float, rule: str, wanted: Review
) -> None:
    source = make_source()
    passage = make_passage(
        source, "Dad bought a boat.", speaker_confidence=speaker, text_confidence=words
    )
    (found,) = extract([passage], source, people())
    found.memory.extracted_by = rule
    judge([found.memory], found.citations, {passage.id: passage}, accept)
    assert found.memory.review is wanted


def test_how_many_a_rule_accepted_is_recorded(archive: Archive) -> None:
    keep(archive, *LETTER)
    with archive.store.reader(Custodian()) as view:
        counts = view.audit_events()[-1].counts
    assert counts == {"new": 7, "accepted_by_rule": 0, "waiting": 7}


# The queue


def test_the_queue_is_read_in_order_with_its_source(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    items = review.next_items(archive.store)
    assert items[0].memory.id == kept[5].id, "money comes before the rest"
    rest = [item.memory.id for item in items[1:]]
    assert rest == [one.id for one in (*kept[:5], kept[6])]
    middle = next(item for item in items if item.memory.id == kept[1].id)
    assert middle.before == "Dad sang in the kitchen. "
    assert middle.after.startswith(" The cat ate it under the table.\nHe went to the harbour")
    assert (middle.narrator, middle.reasons) == ("Ruth Lin", ("unseen",))
    assert items[0].reasons == ("sensitive",)


def test_uncertain_things_come_first(archive: Archive) -> None:
    plain = keep(archive, "Dad sang in the kitchen.")
    unread = keep(archive, "He wrote on the wall.", text_confidence=0.5)
    unsure = keep(archive, "He danced on the table.", speaker_confidence=0.6)
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=0,
        speaker=Speaker.PERSONA,
        text="Ruth says so.",
        created_at=NOW,
    )
    cites = [{"memory_id": plain[0].id}]
    told = Sentence(
        id="s", turn_id="trn_1", position=0, text="So.", standing=Standing.TOLD, citations=cites
    )
    archive.store.add_turn(turn, [told])
    wanted = [unsure[0].id, unread[0].id, plain[0].id]
    assert open_ids(archive) == wanted
    archive.store.add_conflict([plain[0].id, unread[0].id])
    assert open_ids(archive) == [plain[0].id, unsure[0].id, unread[0].id], "told and disputed"
    first = review.next_items(archive.store)[0]
    assert first.reasons == ("disputed", "used")
    assert [a.narrator for a in first.disagreements[0].accounts] == ["Ruth Lin", "Ruth Lin"]


def test_not_sure_comes_last_and_can_be_undone(archive: Archive) -> None:
    kept = open_ids(archive) or [one.id for one in keep(archive, *LETTER)]
    order = open_ids(archive)
    review.decide(archive.store, review.Decision.NOT_SURE, order[:1], "ruth")
    assert open_ids(archive) == [*order[1:], order[0]]
    assert review.next_items(archive.store)[-1].reasons[-1] == "unsure"
    assert review.undo(archive.store, 1, "ruth") == ["unsure"]
    assert open_ids(archive) == order
    assert set(order) == set(kept)


def test_pages_and_counts(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    order = open_ids(archive)
    pages = [review.next_items(archive.store, limit=3, offset=n) for n in (0, 3, 6, 9)]
    assert [item.memory.id for page in pages for item in page] == order
    review.decide(archive.store, review.Decision.ACCEPT, order[:2])
    review.decide(archive.store, review.Decision.DISCARD, order[2:3])
    counts = review.progress(archive.store)
    assert (counts.left, counts.waiting, counts.by_rule) == (4, 4, 0)
    assert (counts.accepted, counts.discarded) == (2, 1)
    assert len(open_ids(archive)) == len(kept) - 3


def test_another_reader_gets_only_what_they_may_read(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    review.decide(archive.store, review.Decision.ACCEPT, [one.id for one in kept])
    review.undo(archive.store)
    assert review.next_items(archive.store, Relative("tom")) == []
    assert review.progress(archive.store, Relative("tom")).left == 0


# Decisions


def test_an_edit_makes_a_new_memory_and_keeps_the_old_words(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    edit = Edit(statement="He sang while cooking", event_edtf="1974", told_by=("margaret",))
    new = review.edit(archive.store, old.id, edit, "ruth")
    assert (new.quote, new.statement) == (old.quote, "He sang while cooking")
    assert (new.previous_id, new.review) == (old.id, Review.ACCEPTED)
    assert (new.event_edtf, new.told_by) == ("1974", ["margaret"])
    assert memory(archive, old.id).status is MemoryStatus.SUPERSEDED
    assert evidence(archive) == {new.id}
    with archive.store.reader(Relative("tom")) as view:
        retriever = Retriever(view, index=None, embedder=None)
        assert [hit.memory.id for hit in retriever.search("cooking")] == [new.id]


def test_another_stretch_must_stand_in_the_passage(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    new = review.edit(archive.store, old.id, Edit(quote="Dad sang in the kitchen. He burned"))
    assert new.statement == "Dad sang in the kitchen. He burned"
    with pytest.raises(StoreError, match="letter by letter"):
        review.edit(archive.store, new.id, Edit(quote="Dad sang in the garden."))


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit(), "Nothing was changed"),
        (Edit(statement="  "), "needs words"),
        (Edit(event_edtf="last summer"), "EDTF"),
        (Edit(narrator_id="margaret"), "source itself says"),
        (Edit(narrator_id="henry"), "source itself says"),
        (Edit(kind=MemoryKind.OWN_WORDS), "somebody else's words"),
    ],
)
def test_an_edit_that_breaks_law_1_is_refused(archive: Archive, edit: Edit, message: str) -> None:
    old = keep(archive, *LETTER)[0]
    with pytest.raises(StoreError, match=message):
        review.edit(archive.store, old.id, edit)
    assert memory(archive, old.id).status is MemoryStatus.TOLD


def test_an_uncertain_voice_is_given_to_whom_it_belongs(archive: Archive) -> None:
    old = keep(archive, "I sang in the kitchen.", speaker_confidence=0.4)[0]
    own = review.edit(archive.store, old.id, Edit(narrator_id="henry"))
    assert (own.narrator_id, own.kind) == ("henry", MemoryKind.OWN_WORDS)
    back = review.edit(archive.store, own.id, Edit(narrator_id="david"))
    assert (back.narrator_id, back.kind) == ("david", MemoryKind.EVENT)
    with pytest.raises(StoreError, match="not in the archive"):
        review.edit(archive.store, back.id, Edit(narrator_id="nobody"))


def test_what_the_persona_said_cannot_be_typed_in(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    archive.store.add_version(make_version())
    archive.store.start_conversation(make_conversation())
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=0,
        speaker=Speaker.PERSONA,
        text=INVENTED,
        created_at=NOW,
    )
    invented = Sentence(
        id="s", turn_id="trn_1", position=0, text=INVENTED, standing=Standing.INFERRED
    )
    archive.store.add_turn(turn, [invented])
    for typed in (INVENTED, f"Dad said: {INVENTED.lower().replace('.', '')} and he laughed"):
        with pytest.raises(StoreError, match="what the persona said"):
            review.edit(archive.store, old.id, Edit(statement=typed))
    review.edit(archive.store, old.id, Edit(statement="He was happiest at the ferry"))


def test_split_and_merge(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    whole = review.merge(archive.store, [kept[0].id, kept[1].id], "ruth")
    assert whole.quote == "Dad sang in the kitchen. He burned the soup."
    across = review.merge(archive.store, [kept[2].id, kept[3].id])
    assert across.quote == "The cat ate it under the table.\nHe went to the harbour at night."
    with archive.store.reader(Custodian()) as view:
        assert len(view.citations(across.id)) == 2
    parts = review.split(archive.store, whole.id, ["Dad sang", "in the kitchen. He burned"])
    assert [part.quote for part in parts] == ["Dad sang", "in the kitchen. He burned"]
    assert evidence(archive) == {across.id, *(part.id for part in parts)}
    for wrong in (["Dad sang"], ["Dad sang", "sang in"], ["Dad sang", "He swam"]):
        with pytest.raises(StoreError):
            review.split(archive.store, parts[0].id, wrong)


def test_only_neighbours_of_one_narrator_are_merged(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    other = keep(archive, "He sang to the dog.", narrator="margaret")
    for ids in ([kept[0].id, other[0].id], [kept[0].id, kept[5].id], [kept[0].id]):
        with pytest.raises(StoreError):
            review.merge(archive.store, ids)
    archive.store.add_conflict([kept[0].id, kept[1].id])
    with pytest.raises(StoreError, match="disagree"):
        review.merge(archive.store, [kept[0].id, kept[1].id])


def test_a_revision_takes_the_place_in_a_conflict(archive: Archive) -> None:
    one, other = keep(archive, "Dad hated boats.")[0], keep(archive, "Dad loved boats.")[0]
    archive.store.accept_memories([one.id, other.id])
    added = archive.store.add_conflict([one.id, other.id])
    new = review.edit(archive.store, one.id, Edit(statement="He hated every boat"), "ruth")

    def members() -> set[str]:
        with archive.store.reader(Relative("tom")) as view:
            return set(view.conflict_members(added))

    assert members() == {new.id, other.id}
    review.undo(archive.store, 1, "ruth")
    assert members() == {one.id, other.id}


def test_restricting_closes_the_passage_and_undo_opens_it(archive: Archive) -> None:
    kept = keep(archive, *LETTER)
    archive.store.accept_memories([one.id for one in kept])
    review.restrict(archive.store, kept[0].id, deny=["tom"], by="ruth")
    assert evidence(archive) == {one.id for one in kept[3:]}
    assert review.undo(archive.store, 1, "ruth") == ["restrict"]
    assert evidence(archive) == {one.id for one in kept}
    with pytest.raises(StoreError, match="who may"):
        review.restrict(archive.store, kept[0].id)
    with pytest.raises(StoreError, match="a day"):
        review.restrict(archive.store, kept[0].id, deny=["tom"], until="soon")


def test_accept_all_is_one_decision_of_one_person(archive: Archive) -> None:
    ruth, margaret = keep(archive, *LETTER), keep(archive, "Henry slept.", narrator="margaret")
    source = review.next_items(archive.store)[0].source.id
    assert review.accept_all(archive.store, narrator_id="margaret", by="tom") == 1
    assert review.accept_all(archive.store, source_id=source, narrator_id="tom", by="tom") == 0
    assert review.accept_all(archive.store, source_id=source, by="tom") == len(ruth)
    with archive.store.reader(Custodian()) as view:
        event = view.audit_events()[-1]
    assert (event.actor, event.counts["changed"]) == ("tom", len(ruth))
    assert review.undo(archive.store, 1, "tom") == ["accept"]
    assert evidence(archive) == {margaret[0].id}
    with pytest.raises(StoreError, match="from which source"):
        review.accept_all(archive.store)


def test_nobody_undoes_what_somebody_else_built_on(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    new = review.edit(archive.store, old.id, Edit(statement="He sang"), "ruth")
    review.decide(archive.store, review.Decision.DISCARD, [new.id], "tom")
    with pytest.raises(StoreError, match="Somebody else"):
        review.undo(archive.store, 1, "ruth")
    assert review.undo(archive.store, 5, "tom") == ["discard"]
    assert review.undo(archive.store, 5, "ruth") == ["edit"]
    assert review.undo(archive.store, 5, "ruth") == []
    again = review.edit(archive.store, old.id, Edit(statement="He sang"), "ruth")
    assert again.id == new.id, "ids come from content"
    assert evidence(archive) == {new.id}


def test_what_was_withdrawn_stays_withdrawn(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    archive.store.accept_memories([old.id])
    archive.store.set_memory_status(old.id, MemoryStatus.WITHDRAWN)
    review.undo(archive.store)
    assert memory(archive, old.id).status is MemoryStatus.WITHDRAWN
    for decide in (archive.store.accept_memories, archive.store.discard_memories):
        with pytest.raises(StoreError, match="withdrawn"):
            decide([old.id])


def test_no_such_memory(archive: Archive) -> None:
    with pytest.raises(StoreError, match="no such memory"):
        archive.store.accept_memories(["mem_nothing"])


def test_the_audit_chain_holds_no_words(archive: Archive) -> None:
    old = keep(archive, *LETTER)[0]
    review.edit(archive.store, old.id, Edit(statement="He sang like a kettle"))
    with archive.store.reader(Custodian()) as view:
        text = " ".join(str(event.counts) for event in view.audit_events())
    assert "kettle" not in text
    assert "kitchen" not in text


def test_a_page_of_a_long_queue_is_quick(archive: Archive) -> None:
    texts = [f"Dad sang song number {n} to us in the kitchen." for n in range(2_000)]
    keep(archive, *texts)
    review.next_items(archive.store)  # the order is worked out once
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        (item,) = review.next_items(archive.store, limit=1)
        review.decide(archive.store, review.Decision.ACCEPT, [item.memory.id])
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.25

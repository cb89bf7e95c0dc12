"""What people decide about memories: each decision one transaction, audited, and undoable.

A decision changes ``review`` (or makes a revision, see `revisions`) and leaves a link in the
audit chain that holds the ids with their state before: from these links `undo_review` takes
decisions back, the newest first. Nothing is deleted: a memory that was edited, split or merged
stays as ``SUPERSEDED`` with its citations, and versions that hold its id still can be read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import (
    Citation,
    CitationRole,
    ConflictMember,
    Memory,
    MemoryKind,
    MemoryStatus,
    Passage,
    Person,
    Restriction,
    Review,
    content_id,
)
from persona.remember import full_text
from persona.remember.generated import refuse_generated_text
from persona.remember.reading import in_json
from persona.remember.revisions import Carried, Edit, Revision, edited, merged, split
from persona.remember.testimony import check_memories
from persona.remember.transactions import Transactions
from persona.remember.writing import (
    append_audit,
    checked_day,
    existing,
    insert_new,
    table_of,
    upsert,
)

_FINAL = (MemoryStatus.WITHDRAWN, MemoryStatus.SUPERSEDED, MemoryStatus.RECUT)


class Deciding(Transactions):
    """Decisions of reviewers. ``by`` is a person's id; empty: whoever opened the store."""

    def accept_memories(self, memory_ids: Collection[str], by: str = "") -> int:
        """Accept memories: from now on they are evidence. Return how many changed.

        Raises:
            StoreError: one is not there, was withdrawn, or was replaced by a revision.
        """
        return self._review(memory_ids, Review.ACCEPTED, "review.accept", by)

    def discard_memories(self, memory_ids: Collection[str], by: str = "") -> int:
        """Discard memories: they are evidence for nobody. Return how many changed.

        Raises:
            StoreError: one is not there, was withdrawn, or was replaced by a revision.
        """
        return self._review(memory_ids, Review.DISCARDED, "review.discard", by)

    def leave_unsure(self, memory_id: str, by: str = "") -> None:
        """Put a memory at the end of the queue; nothing else changes.

        Raises:
            StoreError: it is not there, was withdrawn, or was replaced by a revision.
        """
        with self._writing() as connection:
            _open_memories(connection, [memory_id])
            append_audit(connection, by or self._actor, "review.unsure", memory_id)

    def accept_all(
        self, *, source_id: str | None = None, narrator_id: str | None = None, by: str = ""
    ) -> int:
        """Accept all that still waits of a source, a narrator, or both, in one decision.

        Raises:
            StoreError: neither a source nor a narrator is named.
        """
        if source_id is None and narrator_id is None:
            raise StoreError("Say from which source, or by whom, everything is accepted.")
        values = {"source": source_id, "narrator": narrator_id}
        with self._writing() as connection:
            waiting: Sequence[str] = connection.execute(sa.text(_WAITING), values).scalars().all()
            return self._review_in(connection, waiting, Review.ACCEPTED, "review.accept", by)

    def edit_memory(self, memory_id: str, edit: Edit, by: str = "") -> Memory:
        """Replace a memory by one that says it better, and accept that; return it.

        Raises:
            StoreError: nothing would change, a law of the house would be broken, or the words
                are what the persona itself said.
        """
        with self._writing() as connection:
            (old,) = _carried(connection, [memory_id])
            revision = edited(old, _with_fitting_kind(connection, old.memory, edit))
            return self._revise(connection, [old], [revision], "review.edit", by)[0]

    def split_memory(self, memory_id: str, quotes: Sequence[str], by: str = "") -> list[Memory]:
        """Replace a memory by several, each a stretch of its passage; return them.

        Raises:
            StoreError: see `revisions.split`.
        """
        with self._writing() as connection:
            (old,) = _carried(connection, [memory_id])
            return self._revise(connection, [old], split(old, quotes), "review.split", by)

    def merge_memories(self, memory_ids: Sequence[str], by: str = "") -> Memory:
        """Replace several memories that one narrator told in one go by one; return it.

        Raises:
            StoreError: see `revisions.merged`.
        """
        with self._writing() as connection:
            parts = _carried(connection, memory_ids)
            return self._revise(connection, parts, [merged(parts)], "review.merge", by)[0]

    def restrict_memory(self, memory_id: str, rule: Restriction, by: str = "") -> Restriction:
        """Say who may know a memory; the words of its passage are closed to others with it.

        Args:
            memory_id: the memory.
            rule: whom to admit or to refuse, and until when; its id and target are set here.
            by: who decided.

        Raises:
            StoreError: the term is not a day, nobody is named, or the memory is not there.
        """
        checked_day(rule.until)
        who = (rule.any_groups, rule.all_groups, rule.allow, rule.deny)
        if not any(who):
            raise StoreError("Say who may know it, or who may not.")
        rule_id = content_id("res", memory_id, *who, rule.acts, rule.until)
        values = rule.model_dump() | {"id": rule_id, "target_id": memory_id, "set_by": by}
        restriction = Restriction(**values)
        with self._writing() as connection:
            _open_memories(connection, [memory_id])
            new = bool(upsert(connection, [restriction]))
            near = full_text.near_restrictions(connection, [memory_id])
            full_text.index_memories(connection, near)
            counts = {"rule": rule_id if new else "", "before": {}}
            append_audit(connection, by or self._actor, "review.restrict", memory_id, counts)
        return restriction

    def _review(self, memory_ids: Collection[str], review: Review, action: str, by: str) -> int:
        with self._writing() as connection:
            return self._review_in(connection, memory_ids, review, action, by)

    def _review_in(
        self,
        connection: Connection,
        memory_ids: Collection[str],
        review: Review,
        action: str,
        by: str,
    ) -> int:
        found = _open_memories(connection, memory_ids)
        before = {m.id: _state(m) for m in found if m.review is not review}
        if before:
            table = table_of(Memory)
            chosen = table.update().where(in_json(table.c.id, list(before)))
            connection.execute(chosen.values(review=review))
            target = next(iter(before)) if len(before) == 1 else ""
            counts = {"before": before, "changed": len(before)}
            append_audit(connection, by or self._actor, action, target, counts)
        return len(before)

    def _revise(
        self,
        connection: Connection,
        old: Sequence[Carried],
        revisions: Sequence[Revision],
        action: str,
        by: str,
    ) -> list[Memory]:
        """Keep revisions as accepted in place of what they revise, with its conflicts."""
        memories = [revision.memory for revision in revisions]
        citations = [one for revision in revisions for one in revision.citations]
        for memory in memories:
            memory.review = Review.ACCEPTED
            refuse_generated_text(connection, [memory.statement])
        check_memories(connection, memories, citations)
        before = {part.memory.id: _state(part.memory) for part in old}
        before |= {m.id: _state(m) for m in _known(connection, [m.id for m in memories])}
        made = [row["id"] for row in insert_new(connection, memories)]
        insert_new(connection, citations)
        set_states(connection, {m.id: _state(m) for m in memories if m.id not in made})
        replaced = {p.memory.id: (p.memory.review.name, "SUPERSEDED") for p in old}
        set_states(connection, {one: list(state) for one, state in replaced.items()})
        swapped = _swap_members(connection, list(replaced), [m.id for m in memories])
        full_text.index_memories(connection, [m.id for m in memories])
        counts = {"before": before, "made": made, "conflicts": swapped}
        append_audit(connection, by or self._actor, action, old[0].memory.id, counts)
        return memories


def set_states(connection: Connection, states: Mapping[str, Sequence[str]]) -> int:
    """Set (review, status) by name of each memory that was not withdrawn; return how many."""
    table = table_of(Memory)
    changed = 0
    for memory_id, (review, status) in states.items():
        values = {"review": Review[review], "status": MemoryStatus[status]}
        kept = table.c.status != MemoryStatus.WITHDRAWN
        query = table.update().where(table.c.id == memory_id, kept).values(values)
        changed += connection.execute(query).rowcount
    return changed


def _state(memory: Memory) -> list[str]:
    return [Review(memory.review).name, MemoryStatus(memory.status).name]


def _known(connection: Connection, memory_ids: Collection[str]) -> list[Memory]:
    table = table_of(Memory)
    query = sa.select(table).where(in_json(table.c.id, memory_ids))
    found = {row.id: Memory(**row._mapping) for row in connection.execute(query)}
    return [found[one] for one in dict.fromkeys(memory_ids) if one in found]


def _open_memories(connection: Connection, memory_ids: Collection[str]) -> list[Memory]:
    """Return memories about which something can be decided.

    Raises:
        StoreError: one is not there, was withdrawn or was replaced.
    """
    found = _known(connection, memory_ids)
    if len(found) < len(set(memory_ids)):
        raise StoreError("There is no such memory in this archive.")
    if any(memory.status in _FINAL for memory in found):
        raise StoreError(
            "This memory was withdrawn, or another one has taken its place. Reload the list."
        )
    return found


def _carried(connection: Connection, memory_ids: Collection[str]) -> list[Carried]:
    """Return open memories with the spans that support them."""
    citation, passage = table_of(Citation), table_of(Passage)
    carried = []
    for memory in _open_memories(connection, memory_ids):
        query = sa.select(citation).where(
            citation.c.memory_id == memory.id, citation.c.role == CitationRole.SUPPORTS
        )
        own = [Citation(**row._mapping) for row in connection.execute(query)]
        own = [one for one in own if one.exact in memory.quote]
        wanted = in_json(passage.c.id, [one.passage_id for one in own])
        rows = connection.execute(sa.select(passage).where(wanted))
        passages = tuple(Passage(**row._mapping) for row in rows)
        if not own:
            raise StoreError("Nothing carries this memory, so it can only be discarded.")
        carried.append(Carried(memory, tuple(own), passages))
    return carried


def _with_fitting_kind(connection: Connection, old: Memory, edit: Edit) -> Edit:
    """Let the kind follow the narrator: own words are the subject's and nobody else's."""
    if edit.narrator_id is None or edit.kind is not None:
        return edit
    person = table_of(Person)
    query = sa.select(person.c.is_subject).where(person.c.id == edit.narrator_id)
    own = bool(connection.execute(query).scalar())
    kind = old.kind
    if own:
        kind = MemoryKind.OWN_WORDS
    elif old.kind is MemoryKind.OWN_WORDS:
        kind = MemoryKind.EVENT
    values: dict[str, Any] = {**edit.__dict__, "kind": kind}
    return Edit(**values)


def _swap_members(
    connection: Connection, old_ids: Sequence[str], new_ids: Sequence[str]
) -> dict[str, list[str]]:
    """Put revisions into the conflicts of what they revise; return the members before."""
    member = table_of(ConflictMember)
    query = sa.select(member.c.conflict_id).where(in_json(member.c.memory_id, old_ids)).distinct()
    before: dict[str, list[str]] = {}
    touched: Sequence[str] = connection.execute(query).scalars().all()
    for conflict_id in touched:
        ids = sa.select(member.c.memory_id).where(member.c.conflict_id == conflict_id)
        before[conflict_id] = sorted(connection.execute(ids).scalars())
        after = {*before[conflict_id], *new_ids} - set(old_ids)
        if len(after) < 2:
            raise StoreError("These accounts disagree with each other. Decide about that first.")
        put_members(connection, conflict_id, after)
    return before


def put_members(connection: Connection, conflict_id: str, memory_ids: Collection[str]) -> None:
    """Make these memories, as far as they are still there, the members of a conflict."""
    member = table_of(ConflictMember)
    connection.execute(member.delete().where(member.c.conflict_id == conflict_id))
    kept = existing(connection, table_of(Memory), memory_ids)
    rows = [{"conflict_id": conflict_id, "memory_id": one} for one in sorted(kept)]
    if rows:
        connection.execute(member.insert(), rows)


_WAITING = """
    SELECT m.id FROM memory m
    WHERE m.review IN ('UNREVIEWED', 'ACCEPTED_BY_RULE')
      AND m.status NOT IN ('WITHDRAWN', 'SUPERSEDED', 'RECUT')
      AND (:narrator IS NULL OR m.narrator_id = :narrator)
      AND (:source IS NULL OR m.id IN (
          SELECT c.memory_id FROM citation c JOIN passage p ON p.id = c.passage_id
          WHERE p.source_id = :source))
"""

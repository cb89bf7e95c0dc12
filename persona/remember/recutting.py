"""A passage that is read again: what becomes of its memories when the rules know better.

    a person decided about it      stays, and nothing is cut from its words again
    it is read as before           stays
    it is read otherwise           gives way: ``RECUT``, no evidence any more but for the versions
                                   that were made with it
    what is read now               comes in, and names what it came instead of (``previous_id``)

Rules change with the program, and what they know of the people with people.toml. Each batch is
one transaction, so that no reading ever stands beside another of the same words; what a killed
run left as it was is read again by the next one, and a second run finds nothing to do.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import Citation, Memory, MemoryStatus, Review, content_id
from persona.remember import full_text
from persona.remember.acceptance import BY_RULE
from persona.remember.extraction import Extracted
from persona.remember.reading import in_json
from persona.remember.reattribution import free_id
from persona.remember.testimony import check_memories
from persona.remember.transactions import Transactions
from persona.remember.withdrawn import KEPT
from persona.remember.writing import append_audit, existing, insert_new, table_of

Place = tuple[str, int, int]
"""(passage id, start, end)."""

GAVE_WAY = "memories.recut"
"""Action in the audit chain: which memory gave way to which, by their ids."""


@dataclass(frozen=True)
class Cut:
    """What became of a batch: memories that are new, and that gave way to a newer reading."""

    new: int = 0
    gave_way: int = 0


@dataclass(frozen=True)
class _Standing:
    """A memory of a passage about which nobody has decided."""

    memory: Memory
    places: tuple[Place, ...]

    @property
    def gave_way(self) -> bool:
        return self.memory.status is MemoryStatus.RECUT

    @property
    def by_rule(self) -> bool:
        return self.memory.extracted_by.startswith(BY_RULE)


class Recutting(Transactions):
    """Keeps what was found in passages, in the place of what was found there before."""

    def put_cut(self, found: Sequence[Extracted], passage_ids: Collection[str]) -> Cut:
        """Keep memories as all that is to be read in some passages.

        Args:
            found: what was found, those that stand there already too.
            passage_ids: the passages that were gone through, whether anything was found or not.

        Raises:
            StoreError: a memory cannot be kept (see `Reviewing.add_memories`).
        """
        with self._writing() as connection:
            taken = decided_spans(connection, passage_ids)
            free = [one for one in found if not _overlaps(_places(one.citations), taken)]
            here = _standing(connection, passage_ids)
            fresh, kept = _sorted_out(free, here)
            gone = _giving_way(fresh, kept, here)
            self._revive(connection, kept)
            self._put_status(connection, [one.memory.id for one in gone], MemoryStatus.RECUT)
            new = self._insert(connection, fresh, gone, _freed(connection, passage_ids))
            return Cut(new, len(gone))

    def _revive(self, connection: Connection, kept: Iterable[_Standing]) -> None:
        again = [one.memory.id for one in kept if one.gave_way]
        self._put_status(connection, again, MemoryStatus.TOLD)
        if again:
            append_audit(connection, self._actor, GAVE_WAY, counts={"back": again})

    def _put_status(
        self, connection: Connection, memory_ids: Sequence[str], status: MemoryStatus
    ) -> None:
        table = table_of(Memory)
        chosen = table.update().where(in_json(table.c.id, memory_ids))
        connection.execute(chosen.values(status=status))

    def _insert(
        self,
        connection: Connection,
        fresh: Sequence[Extracted],
        gone: Sequence[_Standing],
        freed: dict[Place, str],
    ) -> int:
        """Keep new memories; say in the audit chain what gave way to which of them."""
        known = existing(connection, table_of(Memory), [one.memory.id for one in fresh])
        named = [_named(connection, one, known, freed) for one in fresh]
        instead: dict[str, list[str]] = {one.memory.id: [] for one in gone}
        for one in named:
            before = _before(one, gone)
            one.memory.previous_id = before[0] if before else None
            for earlier in before:
                instead[earlier].append(one.memory.id)
        memories = [one.memory for one in named]
        citations = [citation for one in named for citation in one.citations]
        check_memories(connection, memories, citations)
        rows = insert_new(connection, memories)
        insert_new(connection, citations)
        full_text.index_memories(connection, [row["id"] for row in rows])
        states = [row["review"] for row in rows]
        self._note(
            connection,
            "memories.add",
            new=len(rows),
            accepted_by_rule=states.count(Review.ACCEPTED_BY_RULE),
            waiting=states.count(Review.UNREVIEWED),
        )
        if gone:
            append_audit(connection, self._actor, GAVE_WAY, counts={"gave_way": instead})
        return len(rows)


def decided_spans(
    connection: Connection, passage_ids: Collection[str]
) -> dict[str, list[tuple[int, int]]]:
    """Return the stretches of passages that a person has decided about, by passage.

    Accepted, discarded, restricted, put in other words, left as "not sure", withdrawn, or one of
    several accounts that somebody compared; so is what a narrator's own correction touches, and
    all that is left of a source of which words were taken back: "he" was named there, perhaps.
    """
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    values = {"ids": json.dumps(sorted(passage_ids))}
    for row in connection.execute(sa.text(_DECIDED), values):
        spans[row.passage_id].append((row.start, row.end))
    return dict(spans)


def _standing(connection: Connection, passage_ids: Collection[str]) -> list[_Standing]:
    """Return the memories of these passages about which nobody has decided."""
    values = {"ids": json.dumps(sorted(passage_ids))}
    places: dict[str, list[Place]] = defaultdict(list)
    for row in connection.execute(sa.text(_UNDECIDED), values):
        places[row.id].append((row.passage_id, row.start, row.end))
    table = table_of(Memory)
    rows = connection.execute(sa.select(table).where(in_json(table.c.id, list(places))))
    found = [Memory(**row._mapping) for row in rows]
    return [_Standing(one, tuple(sorted(places[one.id]))) for one in found]


def _sorted_out(
    found: Sequence[Extracted], here: Sequence[_Standing]
) -> tuple[list[Extracted], list[_Standing]]:
    """Return what is new, and what of that which stands here is found again."""
    readings: dict[Any, list[_Standing]] = defaultdict(list)
    for one in sorted(here, key=lambda one: (one.gave_way, one.memory.id)):
        readings[_reading(one.memory, one.places)].append(one)
    fresh: list[Extracted] = []
    kept: list[_Standing] = []
    for item in found:
        same = readings[_reading(item.memory, _places(item.citations))]
        match = next((one for one in same if _may_stay(one, item)), None)
        if match is None:
            fresh.append(item)
        else:
            kept.append(match)
    return fresh, kept


def _reading(memory: Memory, places: Sequence[Place]) -> Any:
    """Return what makes two memories one reading of the same words."""
    return (
        tuple(places),
        memory.extracted_by if not memory.extracted_by.startswith(BY_RULE) else BY_RULE,
        memory.narrator_id,
        memory.addressee_id,
        tuple(memory.told_by),
        tuple(memory.subject_ids),
        memory.kind,
        memory.modality,
        memory.event_edtf,
        memory.event_words,
    )


def _may_stay(standing: _Standing, item: Extracted) -> bool:
    """Say whether nothing is lost by leaving it: what waits now must not pass for sure."""
    waits = item.waits and item.memory.review is Review.UNREVIEWED
    return not waits or standing.memory.review is Review.UNREVIEWED


def _giving_way(
    fresh: Sequence[Extracted], kept: Sequence[_Standing], here: Sequence[_Standing]
) -> list[_Standing]:
    """Return what the rules read otherwise now, and what a model proposed of the same words."""
    stays = {one.memory.id for one in kept}
    rest = [one for one in here if one.memory.id not in stays and not one.gave_way]
    by_rule = [one for one in fresh if one.memory.extracted_by.startswith(BY_RULE)]
    read = _by_passage(place for one in by_rule for place in _places(one.citations))
    return [one for one in rest if one.by_rule or _overlaps(one.places, read)]


def _before(item: Extracted, gone: Sequence[_Standing]) -> list[str]:
    """Return what gives way to a memory, the one that shares most words with it first."""
    shared = {
        one.memory.id: sum(_common(a, b) for a in _places(item.citations) for b in one.places)
        for one in gone
    }
    return sorted((one for one in shared if shared[one]), key=lambda one: (-shared[one], one))


def _named(
    connection: Connection, item: Extracted, known: Collection[str], freed: dict[Place, str]
) -> Extracted:
    """Return a memory under an id that is free.

    Where its words were said to be somebody else's, it takes the id that has become free:
    versions that hold it then tell the right one too (`reattribution`).
    """
    (place,) = _places(item.citations)
    memory_id = freed.get(place, item.memory.id)
    if memory_id in known:
        memory_id = free_id(connection, memory_id, "read again")
    if memory_id == item.memory.id:
        return item
    memory = Memory(**(item.memory.model_dump() | {"id": memory_id}))
    values = {"id": content_id("cit", memory_id, *place), "memory_id": memory_id}
    citations = tuple(Citation(**(one.model_dump() | values)) for one in item.citations)
    return Extracted(memory, citations, item.waits)


def _freed(connection: Connection, passage_ids: Collection[str]) -> dict[Place, str]:
    """Return the ids of older rules that memories of the wrong narrator have left, by place."""
    values = {"ids": json.dumps(sorted(passage_ids))}
    found: dict[Place, str] = {}
    for row in connection.execute(sa.text(_ASIDE), values):
        place = (row.passage_id, row.start, row.end)
        found[place] = content_id("mem", *place, row.extracted_by)
    taken = existing(connection, table_of(Memory), found.values())
    return {place: one for place, one in found.items() if one not in taken}


def _places(citations: Sequence[Citation]) -> tuple[Place, ...]:
    return tuple(sorted((one.passage_id, one.start, one.end) for one in citations))


def _by_passage(places: Iterable[Place]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for passage_id, start, end in places:
        found[passage_id].append((start, end))
    return found


def _overlaps(places: Iterable[Place], spans: dict[str, list[tuple[int, int]]]) -> bool:
    return any(
        start < last and first < end
        for passage_id, start, end in places
        for first, last in spans.get(passage_id, ())
    )


def _common(one: Place, other: Place) -> int:
    """Return how many characters two places share."""
    return max(0, min(one[2], other[2]) - max(one[1], other[1])) if one[0] == other[0] else 0


_CITED = """
    SELECT m.id, m.extracted_by, c.passage_id, c.start, c."end"
    FROM json_each(:ids) p CROSS JOIN citation c ON c.passage_id = p.value
    JOIN memory m ON m.id = c.memory_id
    WHERE c.role = 'SUPPORTS'
"""
_BY_A_PERSON = f"""
    (m.review IN ('ACCEPTED', 'DISCARDED') OR m.status NOT IN ('TOLD', 'RECUT')
     OR m.id IN (SELECT target_id FROM restriction)
     OR m.id IN (SELECT x.memory_id FROM conflictmember x JOIN conflict k ON k.id = x.conflict_id
                 WHERE k.state <> 'PROPOSED' OR k.kind = 'CORRECTION' OR k.policy <> 'TELL_BOTH'
                 OR k.resolution <> '')
     OR m.id IN (SELECT target_id FROM auditevent WHERE action = 'review.unsure'
                 AND CAST(seq AS TEXT) NOT IN (
                     SELECT target_id FROM auditevent WHERE action = 'review.undo'))
     OR EXISTS (SELECT 1 FROM passage x WHERE x.id = c.passage_id AND x.source_id IN (
                    SELECT k.value FROM withdrawal w, json_each(w.erased, '$.{KEPT}') k)))
"""
_STEPPED_ASIDE = "(m.review = 'DISCARDED' AND m.status = 'SUPERSEDED')"
"""The narrator was another, or a decision was undone: its words may be read again."""
_DECIDED = f"{_CITED} AND NOT {_STEPPED_ASIDE} AND m.status <> 'RECUT' AND {_BY_A_PERSON}"
_FOUND = f"(m.extracted_by LIKE '{BY_RULE}%' OR m.extracted_by LIKE 'model/%')"
_UNDECIDED = f"{_CITED} AND {_FOUND} AND NOT {_BY_A_PERSON}"
_ASIDE = f"{_CITED} AND {_STEPPED_ASIDE} AND m.extracted_by LIKE '{BY_RULE}%'"

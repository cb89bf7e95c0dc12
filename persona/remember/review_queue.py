"""What waits for a reviewer, the most important first, with what is needed to decide.

    1  disputed, and told in answers already      6  disputed
    2  told in confidence                         7  told in answers already
    3  it is not sure who speaks                  8  about death, illness, money, marriage, harm
    4  hearsay                                    9  the rest, the longest unseen first
    5  it is not sure what the words are

In each of these, what nobody may use yet comes first, and one source after the other, so that
one reads in order. What was left as "not sure" comes last. There are no locks: whoever asks
gets what is open at that moment.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from persona.records import (
    Citation,
    Conflict,
    ConflictMember,
    ConflictState,
    Memory,
    Passage,
    Review,
    Source,
)
from persona.remember.access import EARLIER
from persona.remember.confided import is_confided
from persona.remember.reading import Reading, in_json, readable_rows
from persona.remember.undoing import standing_decisions
from persona.remember.words import load_review_words
from persona.remember.writing import table_of

SURE_SPEAKER = 0.75
SURE_TEXT = 0.75
_CHUNK = 200


@dataclass(frozen=True)
class Disagreement:
    """A conflict with the accounts in it, all of which this reader may know."""

    conflict: Conflict
    members: tuple[Memory, ...]


@dataclass(frozen=True)
class Waiting:
    """A memory that nobody has looked at, with all that is needed to decide.

    Attributes:
        memory: what was told.
        citations: the readable spans that carry it, in order: ``passage.text[start:end]``.
        passages: where they stand, in order.
        before: the text just before the first passage in its source, or "".
        after: the text just after the last one, or "".
        source: the original.
        reasons: why it is in the queue: 'disputed', 'used', 'confided', 'speaker_unsure',
            'hearsay', 'text_unsure', 'proposed' (by a model), 'sensitive', 'unseen'; and
            'unsure' when somebody has looked at it and did not know.
        disagreements: conflicts that it is part of.
    """

    memory: Memory
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    before: str
    after: str
    source: Source
    reasons: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True)
class ReviewCounts:
    """How far the review is. ``left == waiting + by_rule``.

    Attributes:
        left: memories that no person has looked at.
        waiting: those of them that are evidence for nobody until somebody accepts them.
        by_rule: those of them that a rule accepted.
        accepted: memories that a person accepted.
        discarded: memories that a person discarded.
        conflicts: proposed disagreements that nobody has decided about.
    """

    left: int
    waiting: int
    by_rule: int
    accepted: int
    discarded: int
    conflicts: int


@dataclass
class _Queue:
    """The order of one archive: of all its memories, as any decision can be undone.

    It is kept while nothing but decisions is written; ``gone`` are those seen to be decided.
    """

    state: tuple[int, int]
    seen: int
    order: list[str]
    reasons: dict[str, tuple[str, ...]]
    unsure: dict[str, None] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


_QUEUES: WeakKeyDictionary[Engine, _Queue] = WeakKeyDictionary()


class ReviewReading(Reading):
    """What a view says about the review."""

    def review_page(self, limit: int = 20, offset: int = 0) -> list[Waiting]:
        """Return a page of what waits, the most important first; nothing but to the custodian.

        The order tells what is disputed and what was told to others, so nobody else is shown it.
        """
        with self._reading():
            if not self._rights.everything:
                return []
            queue = _queue(self._connection)
            ids = self._open_ids(queue, offset + limit)[offset:]
            return self._waiting(ids, queue)

    def review_counts(self) -> ReviewCounts:
        """Return how far the review is, in what this reader may read."""
        with self._reading():
            rows = self._connection.exec_driver_sql(_COUNTS).all()
            states: dict[str, int] = {row[0]: row[1] for row in rows}
            open_conflicts = len(self._conflicts_where(ConflictState.PROPOSED))
        waiting = states.get(Review.UNREVIEWED.name, 0)
        by_rule = states.get(Review.ACCEPTED_BY_RULE.name, 0)
        return ReviewCounts(
            left=waiting + by_rule,
            waiting=waiting,
            by_rule=by_rule,
            accepted=states.get(Review.ACCEPTED.name, 0),
            discarded=states.get(Review.DISCARDED.name, 0),
            conflicts=open_conflicts,
        )

    def disagreements(self, state: ConflictState | None = None) -> list[Disagreement]:
        """Return conflicts with their accounts, dismissed ones too; ``state`` narrows them."""
        with self._reading():
            found = self._conflicts_where(state)
            return self._with_members(found)

    def _conflicts_where(self, state: ConflictState | None) -> list[Conflict]:
        query = sa.select(table_of(Conflict)).where(sa.text(_ALL_READABLE), sa.text(OF_TODAY))
        if state is not None:
            query = query.where(table_of(Conflict).c.state == state)
        found = self._all(Conflict, query.order_by("id"))
        return [self._names.conflict(conflict) for conflict in found]

    def _with_members(self, conflicts: Sequence[Conflict]) -> list[Disagreement]:
        table, memory = table_of(ConflictMember), table_of(Memory)
        wanted = in_json(table.c.conflict_id, [conflict.id for conflict in conflicts])
        members: dict[str, list[Memory]] = defaultdict(list)
        query = sa.select(table.c.conflict_id, memory).join(
            memory, memory.c.id == table.c.memory_id
        )
        for row in self._connection.execute(query.where(wanted).order_by(memory.c.id)):
            values = {k: v for k, v in row._mapping.items() if k != "conflict_id"}
            members[row.conflict_id].append(Memory(**values))
        return [Disagreement(one, tuple(members[one.id])) for one in conflicts]

    def _open_ids(self, queue: _Queue, wanted: int) -> list[str]:
        """Return the first ids of the queue that are still open."""
        later = queue.unsure.keys() | queue.gone
        order = [one for one in queue.order if one not in later] + list(queue.unsure)
        found: list[str] = []
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            open_now = self._open_among(chunk)
            found += [one for one in chunk if one in open_now]
            if self._rights.everything:
                queue.gone |= set(chunk) - open_now
            if len(found) >= wanted:
                break
        return found[:wanted]

    def _open_among(self, ids: Sequence[str]) -> set[str]:
        table = table_of(Memory)
        query = sa.select(table.c.id).where(
            in_json(table.c.id, ids),
            sa.text(_OPEN),
            sa.text("id NOT IN (SELECT id FROM temp.unreadable_memory)"),
        )
        return set(self._connection.execute(query).scalars())

    def _waiting(self, ids: Sequence[str], queue: _Queue) -> list[Waiting]:
        memory, citation, passage = table_of(Memory), table_of(Citation), table_of(Passage)
        query = readable_rows(Memory, "readable_memory").where(in_json(memory.c.id, ids))
        memories = {one.id: one for one in self._all(Memory, query)}
        cited: dict[str, list[Citation]] = defaultdict(list)
        spans = sa.select(citation).where(in_json(citation.c.memory_id, ids))
        for one in self._all(Citation, spans.order_by(citation.c.start, citation.c.id)):
            cited[one.memory_id].append(one)
        wanted = {one.passage_id for several in cited.values() for one in several}
        query = readable_rows(Passage, "readable_passage").where(in_json(passage.c.id, wanted))
        passages = {one.id: self._names.passage(one) for one in self._all(Passage, query)}
        sources = self._sources_of({one.source_id for one in passages.values()})
        around = self._around(list(passages.values()))
        disputes = self._disputes_of(ids)
        return [
            _one(memories[one], cited[one], passages, sources, around, queue, disputes[one])
            for one in ids
            if one in memories and any(c.passage_id in passages for c in cited[one])
        ]

    def _sources_of(self, ids: Collection[str]) -> dict[str, Source]:
        query = readable_rows(Source, "readable_source")
        query = query.where(in_json(table_of(Source).c.id, ids))
        return {one.id: self._names.source(one) for one in self._all(Source, query)}

    def _around(self, passages: Sequence[Passage]) -> dict[tuple[str, int], str]:
        """Return the readable texts beside these passages, by (source, position)."""
        places: dict[str, set[int]] = defaultdict(set)
        for passage in passages:
            places[passage.source_id] |= {passage.position - 1, passage.position + 1}
        table = table_of(Passage)
        columns = sa.select(table.c.source_id, table.c.position, table.c.text)
        found: dict[tuple[str, int], str] = {}
        for source_id, positions in places.items():
            query = columns.where(
                table.c.source_id == source_id,
                table.c.position.in_(sorted(positions)),
                sa.text("id NOT IN (SELECT id FROM temp.unreadable_passage)"),
            )
            found |= {(row[0], row[1]): row[2] for row in self._connection.execute(query)}
        return found

    def _disputes_of(self, ids: Sequence[str]) -> dict[str, list[Disagreement]]:
        member = table_of(ConflictMember)
        touched = sa.select(member.c.conflict_id).where(in_json(member.c.memory_id, ids))
        query = sa.select(table_of(Conflict)).where(
            table_of(Conflict).c.id.in_(touched),
            sa.text(_ALL_READABLE),
            sa.text(OF_TODAY),
            table_of(Conflict).c.state != ConflictState.DISMISSED,
        )
        disputes: dict[str, list[Disagreement]] = defaultdict(list)
        for one in self._with_members(self._all(Conflict, query.order_by("id"))):
            for memory in one.members:
                disputes[memory.id].append(one)
        return disputes


def _one(
    memory: Memory,
    citations: Sequence[Citation],
    passages: dict[str, Passage],
    sources: dict[str, Source],
    around: dict[tuple[str, int], str],
    queue: _Queue,
    disputes: Sequence[Disagreement],
) -> Waiting:
    shown = [c for c in citations if c.passage_id in passages]
    shown.sort(key=lambda c: (passages[c.passage_id].position, c.start))
    own = [passages[c.passage_id] for c in shown]
    own = sorted({one.id: one for one in own}.values(), key=lambda one: one.position)
    reasons = queue.reasons.get(memory.id, ("unseen",))
    return Waiting(
        memory=memory,
        citations=tuple(shown),
        passages=tuple(own),
        before=around.get((own[0].source_id, own[0].position - 1), ""),
        after=around.get((own[-1].source_id, own[-1].position + 1), ""),
        source=sources[own[0].source_id],
        reasons=(*reasons, "unsure") if memory.id in queue.unsure else reasons,
        disagreements=tuple(disputes),
    )


def _queue(connection: Connection) -> _Queue:
    """Return the order of this archive, made again where more than decisions was written."""
    state, seen = _written(connection)
    queue = _QUEUES.get(connection.engine)
    if queue is None or queue.state != state:
        queue = _ranked(connection, state)
        _QUEUES[connection.engine] = queue
    if queue.seen != seen:
        unsure = [e.target_id for e in standing_decisions(connection) if e.action == _UNSURE]
        queue.unsure = dict.fromkeys(reversed(unsure))
        queue.gone.clear()  # an undone decision opens a memory again
        queue.seen = seen
    return queue


def _written(connection: Connection) -> tuple[tuple[int, int], int]:
    """Return marks that change when the order may (first), or when anything was decided."""
    newest = connection.exec_driver_sql(_NEWEST).scalar() or 0
    sentences = connection.exec_driver_sql("SELECT max(rowid) FROM sentence").scalar() or 0
    unsure = connection.exec_driver_sql(_NEWEST_UNSURE).scalar() or 0
    return (int(newest), int(sentences)), int(unsure)


def _ranked(connection: Connection, state: tuple[int, int]) -> _Queue:
    used: set[str] = set(connection.exec_driver_sql(_USED).scalars())
    disputed: set[str] = set(connection.exec_driver_sql(_DISPUTED).scalars())
    ranked: list[tuple[tuple[Any, ...], str]] = []
    reasons: dict[str, tuple[str, ...]] = {}
    for row in connection.exec_driver_sql(_EVERYTHING):
        if row.id in reasons:
            continue  # carried by several spans: the first one places it
        why = {
            "disputed": row.id in disputed,
            "used": row.id in used,
            "confided": is_confided(row.statement),
            "speaker_unsure": row.speaker < SURE_SPEAKER,
            "hearsay": row.told_by not in ("[]", "null"),
            "text_unsure": row.words < SURE_TEXT,
            "proposed": not row.extracted_by.startswith(("rules/", "by hand")),
            "sensitive": bool(_SENSITIVE.search(row.statement)),
        }
        reasons[row.id] = tuple(name for name, holds in why.items() if holds) or ("unseen",)
        by_rule = row.review != Review.UNREVIEWED.name
        place = (row.received_at, row.source_id, row.position, row.start)
        ranked.append(((_tier(why), by_rule, *place), row.id))
    return _Queue(state, -1, [one for _, one in sorted(ranked)], reasons)


def _tier(why: dict[str, bool]) -> int:
    order = (
        why["disputed"] and why["used"],
        why["confided"],
        why["speaker_unsure"],
        why["hearsay"],
        why["text_unsure"],
        why["disputed"],
        why["used"],
        why["sensitive"],
    )
    return order.index(True) if any(order) else len(order)


def _sensitive() -> re.Pattern[str]:
    words = [word for several in load_review_words()["sensitive"].values() for word in several]
    latin = "|".join(re.escape(word) for word in words if word.isascii())
    hanzi = "|".join(re.escape(word) for word in words if not word.isascii())
    return re.compile(rf"\b(?:{latin})|{hanzi}", re.IGNORECASE)


_SENSITIVE = _sensitive()
_UNSURE = "review.unsure"

_OPEN = (
    "memory.review IN ('UNREVIEWED', 'ACCEPTED_BY_RULE') "
    "AND memory.status NOT IN ('WITHDRAWN', 'SUPERSEDED', 'RECUT')"
)
_ALL_READABLE = (
    "conflict.id NOT IN (SELECT conflict_id FROM conflictmember "
    "WHERE memory_id IN (SELECT id FROM temp.unreadable_memory))"
)
OF_TODAY = (
    f"conflict.id NOT IN (SELECT conflict_id FROM conflictmember WHERE memory_id IN {EARLIER})"
)
"""Conflicts none of whose accounts has given way to a newer reading (`recutting`)."""
_NEWEST = "SELECT seq FROM auditevent WHERE action NOT LIKE 'review.%' ORDER BY seq DESC LIMIT 1"
_NEWEST_UNSURE = (
    "SELECT seq FROM auditevent WHERE action IN ('review.unsure', 'review.undo') "
    "ORDER BY seq DESC LIMIT 1"
)
_USED = (
    "SELECT DISTINCT json_extract(cited.value, '$.memory_id') "
    "FROM sentence, json_each(sentence.citations) AS cited"
)
_DISPUTED = (
    "SELECT memory_id FROM conflictmember WHERE conflict_id IN "
    "(SELECT id FROM conflict WHERE state <> 'DISMISSED')"
)
_COUNTS = (
    "SELECT review, count(*) FROM memory WHERE status NOT IN ('WITHDRAWN', 'SUPERSEDED', 'RECUT') "
    "AND id NOT IN (SELECT id FROM temp.unreadable_memory) GROUP BY review"
)
_EVERYTHING = """
    SELECT memory.id, memory.review, memory.told_by, memory.extracted_by, memory.statement,
           p.speaker_confidence AS speaker, p.text_confidence AS words, p.source_id, p.position,
           c.start, s.received_at
    FROM memory JOIN citation c ON c.memory_id = memory.id
    JOIN passage p ON p.id = c.passage_id JOIN source s ON s.id = p.source_id
"""

"""What a reader may know, worked out before any search (law 4).

    restrictions + consents ──► closed things, silent people
                                       │
                     temp.unusable_source      a rule or a withdrawal closes it
                     temp.unusable_passage     in such a source, or with a memory in it that
                                               the reader may not know
                     temp.unusable_memory      of which any passage is unusable

Every query of a view leaves these temporary tables out (or ``temp.unreadable_*``: the same,
except for the custodian), and ``temp.usable_*`` and ``temp.readable_*`` are what is left. A rule
on a memory closes the passage whose words it quotes, and so its neighbours in that passage: else
the words would be read there. A rule on a source closes what was derived from it.

What is closed is kept, not what is open: an archive of a million memories with a few rules is
ready in milliseconds, so it is simply done again after every write.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import (
    Act,
    ConflictPolicy,
    ConflictState,
    Consent,
    ConsentState,
    MemoryStatus,
    Person,
    Restriction,
    Review,
    Source,
)
from persona.remember.readers import Audience, Custodian, Reader, Relative
from persona.remember.unnamed import Unnamed
from persona.remember.writing import table_of

FREE_ACTS = frozenset({Act.KEEP, Act.TRANSCRIBE, Act.RETRIEVE, Act.QUOTE})
"""Handing material in allows these until it is narrowed or withdrawn; the rest need a grant."""

_LAST_DAY = "-12-31"


@dataclass(frozen=True)
class Rights:
    """A reader with the records of the people it stands for.

    Attributes:
        people: whom the reader stands for; all of them must be admitted.
        everything: the custodian.
        today: terms that ended before this day are over.
    """

    people: tuple[Person, ...]
    everything: bool
    today: date

    @property
    def unknown(self) -> bool:
        """Return True for a stranger: nobody is known to be there."""
        return not self.everything and not self.people


def rights_of(reader: Reader, people: Sequence[Person], today: date) -> Rights | None:
    """Return the rights of a reader, or None when it names somebody who is not there."""
    known = {person.id: person for person in people}
    wanted: tuple[str, ...] = ()
    if isinstance(reader, Relative):
        wanted = (reader.person_id,)
    elif isinstance(reader, Audience):
        wanted = reader.person_ids
    if any(person_id not in known for person_id in wanted):
        return None
    return Rights(tuple(known[i] for i in wanted), isinstance(reader, Custodian), today)


def last_day(until: str) -> str:
    """Return the last day of an EDTF year, month or day as ``YYYY-MM-DD`` text."""
    if len(until) == 4:
        return until + _LAST_DAY
    return until if len(until) == 10 else until + "-31"


def ended(until: str | None, today: date) -> bool:
    """Say whether a term ended before today; None never ends."""
    return until is not None and last_day(until) < today.isoformat()


def admits(rule: Restriction, rights: Rights, act: Act) -> bool:
    """Say whether one rule lets this reader do ``act``: every person it stands for, or nobody.

    A stranger is admitted by no rule at all: it could be the very person that is denied.
    """
    over = ended(rule.until, rights.today)
    about_others = bool(rule.acts) and not {act.value, Act.RETRIEVE.value} & set(rule.acts)
    if rights.everything or over or about_others:
        return True
    return not rights.unknown and all(_admits_person(rule, person) for person in rights.people)


def _admits_person(rule: Restriction, person: Person) -> bool:
    groups = set(person.groups)
    if person.id in rule.deny or groups & set(rule.deny):
        return False
    if person.id in rule.allow:
        return True
    if not rule.any_groups and not rule.all_groups:
        return not rule.allow
    in_one = not rule.any_groups or bool(groups & set(rule.any_groups))
    return in_one and set(rule.all_groups) <= groups


def consented(newest: Consent | None, act: Act, rights: Rights) -> bool:
    """Say whether the newest entry for a person and an act covers this reader today.

    The custodian acts for no audience in particular: only the state and the term count.
    """
    if newest is None:
        return act in FREE_ACTS
    if newest.state is ConsentState.WITHDRAWN or ended(newest.until, rights.today):
        return False
    if not newest.audience or rights.everything:
        return True
    wanted = set(newest.audience)
    return not rights.unknown and all(
        person.id in wanted or wanted & set(person.groups) for person in rights.people
    )


def newest_consents(consents: Iterable[Consent]) -> dict[tuple[str, Act], Consent]:
    """Return the entry that counts for each (person, act): the last one recorded.

    Args:
        consents: in the order in which they were written.
    """
    newest: dict[tuple[str, Act], Consent] = {}
    for entry in sorted(consents, key=lambda consent: consent.at):
        newest[entry.person_id, entry.act] = entry
    return newest


def make_readable(
    connection: Connection,
    rights: Rights,
    act: Act,
    restrictions: Sequence[Restriction],
    consents: Sequence[Consent],
    unnamed: Unnamed,
) -> None:
    """Fill ``temp.unusable_*`` (no evidence for this reader) and ``temp.unreadable_*`` (unseen).

    They differ for the custodian alone, who also sees what must not be used any more.
    """
    _fill(connection, "closed", {r.target_id for r in restrictions if not admits(r, rights, act)})
    silent = _silent_people(connection, rights, act, consents)
    _fill(connection, "silent", silent)
    _fill(connection, "naming_passage", unnamed.naming(connection, "passage", ["text"]))
    _fill(connection, "naming_memory", unnamed.naming(connection, "memory", _WORDS_OF_MEMORY))
    _fill(connection, "unusable_source", _unusable_sources(connection, silent))
    _make(connection, "unusable_passage", _UNUSABLE_PASSAGES)
    connection.exec_driver_sql(_EMPTIED_SOURCES)
    _make(connection, "unindexed", _UNINDEXED if _has_unindexed(connection) else None)
    _make(connection, "unusable_memory", _UNUSABLE_MEMORIES)
    for kind in ("source", "passage", "memory"):
        query = f"SELECT id FROM temp.unusable_{kind}"
        if rights.everything:
            query = "SELECT id FROM temp.unindexed WHERE 'memory' = " + f"'{kind}'"
        _make(connection, f"unreadable_{kind}", query)
    for statement in _VIEWS:
        connection.exec_driver_sql(statement)


def _has_unindexed(connection: Connection) -> bool:
    counts = connection.exec_driver_sql(
        "SELECT (SELECT count(*) FROM memory) <> (SELECT count(*) FROM memoryindex)"
    )
    return bool(counts.scalar_one())


def _silent_people(
    connection: Connection, rights: Rights, act: Act, consents: Sequence[Consent]
) -> set[str]:
    """Return those whose words this reader may not be given, as they themselves decided."""
    newest = newest_consents(consents)
    everybody: list[str] = list(connection.execute(sa.select(table_of(Person).c.id)).scalars())
    return {
        person_id
        for person_id in everybody
        if not all(
            consented(newest.get((person_id, needed)), needed, rights)
            for needed in {Act.KEEP, Act.RETRIEVE, act}
        )
    }


def _unusable_sources(connection: Connection, silent: set[str]) -> set[str]:
    """Return the sources that something closes: themselves or what they were derived from."""
    table = table_of(Source)
    columns = (table.c.id, table.c.narrator_id, table.c.derived_from)
    rows = connection.execute(sa.select(*columns)).all()
    closed: set[str] = set(connection.exec_driver_sql("SELECT id FROM temp.closed").scalars())
    refused = {row.id for row in rows if row.id in closed or row.narrator_id in silent}
    origins = {row.id: row.derived_from for row in rows if row.derived_from}
    if not refused:
        return set()
    return {row.id for row in rows if _lineage(row.id, origins) & refused}


def _lineage(source_id: str, origins: dict[str, str]) -> set[str]:
    """Return a source and all that it was derived from."""
    seen = {source_id}
    while (current := origins.get(source_id)) and current not in seen:
        seen.add(current)
        source_id = current
    return seen


def _fill(connection: Connection, name: str, ids: set[str]) -> None:
    _make(connection, name, None)
    if ids:
        rows = [{"id": row} for row in sorted(ids)]
        connection.execute(sa.text(f"INSERT INTO temp.{name} VALUES (:id)"), rows)


def _make(connection: Connection, name: str, query: str | None) -> None:
    connection.exec_driver_sql(f"CREATE TEMP TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY)")
    connection.exec_driver_sql(f"DELETE FROM temp.{name}")
    if query:
        connection.exec_driver_sql(f"INSERT OR IGNORE INTO temp.{name} {query}")


EARLIER = f"(SELECT id FROM memory WHERE status = '{MemoryStatus.RECUT.name}')"
"""Memories that gave way to a newer reading of their passage (`recutting`).

They may be read, and the versions that were made with them go on telling them; nothing else does.
"""

_WORDS_OF_MEMORY = ("statement", "quote", "event_words")

_UNINDEXED = "SELECT id FROM memory WHERE id NOT IN (SELECT memory_id FROM memoryindex)"

_UNUSABLE_PASSAGES = f"""
    SELECT p.id FROM temp.unusable_source x CROSS JOIN passage p ON p.source_id = x.id
    UNION ALL SELECT p.id FROM temp.closed x CROSS JOIN passage p ON p.id = x.id
    UNION ALL SELECT id FROM temp.naming_passage
    UNION ALL SELECT p.id FROM temp.silent x CROSS JOIN passage p ON p.speaker_id = x.id
    UNION ALL SELECT c.passage_id FROM temp.closed x CROSS JOIN citation c ON c.memory_id = x.id
    UNION ALL
    SELECT c.passage_id FROM memory w CROSS JOIN citation c ON c.memory_id = w.id
    WHERE w.status IN ('{MemoryStatus.WITHDRAWN.name}', '{MemoryStatus.SUPERSEDED.name}')
      AND w.status = '{MemoryStatus.WITHDRAWN.name}'
"""
"""(The condition of an index, word for word, and the condition that is meant.)"""

_EMPTIED_SOURCES = """
    INSERT OR IGNORE INTO temp.unusable_source
    SELECT s.source_id FROM (
        SELECT DISTINCT p.source_id
        FROM temp.unusable_passage x CROSS JOIN passage p ON p.id = x.id) s
    WHERE NOT EXISTS (
        SELECT 1 FROM passage o WHERE o.source_id = s.source_id
        AND o.id NOT IN (SELECT id FROM temp.unusable_passage))
"""
"""A source of which nothing may be known: its title and date would tell of it."""

_UNUSABLE_MEMORIES = f"""
    SELECT id FROM temp.unindexed
    UNION ALL SELECT id FROM temp.naming_memory
    UNION ALL SELECT m.id FROM temp.closed x CROSS JOIN memory m ON m.id = x.id
    UNION ALL SELECT m.id FROM temp.silent x CROSS JOIN memory m ON m.narrator_id = x.id
    UNION ALL
    SELECT id FROM memory
    WHERE status IN ('{MemoryStatus.WITHDRAWN.name}', '{MemoryStatus.SUPERSEDED.name}')
    UNION ALL
    SELECT id FROM memory
    WHERE review IN ('{Review.DISCARDED.name}', '{Review.UNREVIEWED.name}')
    UNION ALL
    SELECT x.memory_id FROM conflict k JOIN conflictmember x ON x.conflict_id = k.id
    WHERE k.policy = '{ConflictPolicy.KEEP_SILENT.name}'
      AND k.state = '{ConflictState.CONFIRMED.name}'
    UNION ALL
    SELECT c.memory_id FROM temp.unusable_passage x CROSS JOIN citation c ON c.passage_id = x.id
"""

_VIEWS = (
    *(
        f"CREATE TEMP VIEW IF NOT EXISTS {sort}able_{kind} AS SELECT id FROM main.{kind} "
        f"WHERE id NOT IN (SELECT id FROM temp.un{sort}able_{kind})"
        for sort in ("us", "read")
        for kind in ("source", "passage")
    ),
    *(
        f"CREATE TEMP VIEW IF NOT EXISTS {sort}able_memory AS "
        "SELECT memory_id AS id, doc FROM main.memoryindex "
        f"WHERE memory_id NOT IN (SELECT id FROM temp.un{sort}able_memory)"
        for sort in ("us", "read")
    ),
)

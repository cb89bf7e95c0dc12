"""Whether the store still holds what it promises: asked by `persona verify` (issue: audit).

Every fault is a sentence with ids and counts, never words.
"""

import re
import tempfile
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import AuditEvent, Conversation, Turn
from persona.records.fingerprint import GeneratedFingerprint
from persona.remember.database import HEAD, open_database
from persona.remember.reading import Reading, required
from persona.remember.writing import first_broken_link, table_of

_NAMED = 5
"""Ids that are named in one fault; the rest is counted."""


class Verifying(Reading):
    """The part of a view that looks for damage, for the custodian."""

    def store_faults(self) -> dict[str, list[str]]:
        """Return the faults of the store by what was checked; nothing is changed.

        Raises:
            NotReadable: this is not the custodian.
        """
        with self._reading():
            required(True if self._rights.everything else None)
            connection = self._connection
            return {
                "file": _file_faults(connection),
                "schema": _schema_faults(connection),
                "citations": _row_faults(connection, _CITATIONS),
                "index": _row_faults(connection, _INDEX),
                "chain": self._chain_faults(),
            }

    def was_generated(self, sha256: str) -> bool:
        """Say whether a file with this hash was made by the persona (law 3)."""
        table = table_of(GeneratedFingerprint)
        with self._reading():
            query = sa.select(table.c.sha256).where(table.c.sha256 == sha256)
            return self._connection.execute(query).first() is not None

    def version_of_turn(self, turn_id: str) -> str:
        """Return the id of the version that said a turn. Raises `NotReadable`."""
        turns, talks = table_of(Turn), table_of(Conversation)
        with self._reading():
            required(True if self._rights.everything else None)
            query = sa.select(talks.c.version_id).join(turns, turns.c.conversation_id == talks.c.id)
            found = self._connection.execute(query.where(turns.c.id == turn_id)).scalar()
            return str(required(found))

    def _chain_faults(self) -> list[str]:
        events = self._all(AuditEvent, sa.select(table_of(AuditEvent)).order_by(sa.text("seq")))
        broken = first_broken_link(events)
        if broken is not None:
            return [f"The audit chain is broken at event {broken}: it was altered, or one is gone."]
        gaps = [event.seq for place, event in enumerate(events, 1) if event.seq != place]
        if gaps:
            return [f"The audit chain has a gap before event {gaps[0]}."]
        return []


def _file_faults(connection: Connection) -> list[str]:
    """Ask SQLite itself about the pages of the file and the rows that rows point to."""
    faults = []
    pages: list[str] = list(connection.exec_driver_sql("PRAGMA main.integrity_check(5)").scalars())
    if pages != ["ok"]:
        faults.append(f"The archive's file is damaged in {len(pages)} places: restore a backup.")
    dangling = connection.exec_driver_sql("PRAGMA main.foreign_key_check").all()
    for table in sorted({str(row[0]) for row in dangling}):
        count = sum(str(row[0]) == table for row in dangling)
        faults.append(f"{count} rows of {table} point to something that is not there.")
    return faults


def _schema_faults(connection: Connection) -> list[str]:
    """Compare the revision and every table, index and trigger with those of a new archive."""
    found = connection.exec_driver_sql("SELECT version_num FROM main.alembic_version").scalar()
    if found != HEAD:
        return [f"The archive has schema {found}, and this program has {HEAD}."]
    with tempfile.TemporaryDirectory() as folder:
        fresh = open_database(Path(folder) / "new.sqlite", create=True)
        with fresh.connect() as other:
            wanted = _schema(other)
        fresh.dispose()
    here = _schema(connection)
    return [
        f"The schema of {name} is not the one that this program makes."
        for name in sorted(wanted.keys() | here.keys())
        if wanted.get(name) != here.get(name)
    ]


def _schema(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM main.sqlite_master WHERE sql IS NOT NULL "
        "AND name NOT LIKE 'sqlite_stat%'"
    )
    return {row[0]: re.sub(r"\s+", " ", row[1]) for row in rows}


def _row_faults(connection: Connection, checks: dict[str, str]) -> list[str]:
    faults = []
    for sentence, query in checks.items():
        found: list[object] = list(connection.exec_driver_sql(query).scalars())
        ids = [str(one) for one in found]
        if ids:
            named = ", ".join(ids[:_NAMED]) + (" …" if len(ids) > _NAMED else "")
            faults.append(f"{len(ids)} {sentence}: {named}.")
    return faults


_CITATIONS = {
    "citations do not say what their passage says": (
        "SELECT c.id FROM main.citation c JOIN main.passage p ON p.id = c.passage_id "
        'WHERE substr(p.text, c.start + 1, c."end" - c.start) <> c.exact ORDER BY c.id'
    ),
    "memories have no citation": (
        "SELECT m.id FROM main.memory m WHERE NOT EXISTS "
        "(SELECT 1 FROM main.citation c WHERE c.memory_id = m.id) ORDER BY m.id"
    ),
    "memories do not quote what carries them": (
        "SELECT DISTINCT m.id FROM main.memory m WHERE NOT EXISTS "
        "(SELECT 1 FROM main.citation c WHERE c.memory_id = m.id AND instr(m.quote, c.exact) > 0) "
        "AND EXISTS (SELECT 1 FROM main.citation c WHERE c.memory_id = m.id) ORDER BY m.id"
    ),
}
_INDEX = {
    "memories are not in the full-text index": (
        "SELECT id FROM main.memory WHERE id NOT IN (SELECT memory_id FROM main.memoryindex) "
        "ORDER BY id"
    ),
    "entries of the full-text index belong to no memory": (
        "SELECT rowid FROM main.memorytext WHERE rowid NOT IN (SELECT doc FROM main.memoryindex)"
    ),
    "memories have lost their text in the full-text index": (
        "SELECT memory_id FROM main.memoryindex "
        "WHERE doc NOT IN (SELECT rowid FROM main.memorytext) ORDER BY memory_id"
    ),
}

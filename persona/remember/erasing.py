"""Withdrawal in the store: one transaction that records it and erases every row it reaches.

    Withdrawal row + consent ─┐
    words, rows, index        ├─ one transaction: after it nobody can read any of it
    what the persona repeated │
    versions, voices blocked ─┘
    compact                      full text, free pages and the WAL are written anew

A killed program therefore leaves either an archive that nobody has touched, or one in which
everything readable is gone already; what lies in files is erased afterwards (`persona.export`).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from persona.errors import StoreError
from persona.records import Consent, Source, VersionState, Withdrawal
from persona.remember import full_text
from persona.remember.reach import Reach
from persona.remember.retold import erase_what_was_repeated
from persona.remember.traces import Traces
from persona.remember.transactions import Transactions
from persona.remember.voice_reach import block_voices
from persona.remember.withdrawn import HEARD, RETURNED, SILENCED, blanked
from persona.remember.writing import append_audit, checked, insert_new, table_of

_BUSY = (
    "The words are erased, but the archive is open somewhere else, so its file could not be "
    "written anew. Close the app and run the withdrawal again: it goes on where it stopped."
)


class Erasing(Transactions):
    """Takes back what was told."""

    def begin_withdrawal(
        self,
        withdrawal: Withdrawal,
        reach: Reach,
        traces: Traces,
        consents: Sequence[Consent] = (),
    ) -> None:
        """Record a withdrawal and erase its rows, all or nothing; counts go into its record.

        Args:
            withdrawal: not finished; ``version_ids`` names the versions to block.
            reach: from the custodian's view.
            traces: by which repetitions are found in conversations and open questions.
            consents: entries that end the narrator's consent.

        Raises:
            StoreError: a record cannot be used; nothing is erased then.
        """
        with self._writing() as connection:
            counts, heard = _erase(connection, reach, traces)
            counts["consents"] = len(insert_new(connection, consents))
            counts["versions"] = _block(connection, withdrawal)
            counts["voices"] = block_voices(connection, reach.voices, _taken_back(withdrawal))
            values = checked(withdrawal)
            values["erased"] = {**values["erased"], **counts, HEARD: heard, SILENCED: reach.voices}
            connection.execute(table_of(Withdrawal).insert().values(values))
            self._note(connection, "withdrawal.begin", withdrawal.id, **counts)

    def compact(self) -> None:
        """Write the file anew, so that no page, index or log keeps a deleted word.

        Raises:
            StoreError: somebody else has the archive open, or the disk is full.
        """
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO memorytext (memorytext) VALUES ('optimize')"
                )
                connection.commit()
                raw = connection.connection.driver_connection
                assert raw is not None
                raw.execute("VACUUM")
                busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except OperationalError as error:
            raise StoreError(_BUSY) from error
        except Exception as error:  # the driver's own errors, outside of SQLAlchemy
            if type(error).__module__ != "sqlite3":
                raise
            raise StoreError(_BUSY) from error
        if busy:
            raise StoreError(_BUSY)

    def finish_withdrawal(
        self,
        withdrawal_id: str,
        *,
        erased: Mapping[str, Any],
        unreachable: Sequence[str],
        verified: bool,
    ) -> None:
        """Record what became of a withdrawal: it is finished."""
        table = table_of(Withdrawal)
        with self._writing() as connection:
            row = connection.execute(table.select().where(table.c.id == withdrawal_id)).first()
            if row is None:
                raise StoreError("There is no such withdrawal in this archive.")
            values = {
                "finished_at": datetime.now(UTC),
                "erased": {**row.erased, **erased},
                "unreachable": list(unreachable),
                "verified": verified,
            }
            connection.execute(table.update().where(table.c.id == withdrawal_id).values(values))
            append_audit(
                connection, self._actor, "withdrawal.finish", withdrawal_id, {"verified": verified}
            )

    def allow_return(self, sha256: str) -> bool:
        """Record that an original that was taken back may be taken in again; False: it was not."""
        table = table_of(Withdrawal)
        changed = 0
        with self._writing() as connection:
            for row in connection.execute(table.select()).all():
                returned = row.erased.get(RETURNED, [])
                if sha256 in row.original_sha256s and sha256 not in returned:
                    erased = {**row.erased, RETURNED: [*returned, sha256]}
                    connection.execute(
                        table.update().where(table.c.id == row.id).values(erased=erased)
                    )
                    append_audit(connection, self._actor, "withdrawal.return", row.id)
                    changed += 1
        return changed > 0


def _erase(
    connection: Connection, reach: Reach, traces: Traces
) -> tuple[dict[str, int], list[str]]:
    """Erase the rows; return how many of each, and the conversations that had repeated them."""
    staying = {"ids": json.dumps([*reach.kept, *reach.captioned])}
    touched: set[str] = set(connection.execute(sa.text(_IN_SOURCES), staying).scalars())
    touched &= {*reach.passages, *(span[0] for span in reach.spans)}
    near = full_text.near_restrictions(connection, touched)
    counts, heard = erase_what_was_repeated(connection, reach, traces)
    conflicts = _conflicts_of(connection, reach.memories)
    connection.execute(sa.text(_UNINDEXED), {"ids": json.dumps(reach.memories)})
    for table, where, ids in _deletions(reach, conflicts):
        query = sa.text(f"DELETE FROM {table} WHERE {where} IN (SELECT value FROM json_each(:ids))")
        done = connection.execute(query, {"ids": json.dumps(list(ids))})
        counts[table] = counts.get(table, 0) + done.rowcount
    _blank_spans(connection, reach)
    _clean_sources(connection, reach, traces)
    _clean_conflicts(connection, traces)
    connection.exec_driver_sql(_UNDISPUTED)
    full_text.index_memories(connection, near - set(reach.memories))
    del counts["memoryindex"], counts["conflictmember"]
    counts["blanked"] = len(reach.spans)
    return counts, heard


def _deletions(reach: Reach, conflicts: Collection[str]) -> list[tuple[str, str, Collection[str]]]:
    """Return (table, column, ids) in an order in which no row points to one that is gone."""
    named = [*reach.sources, *reach.passages, *reach.memories]
    return [
        ("conflictmember", "conflict_id", conflicts),
        ("conflict", "id", conflicts),
        ("conflictmember", "memory_id", reach.memories),
        ("restriction", "target_id", named),
        ("citation", "memory_id", reach.memories),
        ("citation", "passage_id", reach.passages),
        ("memoryindex", "memory_id", reach.memories),
        ("memory", "id", reach.memories),
        ("passage", "id", reach.passages),
        ("voiceclip", "id", reach.clips),
        ("face", "source_id", reach.sources),
        ("alternate", "source_id", reach.sources),
        ("alternate", "other_id", reach.sources),
        ("knownname", "source_id", reach.sources),
        ("kinship", "source_id", reach.sources),
        ("source", "id", reach.sources),
    ]


def _conflicts_of(connection: Connection, memory_ids: Sequence[str]) -> list[str]:
    """Return the conflicts of which fewer than two members stay."""
    rows = connection.execute(sa.text(_EMPTY_CONFLICTS), {"gone": json.dumps(list(memory_ids))})
    return list(rows.scalars())


def _blank_spans(connection: Connection, reach: Reach) -> None:
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for passage_id, start, end in reach.spans:
        spans[passage_id].append((start, end))
    for passage_id, inside in spans.items():
        values = {"id": passage_id}
        text = connection.execute(sa.text("SELECT text FROM passage WHERE id = :id"), values)
        values["text"] = blanked(text.scalar_one(), inside)
        connection.execute(sa.text("UPDATE passage SET text = :text WHERE id = :id"), values)


def _clean_sources(connection: Connection, reach: Reach, traces: Traces) -> None:
    """Take withdrawn words out of what is said about sources that stay."""
    table = table_of(Source)
    for row in connection.execute(table.select()).all():
        record = dict(row._mapping)
        captioned = row.id in reach.captioned
        values: dict[str, Any] = {
            name: traces.cleaned(record[name])
            for name in ("title", "created_words", "place", "rights", "contributor", "details")
        }
        if captioned:
            values["details"].pop("sidecars", None) if not _still(connection, row.id) else None
            values["title"] = values["created_words"] = ""
            if row.narrator_id == reach.target_id:
                values["narrator_id"] = None
        values["title"] = values["title"] or row.file_name
        if any(record[name] != value for name, value in values.items()):
            connection.execute(table.update().where(table.c.id == row.id).values(values))


def _still(connection: Connection, source_id: str) -> bool:
    query = sa.text("SELECT 1 FROM passage WHERE source_id = :id LIMIT 1")
    return connection.execute(query, {"id": source_id}).first() is not None


def _clean_conflicts(connection: Connection, traces: Traces) -> None:
    for row in connection.exec_driver_sql("SELECT id, about, resolution FROM conflict").all():
        values = {"about": traces.cleaned(row[1]), "resolution": traces.cleaned(row[2])}
        if (row[1], row[2]) != tuple(values.values()):
            query = "UPDATE conflict SET about = :about, resolution = :resolution WHERE id = :id"
            connection.execute(sa.text(query), {**values, "id": row[0]})


def _block(connection: Connection, withdrawal: Withdrawal) -> int:
    """Block the versions that used it: nobody talks with them again."""
    query = sa.text(
        "UPDATE version SET state = :state, state_reason = :reason "
        "WHERE id IN (SELECT value FROM json_each(:ids))"
    )
    values = {
        "state": VersionState.BLOCKED.name,
        "reason": f"{_taken_back(withdrawal)} Make a new version.",
        "ids": json.dumps(list(withdrawal.version_ids)),
    }
    return connection.execute(query, values).rowcount


def _taken_back(withdrawal: Withdrawal) -> str:
    day = withdrawal.at.date().isoformat()
    return f"something it was made from was taken back on {day}."


_IN_SOURCES = "SELECT id FROM passage WHERE source_id IN (SELECT value FROM json_each(:ids))"
_UNINDEXED = """
    DELETE FROM memorytext WHERE rowid IN (
        SELECT doc FROM memoryindex WHERE memory_id IN (SELECT value FROM json_each(:ids)))
"""
_EMPTY_CONFLICTS = """
    SELECT c.id FROM conflict c
    WHERE EXISTS (SELECT 1 FROM conflictmember m WHERE m.conflict_id = c.id
                  AND m.memory_id IN (SELECT value FROM json_each(:gone)))
      AND (SELECT count(*) FROM conflictmember m WHERE m.conflict_id = c.id
           AND m.memory_id NOT IN (SELECT value FROM json_each(:gone))) < 2
"""
_UNDISPUTED = """
    UPDATE memory SET status = 'TOLD' WHERE status = 'DISPUTED'
    AND id NOT IN (SELECT memory_id FROM conflictmember)
"""

"""How a view reads: one transaction a question, and never with yesterday's rights.

Before each question the newest entry of the audit chain tells whether something was written
that can change what the reader may know; if so it is worked out again, in the transaction
that also answers the question.
"""

import json
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import SQLModel

from persona.errors import NotReadable
from persona.records import Act, Consent, Person, Restriction
from persona.remember import access, full_text
from persona.remember.readers import Custodian, Reader, Relative
from persona.remember.shown import Names
from persona.remember.writing import table_of

_Record = TypeVar("_Record", bound=SQLModel)
_Found = TypeVar("_Found")

_CHANGES_NO_RIGHTS = (
    "conversation.start",
    "conversation.end",
    "turn.add",
    "turn.rate",
    "turn.audio",
    "question.add",
    "version.add",
    "version.state",
    "version.name",
    "version.golden",
    "version.tidy",
    "judgement.add",
    "file.generated",
)


_NEWEST = sa.text(
    "SELECT max(seq), max(CASE WHEN action NOT IN ("
    + ", ".join(f"'{action}'" for action in _CHANGES_NO_RIGHTS)
    + ") THEN seq END) FROM auditevent WHERE seq > :seq"
)
"""The newest link of the audit chain, and the newest that can change rights, after a link."""


class Reading:
    """One reader's connection with temporary tables of what they may know (see `access`)."""

    def __init__(self, connection: Connection, reader: Reader, *, act: Act, today: date) -> None:
        self.reader = reader
        self.today = today
        self._act = act
        self._connection = connection
        self._lock = threading.RLock()
        self._seen: int | None = None
        self._looked_at = 0
        self._rights: access.Rights
        self._names: Names
        self._consents: list[Consent]
        with self._reading():
            full_text.prepare_terms(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back. A closed view answers nothing any more."""
        self._connection.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read in one transaction, after making sure that the rights are up to date."""
        with self._lock:
            if self._connection.in_transaction():
                yield
                return
            transaction = self._connection.begin()
            try:
                self._refresh()
            except BaseException:
                self._seen, self._looked_at = None, 0
                transaction.rollback()
                raise
            try:
                yield
            finally:  # also after an error: the temporary tables of the reader must stay
                transaction.commit()

    def _refresh(self) -> None:
        links: Any = self._connection.execute(_NEWEST, {"seq": self._looked_at}).one()
        newest, changing = links
        if self._seen is not None and changing is None:
            self._looked_at = newest or self._looked_at
            return
        people = self._all(Person, sa.select(table_of(Person)).order_by("id"))
        self._rights = required(access.rights_of(self.reader, people, self.today))
        own = {self.reader.person_id} if isinstance(self.reader, Relative) else set()
        custodian = isinstance(self.reader, Custodian)
        self._names = Names({p.id: p for p in people}, None if custodian else frozenset(own))
        self._consents = self._all(Consent, sa.select(table_of(Consent)).order_by(sa.text("rowid")))
        rules = self._all(Restriction, sa.select(table_of(Restriction)))
        access.make_readable(
            self._connection, self._rights, self._act, rules, self._consents, self._names.unnamed
        )
        self._looked_at = newest or self._looked_at
        self._seen = self._looked_at

    def _all(self, model: type[_Record], query: sa.Select[Any]) -> list[_Record]:
        return [model(**row._mapping) for row in self._connection.execute(query)]

    def _one(self, model: type[_Record], readable: str, row_id: str) -> _Record:
        found = self._all(
            model, readable_rows(model, readable).where(table_of(model).c.id == row_id)
        )
        return required(found[0] if found else None)

    def _count(self, table: str) -> int:
        return int(self._connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    def _custodian_only(self, model: type[SQLModel]) -> sa.Select[Any]:
        query = sa.select(table_of(model))
        return query if self._rights.everything else query.where(sa.false())

    def _held(self, listener_id: str | None) -> bool:
        """Say whether this reader was the listener. Strangers are never the same stranger."""
        if self._rights.everything:
            return True
        return isinstance(self.reader, Relative) and listener_id == self.reader.person_id


def readable_rows(model: type[SQLModel], readable: str) -> sa.Select[Any]:
    """Return the query for the rows of a record that the reader may know."""
    table = table_of(model)
    hidden = sa.text(f"{table.name}.id NOT IN (SELECT id FROM temp.un{readable})")
    return sa.select(table).where(hidden)


def in_json(column: sa.ColumnElement[str], values: Collection[str]) -> sa.ColumnElement[bool]:
    """Return ``column IN values`` for any number of values (SQLite allows 32,766 parameters)."""
    wanted = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(wanted.c.value))


def required(found: _Found | None) -> _Found:
    """Return what was found. Raises `NotReadable` when that is nothing."""
    if found is None:
        raise missing()
    return found


def missing() -> NotReadable:
    """Return the error for what is not there, or not for this reader: the same words."""
    return NotReadable("There is no such record here.")

"""What listeners thought of two answers or two voices, without knowing which was which.

A vote belongs to whoever gave it: they see their own. Whoever looks after the archive counts, and
is shown neither who voted nor what was asked. Nobody's vote is evidence of anything (law 3).
"""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import Judged, Judgement, Version
from persona.remember.reach import Reach
from persona.remember.reading import Reading
from persona.remember.traces import Traces
from persona.remember.transactions import Transactions
from persona.remember.writing import existing, insert_new, table_of


class Judgements(Transactions):
    """Records votes."""

    def put_judgement(self, judgement: Judgement) -> bool:
        """Record a vote; False if it is there already.

        Raises:
            StoreError: it is about a version that is not here, about the same one twice, or has
                neither a choice nor a rating.
        """
        shown = [one for one in (judgement.first_id, judgement.second_id) if one]
        ratings = (judgement.preferred, judgement.credible_first, judgement.credible_second)
        if len(set(shown)) < len(shown) or all(one is None for one in ratings):
            raise StoreError("A vote is about two different things, and says something of them.")
        with self._writing() as connection:
            if judgement.judged == Judged.ANSWERS:
                _check_versions(connection, shown)
            fresh = insert_new(connection, [judgement])
            self._note(connection, "judgement.add", judgement.id, new=len(fresh))
            return bool(fresh)


class JudgementReading(Reading):
    """What one reader may know of votes."""

    def judgements(self, judged: Judged | None = None) -> list[Judgement]:
        """Return the reader's own votes, oldest first; all of them, unsigned, to the custodian.

        Args:
            judged: answers or voices alone.
        """
        table = table_of(Judgement)
        query = sa.select(table).order_by(table.c.at, table.c.id)
        if judged is not None:
            query = query.where(table.c.judged == judged)
        with self._reading():
            found = [one for one in self._all(Judgement, query) if self._held(one.listener_id)]
            if self._rights.everything:
                for one in found:
                    one.listener_id, one.question = None, ""
            return found


def erase_judgements(connection: Connection, reach: Reach, traces: Traces) -> int:
    """Erase the votes of somebody who takes everything back, and withdrawn words in questions.

    Returns:
        How many votes that touched.
    """
    table = table_of(Judgement)
    gone = 0
    if reach.scope == "narrator":
        own = table.delete().where(table.c.listener_id == reach.target_id)
        gone = connection.execute(own).rowcount
    rows = connection.execute(sa.select(table.c.id, table.c.question)).all()
    repeating = [row.id for row in rows if traces.within(row.question)]
    query = "UPDATE judgement SET question = '' WHERE id IN (SELECT value FROM json_each(:ids))"
    connection.execute(sa.text(query), {"ids": json.dumps(repeating)})
    return gone + len(repeating)


def _check_versions(connection: Connection, version_ids: Iterable[str]) -> None:
    wanted = set(version_ids)
    if existing(connection, table_of(Version), wanted) != wanted:
        raise StoreError("A vote is about versions of this archive.")

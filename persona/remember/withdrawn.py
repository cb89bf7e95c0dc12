"""What the custodian asks before and after a withdrawal; what everybody's view heeds of it.

Nobody but the custodian learns that anything was taken back: to others it was never there.
"""

import json
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import Turn, Withdrawal, WithdrawalScope
from persona.remember.reach import Reach, reach_of
from persona.remember.reading import Reading, required
from persona.remember.traces import Traces
from persona.remember.writing import table_of

KEPT = "originals_kept"
"""Key of ``Withdrawal.erased``: sources that stay, closed, although their originals hold words."""
HEARD = "heard_in"
"""Key of ``Withdrawal.erased``: conversations in which the persona had said the words."""
SILENCED = "voices_silenced"
"""Key of ``Withdrawal.erased``: voices that were made of what is gone; their files go."""
RETURNED = "may_return"
"""Key of ``Withdrawal.erased``: hashes of originals that may be taken in again on purpose."""


class Withdrawn(Reading):
    """The part of a view that is about withdrawals."""

    def withdrawals(self) -> list[Withdrawal]:
        """Return the withdrawals, oldest first, for the custodian."""
        with self._reading():
            return self._all(Withdrawal, self._custodian_only(Withdrawal).order_by("at", "id"))

    def reach(self, scope: WithdrawalScope, target_id: str, *, also_shared: bool = False) -> Reach:
        """Return what a withdrawal would reach, for the custodian. Nothing is written.

        Args:
            scope: what is taken back.
            target_id: id of the memory, the source or the narrator.
            also_shared: also the originals that hold the words of others.

        Raises:
            NotReadable: there is no such target, or this is not the custodian.
        """
        with self._reading():
            required(True if self._rights.everything else None)
            return required(reach_of(self._connection, scope, target_id, also_shared=also_shared))

    def traces(self, reach: Reach) -> Traces:
        """Return what withdrawn words are recognised by, for the custodian.

        Words that also stand in what stays are left out: somebody else told the same.

        Raises:
            NotReadable: this is not the custodian.
        """
        with self._reading():
            required(True if self._rights.everything else None)
            return Traces.of(reach.texts, _staying(self._connection, reach))

    def spoken_answers(self) -> list[str]:
        """Return ``Turn.audio_path`` of all turns that have one, for the custodian."""
        table = table_of(Turn)
        with self._reading():
            query = self._custodian_only(Turn).where(table.c.audio_path != "")
            return [turn.audio_path for turn in self._all(Turn, query)]

    def _is_kept_closed(self, source_id: str) -> bool:
        """Say whether the original of a source holds words that were taken back."""
        query = sa.text(
            f"SELECT 1 FROM withdrawal w, json_each(w.erased, '$.{KEPT}') k WHERE k.value = :id"
        )
        return self._connection.execute(query, {"id": source_id}).first() is not None


_SEAM = 64
"""Characters on each side of a seam between two passages; longer than any piece."""


def blanked(text: str, spans: Collection[tuple[int, int]]) -> str:
    """Return a text whose spans are blank; its length and its line ends stay as they were."""
    signs = list(text)
    for start, end in spans:
        signs[start:end] = [sign if sign == "\n" else " " for sign in signs[start:end]]
    return "".join(signs)


def refuse_withdrawn(connection: Connection, sha256: str) -> None:
    """Refuse an original that was taken back, until somebody says that it may return.

    Raises:
        StoreError: this is such a file.
    """
    table = table_of(Withdrawal)
    for row in connection.execute(sa.select(table.c.original_sha256s, table.c.erased)):
        if sha256 in row.original_sha256s and sha256 not in row.erased.get(RETURNED, ()):
            raise StoreError(
                "This file was taken back and erased, so it is not taken in again. If those who "
                "took it back want it here after all: persona may-return FILE"
            )


def _staying(connection: Connection, reach: Reach) -> Iterator[tuple[str, str]]:
    """Yield (source id, text) of the passages that stay, as they will be then."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for passage_id, start, end in reach.spans:
        spans.setdefault(passage_id, []).append((start, end))
    query = sa.text(
        "SELECT id, source_id, text FROM passage "
        "WHERE id NOT IN (SELECT value FROM json_each(:gone)) ORDER BY source_id, position"
    )
    before = ("", "")
    for row in connection.execute(query, {"gone": json.dumps(reach.passages)}):
        text = blanked(row.text, spans.get(row.id, ()))
        yield row.source_id, text
        if before[0] == row.source_id:  # neighbours are indexed side by side
            yield row.source_id, f"{before[1][-_SEAM:]} {text[:_SEAM]}"
        before = (row.source_id, text)
    untouched = sa.text(
        "SELECT id, title, file_name, created_words FROM source "
        "WHERE id NOT IN (SELECT value FROM json_each(:touched))"
    )
    touched = json.dumps(sorted(reach.touched_sources()))
    for row in connection.execute(untouched, {"touched": touched}):
        yield from ((row.id, text) for text in row[1:])
    for name in ("name", "relation"):
        for row in connection.exec_driver_sql(f"SELECT {name} FROM person"):
            yield "", row[0]

"""The passages of a source, a unit at a time: a chat of a million messages never at once."""

from collections.abc import Collection, Iterator
from itertools import groupby

import sqlalchemy as sa

from persona.records import Memory, MemoryStatus, Passage
from persona.remember.reading import Reading, readable_rows
from persona.remember.recutting import decided_spans
from persona.remember.writing import table_of

PASSAGES_AT_ONCE = 2_000


class UnitReading(Reading):
    """What `persona.steps.remember` reads of a source that may be long."""

    def units(self, source_id: str) -> Iterator[list[Passage]]:
        """Yield the passages of each unit (a letter, a chat day, a recording) in their order.

        A unit is whole; units follow each other as they stand in the source.
        """
        for _, unit in groupby(self._in_order(source_id), key=lambda passage: passage.unit):
            yield list(unit)

    def voices(self, source_id: str) -> dict[str, int]:
        """Return how many passages of a source each speaker has; ``''`` counts nobody's."""
        table = table_of(Passage)
        query = (
            readable_rows(Passage, "readable_passage")
            .with_only_columns(table.c.speaker_id, sa.func.count())
            .where(table.c.source_id == source_id)
            .group_by(table.c.speaker_id)
        )
        with self._reading():
            return {row[0] or "": row[1] for row in self._connection.execute(query)}

    def unnamed(self) -> dict[str, list[str]]:
        """Return the names whose owners nobody has said, by the source that they stand in."""
        table = table_of(Passage)
        query = (
            readable_rows(Passage, "readable_passage")
            .with_only_columns(table.c.source_id, table.c.speaker_name)
            .distinct()
            .where(table.c.speaker_id.is_(None), table.c.speaker_name != "")
            .order_by(table.c.source_id, table.c.speaker_name)
        )
        found: dict[str, list[str]] = {}
        with self._reading():
            for row in self._connection.execute(query):
                found.setdefault(row[0], []).append(row[1])
        return found

    def decided(self, passage_ids: Collection[str]) -> dict[str, list[tuple[int, int]]]:
        """Return the stretches of passages that a person has decided about, for the custodian.

        See `decided_spans`. What is withheld is decided about too, so others learn of none.
        """
        with self._reading():
            if not self._rights.everything:
                return {}
            return decided_spans(self._connection, passage_ids)

    def told(self) -> dict[str, int]:
        """Return how many memories each narrator has told, by their ids."""
        table = table_of(Memory)
        query = (
            readable_rows(Memory, "readable_memory")
            .with_only_columns(table.c.narrator_id, sa.func.count())
            .where(table.c.status != MemoryStatus.RECUT)
            .group_by(table.c.narrator_id)
        )
        with self._reading():
            return {row[0]: row[1] for row in self._connection.execute(query)}

    def _in_order(self, source_id: str) -> Iterator[Passage]:
        """Yield the passages of a source; they were written in their order, so rows follow it."""
        table, after = table_of(Passage), 0
        row: sa.ColumnClause[int] = sa.literal_column("passage.rowid")
        query = readable_rows(Passage, "readable_passage").add_columns(row.label("row_of_file"))
        query = query.where(table.c.source_id == source_id).order_by(row).limit(PASSAGES_AT_ONCE)
        while True:
            with self._reading():
                found = self._connection.execute(query.where(row > after)).all()
                page = [dict(one._mapping) for one in found]
                names = self._names
            for values in page:
                after = values.pop("row_of_file")
                yield names.passage(Passage(**values))
            if len(page) < PASSAGES_AT_ONCE:
                return

"""What the family says of an original after it was taken in.

An original is read when it comes. If somebody says only then whose letter it is, it is read
again, as long as nothing rests on what was read in it; else what was open is filled in, and
nothing that was said before is changed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import (
    Citation,
    Face,
    Kinship,
    KnownName,
    Memory,
    Passage,
    PassageFields,
    Person,
    Restriction,
    Source,
    VoiceClip,
)
from persona.remember import full_text
from persona.remember.keeping import Keeping
from persona.remember.writing import insert_new, table_of

_STAYS = {"id", "sha256", "file_name", "size_bytes", "received_at"}


class ReadAgain(Keeping):
    """Reads an original anew, or fills in what was open about it."""

    def is_used(self, source_id: str) -> bool:
        """Tell whether anything rests on what was read in a source.

        That is a memory, a stretch of a voice, a face, an answer to "who is this?", a rule for
        a part of it, or something that was sent with it.
        """
        with self._engine.connect() as connection:
            return _is_used(connection, source_id)

    def read_again(
        self,
        source: Source,
        passages: Iterable[PassageFields],
        restrictions: Sequence[Restriction] = (),
        *,
        persons: Sequence[Person] = (),
        kinships: Sequence[Kinship] = (),
        known_names: Sequence[KnownName] = (),
    ) -> int:
        """Put what is read now in the place of what was read before; return the passages.

        Args:
            source: the original as it is understood now; see `add_source` for the others.
            passages: used up once.
            restrictions: who may know it; rules that hold already stay.
            persons: people whom the material itself names.
            kinships: how they are related.
            known_names: who its names are, where that is certain.

        Raises:
            StoreError: something rests on what was read before, or a record cannot be used.
        """
        sources, table = table_of(Source), table_of(Passage)
        with self._writing() as connection:
            if _is_used(connection, source.id):
                raise StoreError("Something rests on this original already, so it stays as it is.")
            values = source.model_dump(exclude=_STAYS)
            connection.execute(sources.update().where(sources.c.id == source.id).values(**values))
            connection.execute(table.delete().where(table.c.source_id == source.id))
            insert_new(connection, persons)
            count = self._add_passages(connection, passages)
            insert_new(connection, kinships)
            insert_new(connection, known_names)
            self._restrict(connection, restrictions)
            self._note(connection, "source.again", source.id, passages=count)
            return count

    def restrict_source(self, source_id: str, rules: Sequence[Restriction], *, set_by: str) -> bool:
        """Let these rules hold for a source instead of those that ``set_by`` gave it before.

        Args:
            source_id: an original of the archive.
            rules: for this source; none: it is open again, as far as ``set_by`` is concerned.
            set_by: as in the rules. What others forbade stays.

        Returns:
            Whether anything is different now.
        """
        table = table_of(Restriction)
        with self._writing() as connection:
            given = sa.and_(table.c.target_id == source_id, table.c.set_by == set_by)
            before: set[str] = set(connection.execute(sa.select(table.c.id).where(given)).scalars())
            lifted = before - {rule.id for rule in rules}
            set_now = self._restrict(connection, rules)
            if lifted:
                connection.execute(table.delete().where(table.c.id.in_(lifted)))
                near = full_text.near_restrictions(connection, [source_id])
                full_text.index_memories(connection, near)
            if lifted or set_now:
                self._note(
                    connection, "source.restrict", source_id, set=set_now, lifted=len(lifted)
                )
            return bool(lifted or set_now)

    def fill_in(self, source_id: str, *, created_edtf: str | None, synthetic: bool) -> bool:
        """Say when an undated original was made, and that a program made it; True if it is new.

        Args:
            source_id: an original of the archive.
            created_edtf: EDTF; a date that is known already stays.
            synthetic: False says nothing.
        """
        table = table_of(Source)
        with self._writing() as connection:
            row = connection.execute(table.select().where(table.c.id == source_id)).one()
            values: dict[str, Any] = {}
            if created_edtf and row.created_edtf is None:
                values["created_edtf"] = created_edtf
            if synthetic and not row.synthetic:
                values["synthetic"] = True
            if not values:
                return False
            connection.execute(table.update().where(table.c.id == source_id).values(**values))
            if "created_edtf" in values:
                _date_what_is_undated(connection, source_id, values["created_edtf"])
            self._note(connection, "source.fill_in", source_id, said=len(values))
            return True


def _is_used(connection: Connection, source_id: str) -> bool:
    passage, citation, source = table_of(Passage), table_of(Citation), table_of(Source)
    inside = sa.select(passage.c.id).where(passage.c.source_id == source_id)
    rule = table_of(Restriction)
    queries = [
        sa.select(citation.c.id).where(citation.c.passage_id.in_(inside)),
        sa.select(rule.c.id).where(rule.c.target_id.in_(inside)),
        *(
            sa.select(table.c.id).where(table.c.source_id == source_id)
            for table in (table_of(VoiceClip), table_of(Face), table_of(KnownName))
        ),
        sa.select(source.c.id).where(source.c.derived_from == source_id),
    ]
    return any(connection.execute(query.limit(1)).first() for query in queries)


def _date_what_is_undated(connection: Connection, source_id: str, created_edtf: str) -> None:
    passage, memory, citation = table_of(Passage), table_of(Memory), table_of(Citation)
    mine = passage.c.source_id == source_id
    dated = sa.select(passage.c.id).where(mine, passage.c.created_edtf.is_not(None)).limit(1)
    if connection.execute(dated).first() is None:
        connection.execute(passage.update().where(mine).values(created_edtf=created_edtf))
    query = sa.select(citation.c.memory_id).where(
        citation.c.passage_id.in_(sa.select(passage.c.id).where(mine))
    )
    touched: set[str] = set(connection.execute(query).scalars())
    undated = sa.and_(memory.c.id.in_(touched), memory.c.told_at_edtf.is_(None))
    connection.execute(memory.update().where(undated).values(told_at_edtf=created_edtf))
    full_text.index_memories(connection, touched)

"""What comes in: people, consent, rules, and sources with their passages."""

from collections.abc import Iterable, Sequence
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import (
    Consent,
    ConsentState,
    Face,
    Kinship,
    KnownName,
    Passage,
    PassageFields,
    Person,
    Restriction,
    Source,
)
from persona.records.source import SET_ASIDE
from persona.remember import full_text
from persona.remember.generated import Watch, refuse_generated_file
from persona.remember.transactions import Transactions
from persona.remember.withdrawn import refuse_withdrawn
from persona.remember.writing import checked_day, insert_new, row_of, table_of, upsert

PASSAGES_AT_ONCE = 5_000


class Keeping(Transactions):
    """Keeps what a family hands in; the same thing twice adds nothing."""

    # People, consent, rules

    def put_people(self, people: Sequence[Person]) -> int:
        """Add people or bring them up to date; return how many changed."""
        with self._writing() as connection:
            changed = upsert(connection, people)
            full_text.index_memories(
                connection, full_text.near_people(connection, [row["id"] for row in changed])
            )
            self._note(connection, "people.put", changed=len(changed))
            return len(changed)

    def put_consents(self, consents: Sequence[Consent]) -> int:
        """Append entries to the record of consent; return how many were new.

        Raises:
            StoreError: an entry is narrowed to nothing, or its term is not a day.
        """
        for entry in consents:
            checked_day(entry.until)
            if entry.state == ConsentState.NARROWED and not (entry.audience or entry.until):
                raise StoreError("A narrowed consent must say for whom or until when it holds.")
        with self._writing() as connection:
            fresh = insert_new(connection, consents)
            near = full_text.near_people(connection, [row["person_id"] for row in fresh])
            full_text.index_memories(connection, near)
            self._note(connection, "consents.put", new=len(fresh))
            return len(fresh)

    def put_restrictions(self, restrictions: Sequence[Restriction]) -> int:
        """Add rules or bring them up to date; return how many changed."""
        for rule in restrictions:
            checked_day(rule.until)
        with self._writing() as connection:
            changed = self._restrict(connection, restrictions)
            self._note(connection, "restrictions.put", changed=changed)
            return changed

    # Sources and memories

    def why_set_aside(self, sha256: str) -> str:
        """Return why the original with this hash is kept and not used; nothing where it is."""
        with self._engine.connect() as connection:
            return _why_set_aside(connection, sha256)

    def knows_sha(self, sha256: str) -> bool:
        """Say whether the original with this hash is in the archive already."""
        with self._engine.connect() as connection:
            return self._has_sha(connection, sha256)

    def refuse_file(self, sha256: str) -> None:
        """Refuse a file that the persona made (law 3) or that was taken back, before it is read.

        Raises:
            StoreError: this is such a file.
        """
        with self._engine.connect() as connection:
            refuse_generated_file(connection, sha256)
            refuse_withdrawn(connection, sha256)

    def add_source(
        self,
        source: Source,
        passages: Iterable[PassageFields],
        restrictions: Sequence[Restriction] = (),
        *,
        persons: Sequence[Person] = (),
        kinships: Sequence[Kinship] = (),
        faces: Sequence[Face] = (),
        known_names: Sequence[KnownName] = (),
        is_real: bool = False,
    ) -> bool:
        """Keep a source with all that was read in it; return False if it is there already.

        Args:
            source: the original.
            passages: used up once and written in batches, so that a chat of a million messages
                is never in memory at once; still all or nothing.
            restrictions: who may know it.
            persons: people whom the material itself names; those already known stay as they are.
            kinships: how they are related, as it says.
            faces: faces found in it.
            known_names: who its names are, where that is certain.
            is_real: somebody says so, the actor of this store: it takes the place of the same
                original that was set aside.

        Raises:
            StoreError: it was made by this program (law 3), or a record cannot be used.
        """
        for rule in restrictions:
            checked_day(rule.until)
        with self._writing() as connection:
            aside = is_real and bool(_why_set_aside(connection, source.sha256))
            if self._has_sha(connection, source.sha256) and not aside:
                return False
            refuse_generated_file(connection, source.sha256)
            refuse_withdrawn(connection, source.sha256)
            insert_new(connection, persons)
            if aside:
                table = table_of(Source)
                connection.execute(table.delete().where(table.c.id == source.id))
            insert_new(connection, [source])
            count = self._add_passages(connection, passages)
            insert_new(connection, kinships)
            insert_new(connection, faces)
            insert_new(connection, known_names)
            self._restrict(connection, restrictions)
            action = "source.is_real" if aside else "source.add"
            self._note(connection, action, source.id, passages=count)
            return True

    def _add_passages(self, connection: Connection, passages: Iterable[PassageFields]) -> int:
        """Write passages in batches; return how many there were."""
        watch, count, remaining = Watch(connection), 0, iter(passages)
        while batch := list(islice(remaining, PASSAGES_AT_ONCE)):
            watch.refuse(batch)
            connection.execute(table_of(Passage).insert(), [row_of(one) for one in batch])
            count += len(batch)
        return count

    def _restrict(self, connection: Connection, rules: Sequence[Restriction]) -> int:
        changed = upsert(connection, rules)
        near = full_text.near_restrictions(connection, [row["target_id"] for row in changed])
        full_text.index_memories(connection, near)
        return len(changed)

    def _has_sha(self, connection: Connection, sha256: str) -> bool:
        table = table_of(Source)
        query = sa.select(table.c.id).where(table.c.sha256 == sha256)
        return connection.execute(query).first() is not None


def _why_set_aside(connection: Connection, sha256: str) -> str:
    table = table_of(Source)
    query = sa.select(table.c.details).where(table.c.sha256 == sha256)
    details = connection.execute(query).scalar() or {}
    return str(details.get(SET_ASIDE, {}).get("reason", ""))

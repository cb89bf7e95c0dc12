"""Who is who: asked once, remembered, and corrected with all that it touched.

    name in the material ──► question ──► KnownName ──► passages have a speaker
                                              ╰─ later another answer ──► memories of the wrong
                                                 narrator are evidence no more, and found anew

"Mum" in Ruth's telephone is another person than "Mum" in David's: such a name is answered for one
source. A full name or a telephone number may be answered for all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from persona.errors import StoreError
from persona.records import Kinship, KnownName, Passage, Person, Restriction, Source, SourceKind
from persona.records.names import MAY_BE_LIVING, PRIVATE_GROUP, known_name_id, plain_name
from persona.remember import full_text
from persona.remember.kinship.tree_people import FROM_TREE, Grown
from persona.remember.name_scope import belongs_to_one_source
from persona.remember.reattribution import retire_memories
from persona.remember.transactions import Transactions
from persona.remember.writing import insert_new, table_of, upsert


@dataclass(frozen=True)
class Renamed:
    """What an answer changed.

    Attributes:
        passages: how many have another speaker, or one for the first time.
        retired: memories that named the wrong narrator; `remember` finds them anew.
        sources: where.
        about_subject: words were given to the one who died, or taken away: versions that learned
            from these sources have to be made again.
    """

    passages: int
    retired: int
    sources: tuple[str, ...]
    about_subject: bool


class KnownNames(Transactions):
    """Keeps who the names are, how people are related, and what answers change."""

    def put_known_names(self, names: Sequence[KnownName]) -> int:
        """Add names that are not known yet; an answer that is there already stays."""
        with self._writing() as connection:
            fresh = insert_new(connection, names)
            self._note(connection, "names.put", new=len(fresh))
            return len(fresh)

    def put_kinships(self, kinships: Sequence[Kinship]) -> int:
        """Add relations, or bring those with their ids up to date; return how many changed."""
        with self._writing() as connection:
            changed = upsert(connection, kinships)
            self._note(connection, "kinships.put", changed=len(changed))
            return len(changed)

    def put_tree(self, grown: Grown, source_id: str) -> int:
        """Keep what a family tree adds, and nothing that it no longer says.

        Return how many people are new or have another relation.
        """
        names, kin = table_of(KnownName), table_of(Kinship)
        with self._writing() as connection:
            changed = upsert(connection, grown.people)
            wanted = {row.id for row in grown.known_names}
            for table, mine, keep in (
                (names, names.c.set_by == FROM_TREE, wanted),
                (kin, sa.true(), {row.id for row in grown.kinships}),
            ):
                query = sa.select(table.c.id).where(table.c.source_id == source_id, mine)
                stale: set[str] = set(connection.execute(query).scalars()) - keep
                _delete(connection, table, stale)
            _let_go(connection, grown.gone)
            insert_new(connection, grown.known_names)
            insert_new(connection, grown.kinships)
            opened = _close_and_open(connection, source_id, grown.opened)
            self._note(connection, "tree.grow", source_id, people=len(changed), opened=opened)
            return len(changed)

    def name_speaker(
        self,
        name: str,
        person_id: str,
        source_id: str | None = None,
        *,
        person: Person | None = None,
        everyone: bool = False,
    ) -> Renamed:
        """Remember who a name is, and give them the passages that nobody known has said.

        Passages that an earlier answer to the same question gave to somebody else are moved.

        Args:
            name: as the material has it: a chat name, ``Speaker 2``, ``@I7@`` of a family tree.
            person_id: who it is.
            source_id: in this source alone; None: wherever it stands.
            person: their record, where they are not in the archive yet.
            everyone: also move what importing gave to somebody by name. For a correction.

        Raises:
            StoreError: the name belongs to one source, or there is no such person or source.
        """
        return self._attribute(name, person_id, source_id, person, everyone)

    def not_a_person(self, name: str, source_id: str | None = None) -> Renamed:
        """Remember that a name is nobody: a program, a shop. It is not asked for again.

        Raises:
            StoreError: the name belongs to one source, or there is no such source.
        """
        return self._attribute(name, None, source_id, None, everyone=True)

    def forget_name(self, name: str, source_id: str | None = None) -> Renamed:
        """Take an answer back: the passages wait for one again.

        Raises:
            StoreError: nothing was answered for this name.
        """
        table = table_of(KnownName)
        with self._writing() as connection:
            before = _known(connection, name, source_id)
            if before is None:
                raise StoreError("Nobody was named for this, so there is nothing to take back.")
            done = _move(connection, name, source_id, None, frozenset({before.person_id}))
            done = _forget_in_tree(connection, source_id, before.person_id, done)
            connection.execute(table.delete().where(table.c.id == before.id))
            self._note_names(connection, "name.forget", before.id, done)
            return done

    def take_away_person(self, person_id: str) -> None:
        """Take somebody away who was entered by mistake; whom anything rests on stays."""
        with self._writing() as connection:
            _let_go(connection, [person_id])
            self._note(connection, "person.take_away", person_id)

    def name_narrator(self, source_id: str, person_id: str | None) -> Renamed:
        """Say who wrote a letter, told a recording, or made a family tree; None: nobody knows.

        Raises:
            StoreError: there is no such source or person.
        """
        table = table_of(Source)
        with self._writing() as connection:
            row = connection.execute(table.select().where(table.c.id == source_id)).first()
            if row is None:
                raise StoreError("There is no such source in this archive.")
            if person_id is not None:
                _check_person(connection, person_id)
            connection.execute(
                table.update().where(table.c.id == source_id).values(narrator_id=person_id)
            )
            wrong = row.narrator_id if row.narrator_id != person_id else None
            retired, moved = 0, 0
            if wrong:
                passages = table_of(Passage)
                query = sa.select(passages.c.id).where(passages.c.source_id == source_id)
                mine = query.where(
                    sa.or_(passages.c.speaker_id.is_(None), passages.c.speaker_id == wrong),
                    passages.c.speaker_name == "",
                )
                ids: list[str] = list(connection.execute(mine).scalars())
                moved = _set_speaker(connection, ids, person_id, only=wrong)
                retired = retire_memories(connection, ids, narrator_id=wrong)
            _index_again(connection, [wrong, person_id])
            subject = _is_about_subject(connection, {wrong, person_id})
            done = Renamed(moved, retired, (source_id,), subject)
            self._note_names(connection, "source.narrator", source_id, done)
            return done

    def _attribute(
        self,
        name: str,
        person_id: str | None,
        source_id: str | None,
        person: Person | None,
        everyone: bool,
    ) -> Renamed:
        if not plain_name(name):
            raise StoreError("There is no name to remember.")
        if source_id is None and belongs_to_one_source(name):
            raise StoreError(
                "This name means somebody else in another person's material. Say in which "
                "source it was found."
            )
        with self._writing() as connection:
            if person is not None:
                insert_new(connection, [person])
            if person_id is not None:
                _check_person(connection, person_id)
            before = _known(connection, name, source_id)
            moved = frozenset({None, before.person_id} if before else {None})
            done = _move(connection, name, source_id, person_id, None if everyone else moved)
            if before and before.person_id != person_id:
                done = _forget_in_tree(connection, source_id, before.person_id, done)
            row_id = known_name_id(name, source_id)
            row = KnownName(
                id=row_id, name=name, person_id=person_id, source_id=source_id, set_by=self._actor
            )
            upsert(connection, [row])
            self._note_names(connection, "name.set", row_id, done)
            return done

    def _note_names(self, connection: Connection, action: str, target: str, done: Renamed) -> None:
        self._note(connection, action, target, said=1, passages=done.passages, retired=done.retired)


def _check_person(connection: Connection, person_id: str) -> None:
    table = table_of(Person)
    if not connection.execute(sa.select(table.c.id).where(table.c.id == person_id)).first():
        raise StoreError("There is no such person in this archive. Add them first.")


def _known(connection: Connection, name: str, source_id: str | None) -> Any:
    table = table_of(KnownName)
    wanted = known_name_id(name, source_id)
    return connection.execute(table.select().where(table.c.id == wanted)).first()


def _move(
    connection: Connection,
    name: str,
    source_id: str | None,
    person_id: str | None,
    only: frozenset[str | None] | None,
) -> Renamed:
    """Give the passages with a name to a person, and let go of what followed from another one.

    Args:
        connection: in a transaction.
        name: as the material has it.
        source_id: None: in every source that has no answer of its own.
        person_id: who said it; None: nobody of the archive.
        only: move what these people said (None: nobody known); None: whoever it was.
    """
    table = table_of(Passage)
    columns = (table.c.id, table.c.source_id, table.c.speaker_id)
    query = sa.select(*columns).where(
        table.c.speaker_name.in_(_spellings(connection, name, source_id))
    )
    if source_id is not None:
        query = query.where(table.c.source_id == source_id)
    own = _answered_apart(connection, name) if source_id is None else set()
    rows = [
        row
        for row in connection.execute(query)
        if row.source_id not in own
        and row.speaker_id != person_id
        and (only is None or row.speaker_id in only)
    ]
    before: dict[str | None, list[str]] = {}
    for row in rows:
        before.setdefault(row.speaker_id, []).append(row.id)
    retired = 0
    for speaker, ids in before.items():
        _set_speaker(connection, ids, person_id)
        if speaker is not None:
            retired += retire_memories(connection, ids, narrator_id=speaker)
    sources = tuple(sorted({row.source_id for row in rows}))
    for one in sources:
        retired += _address_each_other(connection, one)
    people = {person_id, *before}
    _index_again(connection, people)
    return Renamed(len(rows), retired, sources, _is_about_subject(connection, people))


def _spellings(connection: Connection, name: str, source_id: str | None) -> list[str]:
    """Return how the material writes a name: capitals and accents may differ."""
    table = table_of(Passage)
    query = sa.select(table.c.speaker_name).distinct()
    if source_id is not None:
        query = query.where(table.c.source_id == source_id)
    wanted = plain_name(name)
    written: list[str] = list(connection.execute(query).scalars())
    return [one for one in written if plain_name(one) == wanted]


def _answered_apart(connection: Connection, name: str) -> set[str]:
    table = table_of(KnownName)
    query = sa.select(table.c.source_id, table.c.name).where(table.c.source_id.is_not(None))
    wanted = plain_name(name)
    return {row[0] for row in connection.execute(query) if plain_name(row[1]) == wanted}


def _set_speaker(
    connection: Connection, ids: Sequence[str], person_id: str | None, *, only: str | None = None
) -> int:
    table = table_of(Passage)
    values = {"speaker_id": person_id, "speaker_confidence": 1.0 if person_id else 0.0}
    done = 0
    for start in range(0, len(ids), 500):
        change = table.update().where(table.c.id.in_(ids[start : start + 500]))
        if only is not None:
            change = change.where(table.c.speaker_id == only)
        done += connection.execute(change.values(**values)).rowcount
    return done


def _address_each_other(connection: Connection, source_id: str) -> int:
    """In a chat of two, each one writes to the other; return how many memories were retired."""
    table, sources = table_of(Passage), table_of(Source)
    kind = connection.execute(sa.select(sources.c.kind).where(sources.c.id == source_id)).scalar()
    if kind is not SourceKind.CHAT:
        return 0
    query = sa.select(table.c.speaker_name, table.c.speaker_id).distinct()
    found = connection.execute(query.where(table.c.source_id == source_id)).all()
    speakers = {row[0]: row[1] for row in found}
    if len(found) != 2 or len(speakers) != 2:
        return 0
    (one, first), (other, second) = speakers.items()
    retired = 0
    for name, addressee in ((one, second), (other, first)):
        stale = sa.select(table.c.id).where(
            table.c.source_id == source_id,
            table.c.speaker_name == name,
            table.c.addressee_id.is_distinct_from(addressee),
        )
        ids: list[str] = list(connection.execute(stale).scalars())
        retired += retire_memories(connection, ids)
        for start in range(0, len(ids), 500):
            change = table.update().where(table.c.id.in_(ids[start : start + 500]))
            connection.execute(change.values(addressee_id=addressee))
    return retired


def _index_again(connection: Connection, people: Iterable[str | None]) -> None:
    near = full_text.near_people(connection, [one for one in people if one])
    full_text.index_memories(connection, near)


def _is_about_subject(connection: Connection, people: Iterable[str | None]) -> bool:
    table = table_of(Person)
    query = sa.select(table.c.id).where(table.c.is_subject)
    return bool(set(connection.execute(query).scalars()) & set(people))


def _let_go(connection: Connection, person_ids: Sequence[str]) -> None:
    """Take people away who were somebody else, unless something already rests on them."""
    table = table_of(Person)
    for one in person_ids:
        try:
            with connection.begin_nested():
                connection.execute(table.delete().where(table.c.id == one))
        except IntegrityError:
            continue


def _close_and_open(connection: Connection, source_id: str, opened: Sequence[str]) -> int:
    """Open the records of people who are known now, and close those who are not, after all."""
    rule, passage = table_of(Restriction), table_of(Passage)
    inside = sa.select(passage.c.id).where(passage.c.source_id == source_id)
    mine = sa.and_(rule.c.set_by == MAY_BE_LIVING, rule.c.target_id.in_(inside))
    found = connection.execute(sa.select(rule.c.target_id, rule.c.any_groups).where(mine))
    wanted = set(opened)
    changed = [row[0] for row in found if (row[0] in wanted) == bool(row[1])]
    for one in changed:
        groups = [] if one in wanted else [PRIVATE_GROUP]
        change = rule.update().where(rule.c.target_id == one, rule.c.set_by == MAY_BE_LIVING)
        connection.execute(change.values(any_groups=groups))
    return len(changed)


def _forget_in_tree(
    connection: Connection, source_id: str | None, person_id: str | None, done: Renamed
) -> Renamed:
    """Let go of what a tree said of somebody who is not the one in it, after all."""
    table, sources = table_of(Passage), table_of(Source)
    is_tree = sa.and_(sources.c.id == source_id, sources.c.kind == SourceKind.FAMILY_TREE)
    if not person_id or not connection.execute(sa.select(sources.c.id).where(is_tree)).first():
        return done
    query = sa.select(table.c.id).where(table.c.source_id == source_id)
    passages: list[str] = list(connection.execute(query).scalars())
    gone = retire_memories(connection, passages, subject_id=person_id)
    return replace(done, retired=done.retired + gone)


def _delete(connection: Connection, table: sa.Table, ids: Iterable[str]) -> None:
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        connection.execute(table.delete().where(table.c.id.in_(wanted[start : start + 500])))

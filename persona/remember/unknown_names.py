"""The names in the material that nobody has explained yet, as questions for the family.

    passages without a known speaker ──► name, where, how often, two lines, who it could be
    individuals of a tree who could be somebody of the archive ──► the same question

Somebody who could be meant is listed with the reason and never chosen: the answer is a person's.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from persona.records import KnownName, Passage, Person, Source, SourceKind
from persona.records.names import TREE_GROUP, plain_name
from persona.remember.kinship.tree_kin import Tree
from persona.remember.kinship.tree_people import candidates
from persona.remember.kinship.tree_records import TreePassage
from persona.remember.name_scope import names_one_everywhere
from persona.remember.reading import Reading, readable_rows
from persona.remember.writing import table_of

SAMPLES = 2
LONGEST_SAMPLE = 300


class Question(StrEnum):
    """What is asked."""

    SPEAKER = "speaker"
    IN_TREE = "in_tree"
    NARRATOR = "narrator"


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a name could mean, with reasons to show; never an answer.

    Reasons are ``same_name``, ``shares_a_name``, ``first_name``, ``same_birth_year``,
    ``called_so`` (a form of address) and ``answered_elsewhere``.
    """

    person_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class UnknownName:
    """One question.

    Attributes:
        what: what is asked.
        name: as the material has it; for a narrator, the file's name.
        source_ids: where it stands.
        count: passages that wait for the answer.
        samples: up to two lines, to recognise somebody by.
        candidates: who it could be, in the order of their ids.
        source_id: the answer holds in this source alone; None: wherever the name stands.
    """

    what: Question
    name: str
    source_ids: tuple[str, ...]
    count: int
    samples: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    source_id: str | None


class PeopleReading(Reading):
    """What is known of names and relations, and what is not."""

    def known_names(self, source_id: str | None = None) -> list[KnownName]:
        """Return who the names are, for the custodian; nobody else is told names by this way."""
        table = table_of(KnownName)
        query = self._custodian_only(KnownName).order_by(table.c.name, table.c.id)
        if source_id is not None:
            query = query.where(table.c.source_id == source_id)
        with self._reading():
            return self._all(KnownName, query)

    def everybody(self) -> Mapping[str, Person]:
        """Return the people by id, as this reader may name them."""
        with self._reading():
            return {i: self._names.person(person) for i, person in self._names.people.items()}

    def unknown_names(self) -> list[UnknownName]:
        """Return the questions of who is who, those with most passages first (custodian only)."""
        with self._reading():
            if not self._rights.everything:
                return []
            asked = _Asked(self, self.known_names(), self.trees())
            found = [*asked.speakers(), *asked.in_trees(), *asked.narrators()]
            return sorted(found, key=lambda one: (one.what, -one.count, one.name))

    def waiting_passages(self) -> list[tuple[str, str, int]]:
        """Return (source, name, passages) of names without a person (custodian only)."""
        table = table_of(Passage)
        count = sa.func.count().label("n")
        query = sa.select(table.c.source_id, table.c.speaker_name, count)
        query = query.where(table.c.speaker_id.is_(None), table.c.speaker_name != "")
        if not self._rights.everything:
            query = query.where(sa.false())
        query = query.group_by(table.c.source_id, table.c.speaker_name)
        with self._reading():
            return [(row[0], row[1], row[2]) for row in self._connection.execute(query)]

    def sample_lines(self, source_id: str, name: str) -> list[str]:
        """Return the first lines that a name without a person says in a source."""
        table = table_of(Passage)
        query = sa.select(table.c.text).where(
            table.c.source_id == source_id,
            table.c.speaker_name == name,
            table.c.speaker_id.is_(None),
        )
        if not self._rights.everything:
            query = query.where(sa.false())
        with self._reading():
            rows = self._connection.execute(query.order_by(sa.text("rowid")).limit(SAMPLES))
            found: list[str] = list(rows.scalars())
            return [_short(text) for text in found]

    def trees(self) -> list[Tree]:
        """Return the family trees with the passages that this reader may know."""
        source, passage = table_of(Source), table_of(Passage)
        query = readable_rows(Source, "readable_source")
        query = query.where(source.c.kind == SourceKind.FAMILY_TREE)
        with self._reading():
            made = []
            for one in self._all(Source, query.order_by(source.c.received_at, source.c.id)):
                mine = readable_rows(Passage, "readable_passage")
                mine = mine.where(passage.c.source_id == one.id).order_by(passage.c.position)
                columns = (passage.c.id, passage.c.text, passage.c.message_id)
                rows = self._connection.execute(mine.with_only_columns(*columns))
                made.append(
                    Tree.read([TreePassage(row.id, row.text, row.message_id) for row in rows], one)
                )
            return made


@dataclass(frozen=True)
class _Asked:
    """Makes the questions for one custodian's view."""

    view: PeopleReading
    known: Sequence[KnownName]
    trees: Sequence[Tree]

    def speakers(self) -> list[UnknownName]:
        """Ask who the names in chats and transcripts are."""
        nobody = {(plain_name(k.name), k.source_id) for k in self.known if k.person_id is None}
        groups: dict[tuple[str, str | None], list[tuple[str, str, int]]] = {}
        for source_id, name, count in self.view.waiting_passages():
            plain = plain_name(name)
            if {(plain, None), (plain, source_id)} & nobody:
                continue
            scope = None if names_one_everywhere(name) else source_id
            groups.setdefault((plain or name, scope), []).append((source_id, name, count))
        return [self._speaker(rows, scope) for (_, scope), rows in groups.items()]

    def in_trees(self) -> list[UnknownName]:
        """Ask which individuals of a tree are people of the archive."""
        found = []
        for tree in self.trees:
            for xref, who in candidates(tree, self._people, self.known).items():
                entry = tree.individuals[xref].entry
                lines = [fact.quote for fact in entry.all("NAME", "BIRT", "DEAT")]
                found.append(
                    UnknownName(
                        what=Question.IN_TREE,
                        name=xref,
                        source_ids=(tree.source.id,),
                        count=len(entry.passages),
                        samples=tuple(_short(line) for line in lines[:SAMPLES]),
                        candidates=tuple(Candidate(i, why) for i, why in sorted(who.items())),
                        source_id=tree.source.id,
                    )
                )
        return found

    def narrators(self) -> list[UnknownName]:
        """Ask who made a tree that nobody is named for."""
        return [
            UnknownName(
                what=Question.NARRATOR,
                name=tree.source.file_name,
                source_ids=(tree.source.id,),
                count=len(tree.entries),
                samples=tuple(tree.source.details.get("submitters", ())[:SAMPLES]),
                candidates=tuple(
                    Candidate(person.id, ("same_name",))
                    for person in self._people
                    for name in tree.source.details.get("submitters", ())
                    if plain_name(name) in map(plain_name, (person.name, *person.names))
                ),
                source_id=tree.source.id,
            )
            for tree in self.trees
            if tree.source.narrator_id is None
        ]

    def _speaker(self, rows: list[tuple[str, str, int]], scope: str | None) -> UnknownName:
        rows.sort(key=lambda row: (-row[2], row[0], row[1]))
        lines = [line for one, name, _ in rows[:SAMPLES] for line in self._lines(one, name)]
        return UnknownName(
            what=Question.SPEAKER,
            name=rows[0][1],
            source_ids=tuple(dict.fromkeys(row[0] for row in rows)),
            count=sum(row[2] for row in rows),
            samples=tuple(lines[:SAMPLES]),
            candidates=self._who(rows[0][1]),
            source_id=scope,
        )

    def _lines(self, source_id: str, name: str) -> list[str]:
        return self.view.sample_lines(source_id, name)

    def _who(self, name: str) -> tuple[Candidate, ...]:
        """Return whom a name could mean, by names, forms of address and earlier answers."""
        plain = plain_name(name)
        earlier = {k.person_id for k in self.known if plain_name(k.name) == plain}
        found: dict[str, list[str]] = {}
        for person in self._people:
            reasons = _reasons(plain, person)
            if person.id in earlier:
                reasons.append("answered_elsewhere")
            if reasons:
                found[person.id] = reasons
        subject = next((person for person in self._people if person.is_subject), None)
        calls = {plain_name(word) for person in self._people for word in person.calls_subject}
        if subject and plain in calls:
            found.setdefault(subject.id, []).append("called_so")
        return tuple(Candidate(i, tuple(found[i])) for i in sorted(found))

    @property
    def _people(self) -> list[Person]:
        return list(self.view.everybody().values())


def _reasons(plain: str, person: Person) -> list[str]:
    names = {plain_name(name) for name in (person.name, *person.names)} - {""}
    if plain in names:
        return ["same_name"]
    reasons = []
    mine = {part for name in names for part in _words(name)}
    if mine & set(_words(plain)) and TREE_GROUP not in person.groups:
        reasons.append("shares_a_name")
    if plain in {plain_name(word) for word in person.called_by_subject}:
        reasons.append("called_so")
    return reasons


def _words(plain: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", plain) if len(word) > 1]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SAMPLE else line[: LONGEST_SAMPLE - 1] + "…"

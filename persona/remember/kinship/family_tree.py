"""Family tree → memories: what whoever made the tree says of the people in it (law 1).

    fact of a record ──► statement in plain words, EDTF with its words, subject, how sure
                     ╰─► quote: the lines as they stand, found character for character

The narrator is who made the tree. Nobody named, no memory: the tree waits (`waits`). Only people
of the archive get memories; what may be read of them is ruled by the passages that carry it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from persona.records import (
    Citation,
    KnownName,
    Memory,
    MemoryKind,
    Modality,
    Person,
    Review,
    ShownAs,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.extraction import Extracted
from persona.remember.kinship.tree_dates import TreeDate, tree_date
from persona.remember.kinship.tree_kin import Tree
from persona.remember.kinship.tree_records import VOID, Fact, Node
from persona.remember.kinship.tree_words import ATTRIBUTES, COUPLE_EVENTS, EVENTS, sentence

TREE_RULES = "family-tree/1"
"""Name and version of these rules; part of every memory's id."""

LONGEST_NOTE = 4_000
"""Characters of a note that become one memory; the rest stays in its passage."""

_SURE = {"0": Modality.GUESSES, "1": Modality.BELIEVES}
_POINTER = re.compile(r"@[^@\s]+@")


def waits(source: Source) -> bool:
    """Say whether a tree has no memories because nobody is named who made it."""
    return source.kind is SourceKind.FAMILY_TREE and source.narrator_id is None


def tell_tree(
    tree: Tree, people: Sequence[Person], known: Sequence[KnownName]
) -> Iterator[Extracted]:
    """Yield the memories in one tree. The same tree and people give the same ids.

    Args:
        tree: a family tree of the archive.
        people: everybody of the archive, named as the custodian knows them.
        known: who the signs of this tree are.
    """
    by_id = {person.id: person for person in people}
    narrator = by_id.get(tree.source.narrator_id or "")
    if narrator is None:
        return
    here = {row.name: row.person_id for row in known if row.source_id == tree.source.id}
    ids = {xref: by_id[i] for xref, i in here.items() if i in by_id and xref in tree.individuals}
    subject = next((person for person in people if person.is_subject), None)
    language = "zh" if subject and subject.languages[:1] == ["zh"] else "en"
    teller = _Teller(tree, narrator, ids, language)
    yield from teller.persons()
    yield from teller.couples()
    yield from teller.shared_notes()


@dataclass(frozen=True)
class _Teller:
    """Puts the facts of one tree into sentences."""

    tree: Tree
    narrator: Person
    people: Mapping[str, Person]
    language: str

    def persons(self) -> Iterator[Extracted]:
        """Yield what the records of people say."""
        for xref, person in self.people.items():
            for fact in self.tree.individuals[xref].entry.facts:
                said = self._of_person(fact, person)
                if said:
                    yield self._memory(fact, said, [person], MemoryKind.EVENT)

    def couples(self) -> Iterator[Extracted]:
        """Yield marriages and their ends, and the children who are people of the archive."""
        for family in self.tree.families:
            couple = [self.people[xref] for xref, _ in family.couple if xref in self.people]
            if len(couple) != len(family.couple) or not couple:
                continue
            for fact in family.entry.all(*COUPLE_EVENTS):
                words = COUPLE_EVENTS[fact.node.tag][self.language]
                names = [self._name(person) for person in couple]
                said = sentence(words, names, *self._when(fact.node), self.language, "")
                if len(couple) == 2 and not _denied(fact.node):
                    yield self._memory(fact, said, couple, MemoryKind.RELATION)
            yield from self._notes(family.entry.all("NOTE"), couple)

    def shared_notes(self) -> Iterator[Extracted]:
        """Yield notes that several records point to, once each, with all whom they are about."""
        about: dict[str, list[Person]] = {}
        for xref, person in self.people.items():
            for value in self.tree.individuals[xref].entry.values("NOTE", "SNOTE"):
                note = self.tree.entries.get(value)
                if note and note.tag in ("NOTE", "SNOTE"):
                    about.setdefault(value, []).append(person)
        for xref, people in about.items():
            note = self.tree.entries[xref]
            yield from self._notes([Fact(note.head, note.passages[0])] if note.head else [], people)

    def _of_person(self, fact: Fact, person: Person) -> str:
        node = fact.node
        name = self._name(person)
        if _denied(node):
            return ""
        if node.tag == "NOTE":
            return "" if _POINTER.fullmatch(node.value.strip()) else _one_line(node.value)
        if node.tag in EVENTS:
            words, value = EVENTS[node.tag][self.language], ""
        elif node.tag in ATTRIBUTES and node.value.strip():
            words, value = ATTRIBUTES[node.tag][self.language], _one_line(node.value)
        elif node.tag in ("EVEN", "FACT", "RESI"):
            return self._of_any_kind(node, name)
        else:
            return ""
        when, place = self._when(node)
        bare = node.tag in EVENTS and node.tag not in ("BIRT", "DEAT") and not (when or place)
        said = "" if node.tag == "BIRT" and not (when or place) else words
        if not said or (bare and not node.inside and node.value.strip().upper() != "Y"):
            return ""
        return sentence(said, [name], when, place, self.language, value)

    def _of_any_kind(self, node: Node, name: str) -> str:
        """Put an event or a fact with a name of its own into words."""
        what = [word for word in (node.text("TYPE"), _one_line(node.value)) if word]
        when, place = self._when(node)
        if node.tag == "RESI":
            place = place or _one_line(node.value) or _one_line(node.text("ADDR"))
            words = EVENTS["RESI"][self.language]
            return sentence(words, [name], when, place, self.language, "") if place else ""
        if not what or what == ["Y"]:
            return ""
        words = ATTRIBUTES["FACT"][self.language]
        joined = (" – " if self.language == "en" else "：").join(dict.fromkeys(what))
        return sentence(words, [name], when, place, self.language, joined)

    def _notes(self, facts: Sequence[Fact], people: Sequence[Person]) -> Iterator[Extracted]:
        for fact in facts:
            said = _one_line(fact.node.value)
            if said and not _POINTER.fullmatch(said):
                yield self._memory(fact, said, people, MemoryKind.EVENT)

    def _when(self, node: Node) -> tuple[str, str]:
        """Return when and where something was, as the sentence says it."""
        found = _date(node)
        when = ""
        if found:
            when = (found.en if self.language == "en" else found.zh) or f"({found.words})"
        return when, ", ".join(part for part in re.split(r"\s*,\s*", node.text("PLAC")) if part)

    def _name(self, person: Person) -> str:
        """Return the name to write; somebody hidden is never written out."""
        if person.shown_as is ShownAs.NAMED:
            return person.name
        nobody = "somebody who is not named" if self.language == "en" else "一位不具名的人"
        return person.pseudonym or nobody

    def _memory(
        self, fact: Fact, statement: str, about: Sequence[Person], kind: MemoryKind
    ) -> Extracted:
        start, end = fact.node.start, fact.node.end
        quote = fact.passage.text[start:end]
        date = _date(fact.node)
        memory_id = content_id("mem", fact.passage.id, start, end, self.narrator.id, TREE_RULES)
        memory = Memory(
            id=memory_id,
            narrator_id=self.narrator.id,
            subject_ids=[person.id for person in about],
            kind=kind,
            statement=statement,
            quote=quote,
            language=self.language,
            event_edtf=date.edtf if date else None,
            event_words=date.words if date else "",
            told_at_edtf=self.tree.source.created_edtf,
            modality=_modality(fact.node),
            extracted_by=TREE_RULES,
            review=Review.ACCEPTED_BY_RULE,
        )
        citation = Citation(
            id=content_id("cit", memory_id, fact.passage.id, start, end),
            memory_id=memory_id,
            passage_id=fact.passage.id,
            start=start,
            end=end,
            exact=quote,
        )
        return Extracted(memory, (citation,))


def _date(node: Node) -> TreeDate | None:
    found = node.first("DATE")
    if found is None or not (found.value.strip() or found.text("PHRASE")):
        return None
    return tree_date(found.value, found.text("PHRASE"))


def _modality(node: Node) -> Modality:
    """Say how the maker of a tree knows: from a source, or only as they believe (``QUAY``)."""
    cited = [source for source in node.all("SOUR") if source.value.strip() != VOID]
    grades = [source.text("QUAY") for source in cited if source.text("QUAY")]
    if grades:
        return _SURE.get(max(grades), Modality.WAS_TOLD)
    return Modality.WAS_TOLD if cited else Modality.BELIEVES


def _denied(node: Node) -> bool:
    """Say whether an event is said not to have been (``DEAT N`` of some programs)."""
    return node.value.strip().upper() == "N"


def _one_line(text: str) -> str:
    """Return a note as one paragraph; HTML that programs put into notes is left away."""
    plain = re.sub(r"<[^<>]{1,200}>", " ", text)
    return " ".join(plain.split())[:LONGEST_NOTE]

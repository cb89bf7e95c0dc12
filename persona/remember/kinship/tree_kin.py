"""What a family tree says of its people and families: names, sex, dates, and who is whose.

A child is a parent's by birth unless something says otherwise (``PEDI``, ``ADOP``, ``STAT``,
phrases, ``_FREL``): a stepfather who stands as the husband of a family is nobody's father.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from persona.records import Kinship, Source, content_id
from persona.remember.kinship.tree_dates import TreeDate, tree_date
from persona.remember.kinship.tree_records import VOID, Entry, Fact, Lines, Node, entries

NAMELESS = "N. N."
"""Nomen nescio: how genealogists write somebody whose name is not known."""

_DEATHS = ("DEAT", "BURI", "CREM", "PROB")
_NO_PARENT = re.compile(r"\bstep|stepp|guardian|未|继", re.IGNORECASE)
_BY_BIRTH = re.compile(r"\bbiological|\bbirth|\bnatural|亲生", re.IGNORECASE)
_LINKS = (
    ("adoptive_parent", re.compile(r"\badopt|收养|养", re.IGNORECASE)),
    ("foster_parent", re.compile(r"\bfoster|寄养", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Individual:
    """One person of a tree. ``sex``: ``m``, ``f`` or nothing."""

    entry: Entry
    names: tuple[str, ...]
    sex: str
    born: TreeDate | None
    died: TreeDate | None
    dead: bool

    @property
    def uid(self) -> str:
        """Return the identifier that is the same in every export, where the program gives one."""
        return next(iter(self.entry.values("UID", "_UID")), "").upper()[:36]

    @property
    def name(self) -> str:
        """Return the name to show."""
        return self.names[0] if self.names else NAMELESS


@dataclass(frozen=True)
class Family:
    """A couple and their children, by xref; a child with how it is theirs."""

    entry: Entry
    couple: tuple[tuple[str, str], ...]
    children: tuple[tuple[str, str, str], ...]
    words: str
    since: str | None
    until: str | None


@dataclass
class Tree:
    """A family tree as it was read."""

    source: Source
    entries: dict[str, Entry]
    individuals: dict[str, Individual] = field(default_factory=dict)
    families: list[Family] = field(default_factory=list)

    @classmethod
    def read(cls, passages: Sequence[Lines], source: Source) -> "Tree":
        """Read the passages of one tree."""
        tree = cls(source, entries(passages))
        for xref, entry in tree.entries.items():
            if entry.tag == "INDI":
                tree.individuals[xref] = _individual(entry)
        for entry in tree.entries.values():
            if entry.tag == "FAM":
                tree.families.append(_family(entry, tree))
        return tree

    def same_as(self, other: "Tree") -> dict[str, str]:
        """Return which records are the same in another export: xref here → xref there.

        By the identifiers of the program; or by sign and name where nine in ten of the smaller
        tree, and three at least, agree in both: such are two exports of one tree.
        """
        uids = {one.uid: xref for xref, one in other.individuals.items() if one.uid}
        found = {x: uids[one.uid] for x, one in self.individuals.items() if one.uid in uids}
        alike = {
            xref: xref
            for xref, one in self.individuals.items()
            if one.names and one.names == getattr(other.individuals.get(xref), "names", ())
        }
        fewer = min(len(self.individuals), len(other.individuals))
        return found | (alike if len(alike) >= max(3, 0.9 * fewer) else {})

    def kinships(self, known: Mapping[str, str]) -> list[Kinship]:
        """Return the relations between these individuals, given as xref → person id."""
        rows: dict[str, Kinship] = {}
        for family in self.families:
            for row in (*_couple_rows(family, known, self), *_child_rows(family, known, self)):
                rows.setdefault(row.id, row)
        for xref, individual in self.individuals.items():
            for row in _other_rows(xref, individual, known, self.source.id):
                rows.setdefault(row.id, row)
        return list(rows.values())


def _individual(entry: Entry) -> Individual:
    names: list[str] = []
    for fact in entry.all("NAME"):
        names += [_name(fact.node.value), *map(_said, fact.node.all("TRAN", "ROMN", "FONE"))]
        names += [
            n.value.strip() for n in fact.node.all("NICK", "_AKA", "_RUFNAME", "ROMN", "FONE")
        ]
    sex = next(iter(entry.values("SEX")), "")[:1].lower()
    return Individual(
        entry=entry,
        names=tuple(dict.fromkeys(name for name in names if name)),
        sex=sex if sex in ("m", "f") else "",
        born=_when(entry, "BIRT") or _when(entry, "CHR", "BAPM"),
        died=_when(entry, "DEAT") or _when(entry, "BURI", "CREM"),
        dead=bool(entry.all(*_DEATHS)),
    )


def _said(node: Node) -> str:
    return _name(node.value)


def _name(value: str) -> str:
    return unicodedata.normalize("NFC", " ".join(value.replace("/", " ").split()).strip(" ,"))


def _when(entry: Entry, *tags: str) -> TreeDate | None:
    for fact in entry.all(*tags):
        node = fact.node.first("DATE")
        if node and (node.value.strip() or node.text("PHRASE")):
            return tree_date(node.value, node.text("PHRASE"))
    return None


def _family(entry: Entry, tree: Tree) -> Family:
    couple = [
        (fact.node.value.strip(), fact.node.tag)
        for fact in entry.all("HUSB", "WIFE")
        if fact.node.value.strip() in tree.individuals
    ]
    children = []
    for fact in entry.all("CHIL"):
        child = fact.node.value.strip()
        for parent in entry.all("HUSB", "WIFE") if child in tree.individuals else ():
            link = _link(tree.individuals[child].entry, entry.xref, fact, parent)
            if link and parent.node.value.strip() in tree.individuals:
                children.append((child, parent.node.value.strip(), link))
    wed, parted = _when(entry, "MARR"), _when(entry, "DIV", "ANUL")
    told = bool(entry.all("MARR", "MARB", "MARC", "MARL", "DIV"))
    words = "married" if told else "couple"
    words += ", divorced" if entry.all("DIV", "ANUL") else ""
    return Family(
        entry=entry,
        couple=tuple(dict.fromkeys(couple)),
        children=tuple(dict.fromkeys(children)),
        words=words,
        since=wed.edtf if wed else None,
        until=parted.edtf if parted else None,
    )


def _link(child: Entry, family: str, listed: Fact, parent: Fact) -> str:
    """Return how a child is a parent's: by birth unless something says otherwise; '': not sure.

    ``FAMC.PEDI``, ``FAMC.STAT``, ``ADOP.FAMC``, phrases (7.0), and ``_FREL``/``_MREL``.
    """
    said = [listed.node.text("PHRASE"), parent.node.text("PHRASE")]
    said.append(listed.node.text("_FREL" if parent.node.tag == "HUSB" else "_MREL"))
    for fact in child.all("FAMC"):
        if fact.node.value.strip() == family:
            said += [fact.node.text("PEDI"), fact.node.text("PHRASE")]
            if fact.node.text("STAT").lower() in ("challenged", "disproven"):
                return ""
    for fact in child.all("ADOP"):
        inside = fact.node.first("FAMC")
        if inside and inside.value.strip() == family:
            by = inside.text("ADOP").upper() or "BOTH"
            said.append("adopted" if by in ("BOTH", parent.node.tag) else "")
    words = " ".join(said)
    if _BY_BIRTH.search(parent.node.text("PHRASE")):
        return "parent"
    if _NO_PARENT.search(words) or re.search(r"\bsealing\b", words, re.IGNORECASE):
        return ""
    return next((link for link, pattern in _LINKS if pattern.search(words)), "parent")


def _couple_rows(family: Family, known: Mapping[str, str], tree: Tree) -> list[Kinship]:
    ids = [known[xref] for xref, _ in family.couple if xref in known]
    if len(family.couple) != 2 or len(set(ids)) != 2:
        return []
    sexes = [tree.individuals[xref].sex for xref, _ in family.couple]
    roles = [{"m": "husband", "f": "wife"}.get(sex, "partner") for sex in sexes]
    if not family.words.startswith("married"):
        roles = [{"m": "man", "f": "woman"}.get(sex, "partner") for sex in sexes]
    words = " · ".join(roles) + (f" · {family.words}" if "divorced" in family.words else "")
    return [
        Kinship(
            id=content_id("kin", *ids[:1], "spouse", *ids[1:]),
            person_id=ids[0],
            relation="spouse",
            other_id=ids[1],
            words=words,
            since_edtf=family.since,
            until_edtf=family.until,
            source_id=tree.source.id,
        )
    ]


def _child_rows(family: Family, known: Mapping[str, str], tree: Tree) -> list[Kinship]:
    rows = []
    for child, parent, link in family.children:
        if child not in known or parent not in known or known[child] == known[parent]:
            continue
        words = " · ".join(
            (
                {"m": "father", "f": "mother"}.get(tree.individuals[parent].sex, "parent"),
                {"m": "son", "f": "daughter"}.get(tree.individuals[child].sex, "child"),
            )
        )
        rows.append(
            Kinship(
                id=content_id("kin", known[parent], link, known[child]),
                person_id=known[parent],
                relation=link,
                other_id=known[child],
                words=words,
                source_id=tree.source.id,
            )
        )
    return rows


_ROLES = (
    ("godparent", re.compile(r"\bGODP\b|god-?(?:parent|father|mother)|教父|教母", re.IGNORECASE)),
    ("friend", re.compile(r"\bFRIEND\b|朋友", re.IGNORECASE)),
    ("neighbour", re.compile(r"\bNGHBR\b|neighbou?r|邻居", re.IGNORECASE)),
)


def _other_rows(
    xref: str, individual: Individual, known: Mapping[str, str], source_id: str
) -> list[Kinship]:
    """Return godparents, friends and neighbours, from ``ASSO`` with ``ROLE`` or ``RELA``."""
    rows = []
    for fact in individual.entry.all("ASSO"):
        other = fact.node.value.strip()
        role = fact.node.text("ROLE") or fact.node.text("RELA")
        relation = next((one for one, pattern in _ROLES if pattern.search(role)), "")
        if not relation or other == VOID or other not in known or xref not in known:
            continue
        if known[other] != known[xref]:
            rows.append(
                Kinship(
                    id=content_id("kin", known[other], relation, known[xref]),
                    person_id=known[other],
                    relation=relation,
                    other_id=known[xref],
                    words=fact.node.text("PHRASE") or role,
                    source_id=source_id,
                )
            )
    return rows

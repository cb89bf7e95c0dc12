"""Family trees: GEDCOM 5.5.1 and 7.0, as genealogy programs write them.

Every record about people becomes a passage: its lines as they stand, found again by their
characters. What they say, and whose relatives they are, is worked out in
`persona.remember.kinship.family_tree`, when it is known who is who.

What the tree marks as confidential or private, and everything about people who may be living,
is closed to everybody outside the group `PRIVATE_GROUP` from the beginning. Somebody in a tree
is taken for a person of the archive only where ``people.toml`` says so (``tree = "@I7@"``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import text_span
from persona.collect.trees.living import Ages
from persona.collect.trees.records import Line, Record, records
from persona.collect.trees.text import tree_text
from persona.errors import UnreadableSource
from persona.records import KnownName, Passage, Restriction, SourceKind, content_id
from persona.records.months import MONTH_STARTS
from persona.records.names import MAY_BE_LIVING, PRIVATE_GROUP, known_name_id, plain_name

LARGEST_BYTES = 256 << 20
MOST_MEDIA = 500

_KEPT = frozenset({"INDI", "FAM", "NOTE", "SNOTE", "SOUR"})
_PRIVATE_TAGS = frozenset({"SSN", "IDNO"})
_PRIVATE = re.compile(r"\b(?:confidential|privacy|private)\b", re.IGNORECASE)
_NOBODY = "@VOID@"


@dataclass
class _Tree:
    """What has to be known of all records before one of them is read."""

    text: str
    all: list[Record]
    closed: set[str] = field(default_factory=set)
    living: set[str] = field(default_factory=set)

    def of(self, tag: str) -> list[Record]:
        """Return the records of one kind."""
        return [record for record in self.all if record.tag == tag]


class Gedcom:
    """Reads a family tree file."""

    name = "gedcom"
    kinds = (SourceKind.FAMILY_TREE,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for the record that every such file begins with."""
        del name
        if re.match(rb"\s*0\s+HEAD\s", head.removeprefix(b"\xef\xbb\xbf")):
            return True
        if head[:2] not in {b"\xff\xfe", b"\xfe\xff", b"0\x00", b"\x000"}:
            return False
        return bool(re.match(r"\s*0\s+HEAD\s", decode_head(head[: len(head) & ~1])))

    def read(self, request: Request) -> Reading:
        """Make a passage of every record about people, sources and notes."""
        size = request.path.stat().st_size
        if size > LARGEST_BYTES:
            raise UnreadableSource(
                f"{request.name} has {size >> 20} MB, more than any family tree. Export the "
                "tree without its pictures and films."
            )
        decoded = tree_text(request.path.read_bytes(), request.name)
        tree = _Tree(decoded.text, list(records(decoded.text, request.name)))
        reading = Reading(SourceKind.FAMILY_TREE, details={"encoding": decoded.encoding})
        _link(reading, request, tree)
        _judge(tree, {known.name for known in reading.known_names}, date.today().year)
        for record in tree.all:
            if record.tag in _KEPT:
                _add(reading, request, record, tree)
        _describe(reading, tree)
        return reading


def _judge(tree: _Tree, known: set[str], this_year: int) -> None:
    """Find who may be living, and which records the tree itself closes.

    Whom the family put into people.toml themselves, they do not hide from each other.
    """
    ages = Ages(this_year)
    for record in tree.all:
        ages.read(record)
        if any(_PRIVATE.search(value) for value in record.values("RESN")):
            tree.closed.add(record.xref)
    tree.living = ages.living() - known
    for record in tree.all:
        if record.tag == "FAM" and tree.closed & {*_couple(record), *record.values("CHIL")}:
            tree.closed.add(record.xref)
    hidden = tree.closed | tree.living
    notes = {record.xref for record in tree.all if record.tag in ("NOTE", "SNOTE")}
    for record in tree.all:
        if record.xref in hidden:
            tree.closed |= {v for line in record.lines if (v := line.value.strip()) in notes}


def _couple(record: Record) -> list[str]:
    return [*record.values("HUSB"), *record.values("WIFE")]


def _add(reading: Reading, request: Request, record: Record, tree: _Tree) -> None:
    """Add a record as one passage, or as several where a part of it is private."""
    for private, lines in _pieces(record):
        start, end = lines[0].start, max(line.end for line in lines)
        passage = reading.add(
            request,
            text_span(start, end),
            tree.text[start:end],
            record.xref or str(record.lines[0].start),
            message_id=record.xref,
        )
        if private or record.xref in tree.closed:
            reading.restrictions.append(_closed(passage, "private in the family tree"))
        elif record.xref in tree.living or tree.living & set(_couple(record)):
            reading.restrictions.append(_closed(passage, MAY_BE_LIVING))


def _pieces(record: Record) -> list[tuple[bool, list[Line]]]:
    """Return the record, cut where what may be read and what is private meet."""
    pieces: list[tuple[bool, list[Line]]] = []
    for block in record.blocks():
        private = any(
            line.tag in _PRIVATE_TAGS or (line.tag == "RESN" and _PRIVATE.search(line.value))
            for line in block
        )
        if pieces and pieces[-1][0] == private:
            pieces[-1][1].extend(block)
        else:
            pieces.append((private, list(block)))
    return pieces


def _closed(passage: Passage, why: str) -> Restriction:
    return Restriction(
        id=content_id("rst", passage.id, "tree"),
        target_id=passage.id,
        any_groups=[PRIVATE_GROUP],
        set_by=why,
    )


def _describe(reading: Reading, tree: _Tree) -> None:
    head = tree.all[0]
    names = [record.lines for record in tree.of("SUBM")]
    media = [line.value for r in tree.all for line in r.lines if line.tag == "FILE" and r != head]
    known: dict[str, Any] = {
        "version": _value(head.lines, "GEDC", "VERS"),
        "program": _value(head.lines, "SOUR", "NAME") or next(iter(head.values("SOUR")), ""),
        "submitters": [name for lines in names if (name := _top(lines, "NAME"))],
        "persons": len(tree.of("INDI")),
        "families": len(tree.of("FAM")),
        "may_be_living": len(tree.living),
        "media": media[:MOST_MEDIA],
    }
    reading.details |= {name: value for name, value in known.items() if value}
    reading.created_words = next(iter(head.values("DATE")), "")
    reading.created_edtf = _day(reading.created_words)
    reading.title = "Family tree"
    if not known["persons"]:
        reading.warnings.append("There is nobody in this family tree.")


def _value(lines: Sequence[Line], outer: str, inner: str) -> str:
    """Return a value at level 2 inside a structure of level 1."""
    inside = ""
    for line in lines:
        if line.level == 1:
            inside = line.tag
        elif (line.level, line.tag, inside) == (2, inner, outer):
            return line.value.strip()
    return ""


def _top(lines: Sequence[Line], tag: str) -> str:
    found = (line.value for line in lines if (line.level, line.tag) == (1, tag))
    return next(found, "").replace("/", "").strip(" ,")


_MONTHS = [name.upper() for name in MONTH_STARTS]


def _day(words: str) -> str | None:
    """Return the day of the export; a program writes it, so it has one form."""
    found = re.fullmatch(r"(\d{1,2}) ([A-Z]{3}) (\d{4})", words.strip().upper())
    if found is None or found[2] not in _MONTHS:
        return None
    try:
        return date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1])).isoformat()
    except ValueError:
        return None


def _link(reading: Reading, request: Request, tree: _Tree) -> None:
    """Say who of the tree is a person of the archive, where ``people.toml`` says so."""
    people = {record.xref: record for record in tree.of("INDI")}
    linked = request.book.tree_links(request.relative)
    for person_id, xref in linked.items():
        person = request.book.person(person_id)
        if person is None:
            continue
        if xref not in people:
            reading.warnings.append(f"people.toml says tree = {xref!r}: nobody here has that sign.")
            continue
        names = {part for one in people[xref].values("NAME") for part in _parts(one)}
        if not names & {part for one in (person.name, *person.names) for part in _parts(one)}:
            reading.warnings.append(
                f"people.toml says that {xref} is {person.id}, and the tree names {xref} quite "
                "differently. They are not taken for one person; look at the name once more."
            )
            continue
        reading.known_names.append(
            KnownName(
                id=known_name_id(xref, request.source_id),
                name=xref,
                person_id=person_id,
                source_id=request.source_id,
                set_by="people.toml",
            )
        )
    if request.book.subject.id not in linked and people:
        reading.warnings.append(
            f"Say which of the {len(people)} in this family tree is {request.book.subject.name}: "
            'tree = "@…@" in people.toml, or answer when you are asked who is who.'
        )
    if request.rule.narrator is None:
        reading.warnings.append("Name who made this tree. Say narrator = … in people.toml.")


def _parts(name: str) -> set[str]:
    plain = plain_name(name.replace("/", " "))
    return {*plain.split(), plain.replace(" ", "")} - {"", _NOBODY.lower()}

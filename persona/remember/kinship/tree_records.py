"""The records of a family tree, out of the passages that hold their lines (GEDCOM 5.5.1, 7.0).

    passage ──► facts (structures of level 1, each with the characters where it stands)
    passages of one xref ──► `Entry`

A record may have been cut where something private begins, so that an entry has facts of more
than one passage. ``CONT`` and ``CONC`` are joined, ``@@`` is read as ``@``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

_LINE = re.compile(r"[ \t]*(\d{1,2})[ \t]+(?:(@[^@\n]+@)[ \t]+)?([A-Za-z0-9_]+)(?:[ \t](.*))?")
_GOES_ON = ("CONT", "CONC")
VOID = "@VOID@"


class Lines(Protocol):
    """What is needed of a passage; ``message_id`` is the xref of its record."""

    @property
    def id(self) -> str: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def message_id(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class TreePassage:
    """The lines of a record, or of a part of it, out of the store."""

    id: str
    text: str
    message_id: str


@dataclass
class Node:
    """A structure: its tag and value, its place in the passage, and what it contains."""

    tag: str
    value: str
    start: int
    end: int
    inside: list["Node"] = field(default_factory=list)

    def all(self, *tags: str) -> list["Node"]:
        """Return what it contains with one of these tags."""
        return [node for node in self.inside if node.tag in tags]

    def first(self, tag: str) -> "Node | None":
        """Return the first that it contains with this tag."""
        return next((node for node in self.inside if node.tag == tag), None)

    def text(self, tag: str) -> str:
        """Return the value of the first that it contains with this tag, or nothing."""
        found = self.first(tag)
        return " ".join(found.value.split()) if found else ""


@dataclass(frozen=True)
class Fact:
    """A structure of level 1 with the passage that holds its lines."""

    node: Node
    passage: Lines

    @property
    def quote(self) -> str:
        """Return its lines as they stand."""
        return self.passage.text[self.node.start : self.node.end]


@dataclass
class Entry:
    """One record: a person, a family, a note, a source."""

    xref: str
    tag: str
    head: Node | None = None
    facts: list[Fact] = field(default_factory=list)
    passages: list[Lines] = field(default_factory=list)

    def all(self, *tags: str) -> list[Fact]:
        """Return the facts with one of these tags."""
        return [fact for fact in self.facts if fact.node.tag in tags]

    def first(self, tag: str) -> Fact | None:
        """Return the first fact with this tag."""
        return next((fact for fact in self.facts if fact.node.tag == tag), None)

    def values(self, *tags: str) -> list[str]:
        """Return the values of the facts with one of these tags, without pointers to nothing."""
        found = [fact.node.value.strip() for fact in self.all(*tags)]
        return [value for value in found if value and value != VOID]


def entries(passages: Sequence[Lines]) -> dict[str, Entry]:
    """Return the records in the passages of one tree by their xref, in their order."""
    found: dict[str, Entry] = {}
    for passage in passages:
        nodes = list(_nodes(passage.text))
        key = passage.message_id or passage.id
        entry = found.get(key)
        if entry is None:
            head = nodes.pop(0) if nodes and _level(passage.text) == 0 else None
            entry = Entry(key, head.tag if head else "", head)
            found[key] = entry
        entry.passages.append(passage)
        entry.facts.extend(Fact(node, passage) for node in nodes)
    return found


def _level(text: str) -> int:
    found = _LINE.match(text)
    return int(found[1]) if found else 99


def _nodes(text: str) -> Iterator[Node]:
    """Yield the lines of level 0 and 1, each with all that belongs to it."""
    top: Node | None = None
    open_nodes: list[tuple[int, Node]] = []
    for level, tag, value, start, end in _lines(text):
        if top is not None and level <= 1 and tag in _GOES_ON:  # a note that is a record
            top.value += ("\n" if tag == "CONT" else "") + value
            top.end = end
            continue
        if level <= 1 or top is None:
            if top is not None:
                yield top
            top = Node(tag, value, start, end)
            open_nodes = [(level, top)]
            continue
        top.end = end
        while len(open_nodes) > 1 and open_nodes[-1][0] >= level:
            open_nodes.pop()
        parent = open_nodes[-1][1]
        if tag in _GOES_ON:
            parent.value += ("\n" if tag == "CONT" else "") + value
        else:
            parent.inside.append(Node(tag, value, start, end))
            open_nodes.append((level, parent.inside[-1]))
    if top is not None:
        yield top


def _lines(text: str) -> Iterator[tuple[int, str, str, int, int]]:
    """Yield level, tag, value and place of each line; a broken line belongs to the one before."""
    start = 0
    here: tuple[int, str, str, int, int] | None = None
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        found = _LINE.fullmatch(text, start, end)
        if found:
            if here is not None:
                yield here
            level, _, tag, value = found.groups("")
            here = (int(level), tag.upper(), value.replace("@@", "@"), start, end)
        elif here is not None and text[start:end].strip():
            here = (*here[:2], f"{here[2]}\n{text[start:end]}", here[3], end)
        start = end + 1
    if here is not None:
        yield here

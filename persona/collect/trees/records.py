"""The records of a GEDCOM file with the places where they stand (5.5.1 and 7.0).

    level [@xref@] tag [value]

One line is one of these; a record begins at level 0. Programs break the grammar: a line that
does not follow it belongs to the one before (a note with a line end in it), and is kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from persona.errors import UnreadableSource

LONGEST_LINE = 1 << 20
"""Characters; the standard allows 255 (5.5.1). A longer line than this is no family tree."""

_LINE = re.compile(r"[ \t]*(\d{1,2})[ \t]+(?:(@[^@\n]+@)[ \t]+)?([A-Za-z0-9_]+)(?:[ \t](.*))?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its parts, and where it stands in the text."""

    level: int
    xref: str
    tag: str
    value: str
    start: int
    end: int


@dataclass
class Record:
    """The lines of one record, its first included."""

    lines: list[Line] = field(default_factory=list)

    @property
    def xref(self) -> str:
        """Return ``@I7@``, or nothing."""
        return self.lines[0].xref

    @property
    def tag(self) -> str:
        """Return what the record is, such as ``INDI`` or ``FAM``."""
        return self.lines[0].tag

    def blocks(self) -> list[list[Line]]:
        """Return the first line alone, then each structure of level 1 with all that is in it."""
        found: list[list[Line]] = [[self.lines[0]]]
        for line in self.lines[1:]:
            if line.level <= 1 or len(found) == 1:
                found.append([line])
            else:
                found[-1].append(line)
        return found

    def values(self, tag: str) -> list[str]:
        """Return the values of the lines of level 1 with this tag."""
        return [line.value.strip() for line in self.lines[1:] if (line.level, line.tag) == (1, tag)]


def records(text: str, name: str) -> Iterator[Record]:
    """Yield the records of a decoded file.

    Raises:
        UnreadableSource: it is none, or a line is longer than any program writes.
    """
    here: Record | None = None
    for line in _lines(text, name):
        if line.level == 0:
            if here is not None:
                yield here
            here = Record([line])
        elif here is not None:
            here.lines.append(line)
    if here is None:
        raise UnreadableSource(f"{name} is no family tree: it has no records.")
    yield here


def _lines(text: str, name: str) -> Iterator[Line]:
    start, last = 0, None
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > LONGEST_LINE:
            raise UnreadableSource(
                f"{name} has a line of {end - start} characters, which no family tree has. "
                "Export it again from the program that made it."
            )
        found = _LINE.fullmatch(text, start, end)
        if found:
            if last is not None:
                yield last
            level, xref, tag, value = found.groups("")
            last = Line(int(level), xref, tag.upper(), value, start, end)
        elif last is not None and text[start:end].strip():
            value = f"{last.value}\n{text[start:end]}"  # a note with a line end in it
            last = Line(last.level, last.xref, last.tag, value, last.start, end)
        start = end + 1
    if last is not None:
        yield last

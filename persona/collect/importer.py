"""What an importer is: a class that recognises one form of material and reads it.

    Request (a kept original and what is known of it)  →  Importer.read  →  Reading

A reading is what the material itself says; `persona.collect.reading` joins it with the rules of
``people.toml``, which win.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from persona.collect.people import FamilyBook
from persona.collect.people_file import FileRule
from persona.collect.selectors import Selector
from persona.engines.protocols import Recogniser
from persona.records import Passage, SourceKind, content_id


@dataclass(frozen=True)
class Sidecar:
    """A file that belongs to another: its transcript or its captions."""

    path: Path
    relative: str
    role: str


@dataclass(frozen=True)
class Request:
    """An original to read: where it lies, what it is called, and what is known of it."""

    path: Path
    relative: str
    source_id: str
    media_type: str
    book: FamilyBook
    rule: FileRule
    sidecars: tuple[Sidecar, ...] = ()
    recogniser: Recogniser | None = None

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.relative.rsplit("/", 1)[-1]


@dataclass
class Reading:
    """What an importer found in one original."""

    kind: SourceKind
    passages: list[Passage] = field(default_factory=list)
    title: str = ""
    narrator_id: str | None = None
    created_edtf: str | None = None
    created_words: str = ""
    place: str = ""
    rate_hz: float | None = None
    duration_s: float | None = None
    details: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add(
        self, request: Request, selector: Selector, text: str, unit: str, **known: Any
    ) -> Passage:
        """Append a passage with the next position and an id made from its content."""
        passage = Passage(
            id=content_id("psg", request.source_id, selector, text),
            source_id=request.source_id,
            position=len(self.passages),
            unit=f"{request.source_id}/{unit}" if unit else request.source_id,
            selector=selector,
            text=text,
            **known,
        )
        self.passages.append(passage)
        return passage


class Importer(Protocol):
    """Recognises and reads one form of material."""

    @property
    def name(self) -> str:
        """Name in summaries and in ``source.details``."""
        ...

    @property
    def kinds(self) -> Sequence[SourceKind]:
        """Kinds it makes: a rule's ``kind`` chooses among the importers that make it."""
        ...

    def recognises(self, head: bytes, name: str) -> bool:
        """Tell from the first bytes, then the name, whether this is its form."""
        ...

    def read(self, request: Request) -> Reading:
        """Read a kept original. Raises `UnreadableSource`, `UnsafeSource`."""
        ...

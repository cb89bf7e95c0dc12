"""What an importer is: a class that recognises one form of material and reads it.

    Request (a kept original and what is known of it)  →  Importer.read  →  Reading

A reading is what the material itself says; `persona.collect.reading` joins it with the rules of
``people.toml``, which win.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.selectors import Selector
from persona.engines.protocols import Diariser, FaceFinder, Recogniser, TextReader
from persona.records import (
    Face,
    Kinship,
    KnownName,
    Passage,
    PassageFields,
    Person,
    Restriction,
    SourceKind,
    content_id,
)


@dataclass(frozen=True)
class Sidecar:
    """A file that belongs to another: its transcript or its captions."""

    path: Path
    relative: str
    role: str


@dataclass(frozen=True)
class Senses:
    """The engines that hear and see for the importers; None: not on this machine, or not wanted."""

    recogniser: Recogniser | None = None
    diariser: Diariser | None = None
    text_reader: TextReader | None = None
    face_finder: FaceFinder | None = None


@dataclass(frozen=True)
class Request:
    """An original to read: where it lies, what it is called, and what is known of it.

    ``derived`` is a folder for work that takes long and can be resumed (None: nothing is kept);
    ``progress`` is told which share of this original has been read, 0 to 1.
    """

    path: Path
    relative: str
    source_id: str
    media_type: str
    book: FamilyBook
    rule: FileRule
    sidecars: tuple[Sidecar, ...] = ()
    senses: Senses = Senses()
    derived: Path | None = None
    progress: Callable[[float], None] | None = None

    @property
    def name(self) -> str:
        """Return the file's own name."""
        return self.relative.rsplit("/", 1)[-1]


@dataclass
class Reading:
    """What an importer found in one original.

    ``stream`` holds the passages of material that is too long for memory (a chat of a million
    messages): they are read while they are kept, after ``passages``, once. An importer that
    streams says ``dated`` and ``speakers`` itself, because nobody can look ahead.
    """

    kind: SourceKind
    passages: list[Passage] = field(default_factory=list)
    stream: Iterable[PassageFields] = ()
    dated: bool = False
    speakers: frozenset[str] = frozenset()
    persons: list[Person] = field(default_factory=list)
    kinships: list[Kinship] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    known_names: list[KnownName] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
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
        made = Passage(
            id=content_id("psg", request.source_id, selector, text),
            source_id=request.source_id,
            position=len(self.passages),
            unit=f"{request.source_id}/{unit}" if unit else request.source_id,
            selector=selector,
            text=text,
            **known,
        )
        self.passages.append(made)
        return made


def passage(
    request: Request, position: int, selector: Selector, text: str, unit: str, **known: Any
) -> PassageFields:
    """Return one passage for a stream, with an id made from its content."""
    return PassageFields(
        id=content_id("psg", request.source_id, selector, text),
        source_id=request.source_id,
        position=position,
        unit=f"{request.source_id}/{unit}" if unit else request.source_id,
        selector=selector,
        text=text,
        **known,
    )


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

"""Evidence made by hand, for the tests that need no archive."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from persona.records import (
    Citation,
    Memory,
    MemoryKind,
    Passage,
    Person,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.retrieval import Evidence

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def family() -> list[Person]:
    """Return fresh copies of Arthur's people."""
    return [
        Person(id="arthur", name="Arthur Penrose", is_subject=True, living=False),
        Person(
            id="nell",
            name="Nell Penrose",
            relation="daughter",
            called_by_subject=["Little Wren", "小鸟"],
            calls_subject=["Dad"],
            languages=["en"],
        ),
        Person(id="jack", name="Jack Penrose", relation="son", called_by_subject=["Skipper"]),
        Person(id="ada", name="Ada Penrose", relation="wife", born="1933"),
        Person(id="ada2", name="Ada Grey", relation="", born="1940"),
        Person(id="mei", name="林美", relation="friend", languages=["zh"]),
    ]


def person(person_id: str) -> Person:
    return next(one for one in family() if one.id == person_id)


def evidence(
    text: str,
    *,
    narrator: str = "arthur",
    kind: SourceKind = SourceKind.LETTER,
    exact: str | None = None,
    title: str = "A title",
    source: dict[str, Any] | None = None,
    passage: dict[str, Any] | None = None,
    memory: dict[str, Any] | None = None,
    ranks: tuple[int | None, int | None] = (1, 1),
    coverage: float = 1.0,
) -> Evidence:
    """Return one memory that is ``exact`` (or all) of a passage ``text``."""
    exact = text if exact is None else exact
    start = text.index(exact)
    sha256 = hashlib.sha256(f"{title}{text}".encode()).hexdigest()
    place = Source(
        id=content_id("src", sha256),
        sha256=sha256,
        kind=kind,
        media_type="text/plain",
        title=title,
        file_name="letter.txt",
        size_bytes=1,
        received_at=NOON,
        narrator_id=narrator,
        **(source or {}),
    )
    span = Passage(
        **{
            "id": content_id("psg", place.id, text),
            "source_id": place.id,
            "position": 0,
            "unit": place.id,
            "selector": {"type": "TextPositionSelector", "start": 0, "end": len(text)},
            "text": text,
            "speaker_id": narrator,
            **(passage or {}),
        }
    )
    own = person(narrator).is_subject
    told = Memory(
        **{
            "id": content_id("mem", span.id, start),
            "narrator_id": narrator,
            "subject_ids": ["arthur"],
            "kind": MemoryKind.OWN_WORDS if own else MemoryKind.EVENT,
            "statement": exact,
            "quote": exact,
            "extracted_by": "by hand",
            **(memory or {}),
        }
    )
    citation = Citation(
        id=content_id("cit", told.id),
        memory_id=told.id,
        passage_id=span.id,
        start=start,
        end=start + len(exact),
        exact=exact,
    )
    return Evidence(
        memory=told,
        citation=citation,
        passage=span,
        source=place,
        narrator=person(narrator),
        score=1.0,
        coverage=coverage,
        held=2,
        in_text=2,
        asked=2,
        lexical_rank=ranks[0],
        dense_rank=ranks[1],
        conflict_id=None,
    )

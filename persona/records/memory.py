"""Memories: what somebody told, or what a document shows; and the citations that carry them."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class MemoryKind(StrEnum):
    """What sort of thing is remembered."""

    EVENT = "event"
    TRAIT = "trait"
    SAYING = "saying"
    PREFERENCE = "preference"
    RELATION = "relation"
    OWN_WORDS = "own_words"


class Modality(StrEnum):
    """How the narrator knows."""

    WITNESSED = "witnessed"
    WAS_TOLD = "was_told"
    BELIEVES = "believes"
    GUESSES = "guesses"


class MemoryStatus(StrEnum):
    """What has become of a memory."""

    TOLD = "told"
    CORROBORATED = "corroborated"
    DISPUTED = "disputed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    RECUT = "recut"
    """Its passage was read again by better rules; only versions made before still use it."""


class Review(StrEnum):
    """Whether a person has looked at it."""

    UNREVIEWED = "unreviewed"
    ACCEPTED = "accepted"
    ACCEPTED_BY_RULE = "accepted_by_rule"
    DISCARDED = "discarded"


class Memory(SQLModel, table=True):
    """What ``narrator_id`` told about ``subject_ids``: testimony, not truth (law 1).

    ``quote`` is verbatim: it is found character for character in the cited passage.
    ``told_by`` is the chain of hearsay, nearest first: a daughter who tells what her mother
    said has ``narrator_id='ruth', told_by=['margaret']``.
    """

    id: str = Field(primary_key=True, description="content_id('mem', passage, start, end, rule)")
    narrator_id: str = Field(foreign_key="person.id", index=True)
    told_by: list[str] = Field(default_factory=list, sa_type=JSON)
    subject_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    kind: MemoryKind
    statement: str
    quote: str
    addressee_id: str | None = Field(default=None, foreign_key="person.id")
    language: str = ""
    event_edtf: str | None = None
    event_words: str = ""
    told_at_edtf: str | None = None
    modality: Modality = Modality.WITNESSED
    status: MemoryStatus = MemoryStatus.TOLD
    extracted_by: str = Field(description="rule or model, with its version")
    review: Review = Review.ACCEPTED_BY_RULE
    previous_id: str | None = None


class CitationRole(StrEnum):
    """What a passage does for a memory."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    MENTIONS = "mentions"


class Citation(SQLModel, table=True):
    """Memory → passage: ``passage.text[start:end] == exact``, always (checked by the store)."""

    id: str = Field(primary_key=True)
    memory_id: str = Field(foreign_key="memory.id", index=True)
    passage_id: str = Field(foreign_key="passage.id", index=True)
    role: CitationRole = CitationRole.SUPPORTS
    retelling: bool = Field(default=False, description="a retelling adds no weight")
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    exact: str

"""What was asked, what the persona said, and what each sentence stands on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Standing(StrEnum):
    """What a sentence of the persona rests on (law 5).

    ``small_talk`` is for sentences that claim nothing about anybody: a greeting, comfort, a
    question back, or a word about the simulation itself. They need no citation.
    """

    OWN_WORDS = "own_words"
    TOLD = "told"
    INFERRED = "inferred"
    UNKNOWN = "unknown"
    SMALL_TALK = "small_talk"


class Speaker(StrEnum):
    """Whose turn it is."""

    LISTENER = "listener"
    PERSONA = "persona"


class Conversation(SQLModel, table=True):
    """One listener talking with one version."""

    id: str = Field(primary_key=True)
    version_id: str = Field(foreign_key="version.id", index=True)
    listener_id: str | None = Field(
        default=None, foreign_key="person.id", description="None: a stranger, with least rights"
    )
    purpose: str = Field(default="family", description="family, film, test")
    seed: int = 0
    started_at: datetime = Field(description="UTC")
    ended_at: datetime | None = None


class Turn(SQLModel, table=True):
    """One utterance. Never evidence for anything (law 3)."""

    id: str = Field(primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    position: int
    speaker: Speaker
    text: str
    created_at: datetime = Field(description="UTC")
    prompt: str = Field(default="", description="what the language model was given")
    evidence: list[str] = Field(default_factory=list, sa_type=JSON, description="memory ids")
    timings_ms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    as_of: str | None = Field(
        default=None, description="EDTF: the answer was asked for as of this time"
    )
    audio_path: str = ""
    take: int = 1
    rating: int | None = None


class Sentence(SQLModel, table=True):
    """One sentence of a persona turn, with what it rests on."""

    id: str = Field(primary_key=True)
    turn_id: str = Field(foreign_key="turn.id", index=True)
    position: int
    text: str
    standing: Standing
    citations: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=JSON,
        description="memory_id, passage_id, source_id, start, end (characters of the passage)",
    )


class OpenQuestion(SQLModel, table=True):
    """What the persona could not answer: the next interview."""

    id: str = Field(primary_key=True)
    question: str
    listener_id: str | None = Field(default=None, foreign_key="person.id")
    conversation_id: str = Field(foreign_key="conversation.id", index=True)
    might_know: list[str] = Field(default_factory=list, sa_type=JSON, description="person ids")
    asked_at: datetime = Field(description="UTC")
    state: str = Field(default="open", description="open, asked, answered, dropped")

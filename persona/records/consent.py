"""Who agreed to what, and who may know what."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Act(StrEnum):
    """What may be done with somebody's words, voice or picture."""

    KEEP = "keep"
    TRANSCRIBE = "transcribe"
    RETRIEVE = "retrieve"
    QUOTE = "quote"
    TRAIN_TEXT = "train_text"
    TRAIN_VOICE = "train_voice"
    ANIMATE_FACE = "animate_face"
    FILM = "film"
    ARCHIVE = "archive"


class ConsentState(StrEnum):
    """A grant, a narrower grant, or its end."""

    GRANTED = "granted"
    NARROWED = "narrowed"
    WITHDRAWN = "withdrawn"


class Consent(SQLModel, table=True):
    """One entry of an append-only record; the newest entry for (person, act) counts."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, description="whose material")
    given_by: str = Field(description="the narrator, or the heir who speaks for the dead")
    act: Act
    audience: list[str] = Field(
        default_factory=list, sa_type=JSON, description="groups or person ids; empty: everybody"
    )
    until: str | None = Field(default=None, description="EDTF day; None: no end")
    state: ConsentState = ConsentState.GRANTED
    text_shown: str = Field(description="what the person read before agreeing")
    text_sha256: str
    at: datetime = Field(description="UTC")


class Restriction(SQLModel, table=True):
    """Who may know a source, a passage or a memory. Deny wins; no rule admits everybody.

    A thing derived from restricted things is readable only by those who may read all of them.
    A reader is admitted when no ``deny`` names them (or a group of theirs) and either
    ``allow`` names them, or they are in one of ``any_groups`` and in all of ``all_groups``
    (an empty list of groups asks nothing, unless only ``allow`` is given).
    """

    id: str = Field(primary_key=True)
    target_id: str = Field(index=True, description="id of a source, a passage or a memory")
    any_groups: list[str] = Field(default_factory=list, sa_type=JSON)
    all_groups: list[str] = Field(default_factory=list, sa_type=JSON)
    allow: list[str] = Field(default_factory=list, sa_type=JSON, description="person ids")
    deny: list[str] = Field(default_factory=list, sa_type=JSON, description="persons or groups")
    acts: list[str] = Field(default_factory=list, sa_type=JSON, description="empty: all acts")
    until: str | None = Field(default=None, description="EDTF day after which the rule ends")
    set_by: str = ""

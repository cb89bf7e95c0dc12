"""Whose voice the persona speaks with: stretches of recordings, and the voices made of them.

A donor is always declared. What the program hears is a proposal; that a stretch is this person's
voice is said by a person.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from persona.records.proposal import ProposalState


class DonorKind(StrEnum):
    """Whose voice it is: the dead person's own clips, a consenting relative's, or nobody's."""

    OWN_CLIPS = "own_clips"
    RELATIVE = "relative"
    DESIGNED = "designed"


class VoiceState(StrEnum):
    """Whether a voice may be used."""

    ACTIVE = "active"
    BLOCKED = "blocked"


class VoiceClip(SQLModel, table=True):
    """A stretch of a recording in which one person alone is heard. The original is not cut."""

    id: str = Field(primary_key=True, description="content_id('vcl', source, start, end, person)")
    source_id: str = Field(foreign_key="source.id", index=True)
    person_id: str = Field(foreign_key="person.id", index=True, description="who is heard")
    start_s: float = Field(description="seconds from the beginning of the recording")
    end_s: float
    text: str = Field(default="", description="what is said, as recognised")
    language: str = Field(default="", description="ISO 639-1")
    score: float = Field(
        default=0.0, description="-1 to 1: likeness to the person's confirmed speech; 0: no guess"
    )
    quality: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="loudness_lufs, noise_db, clipped, overlap: what was measured",
    )
    state: ProposalState = ProposalState.PROPOSED
    confirmed_by: str = Field(default="", description="person id or 'custodian'")


class MadeVoice(SQLModel, table=True):
    """A voice made for this persona. Immutable: its id is the hash of what it was made from."""

    id: str = Field(primary_key=True, description="content_id('voi', donor, clips, settings …)")
    donor: DonorKind
    person_id: str | None = Field(
        default=None, foreign_key="person.id", description="whose voice; None: designed"
    )
    engine: str = Field(description="catalogue name: kokoro, xtts, vits, openvoice")
    clip_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    consent_id: str | None = Field(default=None, foreign_key="consent.id")
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    files_sha256: str = Field(description="folder_sha256 of voices/ID")
    measured: dict[str, Any] = Field(
        default_factory=dict,
        sa_type=JSON,
        description="seconds, wer, resemblance, ceiling, nearest_stock, real_time_factor …",
    )
    created_at: datetime = Field(description="UTC")
    state: VoiceState = VoiceState.ACTIVE
    state_reason: str = ""

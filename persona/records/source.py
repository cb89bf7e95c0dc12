"""Sources (kept originals) and passages (spans of them)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

SET_ASIDE = "set_aside"
"""Key of ``Source.details``: why a file is kept and not used (``reason``), and its ``rule``."""


class SourceKind(StrEnum):
    """What an original is, for people: it decides how a citation of it is opened."""

    LETTER = "letter"
    DIARY = "diary"
    BOOK = "book"
    CHAT = "chat"
    INTERVIEW = "interview"
    VOICE_CLIP = "voice_clip"
    PHOTO = "photo"
    TRANSCRIPT = "transcript"
    FAMILY_TREE = "family_tree"
    DERIVED = "derived"


INTERVIEWS = frozenset({SourceKind.INTERVIEW, SourceKind.TRANSCRIPT})
"""Kinds in which people are asked about the one who died, as a recording or written down."""


class Source(SQLModel, table=True):
    """One original, kept under its SHA-256 and never changed; or a file derived from one.

    ``synthetic`` marks files that a program made. A file that *this* program made for the
    persona is refused as a source (law 3); an acted recording, as in the demo, is said to be so.
    What says itself that a program made it is kept without passages: see `SET_ASIDE`.
    """

    id: str = Field(primary_key=True, description="content_id('src', sha256)")
    sha256: str = Field(unique=True, index=True)
    kind: SourceKind
    media_type: str = Field(description="IANA media type: 'text/plain', 'audio/mp4'")
    title: str
    file_name: str = Field(description="path under the folder it was collected from")
    size_bytes: int
    created_edtf: str | None = Field(default=None, description="EDTF, ISO 8601-2")
    created_words: str = Field(default="", description="the date as the material says it")
    received_at: datetime = Field(description="UTC")
    narrator_id: str | None = Field(
        default=None, foreign_key="person.id", description="who wrote, spoke or took it"
    )
    contributor: str = Field(default="", description="who handed it in")
    custodian: str = Field(default="", description="who has the physical original")
    rights: str = ""
    place: str = ""
    derived_from: str | None = Field(default=None, description="source id (W3C PROV)")
    activity: str = Field(default="", description="how it was derived")
    synthetic: bool = False
    start_timecode: str = ""
    rate_hz: float | None = Field(default=None, description="samples or frames a second")
    duration_s: float | None = None
    details: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="EXIF, picture size, speakers …"
    )


class PassageFields(SQLModel):
    """A span of a source that somebody wrote or said in one breath.

    ``selector`` is a W3C Web Annotation selector as JSON:
    ``{"type": "TextPositionSelector", "start": 120, "end": 480}`` (characters of the decoded
    text), ``{"type": "FragmentSelector", "value": "t=12.3,30.1"}`` (seconds) or
    ``{"type": "FragmentSelector", "value": "xywh=0,0,640,480"}`` (pixels).
    ``unit`` groups the passages of one letter, one chat day or one recording: contexts and
    train/held-out splits never cut a unit.
    """

    id: str = Field(primary_key=True, description="content_id('psg', source, selector, text)")
    source_id: str = Field(foreign_key="source.id", index=True)
    position: int = Field(description="order inside the source, from 0")
    unit: str = Field(index=True)
    selector: dict[str, Any] = Field(sa_type=JSON)
    text: str = Field(description="for text sources exactly the characters that selector spans")
    speaker_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    speaker_name: str = Field(default="", description="as the material names them")
    speaker_confidence: float = Field(default=1.0, description="0 to 1")
    addressee_id: str | None = Field(default=None, foreign_key="person.id")
    addressee_words: str = Field(default="", description="as the material says it")
    created_edtf: str | None = None
    created_words: str = ""
    place: str = ""
    language: str = Field(default="", description="ISO 639-1, empty when unknown")
    message_id: str = Field(default="", description="id in the exporting program, if any")
    reply_to: str = ""
    words: list[Any] = Field(
        default_factory=list,
        sa_type=JSON,
        description="[start_char, end_char, start_s, end_s, confidence] per word of speech",
    )
    transcript_version: str = Field(default="", description="recogniser and its version, or file")
    text_confidence: float = Field(
        default=1.0, description="0 to 1: how surely the words were read (OCR) or heard"
    )


class Passage(PassageFields, table=True):
    """A passage as the archive keeps it; see `PassageFields`.

    Making one costs thirty times what `PassageFields` costs, so material without end (a chat of
    a million messages) is handed on as fields and becomes rows at the store.
    """

"""Numbered, immutable versions of the persona."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class VersionState(StrEnum):
    """Whether a version may be talked to: a draft only by whoever looks after the archive."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"
    BLOCKED = "blocked"


class Manifest(BaseModel):
    """Everything that makes a version what it is. Its hash is the version's id (law 7)."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = 1
    persona: str
    parent: str | None
    memory_ids_sha256: str
    memory_count: int
    audience: tuple[str, ...]
    base_model: str
    base_model_sha256: str
    adapter_sha256: str | None
    example_sources: dict[str, tuple[str, ...]]
    held_out_units: tuple[str, ...]
    voice: dict[str, Any]
    portrait_source_id: str | None
    prompts_sha256: str
    settings: dict[str, Any]
    seed: int
    code_version: str

    def canonical(self) -> bytes:
        """Return the bytes that are hashed: JSON, sorted keys, no white space, UTF-8."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()

    @property
    def id(self) -> str:
        """Return ``ver_`` and 20 hex digits of the SHA-256 of `canonical`."""
        return f"ver_{hashlib.sha256(self.canonical()).hexdigest()[:20]}"


class Version(SQLModel, table=True):
    """The row that lists a version; the manifest itself lies in its folder."""

    id: str = Field(primary_key=True, description="hash of the manifest")
    number: int = Field(unique=True, description="1, 2, 3 … in the order they were made")
    name: str = Field(default="", description="what the family calls it")
    parent_id: str | None = None
    inputs_sha256: str = Field(index=True, description="what training was given; see train")
    state: VersionState = VersionState.ACTIVE
    state_reason: str = ""
    created_at: datetime = Field(description="UTC")
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)

"""What was done to the archive, by whom, in a chain that shows any gap."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class AuditEvent(SQLModel, table=True):
    """One link: ``hash`` covers this event and ``previous_hash``. Ids and counts only."""

    seq: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(description="UTC")
    actor: str = Field(description="person id, 'custodian' or the step that ran")
    action: str
    target_id: str = ""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous_hash: str
    hash: str = Field(unique=True)

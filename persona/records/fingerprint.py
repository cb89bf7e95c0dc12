"""Traces of what the program itself made, so that it is never taken for evidence (law 3)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class GeneratedFingerprint(SQLModel, table=True):
    """One thing the program made: a turn, a sentence of one, or a file.

    The text itself is not kept here: ``sha256`` is over the text without case, punctuation and
    white space, or over the bytes of a file.
    """

    sha256: str = Field(primary_key=True)
    kind: str = Field(description="'turn', 'sentence', or what a file is: 'speech', 'picture'")
    turn_id: str | None = Field(default=None, foreign_key="turn.id", index=True)
    at: datetime = Field(description="UTC")

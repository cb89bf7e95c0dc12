"""What listeners thought of two versions, or of two voices, without knowing which was which."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel


class Judged(StrEnum):
    """What was put side by side."""

    ANSWERS = "answers"
    VOICES = "voices"


class Preference(StrEnum):
    """Which of the two was nearer to the person."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"
    NEITHER = "neither"


class Judgement(SQLModel, table=True):
    """One blind choice by one listener. First and second are as shown, in an order drawn by lot.

    What is judged is the persona, never a memory: no judgement is evidence (law 3).
    """

    id: str = Field(primary_key=True, description="content_id('jud', listener, pair, item, at)")
    judged: Judged
    listener_id: str | None = Field(
        default=None, foreign_key="person.id", index=True, description="None: a stranger"
    )
    first_id: str = Field(index=True, description="id of the version or voice shown first")
    second_id: str | None = Field(default=None, index=True, description="None: one alone was rated")
    question: str = Field(default="", description="what both answered, or the sentence spoken")
    preferred: Preference | None = Field(default=None, description="None: not chosen")
    credible_first: int | None = Field(default=None, description="1, not at all, to 5, wholly")
    credible_second: int | None = None
    at: datetime = Field(description="UTC")

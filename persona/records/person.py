"""People: the one who died, those who tell of them, those who listen."""

from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class ShownAs(StrEnum):
    """How a person appears to others."""

    NAMED = "named"
    PSEUDONYM = "pseudonym"
    HIDDEN = "hidden"


class Person(SQLModel, table=True):
    """A person of the archive. Exactly one has ``is_subject``: the one who died.

    ``called_by_subject`` and ``calls_subject`` are the forms of address between this person
    and the subject; they belong to this pair and are never used with anybody else.
    """

    id: str = Field(primary_key=True, description="short plain name, as in people.toml: 'ruth'")
    name: str = Field(description="the name shown to others")
    names: list[str] = Field(
        default_factory=list, sa_type=JSON, description="other names found in the material"
    )
    is_subject: bool = False
    relation: str = Field(
        default="", description="to the subject, seen from the subject: 'daughter', 'sister'"
    )
    called_by_subject: list[str] = Field(default_factory=list, sa_type=JSON)
    calls_subject: list[str] = Field(default_factory=list, sa_type=JSON)
    born: str | None = Field(default=None, description="EDTF")
    died: str | None = Field(default=None, description="EDTF")
    minor: bool = False
    living: bool = True
    groups: list[str] = Field(default_factory=list, sa_type=JSON)
    languages: list[str] = Field(
        default_factory=list, sa_type=JSON, description="ISO 639-1, the preferred one first"
    )
    shown_as: ShownAs = ShownAs.NAMED
    pseudonym: str = ""

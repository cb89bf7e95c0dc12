"""``people.toml`` as the family writes it: every entry, frozen and checked.

Unknown keys are refused, so that a typing error in a rule about who may read something is
never silently ignored.
"""

import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from persona.collect.dates import valid_edtf
from persona.records import Act, ConsentState, ShownAs, SourceKind


def _edtf(value: Any) -> str | None:
    """Accept EDTF in quotes, a TOML date or a bare year; an empty text is no date."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        value = value.isoformat()
    text = str(value)
    if not valid_edtf(text):
        raise ValueError(f"{text!r} is not a date in EDTF, like 1941-03-02, 1987~ or 195X")
    return text


EdtfDate = Annotated[str | None, BeforeValidator(_edtf)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PersonEntry(_Entry):
    """One of ``[[people]]``. ``called``: what the dead called them; ``calls``: the reverse."""

    id: str = Field(pattern=r"^[^\s/\\]{1,64}$")
    name: str = Field(min_length=1)
    names: tuple[str, ...] = ()
    relation: str = ""
    called: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    born: EdtfDate = None
    died: EdtfDate = None
    minor: bool = False
    living: bool | None = None
    groups: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    shown_as: ShownAs = ShownAs.NAMED
    pseudonym: str = ""
    tree: str | None = Field(
        default=None,
        pattern=r"^(?:[^@#]+#)?@[^@#]+@$",
        description="their sign in a family tree file: '@I7@', or 'lins.ged#@I7@' where there "
        "are several trees",
    )


class ConsentEntry(_Entry):
    """One of ``[[consents]]``: one grant, or its end, for several acts."""

    person: str
    given_by: str
    acts: tuple[Act, ...] = Field(min_length=1)
    text: str = Field(min_length=1, description="what the person read before agreeing")
    audience: tuple[str, ...] = ()
    until: EdtfDate = None
    state: ConsentState = ConsentState.GRANTED
    at: datetime.datetime | datetime.date | None = None


class RestrictEntry(_Entry):
    """Who may know a file: see `persona.records.Restriction`."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    until: EdtfDate = None


class FileRule(_Entry):
    """What is known of a file; None or empty: nothing is said about it."""

    kind: SourceKind | None = None
    narrator: str | None = None
    addressee: str | None = None
    captioner: str | None = Field(default=None, description="who wrote a photo's caption")
    title: str | None = None
    created: EdtfDate = None
    place: str | None = None
    language: str | None = Field(default=None, description="ISO 639-1")
    contributor: str | None = None
    custodian: str | None = None
    rights: str | None = None
    synthetic: bool | None = None
    restored_from: str | None = Field(
        default=None,
        description="the picture that this one was restored or enlarged from, as a path beside "
        "people.toml; * stands for this file's own name: 'photos/*.jpg'",
    )
    ignore: bool | None = None
    day_first: bool | None = Field(default=None, description="6/7/1904 is the 6th of July")
    restrict: RestrictEntry | Literal[False] | None = Field(
        default=None, description="false: nobody is shut out any longer by this file"
    )


class FileEntry(FileRule):
    """One of ``[[files]]``: a rule for the files that match a glob."""

    match: str = Field(min_length=1)


class SpeakerEntry(_Entry):
    """One of ``[[speakers]]``: who a name in a chat or a transcript is."""

    name: str = Field(min_length=1)
    person: str


class KinEntry(_Entry):
    """One of ``[[kin]]``: ``person`` is the ``relation`` of ``other``."""

    person: str
    relation: Literal[
        "parent",
        "father",
        "mother",
        "child",
        "son",
        "daughter",
        "adoptive_parent",
        "foster_parent",
        "spouse",
        "husband",
        "wife",
        "partner",
        "godparent",
        "friend",
        "neighbour",
    ]
    other: str
    words: str = ""
    since: EdtfDate = None
    until: EdtfDate = None


class PeopleFile(_Entry):
    """All of ``people.toml``."""

    subject: PersonEntry
    people: tuple[PersonEntry, ...] = ()
    consents: tuple[ConsentEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    speakers: tuple[SpeakerEntry, ...] = ()
    kin: tuple[KinEntry, ...] = ()

"""Who is who: ``people.toml`` → `FamilyBook`.

A name is matched to a person only when it can mean nobody else. Two people who share a first
name are never guessed apart: a ``[[speakers]]`` entry says which one is meant.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from persona.collect.people_file import (
    ConsentEntry,
    FileEntry,
    FileRule,
    PeopleFile,
    PersonEntry,
    RestrictEntry,
)
from persona.errors import ConfigError
from persona.records import Consent, Person, content_id

PEOPLE_FILE = "people.toml"
_TITLES = frozenset(
    "mr mrs ms miss dr prof sir lady rev uncle aunt auntie cousin grandma grandpa granny the "
    "my old little young".split()
)


def plain_name(name: str) -> str:
    """Return a name as it is compared: no case, accents, marks or doubled spaces."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(
        sign for sign in decomposed if not unicodedata.combining(sign) and sign.isprintable()
    )
    return " ".join(kept.split()).strip(" .,:;!~-–—，。：！")


@dataclass(frozen=True)
class FamilyBook:
    """The people of the archive and what is known about its files."""

    subject: Person
    persons: tuple[Person, ...]
    consents: tuple[Consent, ...] = ()
    rules: tuple[FileEntry, ...] = ()
    speakers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None

    @classmethod
    def from_persons(cls, persons: Iterable[Person]) -> "FamilyBook":
        """Make a book of people who are already in the archive, without rules.

        Raises:
            ConfigError: not exactly one of them is the one who died.
        """
        everybody = tuple(persons)
        subjects = [person for person in everybody if person.is_subject]
        if len(subjects) != 1:
            raise ConfigError(
                "Nobody is named as the one this archive is about. Put a people.toml with a "
                "[subject] into the folder that you collect."
            )
        return cls(subject=subjects[0], persons=everybody)

    def person(self, person_id: str) -> Person | None:
        """Return the person with this id."""
        return next((person for person in self.persons if person.id == person_id), None)

    def person_for(self, name: str) -> Person | None:
        """Return the only person whom ``name`` can mean, or None."""
        plain = plain_name(name)
        if not plain:
            return None
        if plain in self.speakers:
            return self.person(self.speakers[plain])
        return _only(person for person in self.persons if plain in _names_of(person))

    def person_called(self, words: str, *, by: Person | None = None) -> Person | None:
        """Return whom a form of address means: "Little Sparrow", "Dad", or a name.

        Forms of address belong to a pair: what the subject called others counts only when the
        subject speaks (or the speaker is not known), and the reverse.
        """
        plain = plain_name(words)
        named = self.person_for(words)
        if named is not None or not plain:
            return named
        called: list[Person] = []
        if by is None or by.is_subject:
            called += [p for p in self.persons if plain in _plain(p.called_by_subject)]
        if by is None or not by.is_subject:
            callers = self.persons if by is None else (by,)
            called += [self.subject for p in callers if plain in _plain(p.calls_subject)]
        return _only(called)

    def rule_for(self, relative_path: str) -> FileRule:
        """Return what is known of a file: for each field the first matching rule that sets it."""
        path = unicodedata.normalize("NFC", relative_path).casefold()
        known: dict[str, Any] = {}
        for rule in self.rules:
            if _glob(rule.match).fullmatch(path):
                for name in rule.model_fields_set - {"match"}:
                    known.setdefault(name, getattr(rule, name))
        return FileRule.model_construct(_fields_set=set(known), **known)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages that these people speak, the subject's first."""
        spoken = [*self.subject.languages, *(lang for p in self.persons for lang in p.languages)]
        return tuple(dict.fromkeys(spoken))


def read_people(path: Path) -> FamilyBook:
    """Read ``people.toml``.

    Raises:
        ConfigError: it is missing, is not TOML, or an entry cannot be used; the message names
            the file and the entry.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}. Mend that line.") from error
    try:
        written = PeopleFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = _entry_name(data, first["loc"])
        raise ConfigError(f"In {path}, {where}: {first['msg']}. Mend or remove it.") from error
    _check_references(path, written)
    everybody = (written.subject, *written.people)
    persons = tuple(_person(entry, entry is written.subject) for entry in everybody)
    return FamilyBook(
        subject=persons[0],
        persons=persons,
        consents=tuple(_consents(written.consents)),
        rules=written.files,
        speakers=MappingProxyType({plain_name(s.name): s.person for s in written.speakers}),
        folder=path.resolve().parent,
    )


def _names_of(person: Person) -> set[str]:
    """Return every plain name that can mean a person, with the first name of each."""
    full = _plain([person.name, *person.names])
    first = {name.split(" ")[0].strip(".") for name in full if " " in name} - _TITLES
    return full | first | {plain_name(person.id)}


def _plain(names: Iterable[str]) -> set[str]:
    return {plain_name(name) for name in names} - {""}


def _only(people: Iterable[Person]) -> Person | None:
    found = {person.id: person for person in people}
    return next(iter(found.values())) if len(found) == 1 else None


def _glob(pattern: str) -> re.Pattern[str]:
    """Translate a glob: ``*`` stays inside a folder, ``**`` crosses folders."""
    text = unicodedata.normalize("NFC", pattern).casefold().removeprefix("./")
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(piece, re.escape(piece)) for piece in pieces))


def _entry_name(data: Mapping[str, object], loc: Sequence[int | str]) -> str:
    """Say which entry is meant: ``people ruth, born`` rather than ``people.3.born``."""
    words: list[str] = []
    here: object = data
    for part in loc:
        try:
            here = here[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            here = None
        label = None
        if isinstance(part, int) and isinstance(here, dict):
            label = here.get("id") or here.get("match") or here.get("name") or here.get("person")
        words.append(str(label) if label else str(part + 1 if isinstance(part, int) else part))
    return " ".join(words)


def _check_references(path: Path, written: PeopleFile) -> None:
    everybody = (written.subject, *written.people)
    ids = [entry.id for entry in everybody]
    for twice in {one for one in ids if ids.count(one) > 1}:
        raise ConfigError(f"In {path}, the id {twice!r} is given to two people. Change one.")
    known = set(ids)
    groups = known | {group for entry in everybody for group in entry.groups}
    for where, name in _person_references(written):
        if name not in known:
            raise ConfigError(f"In {path}, {where}: there is no person with the id {name!r}.")
    for where, name in _group_references(written):
        if name not in groups:
            raise ConfigError(f"In {path}, {where}: {name!r} is neither a person nor a group.")


def _person_references(written: PeopleFile) -> Iterable[tuple[str, str]]:
    for consent in written.consents:
        yield f"consents {consent.person}, person", consent.person
        yield f"consents {consent.person}, given_by", consent.given_by
    for speaker in written.speakers:
        yield f"speakers {speaker.name}", speaker.person
    for rule in written.files:
        for name in ("narrator", "addressee", "captioner"):
            if getattr(rule, name) is not None:
                yield f"files {rule.match}, {name}", getattr(rule, name)
        for name in rule.restrict.allow if rule.restrict else ():
            yield f"files {rule.match}, restrict allow", name


def _group_references(written: PeopleFile) -> Iterable[tuple[str, str]]:
    for consent in written.consents:
        for name in consent.audience:
            yield f"consents {consent.person}, audience", name
    for rule in written.files:
        restrict = rule.restrict or RestrictEntry()
        for name in (*restrict.any, *restrict.all, *restrict.deny):
            yield f"files {rule.match}, restrict", name


def _person(entry: PersonEntry, is_subject: bool) -> Person:
    dead = is_subject or entry.died is not None
    return Person(
        id=entry.id,
        name=entry.name,
        names=list(entry.names),
        is_subject=is_subject,
        relation=entry.relation,
        called_by_subject=list(entry.called),
        calls_subject=list(entry.calls),
        born=entry.born,
        died=entry.died,
        minor=entry.minor,
        living=(not dead) if entry.living is None else entry.living,
        groups=list(entry.groups),
        languages=list(entry.languages),
        shown_as=entry.shown_as,
        pseudonym=entry.pseudonym,
    )


def _consents(entries: Sequence[ConsentEntry]) -> Iterable[Consent]:
    """Make one record an act. Without ``at``, the later entry of the file is the newer one."""
    now = datetime.now(UTC)
    for position, entry in enumerate(entries):
        at = _utc(entry.at) if entry.at else now + timedelta(microseconds=position)
        for act in entry.acts:
            identity = content_id(
                "con",
                entry.person,
                entry.given_by,
                act,
                list(entry.audience),
                entry.until,
                entry.state,
                entry.text,
                entry.at.isoformat() if entry.at else "",
            )
            yield Consent(
                id=identity,
                person_id=entry.person,
                given_by=entry.given_by,
                act=act,
                audience=list(entry.audience),
                until=entry.until,
                state=entry.state,
                text_shown=entry.text,
                text_sha256=hashlib.sha256(entry.text.encode()).hexdigest(),
                at=at,
            )


def _utc(moment: datetime | date) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

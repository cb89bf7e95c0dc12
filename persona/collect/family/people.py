"""Who is who: ``people.toml`` → `FamilyBook`.

A name is matched to a person only when it can mean nobody else. Two people who share a first
name are never guessed apart: a ``[[speakers]]`` entry, or an answer to "who is this?" that was
remembered, says which one is meant. One more person in the book can make a name mean nobody for
certain; it never makes it mean somebody else.
"""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from persona.collect.family.checks import check_references, entry_name
from persona.collect.family.people_toml import (
    ConsentEntry,
    FileEntry,
    FileRule,
    KinEntry,
    PeopleFile,
    PersonEntry,
)
from persona.errors import ConfigError
from persona.records import Consent, Kinship, KnownName, Person, content_id
from persona.records.names import TREE_GROUP, known_name_id, plain_name

PEOPLE_FILE = "people.toml"
_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir lady lord rev fr st saint captain capt col colonel gen general "
    "major sergeant nurse uncle aunt auntie aunty cousin grandma grandpa grandmother grandfather "
    "granny gran nan nana nanny the my our old little young big baby mum mom mummy mommy mama ma "
    "mother dad daddy papa pa pop father brother sister bro sis son daughter boss".split()
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_CHINESE_FAMILY_NAMES = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he gao lin luo zheng "
    "liang xie song tang han feng deng cao peng zeng xiao tian dong yuan pan yu jiang cai du ye "
    "cheng su wei lu ding ren shen yao cui zhong tan fan wong chan lee cheung leung ng lam kwok "
    "chow tsang yip".split()
)


@dataclass(frozen=True)
class FamilyBook:
    """The people of the archive and what is known about its files."""

    subject: Person
    persons: tuple[Person, ...]
    consents: tuple[Consent, ...] = ()
    rules: tuple[FileEntry, ...] = ()
    speakers: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    kinships: tuple[Kinship, ...] = ()
    trees: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    folder: Path | None = None

    @classmethod
    def from_archive(
        cls, persons: Iterable[Person], known_names: Iterable[KnownName] = ()
    ) -> "FamilyBook":
        """Make a book of the people of the archive and the names that were asked for already.

        A name that was answered for one source alone ("Mum" in Ruth's telephone) says nothing
        about another source, and is left out.

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
        speakers = {plain_name(k.name): k.person_id for k in known_names if k.source_id is None}
        return cls(subjects[0], everybody, speakers=MappingProxyType(speakers))

    def person(self, person_id: str) -> Person | None:
        """Return the person with this id."""
        return next((person for person in self.persons if person.id == person_id), None)

    def person_for(self, name: str) -> Person | None:
        """Return the only person whom ``name`` can mean, or None."""
        plain = plain_name(name)
        if not plain:
            return None
        if plain in self.speakers:
            return self.person(self.speakers[plain] or "")
        found = _only(p for p in self.persons if plain in _full_names(p) | _first_names(p))
        if found is None or plain in _full_names(found):
            return found
        return None if plain in self._family_names else found

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

    def tree_links(self, relative_path: str) -> dict[str, str]:
        """Return who is which record of a family tree file: person id → ``@I7@``."""
        path = unicodedata.normalize("NFC", relative_path).casefold()
        found: dict[str, str] = {}
        for person_id, sign in self.trees.items():
            file, _, xref = sign.rpartition("#")
            wanted = unicodedata.normalize("NFC", file).casefold()
            if not wanted or path == wanted or path.endswith("/" + wanted):
                found[person_id] = xref
        return found

    def known_names(self) -> list[KnownName]:
        """Return what ``[[speakers]]`` says, to be remembered when there is no people.toml."""
        return [
            KnownName(
                id=known_name_id(name, None),
                name=name,
                person_id=person_id,
                set_by=PEOPLE_FILE,
            )
            for name, person_id in self.speakers.items()
        ]

    @cached_property
    def _family_names(self) -> set[str]:
        """Return the last words of names of several: nobody is meant by these alone."""
        full = {name for person in self.persons for name in _full_names(person)}
        return {name.split(" ")[-1] for name in full if " " in name}

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
        where = entry_name(data, first["loc"])
        raise ConfigError(f"In {path}, {where}: {first['msg']}. Mend or remove it.") from error
    check_references(path, written)
    everybody = (written.subject, *written.people)
    persons = tuple(_person(entry, entry is written.subject) for entry in everybody)
    return FamilyBook(
        subject=persons[0],
        persons=persons,
        consents=tuple(_consents(written.consents)),
        rules=written.files,
        speakers=MappingProxyType({plain_name(s.name): s.person for s in written.speakers}),
        kinships=tuple(_kinship(entry) for entry in written.kin),
        trees=MappingProxyType({one.id: one.tree for one in everybody if one.tree}),
        folder=path.resolve().parent,
    )


def _full_names(person: Person) -> set[str]:
    """Return every plain name by which somebody is called in full, and the id."""
    known = {plain_name(person.id)} - _TITLES if TREE_GROUP not in person.groups else set()
    return _plain([person.name, *person.names]) | known


def _first_names(person: Person) -> set[str]:
    """Return the first word of each name of several: no title, initial or Chinese family name."""
    if TREE_GROUP in person.groups:
        return set()
    names = [name for name in _plain([person.name, *person.names]) if " " in name]
    chinese = "zh" in person.languages or any(map(_HAN.search, [person.name, *person.names]))
    first = {name.split(" ")[0].strip(".") for name in names}
    usual = _CHINESE_FAMILY_NAMES if chinese else frozenset()
    return {word for word in first - _TITLES - usual if len(word) > 1}


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


_REVERSED = {"child": "parent · child", "son": "parent · son", "daughter": "parent · daughter"}
_KEPT_AS = {
    "father": ("parent", "father · child"),
    "mother": ("parent", "mother · child"),
    "husband": ("spouse", "husband · spouse"),
    "wife": ("spouse", "wife · spouse"),
    "partner": ("spouse", "partner · partner"),
}


def _kinship(entry: KinEntry) -> Kinship:
    """Make the record of one of ``[[kin]]``; children are kept from the side of the parent."""
    person, other = entry.person, entry.other
    relation, words = _KEPT_AS.get(entry.relation, (entry.relation, ""))
    if entry.relation in _REVERSED:
        person, other = other, person
        relation, words = "parent", _REVERSED[entry.relation]
    return Kinship(
        id=content_id("kin", person, relation, other),
        person_id=person,
        relation=relation,
        other_id=other,
        words=entry.words or words,
        since_edtf=entry.since,
        until_edtf=entry.until,
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

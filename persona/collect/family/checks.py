"""``people.toml`` as a whole: names and ids that must mean somebody, and one person only."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from persona.collect.family.people_toml import PeopleFile, RestrictEntry
from persona.errors import ConfigError
from persona.records.names import plain_name


def entry_name(data: Mapping[str, object], loc: Sequence[int | str]) -> str:
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


def check_references(path: Path, written: PeopleFile) -> None:
    """Refuse ids, groups and names that mean nobody, or two people.

    Raises:
        ConfigError: naming the file and the entry.
    """
    everybody = (written.subject, *written.people)
    ids = [entry.id for entry in everybody]
    for twice in {one for one in ids if ids.count(one) > 1}:
        raise ConfigError(f"In {path}, the id {twice!r} is given to two people. Change one.")
    _check_said_once(path, "speakers", [(plain_name(s.name), s.person) for s in written.speakers])
    _check_said_once(path, "tree", [(one.tree, one.id) for one in everybody if one.tree])
    for kin in written.kin:
        if kin.person == kin.other:
            raise ConfigError(f"In {path}, kin {kin.person}: nobody is their own {kin.relation}.")
    known = set(ids)
    groups = known | {group for entry in everybody for group in entry.groups}
    for where, name in _person_references(written):
        if name not in known:
            raise ConfigError(f"In {path}, {where}: there is no person with the id {name!r}.")
    for where, name in _group_references(written):
        if name not in groups:
            raise ConfigError(f"In {path}, {where}: {name!r} is neither a person nor a group.")


def _check_said_once(path: Path, what: str, said: Sequence[tuple[str, str]]) -> None:
    """Refuse a name that is given to two people: neither is more right than the other."""
    meant: dict[str, str] = {}
    for name, person in said:
        if meant.setdefault(name, person) != person:
            raise ConfigError(
                f"In {path}, {what} {name!r} is said to be {meant[name]} and {person}. "
                "Take one away."
            )


def _person_references(written: PeopleFile) -> Iterable[tuple[str, str]]:
    for consent in written.consents:
        yield f"consents {consent.person}, person", consent.person
        yield f"consents {consent.person}, given_by", consent.given_by
    for speaker in written.speakers:
        yield f"speakers {speaker.name}", speaker.person
    for kin in written.kin:
        yield f"kin {kin.person}, person", kin.person
        yield f"kin {kin.person}, other", kin.other
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

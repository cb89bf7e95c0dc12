"""Whom a kinship word means: "my mother" of the one who asks, "your sister" of the one who died.

Kinship that a source states (a family tree, ``people.toml``) decides. Where none is stated, the
relation of each person to the subject does, if it leaves one person. Two wives and nothing said
about whose child the listener is: nobody is meant, rather than the wrong one.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from persona.records import Kinship, Person
from persona.remember.kinship.kin_words import PARENTS, WAYS
from persona.remember.naming import (
    FEMALE,
    MALE,
    People,
    kin_group,
    relation_groups,
    relations_meant,
)
from persona.remember.words import load_words

KIN_GROUPS: list[list[str]] = load_words()["kin"]["groups"]
"""Words for one relation, in English and Chinese."""


class Kin:
    """Who is related to whom, from one's parents and spouses."""

    def __init__(self, people: People, kinships: Sequence[Kinship]) -> None:
        """Know the people, and the kinship that sources state."""
        self._people = people
        self._kinships = kinships

    def meant(self, word: str, listener: Person | None) -> set[str]:
        """Return whom a kinship word means.

        Args:
            word: 'mother', '外婆' …
            listener: whose mother; None: the subject's.
        """
        relation = kin_group(word)
        if relation is None:
            return set()
        whose = listener or self._people.subject
        stated = self._stated(relation, whose.id) if whose else set()
        if stated:
            return stated
        if listener is None:
            wanted = relations_meant(word)
            return {p.id for p in self._people.everybody if relation_groups(p) & wanted}
        found = self._people.resolve(f"my {word}", listener)
        return {found} if found else set()

    def _stated(self, relation: str, person_id: str) -> set[str]:
        here = {person_id}
        way = WAYS.get(relation)
        if way is None:
            return set()
        for step in way.replace("ud", "b"):  # a brother or sister: never the person in between
            here = {other for one in here for other in self._one_step(step, one)} - {person_id}
        sex = MALE if relation in MALE else FEMALE if relation in FEMALE else None
        return {one for one in here if sex is None or self._may_be(one, sex)}

    def _one_step(self, step: str, person_id: str) -> Iterable[str]:
        if step == "u":
            return self._up.get(person_id, ())
        if step == "d":
            return self._down.get(person_id, ())
        if step == "s":
            return self._with.get(person_id, ())
        parents = self._up.get(person_id, ())
        return {child for parent in parents for child in self._down[parent]} - {person_id}

    def _may_be(self, person_id: str, sex: frozenset[str]) -> bool:
        person = self._people.by_id.get(person_id)
        groups = relation_groups(person) & (MALE | FEMALE) if person else set()
        if person is not None and person.is_subject and self._people.subject_is_male is not None:
            return (sex is MALE) == self._people.subject_is_male
        return person is not None and (not groups or bool(groups & sex))

    @cached_property
    def _up(self) -> dict[str, set[str]]:
        return self._links((k.other_id, k.person_id) for k in self._kinships if _is_parent(k))

    @cached_property
    def _down(self) -> dict[str, set[str]]:
        return self._links((k.person_id, k.other_id) for k in self._kinships if _is_parent(k))

    @cached_property
    def _with(self) -> dict[str, set[str]]:
        pairs = [(k.person_id, k.other_id) for k in self._kinships if k.relation == "spouse"]
        return self._links([*pairs, *((other, one) for one, other in pairs)])

    def _links(self, pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one, other in pairs:
            found.setdefault(one, set()).add(other)
        return found


def _is_parent(kinship: Kinship) -> bool:
    return kinship.relation in PARENTS

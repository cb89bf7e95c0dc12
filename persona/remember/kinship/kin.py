"""Whom a kinship word means: "my mother" of the one who asks, "your sister" of the one who died.

Kinship that a source states (a family tree, ``people.toml``) decides. Where none is stated, the
relation of each person to the subject does, if it leaves one person. Two wives and nothing said
about whose child the listener is: nobody is meant, rather than the wrong one.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from persona.records import Kinship, Person
from persona.remember.naming import People, kin_group, relation_groups, relations_meant
from persona.remember.words import load_words

_KIN = load_words()["kin"]
KIN_GROUPS: list[list[str]] = _KIN["groups"]
"""Words for one relation, in English and Chinese."""
_MALE, _FEMALE = frozenset(_KIN["male"]), frozenset(_KIN["female"])
_PARENTS = frozenset({"parent", "adoptive_parent", "foster_parent"})
_STEPS: dict[str, tuple[str, ...]] = {
    "father": ("up",),
    "mother": ("up",),
    "parent": ("up",),
    "grandfather": ("up", "up"),
    "grandmother": ("up", "up"),
    "son": ("down",),
    "daughter": ("down",),
    "child": ("down",),
    "grandson": ("down", "down"),
    "granddaughter": ("down", "down"),
    "grandchild": ("down", "down"),
    "grandparent": ("up", "up"),
    "sibling": ("beside",),
    "spouse": ("with",),
    "brother": ("beside",),
    "sister": ("beside",),
    "wife": ("with",),
    "husband": ("with",),
    "uncle": ("up", "beside"),
    "aunt": ("up", "beside"),
    "nephew": ("beside", "down"),
    "niece": ("beside", "down"),
    "cousin": ("up", "beside", "down"),
}


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
        for step in _STEPS.get(relation, ()):
            here = {other for one in here for other in self._one_step(step, one)} - {person_id}
        if not _STEPS.get(relation):
            return set()
        sex = _MALE if relation in _MALE else _FEMALE if relation in _FEMALE else None
        return {one for one in here if sex is None or self._may_be(one, sex)}

    def _one_step(self, step: str, person_id: str) -> Iterable[str]:
        if step == "up":
            return self._up.get(person_id, ())
        if step == "down":
            return self._down.get(person_id, ())
        if step == "with":
            return self._with.get(person_id, ())
        parents = self._up.get(person_id, ())
        return {child for parent in parents for child in self._down[parent]} - {person_id}

    def _may_be(self, person_id: str, sex: frozenset[str]) -> bool:
        person = self._people.by_id.get(person_id)
        groups = relation_groups(person) & (_MALE | _FEMALE) if person else set()
        if person is not None and person.is_subject and self._people.subject_is_male is not None:
            return (sex is _MALE) == self._people.subject_is_male
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
    return kinship.relation in _PARENTS

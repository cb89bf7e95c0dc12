"""Who of a family tree becomes a person of the archive, and how they are related.

    records ──► individuals ──► whom the family named (KnownName "@I7@") ──► those near them

Nobody in a tree is taken for a person of the archive by name: an individual who could be one is
left alone until a person has said yes or no (`candidates`). Others within `REACH` steps of the
one who died come in with the group ``tree``. Whoever may be living does not come in unless the
family names them: their names and dates stay in closed passages, with the rest of the tree.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona.records import Kinship, KnownName, Person, content_id
from persona.records.names import TREE_GROUP, known_name_id, plain_name
from persona.remember.kinship.relations import Relations
from persona.remember.kinship.tree_kin import NAMELESS, Individual, Tree

REACH = 4
"""Steps (parent, child, couple) from the one who died: first cousins, great-great-grandparents."""
REACH_OF_OTHERS = 2


@dataclass(frozen=True)
class Grown:
    """What a tree adds to an archive.

    ``opened``: passages of people who are known now; ``gone``: people who came in with this tree
    and turned out to be somebody else.
    """

    people: list[Person]
    kinships: list[Kinship]
    known_names: list[KnownName]
    opened: list[str]
    gone: list[str]


FROM_TREE = "family tree"
"""Who named the signs of people that came in with a tree (`KnownName.set_by`)."""


def grow(
    tree: Tree,
    people: Sequence[Person],
    known: Sequence[KnownName],
    hidden: frozenset[str] = frozenset(),
    earlier: Mapping[str, str] | None = None,
) -> Grown:
    """Return the people near the one who died, with their relations.

    Args:
        tree: a family tree of the archive.
        people: everybody of the archive.
        known: what was said of the signs of this tree.
        hidden: passages that are closed, because they are private or somebody may be living.
        earlier: whom the same records stood for in another export of the tree, by xref.
    """
    by_id = {person.id: person for person in people}
    said = [row for row in known if row.source_id == tree.source.id and row.set_by != FROM_TREE]
    linked = {r.name: r.person_id for r in said if r.person_id and r.name in tree.individuals}
    asked = {row.name for row in said}
    for xref, same in (earlier or {}).items():
        if same in by_id and same not in linked.values() and xref not in asked:
            linked[xref] = same
    unclear = set(candidates(tree, people, said)) - set(linked)
    near = dict(linked)
    for xref in sorted(_near(tree, linked, by_id) - set(linked) - unclear):
        near[xref] = content_id("per", tree.source.id, xref)
    ids = {x: i for x, i in near.items() if x in linked or _may_come(tree.individuals[x], hidden)}
    own = {x: i for x, i in ids.items() if i not in by_id or TREE_GROUP in by_id[i].groups}
    came = {i: by_id.get(i) or _person(i, tree.individuals[x], hidden) for x, i in own.items()}
    kin = _all_near(tree, near, people, came)
    return Grown(
        people=[_with_relation(person, kin) for person in came.values()],
        kinships=tree.kinships(ids),
        known_names=[_known(x, i, tree.source.id) for x, i in ids.items()],
        opened=[
            passage.id
            for xref in set(ids) - set(own)
            for passage in tree.individuals[xref].entry.passages
        ],
        gone=sorted(
            {content_id("per", tree.source.id, x) for x in tree.individuals}
            & set(by_id) - set(ids.values())
        ),
    )


def _may_come(individual: Individual, hidden: frozenset[str]) -> bool:
    """Say whether somebody has a name, and neither may be living nor is kept private."""
    passages = individual.entry.passages
    return bool(individual.names) and not all(passage.id in hidden for passage in passages)


def _all_near(
    tree: Tree, near: Mapping[str, str], people: Sequence[Person], came: Mapping[str, Person]
) -> Relations:
    """Return the relations of all who are near: the way to an ancestor may lead by the living."""
    others = [Person(id=i, name=NAMELESS) for i in near.values()]
    everybody = {p.id: p for p in (*others, *people, *came.values())}
    kin = Relations.of(everybody.values(), tree.kinships(near))
    for xref, person_id in near.items():
        if tree.individuals[xref].sex:
            kin.sexes[person_id] = tree.individuals[xref].sex
    return kin


def candidates(
    tree: Tree, people: Sequence[Person], known: Sequence[KnownName]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return who of a tree could be somebody of the archive, and why: xref → person → reasons.

    Reasons are ``same_name``, ``same_birth_year`` and ``first_name``.
    """
    asked = {row.name for row in known if row.source_id == tree.source.id}
    taken = {row.person_id for row in known if row.source_id == tree.source.id}
    free = [p for p in people if TREE_GROUP not in p.groups and p.id not in taken]
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for xref, individual in tree.individuals.items():
        if xref in asked:
            continue
        for person in free:
            reasons = _alike(individual, person)
            if reasons:
                found.setdefault(xref, {})[person.id] = reasons
    return found


def _alike(individual: Individual, person: Person) -> tuple[str, ...]:
    years = (_year(person.born), _year(individual.born.edtf if individual.born else None))
    if None not in years and years[0] != years[1]:
        return ()
    mine = {frozenset(_parts(name)) for name in (person.name, *person.names)} - {frozenset()}
    theirs = {frozenset(_parts(name)) for name in individual.names} - {frozenset()}
    same_year = ("same_birth_year",) if None not in years else ()
    if any(one <= other or other <= one for one in mine for other in theirs if len(one & other)):
        full = bool(mine & theirs)
        shared = max(len(a & b) for a in mine for b in theirs)
        if full or shared > 1:
            return ("same_name", *same_year)
        return ("first_name", *same_year) if same_year else ()
    return ()


def _parts(name: str) -> list[str]:
    return plain_name(name.replace("-", " ")).split()


def _year(edtf: str | None) -> str | None:
    found = re.match(r"\d{4}", edtf or "")
    return found[0] if found else None


def _near(tree: Tree, linked: Mapping[str, str], by_id: Mapping[str, Person]) -> set[str]:
    everybody = {xref: xref for xref in tree.individuals}
    kin = Relations.of((), tree.kinships(everybody))
    near: set[str] = set()
    for xref, person_id in linked.items():
        person = by_id.get(person_id)
        if person is None or TREE_GROUP in person.groups:
            continue
        near |= kin.within(xref, REACH if person.is_subject else REACH_OF_OTHERS)
    return near & set(tree.individuals)


def _person(person_id: str, individual: Individual, hidden: frozenset[str]) -> Person:
    partly = any(passage.id in hidden for passage in individual.entry.passages)
    return Person(
        id=person_id,
        name=individual.name,
        names=[name for name in individual.names if name != individual.name],
        born=individual.born.edtf if individual.born and not partly else None,
        died=individual.died.edtf if individual.died and not partly else None,
        living=False,
        groups=[TREE_GROUP],
    )


def _with_relation(person: Person, kin: Relations) -> Person:
    """Say what somebody is to the one who died; what a person decided about them stays."""
    subject = next((one for one in kin.people.values() if one.is_subject), None)
    language = "zh" if subject and subject.languages[:1] == ["zh"] else "en"
    kin.people[person.id] = made = Person(**person.model_dump() | {"relation": ""})
    made.relation = kin.relation_between(made.id, subject.id, language) if subject else ""
    return made


def _known(xref: str, person_id: str, source_id: str) -> KnownName:
    return KnownName(
        id=known_name_id(xref, source_id),
        name=xref,
        person_id=person_id,
        source_id=source_id,
        set_by=FROM_TREE,
    )

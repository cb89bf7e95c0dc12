"""How people are related, worked out from what sources say of parents and couples.

    "R is a parent of X", "X and Y are a couple" ──► graph ──► shortest way ──► "maternal aunt"

A way goes over at most one couple at each end, up to common ancestors and down again. What a
person's own record says of them and the one who died ("sister", "granddaughter") is part of the
graph too, with people who have no name in between. Nothing is guessed from names. The other way
round, from a word to a person, is `persona.remember.kinship.kin`.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from persona.records import Kinship, Person
from persona.remember.kinship.kin_words import PARENTS, WAYS, Way, words_for
from persona.remember.naming import FEMALE, MALE, relation_groups

MOST_STEPS = 8
_MALE = frozenset({*MALE, "godfather", "man", "男"})
_FEMALE = frozenset({*FEMALE, "godmother", "woman", "女"})
_OVER = re.compile(r"\bdivorc|\bformer\b|\bex-|离婚|前夫|前妻", re.IGNORECASE)
_WED = re.compile(r"\b(?:married|husband|wife|wed)\b|夫|妻", re.IGNORECASE)
_State = tuple[str, int]


@dataclass
class Relations:
    """The relations of an archive. People without a name in between have ids with ``~``."""

    people: dict[str, Person] = field(default_factory=dict)
    sexes: dict[str, str] = field(default_factory=dict)
    _up: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _down: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    _couples: dict[str, dict[str, Kinship]] = field(default_factory=lambda: defaultdict(dict))
    _others: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, people: Iterable[Person], kinships: Iterable[Kinship]) -> "Relations":
        """Return the relations that these rows, and the people's own records, say."""
        made = cls({person.id: person for person in people})
        for row in sorted(kinships, key=lambda row: row.id):
            made._add(row)
        subject = next((p.id for p in made.people.values() if p.is_subject), None)
        others = [p for p in made.people.values() if not p.is_subject]
        for person in made.people.values():
            made._sex_of(person)
        if subject is None:
            return made
        # Children before grandchildren: a granddaughter whose mother is named needs no unknown
        # one between. A daughter is his by her own word, whatever ties her to his wife.
        by_rows = {person.id for person in others if made._related(person.id, subject)}
        for person in others:
            if len(_way_in_words(person)) == 1 and person.id not in by_rows:
                made._by_word(person, subject)
        for person in others:
            if len(_way_in_words(person)) > 1 and not made._related(person.id, subject):
                made._by_word(person, subject)
        return made

    def relation_between(self, person_id: str, other_id: str, language: str = "en") -> str:
        """Return what ``person_id`` is to ``other_id`` ("maternal grandmother"), or nothing.

        What the family itself wrote of somebody and the one who died comes first.
        """
        other, person = self.people.get(other_id), self.people.get(person_id)
        if other and person and other.is_subject and _is_in(person.relation, language):
            return person.relation
        said = self._others.get((person_id, other_id))
        if said:
            return words_for(Way(said=said, sex=self.sexes.get(person_id, "")), language)
        path = self._path(other_id, person_id)
        if not path or self._may_be_own(path) or self._may_be_one(path):
            return ""
        return words_for(self._way(path), language)

    def within(self, person_id: str, steps: int) -> set[str]:
        """Return everybody who is at most so many steps (parent, child, couple) away."""
        near, edge = {person_id}, {person_id}
        for _ in range(steps):
            edge = {n for one in edge for n in self._next(one)} - near
            near |= edge
        return near

    def _next(self, person_id: str) -> set[str]:
        return {*self._up[person_id], *self._down[person_id], *self._couples[person_id]}

    def _related(self, person_id: str, other_id: str) -> bool:
        return bool(self._path(other_id, person_id)) or (person_id, other_id) in self._others

    def _may_be_own(self, path: Sequence[tuple[str, str]]) -> bool:
        """Say whether a step-parent or stepchild may be a parent or child by birth.

        "Wife" and "daughter" of one man: that the one is not the other's mother is only known
        where both parents are.
        """
        steps, nodes = "".join(step for step, _ in path), [node for _, node in path]
        child = {"us": nodes[0], "sd": nodes[-1]}.get(steps)
        return child is not None and len(self._up[child]) < 2

    def _may_be_one(self, path: Sequence[tuple[str, str]]) -> bool:
        """Say whether two children of one parent on the way may be one and the same person.

        "Granddaughter" goes over a child whom nobody named: that may be the very aunt whom the
        way ends at, so she may be the mother. Only the one who died is surely somebody else than
        those who stand on the way from them.
        """
        for place in range(2, len(path)):
            if (path[place - 1][0], path[place][0]) != ("u", "d"):
                continue
            both = {path[place - 2][1], path[place][1]}
            known = both <= set(self.people)
            if not known and not any(
                self.people[one].is_subject for one in both & set(self.people)
            ):
                return True
        return False

    def _add(self, row: Kinship) -> None:
        first, _, second = row.words.partition(" · ")
        self._sexed(row.person_id, first)
        self._sexed(row.other_id, second)
        if row.relation in PARENTS:
            self._parent(row.person_id, row.other_id, row.relation)
        elif row.relation == "spouse":
            self._couples[row.person_id][row.other_id] = row
            self._couples[row.other_id][row.person_id] = row
        else:
            self._others[row.person_id, row.other_id] = row.relation
            if row.relation in ("friend", "neighbour"):
                self._others[row.other_id, row.person_id] = row.relation

    def _parent(self, parent: str, child: str, relation: str = "parent") -> None:
        self._up[child][parent] = relation
        self._down[parent][child] = relation

    def _sexed(self, person_id: str, words: str) -> None:
        found = set(re.findall(r"[a-z]+|[\u4e00-\u9fff]+", words.lower()))
        sex = "m" if found & _MALE else "f" if found & _FEMALE else ""
        if sex:
            self.sexes.setdefault(person_id, sex)

    def _sex_of(self, person: Person) -> None:
        groups = relation_groups(person)
        if groups & _MALE and not groups & _FEMALE:
            self.sexes.setdefault(person.id, "m")
        elif groups & _FEMALE and not groups & _MALE:
            self.sexes.setdefault(person.id, "f")

    def _by_word(self, person: Person, subject: str) -> None:
        """Put somebody into the graph by what their record says they are to the subject."""
        words, way = person.relation.lower().strip(), _way_in_words(person)
        kind = "adoptive_parent" if "adopt" in words and len(way) == 1 else "parent"
        here = subject
        for place, step in enumerate(way):
            last = place == len(way) - 1
            there = person.id if last else _between(subject, person.id, way, place)
            if step == "u":
                self._parent(there, here, kind)
            elif step == "d":
                self._parent(here, there, kind)
            else:
                row = Kinship(id="", person_id=there, relation="spouse", other_id=here, words=words)
                self._couples[here][there] = self._couples[there][here] = row
            here = there

    def _path(self, start: str, goal: str) -> list[tuple[str, str]]:
        """Return the shortest way as (step, person), blood before marriage; [] if there is none."""
        if start == goal or start not in self.people or goal not in self.people:
            return []
        before: dict[_State, tuple[_State, str]] = {}
        waiting = deque([((start, 0), 0)])
        while waiting:
            state, steps = waiting.popleft()
            if state[0] == goal:
                return _walked(before, state, start)
            for step, nearer in self._steps(state) if steps < MOST_STEPS else ():
                if nearer not in before and nearer[0] != start:
                    before[nearer] = (state, step)
                    waiting.append((nearer, steps + 1))
        return []

    def _steps(self, state: _State) -> list[tuple[str, _State]]:
        """Return the next steps. Phases: 0 start, 1 after a couple, 2 up, 3 down, 4 end."""
        here, phase = state
        found: list[tuple[str, _State]] = []
        if phase <= 2:
            found += [("u", (one, 2)) for one in sorted(self._up[here])]
        if phase <= 3:
            found += [("d", (one, 3)) for one in sorted(self._down[here])]
        if phase == 0:
            found += [("s", (one, 1)) for one in sorted(self._couples[here])]
        if phase in (2, 3):
            found += [("s", (one, 4)) for one in sorted(self._couples[here])]
        return found

    def _way(self, path: Sequence[tuple[str, str]]) -> Way:
        """Describe a way so that it can be named: its steps, and who stands where on it."""
        start, steps = path[0][1], "".join(step for step, _ in path[1:])
        nodes = [node for _, node in path]
        person = nodes[-1]
        ended = any(
            _ended(self._couples[a][b])
            for step, a, b in zip(steps, nodes, nodes[1:], strict=False)
            if step == "s"
        )
        return Way(
            steps=steps,
            sex=self.sexes.get(person, ""),
            sexes=tuple(self.sexes.get(node, "") for node in nodes),
            own_sex=self.sexes.get(start, ""),
            link=self._link(nodes, steps),
            half=self._half(start, person) if steps == "ud" else "",
            elder=self._elder(nodes, steps),
            former=ended,
            wed=steps != "s" or bool(_WED.search(self._couples[start][person].words)),
        )

    def _link(self, nodes: Sequence[str], steps: str) -> str:
        """Return how a single step up or down is one: by birth, adoption or fostering."""
        if steps == "u":
            return self._up[nodes[0]][nodes[1]]
        return self._down[nodes[0]][nodes[1]] if steps == "d" else "parent"

    def _half(self, one: str, other: str) -> str:
        """Return ``father`` or ``mother`` where only that parent is common, and both are known."""
        mine, theirs = set(self._up[one]), set(self._up[other])
        common = mine & theirs
        if len(common) != 1 or len(mine) < 2 or len(theirs) < 2:
            return ""
        return {"m": "father", "f": "mother"}.get(self.sexes.get(common.pop(), ""), "parent")

    def _elder(self, nodes: Sequence[str], steps: str) -> bool | None:
        """Say whether the blood relative on a way is older than the one they are compared with."""
        blood = steps.rstrip("s")
        if blood.startswith("s") or blood not in ("ud", "uud", "uudd"):
            return None
        one, other = (nodes[1], nodes[3]) if blood == "uud" else (nodes[0], nodes[len(blood)])
        first, second = _year(self.people.get(one)), _year(self.people.get(other))
        if first is None or second is None or first == second:
            return None
        return second < first


def _way_in_words(person: Person) -> str:
    """Return the steps to a person that their record names: "dd" for a grandchild."""
    if re.search(r"\bstep|in-law|\bhalf|great|继|岳|曾", person.relation.lower()):
        return ""
    groups = relation_groups(person)
    way = next((WAYS[one] for one in sorted(groups) if one in WAYS), "")
    return way if len(groups) == 1 else ""


def _is_in(words: str, language: str) -> bool:
    return bool(words) and bool(re.search(r"[\u4e00-\u9fff]", words)) == (language == "zh")


def _between(subject: str, person: str, way: str, place: int) -> str:
    """Name somebody without a name. Brothers and sisters have the same unknown parents."""
    shared = way == "ud" and place == 0
    return f"{subject}~parents" if shared else f"{subject}~{person}~{place}"


def _ended(row: Kinship) -> bool:
    return row.until_edtf is not None or bool(_OVER.search(row.words))


def _year(person: Person | None) -> int | None:
    found = re.match(r"\d{4}", person.born or "") if person else None
    return int(found[0]) if found else None


def _walked(
    before: dict[_State, tuple[_State, str]], state: _State, start: str
) -> list[tuple[str, str]]:
    path: list[tuple[str, str]] = []
    while state in before:
        earlier, step = before[state]
        path.append((step, state[0]))
        state = earlier
    return [("", start), *reversed(path)]

"""Finds people in text by their names and by the kinship words that belong to a pair.

"Dad" in the daughter's letter is the subject; in the sister's it is her own father. So forms
of address are looked for only where the one who uses them is speaking.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from persona.records import Person
from persona.remember.words import load_words

_KIN = load_words()["kin"]
_GROUPS: list[list[str]] = _KIN["groups"]
_GROUP_OF = {word: group[0] for group in _GROUPS for word in group}
LATIN_KIN = "|".join(word for word in _GROUP_OF if word.isascii())
"""Kinship words of English, as alternatives of a regular expression."""
HANZI_KIN = "|".join(
    sorted((word for word in _GROUP_OF if not word.isascii()), key=len, reverse=True)
)
"""Kinship words of Chinese, the longest first."""
_LATIN_KIN_WORD = re.compile(rf"\b(?:{LATIN_KIN})\b", re.IGNORECASE)
_HANZI_KIN_WORD = re.compile(
    # One character alone is a relative only beside whose it is: 姑娘 is nobody's mother.
    rf"(?:{'|'.join(word for word in HANZI_KIN.split('|') if len(word) > 1)})"
    rf"|(?<=[我他她你])(?:{'|'.join(word for word in HANZI_KIN.split('|') if len(word) == 1)})"
)

MALE, FEMALE = frozenset[str](_KIN["male"]), frozenset[str](_KIN["female"])
"""Relations of men, and of women."""

_OF_TWO_SIDES = frozenset("uncle aunt grandmother grandfather grandparent cousin".split())
_PREPOSITIONS = frozenset("to with for at from of by about after before like near".split())


@dataclass(frozen=True)
class Mention:
    """Somebody named at a place of a text."""

    person_id: str
    start: int
    end: int


def kin_group(word: str) -> str | None:
    """Return the relation that a kinship word stands for ('mum' → 'mother'), or None."""
    lowered = word.lower().strip()
    return _GROUP_OF.get(lowered) or _GROUP_OF.get(lowered.removesuffix("s"))


def kin_words(relation: str) -> list[str]:
    """Return the words for a relation, in English and Chinese."""
    return next((group for group in _GROUPS if group[0] == relation), [relation])


def relations_meant(word: str) -> set[str]:
    """Return the relations that a kinship word can mean: 'children' → son, daughter, child."""
    group = kin_group(word)
    return {group, *_KIN["wider"].get(group, ())} if group else set()


def sexes_of(words: str, person: Person | None = None) -> set[bool]:
    """Return what somebody can be, True for male: by kinship words, else by the archive."""
    found = _LATIN_KIN_WORD.findall(words) or _HANZI_KIN_WORD.findall(words)
    groups = {kin_group(word) for word in found} or (relation_groups(person) if person else set())
    said = {True for one in groups if one in _KIN["male"]}
    said |= {False for one in groups if one in _KIN["female"]}
    return said or {True, False}


def relation_groups(person: Person) -> set[str]:
    """Return the relation groups in a person's relation: 'younger sister' → {'sister'}."""
    words = re.findall(r"[a-z]+|[\u4e00-\u9fff]+", person.relation.lower())
    return {group for word in words if (group := kin_group(word))}


@dataclass(frozen=True)
class People:
    """The people of an archive, with everything by which text can name them."""

    everybody: tuple[Person, ...]

    @classmethod
    def of(cls, people: Iterable[Person]) -> "People":
        """Return the people in the order of their ids."""
        return cls(tuple(sorted(people, key=lambda person: person.id)))

    @cached_property
    def by_id(self) -> dict[str, Person]:
        """Return the people by id."""
        return {person.id: person for person in self.everybody}

    @cached_property
    def subject(self) -> Person | None:
        """Return the one who died."""
        return next((person for person in self.everybody if person.is_subject), None)

    @cached_property
    def subject_is_male(self) -> bool | None:
        """Return whether the subject is male or female, as their forms of address say."""
        for person in self.everybody:
            for word in person.calls_subject:
                group = next((g for part in word.split() if (g := kin_group(part))), None)
                if group in _KIN["male"] or group in _KIN["female"]:
                    return group in _KIN["male"]
        own = relation_groups(self.subject) if self.subject else set()
        return bool(own & set(_KIN["male"])) if own else None

    @cached_property
    def pronouns(self) -> re.Pattern[str]:
        """Return what finds a pronoun that can mean the subject."""
        his, hers = r"\b(?:he|him|his|himself)\b|他(?!们)", r"\b(?:she|her|hers|herself)\b|她(?!们)"
        male = self.subject_is_male
        chosen = f"{his}|{hers}" if male is None else (his if male else hers)
        return re.compile(chosen, re.IGNORECASE)

    @cached_property
    def names(self) -> dict[str, set[str]]:
        """Return for each person the names that mean nobody else."""
        full = {p.id: {p.name, *p.names} - {""} for p in self.everybody}
        given = {p.id: _given_names(p) for p in self.everybody}
        owners: dict[str, set[str]] = {}
        for person_id, names in full.items():
            for name in names | given[person_id]:
                owners.setdefault(name, set()).add(person_id)
        return {i: full[i] | {name for name in given[i] if owners[name] == {i}} for i in full}

    @cached_property
    def _finder(self) -> tuple[re.Pattern[str], dict[str, str]]:
        owner = {name: i for i in sorted(self.names) for name in self.names[i]}
        return _pattern(owner), owner

    def mentions(self, text: str) -> list[Mention]:
        """Return who is named in a text, in order."""
        pattern, owner = self._finder
        return [
            Mention(owner[re.sub(r"\s+", " ", match[0])], *match.span())
            for match in pattern.finditer(text)
        ]

    def names_another(self, text: str, narrator: Person) -> bool:
        """Say whether a text names somebody else whom the subject's pronoun could mean.

        A person of the archive whose relation does not say that they are of the other sex, or a
        kinship word of the subject's sex that is not the narrator's word for the subject.
        """
        others = {
            mention.person_id for mention in self.mentions(text) if not _in_passing(text, mention)
        } - {narrator.id}
        if any(self._may_share_pronoun(self.by_id[one]) for one in others):
            return True
        if any(
            kin_group(match[0]) in self._same_sex and not _stands_in_passing(text, *match.span())
            for match in _LATIN_KIN_WORD.finditer(text)
        ):
            return True
        own = self.narrator_words(narrator)
        chinese = own.sub("，", text) if own else text
        found = _HANZI_KIN_WORD.finditer(chinese)
        return any(
            kin_group(match[0]) in self._same_sex and chinese[match.end() :][:1] != "的"
            for match in found
        )

    def _may_share_pronoun(self, person: Person) -> bool:
        groups = relation_groups(person)
        known = groups & {*_KIN["male"], *_KIN["female"]}
        return not person.is_subject and (not known or bool(known & self._same_sex))

    @cached_property
    def _same_sex(self) -> set[str]:
        if self.subject_is_male is None:
            return {*_KIN["male"], *_KIN["female"]}
        return set(_KIN["male"] if self.subject_is_male else _KIN["female"])

    def narrator_words(self, narrator: Person) -> re.Pattern[str] | None:
        """Return what finds the narrator's own words for the subject, or None."""
        return self._narrator_patterns.get(narrator.id)

    @cached_property
    def _narrator_patterns(self) -> dict[str, re.Pattern[str] | None]:
        return {person.id: self._words_of(person) for person in self.everybody}

    def _words_of(self, narrator: Person) -> re.Pattern[str] | None:
        kin, names = self._own_words(narrator)
        parts = [_bounded(name) for name in sorted(names, key=len, reverse=True)]
        for word in sorted(kin, key=len, reverse=True):
            parts.append(_kin_pattern(word))
        return re.compile("|".join(parts)) if parts else None

    def _own_words(self, person: Person) -> tuple[set[str], set[str]]:
        """Return what somebody calls the subject: kinship words, and names."""
        kin: set[str] = set()
        names: set[str] = set()
        for word in person.calls_subject:
            (kin if kin_group(word) else names).add(word)
        for relation in relation_groups(person):
            both = _KIN["inverse"].get(relation)
            if both and self.subject_is_male is not None:
                kin.update(kin_words(both[0 if self.subject_is_male else 1]))
        return kin, names

    def words_to(self, addressee: Person) -> re.Pattern[str] | None:
        """Return what finds the subject in words to a relative: "your father", 你爷爷; or None."""
        return self._addressee_patterns.get(addressee.id)

    @cached_property
    def _addressee_patterns(self) -> dict[str, re.Pattern[str] | None]:
        return {one.id: _said_to(self._own_words(one)[0]) for one in self.everybody}

    def resolve(self, words: str, narrator: Person, *, sure: bool = False) -> str | None:
        """Return whom a narrator means by a name or a kinship word, if it is one person.

        "Uncle David" is found by the name; "my mother" by what the narrator is to the subject.

        Args:
            words: the name or the kinship word.
            narrator: who uses them.
            sure: not by being the only one whom the archive knows, where a narrator has such
                relatives on two sides: "my uncle" may be the mother's brother.
        """
        named = {mention.person_id for mention in self.mentions(words)} - {narrator.id}
        if len(named) == 1:
            return named.pop()
        if not named and _has_other_name(words):
            return None  # "my uncle Simon" is not the only uncle whom the archive knows
        finder = self.narrator_words(narrator)
        if self.subject and finder and finder.search(words):
            return self.subject.id
        group = next((g for part in _parts(words) if (g := kin_group(part))), None)
        if sure and group in _OF_TWO_SIDES:
            return None
        meant = _relations_from(narrator, group) if group and not named else set()
        found = [p for p in self.everybody if relation_groups(p) & meant and p.id != narrator.id]
        return found[0].id if len(found) == 1 else None


def _in_passing(text: str, mention: Mention) -> bool:
    return _stands_in_passing(text, mention.start, mention.end)


def _stands_in_passing(text: str, start: int, end: int) -> bool:
    """Say whether somebody is only mentioned: as an owner, or behind a preposition."""
    before = re.search(r"(\w+)\s+(?:(?:my|our|his|her|the|an?)\s+)?$", text[:start], re.IGNORECASE)
    owner = text[end : end + 2] in ("'s", "’s")
    return owner or (before is not None and before[1].lower() in _PREPOSITIONS)


def _has_other_name(words: str) -> bool:
    """Say whether a kinship word stands with a name: 'my uncle Simon'."""
    capital = re.findall(r"\b[A-Z][\w’'-]+", words)
    named = [word for word in capital if word not in ("My", "Our", "His", "Her", "Your", "Their")]
    return any(kin_group(word) is None for word in named)


def _relations_from(narrator: Person, group: str) -> set[str]:
    """Return what the narrator's 'mother', 'brother' … can be to the subject."""
    own = relation_groups(narrator)
    meant: set[str] = set()
    for place, relations in _KIN["narrators"].items():
        if own & set(relations):
            meant.update(_KIN["from"][place].get(group, ()))
    return meant


def _parts(words: str) -> Sequence[str]:
    found = re.findall(r"[A-Za-z]+|[\u4e00-\u9fff]+", words)
    return [part for word in found for part in (word, word.removeprefix("我的"), word[-2:])]


def _given_names(person: Person) -> set[str]:
    """Return the first word of a name of several, and a Chinese name without its family name."""
    given = set()
    for name in (person.name, *person.names):
        words = name.split()
        if len(words) > 1 and len(words[0]) > 2 and words[0][0].isupper() and "." not in words[0]:
            given.add(words[0])
        if re.fullmatch(r"[\u4e00-\u9fff]{3}", name):
            given.add(name[1:])
    return {word for word in given if not kin_group(word)}


def _pattern(owner: dict[str, str]) -> re.Pattern[str]:
    names = sorted(owner, key=lambda name: (-len(name), name))
    return re.compile("|".join(_bounded(name) for name in names) or r"(?!)")


def _bounded(name: str) -> str:
    escaped = r"\s+".join(re.escape(part) for part in name.split())
    left = r"(?<!\w)" if name[:1].isascii() else ""
    right = r"(?!\w)" if name[-1:].isascii() else ""
    return f"{left}{escaped}{right}"


def _said_to(kin: Collection[str]) -> re.Pattern[str] | None:
    """Return what finds 'your father', 'your late Dad' or 你爸爸, but not 'your uncle Simon'."""
    ascii_words = [re.escape(word) for word in kin if word.isascii()]
    hanzi = [re.escape(word) for word in kin if not word.isascii()]
    latin, han = ("|".join(sorted(words, key=len, reverse=True)) for words in (ascii_words, hanzi))
    parts = []
    if latin:
        parts.append(
            r"\b[Yy]our\s+(?:(?:dear|own|late|poor|old)\s+)?"
            rf"(?i:{latin})(?!\w|,?\s+[A-Z][a-z]+\b)"
        )
    if han:
        parts.append(rf"[你您](?:的)?(?:{han})")
    return re.compile("|".join(parts)) if parts else None


def _kin_pattern(word: str) -> str:
    """Return what finds 'my father', 'Father' or 爸爸, but not 'my brother Elliott'."""
    if not word.isascii():
        return re.escape(word)
    another = r"(?!\w|,?\s+[A-Z][a-z]+\b)"
    return (
        rf"\b(?:[Mm]y|[Oo]ur)\s+(?:(?:dear|own|late|elder|older|younger|big|little)\s+)?"
        rf"{re.escape(word.lower())}{another}|\b{re.escape(word.capitalize())}(?!\w)"
    )

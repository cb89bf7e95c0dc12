"""A question → the units it asks for, each with the index terms that would answer it.

    "What was your sister's favourite horse, Father?"
        sister      sister | 姐姐 … | corinne            (people of that relation)
        favourite   favourite | favorite | love …        faint: weighs little
        horse       hors | poni | 马
    "How was the cat buried?"
        buried      buri | funer | coffin (near)         (other words, see `other_words`)

Stop words, words that only ask ("tell", "remember"), and the name of the one who is spoken to
are left out. A word that nobody of the archive ever used stays: it is the best sign that there
is no answer. Hanzi are asked for by pairs, and half by single characters.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from persona.records import Kinship, Person
from persona.remember.kinship.kin import Kin
from persona.remember.naming import People, kin_group, kin_words
from persona.remember.other_words import hanzi_words, other_words
from persona.remember.search_text import bigrams, hanzi_runs, simplified
from persona.remember.words import load_words

_QUESTION = load_words()["question"]
_STOP = frozenset(_QUESTION["stop"])
_STOP_ZH: list[str] = sorted(_QUESTION["stop_zh"], key=len, reverse=True)
_FAINT = frozenset(_QUESTION["faint"])
_CONCEPTS: list[list[str]] = _QUESTION["concepts"]
_SPELLINGS: list[list[str]] = _QUESTION["spellings"]
_IRREGULAR = [frozenset(forms.split()) for forms in _QUESTION["irregular"]]
_KIN: list[list[str]] = load_words()["kin"]["groups"]
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_KNOWN_HANZI = sorted(
    {word for group in (*_CONCEPTS, *_KIN) for word in group if hanzi_runs(word)} | hanzi_words(),
    key=len,
    reverse=True,
)

_NOUNS_TOO = frozenset(("will", "can", "might"))
_BEFORE_NOUN = frozenset("a an the my your his her our their last".split())
"""Before these words a verb that says nothing is a thing: "What did you write in your will?"."""

OTHER_WORD = 0.85
"""How far another word for the same thing counts as the word that was asked for."""
ONE_HANZI = 0.5
"""How far one character counts where a pair was asked for."""

GIVEN_NAME = 0.4
"""How far a given name alone counts where the full name was asked for: it may be a namesake."""

Terms = Callable[[Sequence[str]], list[list[str]]]


@dataclass(frozen=True)
class Alternative:
    """Index terms that must all occur, and how far they count for their unit, 0 to 1.

    ``near``: they tell of what was asked, or are one of its kind, and do not name it; only
    where something else speaks for a memory, too, may they count.
    """

    terms: tuple[str, ...]
    strength: float
    near: bool = False


@dataclass(frozen=True)
class Unit:
    """One thing that a question asks for: any of its alternatives answers it."""

    word: str
    alternatives: tuple[Alternative, ...]
    faint: bool = False
    weight: float = 1.0


def units_of(
    question: str,
    terms: Terms,
    people: Sequence[Person],
    listener: Person | None,
    kinships: Sequence[Kinship] = (),
) -> list[Unit]:
    """Return what a question asks for.

    Args:
        question: in English, Chinese or both.
        terms: cuts and stems words as the index does (`View.terms`).
        people: of the archive, as this reader knows them.
        listener: who asks; "my mother" is theirs. None: nobody known.
        kinships: who is whose parent or spouse, as sources state it.
    """
    known = People.of(people)
    return _Questioner(known, terms, listener, Kin(known, kinships)).units(simplified(question))


@dataclass(frozen=True)
class _Wanted:
    """A word of a question, with the words that answer it and how far each counts.

    ``names``: how many of these words, from the first, name what was asked.
    """

    word: str
    words: list[tuple[str, float]]
    names: int


class _Questioner:
    def __init__(self, people: People, terms: Terms, listener: Person | None, kin: Kin) -> None:
        self._kin = kin
        self._people = people
        self._terms = terms
        self._listener = listener

    def units(self, question: str) -> list[Unit]:
        """Return what a question asks for, in the order of its words."""
        text, asked = self._named(self._without_address(question))
        asked += [self._wanted(*word) for word in _latin_words(text)]
        asked += [one for run in hanzi_runs(text) for one in self._hanzi(run)]
        made = {unit.word: unit for unit in self._units(asked) if unit.alternatives}
        return _without_echoes(list(made.values()))

    def _units(self, asked: Sequence["_Wanted | Unit"]) -> Iterable[Unit]:
        """Yield the units, all words cut and stemmed at once."""
        words = [w for one in asked if isinstance(one, _Wanted) for w, _ in one.words]
        spaced = {word: _spaced(word) for word in words}
        cut = dict(zip(spaced, self._terms(list(spaced.values())), strict=True))
        for one in asked:
            if isinstance(one, Unit):
                yield one
                continue
            found: dict[tuple[str, ...], Alternative] = {}
            for place, (word, strength) in enumerate(one.words):
                key = tuple(dict.fromkeys(cut[word]))
                if key:
                    found.setdefault(key, Alternative(key, strength, place >= one.names))
            ways = tuple(found.values())
            yield Unit(one.word, ways, faint=one.word in _FAINT)

    def _without_address(self, question: str) -> str:
        """Leave out the names and forms of address of the one who is spoken to."""
        subject = self._people.subject
        names = set(self._people.names[subject.id]) if subject else set()
        if self._listener:
            names.update(self._listener.calls_subject)
        for name in sorted(map(simplified, names), key=lambda name: (-len(name), name)):
            bounded = re.escape(name)
            if name.isascii():
                bounded = rf"(?<![\w'’])(?<!\byour )(?<!\bmy )(?<!\bhis ){bounded}(?:['’]s)?(?!\w)"
            question = re.sub(bounded, " ", question, flags=re.IGNORECASE)
        return question

    def _named(self, text: str) -> tuple[str, list["_Wanted | Unit"]]:
        """Take full names out of a question: 'Alice Lee' is one thing, and no other Alice."""
        found: list[_Wanted | Unit] = []
        for mention in reversed(self._people.mentions(text)):
            name = text[mention.start : mention.end]
            if name.isascii() and len(name.split()) > 1:
                given = name.split()[0]
                others = sorted(self._people.names[mention.person_id] - {name, given})
                same = [(name, 1.0), *((other, 1.0) for other in others)]
                same.append((given, GIVEN_NAME))
                found.append(_Wanted(name.lower(), same, len(same)))
                text = f"{text[: mention.start]} {text[mention.end :]}"
        return text, found[::-1]

    def _wanted(self, word: str, before: str) -> "_Wanted":
        forms = _other_forms(word)
        others = {*_other_spellings(word), *_same_concept(word)} - forms
        names = self._names_for(word, before)
        asked = [(same, 1.0) for same in (word, *sorted(forms | names))]
        asked += [(other, OTHER_WORD) for other in sorted(others - names)]
        told = other_words(word, self._terms)
        asked += [(other, told[other]) for other in sorted(told, key=lambda one: (-told[one], one))]
        return _Wanted(word, asked, len(asked) - sum(told[one] < OTHER_WORD for one in told))

    def _names_for(self, word: str, before: str) -> set[str]:
        """Return the names of those whom a kinship word means: 'your sister', 'my mother'."""
        if kin_group(word) is None:
            return set()
        whose = self._listener if before in ("my", "我", "我的") else None
        meant = self._kin.meant(word, whose)
        return {simplified(name) for one in meant for name in self._people.names[one]}

    def _hanzi(self, run: str) -> list["_Wanted | Unit"]:
        """Return what a run asks for: known words, and each character of what is left."""
        found: list[_Wanted | Unit] = []
        for kind, piece in _hanzi_pieces(run):
            if kind == "word":
                found.append(self._wanted(piece, ""))
            else:
                found += [_character(piece, place) for place in range(len(piece))]
        return found


def _without_echoes(units: list[Unit]) -> list[Unit]:
    """Leave out of each unit what answers another one: one word must not answer twice.

    "What size of shoes did you wear?" is not answered by shoes, though shoes are worn; nor "Which
    lake did you swim in?" by a pond, though a pond is a lake and one swims in it.
    """
    named = {u.word: {a.terms for a in u.alternatives if not a.near} for u in units}
    told: set[tuple[str, ...]] = set()
    made = []
    for unit in units:
        taken = told.union(*(terms for word, terms in named.items() if word != unit.word))
        kept = tuple(a for a in unit.alternatives if not a.near or a.terms not in taken)
        told.update(a.terms for a in kept if a.near)
        made.append(replace(unit, alternatives=kept))
    return made


def _latin_words(text: str) -> list[tuple[str, str]]:
    """Return the content words of a text with the word before each, in small letters."""
    words = [re.sub(r"['’]s$", "", w.lower()) for w in _WORD.findall(text) if not hanzi_runs(w)]
    pairs = zip(words, ["", *words], strict=False)  # the last one precedes nothing
    return [
        (word, before)
        for word, before in pairs
        if word.replace("’", "'") not in _STOP or (word in _NOUNS_TOO and before in _BEFORE_NOUN)
    ]


def _hanzi_pieces(run: str) -> Iterable[tuple[str, str]]:
    """Yield ('word', …) for words that the tables know and ('rest', …) between stop words."""
    place = rest = 0
    while place < len(run):
        word = next((w for w in _KNOWN_HANZI if run.startswith(w, place)), None)
        stop = next((w for w in _STOP_ZH if run.startswith(w, place)), None)
        if word is None and stop is None:
            place += 1
            continue
        if rest < place:
            yield "rest", run[rest:place]
        if word is not None and len(word) >= len(stop or ""):
            yield "word", word
            place += len(word)
        else:
            place += len(stop or "")
        rest = place
    if rest < place:
        yield "rest", run[rest:place]


def _character(piece: str, place: int) -> Unit:
    """Return the unit of one character: the pairs that hold it, half the character alone."""
    char = piece[place]
    pairs = [pair for pair in bigrams(piece[max(0, place - 1) : place + 2]) if char in pair]
    alone = 1.0 if not pairs else ONE_HANZI
    alternatives = [Alternative((pair,), 1.0) for pair in pairs]
    return Unit(char, (*alternatives, Alternative((char,), alone)))


def _spaced(word: str) -> str:
    """Return a word as the index holds it: longer Hanzi words by all their pairs."""
    if not hanzi_runs(word):
        return word
    return " ".join(bigrams(word) or [word])


def _same_concept(word: str) -> set[str]:
    groups = [group for group in _CONCEPTS if word in group]
    kin = kin_group(word)
    same = {other for group in groups for other in group}
    return (same | set(kin_words(kin) if kin else ())) - {word}


def _other_forms(word: str) -> set[str]:
    """Return the other forms of an irregular verb or plural; stemming joins only regular ones."""
    return {form for forms in _IRREGULAR if word in forms for form in forms} - {word}


def _other_spellings(word: str) -> set[str]:
    found = set()
    for british, american in _SPELLINGS:
        for one, other in ((british, american), (american, british)):
            if word.endswith(one) and len(word) > len(one) + 2:
                found.add(word[: -len(one)] + other)
    return found

"""What questions are made of: the memories of an archive, who may read which, how rare a word is.

Everything is read through views (law 4): what a listener may read is asked as that listener.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from persona.evaluation.words import content_words, folded, hanzi, lexicon, shingles, stem
from persona.records import Act, Person
from persona.records.months import CALENDAR
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from persona.remember.store import Store

LEAST_LETTERS = 4
_WORD = re.compile(r"[^\W\d_]+")
_PLACE = re.compile(r"\b(?:in|at|from|to|near) ((?:[A-Z][a-z]{3,})(?: [A-Z][a-z]+)?)\b")
_CALENDAR = frozenset(word.lower() for word in CALENDAR)


@dataclass(frozen=True)
class Told:
    """One memory that may be evidence."""

    memory_id: str
    narrator_id: str
    quote: str


@dataclass(frozen=True)
class Archive:
    """An archive as questions need it; ``None`` as a listener is a stranger.

    Attributes:
        told: memories that may be evidence for somebody, in the order of their ids.
        listeners: living adults who may talk with the persona.
        readable: listener → ids of the memories that may be evidence for them.
        texts: listener → all passages that they may read, as one text.
        whole: all passages as one text, folded.
        places: names of places that everybody may read of.
        often: in how many memories a stem, or a pair of Hanzi, stands.
        words: memory id → its stems and pairs of Hanzi.
    """

    subject: Person
    people: Sequence[Person]
    listeners: Sequence[Person]
    told: Sequence[Told]
    readable: dict[str | None, frozenset[str]]
    texts: dict[str | None, str]
    whole: str
    places: Sequence[str]
    often: Counter[str] = field(default_factory=Counter)
    words: dict[str, frozenset[str]] = field(default_factory=dict)
    _runs: dict[str | None, set[str]] = field(default_factory=dict)

    @property
    def born(self) -> int | None:
        """Return the year of birth, if it is certain."""
        return _year(self.subject.born)

    @property
    def died(self) -> int | None:
        """Return the year of death, if it is certain."""
        return _year(self.subject.died)

    def occurs(self, word: str) -> bool:
        """Say whether a word stands anywhere in the archive, in any form."""
        return bool(content_words(word) & self._all_words()) or folded(word) in self.whole

    def asking_words(self, one: Told, chance: random.Random) -> tuple[str, str, str] | None:
        """Return (language, a, b): words that few memories share; None where it has too few.

        In Chinese, where words have no bounds, ``a`` is a whole clause and ``b`` is empty.
        """
        if hanzi(one.quote) and len(hanzi(one.quote)) * 2 > len(one.quote):
            clauses = _clauses(one.quote)
            return ("zh", chance.choice(clauses), "") if clauses else None
        words = [w for w in _plain_words(one.quote) if 0 < self.often[stem(folded(w))] <= 3]
        found = [word for word in words if not self._is_name(word)]
        return ("en", *_two(found, chance)) if len(set(map(str.lower, found))) > 1 else None

    def holding(self, a: str, b: str, listener: str | None) -> list[str]:
        """Return the memories that hold both words and that a listener may use."""
        wanted = content_words(a) | content_words(b)
        return [
            one.memory_id
            for one in self.told
            if one.memory_id in self.readable[listener] and wanted <= self.words[one.memory_id]
        ]

    def runs(self, listener: str | None) -> set[str]:
        """Return every run of words that a listener may read: nothing of it can be a leak."""
        if listener not in self._runs:
            self._runs[listener] = shingles(self.texts[listener])
        return self._runs[listener]

    def closed_runs(self, listener: str | None) -> frozenset[str]:
        """Return every run of words of the memories that a listener may not know."""
        may = self.readable[listener]
        closed = self.runs_of(one for one in self.told if one.memory_id not in may)
        return frozenset(closed - self.runs(listener))

    def runs_of(self, told: Iterable[Told]) -> set[str]:
        """Return every run of words of some memories."""
        return {run for one in told for run in shingles(one.quote)}

    def _is_name(self, word: str) -> bool:
        return word[:1].isupper()

    def _all_words(self) -> set[str]:
        return set(self.often)


def open_archive(store: Store) -> Archive | None:
    """Read what questions are made of; None where there is nothing, or nobody to ask."""
    with store.reader(Custodian()) as view:
        usable = view.memory_ids()
        if not usable:
            return None
        told = [
            Told(memory.id, memory.narrator_id, memory.quote)
            for memory in sorted(view.memories(ids=usable), key=lambda memory: memory.id)
        ]
        people, subject = view.people(), view.subject()
        whole = folded("\n".join(passage.text for passage in view.passages()))
    listeners = [p for p in people if p.living and not p.minor and not p.is_subject]
    tellers = [p for p in listeners if p.relation]
    listeners = tellers or listeners
    if not listeners:
        return None
    readable: dict[str | None, frozenset[str]] = {}
    texts: dict[str | None, str] = {}
    for listener in (None, *(person.id for person in listeners)):
        reader: Reader = Relative(listener) if listener else Stranger()
        with store.reader(reader, act=Act.QUOTE) as own:
            readable[listener] = own.memory_ids()
            texts[listener] = "\n".join(passage.text for passage in own.passages())
    words = {one.memory_id: frozenset(content_words(one.quote)) for one in told}
    often = Counter(word for found in words.values() for word in found)
    return Archive(
        subject=subject,
        people=people,
        listeners=listeners,
        told=told,
        readable=readable,
        texts=texts,
        whole=whole,
        places=_places(told, people, readable),
        often=often,
        words=words,
    )


def _places(
    told: Sequence[Told], people: Sequence[Person], readable: dict[str | None, frozenset[str]]
) -> list[str]:
    """Return place names that everybody may read of."""
    names = {part.casefold() for p in people for n in (p.name, *p.names) for part in n.split()}
    open_to_all = frozenset.intersection(*readable.values()) if readable else frozenset()
    found: dict[str, None] = {}
    for one in told:
        if one.memory_id in open_to_all:
            for place in _PLACE.findall(one.quote):
                words = {word.casefold() for word in place.split()}
                if not words & (names | _CALENDAR):
                    found[place] = None
    return list(found)


def _plain_words(quote: str) -> list[str]:
    """Return the words of a memory that say something: no grammar, no months, nothing short."""
    stop = set(lexicon()["stop"].split()) | set(lexicon()["courtesy"].split()) | _CALENDAR
    return [
        word
        for word in dict.fromkeys(_WORD.findall(quote))
        if len(word) >= LEAST_LETTERS and word.isascii() and word.casefold() not in stop
    ]


def _clauses(quote: str) -> list[str]:
    """Return the clauses of a Chinese memory that are long enough to ask about."""
    return [run for run in re.findall(r"[\u3400-\u9fff]+", quote) if 5 <= len(run) <= 18]


def _two(words: Sequence[str], chance: random.Random) -> tuple[str, str]:
    first, second = chance.sample(list(words), 2)
    return first, second


def _year(edtf: str | None) -> int | None:
    return int(edtf[:4]) if edtf and edtf[:4].isdigit() else None

"""Is there enough to answer with? Not knowing is a good answer, an answer beside the point is none.

    a question asks for units ──► how many stand in one or two sentences of a memory, how many
                                  elsewhere in it or around it, and how rare each is:
                                  w(u) = ln(1 + (N - n + ½) / (n + ½))
    covered(m) = Σ w·found / Σ w     found: 1 together, `APART` in other sentences of it,
                                     `AROUND` around it; faint units w · .35
    mass(m)    = Σ w·found / ln N    what is found, however much else was asked, in rare words:
                                     one that stands in a single memory weighs about 1
    it answers = it can be an answer of that kind (`answer_kind`), something of it stands in the
                 memory, and what is asked for is there

A short question asks for one or two things: all of them must be there, and together, because one
rare word of two is a coincidence. Of a long one most things suffice, or a mass of rare ones, if
what is asked is spoken of at all (`focus_of`): who kept the ring says nothing of what is written
on it. Another name for a thing is as good as the name (`other_words`); a word that only tells of
it counts where vectors and full text agree on the memory, and is missing elsewhere. Vectors are
ranked and never thresholded, because the cosines of small models are all alike; nor does the
nearest of fifty say what the nearest of thousands does. The figures were found by hand on seeds
101 to 106 of the family test, with the demo and Roosevelt questions looked at on the way.

Counted over what this reader may use, and over nothing else (law 4).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from persona.converse.about import asks_of_him, names_of_people, of_another
from persona.converse.answer_kind import about_him, fits
from persona.converse.as_of import is_his
from persona.converse.focus import focus_of
from persona.converse.topic import Asked
from persona.records import SourceKind
from persona.records.source import INTERVIEWS
from persona.remember.question import Alternative, Terms, Unit
from persona.remember.retrieval import Evidence
from persona.remember.search_text import for_index, hanzi_runs
from persona.remember.sentences import split_sentences
from persona.remember.view import View

APART = 0.85
"""What a unit counts that stands in the memory, but not together with the others."""

AROUND = 0.6
"""What a unit counts that stands around a memory (its letter, its title) and not in it."""

FAINT = 0.35
"""What a faint unit ('favourite', 'first') weighs, where others weigh 1."""

SHORT = 3
"""Things asked for up to which all must be there; of longer questions `MOST` of them."""

MOST = 0.6

TOGETHER = 0.7
"""Share that must be covered where only one or two things are asked for."""

LONG = 5
"""Things asked for from which a mass of rare words is enough."""

MASS = 0.8
"""Rare words found from which `AGREED` is enough."""

AGREED = 0.4
"""Share that is enough where vectors and full text agree on a memory, or rare words abound."""

AGREED_MASS = 0.7

NAMED_MASS = 0.5
"""Rare words that are enough there, where every thing asked for stands in some other word."""

STRIKING = 500
"""Of so many memories one is striking that is nearest in meaning; of fifty one always is."""


@dataclass(frozen=True)
class Weighed:
    """What of a question stands in and around one memory.

    Attributes:
        covered: 0 to 1.
        mass: the weight of what was found, in rare words.
        in_text: plain units that stand in its words.
        missing: share of the weight of the heaviest plain unit that is nowhere; 0: none is.
        only_near: plain units of which nothing is there but a word near them, where meaning does
            not speak for the memory: they count as missing.
        by_near: plain units that nothing there names, whatever tells of them.
        other: for a plain unit another word stands in than was asked.
        focus: what is asked (`focus_of`) stands in it or around it, or cannot be told.
        kind: it can be an answer of the kind that is asked for, and is about the right person.
    """

    covered: float
    mass: float
    in_text: int
    missing: float
    kind: bool
    only_near: int = 0
    by_near: int = 0
    other: bool = False
    focus: bool = True


@dataclass(frozen=True)
class Weighing:
    """What of a question stands where.

    Attributes:
        asked: the question.
        weighed: by memory id.
        count: memories that this reader may use.
        by_meaning: vectors were searched, too.
    """

    asked: Asked
    weighed: Mapping[str, Weighed] = field(default_factory=dict)
    count: int = 0
    by_meaning: bool = False

    @classmethod
    def of(cls, asked: Asked, found: Sequence[Evidence], view: View) -> "Weighing":
        """Weigh what was found for a question."""
        weigher = _Weigher(asked, view)
        weighed = {item.memory.id: weigher.weigh(item) for item in found}
        by_meaning = any(item.dense_rank is not None for item in found)
        return cls(asked, weighed, weigher.count, by_meaning)

    def covered(self, item: Evidence) -> float:
        """Return how much of the question a memory covers, 0 to 1."""
        return self.weighed[item.memory.id].covered

    def enough(self, item: Evidence, least: float = 0.5) -> bool:
        """Say whether a memory may answer.

        Args:
            item: what was found.
            least: the setting ``conversation.enough``; half is the usual, more is stricter.
        """
        weighed = self.weighed[item.memory.id]
        if not weighed.kind or not (item.in_text or weighed.in_text):
            return False
        if self.asked.before and not weighed.in_text:
            return False
        covered = weighed.covered / (least / 0.5)
        if self._all_there(item, weighed, least) and self._together(item, weighed, covered):
            return True
        striking = self._striking(item)
        if covered < AGREED or not (weighed.focus or striking):
            return False
        if item.asked >= LONG and weighed.mass >= MASS:
            return True
        named = item.asked > 2 or not weighed.by_near  # else one word, and one of its kind
        if weighed.missing == 0.0 and weighed.mass >= NAMED_MASS and named:
            return agree(item)
        of_many = item.asked > 2 or striking
        return of_many and weighed.mass >= AGREED_MASS and agree(item)

    def _together(self, item: Evidence, weighed: Weighed, covered: float) -> bool:
        """Say whether what is there is not scattered over a letter, nor there by chance alone."""
        if item.asked > 2:
            return covered >= AGREED or bool(self.asked.before)
        lone = item.asked == 1 and not self._translated(item)
        unsaid = not agree(item) if lone else item.dense_rank is None
        chance = weighed.other and self.by_meaning and unsaid
        return covered >= TOGETHER and not chance

    def _translated(self, item: Evidence) -> bool:
        """Say whether question and memory are in two languages: ranks of meaning lag there."""
        return bool(hanzi_runs(self.asked.words)) != bool(hanzi_runs(item.citation.exact))

    def _striking(self, item: Evidence) -> bool:
        """Say whether meaning puts a memory so far in front that it cannot be chance."""
        return item.dense_rank is not None and item.dense_rank * STRIKING <= self.count

    def _all_there(self, item: Evidence, weighed: Weighed, least: float) -> bool:
        if self.asked.before:  # the counts of the search are of both questions together
            return weighed.missing == 0.0 and weighed.covered >= least
        held = item.held - weighed.only_near
        if item.coverage < least or held >= item.asked:
            return item.coverage >= least
        most = item.asked > SHORT and held >= MOST * item.asked
        return most and (weighed.focus or self._striking(item))


def agree(item: Evidence) -> bool:
    """Say whether words and meaning both put a memory at the top."""
    words, meaning = item.lexical_rank, item.dense_rank
    return words is not None and words <= 3 and meaning is not None and meaning <= 8


def terms_in(texts: Sequence[str], terms: Terms) -> list[frozenset[str]]:
    """Return the index terms of each text: Hanzi by characters and pairs, words stemmed."""
    words = [for_index(text).split() for text in texts]
    known = list(dict.fromkeys(word for one in words for word in one))  # cut once, then remembered
    cut = dict(zip(known, terms(known), strict=True))
    return [frozenset(term for word in one for term in cut[word]) for one in words]


def strength(unit: Unit, terms: frozenset[str], *, near: bool = True) -> float:
    """Return how far the terms of a text answer a unit, 0 to 1.

    Args:
        unit: what is asked for.
        terms: of a text.
        near: also by words that only tell of it.
    """
    ways = (one for one in unit.alternatives if near or not one.near)
    return max((one.strength for one in ways if terms.issuperset(one.terms)), default=0.0)


def told_in(item: Evidence) -> str:
    """Return what a memory says: what a family tree says, not its lines."""
    tree = item.source.kind is SourceKind.FAMILY_TREE
    return item.memory.statement if tree else item.citation.exact


class _Weigher:
    def __init__(self, asked: Asked, view: View) -> None:
        self._asked = asked
        self._units = asked.own or asked.before
        self._terms = view.terms
        here = view.searchable()
        self.count = int(here.usable.sum())
        self._postings = here.postings
        self._rare = math.log(max(self.count, 2))
        weights = [self._weight(unit) for unit in self._units]
        self._weights = np.array(weights, dtype=np.float64)
        self._plain = np.array([not unit.faint for unit in self._units], dtype=np.bool_)
        if not self._plain.any():
            self._plain[:] = True
        self._around: dict[str, frozenset[str]] = {}
        plain = {unit.word for unit in self._units if not unit.faint}
        focus = focus_of(asked.words, plain)
        self._of_him = asks_of_him(asked.words)
        self._people = names_of_people(asked.words, self._units)
        self._subject_id = view.subject().id
        self._focus = [place for place, unit in enumerate(self._units) if unit.word == focus]

    def weigh(self, item: Evidence) -> Weighed:
        """Return what of the question stands in and around a memory."""
        if not self._units:
            return Weighed(0.0, 0.0, 0, 1.0, kind=False)
        text, near_too = told_in(item), agree(item)
        sentences = terms_in([span.text for span in split_sentences(text)] or [text], self._terms)
        whole, context = frozenset().union(*sentences), self._context(item)
        near = [one | other for one, other in pairwise(sentences)] or sentences
        in_whole, in_context = self._found(whole, near_too), self._found(context, near_too)
        joined = [self._found(terms, near_too) for terms in near]
        together = max(joined, key=lambda found: float((self._weights * found).sum()))
        found = np.maximum(np.maximum(together, in_whole * APART), in_context * AROUND)
        total = float(self._weights.sum()) or 1.0
        missing = self._weights[self._plain & (found == 0)] / total
        kind = fits(self._asked.words, self._nearby(item, text)) and about_him(
            self._asked.words, text, own=is_his(item)
        )
        mass = float((self._weights * found).sum())
        in_text = int((in_whole[self._plain] > 0).sum())
        only_near = 0 if near_too else self._only_near(found, whole | context)
        if item.source.kind in INTERVIEWS and not self._asked.before:
            # What an interviewer asked stands before the answer, and the search knows of it.
            mass = max(mass, item.coverage * total)
            in_text = max(in_text, item.in_text)
        return Weighed(
            covered=mass / total,
            mass=mass / self._rare,
            in_text=in_text,
            missing=float(missing.max(initial=0.0)),
            only_near=only_near,
            other=bool((in_whole[self._plain] < 1.0).any()),
            focus=bool((found[self._focus] > 0).all()) or item.held - only_near >= item.asked,
            by_near=self._by_near(whole | context),
            kind=kind and self._on_topic(whole | context) and self._of_whom(item, whole),
        )

    def _of_whom(self, item: Evidence, whole: frozenset[str]) -> bool:
        """Say whether a memory tells of the one who is asked about, as far as that is known."""
        if not self._of_him or not of_another(item, self._subject_id):
            return True
        return any(strength(unit, whole) for unit in self._people)

    def _on_topic(self, terms: frozenset[str]) -> bool:
        """Say whether a question that leans on the one before is answered about the same thing."""
        before = [unit for unit in self._asked.before if not unit.faint]
        if not self._asked.own or not before:
            return True
        return any(strength(unit, terms) for unit in before)

    def _found(self, terms: frozenset[str], near: bool = True) -> npt.NDArray[np.float64]:
        found = [strength(unit, terms, near=near) for unit in self._units]
        return np.array(found, dtype=np.float64)

    def _only_near(self, found: npt.NDArray[np.float64], terms: frozenset[str]) -> int:
        """Return how many plain units are there by nothing but words near them."""
        return int((self._plain & (found == 0) & (self._found(terms) > 0)).sum())

    def _by_near(self, terms: frozenset[str]) -> int:
        """Return how many plain units are there by nothing but words near them, or not at all."""
        return int((self._plain & (self._found(terms, near=False) == 0)).sum())

    def _weight(self, unit: Unit) -> float:
        named = [self._docs(one) for one in unit.alternatives if not one.near]
        docs = named if any(map(len, named)) else [self._docs(one) for one in unit.alternatives]
        found = len(np.unique(np.concatenate(docs))) if docs else 0
        idf = math.log(1 + (self.count - found + 0.5) / (found + 0.5))
        return idf * (FAINT if unit.faint else 1.0) * unit.weight

    def _docs(self, one: Alternative) -> npt.NDArray[np.int64]:
        found = [self._postings(term).docs for term in one.terms]
        docs = found[0]
        for other in found[1:]:
            docs = np.intersect1d(docs, other)
        return docs.astype(np.int64)

    def _context(self, item: Evidence) -> frozenset[str]:
        passage, source = item.passage, item.source
        known = self._around.get(passage.id)
        if known is None:
            words = (
                passage.text,
                source.title,
                passage.place or source.place,
                passage.addressee_words,
                passage.created_words or source.created_words,
                item.narrator.name,
            )
            [known] = terms_in([" ".join(words)], self._terms)
            self._around[passage.id] = known
        return known

    def _nearby(self, item: Evidence, text: str) -> str:
        """Return what would be told, with the sentence after it."""
        end = item.citation.end
        return f"{text} {item.passage.text[end : end + 160]}"

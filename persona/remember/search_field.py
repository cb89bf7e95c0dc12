"""What one search may find, as arrays: by words, by meaning, by what the question hints at."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from persona.engines.protocols import FloatArray
from persona.remember.hints import Hints
from persona.remember.question import Terms
from persona.remember.ranking import Floats, Ranking, Rows
from persona.remember.scoring import Corpus, in_one_field
from persona.remember.search_text import for_index
from persona.remember.searching import Searchable
from persona.remember.term_segment import (
    ADDRESSEE,
    HAPPENED,
    NARRATOR,
    PLACE,
    WRITTEN,
    Postings,
)
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View
from persona.remember.when import months_of

NEAREST = 60
"""How many of the nearest vectors are candidates."""


@dataclass(frozen=True)
class Wanted:
    """What a search is narrowed to; None: anything (see `Retriever.search`)."""

    narrator_id: str | None = None
    addressee_id: str | None = None
    when: str | None = None
    place: str | None = None

    def keys(self, terms: Terms) -> list[list[tuple[str, ...]]]:
        """Return for each thing that is wanted the index terms of which one must be there."""
        found: list[list[tuple[str, ...]]] = []
        if self.narrator_id is not None:
            found.append([(NARRATOR + self.narrator_id,)])
        if self.addressee_id is not None:
            found.append([(ADDRESSEE + self.addressee_id,)])
        if self.when is not None:
            months = months_of(self.when)
            named = months.keys() if months else []
            found.append([(sort + month,) for sort in (HAPPENED, WRITTEN) for month in named])
        if self.place is not None:
            (words,) = terms([for_index(self.place)])
            found.append([(PLACE + self.place.casefold(),), *([tuple(words)] if words else [])])
        return found


@dataclass(frozen=True)
class Vectors:
    """Where the memories that may be found stand among the vectors.

    Attributes:
        rows: ascending.
        numbers: of the memories in these rows, by id.
        row_of: (size,) by number; -1 for a memory that has no vector.
    """

    rows: Rows
    numbers: dict[str, int]
    row_of: Rows


@dataclass(frozen=True)
class Meaning:
    """How near the memories are to one question.

    Attributes:
        nearest: the numbers of the nearest memories, best first.
    """

    nearest: Rows
    _vector: FloatArray
    _index: VectorIndex
    _row_of: Rows
    _mean: float
    _deviation: float

    @classmethod
    def of_question(cls, vector: FloatArray, index: VectorIndex, among: Vectors) -> "Meaning":
        """Compare a question with all that may be found."""
        mean, deviation = index.spread(vector, among.rows)
        near = index.search(vector, among.rows, NEAREST)
        numbers = np.array([among.numbers[one] for one, _ in near], dtype=np.int64)
        return cls(numbers, vector, index, among.row_of, mean, deviation)

    def of(self, numbers: Rows) -> Floats:
        """Return (n,) in deviations from the mean; 0 for a memory without a vector."""
        rows = self._row_of[numbers]
        found = self._index.similarity(self._vector, np.maximum(rows, 0))
        values = (found - np.float32(self._mean)) / np.float32(self._deviation)
        return np.where(rows >= 0, values, 0).astype(np.float32)


@dataclass(frozen=True)
class Field:
    """The memories that one search may find.

    Attributes:
        made_from: what the reader may search at all.
        usable: (size,) which memories may be found, by number.
        corpus: the same, as `scoring` needs it.
    """

    made_from: Searchable
    usable: npt.NDArray[np.bool_]
    corpus: Corpus
    _vectors: dict[int, Vectors] = field(default_factory=dict)
    _languages: dict[int, list[Rows]] = field(default_factory=dict)

    @classmethod
    def of(cls, view: View, here: Searchable, within: frozenset[str] | None) -> "Field":
        """Return what a reader may use of a version."""
        if within is None:
            return cls.where(here, here.usable)
        usable = np.zeros(len(here.usable), dtype=np.bool_)
        usable[[number for one, number in view.numbers().items() if one in within]] = True
        return cls.where(here, usable & here.usable)

    @classmethod
    def where(cls, here: Searchable, usable: npt.NDArray[np.bool_]) -> "Field":
        """Return the part of what a reader may search for which ``usable`` is true."""
        whole = bool((usable == here.usable).all())
        postings = here.postings if whole else _narrowed(here.postings, usable)
        return cls(here, usable, Corpus.of(postings, here.tokens, usable))

    def narrowed(self, wanted: Wanted, terms: Terms) -> "Field":
        """Return the part of this that a search is narrowed to."""
        usable = self.usable.copy()
        for keys in wanted.keys(terms):
            part = np.zeros(len(usable), dtype=np.bool_)
            for one in keys:
                part[in_one_field(one, self.corpus.postings).docs] = True
            usable &= part
        return self.where(self.made_from, usable)

    def holds(self, number: int) -> bool:
        """Say whether the memory of a number may be found."""
        return number < len(self.usable) and bool(self.usable[number])

    def hinted(self, hints: Hints, ranking: Ranking) -> Floats | None:
        """Return (size,) what the hints add to each memory; None when there are none."""
        told = [NARRATOR + one for one in sorted(hints.narrators)]
        told += [ADDRESSEE + one for one in sorted(hints.addressees)]
        months = hints.when.keys() if hints.when else []
        then = [sort + month for sort in (HAPPENED, WRITTEN) for month in months]
        if not told and not then:
            return None
        added = np.zeros(len(self.usable), dtype=np.float32)
        for keys, weight in ((told, ranking.narrator), (then, ranking.when)):
            part = np.zeros(len(added), dtype=np.bool_)
            for key in keys:
                part[self.corpus.postings(key).docs] = True
            added += np.float32(weight) * part
        return added

    def vectors(self, view: View, index: VectorIndex) -> Vectors:
        """Return where what may be found stands among the vectors."""
        if id(index) not in self._vectors:
            everything = view.numbers()
            numbers = {one: n for one, n in everything.items() if self.holds(n) and one in index}
            rows = index.rows(numbers)
            row_of = np.full(len(self.usable), -1, dtype=np.int64)
            row_of[index.numbers(rows, numbers)] = rows
            self._vectors[id(index)] = Vectors(rows, numbers, row_of)
        return self._vectors[id(index)]

    def rows_by_language(self, view: View, index: VectorIndex) -> list[Rows]:
        """Return where what may be found stands among the vectors, a list for each language."""
        if id(index) not in self._languages:
            row_of = self.vectors(view, index).row_of
            rows = [np.sort(row_of[n[n < len(row_of)]]) for n in view.numbers_by_language()]
            self._languages[id(index)] = [found[found >= 0] for found in rows]
        return self._languages[id(index)]


def in_front(
    vector: FloatArray, index: VectorIndex, rows: Rows, limit: int
) -> list[tuple[str, float]]:
    """Return the nearest of some memories with their deviations from the mean of them all.

    Args:
        vector: (dimensions,) of the question.
        index: the vectors.
        rows: of the memories that are compared, ascending.
        limit: how many.
    """
    mean, deviation = index.spread(vector, rows)
    near = index.search(vector, rows, limit)
    return [(memory_id, (cosine - mean) / deviation) for memory_id, cosine in near]


def _narrowed(
    postings: Callable[[str], Postings], usable: npt.NDArray[np.bool_]
) -> Callable[[str], Postings]:
    return lambda term: postings(term).among(usable)

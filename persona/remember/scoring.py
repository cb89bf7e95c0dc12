"""BM25 over two fields, and how much of a question a memory covers, for all memories at once.

    score(m)    = Σ_u w(u) · f·(k1 + 1) / (f + k1·(1 - b + b·len(m)/mean))
                  f = text count + .35 · context count, times the strength of the word found
    idf(u)      = ln(1 + (N - n_u + .5) / (n_u + .5))
    coverage(m) = Σ_u w(u) · found(u, m)  /  Σ_u w(u),   w = idf, times .35 for faint words
                  found = 1 in the memory's text, ½ in its context, 0 elsewhere (times strength)

Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; the weight
of the context was measured on long dialogues. N, n_u and the mean are over the memories that
the reader may use, and over nothing else.

**What coverage means.** 1: everything the question asks for stands in the memory. A word that
no memory holds has the greatest idf of all: "What was your favourite submarine?" stays far
below ½ however many favourites there are, and that is how not knowing is noticed. Coverage
says that the words are there, not that the memory answers the question.

Memories are rows of arrays, by their numbers: a word that a million memories hold costs some
additions a memory, and nothing of it is done in Python.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from persona.remember.question import Alternative, Unit
from persona.remember.ranking import Floats, Ranking, Rows
from persona.remember.term_segment import Postings
from persona.remember.words import load_words

_FAINT_WEIGHT: float = load_words()["question"]["faint_weight"]

Finder = Callable[[str], Postings]


@dataclass(frozen=True)
class Corpus:
    """The memories that may be found.

    Attributes:
        postings: where a term occurs; it knows no memory that may not be found.
        length: (size,) tokens of text and context together, 0 for what may not be found.
        count: how many may be found.
        mean: their mean length.
    """

    postings: Finder
    length: Floats
    count: int
    mean: float

    @classmethod
    def of(
        cls, postings: Finder, tokens: npt.NDArray[np.uint32], usable: npt.NDArray[np.bool_]
    ) -> "Corpus":
        """Return what may be found of all that is there.

        Args:
            postings: where a term occurs, in usable memories alone.
            tokens: (size, 2) of text and of context.
            usable: (size,) which memories may be found.
        """
        length = np.where(usable, tokens.sum(axis=1), 0).astype(np.float32)
        count = int(usable.sum())
        mean = float(length.sum(dtype=np.float64)) / count if count else 0.0
        return cls(postings, length, count, mean or 1.0)


@dataclass(frozen=True)
class Scores:
    """What full text says about every memory, by its number.

    Attributes:
        bm25: (size,) 0 where nothing of the question stands.
        coverage: (size,) 0 to 1.
        held: (size,) how many of the things asked for stand in a memory or around it.
        in_text: (size,) how many of them stand in the memory itself.
        asked: how many things the question asks for, faint words left out.
    """

    bm25: Floats
    coverage: Floats
    held: npt.NDArray[np.uint8]
    in_text: npt.NDArray[np.uint8]
    asked: int

    @classmethod
    def nothing(cls, size: int) -> "Scores":
        """Return the scores of a question that asks for nothing."""
        floats, counts = np.zeros(size, np.float32), np.zeros(size, np.uint8)
        return cls(floats, floats, counts, counts, 0)

    def best(self, limit: int, allowed: npt.NDArray[np.bool_] | None = None) -> Rows:
        """Return the numbers of the best memories, best first; equal ones by number."""
        rows = np.flatnonzero(self.bm25 if allowed is None else self.bm25 * allowed)
        if len(rows) > limit:
            worst = np.partition(self.bm25[rows], len(rows) - limit)[len(rows) - limit]
            rows = rows[self.bm25[rows] >= worst]
        order = np.lexsort((rows, -self.bm25[rows]))
        return rows[order]


@dataclass
class _Found:
    """What the memories hold of one unit: ascending numbers, and three values for each.

    ``named`` counts those that name it; a word near it makes it no more common than it is.
    """

    rows: Rows
    frequency: Floats
    share: Floats
    in_text: npt.NDArray[np.bool_]
    named: int


@dataclass
class _Board:
    """Sums over the units, by the number of a memory."""

    size: int
    bm25: Floats = field(init=False)
    covered: Floats = field(init=False)
    held: npt.NDArray[np.uint8] = field(init=False)
    in_text: npt.NDArray[np.uint8] = field(init=False)

    def __post_init__(self) -> None:
        self.bm25, self.covered = (np.zeros(self.size, np.float32) for _ in range(2))
        self.held, self.in_text = (np.zeros(self.size, np.uint8) for _ in range(2))


def score(units: Sequence[Unit], corpus: Corpus, ranking: Ranking | None = None) -> Scores:
    """Score all memories of a corpus for a question."""
    ranking = ranking or Ranking()
    size = len(corpus.length)
    if not corpus.count or not units:
        return Scores.nothing(size)
    board = _Board(size)
    whole = 0.0
    for unit in units:
        found = _find(unit, corpus, ranking)
        idf = math.log(1 + (corpus.count - found.named + 0.5) / (found.named + 0.5))
        weight = idf * (_FAINT_WEIGHT if unit.faint else 1.0) * unit.weight
        whole += weight
        _add(board, found, weight, corpus, ranking, faint=unit.faint)
    board.covered /= whole or 1.0
    asked = sum(not unit.faint for unit in units)
    return Scores(board.bm25, board.covered, board.held, board.in_text, asked)


def _add(
    board: _Board,
    found: _Found,
    weight: float,
    corpus: Corpus,
    ranking: Ranking,
    *,
    faint: bool,
) -> None:
    rows, f, k1, b = found.rows, found.frequency, ranking.k1, ranking.b
    norm = corpus.length[rows] * np.float32(k1 * b / corpus.mean) + np.float32(k1 * (1 - b))
    board.bm25[rows] += np.float32(weight * (k1 + 1)) * f / (f + norm)
    board.covered[rows] += np.float32(weight) * found.share
    if not faint:
        board.held[rows] += 1
        board.in_text[rows] += found.in_text


def _find(unit: Unit, corpus: Corpus, ranking: Ranking) -> _Found:
    parts = [_one(one, corpus.postings, ranking.context) for one in unit.alternatives]
    parts = [part for part in parts if len(part.rows)]
    if not parts:
        empty = np.zeros(0, np.float32)
        return _Found(np.zeros(0, np.int64), empty, empty, np.zeros(0, np.bool_), 0)
    if len(parts) == 1:
        return replace(parts[0], named=len(parts[0].rows))
    frequency = np.zeros(len(corpus.length), np.float32)
    share = np.zeros(len(corpus.length), np.float32)
    in_text = np.zeros(len(corpus.length), np.bool_)
    named = np.zeros(len(corpus.length), np.bool_)
    for part in parts:
        named[part.rows] |= part.named > 0
        frequency[part.rows] += part.frequency
        share[part.rows] = np.maximum(share[part.rows], part.share)
        in_text[part.rows] |= part.in_text
    rows = np.flatnonzero(frequency)
    return _Found(rows, frequency[rows], share[rows], in_text[rows], int(named.sum()) or len(rows))


def _one(alternative: Alternative, postings: Finder, context: float) -> _Found:
    """Return the memories that hold all the terms in one field, with the rarest one's counts."""
    found = in_one_field(alternative.terms, postings)
    strength = np.float32(alternative.strength)
    in_text = found.in_text > 0
    frequency = found.in_text + np.float32(context) * found.in_context
    share = np.where(in_text, strength, strength * np.float32(0.5))
    rows = found.docs.astype(np.int64)
    named = 0 if alternative.near else len(rows)
    return _Found(rows, strength * frequency.astype(np.float32), share, in_text, named)


def in_one_field(terms: Sequence[str], postings: Finder) -> Postings:
    """Return the memories that hold all of the terms in one field, with the least counts."""
    found = postings(terms[0])
    for term in terms[1:]:
        found = _both(found, postings(term))
    return found


def _both(one: Postings, other: Postings) -> Postings:
    docs, here, there = np.intersect1d(
        one.docs, other.docs, assume_unique=True, return_indices=True
    )
    in_text = np.minimum(one.in_text[here], other.in_text[there])
    in_context = np.minimum(one.in_context[here], other.in_context[there])
    kept = (in_text > 0) | (in_context > 0)
    return Postings(docs[kept], in_text[kept], in_context[kept])

"""BM25 over two fields, and how much of a question a memory covers.

    score(m)    = Σ_u idf(u) · f·(k1 + 1) / (f + k1·(1 - b + b·len(m)/mean))
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
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from persona.remember.full_text import Posting
from persona.remember.question import Unit
from persona.remember.words import load_words

CONTEXT_WEIGHT = 0.35
K1 = 1.2
B = 0.75
_FAINT_WEIGHT: float = load_words()["question"]["faint_weight"]

Postings = Callable[[str], Sequence[Posting]]


@dataclass(frozen=True)
class Scores:
    """What full text says about the memories that hold anything of a question.

    ``asked`` is how many things the question asks for, faint words left out; ``held`` how many
    of them stand in a memory or around it, ``in_text`` how many in the memory itself.
    """

    bm25: dict[str, float]
    coverage: dict[str, float]
    held: dict[str, int]
    in_text: dict[str, int]
    asked: int

    def ranked(self) -> list[str]:
        """Return the memory ids, best first; equal ones in the order of their ids."""
        return sorted(self.bm25, key=lambda one: (-self.bm25[one], one))


@dataclass
class _Found:
    """What one memory holds of one unit."""

    frequency: float = 0.0
    share: float = 0.0
    in_text: bool = False


def score(
    units: Sequence[Unit], postings: Postings, lengths: Mapping[str, tuple[int, int]]
) -> Scores:
    """Score the memories in ``lengths`` for a question.

    Args:
        units: what is asked for.
        postings: where a term occurs; memories that are not in ``lengths`` are left out.
        lengths: tokens of (text, context) for every memory that may be found.
    """
    if not lengths or not units:
        return Scores({}, {}, {}, {}, 0)
    mean = sum(a + b for a, b in lengths.values()) / len(lengths) or 1.0
    bm25: dict[str, float] = {}
    covered: dict[str, float] = {}
    held: dict[str, int] = {}
    in_text: dict[str, int] = {}
    whole = 0.0
    for unit in units:
        found = _find(unit, postings, lengths)
        idf = math.log(1 + (len(lengths) - len(found) + 0.5) / (len(found) + 0.5))
        weight = idf * (_FAINT_WEIGHT if unit.faint else 1.0)
        whole += weight
        for memory_id, one in found.items():
            length = sum(lengths[memory_id]) / mean
            part = one.frequency * (K1 + 1) / (one.frequency + K1 * (1 - B + B * length))
            bm25[memory_id] = bm25.get(memory_id, 0.0) + weight * part
            covered[memory_id] = covered.get(memory_id, 0.0) + weight * one.share
            held[memory_id] = held.get(memory_id, 0) + (not unit.faint)
            said = one.in_text and not unit.faint
            in_text[memory_id] = in_text.get(memory_id, 0) + said
    coverage = {one: share / whole for one, share in covered.items()}
    return Scores(bm25, coverage, held, in_text, sum(not unit.faint for unit in units))


def _find(
    unit: Unit, postings: Postings, lengths: Mapping[str, tuple[int, int]]
) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for alternative in unit.alternatives:
        for memory_id, (in_text, in_context) in _together(alternative.terms, postings).items():
            if memory_id not in lengths:
                continue
            one = found.setdefault(memory_id, _Found())
            one.frequency += alternative.strength * (in_text + CONTEXT_WEIGHT * in_context)
            place = 1.0 if in_text else 0.5
            one.in_text = one.in_text or in_text > 0
            one.share = max(one.share, alternative.strength * place)
    return found


def _together(terms: Sequence[str], postings: Postings) -> dict[str, tuple[int, int]]:
    """Return the memories that hold all the terms in one field, with the rarest one's counts."""
    joined: dict[str, tuple[int, int]] | None = None
    for term in terms:
        here = {p.memory_id: (p.in_text, p.in_context) for p in postings(term)}
        if joined is None:
            joined = here
        else:
            both = joined.keys() & here.keys()
            joined = {one: _least(joined[one], here[one]) for one in both}
    return {one: counts for one, counts in (joined or {}).items() if any(counts)}


def _least(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return min(one[0], other[0]), min(one[1], other[1])

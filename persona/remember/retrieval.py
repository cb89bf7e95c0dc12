"""A question → evidence: full text, vectors and hints in one order, with narrators and sources.

    usable memories ∩ this version's ──► BM25 over text and context ──┐
                                     ──► nearest vectors (FAISS) ─────┼► ranked ► evidence
                                     ──► who, when, the same letter ──┘

All of it searches only what the reader may use: it is taken out before, not after. How the parts
are weighed is in `persona.remember.ranking`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from persona.engines.protocols import Embedder
from persona.records import Citation, Memory, Passage, Person, Source
from persona.remember.hints import Hints, hints_of
from persona.remember.question import Unit, units_of
from persona.remember.ranking import Floats, Ranking, Rows, mates, with_units
from persona.remember.readers import Relative
from persona.remember.scoring import Scores, score
from persona.remember.search_field import Field, Meaning, Wanted, in_front
from persona.remember.searching import Support
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View

RANK_OFFSET = 10
"""k of the reciprocal ranks in `Evidence.score` (Cormack et al. 2009: 60, for long lists)."""
MEANING_SHARE = 0.25
"""What the rank by meaning counts in it, where that by words counts 1."""
CANDIDATES = 60
LEAST = 8
"""Memories of a language below which nothing says what is near and what is not."""


@dataclass(frozen=True)
class Evidence:
    """One memory that may answer a question, with all that is needed to quote it.

    Attributes:
        memory: what was told.
        citation: the first span that carries it.
        passage: where that span stands.
        source: the original.
        narrator: who tells it, named as this reader may know them.
        score: how far in front words and meaning find it; it compares the hits of one search
            and nothing else. Their order also heeds hints and neighbours, and may differ.
        coverage: 0 to 1, how much of what is asked for stands in the memory (see `scoring`).
        held: how many of the things asked for stand in the memory or around it.
        in_text: how many of them stand in the memory itself.
        asked: how many things the question asks for (its plain words; faint ones left out).
        lexical_rank: place by full text, from 1; None when it did not find it.
        dense_rank: place by vectors, from 1; None when it is not among the nearest.
        conflict_id: a disagreement that it is part of.
        by_chance: how many memories would be as near in meaning by chance alone; known only of
            what `Retriever.nearest` found.
    """

    memory: Memory
    citation: Citation
    passage: Passage
    source: Source
    narrator: Person
    score: float
    coverage: float
    held: int
    in_text: int
    asked: int
    lexical_rank: int | None
    dense_rank: int | None
    conflict_id: str | None
    by_chance: float = math.inf


@dataclass(frozen=True)
class _Hit:
    memory_id: str
    value: float
    lexical_rank: int | None
    dense_rank: int | None
    by_chance: float = math.inf

    @property
    def score(self) -> float:
        """Return how far in front words and meaning find it."""
        words = 1 / (RANK_OFFSET + self.lexical_rank) if self.lexical_rank else 0.0
        meaning = 1 / (RANK_OFFSET + self.dense_rank) if self.dense_rank else 0.0
        return words + MEANING_SHARE * meaning


class Retriever:
    """Finds evidence for one reader, in the memories of one version."""

    def __init__(
        self,
        view: View,
        *,
        index: VectorIndex | None,
        embedder: Embedder | None,
        within: frozenset[str] | None = None,
        ranking: Ranking | None = None,
    ) -> None:
        """Search with what is given.

        Args:
            view: of the reader who asks.
            index: vectors; None: full text alone.
            embedder: the one that made the vectors; None: full text alone.
            within: memory ids of the version; None: all that the reader may use.
            ranking: how much each part weighs; None: as measured.
        """
        self._ranking = ranking or Ranking()
        self._view = view
        self._index = index
        self._embedder = embedder
        self._within = within
        self._field: Field | None = None

    @property
    def embedder(self) -> Embedder | None:
        """Return the embedder of questions; None: full text alone."""
        return self._embedder

    def search(
        self,
        question: str,
        *,
        limit: int = 6,
        narrator_id: str | None = None,
        addressee_id: str | None = None,
        when: str | None = None,
        place: str | None = None,
    ) -> list[Evidence]:
        """Return the best evidence, best first; members of a conflict stand together.

        Args:
            question: in English, Chinese or both.
            limit: how many; accounts that disagree with one of them come on top of it.
            narrator_id: only what this person told.
            addressee_id: only what was told or written to this person.
            when: EDTF; only what happened, was written or was said in that time.
            place: only what was written there, or names it.
        """
        with self._view.at_once():
            field = self._searched()
            wanted = Wanted(narrator_id, addressee_id, when, place)
            if wanted != Wanted():
                field = field.narrowed(wanted, self._view.terms)
            units, hints = self._asked(question)
            scores = score(units, field.corpus, self._ranking)
            hits = self._ranked(question, hints, scores, field)
            return self._evidence(hits[:limit], scores, field)

    def named(self, memory_ids: Sequence[str]) -> list[Evidence]:
        """Return memories as evidence, by no question; accounts that disagree come with them.

        Args:
            memory_ids: what is wanted; what may not be found is left out, as if it were not there.
        """
        with self._view.at_once():
            field = self._searched()
            numbers = self._view.numbers(memory_ids)
            hits = [
                _Hit(one, 0.0, None, None)
                for one in memory_ids
                if one in numbers and field.holds(numbers[one])
            ]
            return self._evidence(hits, Scores.nothing(len(field.usable)), field)

    def nearest(self, question: str, *, limit: int = 6) -> list[Evidence]:
        """Return what is nearest in meaning, with how many would be so near by chance alone.

        n·Φ(-z), z: the cosine in deviations from the mean of all n in the same language that may
        be found; texts of one language are near each other whatever they say. So the bar rises
        with the archive. Empty without vectors, and of languages with few memories.

        Args:
            question: in English, Chinese or both.
            limit: how many; accounts that disagree with one of them come on top of it.
        """
        if self._index is None or self._embedder is None or not len(self._index):
            return []
        vector = self._embedder.embed([question], role="query")[0]
        with self._view.at_once():
            field = self._searched()
            hits = [
                _Hit(memory_id, 0.0, None, None, len(rows) * NormalDist().cdf(-deviations))
                for rows in field.rows_by_language(self._view, self._index)
                if len(rows) >= LEAST
                for memory_id, deviations in in_front(vector, self._index, rows, limit)
            ]
            hits.sort(key=lambda hit: (hit.by_chance, hit.memory_id))
            return self._evidence(hits[:limit], Scores.nothing(len(field.usable)), field)

    def coverage(self, question: str) -> float:
        """Return the coverage of the best memory for a question, 0 to 1."""
        with self._view.at_once():
            units, _ = self._asked(question)
            scores = score(units, self._searched().corpus, self._ranking)
        return float(scores.coverage.max(initial=0.0))

    def _searched(self) -> Field:
        """Return what may be found; made again only when the archive or the rights changed."""
        here = self._view.searchable(earlier=self._within is not None)
        if self._field is None or self._field.made_from is not here:
            self._field = Field.of(self._view, here, self._within)
        return self._field

    def _asked(self, question: str) -> tuple[list[Unit], Hints]:
        """Return what a question asks for, and what it hints at."""
        reader = self._view.reader
        people = self._view.people()
        own = reader.person_id if isinstance(reader, Relative) else None
        listener = next((person for person in people if person.id == own), None)
        kinships = self._view.kinships()
        units = units_of(question, self._view.terms, people, listener, kinships)
        return units, hints_of(question, people, listener, kinships)

    def _ranked(self, question: str, hints: Hints, scores: Scores, field: Field) -> list[_Hit]:
        """Return the candidates by words, meaning and hints, best first."""
        lexical = scores.best(CANDIDATES)[:CANDIDATES]
        meaning = self._meaning(question, field)
        near = meaning.nearest if meaning else np.zeros(0, np.int64)
        first = np.union1d(lexical, near)
        if not len(first):
            return []
        hinted = field.hinted(hints, self._ranking)
        units = field.made_from.units
        mated = mates(self._own(first, scores, meaning, hinted), first, units, field.usable)
        numbers = np.union1d(first, mated)
        own = self._own(numbers, scores, meaning, hinted)
        values = with_units(own, units[numbers], self._ranking.unit)
        by_words = {number: place for place, number in enumerate(lexical.tolist(), start=1)}
        by_vector = {number: place for place, number in enumerate(near.tolist(), start=1)}
        ids = self._view.numbered(numbers.tolist())
        hits = [
            _Hit(ids[number], value, by_words.get(number), by_vector.get(number))
            for number, value in zip(numbers.tolist(), values.tolist(), strict=True)
            if number in ids
        ]
        return sorted(hits, key=lambda hit: (-hit.value, hit.memory_id))

    def _own(
        self, numbers: Rows, scores: Scores, meaning: Meaning | None, hinted: Floats | None
    ) -> Floats:
        most = float(scores.bm25.max(initial=0.0)) or 1.0
        own = scores.bm25[numbers] / np.float32(most)
        if meaning is not None:
            own = own + np.float32(self._ranking.dense) * meaning.of(numbers)
        if hinted is not None:
            own = own + hinted[numbers]
        return own

    def _meaning(self, question: str, field: Field) -> Meaning | None:
        if self._index is None or self._embedder is None or not len(self._index):
            return None
        vector = self._embedder.embed([question], role="query")[0]
        return Meaning.of_question(vector, self._index, field.vectors(self._view, self._index))

    def _evidence(self, hits: Sequence[_Hit], scores: Scores, field: Field) -> list[Evidence]:
        conflicts = self._conflicts([hit.memory_id for hit in hits])
        known = {hit.memory_id: hit for hit in hits}
        ordered: dict[str, tuple[_Hit, str | None]] = {}
        for hit in hits:
            conflict_id, members = conflicts.get(hit.memory_id, (None, []))
            for one in (hit.memory_id, *members):
                found = known.get(one) or _Hit(one, hit.value, None, None)
                ordered.setdefault(one, (found, conflict_id))
        numbers = self._view.numbers(ordered)
        supports = self._view.supports(ordered)
        return [
            _evidence(hit, supports[one], conflict_id, scores, numbers[one])
            for one, (hit, conflict_id) in ordered.items()
            if one in supports and one in numbers and (one in known or field.holds(numbers[one]))
        ]

    def _conflicts(self, memory_ids: Sequence[str]) -> dict[str, tuple[str, list[str]]]:
        """Return the conflict of each memory that has one, with its other members.

        What gave way to a newer reading disagrees in the versions that still tell it, and what
        came in its place in the others: first comes the conflict that can be told whole.
        """
        touched: dict[str, tuple[str, list[str]]] = {}
        found = self._view.conflicts(memory_ids) if memory_ids else []
        whole = {one.id: self._view.conflict_members(one.id) for one in found}
        told = self._within
        if told is None:
            told = self._view.memory_ids() if len(whole) > 1 else frozenset()
        for conflict_id in sorted(whole, key=lambda one: not told.issuperset(whole[one])):
            for one in (members := whole[conflict_id]):
                touched.setdefault(one, (conflict_id, [m for m in members if m != one]))
        return touched


def _evidence(
    hit: _Hit, support: Support, conflict_id: str | None, scores: Scores, number: int
) -> Evidence:
    return Evidence(
        memory=support.memory,
        citation=support.citations[0],
        passage=support.passage,
        source=support.source,
        narrator=support.narrator,
        score=hit.score,
        coverage=float(scores.coverage[number]),
        held=int(scores.held[number]),
        in_text=int(scores.in_text[number]),
        asked=scores.asked,
        lexical_rank=hit.lexical_rank,
        dense_rank=hit.dense_rank,
        conflict_id=conflict_id,
        by_chance=hit.by_chance,
    )

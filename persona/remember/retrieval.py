"""A question → evidence: full text and vectors, fused, with narrators and their sources.

    usable memories ∩ this version's ──► BM25 over text and context ──┐
                                     ──► nearest vectors (FAISS) ─────┴► fused ► evidence

Full text leads. Small embedding models put the right memory among the first twenty more often
and first less often, so with equal weights they spoil the top (R@1 .38 → .25, measured on long
dialogues). The vectors weigh more where full text finds little: other words, another language.

Both search only what the reader may use: it is taken out before, not after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from persona.engines.protocols import Embedder
from persona.records import Citation, CitationRole, Memory, Passage, Person, Source
from persona.remember.question import Unit, units_of
from persona.remember.readers import Relative
from persona.remember.scoring import Scores, score
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View

RANK_OFFSET = 10
"""k of reciprocal rank fusion (Cormack et al. 2009 use 60 for long lists; ours are short)."""
DENSE_WEIGHT = 0.25
DENSE_WEIGHT_WHEN_WORDS_FAIL = 1.0
WORDS_FAIL_BELOW = 0.34
"""Best coverage under which the words of the question have found little."""
CANDIDATES = 60


@dataclass(frozen=True)
class Evidence:
    """One memory that may answer a question, with all that is needed to quote it.

    Attributes:
        memory: what was told.
        citation: the first span that carries it.
        passage: where that span stands.
        source: the original.
        narrator: who tells it, named as this reader may know them.
        score: of the fused ranking; it compares the hits of one search and nothing else.
        coverage: 0 to 1, how much of what is asked for stands in the memory (see `scoring`).
        held: how many of the things asked for stand in the memory or around it.
        in_text: how many of them stand in the memory itself.
        asked: how many things the question asks for (its plain words; faint ones left out).
        lexical_rank: place by full text, from 1; None when it did not find it.
        dense_rank: place by vectors, from 1; None when it is not among the nearest.
        conflict_id: a disagreement that it is part of.
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


@dataclass(frozen=True)
class _Hit:
    memory_id: str
    score: float
    lexical_rank: int | None
    dense_rank: int | None


class Retriever:
    """Finds evidence for one reader, in the memories of one version."""

    def __init__(
        self,
        view: View,
        *,
        index: VectorIndex | None,
        embedder: Embedder | None,
        within: frozenset[str] | None = None,
    ) -> None:
        """Search with what is given.

        Args:
            view: of the reader who asks.
            index: vectors; None: full text alone.
            embedder: the one that made the vectors; None: full text alone.
            within: memory ids of the version; None: all that the reader may use.
        """
        self._view = view
        self._index = index
        self._embedder = embedder
        self._within = within

    def search(
        self, question: str, *, limit: int = 6, narrator_id: str | None = None
    ) -> list[Evidence]:
        """Return the best evidence, best first; members of a conflict stand together.

        Args:
            question: in English, Chinese or both.
            limit: how many; accounts that disagree with one of them come on top of it.
            narrator_id: only what this person told.
        """
        lengths = self._searchable(narrator_id)
        scores = score(self._units(question), self._view.postings, lengths)
        lexical = _places(scores.ranked()[:CANDIDATES])
        dense = _places(self._nearest(question, lengths))
        hits = _fuse(lexical, dense, scores)[:limit]
        return self._evidence(hits, scores, frozenset(lengths))

    def coverage(self, question: str) -> float:
        """Return the coverage of the best memory for a question, 0 to 1."""
        scores = score(self._units(question), self._view.postings, self._searchable(None))
        return max(scores.coverage.values(), default=0.0)

    def _searchable(self, narrator_id: str | None) -> dict[str, tuple[int, int]]:
        lengths = self._view.lengths()
        allowed = lengths.keys() if self._within is None else lengths.keys() & self._within
        if narrator_id is not None:
            allowed = allowed & {m.id for m in self._view.memories(narrator_id=narrator_id)}
        return {one: lengths[one] for one in allowed}

    def _units(self, question: str) -> list[Unit]:
        reader = self._view.reader
        listener = self._view.person(reader.person_id) if isinstance(reader, Relative) else None
        return units_of(question, self._view.terms, self._view.people(), listener)

    def _nearest(self, question: str, lengths: dict[str, tuple[int, int]]) -> list[str]:
        if self._index is None or self._embedder is None or not len(self._index):
            return []
        vector = self._embedder.embed([question], role="query")[0]
        return [one for one, _ in self._index.search(vector, lengths.keys(), CANDIDATES)]

    def _evidence(
        self, hits: Sequence[_Hit], scores: Scores, allowed: frozenset[str]
    ) -> list[Evidence]:
        conflicts = self._conflicts([hit.memory_id for hit in hits])
        found: dict[str, Evidence] = {}
        for hit in hits:
            conflict_id, members = conflicts.get(hit.memory_id, (None, []))
            others = [_Hit(one, hit.score, None, None) for one in members if one in allowed]
            for one in (hit, *others):
                known = next((h for h in hits if h.memory_id == one.memory_id), one)
                if known.memory_id not in found:
                    found[known.memory_id] = self._one(known, scores, conflict_id)
        return list(found.values())

    def _one(self, hit: _Hit, scores: Scores, conflict_id: str | None) -> Evidence:
        memory = self._view.memory(hit.memory_id)
        citations = self._view.citations(memory.id)
        supports = [one for one in citations if one.role is CitationRole.SUPPORTS]
        citation = (supports or citations)[0]
        passage = self._view.passage(citation.passage_id)
        return Evidence(
            memory=memory,
            citation=citation,
            passage=passage,
            source=self._view.source(passage.source_id),
            narrator=self._view.person(memory.narrator_id),
            score=hit.score,
            coverage=scores.coverage.get(memory.id, 0.0),
            held=scores.held.get(memory.id, 0),
            in_text=scores.in_text.get(memory.id, 0),
            asked=scores.asked,
            lexical_rank=hit.lexical_rank,
            dense_rank=hit.dense_rank,
            conflict_id=conflict_id,
        )

    def _conflicts(self, memory_ids: Sequence[str]) -> dict[str, tuple[str, list[str]]]:
        """Return the conflict of each memory that has one, with its other members."""
        touched: dict[str, tuple[str, list[str]]] = {}
        for conflict in self._view.conflicts(memory_ids) if memory_ids else []:
            members = self._view.conflict_members(conflict.id)
            for one in members:
                touched.setdefault(one, (conflict.id, [m for m in members if m != one]))
        return touched


def _places(ranked: Sequence[str]) -> dict[str, int]:
    return {memory_id: place for place, memory_id in enumerate(ranked, start=1)}


def _fuse(lexical: dict[str, int], dense: dict[str, int], scores: Scores) -> list[_Hit]:
    """Return all candidates by weighted reciprocal ranks, best first."""
    best = max((scores.coverage[one] for one in lexical), default=0.0)
    weight = DENSE_WEIGHT if best >= WORDS_FAIL_BELOW else DENSE_WEIGHT_WHEN_WORDS_FAIL
    fused: dict[str, float] = {}
    for places, share in ((lexical, 1.0), (dense, weight)):
        for memory_id, place in places.items():
            fused[memory_id] = fused.get(memory_id, 0.0) + share / (RANK_OFFSET + place)
    order = sorted(fused, key=lambda one: (-fused[one], one))
    return [_Hit(one, fused[one], lexical.get(one), dense.get(one)) for one in order]

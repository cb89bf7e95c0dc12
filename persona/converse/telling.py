"""Memories that stand side by side in one passage are told in one piece.

    passage   |--memory 1--| |--memory 2--|      |--memory 3--|
    found         yes            yes                 yes
    told      “memory 1 memory 2”                “memory 3”

A memory is short, so that it is found; a telling is what a listener wants to hear. Only what was
found for this question, and what this listener may read, is joined: nothing is fetched besides.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from persona.remember.body import hanzi_count
from persona.remember.retrieval import Evidence

MOST_WORDS = 130
MOST_HANZI = 260
LEAST_COVERAGE = 0.25
"""Coverage that a neighbour needs to be told along with what answers the question."""

AS_GOOD = 0.8
"""Share of the answer's own coverage that something told before it needs."""

_LEANS_BACK = re.compile(
    r"(?:Accordingly|Therefore|However|Then|So|But|And|He|She|It|They|This|That|These|Those)\b"
)
"""A stretch that begins like this is half a thought without what stands before it."""


@dataclass(frozen=True)
class Telling:
    """One stretch of a passage, and the evidence it is made of, in the order of the text.

    ``lead`` is the evidence that answers best; its citation spans the whole stretch.
    """

    lead: Evidence
    parts: tuple[Evidence, ...]

    @property
    def exact(self) -> str:
        """Return the words, character for character."""
        return self.lead.citation.exact


def join_neighbours(anchors: Sequence[Evidence], found: Sequence[Evidence]) -> list[Telling]:
    """Return a telling for each anchor, in their order; an anchor told along is not told again.

    Args:
        anchors: evidence that answers, best first.
        found: everything that was found, anchors included.
    """
    tellings: list[Telling] = []
    told: set[str] = set()
    for anchor in anchors:
        if anchor.memory.id in told:
            continue
        parts = _grown(anchor, [item for item in found if item.memory.id not in told])
        told.update(part.memory.id for part in parts)
        start, end = parts[0].citation.start, parts[-1].citation.end
        exact = anchor.passage.text[start:end]
        citation = anchor.citation.model_copy(update={"start": start, "end": end, "exact": exact})
        tellings.append(Telling(replace(anchor, citation=citation), tuple(parts)))
    return tellings


def _grown(anchor: Evidence, found: Sequence[Evidence]) -> list[Evidence]:
    """Return the anchor with its neighbours after it, then before it, as far as there is room."""
    near = {
        item.memory.id: item
        for item in found
        if item.passage.id == anchor.passage.id
        and item.memory.narrator_id == anchor.memory.narrator_id
        and item.coverage >= _needed(item, anchor)
    }
    parts = [anchor]
    for forward in (True, False):
        while (following := _beside(parts, near.values(), forward)) is not None:
            grown = [*parts, following] if forward else [following, *parts]
            if not _fits(grown):
                break
            parts = grown
    return parts


def _needed(item: Evidence, anchor: Evidence) -> float:
    """Return the coverage a neighbour needs: more to come before the answer than to follow it."""
    follows = item.citation.start > anchor.citation.start
    leans = _LEANS_BACK.match(anchor.citation.exact) is not None
    return LEAST_COVERAGE if follows or leans else max(LEAST_COVERAGE, AS_GOOD * anchor.coverage)


def _beside(parts: Sequence[Evidence], near: Iterable[Evidence], forward: bool) -> Evidence | None:
    text = parts[0].passage.text
    for item in near:
        first, second = (parts[-1], item) if forward else (item, parts[0])
        gap_start, gap_end = first.citation.end, second.citation.start
        if gap_start <= gap_end and not text[gap_start:gap_end].strip() and item not in parts:
            return item
    return None


def _fits(parts: Sequence[Evidence]) -> bool:
    text = parts[0].passage.text[parts[0].citation.start : parts[-1].citation.end]
    return len(text.split()) <= MOST_WORDS and hanzi_count(text) <= MOST_HANZI

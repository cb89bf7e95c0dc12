"""Which memories may be evidence before a person has looked at them.

    rules   a rule found it, the speaker is sure, the words were surely read or heard, and they
            say of whom they tell
    all     everything that was found
    none    nothing: each memory waits for a person

What was told in confidence ("don't tell your mother") waits whatever is chosen.
Every memory is verbatim whatever is chosen here (see `testimony`). What waits is
``UNREVIEWED`` and is evidence for nobody; what passes is ``ACCEPTED_BY_RULE`` and stays in the
review queue, behind what waits. A person's decision is never changed by a rule.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from persona.records import Citation, Memory, Passage, Review

SURE_SPEAKER = 0.5
"""`Passage.speaker_confidence` below which a person has to say who spoke."""
SURE_TEXT = 0.75
"""`Passage.text_confidence` below which a person has to compare the words with the original."""
BY_RULE = "rules/"
"""How `Memory.extracted_by` begins for what rules found; a model only proposes."""

Acceptance = Literal["rules", "all", "none"]


def judge(
    memories: Sequence[Memory],
    citations: Iterable[Citation],
    passages: Mapping[str, Passage],
    accept: Acceptance,
    held: Collection[str] = (),
) -> None:
    """Set ``review`` of memories that were just found; nothing is written.

    Args:
        memories: new ones.
        citations: what carries them.
        passages: by id, at least those that are cited.
        accept: ``[remember] accept`` of persona.toml.
        held: ids of memories that wait whatever is chosen: told in confidence (`confided`).
    """
    carried: dict[str, list[Passage]] = {}
    for citation in citations:
        if citation.passage_id in passages:
            carried.setdefault(citation.memory_id, []).append(passages[citation.passage_id])
    for memory in memories:
        if accept == "rules" and memory.review is Review.UNREVIEWED:
            continue  # its words do not say of whom they tell: a person has to
        rule = "none" if memory.id in held else accept
        memory.review = review_of(memory, carried.get(memory.id, []), rule)


def review_of(memory: Memory, passages: Sequence[Passage], accept: Acceptance) -> Review:
    """Return the review state with which one memory is kept."""
    sure = memory.extracted_by.startswith(BY_RULE) and all(
        passage.speaker_confidence >= SURE_SPEAKER and passage.text_confidence >= SURE_TEXT
        for passage in passages
    )
    passes = accept == "all" or (accept == "rules" and sure)
    return Review.ACCEPTED_BY_RULE if passes else Review.UNREVIEWED

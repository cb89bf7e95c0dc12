"""Sentences that follow each other → the runs that are one memory each.

1 to 4 sentences, about 60 words; a list is cut at its items, and what says who it was, or
may be of somebody else, stands alone.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from persona.remember.body import hanzi_count, is_fragment, size
from persona.remember.sentences import Span
from persona.remember.spoken_of import Identity, Of

MOST_SENTENCES = 4
MOST_IN_LIST_ITEM = 8
MOST_WORDS = 60
MOST_HANZI = 120

_LIST_ITEM = re.compile(r"\(?\d{1,2}[.)、]\s*")
_BLANK = re.compile(r"\n\s*\n")

Taken = Mapping[str, Sequence[tuple[int, int]]]
"""Stretches of passages, by their ids, that a person has decided about."""


@dataclass(frozen=True)
class Told:
    """A sentence that is worth keeping, with what its own words say.

    ``apart``: it tells of somebody whom "he" could mean too, so it joins no other sentence.
    """

    span: Span
    told_by: tuple[str, ...] = ()
    of: Of = Of.ANYBODY
    identity: Identity | None = None
    apart: bool = False


def runs_of(sentences: Sequence[Told], text: str) -> list[list[Told]]:
    """Group sentences that follow each other into runs short enough to be one memory."""
    runs: list[list[Told]] = []
    for told in sentences:
        if runs and _belongs(runs[-1], told, text):
            runs[-1].append(told)
        else:
            runs.append([told])
    for run in runs:
        # "He wrote to me:" announces what follows, and tells nothing without it.
        while run and run[-1].span.text.rstrip().endswith((":", "：")):
            run.pop()
    whole = [run for run in runs if run]
    return [run for run in whole if not is_fragment(text[run[0].span.start : run[-1].span.end])]


def free_of(sentences: Sequence[Told], taken: Sequence[tuple[int, int]]) -> list[Told]:
    """Return the sentences no part of which is taken."""
    return [
        told
        for told in sentences
        if not any(start < told.span.end and told.span.start < end for start, end in taken)
    ]


def waits(run: Sequence[Told]) -> bool:
    """Say whether a person has to say first of whom this tells."""
    if any(told.of is Of.UNSURE for told in run):
        return True
    return all(told.of is Of.ANOTHER and told.identity is None for told in run)


def _belongs(run: Sequence[Told], told: Told, text: str) -> bool:
    gap = text[run[-1].span.end : told.span.start]
    if _LIST_ITEM.match(told.span.text):
        return False  # a list is quoted by its items, never from the middle of one
    most = MOST_IN_LIST_ITEM if _LIST_ITEM.match(run[0].span.text) else MOST_SENTENCES
    if len(run) >= most or gap.strip() or _BLANK.search(gap):
        return False
    if told.told_by != run[-1].told_by or _stands_alone(told) or _stands_alone(run[-1]):
        return False
    whole = text[run[0].span.start : told.span.end]
    return size(whole) <= MOST_WORDS and hanzi_count(whole) <= MOST_HANZI


def _stands_alone(told: Told) -> bool:
    return told.identity is not None or told.of is Of.UNSURE or told.apart

"""What the person used to say: short sentences that come back in different letters or messages.

A phrase that somebody used again and again is manner by definition, and it claims nothing about
what is asked. The trained model chooses among these, and only these, whether and how an answer
ends: so even the smallest model lends the person's manner without a chance to invent.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from persona.converse.answer import AnswerSentence, CitedSpan
from persona.converse.listener import Listener
from persona.records import Memory, MemoryKind, Passage, Standing
from persona.remember.sentences import split_sentences
from persona.remember.view import View

LONGEST_WORDS = 7
SHORTEST_WORDS = 3
LEAST_UNITS = 3
"""In how many letters, chat days or recordings a sentence must stand to be a saying."""

AT_MOST = 12


@dataclass(frozen=True)
class _Place:
    passage: Passage
    start: int
    end: int


def find_sayings(
    view: View, subject_id: str, listener: Listener, within: frozenset[str]
) -> list[AnswerSentence]:
    """Return the person's sayings that this listener may hear, the most frequent first.

    Args:
        view: of the listener.
        subject_id: the person who died.
        listener: sayings that address somebody else are left out.
        within: memory ids of the version; a saying must stand in one of them to be cited.
    """
    units: dict[str, set[str]] = defaultdict(set)
    first: dict[str, _Place] = {}
    for passage in view.passages(speaker_id=subject_id):
        for span in split_sentences(passage.text):
            if _may_be_saying(span.text, listener):
                key = _key(span.text)
                units[key].add(f"{passage.source_id} {passage.unit}")
                first.setdefault(key, _Place(passage, span.start, span.end))
    often = sorted(
        (key for key in units if len(units[key]) >= LEAST_UNITS),
        key=lambda key: (-len(units[key]), key),
    )
    if not often:
        return []
    own = view.memories(narrator_id=subject_id, kind=MemoryKind.OWN_WORDS, ids=within)
    said = [_sentence(first[key], own, view) for key in often[:AT_MOST]]
    return [sentence for sentence in said if sentence is not None]


def _may_be_saying(text: str, listener: Listener) -> bool:
    """Say whether a sentence claims nothing: no number, name, question or form of address."""
    words = text.split()
    return (
        text.isascii()
        and SHORTEST_WORDS <= len(words) <= LONGEST_WORDS
        and text[-1] in ".!"
        and not any(character.isdigit() for character in text)
        and not any(word[:1].isupper() and word.strip(",.!") != "I" for word in words[1:])
        and not listener.another_persons_form(text)
    )


def _key(text: str) -> str:
    return " ".join("".join(c for c in text.casefold() if c.isalnum() or c.isspace()).split())


def _sentence(place: _Place, own: Sequence[Memory], view: View) -> AnswerSentence | None:
    exact = place.passage.text[place.start : place.end]
    for memory in own:
        if exact not in memory.quote:
            continue
        for citation in view.citations(memory.id):
            if citation.passage_id == place.passage.id:
                span = CitedSpan(
                    memory.id, place.passage.id, place.passage.source_id, place.start, place.end
                )
                return AnswerSentence(
                    text=" ".join(exact.split()),
                    standing=Standing.OWN_WORDS,
                    citations=(span,),
                    quoted=exact,
                    narrator_id=memory.narrator_id,
                )
    return None

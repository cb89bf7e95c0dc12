"""Every memory with what it claims and where it stands, ready to be compared."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from persona.records import Memory, MemoryStatus, Person, Review
from persona.remember.conflicts.clauses import (
    CUES,
    Clause,
    ClauseReader,
    content,
)
from persona.remember.conflicts.numbers import ages_of, years_of
from persona.remember.surroundings import Surroundings
from persona.remember.view import View


@dataclass
class Telling:
    """One memory as the rules see it.

    Attributes:
        memory: what was told.
        place: where it stands.
        subject_id: the one who died.
        clauses: what it claims.
        words: concepts of all its words.
        ages: (age of the subject, place in the quote).
        years: the years it names.
        topic: what it gives a reason for, as concepts; empty when it gives none.
        reason: the reason, as concepts.
        denied: what it says was not the reason, as concepts.
        unknown: whether it says that the narrator does not know, or only who told them.
    """

    memory: Memory
    place: Surroundings
    subject_id: str
    clauses: list[Clause]
    words: frozenset[str]
    ages: list[tuple[int, int]] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    topic: frozenset[str] = frozenset()
    reason: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    unknown: bool = False

    @property
    def id(self) -> str:
        """Return the memory's id."""
        return self.memory.id

    @property
    def narrator(self) -> str:
        """Return who told it."""
        return self.memory.narrator_id


def tellings(view: View) -> Iterator[Telling]:
    """Yield the memories that still count, in the order in which they stand."""
    people = view.people()
    subject = next((person for person in people if person.is_subject), None)
    if subject is None:
        return
    memories = {memory.id: memory for memory in view.memories() if may_disagree(memory)}
    reader = ClauseReader(people)
    for place in view.surroundings():
        memory = memories.get(place.memory_id)
        if memory is not None:
            yield _telling(memory, place, subject, reader)


def may_disagree(memory: Memory) -> bool:
    """Say whether a memory still counts: not discarded, withdrawn or replaced."""
    gone = (MemoryStatus.WITHDRAWN, MemoryStatus.SUPERSEDED, MemoryStatus.RECUT)
    return memory.status not in gone and memory.review is not Review.DISCARDED


def _telling(memory: Memory, place: Surroundings, subject: Person, reader: ClauseReader) -> Telling:
    topic, reason = _why(memory, place)
    denied = frozenset(
        word
        for match in CUES["denial"].finditer(memory.quote)
        for word in content(memory.quote[match.end() : match.end() + 40].split(".")[0])
    )
    return Telling(
        memory=memory,
        place=place,
        subject_id=subject.id,
        clauses=reader.clauses(memory, place.before),
        words=content(memory.quote),
        ages=ages_of(memory, memory.narrator_id == subject.id),
        years=years_of(memory),
        topic=topic,
        reason=reason,
        denied=denied,
        unknown=bool(CUES["unknown"].search(memory.quote)),
    )


def _why(memory: Memory, place: Surroundings) -> tuple[frozenset[str], frozenset[str]]:
    """Return (what for, the reason) of a memory that gives one."""
    if place.question and CUES["why"].search(place.question):
        return content(place.question), content(memory.quote)
    for sentence in memory.quote.replace("\n", " ").split(". "):
        match = CUES["because"].search(sentence)
        if match:
            main, reason = sentence[: match.start()], sentence[match.end() :]
            if match.start() < 3:  # "Because of Ruth he left the sea"
                reason, _, main = reason.partition(",")
            return content(main), content(reason)
    return frozenset(), frozenset()

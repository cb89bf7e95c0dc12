"""Where memories stand: the question they answer, and what the same speaker says around them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from persona.records import Source
from persona.records.source import INTERVIEWS
from persona.remember.questions import is_question
from persona.remember.reading import Reading
from persona.remember.sentences import split_sentences
from persona.remember.writing import table_of

BEFORE_CHARS = 300
AFTER_CHARS = 900
PASSAGES_BACK = 6


@dataclass(frozen=True)
class Surroundings:
    """What stands around one memory.

    Attributes:
        memory_id: the memory.
        source_id: where it stands.
        position: of its passage in the source.
        start: of its quote in the passage.
        question: in an interview, the question that it answers, or "".
        asked_at: position of the passage with that question; answers to one question share it.
        before: what the same speaker says before it, at most `BEFORE_CHARS` characters.
        after: what the same speaker says from it on, at most `AFTER_CHARS`.
    """

    memory_id: str
    source_id: str
    position: int
    start: int
    question: str
    asked_at: int
    before: str
    after: str


class SurroundingsReading(Reading):
    """What a view says about where memories stand."""

    def surroundings(self) -> Iterator[Surroundings]:
        """Yield where each readable memory stands, source after source, one unit in memory."""
        source = table_of(Source)
        with self._reading():
            query = sa.select(source.c.id).where(source.c.kind.in_(INTERVIEWS))
            interviews: set[str] = set(self._connection.execute(query).scalars())
            rows = self._connection.execute(sa.text(_PASSAGES)).all()
            cited: dict[str, list[Any]] = {}
            for row in self._connection.execute(sa.text(_SPANS)):
                cited.setdefault(row.passage_id, []).append(row)
        for (source_id, _), unit in groupby(rows, key=lambda row: (row.source_id, row.unit)):
            passages = list(unit)
            for place, passage in enumerate(passages):
                for span in cited.get(passage.id, ()):
                    yield _around(span, place, passages, source_id in interviews)


def _around(span: Any, place: int, passages: Sequence[Any], interview: bool) -> Surroundings:
    here = passages[place]
    question, asked_at = _question(place, span.start, passages) if interview else ("", -1)
    before, after = here.text[: span.start], here.text[span.start :]
    for earlier in reversed(passages[max(0, place - 3) : place]):
        if len(before) >= BEFORE_CHARS or earlier.speaker_id != here.speaker_id:
            break
        before = f"{earlier.text}\n{before}"
    for later in passages[place + 1 : place + 8]:
        if len(after) >= AFTER_CHARS or later.speaker_id != here.speaker_id:
            break
        after = f"{after}\n{later.text}"
    return Surroundings(
        memory_id=span.memory_id,
        source_id=here.source_id,
        position=here.position,
        start=span.start,
        question=question,
        asked_at=asked_at,
        before=before[-BEFORE_CHARS:],
        after=after[:AFTER_CHARS],
    )


def _question(place: int, start: int, passages: Sequence[Any]) -> tuple[str, int]:
    """Return the last question before a span that somebody else asked."""
    narrator = passages[place].speaker_id
    for back in range(place - 1, max(-1, place - 1 - PASSAGES_BACK), -1):
        passage = passages[back]
        asked = [s.text for s in split_sentences(passage.text) if is_question(s.text)]
        if passage.speaker_id != narrator and asked:
            return asked[-1], passage.position
    own = [s for s in split_sentences(passages[place].text[:start]) if is_question(s.text)]
    return (own[-1].text, passages[place].position) if own else ("", -1)


_PASSAGES = """
    SELECT id, source_id, unit, position, text, speaker_id FROM passage
    WHERE id NOT IN (SELECT id FROM temp.unreadable_passage)
    ORDER BY source_id, position
"""
_SPANS = """
    SELECT memory_id, passage_id, min(start) AS start FROM citation
    WHERE role = 'SUPPORTS' AND memory_id NOT IN (SELECT id FROM temp.unreadable_memory)
    GROUP BY memory_id ORDER BY start
"""

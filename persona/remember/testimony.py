"""What a memory must bring with it before it is kept (laws 1 and 5).

A memory is what somebody told: the narrator is a person of the archive, and at least one
citation carries it, found character for character in its passage and in the memory's quote.
"""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import Citation, Memory, Passage, Person
from persona.remember.writing import existing, table_of


def check_memories(
    connection: Connection, memories: Sequence[Memory], citations: Sequence[Citation]
) -> None:
    """Refuse memories that nothing carries.

    Raises:
        StoreError: naming the record's id, never its words.
    """
    narrators = existing(connection, table_of(Person), {m.narrator_id for m in memories})
    carried: dict[str, list[Citation]] = defaultdict(list)
    for citation in citations:
        carried[citation.memory_id].append(citation)
    texts = _passages(connection, {citation.passage_id for citation in citations})
    for memory in memories:
        if memory.narrator_id not in narrators:
            raise StoreError(
                f"Memory {memory.id} names a narrator who is not in the archive. "
                "Add the person first."
            )
        if not carried[memory.id]:
            raise StoreError(f"Memory {memory.id} has no citation, so nothing carries it.")
        for citation in carried.pop(memory.id):
            _check_citation(citation, texts.get(citation.passage_id), memory.quote)
    _check_later_citations(connection, [one for rest in carried.values() for one in rest], texts)


def _check_later_citations(
    connection: Connection, citations: Sequence[Citation], texts: dict[str, str]
) -> None:
    """Check citations that are added to memories which are there already."""
    table = table_of(Memory)
    wanted = sorted({citation.memory_id for citation in citations})
    query = sa.select(table.c.id, table.c.quote).where(table.c.id.in_(wanted))
    quotes: dict[str, str] = {row[0]: row[1] for row in connection.execute(query)}
    for citation in citations:
        if citation.memory_id not in quotes:
            raise StoreError(f"Citation {citation.id} carries a memory that is not there.")
        _check_citation(citation, texts.get(citation.passage_id), None)


def _check_citation(citation: Citation, text: str | None, quote: str | None) -> None:
    if text is None:
        raise StoreError(f"Citation {citation.id} points to a passage that is not there.")
    verbatim = text[citation.start : citation.end] == citation.exact
    if not citation.exact or not verbatim:
        raise StoreError(f"Citation {citation.id} does not say what its passage says.")
    if quote is not None and citation.exact not in quote:
        raise StoreError(f"Citation {citation.id} is not what its memory quotes.")


def _passages(connection: Connection, ids: set[str]) -> dict[str, str]:
    table = table_of(Passage)
    texts: dict[str, str] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        query = sa.select(table.c.id, table.c.text).where(table.c.id.in_(chunk))
        texts.update({row[0]: row[1] for row in connection.execute(query)})
    return texts

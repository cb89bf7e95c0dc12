"""What somebody is said to have told, and did not: kept aside, and evidence no more.

A memory's id is made from its passage and its place there. So the memory that names the wrong
narrator steps aside under another id, discarded and superseded, and the rules can find it anew
under its own, with the right narrator. Versions that hold the id then tell the right one too.
"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import Citation, ConflictMember, Memory, MemoryStatus, Review, content_id
from persona.remember.writing import table_of


def retire_memories(
    connection: Connection,
    passage_ids: Sequence[str],
    *,
    narrator_id: str | None = None,
    subject_id: str | None = None,
) -> int:
    """Take memories out of use that stand on these passages; return how many.

    Args:
        connection: in a transaction.
        passage_ids: passages whose speaker or addressee was taken for somebody else.
        narrator_id: only what this person is said to have told; None: whoever it was.
        subject_id: only what is said of this person; None: of whomever.
    """
    memory, citation = table_of(Memory), table_of(Citation)
    found: dict[str, None] = {}
    for start in range(0, len(passage_ids), 500):
        inside = citation.c.passage_id.in_(passage_ids[start : start + 500])
        query = sa.select(memory.c.id).join(citation, citation.c.memory_id == memory.c.id)
        query = query.where(inside, memory.c.review != Review.DISCARDED)
        if narrator_id is not None:
            query = query.where(memory.c.narrator_id == narrator_id)
        if subject_id is not None:
            subjects = sa.cast(memory.c.subject_ids, sa.String)
            query = query.where(subjects.contains(json.dumps(subject_id), autoescape=True))
        found |= dict.fromkeys(connection.execute(query.order_by(memory.c.id)).scalars())
    renamed = {one: free_id(connection, one, "reattributed") for one in found}
    for one, aside in renamed.items():
        _step_aside(connection, one, aside)
    for one, aside in renamed.items():
        later = memory.update().where(
            memory.c.previous_id == one, memory.c.id.in_(_values(renamed))
        )
        connection.execute(later.values(previous_id=aside))
    return len(renamed)


def _values(renamed: dict[str, str]) -> list[str]:
    return list(renamed.values())


def free_id(connection: Connection, memory_id: str, why: str) -> str:
    """Return an id that no memory has, for one that cannot have ``memory_id``.

    Args:
        connection: in a transaction.
        memory_id: the id it would have.
        why: what it is called for; it may happen to one memory more than once.
    """
    table, number = table_of(Memory), 1
    while True:
        made = content_id("mem", memory_id, why, number)
        if not connection.execute(sa.select(table.c.id).where(table.c.id == made)).first():
            return made
        number += 1


def _step_aside(connection: Connection, memory_id: str, aside: str) -> None:
    memory, citation = table_of(Memory), table_of(Citation)
    row = dict(connection.execute(memory.select().where(memory.c.id == memory_id)).one()._mapping)
    row |= {"id": aside, "review": Review.DISCARDED, "status": MemoryStatus.SUPERSEDED}
    connection.execute(memory.insert().values(**row))
    cited = citation.select().where(citation.c.memory_id == memory_id)
    for one in connection.execute(cited).all():
        change = citation.update().where(citation.c.id == one.id)
        new_id = content_id("cit", aside, one.passage_id, one.start, one.end)
        connection.execute(change.values(id=new_id, memory_id=aside))
    member = table_of(ConflictMember)
    change = member.update().where(member.c.memory_id == memory_id)
    connection.execute(change.values(memory_id=aside))
    connection.execute(
        sa.text("UPDATE memoryindex SET memory_id = :aside WHERE memory_id = :one"),
        {"aside": aside, "one": memory_id},
    )
    connection.execute(memory.delete().where(memory.c.id == memory_id))

"""What was sent with a message belongs to it: who sent it, when, and who may know it.

    source.details["attached_to"] = [{"source_id", "passage_id", "by", "at", "file"}, …]

A voice message is spoken by whoever sent it, as far as one can know: sure enough to say so, not
beyond doubt (a message can be passed on). A picture gets no date from the message: it was taken
then, or long before. Rules about the chat or the message hold for what came with it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import Attached, Passage, Restriction, Source, SourceKind, content_id
from persona.remember import full_text
from persona.remember.transactions import Transactions
from persona.remember.writing import table_of, upsert

SENDER_SPEAKS = 0.9
"""How surely the sender of a voice message is the one who is heard in it."""


class Attaching(Transactions):
    """Ties photos and voice messages to the messages they were sent with."""

    def tie_attachments(self, attached: Sequence[Attached]) -> int:
        """Tie files to messages; what is not in the archive is passed over.

        Returns:
            How many sources were tied to a message for the first time.
        """
        with self._writing() as connection:
            done = sum(_tie(connection, one) for one in attached)
            self._note(connection, "attachments.tie", new=done)
            return done


def _tie(connection: Connection, one: Attached) -> bool:
    table = table_of(Source)
    row = connection.execute(sa.select(table).where(table.c.sha256 == one.sha256)).first()
    if row is None or row.id == one.chat_id:
        return False
    known = list(row.details.get("attached_to", []))
    new = {
        "source_id": one.chat_id,
        "passage_id": one.passage_id,
        "by": one.by,
        "at": one.at,
        "file": one.file,
    }
    if new in known:
        return False
    values: dict[str, Any] = {"details": row.details | {"attached_to": [*known, new]}}
    if one.spoken and row.kind is SourceKind.VOICE_CLIP and not known:
        values |= _heard(connection, row, one)
    connection.execute(table.update().where(table.c.id == row.id).values(**values))
    _restrict_alike(connection, row.id, one)
    return True


def _heard(connection: Connection, row: Any, one: Attached) -> dict[str, Any]:
    """Give a voice message its sender and day, where it says nothing else itself."""
    passage = table_of(Passage)
    mine = passage.c.source_id == row.id
    if row.details.get("voices", 1) <= 1:
        nobody = sa.and_(mine, passage.c.speaker_id.is_(None), passage.c.speaker_name == "")
        sure = SENDER_SPEAKS if one.speaker_id else 0.0
        said = {"speaker_id": one.speaker_id, "speaker_name": one.by, "speaker_confidence": sure}
        connection.execute(passage.update().where(nobody).values(**said))
    undated = sa.and_(mine, passage.c.created_edtf.is_(None))
    connection.execute(passage.update().where(undated).values(created_edtf=one.at))
    return {
        "narrator_id": row.narrator_id or one.speaker_id,
        "created_edtf": row.created_edtf or one.at,
    }


def _restrict_alike(connection: Connection, source_id: str, one: Attached) -> None:
    """Let the rules of the chat and of the message hold for what came with it."""
    table = table_of(Restriction)
    from_chat = table.c.target_id.in_([one.chat_id, one.passage_id or one.chat_id])
    rules = [
        Restriction(
            **{
                **row._mapping,
                "id": content_id("rst", source_id, row.id),
                "target_id": source_id,
            }
        )
        for row in connection.execute(sa.select(table).where(from_chat)).all()
    ]
    changed = upsert(connection, rules)
    near = full_text.near_restrictions(connection, [row["target_id"] for row in changed])
    full_text.index_memories(connection, near)

"""What a withdrawal reaches of voices: clips, and every voice that was made of one (law 9)."""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import MadeVoice, VoiceClip, VoiceState
from persona.remember.reading import in_json
from persona.remember.writing import table_of

Stretch = tuple[str, float, float]
"""Source id, and from and to in seconds."""


def seconds_of(selector: dict[str, Any]) -> tuple[float, float]:
    """Return from when to when a selector selects; without times: the whole recording."""
    value = str(selector.get("value", ""))
    first, _, last = value.removeprefix("t=").partition(",")
    try:
        if value.startswith("t="):
            return float(first or 0.0), float(last) if last else float("inf")
    except ValueError:
        pass
    return 0.0, float("inf")


def touches(clip: Any, stretches: Iterable[Stretch]) -> bool:
    """Say whether a clip (or its row) shares any time with one of these stretches."""
    return any(
        source_id == clip.source_id and start_s < clip.end_s and end_s > clip.start_s
        for source_id, start_s, end_s in stretches
    )


def clips_reached(
    connection: Connection,
    *,
    sources: Collection[str],
    passages: Collection[str],
    person_id: str | None,
) -> list[str]:
    """Return the clips that a withdrawal reaches.

    Args:
        connection: to the archive.
        sources: of which everything goes.
        passages: of which anything goes: nobody hears it in a clip.
        person_id: every clip of this person's voice goes too; None: nobody's in particular.
    """
    said = "SELECT source_id, selector FROM passage WHERE id IN (SELECT value FROM json_each(:ids))"
    wanted = sa.text(said).columns(selector=sa.JSON).bindparams(ids=_json(passages))
    closed = [(r.source_id, *seconds_of(r.selector)) for r in connection.execute(wanted)]
    gone = set(sources)
    return [
        row.id
        for row in connection.execute(sa.select(table_of(VoiceClip)).order_by("id")).all()
        if row.source_id in gone or row.person_id == person_id or touches(row, closed)
    ]


def voices_reached(
    connection: Connection, *, clip_ids: Collection[str], person_id: str | None
) -> list[str]:
    """Return the voices that were made of one of these clips, or are this person's."""
    gone = set(clip_ids)
    return [
        row.id
        for row in connection.execute(sa.select(table_of(MadeVoice)).order_by("id")).all()
        if gone & set(row.clip_ids) or (person_id is not None and row.person_id == person_id)
    ]


def block_voices(connection: Connection, voice_ids: Sequence[str], reason: str) -> int:
    """Block voices, inside a transaction; what was measured of them goes. Return how many."""
    table = table_of(MadeVoice)
    blocked = {"state": VoiceState.BLOCKED, "state_reason": reason, "measured": {}}
    query = table.update().where(in_json(table.c.id, voice_ids)).values(**blocked)
    return int(connection.execute(query).rowcount)


def _json(ids: Collection[str]) -> str:
    return json.dumps(list(ids))

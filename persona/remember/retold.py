"""Takes withdrawn words out of conversations: the persona's answers, prompts, open questions.

A sentence keeps its place and its standing and says that its words were taken back. What the
language model was given (`Turn.prompt`) is emptied for the whole conversation, because later
prompts repeat earlier answers. Files that speak such a turn are no longer named by it, and what
no turn names is erased (`persona.export.erasure`).
"""

import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import Standing
from persona.remember.judgements import erase_judgements
from persona.remember.reach import Reach
from persona.remember.traces import Traces

TAKEN_BACK = "[These words were taken back.]"


def erase_what_was_repeated(
    connection: Connection, reach: Reach, traces: Traces
) -> tuple[dict[str, int], list[str]]:
    """Erase what conversations repeat of withdrawn words.

    Returns:
        How many of each, and the ids of the conversations in which the persona had said them.
    """
    gone = set(reach.memories)
    sentences = _citing(connection, reach) | _guessed(connection, gone)
    sentences |= _repeating(connection, "sentence", ("text",), traces)
    turns = _turns_of(connection, sentences)
    turns |= _repeating(connection, "turn", ("text",), traces)
    heard = _heard_in(connection, turns)
    if reach.scope == "narrator":
        turns |= _said_by(connection, reach.target_id)
    prompted = turns | _repeating(connection, "turn", ("prompt",), traces)
    prompted |= _shown(connection, gone)
    _set(connection, "sentence", "text", TAKEN_BACK, sentences)
    for turn_id in sorted(turns):
        _retell(connection, turn_id, traces)
    _empty_prompts(connection, prompted)
    questions = _repeating(connection, "openquestion", ("question",), traces)
    if reach.scope == "narrator":
        questions |= _asked_by(connection, reach.target_id)
    query = "DELETE FROM openquestion WHERE id IN (SELECT value FROM json_each(:ids))"
    connection.execute(sa.text(query), {"ids": json.dumps(sorted(questions))})
    counts = {"sentence": len(sentences), "turn": len(turns), "openquestion": len(questions)}
    counts["judgement"] = erase_judgements(connection, reach, traces)
    return counts, heard


def _citing(connection: Connection, reach: Reach) -> set[str]:
    """Return the sentences that cite what goes."""
    ids = {*reach.memories, *reach.passages, *reach.sources}
    rows = connection.execute(sa.text(_CITING), {"ids": json.dumps(sorted(ids))})
    return set(rows.scalars())


def _guessed(connection: Connection, memory_ids: set[str]) -> set[str]:
    """Return the uncited sentences of answers for which what goes was at hand."""
    free = [Standing.INFERRED.name]
    values = {"ids": json.dumps(sorted(memory_ids)), "free": json.dumps(free)}
    return set(connection.execute(sa.text(_GUESSED), values).scalars())


def _repeating(
    connection: Connection, table: str, columns: Iterable[str], traces: Traces
) -> set[str]:
    """Return the rows whose text repeats withdrawn words."""
    found = set()
    for column in columns:
        query = f"SELECT id, {column} FROM {table} WHERE {column} <> ''"
        found |= {row[0] for row in connection.exec_driver_sql(query) if traces.within(row[1])}
    return found


def _turns_of(connection: Connection, sentence_ids: set[str]) -> set[str]:
    query = "SELECT turn_id FROM sentence WHERE id IN (SELECT value FROM json_each(:ids))"
    rows = connection.execute(sa.text(query), {"ids": json.dumps(sorted(sentence_ids))})
    return set(rows.scalars())


def _heard_in(connection: Connection, turn_ids: set[str]) -> list[str]:
    query = (
        "SELECT DISTINCT t.conversation_id FROM turn t JOIN conversation c "
        "ON c.id = t.conversation_id WHERE t.speaker = 'PERSONA' AND c.purpose <> 'golden' "
        "AND t.id IN (SELECT value FROM json_each(:ids))"
    )
    rows = connection.execute(sa.text(query), {"ids": json.dumps(sorted(turn_ids))})
    return sorted(rows.scalars())


def _said_by(connection: Connection, person_id: str) -> set[str]:
    """Return what a person said to the persona."""
    query = (
        "SELECT t.id FROM turn t JOIN conversation c ON c.id = t.conversation_id "
        "WHERE c.listener_id = :person AND t.speaker = 'LISTENER'"
    )
    return set(connection.execute(sa.text(query), {"person": person_id}).scalars())


def _asked_by(connection: Connection, person_id: str) -> set[str]:
    query = "SELECT id FROM openquestion WHERE listener_id = :person"
    return set(connection.execute(sa.text(query), {"person": person_id}).scalars())


def _shown(connection: Connection, memory_ids: set[str]) -> set[str]:
    """Return the turns for which what goes was at hand."""
    query = (
        "SELECT DISTINCT t.id FROM turn t, json_each(t.evidence) e "
        "WHERE e.value IN (SELECT value FROM json_each(:ids))"
    )
    rows = connection.execute(sa.text(query), {"ids": json.dumps(sorted(memory_ids))})
    return set(rows.scalars())


def _retell(connection: Connection, turn_id: str, traces: Traces) -> None:
    """Write the text of a turn anew from its sentences, and forget its spoken form."""
    query = sa.text("SELECT text FROM sentence WHERE turn_id = :id ORDER BY position")
    texts: list[str] = list(connection.execute(query, {"id": turn_id}).scalars())
    text = " ".join(texts)
    kept = text if text and not traces.within(text) else TAKEN_BACK
    values = {"id": turn_id, "text": kept}
    connection.execute(
        sa.text("UPDATE turn SET text = :text, audio_path = '' WHERE id = :id"), values
    )


def _empty_prompts(connection: Connection, turn_ids: set[str]) -> None:
    query = (
        "UPDATE turn SET prompt = '' WHERE conversation_id IN (SELECT conversation_id FROM turn "
        "WHERE id IN (SELECT value FROM json_each(:ids)))"
    )
    connection.execute(sa.text(query), {"ids": json.dumps(sorted(turn_ids))})


def _set(connection: Connection, table: str, column: str, value: str, ids: set[str]) -> None:
    query = f"UPDATE {table} SET {column} = :value WHERE id IN (SELECT value FROM json_each(:ids))"
    connection.execute(sa.text(query), {"value": value, "ids": json.dumps(sorted(ids))})


_CITING = """
    SELECT DISTINCT s.id FROM sentence s, json_each(s.citations) c
    WHERE json_extract(c.value, '$.memory_id') IN (SELECT value FROM json_each(:ids))
       OR json_extract(c.value, '$.passage_id') IN (SELECT value FROM json_each(:ids))
       OR json_extract(c.value, '$.source_id') IN (SELECT value FROM json_each(:ids))
"""
_GUESSED = """
    SELECT DISTINCT s.id FROM sentence s JOIN turn t ON t.id = s.turn_id, json_each(t.evidence) e
    WHERE e.value IN (SELECT value FROM json_each(:ids))
      AND s.standing IN (SELECT value FROM json_each(:free))
      AND json_array_length(s.citations) = 0
"""

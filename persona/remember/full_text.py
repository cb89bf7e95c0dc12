"""The full-text index of memories (SQLite FTS5): what goes in, and what comes out a term.

Two columns. ``text`` is what the memory says; ``context`` is what stands around it: the text
before and after, the title, the date, and who speaks to whom. A short memory ("He laughed
about it") is found by the words of its neighbours; the weight is in `persona.remember.scoring`.

Law 4 reaches in here: words of a neighbour enter a context only if nobody restricted that
neighbour and its speaker set no term on being retrieved; a person who is not named is not
indexed by name. So a search can never answer with what its reader may not know.

Scores are not FTS5's own, because those count every row of the archive: hidden rows would
move what is shown. `persona.remember.term_index` gives the rows of a term, a view leaves out
what its reader may not know, and `persona.remember.scoring` scores what is left.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import (
    Act,
    Citation,
    Consent,
    Memory,
    Passage,
    Person,
    Restriction,
    Source,
)
from persona.records.months import MONTHS
from persona.records.source import INTERVIEWS
from persona.remember.questions import is_question
from persona.remember.search_text import for_index
from persona.remember.sentences import split_sentences
from persona.remember.shown import Names
from persona.remember.writing import existing, table_of

AROUND_CHARS = 300
"""Characters of context on each side."""


_REPEATED = re.compile(r"\b(?:said|says|asked|asks|told|shouted|wrote)\b|[说問问]", re.IGNORECASE)

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class _Archive:
    """What contexts are made from."""

    names: Names
    titles: dict[str, str]
    interviews: frozenset[str]
    passages: dict[str, list[Passage]]
    place: dict[str, tuple[str, int]]
    closed: frozenset[str]
    guarded: frozenset[str]


def index_memories(connection: Connection, memory_ids: Iterable[str]) -> None:
    """Write, or write again, the index rows of these memories."""
    wanted = list(dict.fromkeys(memory_ids))
    for start in range(0, len(wanted), 20_000):
        _index_some(connection, wanted[start : start + 20_000])


def _index_some(connection: Connection, wanted: Sequence[str]) -> None:
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS to_index (id TEXT PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM temp.to_index")
    if not wanted:
        return
    connection.execute(
        sa.text("INSERT INTO temp.to_index VALUES (:id)"), [{"id": one} for one in wanted]
    )
    archive = _read(connection)
    rows = []
    for memory, span in _memories(connection):
        asked = _asked(memory, span, archive)
        text = for_index(f"{memory.statement} \n{asked}" if asked else memory.statement)
        context = for_index(_context(memory, span, archive))
        rows.append({"id": memory.id, "text": text, "context": context})
    _write(connection, rows)


def _write(connection: Connection, rows: list[dict[str, str]]) -> None:
    known = connection.exec_driver_sql(
        "SELECT memory_id, doc FROM memoryindex WHERE memory_id IN (SELECT id FROM to_index)"
    )
    docs: dict[str, int] = {row[0]: row[1] for row in known}
    highest = connection.exec_driver_sql("SELECT coalesce(max(doc), 0) FROM memoryindex")
    last = int(highest.scalar_one())
    for place, row in enumerate((row for row in rows if row["id"] not in docs), start=1):
        docs[row["id"]] = last + place
    links = connection.exec_driver_sql("SELECT coalesce(max(seq), 0) FROM auditevent")
    written = int(links.scalar_one())  # the link before the one that ends this transaction
    values = [
        {
            "doc": docs[row["id"]],
            "id": row["id"],
            "text": row["text"],
            "context": row["context"],
            "n": len(_TOKEN.findall(row["text"])),
            "m": len(_TOKEN.findall(row["context"])),
            "written": written,
        }
        for row in rows
    ]
    for statement in (
        "DELETE FROM memorytext WHERE rowid = :doc",
        "INSERT INTO memorytext (rowid, text, context) VALUES (:doc, :text, :context)",
        "INSERT INTO memoryindex (doc, memory_id, text_tokens, context_tokens, written) "
        "VALUES (:doc, :id, :n, :m, :written) ON CONFLICT (doc) DO UPDATE "
        "SET text_tokens = :n, context_tokens = :m, written = :written",
    ):
        if values:
            connection.execute(sa.text(statement), values)


def _memories(connection: Connection) -> list[tuple[Memory, tuple[str, int, int]]]:
    """Return the memories to index with the span that their first citation quotes."""
    memory, citation = table_of(Memory), table_of(Citation)
    spans: dict[str, tuple[str, int, int]] = {}
    columns = (citation.c.memory_id, citation.c.passage_id, citation.c.start, citation.c.end)
    inside = sa.text("memory_id IN (SELECT id FROM temp.to_index)")
    for row in connection.execute(sa.select(*columns).where(inside)):
        spans.setdefault(row[0], (row[1], row[2], row[3]))
    inside = sa.text("id IN (SELECT id FROM temp.to_index) ORDER BY rowid")
    found = connection.execute(sa.select(memory).where(inside))
    return [(Memory(**row._mapping), spans[row.id]) for row in found if row.id in spans]


def _read(connection: Connection) -> _Archive:
    """Read what contexts need: people, titles and passages of the sources concerned."""
    people = {row.id: Person(**row._mapping) for row in connection.execute(_all(Person))}
    source = table_of(Source)
    found = connection.execute(sa.select(source.c.id, source.c.title, source.c.kind)).all()
    titles: dict[str, str] = {row[0]: row[1] for row in found}
    interviews = frozenset(row[0] for row in found if row[2] in INTERVIEWS)
    passages: dict[str, list[Passage]] = defaultdict(list)
    place: dict[str, tuple[str, int]] = {}
    for row in connection.execute(sa.text(_NEAR_PASSAGES)):
        unit = f"{row.source_id} {row.unit}"
        place[row.id] = (unit, len(passages[unit]))
        passages[unit].append(Passage(**row._mapping))
    closed: set[str] = set(
        connection.execute(sa.select(table_of(Restriction).c.target_id)).scalars()
    )
    quoted = connection.exec_driver_sql(
        "SELECT passage_id FROM citation WHERE memory_id IN (SELECT target_id FROM restriction)"
    )
    consent = table_of(Consent)
    asked = sa.select(consent.c.person_id).where(consent.c.act.in_((Act.KEEP, Act.RETRIEVE)))
    names = Names(people, open_to=frozenset())
    near = [passage for unit in passages.values() for passage in unit]
    closed |= {passage.id for passage in near if names.unnamed.named_in(passage.text)}
    return _Archive(
        names=names,
        titles={one: names.unnamed.without_names(title) for one, title in titles.items()},
        interviews=interviews,
        passages=passages,
        place=place,
        closed=frozenset(closed | set(quoted.scalars())),
        guarded=frozenset(connection.execute(asked).scalars()),
    )


def _all(model: type[Person]) -> sa.Select[tuple[object, ...]]:
    return sa.select(table_of(model))


def _context(memory: Memory, span: tuple[str, int, int], archive: _Archive) -> str:
    """Return the text of the ``context`` column: surroundings, then title, date and people."""
    passage_id, start, end = span
    unit, here = archive.place[passage_id]
    passages = archive.passages[unit]
    text = passages[here].text
    before, after = text[max(0, start - AROUND_CHARS) : start], text[end : end + AROUND_CHARS]
    if start < AROUND_CHARS and here > 0:
        before = _neighbour(passages[here - 1], memory, archive)[-AROUND_CHARS:] + " " + before
    if len(text) - end < AROUND_CHARS and here + 1 < len(passages):
        after += " " + _neighbour(passages[here + 1], memory, archive)[:AROUND_CHARS]
    passage = passages[here]
    people = (memory.narrator_id, memory.addressee_id)
    known = [archive.names.people[i] for i in people if i and i in archive.names.people]
    about = [archive.names.display_name(person) for person in known]
    title = archive.titles.get(passage.source_id, "")
    dates = [spoken_date(passage.created_edtf), spoken_date(memory.event_edtf), passage.place]
    return " \n".join([before, after, title, *dates, *about])


def _asked(memory: Memory, span: tuple[str, int, int], archive: _Archive) -> str:
    """Return the question that a memory from an interview answers: the last one before it.

    "Because of Ruth. He came home in April" says nothing of the sea; "And why did he leave the
    sea?" before it does. The question is indexed with the answer and never quoted as part of it.
    """
    passage_id, start, _ = span
    unit, here = archive.place[passage_id]
    passages = archive.passages[unit]
    if passages[here].source_id not in archive.interviews:
        return ""
    texts = [passages[here].text[:start]]
    texts += [_neighbour(p, memory, archive) for p in reversed(passages[max(0, here - 6) : here])]
    for text in texts:
        asked = [s.text for s in split_sentences(text) if _is_asked(s.text)]
        if asked:
            return asked[-1]
    return ""


def _is_asked(sentence: str) -> bool:
    """Say whether a sentence is a question, and not one that the narrator repeats."""
    return is_question(sentence) and not _REPEATED.search(sentence)


def _neighbour(passage: Passage, memory: Memory, archive: _Archive) -> str:
    """Return a neighbour's text if whoever may read this memory may surely read it too."""
    guarded = passage.speaker_id != memory.narrator_id and passage.speaker_id in archive.guarded
    return "" if passage.id in archive.closed or guarded else passage.text


def spoken_date(edtf: str | None) -> str:
    """Return an EDTF date as people ask for it: '1903-05-20' → '1903 May 20'."""
    if not edtf:
        return ""
    year, *rest = edtf.rstrip("~?%").split("/")[0].split("-")
    month = MONTHS[int(rest[0]) - 1] if rest and rest[0] in _MONTH_NUMBERS else ""
    return " ".join(part for part in (year, month, *rest[1:2]) if part)


def near_restrictions(connection: Connection, target_ids: Iterable[str]) -> set[str]:
    """Return the memories whose context may hold words of these passages or memories."""
    near: set[str] = set()
    for target in target_ids:
        near.update(connection.execute(sa.text(_SAME_UNIT), {"target": target}).scalars())
    return near


def near_people(connection: Connection, person_ids: Collection[str]) -> set[str]:
    """Return the memories whose context may hold words or the name of these people."""
    near: set[str] = set()
    for person in person_ids:
        near.update(connection.execute(sa.text(_SAME_PEOPLE), {"person": person}).scalars())
    people = {row.id: Person(**row._mapping) for row in connection.execute(_all(Person))}
    unnamed = Names(people, open_to=frozenset()).unnamed
    if unnamed.hidden & set(person_ids):
        near |= near_restrictions(connection, unnamed.naming(connection, "passage", ["text"]))
        titled = unnamed.naming(connection, "source", ["title"])
        near.update(
            connection.execute(sa.text(_OF_SOURCES), {"ids": json.dumps(list(titled))}).scalars()
        )
    return existing(connection, table_of(Memory), near)


def prepare_terms(connection: Connection) -> None:
    """Make the temporary table through which FTS5 cuts and stems the words of a question."""
    for statement in (
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5("
        "text, tokenize='porter unicode61 remove_diacritics 2')",
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_term "
        "USING fts5vocab('temp', 'asked', 'instance')",
    ):
        connection.exec_driver_sql(statement)


def terms(connection: Connection, words: Sequence[str]) -> list[list[str]]:
    """Return for each word its terms, cut and stemmed exactly as the index does it."""
    connection.exec_driver_sql("DELETE FROM temp.asked")
    rows = [{"doc": place, "text": word} for place, word in enumerate(words)]
    if rows:
        connection.execute(
            sa.text("INSERT INTO temp.asked (rowid, text) VALUES (:doc, :text)"), rows
        )
    found: list[list[str]] = [[] for _ in words]
    for row in connection.exec_driver_sql(
        "SELECT doc, term FROM temp.asked_term ORDER BY doc, offset"
    ):
        found[int(row[0])].append(str(row[1]))
    return found


_MONTH_NUMBERS = {f"{number:02d}" for number in range(1, 13)}

_NEAR_PASSAGES = """
    SELECT id, source_id, position, unit, text, speaker_id, created_edtf, place FROM passage
    WHERE source_id IN (SELECT p.source_id FROM temp.to_index t
        JOIN citation c ON c.memory_id = t.id JOIN passage p ON p.id = c.passage_id)
    ORDER BY source_id, position
"""

_SAME_UNIT = """
    SELECT c.memory_id FROM passage near
    JOIN citation c ON c.passage_id = near.id
    JOIN passage here ON here.source_id = near.source_id AND here.unit = near.unit
    WHERE here.id = :target
       OR here.id IN (SELECT passage_id FROM citation WHERE memory_id = :target)
"""

_OF_SOURCES = """
    SELECT c.memory_id FROM passage p JOIN citation c ON c.passage_id = p.id
    WHERE p.source_id IN (SELECT value FROM json_each(:ids))
"""

_SAME_PEOPLE = """
    SELECT id FROM memory WHERE narrator_id = :person OR addressee_id = :person
    UNION
    SELECT c.memory_id FROM passage here
    JOIN passage near ON near.source_id = here.source_id AND near.unit = here.unit
    JOIN citation c ON c.passage_id = near.id
    WHERE here.speaker_id = :person
"""

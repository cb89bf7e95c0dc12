"""What a withdrawal reaches in the store, worked out before anything is erased (law 9).

    memory     it, its earlier and later forms, and every memory that quotes the same words; the
               words themselves are blanked in their passages, so that the rest of a letter stays
    source     it and what was derived from it, with all passages and the memories they carry
    narrator   everything they told or wrote: their sources, the passages where they speak, the
               memories they narrate, the captions they gave. Photographs show and tell nothing,
               so the pictures stay; letters that they merely received are somebody else's words.

An original that also holds the words of others stays, closed, and is named: erasing the family's
chat because one of many takes her messages back would take the words of the others. With
``also_shared`` it goes as well.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import CitationRole, Memory, Source, SourceKind, WithdrawalScope
from persona.remember.access import EARLIER
from persona.remember.voice_reach import clips_reached, voices_reached
from persona.remember.writing import table_of

Span = tuple[str, int, int]
"""Passage id, first character, one behind the last."""


@dataclass
class Reach:
    """Ids of all that goes; ``texts`` are the withdrawn words.

    Attributes:
        scope: what is taken back.
        target_id: id of the memory, the source or the narrator.
        sources: sources that go, with their originals.
        captioned: photographs that stay without the narrator's captions.
        kept: sources that stay, closed, although words in their originals are withdrawn.
        passages: passages that go whole.
        spans: words that are blanked in passages that stay.
        memories: memories that go.
        shas: SHA-256 of the originals and the files beside them that go.
        kept_shas: SHA-256 of those that stay although they hold withdrawn words.
        texts: the words.
        clips: stretches of recordings that were chosen for a voice and go.
        voices: voices made of one of them: they are blocked, and their files go.
    """

    scope: str
    target_id: str
    sources: list[str] = field(default_factory=list)
    captioned: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    memories: list[str] = field(default_factory=list)
    shas: list[str] = field(default_factory=list)
    kept_shas: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    clips: list[str] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)

    def touched_sources(self) -> set[str]:
        """Return the sources of which anything goes."""
        return {*self.sources, *self.captioned, *self.kept}

    def as_json(self) -> str:
        """Return all but the words as JSON."""
        return json.dumps({**asdict(self), "texts": []})

    @classmethod
    def from_json(cls, text: str) -> "Reach":
        """Return what `as_json` wrote. Raises `ValueError` or `TypeError` for anything else."""
        body = json.loads(text)
        body["spans"] = [(passage, start, end) for passage, start, end in body["spans"]]
        return cls(**body)


def reach_of(
    connection: Connection, scope: WithdrawalScope, target_id: str, *, also_shared: bool
) -> Reach | None:
    """Return what a withdrawal reaches, or None when there is no such target."""
    table = {"memory": "memory", "source": "source", "narrator": "person"}[scope.value]
    known = connection.execute(
        sa.text(f"SELECT 1 FROM {table} WHERE id = :id"), {"id": target_id}
    ).first()
    if known is None:
        return None
    reach = Reach(scope.value, target_id)
    ask = _Asking(connection, target_id)
    {"memory": _memory, "source": _source, "narrator": _narrator}[scope.value](ask, reach)
    _kept_sources(ask, reach)
    if also_shared and reach.kept:
        reach.sources = sorted({*reach.sources, *reach.kept})
        _whole_sources(ask, reach)
        _kept_sources(ask, reach)
    _memories_carried(ask, reach)
    _originals(connection, reach)
    _voices(connection, reach)
    reach.texts = _texts(ask, reach)
    return reach


class _Asking:
    """Asks for ids, with the target and lists of ids as parameters."""

    def __init__(self, connection: Connection, target_id: str) -> None:
        self.connection = connection
        self.target_id = target_id

    def __call__(self, query: str, **lists: Iterable[str]) -> list[str]:
        values = {name: json.dumps(list(ids)) for name, ids in lists.items()}
        rows = self.connection.execute(sa.text(query), {**values, "target": self.target_id})
        found: list[Any] = list(rows.scalars())
        return sorted(str(one) for one in found)


def _memory(ask: _Asking, reach: Reach) -> None:
    chain = ask(_CHAIN)
    rows = ask.connection.execute(
        sa.text(
            'SELECT passage_id, start, "end" FROM citation WHERE role = :role AND NOT retelling '
            "AND memory_id IN (SELECT value FROM json_each(:chain)) ORDER BY passage_id, start"
        ),
        {"chain": json.dumps(chain), "role": CitationRole.SUPPORTS.name},
    )
    reach.memories = chain
    reach.spans = [(row[0], row[1], row[2]) for row in rows]


def _source(ask: _Asking, reach: Reach) -> None:
    reach.sources = [ask.target_id]
    _whole_sources(ask, reach)


def _narrator(ask: _Asking, reach: Reach) -> None:
    photo = SourceKind.PHOTO.name
    reach.sources = ask(f"SELECT id FROM source WHERE narrator_id = :target AND kind <> '{photo}'")
    reach.captioned = ask(f"SELECT id FROM source WHERE narrator_id = :target AND kind = '{photo}'")
    reach.passages = ask(_SAID, photos=reach.captioned)
    reach.captioned = sorted({*reach.captioned, *ask(_PICTURES, passages=reach.passages)})
    emptied = ask(_EMPTIED, passages=reach.passages, photos=reach.captioned)
    reach.sources = sorted({*reach.sources, *emptied})
    _whole_sources(ask, reach)
    reach.memories = ask("SELECT id FROM memory WHERE narrator_id = :target")
    rows = ask.connection.execute(
        sa.text(
            'SELECT c.passage_id, c.start, c."end" FROM citation c '
            "JOIN memory m ON m.id = c.memory_id WHERE m.narrator_id = :target "
            "AND NOT c.retelling AND c.role = :role "
            "AND c.passage_id NOT IN (SELECT value FROM json_each(:gone))"
        ),
        {
            "target": ask.target_id,
            "gone": json.dumps(reach.passages),
            "role": CitationRole.SUPPORTS.name,
        },
    )
    reach.spans = sorted({(row[0], row[1], row[2]) for row in rows})


def _whole_sources(ask: _Asking, reach: Reach) -> None:
    """Add what was derived from the sources, and all their passages."""
    reach.sources = ask(_DERIVED, sources=reach.sources)
    inside = ask(_PASSAGES_OF, sources=reach.sources)
    reach.passages = sorted({*reach.passages, *inside})
    reach.spans = [span for span in reach.spans if span[0] not in set(reach.passages)]


def _memories_carried(ask: _Asking, reach: Reach) -> None:
    """Add the memories that stand on what goes, also on a part of words that are blanked."""
    carried = ask(_CARRIED, passages=reach.passages)
    spans = json.dumps(reach.spans)
    rows = ask.connection.execute(sa.text(_OVERLAPPING), {"spans": spans})
    overlapping: list[str] = list(rows.scalars())
    reach.memories = sorted({*reach.memories, *carried, *overlapping})


def _kept_sources(ask: _Asking, reach: Reach) -> None:
    touched = [*reach.passages, *(span[0] for span in reach.spans)]
    gone = {*reach.sources, *reach.captioned}
    reach.kept = [one for one in ask(_SOURCES_OF, passages=touched) if one not in gone]


def _originals(connection: Connection, reach: Reach) -> None:
    """Work out which files go: none that a source which stays still needs."""
    table = table_of(Source)
    ask = _Asking(connection, reach.target_id)
    still = set(ask(_STILL_CAPTIONED, photos=reach.captioned, passages=reach.passages))
    gone: set[str] = set()
    needed: set[str] = set()
    holding: set[str] = set()
    for row in connection.execute(sa.select(table.c.id, table.c.sha256, table.c.details)):
        beside = {str(one["sha256"]) for one in row.details.get("sidecars", ())}
        if row.id in reach.sources:
            gone |= {row.sha256, *beside}
        elif row.id in reach.captioned:
            needed |= {row.sha256, *(beside if row.id in still else ())}
            gone |= beside
        else:
            needed |= {row.sha256, *beside}
        if row.id in reach.kept:
            holding |= {row.sha256, *beside}
    reach.shas = sorted(gone - needed)
    reach.kept_shas = sorted(holding | (gone & needed))


def _voices(connection: Connection, reach: Reach) -> None:
    person = reach.target_id if reach.scope == WithdrawalScope.NARRATOR.value else None
    said = {*reach.passages, *(span[0] for span in reach.spans)}
    reach.clips = clips_reached(connection, sources=reach.sources, passages=said, person_id=person)
    reach.voices = voices_reached(connection, clip_ids=reach.clips, person_id=person)


def _texts(ask: _Asking, reach: Reach) -> list[str]:
    memory = table_of(Memory)
    texts = set(ask(_PASSAGE_TEXTS, passages=reach.passages))
    texts |= set(ask(_CITED_TEXTS, memories=reach.memories))
    for column in (memory.c.quote, memory.c.statement):
        query = f"SELECT {column.name} FROM memory WHERE id IN (SELECT value FROM json_each(:ids))"
        texts |= set(ask(query, ids=reach.memories))
    texts |= set(ask(_CLIP_TEXTS, clips=reach.clips))
    texts |= set(ask(_TITLES, sources=[*reach.sources, *reach.captioned]))
    return sorted(texts - {""})


_CHAIN = f"""
    WITH RECURSIVE chain(id) AS (
        SELECT :target
        UNION SELECT m.previous_id FROM memory m JOIN chain ON m.id = chain.id
            WHERE m.previous_id IS NOT NULL AND m.previous_id NOT IN {EARLIER}
        UNION SELECT m.id FROM memory m JOIN chain ON m.previous_id = chain.id
            WHERE chain.id NOT IN {EARLIER})
    SELECT id FROM chain WHERE id IN (SELECT id FROM memory)
"""
"""The forms that people gave a memory. What only gave way to another reading is reached by the
words it shares (``_OVERLAPPING``): of the same passage others may have been read, which stay."""
_DERIVED = """
    WITH RECURSIVE made(id) AS (
        SELECT value FROM json_each(:sources)
        UNION SELECT s.id FROM source s JOIN made ON s.derived_from = made.id)
    SELECT id FROM made
"""
_PASSAGES_OF = "SELECT id FROM passage WHERE source_id IN (SELECT value FROM json_each(:sources))"
_SAID = """
    SELECT id FROM passage WHERE speaker_id = :target
    OR (speaker_id IS NULL AND source_id IN (SELECT value FROM json_each(:photos)))
"""
_EMPTIED = """
    SELECT DISTINCT p.source_id FROM passage p
    WHERE p.id IN (SELECT value FROM json_each(:passages))
      AND p.source_id NOT IN (SELECT value FROM json_each(:photos))
      AND NOT EXISTS (
          SELECT 1 FROM passage o WHERE o.source_id = p.source_id
          AND o.id NOT IN (SELECT value FROM json_each(:passages)))
"""
_PICTURES = f"""
    SELECT DISTINCT s.id FROM source s JOIN passage p ON p.source_id = s.id
    WHERE s.kind = '{SourceKind.PHOTO.name}' AND p.id IN (SELECT value FROM json_each(:passages))
"""
_STILL_CAPTIONED = """
    SELECT DISTINCT source_id FROM passage
    WHERE source_id IN (SELECT value FROM json_each(:photos))
      AND id NOT IN (SELECT value FROM json_each(:passages))
"""
_CARRIED = f"""
    SELECT DISTINCT memory_id FROM citation
    WHERE role = '{CitationRole.SUPPORTS.name}' AND NOT retelling
      AND passage_id IN (SELECT value FROM json_each(:passages))
"""
_OVERLAPPING = f"""
    SELECT DISTINCT c.memory_id FROM json_each(:spans) s
    JOIN citation c ON c.passage_id = json_extract(s.value, '$[0]')
     AND c.start < json_extract(s.value, '$[2]') AND c."end" > json_extract(s.value, '$[1]')
    WHERE c.role = '{CitationRole.SUPPORTS.name}' AND NOT c.retelling
"""
_SOURCES_OF = (
    "SELECT DISTINCT source_id FROM passage WHERE id IN (SELECT value FROM json_each(:passages))"
)
_PASSAGE_TEXTS = "SELECT text FROM passage WHERE id IN (SELECT value FROM json_each(:passages))"
_CITED_TEXTS = f"""
    SELECT exact FROM citation WHERE role = '{CitationRole.SUPPORTS.name}' AND NOT retelling
    AND memory_id IN (SELECT value FROM json_each(:memories))
"""
_CLIP_TEXTS = "SELECT text FROM voiceclip WHERE id IN (SELECT value FROM json_each(:clips))"
_TITLES = "SELECT title FROM source WHERE id IN (SELECT value FROM json_each(:sources))"

"""What a search needs of a view: terms, who may be found, and all of the evidence at once."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlmodel import SQLModel

from persona.records import Citation, CitationRole, Kinship, Memory, Passage, Person, Source
from persona.remember import full_text
from persona.remember.access import EARLIER
from persona.remember.reading import Reading, in_json, readable_rows
from persona.remember.term_index import TermIndex, current_index
from persona.remember.term_segment import Postings
from persona.remember.writing import table_of

_Record = TypeVar("_Record", bound=SQLModel)

_KNOWN_TERMS = 20_000
_LONGEST_KNOWN = 40
_terms_of: dict[str, tuple[str, ...]] = {}
"""Words that were cut and stemmed before: nothing but the word decides what comes out."""


@dataclass(frozen=True)
class Posting:
    """How often one term occurs in one memory that the reader may use."""

    memory_id: str
    in_text: int
    in_context: int


class Searchable:
    """The memories that may be evidence for one reader, and their terms.

    Attributes:
        usable: (size,) whether the memory of a number may be evidence for the reader.
    """

    def __init__(self, index: TermIndex, usable: npt.NDArray[np.bool_]) -> None:
        """Search ``index``, which knows more than the reader may, where ``usable`` is true."""
        self.usable = usable
        self._index = index
        self._everything = bool((usable == index.there).all())

    @property
    def tokens(self) -> npt.NDArray[np.uint32]:
        """Return (size, 2): tokens of text and of context of each memory."""
        return self._index.tokens

    @property
    def units(self) -> npt.NDArray[np.int32]:
        """Return (size,): the number of the letter, recording or chat day of each memory."""
        return self._index.units

    def postings(self, term: str) -> Postings:
        """Return where a term occurs in memories that may be evidence."""
        found = self._index.postings(term)
        if self._everything or not len(found.docs):
            return found
        return found.among(self.usable)


@dataclass(frozen=True)
class Support:
    """A memory with what carries it."""

    memory: Memory
    citations: tuple[Citation, ...]
    passage: Passage
    source: Source
    narrator: Person


class Searching(Reading):
    """The part of a view that `persona.remember.retrieval` is made of."""

    _searchable: tuple[int, dict[bool, Searchable]] | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Read everything inside as it is at one moment, in one transaction."""
        with self._reading():
            yield

    def terms(self, words: Sequence[str]) -> list[list[str]]:
        """Return for each word its terms, cut and stemmed as the full-text index does."""
        known = {word: _terms_of.get(word) for word in words}
        unknown = [word for word, made in known.items() if made is None]
        if unknown:
            with self._reading():
                cut = full_text.terms(self._connection, unknown)
            known.update(zip(unknown, map(tuple, cut), strict=True))
            if len(_terms_of) > _KNOWN_TERMS:
                _terms_of.clear()
            _terms_of.update({w: known[w] or () for w in unknown if len(w) < _LONGEST_KNOWN})
        return [list(known[word] or ()) for word in words]

    def searchable(self, *, earlier: bool = False) -> Searchable:
        """Return what this reader may search, as it is now.

        Args:
            earlier: also what gave way to a newer reading of its passage, as versions made
                before need it.
        """
        with self._reading():
            held = self._searchable
            if held is None or held[0] != self._seen:
                held = self._searchable = (self._seen or 0, self._both_searchable())
            return held[1][earlier]

    def _both_searchable(self) -> dict[bool, Searchable]:
        """Return what may be searched with (True) and without what gave way."""
        with self._reading():
            database = self._connection.exec_driver_sql("PRAGMA database_list").all()
            path = next(str(row[2]) for row in database if row[1] == "main")
            index = current_index(self._connection, Path(path).parent / "derived")
            usable = index.there.copy()
            usable[self._docs_of("temp.unusable_memory")] = False
            gave_way = self._docs_of(EARLIER)
            whole = Searchable(index, usable)
            if not len(gave_way):
                return {True: whole, False: whole}
            today = usable.copy()
            today[gave_way] = False
            return {True: whole, False: Searchable(index, today)}

    def _docs_of(self, ids: str) -> npt.NDArray[np.int64]:
        query = f"SELECT i.doc FROM {ids} x CROSS JOIN memoryindex i ON i.memory_id = x.id"
        rows = self._connection.exec_driver_sql(query)
        return np.fromiter((row[0] for row in rows), dtype=np.int64)

    def postings(self, term: str) -> list[Posting]:
        """Return the memories that may be evidence and hold a term."""
        with self._reading():
            found = self.searchable().postings(term)
            ids = self.numbered(found.docs.tolist())
            rows = zip(found.docs, found.in_text, found.in_context, strict=True)
            return [Posting(ids[int(d)], int(a), int(b)) for d, a, b in rows]

    def lengths(self) -> dict[str, tuple[int, int]]:
        """Return tokens of (text, context) of every memory that may be evidence."""
        with self._reading():
            here = self.searchable()
            docs = np.flatnonzero(here.usable)
            ids = self.numbered(docs.tolist())
            tokens = here.tokens[docs].tolist()
            pairs = zip(docs.tolist(), tokens, strict=True)
            return {ids[doc]: (text, context) for doc, (text, context) in pairs}

    def numbered(self, docs: Collection[int]) -> dict[int, str]:
        """Return the ids of memories by their numbers, where they may be evidence."""
        query = sa.text(
            "SELECT doc, memory_id FROM memoryindex "
            "WHERE doc IN (SELECT value FROM json_each(:docs)) "
            "AND memory_id NOT IN (SELECT id FROM temp.unusable_memory)"
        )
        with self._reading():
            found = self._connection.execute(query, {"docs": _json(docs)})
            return {int(row[0]): str(row[1]) for row in found}

    def numbers(self, memory_ids: Collection[str] | None = None) -> dict[str, int]:
        """Return the numbers of memories that may be evidence; None: of all of them."""
        query = (
            "SELECT memory_id, doc FROM memoryindex "
            "WHERE memory_id NOT IN (SELECT id FROM temp.unusable_memory)"
        )
        values: dict[str, str] = {}
        if memory_ids is not None:
            query += " AND memory_id IN (SELECT value FROM json_each(:ids))"
            values = {"ids": _json(memory_ids)}
        with self._reading():
            found = self._connection.execute(sa.text(query), values)
            return {str(row[0]): int(row[1]) for row in found}

    def numbers_by_language(self) -> list[npt.NDArray[np.int64]]:
        """Return the numbers of all memories that may be evidence, a list for each language."""
        query = sa.text(
            "SELECT m.language, i.doc FROM memoryindex i JOIN memory m ON m.id = i.memory_id "
            "WHERE m.id NOT IN (SELECT id FROM temp.unusable_memory) ORDER BY m.language"
        )
        found: dict[str, list[int]] = {}
        with self._reading():
            for row in self._connection.execute(query):
                found.setdefault(row[0], []).append(row[1])
        return [np.array(docs, dtype=np.int64) for docs in found.values()]

    def supports(self, memory_ids: Collection[str]) -> dict[str, Support]:
        """Return memories that this reader can read, each with what carries it."""
        with self._reading():
            memories = self._those(Memory, "readable_memory", memory_ids)
            table = table_of(Citation)
            query = sa.select(table).where(in_json(table.c.memory_id, list(memories)))
            found = self._all(Citation, query.order_by(table.c.start, table.c.id))
            by_memory: defaultdict[str, list[Citation]] = defaultdict(list)
            for citation in found:
                by_memory[citation.memory_id].append(citation)
            passages = self._those(Passage, "readable_passage", {c.passage_id for c in found})
            of = {passage.source_id for passage in passages.values()}
            sources = self._those(Source, "readable_source", of)
            return {
                one.id: self._support(one, by_memory[one.id], passages, sources)
                for one in memories.values()
            }

    def kinships(self) -> list[Kinship]:
        """Return who is whose parent or spouse, as far as sources this reader can read say it."""
        table = table_of(Kinship)
        hidden = "(source_id IS NULL OR source_id NOT IN (SELECT id FROM temp.unreadable_source))"
        with self._reading():
            query = sa.select(table).where(sa.text(hidden)).order_by(table.c.id)
            return self._all(Kinship, query)

    def _those(
        self, model: type[_Record], readable: str, ids: Collection[str]
    ) -> dict[str, _Record]:
        query = readable_rows(model, readable).where(in_json(table_of(model).c.id, ids))
        return {row.id: row for row in self._all(model, query)}  # type: ignore[attr-defined]

    def _support(
        self,
        memory: Memory,
        citations: Sequence[Citation],
        passages: Mapping[str, Passage],
        sources: Mapping[str, Source],
    ) -> Support:
        carried = sorted(citations, key=lambda one: one.role is not CitationRole.SUPPORTS)
        passage = self._names.passage(passages[carried[0].passage_id])
        return Support(
            memory=memory,
            citations=tuple(carried),
            passage=passage,
            source=self._names.source(sources[passage.source_id]),
            narrator=self._names.person(self._names.people[memory.narrator_id]),
        )


def _json(values: Collection[int] | Collection[str]) -> str:
    return json.dumps(list(values))

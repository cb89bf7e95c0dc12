"""Vectors of memories, and the search among them: the only door to FAISS.

A cache. ``derived/vectors-<embedder>.npz`` holds ids, digests of the embedded texts and
vectors; deleting it loses nothing but time. It is written anew (temporary name, fsync,
replace) after every `SAVE_EVERY` texts, so that a killed program goes on where it stopped.

    ids (n,) text · digests (n,) text · vectors (n, dimensions) float32, rows of length 1

Inner products are compared exactly (``IndexFlatIP``): an archive of one family has thousands
of memories, not millions. What the reader may not use is taken out *before* the search, by
FAISS's own selector, so that it cannot push anything out of the results.
"""

import hashlib
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from persona.engines.protocols import Embedder, FloatArray
from persona.remember.view import View

SCORE_DIGITS = 5
"""Digits of an inner product that do not depend on where a row lies."""

BATCH = 32
SAMPLE = 4096
SAVE_EVERY = 512
"""Texts between two writes of the file, or a twentieth of all where that is more."""

Progress = Callable[[int, int], None]
Rows = npt.NDArray[np.int64]
_Texts = npt.NDArray[np.str_]


class VectorIndex:
    """Vectors by memory id. Make one with `build` or `open`."""

    def __init__(self, ids: Sequence[str], vectors: FloatArray) -> None:
        self._ids = list(ids)
        self._row = {memory_id: row for row, memory_id in enumerate(self._ids)}
        self._vectors = vectors
        self._searcher: Any = None

    def __len__(self) -> int:
        """Return the number of memories that have a vector."""
        return len(self._ids)

    def __contains__(self, memory_id: object) -> bool:
        """Say whether a memory has a vector."""
        return memory_id in self._row

    @classmethod
    def build(
        cls,
        memories: View | Sequence[tuple[str, str]],
        embedder: Embedder,
        folder: Path,
        on_progress: Progress | None = None,
    ) -> "VectorIndex":
        """Embed what has no vector yet, forget what is gone, write the file, return the index.

        Args:
            memories: the custodian's view, or all (memory id, text): what is not among them,
                and what was withdrawn, vanishes from the file.
            embedder: its name is the key of the file.
            folder: where the file lies (``derived/``).
            on_progress: called with texts done and texts in all, after each batch.

        Raises:
            EngineError: the embedder failed; what was done is kept.
        """
        wanted = dict(_rows(memories) if isinstance(memories, View) else memories)
        path = _file(folder, embedder)
        known = _read(path, embedder.dimensions)
        digests = {memory_id: _digest(text) for memory_id, text in wanted.items()}
        kept = {
            memory_id: vector
            for memory_id, (digest, vector) in known.items()
            if digests.get(memory_id) == digest
        }
        if len(kept) < len(known):
            _write(path, kept, digests, embedder.dimensions)
        missing = [memory_id for memory_id in wanted if memory_id not in kept]
        saved = len(kept)
        for batch in _batches(missing):
            rows = embedder.embed([wanted[one] for one in batch], role="passage")
            kept.update(zip(batch, rows, strict=True))
            if on_progress:
                on_progress(len(kept), len(wanted))
            if len(kept) - saved >= max(SAVE_EVERY, len(wanted) // 20) or len(kept) == len(wanted):
                _write(path, kept, digests, embedder.dimensions)
                saved = len(kept)
        return cls(list(kept), _stack(list(kept.values()), embedder.dimensions))

    @classmethod
    def open(cls, folder: Path, embedder: Embedder) -> "VectorIndex":
        """Return what the file holds; an empty index when there is none or it is damaged."""
        known = _read(_file(folder, embedder), embedder.dimensions)
        vectors = _stack([vector for _, vector in known.values()], embedder.dimensions)
        return cls(list(known), vectors)

    def similarity(self, vector: FloatArray, rows: Rows) -> FloatArray:
        """Return (n,) the inner products of a vector with those in some rows."""
        return np.asarray(self._vectors[rows] @ vector, dtype=np.float32)

    def spread(self, vector: FloatArray, rows: Rows) -> tuple[float, float]:
        """Return mean and deviation of the inner products with those that may be found.

        Of many rows `SAMPLE` are looked at, evenly spaced.
        """
        if not len(rows):
            return 0.0, 1.0
        some = rows[:: max(1, len(rows) // SAMPLE)]
        found = self.similarity(vector, some).astype(np.float64)
        return float(found.mean()), float(found.std()) or 1.0

    def rows(self, memory_ids: Iterable[str]) -> Rows:
        """Return where memories stand in the index, ascending; those without a vector do not."""
        found = [self._row[one] for one in memory_ids if one in self._row]
        return np.sort(np.array(found, dtype=np.int64))

    def numbers(self, rows: Rows, number_of: Mapping[str, int]) -> Rows:
        """Return (n,) the numbers that the memories in some rows have elsewhere."""
        return np.array([number_of[self._ids[row]] for row in rows.tolist()], dtype=np.int64)

    def search(self, vector: FloatArray, rows: Rows, limit: int) -> list[tuple[str, float]]:
        """Return the nearest memories with their inner products, best first.

        Args:
            vector: (dimensions,) of length 1.
            rows: what may be found at all (`rows` of the memories the reader may use).
            limit: how many at the most.
        """
        if not len(rows) or limit < 1:
            return []
        import faiss  # the only door

        if self._searcher is None:
            self._searcher = faiss.IndexFlatIP(self._vectors.shape[1])
            self._searcher.add(self._vectors)
        parameters: Any = faiss.SearchParameters  # its stub does not know ``sel``
        chosen = None
        if len(rows) < len(self._ids):
            bits = np.zeros(len(self._ids), dtype=np.bool_)
            bits[rows] = True
            selector: Any = faiss.IDSelectorBitmap  # as it is wrapped for arrays
            chosen = parameters(sel=selector(np.packbits(bits, bitorder="little")))
        asked = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, found = self._searcher.search(asked, min(limit + 1, len(rows)), params=chosen)
        pairs = [
            (self._ids[row], round(float(score), SCORE_DIGITS))
            for score, row in zip(scores[0], found[0], strict=True)
        ]
        if len(pairs) > limit:
            # Which of several equally near rows come in would follow from where they lie between
            # the rows of others, also of those that this reader may not know: none of them does.
            next_best = min(score for _, score in pairs)
            pairs = [pair for pair in pairs if pair[1] > next_best]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _rows(view: View) -> Iterator[tuple[str, str]]:
    usable = view.memory_ids(earlier=True)
    return ((m.id, m.statement) for m in view.memories(ids=usable))


def _file(folder: Path, embedder: Embedder) -> Path:
    return folder / f"vectors-{re.sub(r'[^A-Za-z0-9._-]+', '-', embedder.name)}.npz"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def _stack(vectors: Sequence[FloatArray], dimensions: int) -> FloatArray:
    if not vectors:
        return np.zeros((0, dimensions), dtype=np.float32)
    return np.ascontiguousarray(np.stack(vectors), dtype=np.float32)


def _read(path: Path, dimensions: int) -> dict[str, tuple[str, FloatArray]]:
    """Return (digest, vector) by id; nothing when the file is missing, damaged or another's."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            ids: _Texts = held["ids"]
            digests: _Texts = held["digests"]
            vectors: FloatArray = held["vectors"]
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile):
        return {}
    if vectors.shape != (len(ids), dimensions) or len(digests) != len(ids):
        return {}
    rows = zip(ids.tolist(), digests.tolist(), vectors, strict=True)
    return {memory_id: (digest, vector) for memory_id, digest, vector in rows}


def _write(
    path: Path, kept: Mapping[str, FloatArray], digests: Mapping[str, str], dimensions: int
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(
            file,
            ids=np.array(list(kept), dtype=np.str_),
            digests=np.array([digests[one] for one in kept], dtype=np.str_),
            vectors=_stack(list(kept.values()), dimensions),
        )
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def stale_vectors(view: View, folder: Path) -> dict[str, int]:
    """Return for each file of vectors how many of them are of nothing, or of other words.

    A vector of what may be no evidence today (discarded, its consent ended) is none of these:
    the next `build` leaves it out, and no search can meet it before.

    Args:
        view: the custodian's.
        folder: where the files lie (``derived/``).
    """
    digests = {memory.id: _digest(memory.statement) for memory in view.memories()}
    stale = {}
    for path in sorted(folder.glob("vectors-*.npz")):
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
                pairs = zip(held["ids"].tolist(), held["digests"].tolist(), strict=True)
                stale[path.name] = sum(digests.get(one) != digest for one, digest in pairs)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            stale[path.name] = 1
    return stale

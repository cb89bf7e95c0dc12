"""What is measured: each takes the turns of a case and then answers questions with turn ids."""

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from benchmarks.retrieval.sets import Case, Question
from persona.opening import open_store
from persona.records import (
    Citation,
    Memory,
    MemoryKind,
    Passage,
    Person,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.ranking import Ranking
from persona.remember.readers import Relative
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.remember.vector_index import VectorIndex
from persona.workspace import create_workspace, open_workspace

DEEPEST = 20
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class System(Protocol):
    """A way to find turns."""

    name: str

    def prepare(self, case: Case) -> None:
        """Take in the turns of a case."""

    def find(self, question: Question) -> list[str]:
        """Return the ids of at most `DEEPEST` turns, best first."""

    def close(self) -> None:
        """Let go of the case."""


class KeptEmbedder:
    """An embedder that keeps the vectors of passages in a file, so that a second run is quick.

    Questions are embedded every time: their cost belongs to the latency.
    """

    def __init__(self, inner: Any, folder: Path) -> None:
        """Keep the vectors of ``inner`` in ``folder``."""
        self._inner = inner
        self._path = folder / f"passages-{inner.name}.npz"
        self.name, self.dimensions = inner.name, inner.dimensions
        self.known: dict[str, Any] = {}
        if self._path.is_file():
            with np.load(self._path) as held:
                self.known = dict(zip(held["keys"].tolist(), held["vectors"], strict=True))

    def embed(self, texts: Sequence[str], *, role: str) -> Any:
        """Return an (n, dimensions) array with rows of length 1."""
        if role == "query":
            return self._inner.embed(texts, role=role)
        missing = [text for text in dict.fromkeys(texts) if key_of(text) not in self.known]
        for start in range(0, len(missing), 64):
            part = missing[start : start + 64]
            rows = self._inner.embed(part, role=role)
            self.known.update({key_of(t): row for t, row in zip(part, rows, strict=True)})
        return np.stack([self.known[key_of(text)] for text in texts])

    def save(self) -> None:
        """Write the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(self._path, keys=list(self.known), vectors=np.stack(list(self.known.values())))


def key_of(text: str) -> str:
    """Return the key of a text among the kept vectors."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Fts5:
    """SQLite FTS5 with its own BM25 over single turns: any word of the question."""

    name = "FTS5 BM25, single passages"

    def prepare(self, case: Case) -> None:
        """Index the turns."""
        self._ids = [turn.id for turn in case.turns]
        self._database = sqlite3.connect(":memory:")
        self._database.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='porter unicode61')")
        self._database.executemany("INSERT INTO t VALUES (?)", ((t.text,) for t in case.turns))

    def find(self, question: Question) -> list[str]:
        """Return the best turns."""
        words = re.findall(r"\w+", question.text)
        query = " OR ".join(f'"{word}"' for word in words)
        found = self._database.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT ?", (query, DEEPEST)
        )
        return [self._ids[row[0] - 1] for row in found]

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class Dense:
    """The nearest vectors alone."""

    def __init__(self, embedder: KeptEmbedder) -> None:
        """Use the embedder of the others."""
        self.name = f"dense alone ({embedder.name})"
        self._embedder = embedder

    def prepare(self, case: Case) -> None:
        """Embed the turns."""
        self._ids = np.array([turn.id for turn in case.turns])
        self._rows = self._embedder.embed([turn.text for turn in case.turns], role="passage")

    def find(self, question: Question) -> list[str]:
        """Return the nearest turns."""
        vector = self._embedder.embed([question.text], role="query")[0]
        order = np.argsort(-(self._rows @ vector), kind="stable")[:DEEPEST]
        return [str(one) for one in self._ids[order]]

    def close(self) -> None:
        """Nothing to let go of."""


class Mem0:
    """mem0 in an environment of its own, ``infer=False``, with the same embedder's vectors."""

    name = "mem0 (infer=False, same embedder)"

    def __init__(self, python: Path, embedder: KeptEmbedder) -> None:
        """Run mem0 with the interpreter ``python``."""
        self._python, self._embedder = python, embedder
        self._worker: subprocess.Popen[str] | None = None

    def prepare(self, case: Case) -> None:
        """Add the turns."""
        texts = [turn.text for turn in case.turns]
        rows = self._embedder.embed(texts, role="passage")
        self._folder = tempfile.TemporaryDirectory()
        np.savez(Path(self._folder.name) / "rows.npz", rows=rows)
        worker = Path(__file__).with_name("mem0_worker.py")
        self._worker = subprocess.Popen(
            [str(self._python), str(worker), self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": self._folder.name, "PYTHONPATH": ""},
        )
        ids = [turn.id for turn in case.turns]
        self._ask({"ids": ids, "texts": texts})

    def find(self, question: Question) -> list[str]:
        """Return what mem0 finds."""
        vector = self._embedder.embed([question.text], role="query")[0]
        asked = {"question": question.text, "vector": vector.tolist(), "limit": DEEPEST}
        return list(self._ask(asked)["ids"])

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        assert self._worker and self._worker.stdin and self._worker.stdout
        self._worker.stdin.write(json.dumps(message) + "\n")
        self._worker.stdin.flush()
        answer: dict[str, Any] = json.loads(self._worker.stdout.readline())
        return answer

    def close(self) -> None:
        """End the worker."""
        if self._worker and self._worker.stdin:
            self._worker.stdin.close()
            self._worker.wait()
        self._folder.cleanup()


class Ours:
    """`Retriever` over a store with one memory a turn, for a reader who is somebody else."""

    def __init__(
        self, name: str, embedder: KeptEmbedder | None = None, ranking: Ranking | None = None
    ) -> None:
        """Search with or without vectors, ranked as told."""
        self.name = name
        self._embedder = embedder
        self._ranking = ranking or Ranking()

    def prepare(self, case: Case) -> None:
        """Open the archive of a case, or make one; open the view."""
        self._folder = tempfile.TemporaryDirectory()
        if case.archive is not None:
            workspace = open_workspace(case.archive)
            self._turn_of = {turn.id: turn.id for turn in case.turns}
        else:
            workspace = open_workspace(kept_archive(case, self._folder.name))
            self._turn_of = {memory_id_of(case, turn.id): turn.id for turn in case.turns}
        self._store: Store = open_store(workspace)
        self._index = None
        if self._embedder is not None:
            rows = [(one, text) for one, text in _rows(case, self._turn_of)]
            self._index = VectorIndex.build(rows, self._embedder, Path(self._folder.name))
        self._retrievers: dict[str, Retriever] = {}

    def find(self, question: Question) -> list[str]:
        """Return what the retriever finds."""
        listener = question.listener or "reader"
        if listener not in self._retrievers:
            self._retrievers[listener] = Retriever(
                self._store.reader(Relative(listener)),
                index=self._index,
                embedder=self._embedder,
                ranking=self._ranking,
            )
        found = self._retrievers[listener].search(question.text, limit=DEEPEST)
        return [self._turn_of[one.memory.id] for one in found][:DEEPEST]

    def close(self) -> None:
        """Close the store."""
        self._store.close()
        self._folder.cleanup()


def _rows(case: Case, turn_of: dict[str, str]) -> list[tuple[str, str]]:
    texts = {turn.id: turn.text for turn in case.turns}
    return [(memory_id, texts[turn_id]) for memory_id, turn_id in turn_of.items()]


def memory_id_of(case: Case, turn_id: str) -> str:
    """Return the id of the memory that is a turn."""
    return content_id("mem", case.name, turn_id)


def kept_archive(case: Case, folder: str) -> Path:
    """Make a workspace with a memory for each turn of a dialogue."""
    workspace = create_workspace(Path(folder), "Archive of a dialogue")
    speakers = sorted({turn.speaker for turn in case.turns})
    people = [Person(id="nobody", name="Zzyzx", is_subject=True), Person(id="reader", name="Qqx")]
    people += [Person(id=f"s{n}", name=name) for n, name in enumerate(speakers)]
    id_of = {name: f"s{n}" for n, name in enumerate(speakers)}
    with Store.open(workspace, create=True) as store:
        store.put_people(people)
        for session in dict.fromkeys(turn.session for turn in case.turns):
            _keep_session(store, case, session, id_of)
    return workspace.root


def _keep_session(store: Store, case: Case, session: str, id_of: dict[str, str]) -> None:
    sha = hashlib.sha256(f"{case.name} {session}".encode()).hexdigest()
    source = Source(
        id=content_id("src", sha),
        sha256=sha,
        kind=SourceKind.CHAT,
        media_type="text/plain",
        title="",
        file_name=f"{session}.txt",
        size_bytes=1,
        received_at=_NOW,
    )
    passages, memories, citations = [], [], []
    for position, turn in enumerate(t for t in case.turns if t.session == session):
        speaker = id_of[turn.speaker]
        others = [one for one in id_of.values() if one != speaker]
        addressee = others[0] if len(others) == 1 else None
        passage = Passage(
            id=content_id("psg", source.id, position),
            source_id=source.id,
            position=position,
            unit=source.id,
            selector={"type": "TextPositionSelector", "start": 0, "end": len(turn.text)},
            text=turn.text,
            speaker_id=speaker,
            addressee_id=addressee,
            created_edtf=turn.created,
        )
        memory = Memory(
            id=memory_id_of(case, turn.id),
            narrator_id=speaker,
            addressee_id=addressee,
            kind=MemoryKind.EVENT,
            statement=turn.text,
            quote=turn.text,
            extracted_by="a turn",
        )
        passages.append(passage)
        memories.append(memory)
        citations.append(
            Citation(
                id=content_id("cit", memory.id),
                memory_id=memory.id,
                passage_id=passage.id,
                start=0,
                end=len(turn.text),
                exact=turn.text,
            )
        )
    store.add_source(source, passages)
    store.add_memories(memories, citations)


class Measured:
    """Recall and latency of one system, summed over the cases."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.recall: dict[int, list[float]] = {depth: [] for depth in (1, 5, 10, 20)}
        self.milliseconds: list[float] = []
        self.missed: list[str] = []

    def run(self, system: System, case: Case) -> Self:
        """Ask all questions of a case."""
        system.prepare(case)
        try:
            for question in case.questions[:2]:
                system.find(question)  # what is opened once is not the latency of a question
            for question in case.questions:
                started = time.perf_counter()
                found = system.find(question)
                self.milliseconds.append((time.perf_counter() - started) * 1000)
                for depth, shares in self.recall.items():
                    held = question.evidence & set(found[:depth])
                    most = 1 if case.archive else len(question.evidence)
                    shares.append(min(1.0, len(held) / most))
                if not question.evidence & set(found[:10]):
                    self.missed.append(question.text)
        finally:
            system.close()
        return self

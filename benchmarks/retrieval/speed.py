"""How long a question takes in archives of many memories: synthetic, with the reader filter on.

    python -m benchmarks.retrieval.speed 10000 100000 1000000

Words are drawn by Zipf's law from 60,000; a memory has about fifteen of them and its context
forty. A thousandth of the sources is closed to the reader, one narrator allows nobody but two.
Rows are written straight into SQLite: how fast `Store` takes them in is measured elsewhere.
On a shared machine the processor time says more than the clock.
"""

import argparse
import random
import resource
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from persona.records import Person, Restriction, Source, SourceKind, content_id
from persona.remember.readers import Relative
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.remember.term_index import FILE, forget
from persona.workspace import create_workspace

VOCABULARY = 60_000
OF_A_SOURCE = 500
OF_A_UNIT = 25
QUESTIONS = 200


def words_of(chance: np.random.Generator, count: int) -> list[str]:
    """Return words, the frequent ones often (Zipf, exponent 1)."""
    ranks = np.exp(chance.random(count) * np.log(VOCABULARY)).astype(int)
    return [spelled(rank) for rank in ranks]


def spelled(rank: int) -> str:
    """Return a word that no stemming changes."""
    made = ""
    for _ in range(4):
        made += "bdfgklmnprtvz"[rank % 13] + "aou"[rank // 13 % 3]
        rank //= 39
    return made + "k"


def fill(store: Store, path: Path, count: int) -> None:
    """Write sources, passages, memories and their full text."""
    people = [Person(id="nobody", name="Zzyzx", is_subject=True), Person(id="reader", name="Qq")]
    store.put_people([*people, *(Person(id=f"n{one}", name=f"Yy{one}") for one in range(5))])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(-(-count // OF_A_SOURCE)):
        sha = f"{number:064x}"
        source = Source(
            id=f"src_{number}",
            sha256=sha,
            kind=SourceKind.CHAT,
            media_type="text/plain",
            title="",
            file_name=f"{number}.txt",
            size_bytes=1,
            received_at=at,
        )
        rules = [Restriction(id=f"res_{number}", target_id=source.id, deny=["reader"])]
        store.add_source(source, [], rules if number % 1000 == 7 else ())
    _rows(path, count)
    store.audit("benchmark", "memories.add", "", {"new": count})


def _rows(path: Path, count: int) -> None:
    chance = np.random.default_rng(5)
    database = sqlite3.connect(path)
    names = {
        table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        for table in ("passage", "memory", "citation")
    }
    for start in range(0, count, 20_000):
        batch = range(start, min(count, start + 20_000))
        drawn = words_of(chance, 55 * len(batch))
        rows: dict[str, list[dict[str, object]]] = {name: [] for name in names}
        texts = []
        for place, number in enumerate(batch):
            words = drawn[55 * place : 55 * place + 55]
            text = " ".join(words[:15])
            texts.append((number + 1, text, " ".join(words[15:])))
            rows["passage"].append(_passage(number, text))
            rows["memory"].append(_memory(number, text))
            rows["citation"].append(_citation(number, text))
        for table, made in rows.items():
            columns = [name for name in names[table] if name in made[0]]
            marks = ", ".join(f":{name}" for name in columns)
            database.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", made
            )
        database.executemany(
            "INSERT INTO memorytext (rowid, text, context) VALUES (?, ?, ?)", texts
        )
        database.executemany(
            "INSERT INTO memoryindex (doc, memory_id, text_tokens, context_tokens) "
            "VALUES (?, ?, 15, 40)",
            [(number + 1, f"mem_{number}") for number in batch],
        )
        database.commit()
    database.close()


def _passage(number: int, text: str) -> dict[str, object]:
    return {
        "id": f"psg_{number}",
        "source_id": f"src_{number // OF_A_SOURCE}",
        "position": number % OF_A_SOURCE,
        "unit": f"unit_{number // OF_A_UNIT}",
        "selector": "{}",
        "text": text,
        "speaker_id": f"n{number % 5}",
        "created_edtf": f"{1950 + number % 60}-{1 + number % 12:02d}",
        "words": "[]",
        "speaker_confidence": 1.0,
        "text_confidence": 1.0,
        **dict.fromkeys(
            ("speaker_name", "addressee_words", "created_words", "place", "language"), ""
        ),
        **dict.fromkeys(("message_id", "reply_to", "transcript_version"), ""),
    }


def _memory(number: int, text: str) -> dict[str, object]:
    return {
        "id": f"mem_{number}",
        "narrator_id": f"n{number % 5}",
        "told_by": "[]",
        "subject_ids": "[]",
        "kind": "EVENT",
        "statement": text,
        "quote": text,
        "modality": "WITNESSED",
        "status": "TOLD",
        "review": "ACCEPTED_BY_RULE",
        **dict.fromkeys(("language", "event_words", "extracted_by"), ""),
    }


def _citation(number: int, text: str) -> dict[str, object]:
    return {
        "id": content_id("cit", number),
        "memory_id": f"mem_{number}",
        "passage_id": f"psg_{number}",
        "role": "SUPPORTS",
        "retelling": 0,
        "start": 0,
        "end": len(text),
        "exact": text,
    }


def measure(count: int) -> str:
    """Fill an archive and measure it; return a line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = create_workspace(Path(folder), "Many")
        with Store.open(workspace, create=True) as store:
            fill(store, workspace.database, count)
            started = time.perf_counter()
            with store.reader(Relative("reader")) as view:
                view.searchable()
            built = time.perf_counter() - started
            size = (workspace.derived / FILE).stat().st_size / 1e6
            opened, first, times = _asked(store)
            forget(workspace.derived)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    clock, worked = (sorted(1000 * one[sort] for one in times) for sort in (0, 1))
    chosen = [one[int(len(one) * part)] for one in (clock, worked) for part in (0.5, 0.95)]
    cells = [f"{one:.1f}" for one in chosen]
    cells += [f"{one:.0f}" for one in (opened, first)] + [f"{built:.1f}"]
    return f"| {count:,} | {' | '.join(cells)} | {size:.0f} | {peak:.0f} |"


def _asked(store: Store) -> tuple[float, float, list[tuple[float, float]]]:
    """Return milliseconds of opening a view and of its first question; seconds of the others."""
    chance = random.Random(3)
    started = time.perf_counter()
    with store.reader(Relative("reader")) as view:
        opened = time.perf_counter() - started
        retriever = Retriever(view, index=None, embedder=None)
        started = time.perf_counter()
        retriever.search(_question(chance))
        first = time.perf_counter() - started
        times: list[tuple[float, float]] = []
        for _ in range(QUESTIONS):
            question = _question(chance)
            started, worked = time.perf_counter(), time.thread_time()
            retriever.search(question)
            times.append((time.perf_counter() - started, time.thread_time() - worked))
    return opened * 1000, first * 1000, times


def _question(chance: random.Random) -> str:
    """Return four content words: of the hundred most frequent, frequent, rare, rarer."""
    ranks = [chance.randint(1, 100), chance.randint(100, 1000), chance.randint(1000, 8000)]
    words = [spelled(rank) for rank in [*ranks, chance.randint(8000, VOCABULARY - 1)]]
    return f"What did you say about the {words[0]} {words[1]} and {words[2]} of {words[3]}?"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("memories", type=int, nargs="*", default=[10_000])
    options = parser.parse_args()
    print("| memories | p50 ms | p95 ms | p50 CPU ms | p95 CPU ms | view ms | first ms | ", end="")
    print("index s | index MB | peak MB |\n|---|---|---|---|---|---|---|---|---|---|")
    for count in options.memories:
        print(measure(count), flush=True)


if __name__ == "__main__":
    main()

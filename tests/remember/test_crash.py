"""A killed program leaves all of a write or none of it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.writing import first_broken_link
from tests.remember.archive import Archive

WRITER = """
import sys
from pathlib import Path
from persona.remember.store import Store
from persona.workspace import open_workspace
import pytest
from tests.remember.archive import make_memory, make_passage, make_source

store = Store.open(open_workspace(Path(sys.argv[1])))
for number in range(100_000):
    source = make_source(f"Letter {number}")
    passages = [make_passage(source, f"Dad sang {n}.", position=n) for n in range(20)]
    store.add_source(source, passages)
    told = [make_memory(passage) for passage in passages]
    store.add_memories([m for m, _ in told], [c for _, c in told])
    print(number, flush=True)
"""


def test_kill_9_while_writing(archive: Archive) -> None:
    repository = Path(__file__).resolve().parents[2]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(archive.workspace.root)],
        stdout=subprocess.PIPE,
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )
    assert writer.stdout is not None
    for _ in range(3):
        assert writer.stdout.readline()
    time.sleep(0.013)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    with Store.open(archive.workspace) as store, store.reader(Custodian()) as view:
        for source in view.sources():
            assert len(view.passages(source.id)) == 20
        counts = view.counts()
        assert counts["sources"] >= 3
        assert counts["memories"] % 20 == 0
        assert len(view.lengths()) == counts["memories"]
        assert len(view.postings("sang")) == counts["memories"]
        assert first_broken_link(view.audit_events()) is None
    connection = sqlite3.connect(archive.workspace.database)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_an_interrupted_write_writes_nothing(archive: Archive) -> None:
    _, _, memory = archive.tell("A letter", "Dad sang.")

    with pytest.raises(KeyboardInterrupt), archive.store._writing() as connection:
        connection.exec_driver_sql("DELETE FROM citation")
        raise KeyboardInterrupt
    with archive.store.reader(Custodian()) as view:
        assert len(view.citations(memory.id)) == 1

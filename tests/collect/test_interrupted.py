"""Killed, interrupted, without room: what was taken in is whole, the rest comes the next time."""

import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from persona.workspace import Workspace
from tests.collect.handing_in import (
    journal,
    jpeg,
    known_originals,
    letter,
    originals,
    packed,
    sound,
    sources,
    write,
)


def collecting(
    workspace: Workspace, folder: Path, *, limit_bytes: int | None = None
) -> subprocess.Popen[str]:
    """Collect in a process of its own; a limit on files stands for a disk that is full."""
    command = [sys.executable, "-m", "persona", "collect", str(folder), "-w", str(workspace.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if limit_bytes is not None:
        hard = resource.RLIM_INFINITY
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (limit_bytes, hard))
    return process


def mixed(folder: Path, count: int) -> Path:
    for number in range(count):
        colour = (number * 7 % 256, number * 31 % 256, number * 91 % 256)
        write(
            folder,
            {f"p/{number:03}.jpg": jpeg(colour, 40 + number), f"l/{number:03}.txt": letter(number)},
        )
    members = {f"z/{number}.txt": letter(1000 + number) for number in range(count)}
    return write(folder, {"box.zip": packed(members), "voice.wav": sound()})


def check_whole(workspace: Workspace, expected: int) -> None:
    found = sources(workspace)
    assert len(found) == expected
    assert originals(workspace) == known_originals(workspace), "no stray original, none lost"
    rows = journal(workspace)
    assert all(len(row) == 8 and None not in row for row in rows), "every row is whole"
    assert {row["sha256"] for row in rows if row["sha256"]} == {
        one.sha256 for one in found.values()
    }
    new = Counter(row["sha256"] for row in rows if row["outcome"] == "new")
    assert max(new.values()) == 1, "never twice"
    assert not list(workspace.derived.glob("unpacking-*"))
    assert not list(workspace.originals.glob("*/.coming-*"))
    with sqlite3.connect(workspace.database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        orphans = "SELECT count(*) FROM passage WHERE source_id NOT IN (SELECT id FROM source)"
        assert connection.execute(orphans).fetchone() == (0,)


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(workspace: Workspace, drop: Path) -> None:
    mixed(drop, 40)
    numbers, killed = random.Random(7), 0
    for _ in range(24):
        process = collecting(workspace, drop)
        before = len(originals(workspace))
        while process.poll() is None and len(originals(workspace)) == before:
            time.sleep(0.005)  # the program is up and writing: now it is worth killing
        time.sleep(numbers.random() * 0.15)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed >= 20
    process = collecting(workspace, drop)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    check_whole(workspace, 121)


@pytest.mark.slow
def test_a_disk_that_is_full_in_the_middle_costs_what_did_not_fit(
    workspace: Workspace, drop: Path
) -> None:
    mixed(drop, 3)
    write(drop, {"film.wav": sound(200.0)})
    process = collecting(workspace, drop, limit_bytes=1_500_000)
    said, _ = process.communicate(timeout=300)
    assert "no room on the disk for film.wav" in " ".join(said.split())
    assert "Traceback" not in said
    assert len(sources(workspace)) == 10
    process = collecting(workspace, drop)
    process.communicate(timeout=300)
    check_whole(workspace, 11)


@pytest.mark.slow
def test_interrupting_leaves_one_clear_sentence(workspace: Workspace, drop: Path) -> None:
    mixed(drop, 60)
    process = collecting(workspace, drop)
    while process.poll() is None and not originals(workspace):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Stopped. What was done is kept" in " ".join(said.split())
    assert "Traceback" not in said
    assert originals(workspace) == known_originals(workspace), "nothing half taken in"
    process = collecting(workspace, drop)
    process.communicate(timeout=300)
    check_whole(workspace, 181)

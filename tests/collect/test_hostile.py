"""Files made to harm: each costs only itself, in bounded time and memory, with one sentence.

Every file is collected in a process of its own together with an honest letter, so that its
memory is its own and a hang is a failure of this test, not of all of them.
"""

import io
import json
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from persona.collect.family.people import FamilyBook
from persona.collect.guard import guarded
from persona.collect.originals import keep_original
from persona.collect.plan import check_paths, plan
from persona.collect.unpack import Budget, unpack
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from tests.collect.hostile_media import MEDIA
from tests.collect.hostile_text import HUGE, TEXTS, write_huge
from tests.collect.hostile_zips import ZIPS, office

LETTER = b"Ruth, this is what I remember of the boat.\n"
MOST_MB = 600
"""More than the program itself: a picture of 178 million pixels may be decoded."""

MOST_SECONDS = 120
COLLECT = """
import json, sys, time
from pathlib import Path
from persona.collect.importer import Senses
from persona.collect.family.people import read_people
from persona.collect.plan import plan
from persona.collect.reading import collect_file
from persona.errors import PersonaError

def peak_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("VmHWM")).split()[1]) // 1024

folder, work = Path(sys.argv[1]), Path(sys.argv[2])
book, before, began = read_people(folder / "people.toml"), peak_mb(), time.monotonic()
made = plan([folder], book, work / "staging")
said = {one.relative: one.reason for one in made.left_out}
taken = []
for one in made.files:
    try:
        got = collect_file(one, book, work / "originals", Senses())
        for passage in got.passages:
            pass
        taken.append(one.relative)
    except PersonaError as error:
        said[one.relative] = str(error)
print(json.dumps([time.monotonic() - began, peak_mb() - before, taken, said]))
"""


@dataclass(frozen=True)
class Outcome:
    """What one collect did."""

    seconds: float
    more_mb: int
    taken: list[str]
    said: dict[str, str]


def collected(folder: Path, work: Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, str(folder), str(work)],
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return Outcome(*json.loads(done.stdout))


def check(outcome: Outcome, folder: Path) -> None:
    assert "honest.txt" in outcome.taken, "the rest of the batch goes on"
    assert outcome.more_mb < MOST_MB
    for sentence in outcome.said.values():
        assert "stumbled" not in sentence, f"a reader has a fault: {sentence}"
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert str(folder.parent) not in sentence, "no path of this machine is shown"


SMALL = {**TEXTS, **MEDIA, **ZIPS}


def test_all_of_them_together_leave_the_honest_letter(folder: Path, tmp_path: Path) -> None:
    """One batch with every small one: what a folder from a malicious sender would be."""
    (folder / "honest.txt").write_bytes(LETTER)
    quick = [name for name in SMALL if not name.startswith(("bomb.", "laughs.docx", "thin."))]
    for name in quick:
        (folder / name).write_bytes(SMALL[name]())
    outcome = collected(folder, tmp_path)
    check(outcome, folder)
    named = {name.split("/", 1)[0] for name in (*outcome.taken, *outcome.said)}
    assert named >= set(quick), "every file is accounted for"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SMALL))
def test_each_costs_only_itself(name: str, folder: Path, tmp_path: Path) -> None:
    (folder / "honest.txt").write_bytes(LETTER)
    (folder / name).write_bytes(SMALL[name]())
    outcome = collected(folder, tmp_path)
    check(outcome, folder)
    assert outcome.seconds < 60


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(HUGE))
def test_a_gigabyte_of_one_line(name: str, folder: Path, tmp_path: Path) -> None:
    (folder / "honest.txt").write_bytes(LETTER)
    write_huge(name, folder)
    try:
        outcome = collected(folder, tmp_path)
    finally:
        (folder / name).unlink()
    assert "honest.txt" in outcome.taken
    assert outcome.more_mb < 1100, "a message of a mailbox may have 64 MB, and parts"


def test_zip_bombs_write_next_to_nothing(tmp_path: Path) -> None:
    for name in ("bomb.zip", "nested_bomb.zip", "overlapping.zip", "million.zip", "lying.zip"):
        path = tmp_path / name
        path.write_bytes(ZIPS[name]())
        budget, began = Budget(), time.monotonic()
        budget.begin(path)
        try:
            kept = list(unpack(path, name, tmp_path / f"out-{name}", budget))
        except UnsafeSource:
            kept = []
        written = sum(one.path.stat().st_size for one in kept)
        assert written <= 100 * path.stat().st_size, name
        assert time.monotonic() - began < 20, name


def test_what_stands_behind_a_bomb_is_taken_in(folder: Path, family: FamilyBook) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"\x00" * 40_000_000)
        archive.writestr("letter.txt", LETTER)
    (folder / "box.zip").write_bytes(made.getvalue())
    planned = plan([folder], family, folder.parent / "staging")
    assert [one.relative for one in planned.files] == ["box.zip/letter.txt"]
    assert "without end" in planned.left_out[0].reason


def test_a_directory_that_claims_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    data = bytearray(office({"a.txt": LETTER}))
    at = data.rindex(b"PK\x05\x06")
    data[at + 12 : at + 16] = (2**31).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(b"\x00" * 5_000_000 + bytes(data))
    with pytest.raises(UnreadableSource, match="damaged"):
        list(unpack(tmp_path / "a.zip", "a.zip", tmp_path / "out", Budget()))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_and_links_in_circles_do_not_stall_the_walk(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "round").symlink_to(folder)
    (folder / "below").mkdir()
    (folder / "below" / "up").symlink_to(folder / "below")
    (folder / "itself").symlink_to(folder / "itself")
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / "honest.txt").write_bytes(LETTER)
    check_paths([folder])
    made = plan([folder, folder / "pipe.txt"], family, tmp_path / "staging")
    assert [one.relative for one in made.files] == ["honest.txt"]
    said = {one.relative: one.reason for one in made.left_out}
    assert "pipe or a device" in said["pipe.txt"]
    assert "leads nowhere" in said["itself"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no devices here")
def test_a_device_is_never_opened(family: FamilyBook, tmp_path: Path) -> None:
    made = plan([Path("/dev/zero")], family, tmp_path / "staging")
    assert made.files == ()
    assert "pipe or a device" in made.left_out[0].reason


def test_a_file_that_grows_while_it_is_read_is_said_to_have_changed(tmp_path: Path) -> None:
    path, stop = tmp_path / "film.mov", threading.Event()
    path.write_bytes(b"x" * 20_000_000)

    def grow() -> None:
        with path.open("ab") as file:
            while not stop.is_set():
                file.write(b"y" * 100_000)
                file.flush()
                time.sleep(0.001)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(CollectError, match="changed while"):
            keep_original(path, tmp_path / "originals")
    finally:
        stop.set()
        writer.join()
    assert [one for one in (tmp_path / "originals").rglob("*") if one.is_file()] == []


# The net under every reader


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ValueError("what she wrote"), "stumbled over (ValueError)"),
        (RecursionError(), "takes too long"),
        (MemoryError(), "takes too long"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (UnreadableSource("a.txt is empty."), "a.txt is empty."),
    ],
)
def test_every_fault_becomes_one_sentence(fault: Exception, said: str) -> None:
    with pytest.raises(CollectError) as caught, guarded("a.txt", 60):
        raise fault
    assert said in str(caught.value)
    assert "what she wrote" not in str(caught.value)


def for_ever() -> None:
    while True:
        time.sleep(0.01)


def in_a_thread(work: Callable[[], None]) -> list[BaseException]:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 the test looks at it
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=20)
    assert not thread.is_alive()
    return caught


def test_a_reader_that_hangs_is_stopped() -> None:
    with pytest.raises(UnsafeSource, match="takes too long"), guarded("a.txt", 0.2):
        for_ever()


def test_a_pattern_that_hangs_is_stopped() -> None:
    import re

    began = time.monotonic()
    with pytest.raises(UnsafeSource, match="takes too long"), guarded("a.txt", 0.2):
        re.match(r"(a+)+$", "a" * 40 + "b")
    assert time.monotonic() - began < 10


def test_a_reader_that_hangs_in_the_app_is_stopped_too() -> None:
    def work() -> None:
        with guarded("a.txt", 0.2):
            for_ever()

    (error,) = in_a_thread(work)
    assert isinstance(error, UnsafeSource)


def test_one_that_gets_on_has_all_the_time_it_needs() -> None:
    def work() -> None:
        with guarded("a.txt", 0.5) as patience:
            for _ in range(8):
                time.sleep(0.15)
                patience.go_on()
        time.sleep(0.7)  # the clock has stopped

    work()
    assert in_a_thread(work) == []

"""How many memories a person can look through in an hour: the machine's part, in a real browser.

    python benchmarks/review.py [--memories 300] [--items 60] [--workspace FOLDER]

A generated archive (or a given one: it is copied first) is opened by the app, and a scripted
browser decides with the keys, as a person does: it presses a key and waits until other words
stand there. What is measured is the time from key to words; a person's reading comes on top.
Needs the dev extra and Debian's chromium.
"""

import argparse
import hashlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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
from persona.remember.store import Store
from persona.workspace import Workspace, create_workspace, open_workspace

REPOSITORY = Path(__file__).resolve().parent.parent
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
KEYS = {"a": "yes", "d": "not right", "n": "not sure", "u": "undo"}
TURN = ("a", "a", "a", "d", "a", "n", "a", "u")
WORDS = ".st-key-to-decide blockquote"
PACES = (0, 3, 6, 10)
"""Seconds that a person may read before they press a key."""


def generate(parent: Path, count: int) -> Workspace:
    """Make an archive of letters with ``count`` memories that nobody has looked at."""
    workspace = create_workspace(parent, "Henry Lin")
    people = [
        Person(id="henry", name="Henry Lin", is_subject=True, living=False),
        Person(id="ruth", name="Ruth Lin", relation="daughter"),
    ]
    with Store.open(workspace, create=True) as store:
        store.put_people(people)
        for number in range(-(-count // 10)):
            add_letter(store, number, min(10, count - 10 * number))
    return workspace


def add_letter(store: Store, number: int, count: int) -> None:
    """Add a letter of ``count`` paragraphs, each of which is a memory."""
    sha256 = hashlib.sha256(f"letter {number}".encode()).hexdigest()
    source = Source(
        id=content_id("src", sha256), sha256=sha256, kind=SourceKind.LETTER,
        media_type="text/plain", title=f"Letter {number}", file_name=f"{number}.txt", size_bytes=1,
        created_edtf=f"19{60 + number % 30}", received_at=datetime.now(UTC), narrator_id="henry",
    )  # fmt: skip
    passages, memories, citations = [], [], []
    for position in range(count):
        text = (
            f"On day {position} of letter {number} the harbour was grey, and we carried "
            f"{position + 2} sacks of rice up the hill before the rain came. "
        ) * 3
        passage = Passage(
            id=content_id("psg", source.id, position), source_id=source.id, position=position,
            unit=source.id, selector={}, text=text, speaker_id="henry", language="en",
        )  # fmt: skip
        quote = text[: text.index(".") + 1]
        memory = Memory(
            id=content_id("mem", passage.id), narrator_id="henry", subject_ids=["henry"],
            kind=MemoryKind.OWN_WORDS, statement=quote, quote=quote, language="en",
            told_at_edtf=source.created_edtf, extracted_by="benchmark",
        )  # fmt: skip
        passages.append(passage)
        memories.append(memory)
        citations.append(
            Citation(id=content_id("cit", memory.id), memory_id=memory.id, passage_id=passage.id,
                     start=0, end=len(quote), exact=quote)
        )  # fmt: skip
    store.add_source(source, passages, [])
    store.add_memories(memories, citations)


@contextmanager
def served(workspace: Workspace) -> Iterator[str]:
    """Serve the app on a free port; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, f"--server.port={port}"], cwd=REPOSITORY, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env={**os.environ, "PERSONA_WORKSPACE": str(workspace.root)},
    )  # fmt: skip
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2)
                break
            except (urllib.error.URLError, TimeoutError):
                time.sleep(0.25)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def decide(page: Page, key: str) -> float:
    """Press a key; return the seconds until other words stand there."""
    before = page.locator(WORDS).inner_text()
    page.wait_for_timeout(300)  # nobody reads faster; the page ignores keys that come sooner
    began = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(
        f"before => {{ const now = document.querySelector('{WORDS}');"
        " return now && now.innerText !== before }",
        arg=before,
        polling=10,
    )
    return time.perf_counter() - began


def measure(address: str, items: int) -> dict[str, list[float]]:
    """Return the seconds of each decision, by key."""
    took: dict[str, list[float]] = {key: [] for key in KEYS}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS.split()
        )
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        for name in ("custodian", "keep", "go-review"):
            page.locator(f".st-key-{name} button").click()
        page.locator(WORDS).wait_for()
        page.wait_for_timeout(1500)
        decide(page, "a")  # the first one also opens what the others find open
        for number in range(items):
            key = TURN[number % len(TURN)]
            took[key].append(decide(page, key))
        browser.close()
    return took


def table(took: dict[str, list[float]], memories: int) -> None:
    """Print what was measured."""
    every = sorted(seconds for one in took.values() for seconds in one)
    print(f"\n{memories} memories waiting, {len(every)} decisions in a headless browser\n")
    print("| decision | n | median s | p95 s | slowest s |\n|---|---|---|---|---|")
    rows = [*((KEYS[key], sorted(seconds)) for key, seconds in took.items()), ("all", every)]
    for name, seconds in rows:
        if seconds:
            p95 = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
            print(
                f"| {name} | {len(seconds)} | {statistics.median(seconds):.2f} | {p95:.2f} "
                f"| {seconds[-1]:.2f} |"
            )
    mean = statistics.fmean(every)
    print("\n| a person reads for | items a minute | items an hour |\n|---|---|---|")
    for reading in PACES:
        print(f"| {reading} s | {60 / (reading + mean):.0f} | {3600 / (reading + mean):.0f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memories", type=int, default=300)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--workspace", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.workspace is None:
            workspace = generate(Path(folder), asked.memories)
        else:
            copy = Path(folder) / asked.workspace.name
            shutil.copytree(asked.workspace, copy)
            workspace = open_workspace(copy)
        with Store.open(workspace) as store:
            from persona.keeper import review

            waiting = review.progress(store).left
        with served(workspace) as address:
            took = measure(address, min(asked.items, max(1, waiting - 2)))
    table(took, waiting)


if __name__ == "__main__":
    main()

"""Build the demo persona step by step and say how long each step takes and what it leaves.

    python benchmarks/path.py [--in FOLDER] [--out table.md]

Wall-clock and processor seconds of this process and its children, on whatever else the machine
is doing; the load average is printed beside them.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from persona import opening, steps
from persona.demo import MATERIAL, NAME
from persona.engines.processor import prepare_threads
from persona.remember.readers import Custodian, Relative
from persona.train.serving import talkable_version
from persona.workspace import create_workspace

T = TypeVar("T")


class Silent:
    """A report that says nothing."""

    def line(self, text: str) -> None:
        """Ignore."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Ignore."""


def size_mb(folder: Path) -> float:
    """Return the size of everything below a folder, in MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measured(rows: list[str], what: str, made: str, step: Callable[[], T]) -> T:
    """Run a step and add its row."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    result = step()
    seconds, busy = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
    rows.append(f"| {what} | {seconds:.1f} | {busy:.1f} | {made} |")
    return result


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--in", dest="parent", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    prepare_threads()
    parent = options.parent or Path(tempfile.mkdtemp())
    workspace = create_workspace(parent, NAME)
    quiet = Silent()
    rows = ["| step | wall s | processor s | leaves |", "|---|---|---|---|"]
    measured(rows, "collect", "originals", lambda: steps.collect(workspace, [MATERIAL], quiet))
    rows[-1] = rows[-1].replace("originals", f"originals, {size_mb(workspace.originals):.1f} MB")
    again = measured(
        rows, "collect again", "nothing new", lambda: steps.collect(workspace, [MATERIAL], quiet)
    )
    assert not again.new
    found = measured(rows, "remember", "MEM", lambda: steps.remember(workspace, quiet))
    rows[-1] = rows[-1].replace(
        "MEM",
        f"{found.total} memories; store {workspace.database.stat().st_size / 1e6:.1f} MB, "
        f"vectors {size_mb(workspace.derived):.1f} MB",
    )
    made = measured(rows, "train", "VER", lambda: steps.train(workspace, quiet, name="measured"))
    rows[-1] = rows[-1].replace(
        "VER", f"version 1, {size_mb(workspace.versions / made.version.id):.1f} MB"
    )
    measured(rows, "train again", "the same version", lambda: steps.train(workspace, quiet))
    with opening.open_store(workspace) as store:
        version = talkable_version(store.reader(Custodian()).versions(), None)
        engines = opening.open_engines(workspace, version)
        talk = steps.start_talk(workspace, store, listener_id="ruth", engines=engines)
        ask = "Dad, how do you make the broth?"
        measured(rows, "first answer (models load)", "4 spans", lambda: list(talk.ask(ask)))
        rows[-1] = rows[-1].replace("4 spans", "own words")
        measured(rows, "second answer", "own words", lambda: list(talk.ask("Can you swim?")))
        turn, voice = talk.last_turn_id, opening.open_voice_of_version(workspace, version, own=True)
        if turn is not None and voice is not None:
            measured(
                rows,
                "the same, spoken",
                "WAV with notice",
                lambda: steps.speak_turn(workspace, store, turn, voice, Relative("ruth")),
            )
    report = made.version.report
    bits = report["bits_per_character"]
    text = "\n".join(
        [
            *rows,
            "",
            f"- {os.cpu_count()} cores, load average at the end {os.getloadavg()[0]:.1f}",
            f"- own words trained on: {report['own_words']} in {report['examples']} examples",
            f"- held-out bits per character: {bits['base']} before, {bits['adapter']} after "
            f"(ratio {bits['adapter'] / bits['base']:.2f})",
            f"- loss of each step (nats a token): {report['losses']}",
        ]
    )
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

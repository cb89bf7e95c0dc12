"""Verify a copy of an archive, take back one narrator, verify again: how long, and what is left.

    python benchmarks/withdrawal.py FOLDER NARRATOR [--shared] [--out table.md]

FOLDER is the folder of a persona; it is copied and never written to. The proof beside the
program's own: a plain search of every byte for each whole sentence that the narrator told.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from persona.keeper.verify import verify_archive
from persona.keeper.withdraw import plan_withdrawal, withdraw
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace

T = TypeVar("T")


class Silent:
    """A report that says nothing."""

    def line(self, text: str) -> None:
        """Ignore."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Ignore."""


def measured(rows: list[str], what: str, step: Callable[[], T], said: Callable[[T], str]) -> T:
    """Run a step and add its row."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    result = step()
    seconds, busy = time.perf_counter() - wall, sum(os.times()[:4]) - cpu
    rows.append(f"| {what} | {seconds:.1f} | {busy:.1f} | {said(result)} |")
    return result


def told_only_by(workspace: Workspace, narrator: str) -> list[str]:
    """Return memories of a narrator whose words stand in nobody else's passages."""
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        told = [one.quote for one in view.memories(narrator_id=narrator) if len(one.quote) >= 60]
        others = "\n".join(one.text for one in view.passages() if one.speaker_id != narrator)
    return [words for words in told if words not in others][:2000]


def files_with(root: Path, told: list[str]) -> dict[str, int]:
    """Return how many of the words stand in each file, looked for as plainly as can be."""
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        data = path.read_bytes()
        count = sum(words.encode() in data for words in told)
        if count:
            found[path.relative_to(root).as_posix()] = count
    return found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("narrator")
    parser.add_argument("--shared", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        root = Path(parent) / "copy"
        shutil.copytree(options.folder, root)
        table = measure(open_workspace(root), options.narrator, shared=options.shared)
    print(table)
    if options.out:
        options.out.write_text(table + "\n", encoding="utf-8")


def measure(workspace: Workspace, narrator: str, *, shared: bool) -> str:
    """Return the table for one narrator."""
    quiet = Silent()
    rows = ["| step | seconds | processor s | outcome |", "|---|---|---|---|"]
    whole = lambda result: f"{len(result.faults)} faults"  # noqa: E731
    measured(rows, "verify", lambda: verify_archive(workspace, quiet), whole)
    told = told_only_by(workspace, narrator)
    before = files_with(workspace.root, told)
    rows.append(f"| {len(told)} sentences, before | | | in {len(before)} files |")
    plan = measured(
        rows,
        "plan",
        lambda: plan_withdrawal(workspace, "narrator", narrator, also_shared=shared),
        lambda plan: f"{len(plan.reach.memories)} memories, {len(plan.reach.sources)} sources",
    )
    done = measured(
        rows,
        "withdraw",
        lambda: withdraw(
            workspace, "narrator", narrator, "custodian", report=quiet, also_shared=shared
        ),
        lambda record: "verified" if record.verified else "NOT verified",
    )
    after = files_with(workspace.root, told)
    kept = {workspace.original(one).relative_to(workspace.root).as_posix()
            for one in plan.reach.kept_shas}  # fmt: skip
    left = {name: count for name, count in after.items() if name not in kept}
    rows.append(f"| the same sentences, after | | | {left or 'nowhere'} |")
    if kept & after.keys():
        rows.append(f"| in originals that stay, and are named | | | {len(kept & after.keys())} |")
    rows.append(f"| could not be reached | | | {len(done.unreachable)} sentences |")
    measured(rows, "verify", lambda: verify_archive(workspace, quiet), whole)
    return "\n".join(rows)


if __name__ == "__main__":
    main()

"""What the conflict finder proposes for an archive, how long it takes, and how it is spread.

    python benchmarks/conflicts.py FOLDER_OF_A_PERSONA [--show 30]

Precision is for people to read: ``--show`` prints the first proposals with both accounts, to be
judged one by one. It prints words of the archive, so it is for archives that may be shown.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from persona.remember.conflicts.finding import find_conflicts
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import open_workspace


def main() -> None:
    """Measure one archive; nothing is written to it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    with Store.open(open_workspace(options.folder)) as store, store.reader(Custodian()) as view:
        begun, cpu = time.perf_counter(), time.process_time()
        found = find_conflicts(view, known=())
        wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
        memories = view.counts()["memories"]
        print(f"{memories} memories: {len(found)} proposals in {wall_s:.1f} s ({cpu_s:.1f} CPU-s)")
        for rule, number in Counter(f"{one.found_by} {one.kind}" for one in found).most_common():
            print(f"  {number:4d}  {rule}")
        for one in found[: options.show]:
            print(f"\n{one.kind}: {one.about} ({one.found_by}, {one.strength:.2f})")
            for memory in view.memories(ids=one.memory_ids):
                print(f"  {view.display_name(memory.narrator_id)}: {memory.statement[:300]}")


if __name__ == "__main__":
    main()

"""The tables of README.md from the scores that `benchmarks.marking.measure` wrote.

python -m benchmarks.marking.report FOLDER/scores.json
"""

import argparse
import json
import math
from pathlib import Path
from typing import Any

from persona.export.marking_signs import SHORT_S, is_marked


def interval(count: int, of: int) -> str:
    """Return a rate with its 95 % interval (Wilson 1927)."""
    if of == 0:
        return "none"
    rate, z = count / of, 1.96
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    width = z * math.sqrt(rate * (1 - rate) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    low, high = max(0.0, middle - width), min(1.0, middle + width)
    return f"{count} of {of} ({100 * rate:.1f} %, {100 * low:.1f}–{100 * high:.1f})"


def seconds_of(row: dict[str, Any]) -> float:
    """Return how much sound there was to look at."""
    seconds: float = row["seconds"]
    left = {"1 second of it": 1.0, "2 seconds of it": 2.0}.get(row["treatment"], seconds)
    return min(seconds, left)


def edges(rows: list[dict[str, Any]]) -> str:
    """Return the highest score of a real recording in the first half: thresholds lie above."""
    real = [row for row in rows if row["half"] == 0 and not row["marked"]]
    long = max(row["score"] for row in real if seconds_of(row) >= SHORT_S)
    short = max(row["score"] for row in real if seconds_of(row) < SHORT_S)
    return f"highest real scores of the first half: {long:.2f}, below {SHORT_S} s {short:.2f}"


def found(row: dict[str, Any]) -> bool:
    """Say whether `persona verify` would call it marked."""
    return is_marked(row["score"], seconds_of(row))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", type=Path)
    told = json.loads(parser.parse_args().scores.read_text(encoding="utf-8"))
    rows = told["rows"]
    print(edges(rows))
    print("cost:", {name: round(value, 4) for name, value in told["cost"].items()})
    test = [row for row in rows if row["half"] == 1]
    print("\n| what happened to it | marked, found | lowest | not marked, false alarm | highest |")
    print("|---|---|---|---|---|")
    for name in dict.fromkeys(row["treatment"] for row in test):
        cells = []
        for marked in (True, False):
            some = [r for r in test if (r["treatment"], r["marked"]) == (name, marked)]
            edge = (min if marked else max)(row["score"] for row in some)
            cells += [interval(sum(map(found, some)), len(some)), f"{edge:.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |")
    real = [row for row in test if not row["marked"]]
    print(f"\nreal, second half, all treatments: {interval(sum(map(found, real)), len(real))}")
    for label, some in (("second half", test), ("all", rows)):
        plain = [r for r in some if not r["marked"] and r["treatment"] == "as it is"]
        alarms = [r for r in plain if found(r)]
        hours = sum(r["seconds"] for r in plain) / 3600
        print(
            f"\nreal recordings as they are, {label}: {interval(len(alarms), len(plain))} files, "
        )
        print(f"{hours:.2f} h; alarms: {[(r['file'], round(r['seconds'], 1)) for r in alarms]}")
        short = [r for r in plain if r["seconds"] < 2]
        print(f"of {len(short)} below 2 s: {sum(map(found, short))}")


if __name__ == "__main__":
    main()

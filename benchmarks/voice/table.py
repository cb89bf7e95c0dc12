"""Prints the tables of README from ``results.jsonl``: ``python -m benchmarks.voice.table``."""

import argparse
from typing import Any

from benchmarks.voice.run import known_results


def rows(what: str) -> list[dict[str, Any]]:
    """Return the lines of one kind."""
    return [line for line in known_results() if line["what"] == what]


def main() -> None:
    """Print both tables."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    print("| speaker | clips | listenings | usual voice | nearest | made | ceiling |")
    print("|---|---|---|---|---|---|---|")
    usual = {line["speaker"]: line for line in rows("likeness") if line["engine"] == "kokoro"}
    for line in rows("made"):
        plain = usual.get(line["speaker"], {}).get("resemblance", "")
        way = "" if line["way"] == "searched" else " (= nearest)"
        print(
            f"| {line['speaker']} | {line['seconds']:.0f} s | {line['evaluations']} | {plain} "
            f"| {line['nearest_stock']} | **{line['resemblance']}**{way} | {line['ceiling']} |"
        )
    print("\n| voice | language | WER / CER (n) | real-time factor | first sound | load a core |")
    print("|---|---|---|---|---|---|")
    for line in [*rows("stock"), *rows("made")]:
        name = line.get("engine") or f"made, {line['speaker']}, {line['seconds']:.0f} s"
        errors = line.get("wer", line.get("cer"))
        language = "zh" if "cer" in line else "en"
        print(
            f"| {name} | {language} | {errors} ({line['counted']}) | {line['real_time_factor']} "
            f"| {line['first_sound_s']} s | {line['load']} |"
        )


if __name__ == "__main__":
    main()

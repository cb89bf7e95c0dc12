"""Tokens a second and peak memory of our training against TRL's SFTTrainer, in one run.

    python benchmarks/training/speed.py LETTERS.jsonl --trl-python OTHER/bin/python

Both learn the same letters once (one epoch), four a step, on the same base in the same numbers,
in processes that take turns. TRL is no dependency of the program: it needs an environment of its
own (``pip install trl==1.16.0 transformers==5.23.0 peft==0.21.2``) with the same torch. Tokens are
those of the examples without padding, counted once for both.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

WORDS = 170
"""Words of a letter's stretch at the most: about 250 tokens with its prompt."""


def stretches(letters: Path, wanted: int) -> list[list[dict[str, str]]]:
    """Return ``wanted`` chats (system, user, assistant) from letters, spread over all of them."""
    found = []
    for line in letters.read_text(encoding="utf-8").splitlines():
        letter = json.loads(line)
        words = letter["text"].split()
        for start in range(0, max(1, len(words) - 20), WORDS):
            said = " ".join(words[start : start + WORDS])
            found.append(
                [
                    {"role": "system", "content": "You are Theodore Roosevelt."},
                    {"role": "user", "content": "Write."},
                    {"role": "assistant", "content": said},
                ]
            )
    step = max(1, len(found) // wanted)
    return found[::step][:wanted]


def measured(python: str, side: str, job: Path) -> dict[str, float]:
    """Run one side in a process of its own and return what it measured."""
    done = subprocess.run(
        [python, str(HERE / f"speed_{side}.py"), str(job)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"},
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("letters", type=Path)
    parser.add_argument("--trl-python", required=True)
    parser.add_argument("--base", type=Path, help="transformers folder; default: smollm2-135m")
    parser.add_argument("--examples", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--precision", default="bf16", choices=["bf16", "fp32"])
    options = parser.parse_args()
    base = options.base
    if base is None:
        from persona.config import models_folder
        from persona.engines.base_weights import transformers_folder

        base = transformers_folder("smollm2-135m", models_folder())
    sides = [
        ("ours", sys.executable),
        ("trl", options.trl_python),
        ("trl_autocast", options.trl_python),
    ]
    if options.precision == "fp32":
        sides = sides[:2]
    results: dict[str, list[dict[str, float]]] = {name: [] for name, _ in sides}
    with tempfile.TemporaryDirectory() as scratch:
        job = Path(scratch) / "job.json"
        for round_number in range(options.rounds):
            for name, python in sides:
                facts = {
                    "base": str(base),
                    "chats": stretches(options.letters, options.examples),
                    "precision": options.precision,
                    "autocast": name.endswith("autocast"),
                    "folder": str(Path(scratch) / f"{name}-{round_number}"),
                }
                job.write_text(json.dumps(facts))
                results[name].append(measured(python, name.split("_")[0], job))
                print(round_number, name, results[name][-1], flush=True)
    tokens = results["ours"][0]["tokens"]
    print("| | tokens/s, clock | tokens/s, processor | peak memory, MB | loss of step 1, last |")
    print("|---|---|---|---|---|")
    for name, found in results.items():
        clock = statistics.median(tokens / one["seconds"] for one in found)
        cpu = statistics.median(tokens / one["cpu_seconds"] for one in found)
        peak = max(one["peak_mb"] for one in found)
        first, last = found[0]["first_loss"], found[0]["last_loss"]
        print(f"| {name} | {clock:.0f} | {cpu:.0f} | {peak:.0f} | {first:.3f}, {last:.3f} |")


if __name__ == "__main__":
    main()

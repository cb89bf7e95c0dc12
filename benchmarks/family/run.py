"""The family test: invented families with known truth, every gate and number, no judge.

    python benchmarks/family/run.py                                three families, ours
    python benchmarks/family/run.py --system ours --system rag --system finetuned
    python benchmarks/family/run.py --system endpoint --url URL --token TOKEN --truth truth.json

Writes ``results/NAME.md`` and ``.json``: one column a system, and the ratio to ours.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.family.build import EMBEDDED, QUICK, build, without_secrets
from benchmarks.family.endpoint import Endpoint
from benchmarks.family.family import Family, words
from benchmarks.family.make import make
from benchmarks.family.systems import (
    FineTuned,
    Ours,
    PlainRag,
    System,
    has_weights,
    other_model,
)
from benchmarks.family.table import card_of, markdown
from persona.evaluation.judging import Known, judge
from persona.evaluation.numbers import Asked, is_failure
from persona.evaluation.probe import Kind, Probe
from persona.records import Act
from persona.rehearsal import Rehearsal, known_to, rehearse
from persona.remember.readers import Reader, Relative, Stranger
from persona.workspace import SETTINGS, Workspace, open_workspace

RESULTS = Path(__file__).resolve().parent / "results"


def sampled(probes: Sequence[Probe], count: int | None, seed: int) -> list[Probe]:
    """Return at most ``count`` probes, of each kind as many as its share, never none."""
    if count is None or count >= len(probes):
        return list(probes)
    by_kind: dict[Kind, list[Probe]] = defaultdict(list)
    for probe in probes:
        by_kind[probe.kind].append(probe)
    chance = random.Random(seed)
    chosen = [
        probe
        for found in by_kind.values()
        for probe in chance.sample(found, max(1, round(count * len(found) / len(probes))))
    ]
    return sorted(chosen, key=lambda probe: probe.id)


def take(system: System, probes: Sequence[Probe], knowns: dict[str | None, Known]) -> list[Asked]:
    """Put the probes to a system and judge what it says."""
    asked = []
    for place, probe in enumerate(probes):
        said = system.answer(probe)
        asked.append((probe, said, judge(probe, said, knowns[probe.listener_id])))
        if sys.stderr.isatty():
            print(f"\r{system.name}: {place + 1}/{len(probes)} ", end="", file=sys.stderr)
    return asked


def knowns_of(store: Rehearsal, probes: Sequence[Probe]) -> dict[str | None, Known]:
    """Return what each listener may know."""
    found: dict[str | None, Known] = {}
    for listener in {probe.listener_id for probe in probes}:
        reader: Reader = Relative(listener) if listener else Stranger()
        with store.reader(reader, act=Act.QUOTE) as view:
            found[listener] = known_to(view, listener)
    return found


def systems_of(options: argparse.Namespace, workspace: Any, store: Rehearsal) -> Iterator[System]:
    """Yield the systems that were asked for."""
    ours = Ours(workspace, store)
    for wanted in options.system:
        if wanted == "ours":
            yield ours
        elif wanted == "rag":
            for name in options.model:
                model = other_model(workspace, name)
                yield PlainRag(workspace, store, ours.engines, model, everything=True)
                if options.filtered:
                    yield PlainRag(workspace, store, ours.engines, model, everything=False)
        elif wanted == "finetuned" and ours.engines.adapted is not None:
            yield FineTuned(store, ours.engines.adapted)
        elif wanted == "endpoint":
            yield Endpoint(options.url, tokens_of(options.token), options.served)


def tokens_of(given: Sequence[str]) -> dict[str, str]:
    """Return the token of each listener: ``id=token``, or one token for everybody."""
    pairs = [one.partition("=") for one in given]
    return {(who if sign else "*"): (token if sign else who) for who, sign, token in pairs}


def twin_differences(
    family: Family, folder: Path, settings: str, asked: Sequence[Asked]
) -> list[dict[str, Any]]:
    """Return the secret probes that an archive without any secret answers otherwise.

    Those who own a secret are left out: for them the two archives do differ.
    """
    twin = build(
        family,
        without_secrets(family, folder / "raw", folder / "twin-raw"),
        folder / "twin",
        settings,
        restrict=False,
    )
    owners = {family.member(secret["owner"]).id for secret in words("script")["secrets"]}
    different: list[dict[str, Any]] = []
    with rehearse(twin) as store:
        system = Ours(twin, store)
        for probe, said, _ in asked:
            if probe.kind is not Kind.SECRET or probe.listener_id in owners:
                continue
            answered = system.answer(probe)
            otherwise = " ".join((answered.text, *answered.offered))
            here = " ".join((said.text, *said.offered))
            if otherwise != here:
                different.append({**asdict(probe), "said": here, "twin": otherwise})
    return different


def one_family(options: argparse.Namespace, seed: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Put the test to every system; yield what one family gave, again after each system."""
    family = make(seed, folder)
    workspace = archive_of(options, family, folder)
    records = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["probes"]
    all_ = [Probe.of(record) for record in records]
    taken: dict[str, list[Asked]] = {}
    found = {"family": family.subject.name, "seed": seed, "asked": taken, "twins": None}
    with rehearse(workspace) as store:
        knowns = knowns_of(store, all_)
        for system in systems_of(options, workspace, store):
            ours = isinstance(system, Ours)
            count = options.questions if ours else (options.peer_questions or options.questions)
            taken[system.name] = take(system, sampled(all_, count, seed), knowns)
            if ours and options.twin:
                found["twins"] = twin_differences(
                    family, folder, settings_of(options), taken[system.name]
                )
            yield found


def archive_of(options: argparse.Namespace, family: Family, folder: Path) -> Workspace:
    """Return the archive of a family: the one that was kept with these settings, or a new one."""
    settings = settings_of(options)
    for kept in (folder / "built").glob(f"*/{SETTINGS}"):
        if kept.read_text(encoding="utf-8").endswith(settings):
            return open_workspace(kept.parent)
    started = time.perf_counter()
    workspace = build(family, folder / "raw", folder / "built", settings)
    print(f"{family.subject.name}: built in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return workspace


def settings_of(options: argparse.Namespace) -> str:
    """Return what persona.toml says about engines and training."""
    if options.quick:
        return QUICK
    minimum = 100 if "finetuned" in options.system else 100_000
    return EMBEDDED.format(model=options.model[0], steps=options.steps, minimum_words=minimum)


def failing(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return what went wrong, with the answers, for those who mend it."""
    return [
        {
            "kind": probe.kind.value,
            "route": probe.route,
            "listener": probe.listener_id,
            "question": probe.question,
            "said": said.text,
            "expected": probe.answers,
            "reasons": sorted({r for reasons in verdict.gates.values() for r in reasons}),
            "unsupported": verdict.unsupported,
        }
        for probe, said, verdict in asked
        if is_failure(probe, verdict) or verdict.unsupported
    ]


def main() -> None:
    """Run from the command line."""
    options = arguments()
    families: list[dict[str, Any]] = []
    text = ""
    with tempfile.TemporaryDirectory(prefix="family-") as temporary:
        for seed in range(options.seed, options.seed + options.families):
            folder = (options.keep or Path(temporary)) / str(seed)
            for found in one_family(options, seed, folder):
                # Written again and again: what is measured is kept if the next system fails.
                text = written(options.name, [*families, found])
            families.append(found)
    print(text)


def written(name: str, families: Sequence[dict[str, Any]]) -> str:
    """Write the results of the families so far; return the table."""
    together: dict[str, list[Asked]] = defaultdict(list)
    for one in families:
        for system, asked in one["asked"].items():
            together[system] += asked
    cards = {system: card_of(asked) for system, asked in together.items()}
    twins = [one for family in families for one in family["twins"] or ()]
    compared = any(one["twins"] is not None for one in families)
    about = {
        "families": [f"{one['family']} (seed {one['seed']})" for one in families],
        "twin_differences": len(twins) if compared else None,
        "twin_probes": twins,
    }
    text = markdown(cards, about)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    record = {**about, "systems": cards, "failing": {n: failing(a) for n, a in together.items()}}
    (RESULTS / f"{name}.json").write_text(
        json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return text


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1, help="of the first family")
    parser.add_argument(
        "--system", action="append", choices=["ours", "rag", "finetuned", "endpoint"]
    )
    parser.add_argument("--model", action="append", default=[], help="for RAG; else smollm2-135m")
    parser.add_argument(
        "--filtered", action="store_true", help="RAG also with our listener's rights"
    )
    parser.add_argument("--questions", type=int, help="a family, for ours; else all")
    parser.add_argument("--peer-questions", type=int, help="a family, for the others")
    parser.add_argument(
        "--steps", type=int, default=20, help="of training, with --system finetuned"
    )
    parser.add_argument("--quick", action="store_true", help="no weights: words alone")
    parser.add_argument("--twin", action="store_true", help="compare with archives without secrets")
    parser.add_argument("--url", default="", help="of an endpoint, up to /chat/completions")
    parser.add_argument("--token", action="append", default=[], help="TOKEN, or LISTENER=TOKEN")
    parser.add_argument("--served", default="persona", help="model name that the endpoint wants")
    parser.add_argument("--keep", type=Path, help="keep archives here, and take those here")
    parser.add_argument("--name", default="latest", help="of the results")
    options = parser.parse_args()
    options.system = options.system or ["ours"]
    options.model = options.model or ["smollm2-135m"]
    options.model = [name for name in options.model if has_weights(name) or options.quick]
    return options


if __name__ == "__main__":
    main()

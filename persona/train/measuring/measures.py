"""Measures a version: does it sound like the person, and what do its weights know?

    version ─► its own examples, found again by their ids ─┬─► manner_measures    sounds like them?
               closed passages, by id only ────────────────┴─► exposure_measures  knows what?
               canaries of no one, once for each base ───────► exposure_controls  can the test see?

Everything is a number or an id: no word of anybody leaves these modules. Each finding is kept as
soon as it is there (`Findings`), so that a run that was killed goes on where it stopped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from persona.config import Training
from persona.engines.base_weights import transformers_folder, weights_sha256
from persona.engines.likelihood import Likelihood, TokenScores
from persona.engines.protocols import LanguageModel
from persona.errors import VersionError
from persona.records import Act, Manifest, Person, Version
from persona.remember.readers import Audience
from persona.remember.store import Store
from persona.train.base_model import machine_for
from persona.train.dataset import Example, build_examples
from persona.train.encoding import encode
from persona.train.measuring.membership import Scored, scored
from persona.train.version_inputs import trained_with
from persona.train.versions import ADAPTER, load_examples, read_manifest
from persona.workspace import Workspace

OWN = "own"
ANOTHER = "another"


class Findings(Protocol):
    """Keeps what was found, by an id, so that an interrupted run goes on."""

    def found(self, name: str, find: Callable[[], Any]) -> Any:
        """Return what was found under this id, or find and keep it now."""
        ...


class Progress(Protocol):
    """What of a report the measures use."""

    def line(self, text: str) -> None:
        """Say one sentence."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        ...


@dataclass(frozen=True)
class Depth:
    """How much is measured.

    Attributes:
        name: as the card says it.
        examples: of each kind (trained, held out), at the most.
        blanks: of each kind that are ranked.
        prompts: texts that are written to compare their style.
        controls: whether canaries are trained to prove the test, where that was not done yet.
        another: whether an adapter of another person is trained to compare with.
    """

    name: str
    examples: int
    blanks: int
    prompts: int
    controls: bool
    another: bool


QUICK = Depth("quick", 8, 10, 4, controls=False, another=False)
USUAL = Depth("usual", 16, 20, 8, controls=True, another=False)
THOROUGH = Depth("thorough", 40, 60, 24, controls=True, another=True)
DEPTHS = {depth.name: depth for depth in (QUICK, USUAL, THOROUGH)}


@dataclass(frozen=True)
class Measuring:
    """What is measured, with what.

    ``plain`` and ``adapted`` write the texts whose style is compared; None: none are written.
    """

    workspace: Workspace
    store: Store
    version: Version
    models: Path
    depth: Depth
    seed: int
    findings: Findings
    report: Progress
    plain: LanguageModel | None = None
    adapted: LanguageModel | None = None

    @property
    def folder(self) -> Path:
        """Return the folder of the version."""
        return self.workspace.versions / self.version.id

    @cached_property
    def manifest(self) -> Manifest:
        """Return what the version is. Raises `VersionError`."""
        return read_manifest(self.folder)

    @cached_property
    def training(self) -> Training:
        """Return the settings that the version was trained with."""
        return trained_with(self.manifest)

    @cached_property
    def base(self) -> Path:
        """Return the folder of the base model.

        Raises:
            VersionError: it is not the one that the version was trained on.
            EngineError: it is not here.
        """
        folder = transformers_folder(self.manifest.base_model, self.models)
        if weights_sha256(folder) != self.manifest.base_model_sha256:
            raise VersionError(
                f"The base model {self.manifest.base_model} was changed since this version was "
                "made, so its manner cannot be measured. Put the old one back."
            )
        return folder

    @cached_property
    def subject(self) -> Person:
        """Return the person who died."""
        with self.store.reader(Audience(self.manifest.audience)) as view:
            return view.subject()

    @property
    def threads(self) -> int:
        """Return the processor threads to use."""
        return self.workspace.config.engines.threads

    def model(self, **more: Path) -> Likelihood:
        """Return the base with the adapter of the version, and with others by their names."""
        adapters = {OWN: self.folder / ADAPTER, **more}
        precision = machine_for(self.training).precision
        return Likelihood(self.base, adapters, precision=precision, threads=self.threads)


@dataclass(frozen=True)
class Material:
    """The examples of a version, found again; ``lost`` are those that are not there any more."""

    trained: tuple[Example, ...]
    held_out: tuple[Example, ...]
    lost: int


def material(measuring: Measuring) -> Material:
    """Find the examples again that a version was trained on, and those that were kept aside.

    Raises:
        ConsentError: the agreement to train on these words is not there any more.
        VersionError: the list of examples is missing or damaged.
    """
    listed = {one["id"]: bool(one["held_out"]) for one in load_examples(measuring.folder)}
    with measuring.store.reader(Audience(measuring.manifest.audience), act=Act.TRAIN_TEXT) as view:
        there = build_examples(
            view, view.subject(), view.people(), max_tokens=measuring.training.max_tokens
        )
    known = [one for one in there if one.id in listed]
    return Material(
        trained=tuple(one for one in known if not listed[one.id]),
        held_out=tuple(one for one in known if listed[one.id]),
        lost=len(listed) - len(known),
    )


def spread(examples: Sequence[Example], most: int) -> list[Example]:
    """Return at most so many examples, of as many units as there are."""
    seen: dict[str, int] = {}
    ranked = []
    for one in sorted(examples, key=lambda example: example.id):
        seen[one.unit] = seen.get(one.unit, 0) + 1
        ranked.append((seen[one.unit], one.id, one))
    return [one for *_, one in sorted(ranked, key=lambda ranks: ranks[:2])][:most]


def scores_of(
    measuring: Measuring, model: Likelihood, examples: Sequence[Example], names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return for each example how well it was expected, as plain values that can be kept.

    Args:
        measuring: keeps each finding.
        model: with the adapters of ``names``.
        examples: what is scored.
        names: adapters; the base alone is scored in any case.
    """
    found = []
    for position, example in enumerate(examples):
        measuring.report.progress("Measuring the words", position, len(examples))
        name = f"score:{'+'.join(names)}:{example.id}"
        find = _finder(measuring, model, example, names)
        found.append(measuring.findings.found(name, find))
    return found


def _finder(
    measuring: Measuring, model: Likelihood, example: Example, names: Sequence[str]
) -> Callable[[], dict[str, Any]]:
    return lambda: _score(measuring, model, example, names)


def _score(
    measuring: Measuring, model: Likelihood, example: Example, names: Sequence[str]
) -> dict[str, Any]:
    encoded = encode(example, model.tokenizer, measuring.training.max_tokens)
    first = next(at for at, label in enumerate(encoded.labels) if label >= 0)
    ids = encoded.input_ids[: len(encoded.input_ids) - int(encoded.end_mark)]
    if len(ids) <= first:
        return {"unit": example.unit, "characters": 0, "nats": {}}
    costs: dict[str, TokenScores] = {
        name: model.score([(ids, first)], adapter=name or None)[0] for name in ("", *names)
    }
    attacks = vars(scored(example.unit, costs[""], costs[names[0]])) if names else {}
    return {
        "unit": example.unit,
        "characters": encoded.characters,
        "nats": {name: -float(cost.log_p.sum()) for name, cost in costs.items()},
        "attacks": attacks,
    }


def attacks_of(found: Sequence[dict[str, Any]]) -> list[Scored]:
    """Return the scores for membership inference of what `scores_of` found."""
    return [Scored(**one["attacks"]) for one in found if one.get("attacks")]

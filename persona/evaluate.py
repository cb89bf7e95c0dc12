"""`persona evaluate`: asks a version many questions with known truth, and writes its report card.

    version → probes made from the archive (persona.evaluation) → each asked in a conversation of
    its own that leaves no trace → judged without a model → reports/ver_…/card.json, card.html

The questions are asked in a *rehearsal*: the answers are made exactly as in a conversation, and
nothing of it is written into the archive: no turn, no open question that a family would find in
its interview plan. Then the manner and the weights of the version are measured
(`persona.train.measuring`): does it sound like the person, and is what not every listener may know
at chance in it. What was found is kept beside the card until the run is complete, so that an
interrupted run goes on; the kept lines are then removed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from persona.config import models_folder
from persona.engines.protocols import LanguageModel
from persona.errors import ConverseError
from persona.evaluation.archive import open_archive
from persona.evaluation.examples import Examples
from persona.evaluation.journal import UNFINISHED_MEASURES, Findings, Journal
from persona.evaluation.judging import judge
from persona.evaluation.numbers import Asked, summary
from persona.evaluation.probe import Gate, Probe
from persona.evaluation.questions import probes_of
from persona.export.report_card import write_card
from persona.opening import Engines, open_engines
from persona.progress import Report
from persona.records import Version
from persona.rehearsal import Examiner, rehearse
from persona.remember.readers import Custodian
from persona.train.measuring.measured import finish, measure
from persona.train.measuring.measures import USUAL, Depth, Measuring
from persona.train.serving import BY_THE_KEEPER, talkable_version
from persona.train.versions import read_manifest
from persona.workspace import Workspace

QUESTIONS = 120
"""How many questions are asked unless somebody says otherwise: about two minutes."""


@dataclass(frozen=True)
class Card:
    """What an evaluation left: the card as plain values, and where it lies."""

    values: dict[str, Any]
    folder: Path

    @property
    def kept(self) -> bool:
        """Say whether every gate that was tested was kept."""
        return all(gate["state"] != "failed" for gate in self.values["gates"].values())


def evaluate(
    workspace: Workspace,
    reference: str | None,
    report: Report,
    *,
    questions: int = QUESTIONS,
    seed: int = 0,
    engines: Engines | None = None,
    depth: Depth | None = USUAL,
) -> Card:
    """Ask a version, judge its answers, and write its report card.

    Args:
        workspace: the persona.
        reference: number, id or name of a version; None: the newest that may be talked to.
        report: told how far it is.
        questions: how many are asked at the most.
        seed: of the choice of questions and of the answers.
        engines: already open; None: those that the version was made with.
        depth: how much of its manner and its weights is measured; None: nothing.

    Raises:
        VersionError: there is no such version, or it may not be talked to.
        ConverseError: nothing can be asked, or the card cannot be written.
    """
    with rehearse(workspace) as store:
        view = store.reader(Custodian())
        version = talkable_version(view.versions(), reference, BY_THE_KEEPER)
        report.line(f"Making questions for version {version.number} …")
        archive = open_archive(store)
        probes = probes_of(store, archive, version.id, questions, seed) if archive else []
        if archive is None or not probes:
            raise ConverseError(
                "There is nothing to ask about yet. Run persona collect and persona remember first."
            )
        engines = engines or open_engines(workspace, version)
        folder = workspace.root / "reports" / version.id
        plan = [version.id, seed, depth.name if depth else ""]
        with (
            Journal(folder, probes, seed) as journal,
            Findings(folder / UNFINISHED_MEASURES, plan) as findings,
        ):
            examiner = Examiner(workspace, store, version.id, engines, archive, seed)
            asked = _ask_all(examiner, probes, journal, report)
            values = {
                **_head(version, view.subject().name),
                "made_with": _made_with(engines.language_model, engines, seed),
                **summary(asked),
                "examples": Examples(view, archive, _audience(workspace, version.id)).chosen(asked),
            }
            if depth is not None:
                settings = (workspace, store, version, models_folder(), depth, seed)
                models = (engines.language_model, engines.adapted)
                _add_measures(values, Measuring(*settings, findings, report, *models))
            write_card(folder, values)
            journal.finish()
            findings.finish()
    return Card(values, folder)


def _ask_all(
    examiner: Examiner, probes: Sequence[Probe], journal: Journal, report: Report
) -> list[Asked]:
    asked: list[Asked] = []
    for position, probe in enumerate(probes):
        report.progress("Asking", position, len(probes))
        said = journal.said(probe)
        if said is None:
            said = examiner.ask(probe)
            journal.answered(probe, said)
        asked.append((probe, said, judge(probe, said, examiner.known(probe.listener_id))))
    report.progress("Asking", len(probes), len(probes))
    return asked


def _add_measures(values: dict[str, Any], measuring: Measuring) -> None:
    """Add what the manner and the weights of a version show, and the gate on its weights."""
    measuring.report.line(f"Measuring its manner and its weights ({measuring.depth.name}) …")
    values["measures"] = measure(measuring)
    finish(measuring)
    values["gates"][Gate.WEIGHTS.value] = _weights_gate(values["measures"])


def _weights_gate(measures: dict[str, Any]) -> dict[str, Any]:
    """Return the gate on secrets in the weights: what was tested, and whether it was at chance."""
    weights = measures["weights"]
    state = weights.get("state", "not_tested")
    tested = 0 if state == "not_tested" else weights["tested"]
    return {"tested": tested, "failed": tested if state == "failed" else 0, "state": state}


def _head(version: Version, persona: str) -> dict[str, Any]:
    return {
        "version": {"id": version.id, "number": version.number, "name": version.name},
        "persona": persona,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _made_with(model: LanguageModel | None, engines: Engines, seed: int) -> dict[str, Any]:
    return {
        "language_model": model.name if model else "none",
        "manner": "trained" if engines.adapted is not None else "none",
        "embedder": engines.embedder.name if engines.embedder else "none",
        "seed": seed,
    }


def _audience(workspace: Workspace, version_id: str) -> tuple[str, ...]:
    return read_manifest(workspace.versions / version_id).audience

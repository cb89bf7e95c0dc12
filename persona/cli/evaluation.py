"""The command that measures a version and writes its report card."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from persona.cli.base import OUT, Where, app, say, workspace_at
from persona.errors import ConverseError
from persona.export.report_measures import measured_sentences

if TYPE_CHECKING:
    from persona.evaluate import Card

_STATES = {"kept": "kept", "failed": "FAILED", "not_tested": "not tested"}


@app.command()
def evaluate(
    version: Annotated[str, typer.Argument(help="number, id or name; else the newest")] = "",
    questions: Annotated[int, typer.Option(min=8, help="how many to ask at the most")] = 120,
    seed: Annotated[int, typer.Option(help="another seed asks other questions")] = 0,
    quick: Annotated[bool, typer.Option(help="measure little of manner and weights")] = False,
    thorough: Annotated[
        bool, typer.Option(help="measure much, and train another person's manner to compare")
    ] = False,
    where: Where = None,
) -> None:
    """Ask a version many questions with known answers, measure it, and write its report card."""
    from persona import evaluate as evaluation
    from persona.terminal import TerminalReport
    from persona.train.measuring.measures import QUICK, THOROUGH, USUAL

    if quick and thorough:
        raise ConverseError("Choose one of --quick and --thorough.")
    depth = QUICK if quick else THOROUGH if thorough else USUAL
    workspace = workspace_at(where)
    with TerminalReport(OUT) as report:
        card = evaluation.evaluate(
            workspace, version or None, report, questions=questions, seed=seed, depth=depth
        )
    _say_card(card)
    if not card.kept:
        raise typer.Exit(1)


def _say_card(card: "Card") -> None:
    values: dict[str, Any] = card.values
    for name, gate in values["gates"].items():
        state = _STATES[gate["state"]]
        say(f"{name:14} {state:10}  {gate['failed']} failed of {gate['tested']}")
    say()
    for name, value in values["figures"].items():
        if value is not None:
            written = f"{value:.0f} ms" if "_ms_" in name else f"{value:.2f}"
            say(f"{name.replace('_ms_', ' '):24} {written}")
    for sentence in measured_sentences(values.get("measures")):
        say(sentence)
    say(f"\nThe report card: {card.folder / 'card.html'}")

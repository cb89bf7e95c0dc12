"""Commands about this machine: what is installed, models, the app, the demo."""

from pathlib import Path
from typing import Annotated

import typer

from persona.cli.base import OUT, Where, app, say, workspace_at
from persona.errors import PersonaError
from persona.workspace import Workspace


@app.command()
def doctor(where: Where = None) -> None:
    """Say what is installed, which engines will be used, and what is missing."""
    from persona.config import Config, models_folder
    from persona.engines.describing import describe_engines

    workspace = None
    try:
        workspace = workspace_at(where)
        config = workspace.config
    except PersonaError as error:
        config = Config()
        say(f"{error} The usual settings are looked at.", style="yellow")
    ready = True
    for status in describe_engines(config, models_folder()):
        missing = "without" if status.optional else "MISSING"
        mark = "ready  " if status.ready else missing
        ready = ready and (status.ready or status.optional)
        say(f"{mark}  {status.job:16} {status.name:22} {status.licence:14} {status.sentence}")
    if workspace is not None:
        _say_unheard(workspace)
    raise typer.Exit(0 if ready else 1)


def _say_unheard(workspace: Workspace) -> None:
    """Say which versions are not heard with their own voice, and what can be done."""
    from persona import opening
    from persona.keeper.voice_block import unheard_voice, why_unheard
    from persona.remember.readers import Custodian

    try:
        with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
            found = [(one, unheard_voice(workspace, view, one)) for one in view.versions()]
    except PersonaError as error:
        say(str(error), style="yellow")
        return
    for version, made in found:
        if made is not None:
            said = f"Version {version.number} is read aloud by a plain voice, not by its own."
            say(f"note     {said} {why_unheard(made)}", style="yellow")


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="models; nothing: embedded")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="folder with the files: nothing is fetched")
    ] = None,
    agree: Annotated[
        bool, typer.Option("--agree", help="agree to the licence shown, without being asked")
    ] = False,
) -> None:
    """Fetch model weights and check them; ``coqui`` makes the environment of coqui-tts.

    Weights for coqui-tts (xtts, vits, openvoice, knnvc) are never fetched: bring them with --from.
    """
    from persona.config import models_folder
    from persona.engines.catalogue import fetch as fetch_model
    from persona.engines.catalogue import load_catalogue
    from persona.engines.coqui_environment import make_environment
    from persona.engines.coqui_models import COQUI_MODELS

    required = [name for name, entry in load_catalogue().items() if entry.required]
    for name in names or required:
        if name == "coqui":
            make_environment(models_folder(), say)
        elif name in COQUI_MODELS:
            _place_coqui(name, models_folder(), source, agree=agree)
        else:
            say(f"{name}: {fetch_model(name, models_folder(), say, source=source)}")


def _place_coqui(name: str, models: Path, source: Path | None, *, agree: bool) -> None:
    """Put weights of coqui-tts in place, once somebody has agreed to their licence."""
    import os

    from persona.engines import coqui_models as coqui

    say(coqui.licence_text(name))
    if not coqui.is_agreed(name, models):
        if not agree and not typer.confirm("Do you agree to it?"):
            say("Nothing was changed: these weights are not used.")
            raise typer.Exit(1)
        coqui.agree(name, models, by=os.environ.get("USER", "whoever ran persona fetch"))
    if source is not None:
        coqui.place(name, source, models, say)
    say(f"{name}: {coqui.coqui_weights(name, models)}")


@app.command(name="app")
def open_app(
    port: Annotated[int, typer.Option(help="where the page is served")] = 8501,
    where: Where = None,
) -> None:
    """Open the app in a browser; it is served on this machine only."""
    _serve(workspace_at(where), port)


@app.command()
def demo(
    parent: Annotated[Path, typer.Option("--in", help="where to make it")] = Path("workspaces"),
    port: Annotated[int, typer.Option(help="where the page is served")] = 8501,
    build_only: Annotated[bool, typer.Option("--build-only", help="build it and leave")] = False,
) -> None:
    """Build the demo persona from its raw files, then open the app."""
    from persona.demo import build_demo
    from persona.terminal import TerminalReport

    with TerminalReport(OUT) as report:
        workspace = build_demo(parent, report)
    say(f"The demo persona lies in {workspace.root}")
    if not build_only:
        _serve(workspace, port)


def _serve(workspace: Workspace, port: int) -> None:
    from persona.app_server import serve_app

    say(f"The app is at http://localhost:{port} (Ctrl-C closes it)", style="bold")
    raise typer.Exit(serve_app(workspace, port))

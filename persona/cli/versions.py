"""Commands for versions: make one, list, name, make ready, tidy up, make anew, end one."""

from typing import TYPE_CHECKING, Annotated

import typer

from persona.cli.base import OUT, Where, app, say, workspace_at

if TYPE_CHECKING:
    from persona.train.sharing import DiskUse

Reference = Annotated[str, typer.Argument(help="number, id or name")]

versions_app = typer.Typer(help="List the versions; name, make ready, make anew, tidy up.")
app.add_typer(versions_app, name="versions")


@app.command()
def train(
    name: Annotated[str, typer.Option(help="what the family calls this version")] = "",
    audience: Annotated[list[str] | None, typer.Option("--for", help="who may use it")] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="only for whoever looks after the archive, for now")
    ] = False,
    voice: Annotated[
        str, typer.Option(help="a voice that was made (voi_…), kokoro, espeak, or none")
    ] = "",
    where: Where = None,
) -> None:
    """Learn the manner of speaking from the person's own words; make a numbered version."""
    from persona import steps
    from persona.proof.golden import keep_golden
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    with TerminalReport(OUT) as report:
        made = steps.train(
            workspace, report, name=name, audience=audience or (), draft=draft, voice=voice
        )
        kept = keep_golden(workspace, made.version.id, report)
    for sentence in (*made.sentences, *kept):
        say(sentence)


@versions_app.callback(invoke_without_command=True)
def versions(context: typer.Context, where: Where = None) -> None:
    """List the versions of this persona: state, name, what was learnt, room on the disk."""
    if context.invoked_subcommand is not None:
        return
    from persona.keeper.generations import in_a_line, shelf
    from persona.keeper.voice_block import why_unheard
    from persona.train.sharing import megabytes

    found = shelf(workspace_at(where))
    if not found.versions:
        say("There is no version yet. Make one with: persona train")
        return
    for row in found.versions:
        say(
            f"{row.number:3d}  {row.id}  {row.state.value:8}  "
            f"{row.created_at:%Y-%m-%d %H:%M}  {row.report.get('memories', '?')} memories  "
            f"{row.name}"
        )
        say(f"     {in_a_line(row.report)}; {_room(found.use[row.id])}", style="dim")
        if row.state_reason:
            say(f"     {row.state_reason}", style="dim")
        if row.id in found.unheard:
            why = why_unheard(found.unheard[row.id])
            say(f"     read aloud by a plain voice, not its own: {why}", style="yellow")
    say(
        f"Together {megabytes(found.total_bytes)} on the disk; what several versions share is "
        "counted once."
    )


@versions_app.command()
def activate(
    version: Reference,
    again: Annotated[
        bool, typer.Option("--again", help="bring a version back that was retired")
    ] = False,
    where: Where = None,
) -> None:
    """Let the family have a draft: from now on it is the newest version they talk with."""
    from persona.keeper import generations

    ready = generations.activate(workspace_at(where), version, again=again)
    say(f"The family has version {ready.number} now.")


@versions_app.command()
def name(
    version: Reference,
    words: Annotated[str, typer.Argument(help='what the family calls it: "second generation"')],
    where: Where = None,
) -> None:
    """Give a version a name; nothing else of it changes."""
    from persona.keeper import generations

    named = generations.name_version(workspace_at(where), version, words)
    say(f"Version {named.number} is called “{named.name}”." if named.name else "It has no name.")


@versions_app.command()
def tidy(
    retired: Annotated[
        bool, typer.Option("--retired", help="also what retired versions learnt")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    where: Where = None,
) -> None:
    """Show what could go to make room, and remove it when you say yes. Nothing in use goes."""
    from persona.keeper import tidy as tidying
    from persona.train.sharing import megabytes

    workspace = workspace_at(where)
    planned = tidying.plan_tidy(workspace, retired=retired)
    if not planned.leftovers:
        say("There is nothing to tidy up.")
        return
    for sentence in planned.sentences(workspace.root):
        say(sentence)
    say(f"That frees {megabytes(planned.freed_bytes)}.")
    if not yes and not typer.confirm("Remove this?"):
        say("Nothing was removed.")
        raise typer.Exit(1)
    tidying.tidy(workspace, retired=retired)
    say("It is removed. Originals, memories, manifests and conversations are all there.")


@versions_app.command()
def rebuild(version: Reference, where: Where = None) -> None:
    """Make a version anew from what may be used today, for the same people: after a withdrawal."""
    from persona.keeper import generations
    from persona.proof.golden import keep_golden
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    with TerminalReport(OUT) as report:
        made = generations.rebuild_version(workspace, version, report)
        kept = keep_golden(workspace, made.version.id, report)
    for sentence in (*made.sentences, *kept):
        say(sentence)


@app.command()
def retire(
    version: Reference,
    reason: Annotated[str, typer.Option(help="a sentence for those who ask for it later")] = "",
    where: Where = None,
) -> None:
    """End a version for good: its record stays, and nobody talks with it any more."""
    from persona.keeper.generations import retire_version

    ended = retire_version(workspace_at(where), version, reason)
    say(f"Version {ended.number} is retired. Its conversations and sources are kept.")


def _room(use: "DiskUse") -> str:
    from persona.train.sharing import megabytes

    shared = f", {megabytes(use.shared_bytes)} of it shared" if use.shared_bytes else ""
    return f"{megabytes(use.whole_bytes)} on the disk{shared}"

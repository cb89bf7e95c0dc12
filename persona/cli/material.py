"""Commands for what comes in: a new persona, its material, and who agreed to what."""

from pathlib import Path
from typing import Annotated

import typer

from persona.cli.base import OUT, Where, app, say, workspace_at
from persona.workspace import create_workspace


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="the name of the person who died")],
    parent: Annotated[Path, typer.Option("--in", help="where to make the folder")] = Path(),
) -> None:
    """Make the folder of a new persona."""
    from persona.collect.family.template import write_people_template

    workspace = create_workspace(parent, name)
    people = write_people_template(workspace.root, name)
    say(f"Made {workspace.root}. Say who is who in its {people.name}, if you like, and run:")
    say(f"  cd {workspace.root} && persona collect FOLDER")


@app.command()
def collect(
    paths: Annotated[list[Path], typer.Argument(help="files, folders or zips, as they are")],
    people: Annotated[Path | None, typer.Option(help="people.toml, if not in the folder")] = None,
    contributor: Annotated[str, typer.Option(help="who hands this in")] = "",
    only_plan: Annotated[
        bool, typer.Option("--plan", help="only say what would be taken in; keep nothing")
    ] = False,
    where: Where = None,
) -> None:
    """Take originals in: kept unchanged, never twice."""
    from persona import steps
    from persona.collect.family.people import read_people
    from persona.collect.journal import JOURNAL_FILE
    from persona.collect.plan import plan_lines
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    book = read_people(people) if people is not None else None
    if only_plan:
        for line in plan_lines(steps.plan_collect(workspace, paths, book=book)):
            say(line)
        return
    with TerminalReport(OUT) as report:
        done = steps.collect(workspace, paths, report, book=book, contributor=contributor)
    say(
        f"{len(done.new)} new originals kept, {done.passages} passages, "
        f"{done.already_here} were here already, {len(done.left_out)} left out"
        f"{f', {len(done.set_aside)} set aside' if done.set_aside else ''}. "
        f"Every file is named in {workspace.root / JOURNAL_FILE}"
    )
    if done.said_since:
        say(f"people.toml says more now of {done.said_since} files that were here; it counts.")
    for file_name, reason in done.left_out:
        say(f"  left out  {file_name}: {reason}", style="yellow")
    for file_name, reason in done.set_aside:
        say(f"  set aside  {file_name}: {reason}", style="yellow")
    if done.set_aside:
        say("  If one of these is real after all, say so: persona real FILE --by WHO")
    for file_name, warning in done.warnings:
        say(f"  please look  {file_name}: {warning}", style="yellow")
    if done.left_out and not (done.new or done.already_here or done.set_aside):
        raise typer.Exit(1)


@app.command()
def remember(where: Where = None) -> None:
    """Turn what was collected into memories that say who told them."""
    from persona import steps
    from persona.terminal import TerminalReport

    with TerminalReport(OUT) as report:
        done = steps.remember(workspace_at(where), report)
    say(f"{done.new} new memories, {done.total} in all.")
    if done.gave_way:
        say(
            f"{done.gave_way} that were read otherwise before gave way to these. What somebody "
            "decided stays, and versions made before go on with what they were made with."
        )
    for name, count in sorted(done.narrators.items(), key=lambda item: -item[1]):
        say(f"  {count:6d}  told by {name}")
    if done.disagreements:
        say(f"{done.disagreements} disagreements found between accounts: persona disagreements")
    for sentence in done.waiting:
        say(f"  not remembered  {sentence}", style="yellow")


@app.command()
def consent(
    person: Annotated[str, typer.Argument(help="whose words or voice: an id from people.toml")],
    act: Annotated[str, typer.Argument(help="train_text, train_voice, quote, film …")],
    by: Annotated[str, typer.Option(help="who agrees: the narrator or an heir")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="take it back")] = False,
    where: Where = None,
) -> None:
    """Record that somebody agrees to an act, or takes it back; nothing is ever overwritten."""
    from persona.keeper.custody import record_consent

    text = record_consent(workspace_at(where), person, act, by, withdraw=withdraw)
    say(f"Recorded: {text}")

"""Commands for whoever looks after the archive: taking back, and proof that all is there."""

from pathlib import Path
from typing import Annotated

import typer

from persona.cli.base import OUT, Where, app, known_person, say, say_error, workspace_at
from persona.errors import WorkspaceError


@app.command()
def withdraw(
    scope: Annotated[str, typer.Argument(help="memory, source or narrator")] = "",
    target: Annotated[str, typer.Argument(help="id of the memory, the source or the person")] = "",
    by: Annotated[str, typer.Option(help="who asks for it: an id")] = "custodian",
    reason: Annotated[str, typer.Option(help="kept in the record as you write it")] = "",
    also_shared: Annotated[
        bool, typer.Option("--also-shared", help="also originals that hold words of others")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask again")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="finish what was interrupted, and no more")
    ] = False,
    where: Where = None,
) -> None:
    """Take something back: erased everywhere in this folder, with a receipt."""
    from persona.keeper import withdraw as taking_back
    from persona.records import WithdrawalScope
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    if finish:
        with TerminalReport(OUT) as report:
            finished = taking_back.finish_withdrawals(workspace, report)
        say(f"{len(finished)} withdrawals were finished.")
        return
    if scope not in WithdrawalScope._value2member_map_:
        raise typer.BadParameter("Choose memory, source or narrator.")
    planned = taking_back.plan_withdrawal(workspace, scope, target, also_shared=also_shared)
    for sentence in planned.sentences():
        say(sentence)
    if not yes and not typer.confirm("Take this back?"):
        say("Nothing was changed.")
        raise typer.Exit(1)
    with TerminalReport(OUT) as report:
        done = taking_back.withdraw(
            workspace, scope, target, by, reason, report=report, also_shared=also_shared
        )
    proof = "a byte scan found nothing of it" if done.verified else "a byte scan FOUND some of it"
    say(f"Taken back; {proof}. The receipt lies in {workspace.root / 'receipts'}")
    for sentence in done.unreachable:
        say(f"  not reached  {sentence}", style="yellow")
    if not done.verified:
        raise typer.Exit(1)


@app.command()
def may_return(
    file: Annotated[Path, typer.Argument(help="a file that was taken back once")],
    by: Annotated[str, typer.Option(help="who allows it: an id")] = "custodian",
    where: Where = None,
) -> None:
    """Let an original that was taken back be taken in again, on purpose."""
    from persona.collect.originals import fingerprint
    from persona.keeper.withdraw import may_return as allow

    allow(workspace_at(where), fingerprint(file), by)
    say(f"{file.name} may be collected again.")


@app.command()
def real(
    what: Annotated[str, typer.Argument(help="a file that was set aside, or its name in the list")],
    by: Annotated[str, typer.Option(help="who says so: an id")] = "custodian",
    where: Where = None,
) -> None:
    """Say that a file which was set aside as made by a program is real, and use it."""
    from persona.keeper.real import is_real
    from persona.terminal import TerminalReport

    with TerminalReport(OUT) as report:
        done = is_real(workspace_at(where), what, by, report)
    say(f"{done.new[0]} is used now: {done.passages} passages. Next: persona remember")
    for file_name, warning in done.warnings:
        say(f"  please look  {file_name}: {warning}", style="yellow")


@app.command()
def verify(
    what: Annotated[
        str, typer.Argument(help="a file, or a version: number, id or name; else the archive")
    ] = "",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="of a version: train it again, compare the bytes")
    ] = False,
    where: Where = None,
) -> None:
    """Prove that all is there and unchanged; or say of a file whether a program made it.

    Of a file, the exit code says it too: 0 an original of this archive, 3 made by a program,
    4 no sign of a program (which does not prove that it is real), 1 it cannot be read.
    """
    if what and not rebuild and (Path(what).is_file() or Path(what).suffix[1:].isalpha()):
        raise typer.Exit(_verified(Path(what), where))
    from persona.keeper.verify import verify_archive
    from persona.proof import prove_version
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    if rebuild and not what:
        raise typer.BadParameter("Name the version that is made again: persona verify 2 --rebuild")
    with TerminalReport(OUT) as report:
        result = (
            prove_version(workspace, what, report, rebuild=rebuild)
            if what
            else verify_archive(workspace, report)
        )
    for sentence in result.sentences():
        say(sentence)
    if not result.ok:
        count = len(result.faults)
        faults = "1 fault" if count == 1 else f"{count} faults"
        say_error(f"{faults}. Restore a copy of this folder, or ask for help.")
        raise typer.Exit(1)
    say("All is there and unchanged.")


@app.command()
def phrase(
    person: Annotated[str, typer.Argument(help="id of a person, or 'custodian'")],
    remove: Annotated[
        bool, typer.Option("--remove", help="do without; if it is forgotten")
    ] = False,
    where: Where = None,
) -> None:
    """Set the pass phrase that the app asks for before it lets somebody in under a name."""
    from persona import opening
    from persona.pass_phrases import KEEPER, remove_phrase, set_phrase
    from persona.remember.readers import Custodian

    workspace = workspace_at(where)
    if person != KEEPER:
        with opening.open_store(workspace) as store, store.reader(Custodian()) as archive:
            person = known_person(person, archive) or person
    if remove:
        remove_phrase(workspace, person)
        say(f"The app lets {person} in without a pass phrase.")
        return
    given = typer.prompt("Pass phrase", hide_input=True, confirmation_prompt=True)
    set_phrase(workspace, person, given)
    say(
        f"From now on the app asks for it before it lets {person} in. It does not encrypt the disk."
    )


def _verified(file: Path, where: Path | None) -> int:
    """Say what a file is, with or without an archive; return the exit code."""
    from persona.export.marking_verdict import FileKind
    from persona.keeper.verify import verify_file

    try:
        workspace = workspace_at(where)
    except WorkspaceError:
        if where is not None:
            raise
        workspace = None
    verdict = verify_file(workspace, file)
    for sentence in verdict.sentences:
        say(sentence)
    return {FileKind.ORIGINAL: 0, FileKind.MADE: 3, FileKind.NO_SIGN: 4}[verdict.kind]

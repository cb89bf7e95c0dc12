"""Commands for looking through memories and for accounts that disagree; the app shows the same."""

from typing import TYPE_CHECKING, Annotated

import typer

from persona.cli.base import Where, app, say, workspace_at
from persona.errors import StoreError

if TYPE_CHECKING:
    from persona.keeper.review import ReviewItem

_KEYS = "a accept · d not right · n not sure · u undo · q stop"


@app.command()
def review(
    by: Annotated[str, typer.Option(help="who looks through: an id")] = "custodian",
    accept_of: Annotated[
        str, typer.Option("--accept-all-by", help="accept everything this person told")
    ] = "",
    where: Where = None,
) -> None:
    """Look through what was found, the most important first: one key a memory."""
    from persona.keeper import review as reviewing
    from persona.opening import open_store

    decisions = {
        "a": reviewing.Decision.ACCEPT,
        "d": reviewing.Decision.DISCARD,
        "n": reviewing.Decision.NOT_SURE,
    }
    with open_store(workspace_at(where)) as store:
        if accept_of:
            say(f"{reviewing.accept_all(store, narrator_id=accept_of, by=by)} accepted.")
            return
        while page := reviewing.next_items(store, limit=1):
            (item,) = page
            counts = reviewing.progress(store)
            for line in _lines(item):
                say(line)
            key = typer.prompt(f"{counts.waiting} wait. {_KEYS}", default="q").strip().lower()[:1]
            if key in decisions:
                reviewing.decide(store, decisions[key], [item.memory.id], by)
            elif key == "u":
                say(f"{len(reviewing.undo(store, 1, by))} taken back.")
            else:
                return
        say("Nothing waits to be looked at.")


def _lines(item: "ReviewItem") -> list[str]:
    had = f", who had it from {', '.join(item.told_by)}" if item.told_by else ""
    words = " ".join(item.memory.quote.split())
    why = ", ".join(reason.replace("_", " ") for reason in item.reasons)
    return ["", f"{item.narrator}{had}: {words}", f"    {item.source.title} · {why}"]


@app.command()
def disagreements(
    number: Annotated[str, typer.Argument(help="id of one, to decide it; nothing: list")] = "",
    both: Annotated[bool, typer.Option("--both", help="yes: tell both")] = False,
    silent: Annotated[bool, typer.Option("--silent", help="yes: use neither")] = False,
    dismiss: Annotated[bool, typer.Option("--dismiss", help="they do not disagree")] = False,
    note: Annotated[str, typer.Option(help="a sentence for the family; it silences nobody")] = "",
    by: Annotated[str, typer.Option(help="who decides: an id")] = "custodian",
    where: Where = None,
) -> None:
    """List accounts that disagree, side by side, or decide what the persona does about one."""
    from persona.keeper import review as reviewing
    from persona.opening import open_store
    from persona.records import ConflictPolicy, ConflictState

    with open_store(workspace_at(where)) as store:
        if number:
            if both + silent + dismiss != 1:
                raise StoreError("Choose one of --both, --silent and --dismiss.")
            policy = ConflictPolicy.KEEP_SILENT if silent else ConflictPolicy.TELL_BOTH
            state = ConflictState.DISMISSED if dismiss else ConflictState.CONFIRMED
            store.decide_conflict(number, state, policy=policy, resolution=note or None, by=by)
            say("Recorded.")
            return
        found = reviewing.open_disagreements(store, state=None)
        for one in found:
            conflict = one.conflict
            kind = conflict.kind.value.replace("_", " ")
            say(f"{conflict.id}  {kind}, {conflict.state.value}  {conflict.about}")
            for account in one.accounts:
                say(f"    {account.narrator}: {' '.join(account.memory.quote.split())}")
        say(f"{len(found)} disagreements.")

"""Commands for other programs that talk with a version, and for what an answer stands on."""

import contextlib
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from persona import MADE_BY
from persona.cli.base import Where, app, known_person, say, workspace_at
from persona.errors import ConverseError
from persona.workspace import Workspace

_LOCAL = "127.0.0.1"


@app.command()
def serve(
    port: Annotated[int, typer.Option(help="where it listens; 0: any that is free")] = 8600,
    version: Annotated[str, typer.Option(help="serve only this one: number, id or name")] = "",
    host: Annotated[str, typer.Option(help="address; else this machine only")] = _LOCAL,
    per_minute: Annotated[int, typer.Option(min=1, help="requests of one token a minute")] = 20,
    where: Where = None,
) -> None:
    """Answer other programs as an OpenAI-compatible server; each listener needs a token."""
    from persona import opening
    from persona.endpoint import server
    from persona.remember.readers import Custodian
    from persona.tokens import list_tokens
    from persona.train.serving import talkable_version

    workspace = workspace_at(where)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as archive:
        talkable_version(archive.versions(), version or None)
    if not list_tokens(workspace):
        say("Nobody has a token yet, so nobody is answered: persona token --for PERSON")
    if host not in (_LOCAL, "localhost", "::1"):
        say(
            f"Listening at {host}: everybody who reaches this machine can knock. Words travel "
            "unencrypted: put a server with HTTPS in front of it, and give a token to each "
            "listener and to nobody else.",
            style="yellow",
        )
    logging.getLogger("persona.endpoint").setLevel(logging.INFO)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve(
            workspace,
            host=host,
            port=port,
            version=version or None,
            per_minute=per_minute,
            ready=lambda address: say(f"Listening at {address} (Ctrl-C closes it)", "bold"),
        )
    say("Closed. Every conversation is kept.")


@app.command()
def token(
    person: Annotated[str, typer.Option("--for", help="who will hold it: an id")] = "",
    stranger: Annotated[bool, typer.Option("--stranger", help="for somebody unknown")] = False,
    until: Annotated[str, typer.Option(help="the last day, as in 2027-06-30")] = "",
    revoke: Annotated[str, typer.Option(help="id of a token that shall open nothing more")] = "",
    where: Where = None,
) -> None:
    """Make a listener's token for `persona serve`, revoke one, or list them."""
    from persona.tokens import revoke_token

    workspace = workspace_at(where)
    if bool(person) + stranger + bool(revoke) > 1:
        raise ConverseError("Choose one of --for PERSON, --stranger and --revoke ID.")
    if revoke:
        say(f"Revoked {revoke_token(workspace, revoke).id}: it opens nothing any more.")
    elif person or stranger:
        _make(workspace, person, until)
    else:
        _list(workspace)


def _make(workspace: Workspace, person_id: str, until: str) -> None:
    from persona import opening
    from persona.remember.readers import Custodian
    from persona.tokens import make_token

    with opening.open_store(workspace) as store, store.reader(Custodian()) as archive:
        known = known_person(person_id or None, archive)
        person = archive.person(known) if known else None
    made, secret = make_token(workspace, person, until or None)
    who = f"{person.name} ({person.id})" if person else "a stranger, with the least rights"
    say(f"Token {made.id} for {who}. Whoever holds it is taken for this person.")
    say(secret)
    say("It is shown this once. Revoke it with: persona token --revoke " + made.id)


def _list(workspace: Workspace) -> None:
    from persona.tokens import list_tokens

    known = list_tokens(workspace)
    if not known:
        say("There is no token yet. Make one with: persona token --for PERSON")
    for one in known:
        until = f"until {one.until}" if one.until else "no end"
        who = one.person_id or "a stranger"
        say(f"{one.id}  {one.state().value:8}  {who:20}  made {one.made_at[:10]}  {until}")


@app.command()
def explain(
    turn: Annotated[str, typer.Argument(help="id of an answer; 'last': the newest")] = "last",
    reader: Annotated[str, typer.Option("--as", help="what this person may know of it")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="everything, for programs")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="ask the same again")] = False,
    where: Where = None,
) -> None:
    """Follow each sentence of an answer to its original; fail if a link is broken."""
    from persona import opening
    from persona.explain.chain import explain_turn
    from persona.explain.wording import explained_lines
    from persona.remember.readers import Custodian, Relative

    workspace = workspace_at(where)
    if replay:
        _replay(workspace, turn, as_json)
        return
    with opening.open_store(workspace) as store, store.reader(Custodian()) as archive:
        who = known_person(reader or None, archive)
        view = store.reader(Relative(who)) if who else archive
        explained = explain_turn(workspace, view, turn)
    _say_all(explained.as_json(), explained_lines(explained), as_json)
    if explained.all_faults:
        raise typer.Exit(1)


def _replay(workspace: Workspace, turn: str, as_json: bool) -> None:
    from persona.explain.replay import replay_turn
    from persona.explain.wording import replayed_lines

    replayed = replay_turn(workspace, turn)
    _say_all(asdict(replayed), replayed_lines(replayed), as_json)
    if not replayed.same:
        raise typer.Exit(1)


def _say_all(content: dict[str, Any], lines: Iterable[str], as_json: bool) -> None:
    if as_json:
        say(json.dumps({"made_by": MADE_BY, **content}, ensure_ascii=False, indent=1))
        return
    for line in lines:
        say(line)

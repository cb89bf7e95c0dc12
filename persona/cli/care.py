"""Commands of care: a farewell, saying what is not right, a guardian's word for a child."""

from typing import TYPE_CHECKING, Annotated

import typer

from persona.cli.base import Where, app, known_person, say, workspace_at
from persona.cli.talk import say_answer

if TYPE_CHECKING:
    from persona.converse.dispute import Disputed

_KNOWS = {"there": "witnessed", "told": "was_told", "believe": "believes", "guess": "guesses"}


@app.command()
def farewell(
    version: Annotated[str, typer.Argument(help="number, id or name; nothing: the newest")] = "",
    listener: Annotated[str, typer.Option("--as", help="who says goodbye: an id")] = "",
    ask: Annotated[list[str] | None, typer.Option(help="a last question")] = None,
    retire: Annotated[
        bool | None, typer.Option("--retire/--not-yet", help="do not ask about it at the end")
    ] = None,
    where: Where = None,
) -> None:
    """Hold a last conversation with a version; then retire it, or put that off."""
    from persona import opening, steps
    from persona.keeper import farewell as parting
    from persona.remember.readers import Custodian, Relative, Stranger
    from persona.train.serving import talkable_version

    workspace = workspace_at(where)
    with opening.open_store(workspace) as store:
        archive = store.reader(Custodian())
        chosen = talkable_version(archive.versions(), version or None)
        who = known_person(listener or None, archive)
        talk = steps.start_talk(workspace, store, listener_id=who, version=chosen.id)
        view = store.reader(Relative(who) if who else Stranger())
        say(talk.notice, style="italic")
        say(parting.opening_words(talk))
        for question in ask or ():
            say(f"> {question}", style="bold")
            say_answer(talk.ask(question), view)
        if not talk.ended:
            say_answer(parting.hold_farewell(talk), view)
        if retire is None:
            retire = typer.confirm(
                f"Retire version {chosen.number} now? Nothing is lost, and you can do it later.",
                default=False,
            )
        if not retire:
            say("It stays as it is. Come back when you are ready; there is no right day.")
            return
        parting.retire(store, chosen.id)
    say(f"Version {chosen.number} is retired. Its conversations and sources are kept.")


@app.command()
def dispute(
    turn: Annotated[str, typer.Argument(help="id of an answer: see persona explain")],
    sentence: Annotated[int, typer.Argument(help="which sentence of it, from 1")],
    by: Annotated[str, typer.Option("--as", help="who says so: an id")],
    words: Annotated[str, typer.Option(help="how it was, in your own words; else asked")] = "",
    knows: Annotated[str, typer.Option(help="there, told, believe or guess")] = "believe",
    where: Where = None,
) -> None:
    """Say that a sentence is not right: kept as your testimony beside the other, never an edit."""
    from persona import opening
    from persona.converse.dispute import disputed
    from persona.converse.recording import resume_sentence
    from persona.keeper.correction import keep_correction
    from persona.records import Modality
    from persona.remember.readers import Custodian, Relative

    if knows not in _KNOWS:
        raise typer.BadParameter(f"Choose one of: {', '.join(_KNOWS)}.")
    workspace = workspace_at(where)
    with opening.open_store(workspace) as store:
        who = known_person(by, store.reader(Custodian()))
        with store.reader(Relative(str(who))) as view:
            said = view.sentences(turn)
            if not 1 <= sentence <= len(said):
                raise typer.BadParameter(f"That answer has {len(said)} sentences.")
            about = disputed(view, resume_sentence(view, said[sentence - 1]), who)
        _show(about)
        told = words or typer.prompt("How was it? In your own words")
        kept = keep_correction(workspace, store, about, told, knows=Modality(_KNOWS[knows]))
    say(f"Kept with your name, beside the other account ({kept.memory_id}).")
    say("Whoever looks after this archive will look at it: persona review")


def _show(about: "Disputed") -> None:
    """Show the sentence, and its sources beside it."""
    say(about.sentence.text, style="bold")
    for beside in about.beside:
        say(f"  {beside.place}", style="dim")
        around = f"{beside.before}[{beside.quoted}]{beside.after}"
        say(f"  {' '.join(around.split())}")
    if not about.beside:
        say("  It stood on no source.", style="dim")


@app.command()
def guardian(
    child: Annotated[str, typer.Argument(help="who is under age: an id")],
    by: Annotated[str, typer.Option(help="the grown-up who agrees: an id")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="take it back")] = False,
    where: Where = None,
) -> None:
    """Record that a guardian lets a child talk with the simulation, with somebody beside."""
    from persona.keeper.custody import let_child_talk

    say(f"Recorded: {let_child_talk(workspace_at(where), child, by, withdraw=withdraw)}")

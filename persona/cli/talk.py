"""The command that talks with a version."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from persona.cli.base import Where, app, known_person, say, say_error, workspace_at
from persona.errors import ConverseError
from persona.workspace import Workspace

if TYPE_CHECKING:
    from persona.converse.answer import AnswerSentence
    from persona.converse.talk import Talk
    from persona.engines.protocols import Voice
    from persona.remember.readers import Reader
    from persona.remember.store import Store
    from persona.remember.view import View


@app.command()
def chat(
    listener: Annotated[str, typer.Option("--as", help="who is listening: an id")] = "",
    version: Annotated[str, typer.Option(help="number, id or name; else the newest")] = "",
    ask: Annotated[list[str] | None, typer.Option(help="ask this and leave")] = None,
    speak: Annotated[bool, typer.Option("--speak", help="also make a spoken answer")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", help="answers as of this time, such as 1985: nothing later")
    ] = "",
    where: Where = None,
) -> None:
    """Talk with a version. An empty line, or 'stop', ends it; /1 reads what was offered first."""
    from persona import opening, steps
    from persona.remember.readers import Custodian
    from persona.train.serving import BY_THE_KEEPER, talkable_version

    workspace = workspace_at(where)
    with opening.open_store(workspace) as store:
        archive = store.reader(Custodian())
        chosen = talkable_version(archive.versions(), version or None, BY_THE_KEEPER)
        who = known_person(listener or (None if ask else _ask_who(archive)), archive)
        begin = partial(steps.start_talk, workspace, store, states=BY_THE_KEEPER)
        talk = begin(listener_id=who, version=chosen.id)
        talk.as_of = as_of
        voice = _voice(workspace, store, talk) if speak else None
        say(talk.notice, style="italic")
        time = f" Answers are as of {talk.as_of}." if talk.as_of else ""
        say(f"Version {talk.version.number}.{time} {talk.greeting}\n")
        understood = _turns(workspace, store, talk, ask, voice)
    if ask and not understood:
        raise typer.Exit(1)


def _turns(
    workspace: Workspace,
    store: "Store",
    talk: "Talk",
    ask: list[str] | None,
    voice: "Voice | None",
) -> bool:
    """Ask what was to be asked, or what is typed; False when one could not be read."""
    understood = True
    try:
        for question in ask or iter(_asked, None):
            if ask:
                say(f"> {question}", style="bold")
            understood &= _one_turn(workspace, store, talk, str(question), voice)
            if talk.ended:
                break
    finally:
        talk.end()
    return understood


def _one_turn(
    workspace: Workspace, store: "Store", talk: "Talk", question: str, voice: "Voice | None"
) -> bool:
    """Ask, and say the answer; False with one sentence when the question cannot be read."""
    from persona import steps

    reader = _reader(talk)
    try:
        say_answer(talk.ask(_meant(talk, question)), store.reader(reader))
        _say_near(talk)
    except ConverseError as error:
        say_error(str(error))
        return False
    if voice is not None and talk.last_turn_id is not None and talk.last_answer is not None:
        said = talk.last_answer.sentences
        turn_id = talk.last_turn_id
        path = steps.speak_turn(workspace, store, turn_id, voice, reader, sentences=said)
        say(f"  spoken aloud ({voice.donor}): {path}")
    return True


def _meant(talk: "Talk", typed: str) -> str:
    """Return the question, or for ``/1`` the words that ask for the first place offered.

    Raises:
        ConverseError: no such place was offered.
    """
    number = typed[1:].strip() if typed.startswith("/") else ""
    if not (number.isascii() and number.isdigit()):
        return typed
    offered = talk.last_answer.near if talk.last_answer else ()
    if not 1 <= int(number[:4]) <= len(offered):
        raise ConverseError("Nothing with that number was offered after the last answer.")
    return offered[int(number) - 1].ask


def _say_near(talk: "Talk") -> None:
    """Say where to look, where nothing was enough to answer: the program's words, not theirs."""
    offered = talk.last_answer.near if talk.last_answer else ()
    if not offered:
        return
    one = "this" if len(offered) == 1 else "one of these"
    say(f"No answer, but {one} may be about it. Type the number to read what stands there:")
    for number, near in enumerate(offered, start=1):
        say(f"    /{number}  {near.title}")
    say()


def _reader(talk: "Talk") -> "Reader":
    from persona.remember.readers import Relative, Stranger

    return Relative(talk.listener.id) if talk.listener else Stranger()


def _voice(workspace: Workspace, store: "Store", talk: "Talk") -> "Voice | None":
    """Open what this listener hears answers with, and say where it is not the version's own."""
    from persona import opening

    with store.reader(_reader(talk)) as view:
        own = opening.may_hear_its_voice(workspace, talk.version, view)
    voice = opening.open_voice_of_version(workspace, talk.version, own=own)
    if voice is None:
        say_error("No voice is set in persona.toml, so the answers can only be read.")
    elif not own:
        say_error("The voice of this version is not heard here: a plain one speaks in its place.")
    return voice


def _ask_who(view: "View") -> str | None:
    people = [person for person in view.people() if person.living and not person.is_subject]
    names = ", ".join(f"{person.id} ({view.display_name(person)})" for person in people)
    say(f"Who is here? {names}; or nothing for somebody else.")
    said = _asked()
    return str(said) if said else None


def _asked() -> str | None:
    """Read a line; None for the end: an empty line, 'stop', or the end of the input."""
    try:
        words = input("> ").strip()
    except EOFError:
        return None
    return words if words and words.casefold() not in {"stop", "停"} else None


def say_answer(sentences: Any, view: "View") -> None:
    """Say the sentences of an answer as they come, each with what it stands on."""
    for sentence in sentences:
        say(sentence.text)
        say(f"    {_standing_line(sentence, view)}", style="dim")
    say()


def _standing_line(sentence: "AnswerSentence", view: "View") -> str:
    from persona.converse.places import place_words

    places = [
        place_words(
            view.source(span.source_id),
            view.passage(span.passage_id),
            view.display_name,
        )
        for span in sentence.citations
    ]
    return " · ".join([sentence.standing.value.replace("_", " "), *dict.fromkeys(places)])

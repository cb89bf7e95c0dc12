"""One command per step; the only place that prints and decides exit codes.

    persona new NAME · collect PATH… · remember · train · chat · versions · app
    persona demo · doctor · fetch · consent · memories · retire

Heavy libraries are imported inside the commands, so that ``persona --help`` is instant.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from persona.errors import ConverseError, PersonaError
from persona.workspace import Workspace, create_workspace, find_workspace, open_workspace

if TYPE_CHECKING:
    from persona.converse.answer import AnswerSentence
    from persona.converse.talk import Talk
    from persona.engines.protocols import Voice
    from persona.remember.store import Store
    from persona.remember.view import View

# It tells of a connection that Ctrl-C cut with a page of code; nothing is lost by that.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


class _Commands(TyperGroup):
    """The commands, with one sentence when somebody presses Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            say_error("Stopped. What was done is kept; run the same command again to go on.")
            raise typer.Exit(130) from error


app = typer.Typer(
    cls=_Commands,
    add_completion=False,
    no_args_is_help=True,
    help="Keeps what is left of one person; every sentence of the persona is traceable.",
    pretty_exceptions_enable=False,
)
_out = Console()
_errors = Console(stderr=True)

Where = Annotated[
    Path | None, typer.Option("-w", "--workspace", help="folder of the persona; else found here")
]


def say_error(sentence: str) -> None:
    """Print one sentence on the error output."""
    _errors.print(sentence, style="red", highlight=False, markup=False, soft_wrap=True)


def _say(sentence: str = "", style: str | None = None) -> None:
    _out.print(sentence, style=style, highlight=False, markup=False, soft_wrap=True)


def _workspace(where: Path | None) -> Workspace:
    return open_workspace(where) if where is not None else find_workspace(Path.cwd())


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="the name of the person who died")],
    parent: Annotated[Path, typer.Option("--in", help="where to make the folder")] = Path(),
) -> None:
    """Make the folder of a new persona."""
    workspace = create_workspace(parent, name)
    _say(f"Made {workspace.root}. Now put a people.toml beside your material and run:")
    _say(f"  cd {workspace.root} && persona collect FOLDER")


@app.command()
def collect(
    paths: Annotated[list[Path], typer.Argument(help="files, folders or zips, as they are")],
    people: Annotated[Path | None, typer.Option(help="people.toml, if not in the folder")] = None,
    contributor: Annotated[str, typer.Option(help="who hands this in")] = "",
    where: Where = None,
) -> None:
    """Take originals in: kept unchanged, never twice."""
    from persona import steps
    from persona.collect.people import read_people
    from persona.terminal import TerminalReport

    workspace = _workspace(where)
    book = read_people(people) if people is not None else None
    with TerminalReport(_out) as report:
        done = steps.collect(workspace, paths, report, book=book, contributor=contributor)
    _say(
        f"{len(done.new)} new originals kept, {done.passages} passages, "
        f"{done.already_here} were here already, {len(done.left_out)} left out."
    )
    for file_name, reason in done.left_out:
        _say(f"  left out  {file_name}: {reason}", style="yellow")
    for file_name, warning in done.warnings:
        _say(f"  please look  {file_name}: {warning}", style="yellow")
    if done.left_out and not done.new and not done.already_here:
        raise typer.Exit(1)


@app.command()
def remember(where: Where = None) -> None:
    """Turn what was collected into memories that say who told them."""
    from persona import steps
    from persona.terminal import TerminalReport

    with TerminalReport(_out) as report:
        done = steps.remember(_workspace(where), report)
    _say(f"{done.new} new memories, {done.total} in all.")
    for name, count in sorted(done.narrators.items(), key=lambda item: -item[1]):
        _say(f"  {count:6d}  told by {name}")
    for sentence in done.waiting:
        _say(f"  not remembered  {sentence}", style="yellow")


@app.command()
def consent(
    person: Annotated[str, typer.Argument(help="whose words or voice: an id from people.toml")],
    act: Annotated[str, typer.Argument(help="train_text, train_voice, quote, film …")],
    by: Annotated[str, typer.Option(help="who agrees: the narrator or an heir")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="take it back")] = False,
    where: Where = None,
) -> None:
    """Record that somebody agrees to an act, or takes it back; nothing is ever overwritten."""
    from persona.custody import record_consent

    text = record_consent(_workspace(where), person, act, by, withdraw=withdraw)
    _say(f"Recorded: {text}")


@app.command()
def train(
    name: Annotated[str, typer.Option(help="what the family calls this version")] = "",
    audience: Annotated[list[str] | None, typer.Option("--for", help="who may use it")] = None,
    where: Where = None,
) -> None:
    """Learn the manner of speaking from the person's own words; make a numbered version."""
    from persona import steps
    from persona.terminal import TerminalReport

    with TerminalReport(_out) as report:
        made = steps.train(_workspace(where), report, name=name, audience=audience or ())
    for sentence in made.sentences:
        _say(sentence)


@app.command()
def versions(where: Where = None) -> None:
    """List the versions of this persona."""
    from persona import steps
    from persona.remember.readers import Custodian

    with steps.open_store(_workspace(where)) as store:
        rows = store.reader(Custodian()).versions()
        if not rows:
            _say("There is no version yet. Make one with: persona train")
        for row in rows:
            report = row.report
            _say(
                f"{row.number:3d}  {row.id}  {row.state.value:8}  "
                f"{row.created_at:%Y-%m-%d %H:%M}  {report.get('memories', '?')} memories  "
                f"{row.name}"
            )


@app.command()
def retire(
    version: Annotated[str, typer.Argument(help="number, id or name")],
    reason: Annotated[str, typer.Option(help="a sentence for those who ask for it later")] = "",
    where: Where = None,
) -> None:
    """End a version for good: its record stays, and nobody talks with it any more."""
    from persona.custody import retire_version

    ended = retire_version(_workspace(where), version, reason)
    _say(f"Version {ended.number} is retired. Its conversations and sources are kept.")


@app.command()
def chat(
    listener: Annotated[str, typer.Option("--as", help="who is listening: an id")] = "",
    version: Annotated[str, typer.Option(help="number, id or name; else the newest")] = "",
    ask: Annotated[list[str] | None, typer.Option(help="ask this and leave")] = None,
    speak: Annotated[bool, typer.Option("--speak", help="also make a spoken answer")] = False,
    where: Where = None,
) -> None:
    """Talk with a version. An empty line, or 'stop', ends it."""
    from persona import steps
    from persona.remember.readers import Custodian
    from persona.train.serving import talkable_version

    workspace, understood = _workspace(where), True
    with steps.open_store(workspace) as store:
        archive = store.reader(Custodian())
        chosen = talkable_version(archive.versions(), version or None)
        who = _known(listener or (None if ask else _ask_who(archive)), archive)
        engines = steps.open_engines(workspace, chosen)
        talk = steps.start_talk(
            workspace, store, listener_id=who, version=chosen.id, engines=engines
        )
        voice = engines.voice if speak else None
        if speak and voice is None:
            say_error("No voice is set in persona.toml, so the answers can only be read.")
        _say(talk.notice, style="italic")
        _say(f"Version {talk.version.number}. {talk.greeting}\n")
        try:
            for question in ask or iter(_asked, None):
                if ask:
                    _say(f"> {question}", style="bold")
                understood &= _one_turn(workspace, store, talk, str(question), voice)
        finally:
            talk.end()
    if ask and not understood:
        raise typer.Exit(1)


def _one_turn(
    workspace: Workspace, store: "Store", talk: "Talk", question: str, voice: "Voice | None"
) -> bool:
    """Ask, and say the answer; False with one sentence when the question cannot be read."""
    from persona import steps
    from persona.remember.readers import Relative, Stranger

    reader = Relative(talk.listener.id) if talk.listener else Stranger()
    try:
        _say_answer(talk.ask(question), store.reader(reader))
    except ConverseError as error:
        say_error(str(error))
        return False
    if voice is not None and talk.last_turn_id is not None and talk.last_answer is not None:
        said = talk.last_answer.sentences
        turn_id = talk.last_turn_id
        path = steps.speak_turn(workspace, store, turn_id, voice, reader, sentences=said)
        _say(f"  spoken by {voice.donor}: {path}")
    return True


@app.command()
def memories(
    about: Annotated[str, typer.Argument(help="words to look for; nothing: all")] = "",
    listener: Annotated[str, typer.Option("--as", help="what this person may know")] = "",
    limit: Annotated[int, typer.Option(help="how many at the most")] = 20,
    where: Where = None,
) -> None:
    """List memories with who told them and where that stands."""
    from persona import steps
    from persona.custody import memory_lines
    from persona.remember.readers import Custodian, Relative

    with steps.open_store(_workspace(where)) as store:
        archive = store.reader(Custodian())
        who = _known(listener or None, archive)
        view = store.reader(Relative(who)) if who else archive
        for line in memory_lines(view, about, limit):
            _say(line)


@app.command()
def doctor(where: Where = None) -> None:
    """Say what is installed, which engines will be used, and what is missing."""
    from persona.config import Config, models_folder
    from persona.engines.opening import describe_engines

    try:
        config = _workspace(where).config
    except PersonaError as error:
        config = Config()
        _say(f"{error} The usual settings are looked at.", style="yellow")
    ready = True
    for status in describe_engines(config, models_folder()):
        mark = "ready  " if status.ready else "MISSING"
        ready = ready and status.ready
        _say(f"{mark}  {status.job:16} {status.name:22} {status.licence:14} {status.sentence}")
    raise typer.Exit(0 if ready else 1)


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="models; nothing: embedded")] = None,
) -> None:
    """Fetch model weights and check them against their known hashes."""
    from persona.config import models_folder
    from persona.engines.catalogue import fetch as fetch_model
    from persona.engines.catalogue import load_catalogue

    required = [name for name, entry in load_catalogue().items() if entry.required]
    for name in names or required:
        _say(f"{name}: {fetch_model(name, models_folder(), _say)}")


@app.command(name="app")
def open_app(
    port: Annotated[int, typer.Option(help="where the page is served")] = 8501,
    where: Where = None,
) -> None:
    """Open the app in a browser; it is served on this machine only."""
    _serve(_workspace(where), port)


@app.command()
def demo(
    parent: Annotated[Path, typer.Option("--in", help="where to make it")] = Path("workspaces"),
    port: Annotated[int, typer.Option(help="where the page is served")] = 8501,
    build_only: Annotated[bool, typer.Option("--build-only", help="build it and leave")] = False,
) -> None:
    """Build the demo persona from its raw files, then open the app."""
    from persona.demo import build_demo
    from persona.terminal import TerminalReport

    with TerminalReport(_out) as report:
        workspace = build_demo(parent, report)
    _say(f"The demo persona lies in {workspace.root}")
    if not build_only:
        _serve(workspace, port)


def _serve(workspace: Workspace, port: int) -> None:
    from persona.app_server import serve_app

    _say(f"The app is at http://localhost:{port} (Ctrl-C closes it)", style="bold")
    raise typer.Exit(serve_app(workspace, port))


def _known(person_id: str | None, archive: "View") -> str | None:
    """Return an id that was typed, if somebody has it; else say who there is."""
    ids = [person.id for person in archive.people()]
    if person_id is not None and person_id not in ids:
        names = ", ".join(ids) or "nobody yet"
        raise ConverseError(f"'{person_id}' is nobody in this archive. There is: {names}.")
    return person_id


def _ask_who(view: "View") -> str | None:
    people = [person for person in view.people() if person.living and not person.is_subject]
    names = ", ".join(f"{person.id} ({view.display_name(person)})" for person in people)
    _say(f"Who is here? {names}; or nothing for somebody else.")
    said = _asked()
    return str(said) if said else None


def _asked() -> str | None:
    """Read a line; None for the end: an empty line, 'stop', or the end of the input."""
    try:
        words = input("> ").strip()
    except EOFError:
        return None
    return words if words and words.casefold() not in {"stop", "停"} else None


def _say_answer(sentences: Any, view: "View") -> None:
    for sentence in sentences:
        _say(sentence.text)
        _say(f"    {_standing_line(sentence, view)}", style="dim")
    _say()


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

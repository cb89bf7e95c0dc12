"""Commands for the voice: choose clips, declare a donor, make a voice, hear it, say names right."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persona.cli.base import OUT, Where, app, known_person, say, workspace_at

if TYPE_CHECKING:
    from persona.records import ProposalState, VoiceClip
    from persona.remember.view import View
    from persona.train.voices.clips import FoundClips

voice = typer.Typer(no_args_is_help=True, help="Whose voice: clips, donors, and how names sound.")
app.add_typer(voice, name="voice")

_By = Annotated[str, typer.Option(help="who decides: an id")]


@voice.command()
def clips(
    person: Annotated[str, typer.Argument(help="whose: an id; nothing: the one who died")] = "",
    find: Annotated[bool, typer.Option("--find", help="listen to the recordings first")] = False,
    where: Where = None,
) -> None:
    """List clips in which one person alone is heard, and what they allow in plain words."""
    from persona import opening, voicing
    from persona.remember.readers import Custodian
    from persona.terminal import TerminalReport

    workspace = workspace_at(where)
    whose = person or voicing.subject_id(workspace)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        known_person(whose, view)
    found = None
    if find:
        with TerminalReport(OUT) as report:
            found = voicing.find(workspace, whose, report)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        if found is not None:
            _say_found(view, whose, found)
        titles = {source.id: source.title for source in view.sources()}
        for clip in view.voice_clips(whose):
            _say_clip(clip, titles[clip.source_id])
        heard = voicing.speech(view, whose, workspace.config.language)
    say(heard.sentence)
    if heard.waiting:
        say(
            f"{heard.waiting} clips ({heard.waiting_s:.0f} s) wait: listen to them in the app, "
            "then persona voice confirm CLIP… or persona voice refuse CLIP…"
        )


def _say_found(view: "View", person_id: str, found: "FoundClips") -> None:
    from persona.train.voices.words import left_out_sentence

    person = view.display_name(person_id)
    for one in found.left_out:
        other = view.display_name(one.other_id) if one.other_id else ""
        place = f"{view.source(one.source_id).title}, {one.start_s:.1f} s to {one.end_s:.1f} s"
        say(f"  left out  {place}: {left_out_sentence(one.why, person, other)}", style="yellow")
    say(f"{len(found.clips)} new clips, {len(found.left_out)} stretches left out.")


def _say_clip(clip: "VoiceClip", title: str) -> None:
    likeness = f"likeness {clip.score:.2f}" if clip.score else "nothing to compare with yet"
    noise = clip.quality.get("noise_db", "?")
    say(
        f"{clip.id}  {clip.state.value:9}  {clip.end_s - clip.start_s:5.1f} s  {likeness}, "
        f"{noise} dB over noise"
    )
    say(f"    {title}, from {clip.start_s:.1f} s: {' '.join(clip.text.split())}", style="dim")


@voice.command()
def confirm(
    clip: Annotated[list[str], typer.Argument(help="ids; or 'all' that wait")],
    person: Annotated[str, typer.Option("--of", help="with 'all': whose")] = "",
    by: _By = "custodian",
    where: Where = None,
) -> None:
    """Say that these clips are this person, alone: you have listened to them."""
    from persona.records import ProposalState

    _decide(clip, person, ProposalState.CONFIRMED, by, where)


@voice.command()
def refuse(
    clip: Annotated[list[str], typer.Argument(help="ids; or 'all' that wait")],
    person: Annotated[str, typer.Option("--of", help="with 'all': whose")] = "",
    by: _By = "custodian",
    where: Where = None,
) -> None:
    """Say that these clips shall not be used: somebody else, or not fit to be heard."""
    from persona.records import ProposalState

    _decide(clip, person, ProposalState.REFUSED, by, where)


def _decide(wanted: list[str], person: str, state: "ProposalState", by: str, where: Where) -> None:
    from persona import opening, voicing
    from persona.records import ProposalState
    from persona.remember.readers import Custodian

    workspace = workspace_at(where)
    if wanted == ["all"]:
        whose = person or voicing.subject_id(workspace)
        with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
            waiting = view.voice_clips(whose, state=ProposalState.PROPOSED)
        wanted = [clip.id for clip in waiting]
    done = voicing.decide(workspace, wanted, state, by=by)
    say(f"{done} clips {state.value}.")
    whose = person or voicing.subject_id(workspace)
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        say(voicing.speech(view, whose, workspace.config.language).sentence)


@voice.command()
def make(
    donor: Annotated[str, typer.Option(help="whose voice: an id; or 'designed' for nobody's")],
    engine: Annotated[
        str, typer.Option(help="kokoro, kokoro:bm_lewis,zm_yunxi, xtts, vits, openvoice, knnvc")
    ] = "kokoro",
    audience: Annotated[list[str] | None, typer.Option("--for", help="who may hear it")] = None,
    seed: Annotated[int, typer.Option(help="another seed makes another voice")] = 0,
    train: Annotated[
        bool, typer.Option("--train", help="train the engine's model further: hours")
    ] = False,
    where: Where = None,
) -> None:
    """Make a voice of a declared donor: never anybody's silently.

    A search takes ten minutes or more; Ctrl-C stops it, and the same command goes on.
    """
    from persona import opening, voicing
    from persona.remember.readers import Custodian
    from persona.terminal import TerminalReport
    from persona.train.voices.donor import donor_words
    from persona.train.voices.words import measured_sentence

    workspace = workspace_at(where)
    with TerminalReport(OUT) as report:
        done = voicing.make(
            workspace,
            donor,
            report,
            engine=engine,
            audience=audience or (),
            seed=seed,
            train=train,
        )
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        words = donor_words(view, done.voice)
    say(f"{done.voice.id} is {'made' if done.new else 'here already'}: {words}.")
    if sentence := measured_sentence(done.voice.measured):
        say(sentence)
    for name, figure in sorted(done.voice.measured.items()):
        say(f"    {name.replace('_', ' ')}: {figure}", style="dim")
    say(f"Speak with it in the next version: persona train --voice {done.voice.id}")


@voice.command("list")
def list_voices(where: Where = None) -> None:
    """List the voices that were made, whose they are, and whether they may be used."""
    from persona import opening
    from persona.keeper.voice_block import refused_since, why_unheard
    from persona.records import VoiceState
    from persona.remember.readers import Custodian
    from persona.train.voices.donor import donor_words

    with opening.open_store(workspace_at(where)) as store:
        view = store.reader(Custodian())
        voices = view.made_voices()
        for one in voices:
            say(f"{one.id}  {one.state.value:7}  {one.engine:9}  {donor_words(view, one)}")
            if one.state is VoiceState.BLOCKED:
                say(f"     {why_unheard(one)}", style="yellow")
            elif refused := refused_since(view, one):
                anew = f"persona voice make --donor {one.person_id}"
                say(f"     {refused} of its clips were refused since.", style="yellow")
                say(f"     Make it anew: {anew}; then: persona voice block {one.id}")
    if not voices:
        say("No voice was made yet. Begin with: persona voice clips --find")


@voice.command()
def hear(
    made: Annotated[str, typer.Argument(help="id of a voice: voi_…")],
    text: Annotated[str, typer.Argument(help="what it shall say")],
    out: Annotated[Path, typer.Option(help="the WAV file to write")] = Path("voice.wav"),
    language: Annotated[str, typer.Option(help="of the text: en or zh")] = "en",
    where: Where = None,
) -> None:
    """Let a voice say something; the file is marked, and begins with the notice."""
    from persona import voicing

    whose = voicing.hear(workspace_at(where), made, text, out, language=language)
    say(f"{out}: {whose}.")


@voice.command()
def block(
    made: Annotated[str, typer.Argument(help="id of a voice: voi_…")],
    reason: Annotated[str, typer.Option(help="a sentence for those who ask for it later")] = "",
    by: _By = "custodian",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    where: Where = None,
) -> None:
    """Let nobody hear a voice any more; you are told what ends with it before you say yes."""
    from persona.keeper.voice_block import block_voice, what_ends

    workspace = workspace_at(where)
    for sentence in what_ends(workspace, made).sentences():
        say(sentence)
    why = reason or ("" if yes else str(typer.prompt("Why, in a sentence")))
    if not yes and not typer.confirm("Shall nobody hear it any more?"):
        say("Nothing was changed.")
        raise typer.Exit(1)
    block_voice(workspace, made, why, by=by)
    say(f"Nobody hears {made} any more.")


@voice.command()
def unblock(
    made: Annotated[str, typer.Argument(help="id of a voice: voi_…")],
    by: _By = "custodian",
    where: Where = None,
) -> None:
    """Let a voice be heard again that was blocked, while somebody still agrees to it."""
    from persona.keeper.voice_block import unblock_voice

    unblock_voice(workspace_at(where), made, by=by)
    say(f"{made} may be heard again, in every version that was made with it.")


@voice.command("say")
def say_so(
    name: Annotated[str, typer.Argument(help="a name or word as it is written")],
    said: Annotated[str, typer.Argument(help="how it sounds: a respelling, pinyin or IPA")] = "",
    way: Annotated[str, typer.Option("--as", help="all, en, zh, pinyin or ipa")] = "all",
    forget: Annotated[bool, typer.Option("--forget", help="take it out again")] = False,
    where: Where = None,
) -> None:
    """Teach the voice how a name sounds: persona voice say "Siobhan" "shi-vawn"."""
    from persona.converse.saying import FILE, as_said, read_pronunciations, set_pronunciation

    workspace = workspace_at(where)
    if not said and not forget:
        known = {name: read_pronunciations(workspace).get(name, {})}
        say(f"{name}: {as_said(name, workspace.config.language, known)}")
        return
    entry = set_pronunciation(workspace, name, "" if forget else said, way)
    ways = ", ".join(how if one == "all" else f"{how} ({one})" for one, how in entry.items())
    place = workspace.root / FILE
    say(f"{name} is said {ways or 'as the voice reads it'}. It stands in {place}.")

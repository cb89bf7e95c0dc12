"""Voices, step by step, for commands and screens: find clips, decide, declare a donor, make, hear.

find     recordings                  → proposed clips, and what is left out, with reasons
decide   a person hears a clip       → confirmed or refused
speech   confirmed clips             → seconds, and what they allow, in plain words
make     donor, consent, clips       → a voice in voices/voi_…
hear     a voice, a sentence         → a marked sound file that begins with the notice
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from persona.config import models_folder
from persona.converse.phrases import phrase
from persona.converse.saying import WellSpoken, read_pronunciations
from persona.converse.speech import SpeakableSentence, spoken_parts, write_answer
from persona.engines.opening import open_recogniser
from persona.engines.protocols import Recogniser, Voice, VoiceMaker
from persona.errors import EngineError, NotReadable, TrainError
from persona.export.marking import Marks, open_watermark
from persona.opening import open_store, writing
from persona.progress import Report
from persona.records import MadeVoice, ProposalState, VoiceState
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.train.voices.clips import FoundClips, find_clips
from persona.train.voices.donor import donor_words
from persona.train.voices.making import MakeVoice, Voiced, make_voice
from persona.train.voices.words import allows_sentence
from persona.workspace import Workspace

_COQUI = ("xtts", "vits", "openvoice", "knnvc")


@dataclass(frozen=True)
class Speech:
    """How much usable speech of one person there is.

    Attributes:
        person_id: whose.
        confirmed_s: seconds of clips that a person confirmed.
        waiting_s: seconds of clips that wait for somebody to listen.
        waiting: how many those are.
        sentence: what the confirmed seconds allow.
    """

    person_id: str
    confirmed_s: float
    waiting_s: float
    waiting: int
    sentence: str


def find(workspace: Workspace, person_id: str, report: Report) -> FoundClips:
    """Look for clips of one person in all recordings, and keep what is found as proposals.

    Raises:
        NotReadable: there is no such person.
        EngineError: the voices cannot be compared.
        WorkspaceError: another step is writing.
    """
    from persona.engines.voice_vectors import VoiceVectors

    vectors = VoiceVectors("dvector", models_folder(), threads=workspace.config.engines.threads)
    with writing(workspace), open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            found = find_clips(view, workspace, person_id, vectors, report.progress)
        store.put_clips(found.clips)
    return found


def subject_id(workspace: Workspace) -> str:
    """Return the id of the one who died. Raises `NotReadable` while nobody is entered as such."""
    with open_store(workspace) as store, store.reader(Custodian()) as view:
        return view.subject().id


def decide(
    workspace: Workspace, clip_ids: Sequence[str], state: ProposalState, *, by: str = "custodian"
) -> int:
    """Confirm or refuse clips; return how many changed.

    Raises:
        StoreError: there is no such clip.
    """
    with open_store(workspace) as store:
        return store.decide_clips(clip_ids, state, by)


def speech(view: View, person_id: str, language: str = "en") -> Speech:
    """Return how much of a person's speech this reader may hear, and what it allows."""
    clips = view.voice_clips(person_id)
    seconds = {
        state: sum(clip.end_s - clip.start_s for clip in clips if clip.state is state)
        for state in ProposalState
    }
    confirmed_s = seconds[ProposalState.CONFIRMED]
    return Speech(
        person_id,
        confirmed_s,
        seconds[ProposalState.PROPOSED],
        sum(clip.state is ProposalState.PROPOSED for clip in clips),
        allows_sentence(confirmed_s, view.display_name(person_id, language), language),
    )


def make(
    workspace: Workspace,
    donor: str,
    report: Report,
    *,
    engine: str = "kokoro",
    audience: Sequence[str] = (),
    seed: int = 0,
    train: bool = False,
) -> Voiced:
    """Make a voice of a declared donor.

    Args:
        workspace: the persona.
        donor: ``designed``, or the id of the one who died or of a relative who agreed.
        report: told how far it is.
        engine: kokoro, xtts, vits, openvoice or knnvc; ``kokoro:bm_lewis,zm_yunxi`` chooses the
            stock voices of a designed voice.
        audience: ids of those who may hear it; empty: every living adult of the archive.
        seed: another seed makes another voice.
        train: train the engine's model further, where it can be.

    Raises:
        ConsentError: nobody who may has agreed, or it is somebody else's voice.
        TrainError: there is too little speech, or no such donor or engine.
        EngineError: the engine failed, or is not here.
    """
    from persona.engines.voice_vectors import VoiceVectors

    models, threads = models_folder(), workspace.config.engines.threads
    with writing(workspace), open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            hearers = _hearers(view, audience)
        name, _, stock = engine.partition(":")
        wanted = MakeVoice(
            donor=donor,
            audience=hearers,
            maker=_maker(name, stock, models, threads, train=train),
            vectors=VoiceVectors("dvector", models, threads=threads),
            speak_with=lambda folder: _opened(folder, models, "", threads),
            recogniser=_recogniser(workspace),
            seed=seed,
            facts=tuple((("stock", stock),) * bool(stock) + (("trained", "yes"),) * train),
        )
        return make_voice(store, workspace, wanted, report.progress)


def open_voice_of(workspace: Workspace, view: View, voice_id: str, language: str = "en") -> Voice:
    """Open a voice that was made, for this reader, with its donor in plain words.

    Raises:
        TrainError: this reader has no such voice, or nobody may speak with it any more.
        EngineError: its engine or its files are not here.
    """
    made = usable_voice(view, voice_id)
    threads = workspace.config.engines.threads
    folder = workspace.voices / made.id
    voice = _opened(folder, models_folder(), donor_words(view, made, language), threads)
    return WellSpoken(voice, read_pronunciations(workspace))


def usable_voice(view: View, voice_id: str) -> MadeVoice:
    """Return a voice that may be spoken with. Raises `TrainError`."""
    try:
        made = view.made_voice(voice_id)
    except NotReadable as error:
        raise TrainError(
            f"There is no voice {voice_id} here. See which there are: persona voice list"
        ) from error
    if made.state is VoiceState.BLOCKED:
        raise TrainError(f"Nobody speaks with this voice any more: {made.state_reason}")
    return made


def hear(workspace: Workspace, voice_id: str, text: str, out: Path, *, language: str = "en") -> str:
    """Let a voice say a sentence into a marked WAV file; return whose voice it is, in words.

    The file begins with the spoken notice, and is known to the archive as generated: it can never
    come back as a source (law 3 and 8).

    Raises:
        TrainError: there is no such voice, or nothing to say.
        EngineError: the voice failed or the file cannot be written.
    """
    if not text.strip():
        raise TrainError("Say what the voice shall say.")
    with open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            voice = open_voice_of(workspace, view, voice_id, language)
            subject = view.display_name(view.subject(), language)
            whose = donor_words(view, view.made_voice(voice_id), language)
        marks = Marks(workspace, open_watermark(models_folder()), voice_id)
        parts = spoken_parts(
            [SpeakableSentence(text, language, None, "")],
            voice=voice,
            notice=phrase(language, "spoken_notice", name=subject),
            language=language,
            recording_of=workspace.original,
            is_acted=lambda _: False,
            marks=marks,
        )
        sha256 = write_answer(list(parts), voice=voice, marks=marks, out=out)
        store.add_generated_file(sha256, "voice sample")
    return whose


def _hearers(view: View, audience: Sequence[str]) -> tuple[str, ...]:
    people = {person.id: person for person in view.people()}
    if unknown := [one for one in audience if one not in people]:
        raise TrainError(f"'{unknown[0]}' is not one of: {', '.join(sorted(people))}.")
    grown = [p.id for p in people.values() if p.living and not p.minor and not p.is_subject]
    return tuple(audience) or tuple(grown)


def _maker(name: str, stock: str, models: Path, threads: int, *, train: bool) -> VoiceMaker:
    if name == "kokoro":
        from persona.engines.voice_kokoro import CHINESE_VOICE, ENGLISH_VOICE
        from persona.engines.voice_kokoro_maker import KokoroMaker

        named = [one.strip() for one in stock.split(",") if one.strip()]
        english = [one for one in named if not one.startswith("z")] or [ENGLISH_VOICE]
        chinese = [one for one in named if one.startswith("z")] or [CHINESE_VOICE]
        return KokoroMaker(models, threads=threads, english=english[0], chinese=chinese[0])
    if name in _COQUI:
        from persona.engines.voice_coqui_maker import CoquiMaker, Training

        return CoquiMaker(name, models, training=Training() if train else None, threads=threads)
    raise TrainError(f"There is no voice engine {name}. Choose kokoro, {', '.join(_COQUI)}.")


def _opened(folder: Path, models: Path, donor: str, threads: int) -> Voice:
    from persona.engines.voice_made import open_made_voice

    return open_made_voice(folder, models, donor=donor, threads=threads)


def _recogniser(workspace: Workspace) -> Recogniser | None:
    """Return what hears whether less noise helps; without it noise is left as it is."""
    try:
        return open_recogniser(workspace.config, models_folder())
    except EngineError:
        return None

"""From confirmed clips and a declared donor to a voice that is listed: checked, made, then named.

    donor + consent ─► clips that all listeners may hear ─► whose voice is it? ─► samples
                                                                                    │
    row in the archive ◄─ voices/voi_…/ ◄─ does it sound like somebody else? ◄─ the engine

The row is written last: a voice that is listed is whole. What an engine leaves half done lies in
``training/``, so that it can go on there, and goes with any withdrawal.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from persona.atomic import folder_sha256, sync_folder
from persona.engines.protocols import FloatArray, Recogniser, Voice, VoiceMaker, VoiceSample
from persona.engines.voice_vectors import RATE_HZ, resampled
from persona.errors import TrainError
from persona.records import (
    DonorKind,
    MadeVoice,
    ProposalState,
    VoiceClip,
    VoiceState,
    content_id,
)
from persona.remember.readers import Audience, Custodian
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.voices.clips import known_voices, sound_of
from persona.train.voices.donor import Donor, check_nobodys, check_whose, declare_donor
from persona.train.voices.likeness import Vectors
from persona.train.voices.measures import measure_voice
from persona.train.voices.samples import cut_samples
from persona.train.voices.words import allows_sentence
from persona.workspace import Workspace

LEAST_S = 3.0
"""Below this nothing of a person is made, whatever the engine says."""

_SAID = {
    "en": "The letters were kept in a blue tin under the stairs, and nobody read them.",
    "zh": "那年冬天下了很大的雪，我们都在家里烤火。",
}


@dataclass(frozen=True)
class MakeVoice:
    """What is asked for.

    Attributes:
        donor: ``designed``, or the id of a person.
        audience: ids of those who may hear it; only clips that all of them may hear are used.
        maker: the engine.
        vectors: computes what a voice sounds like.
        speak_with: the folder of a made voice → the voice, to hear what was made.
        recogniser: hears whether less noise helps; None: noise is left as it is.
        seed: the same clips and seed make the same voice.
        facts: settings of the engine that make it another voice, such as a stock voice's name.
    """

    donor: str
    audience: tuple[str, ...]
    maker: VoiceMaker
    vectors: Vectors
    speak_with: Callable[[Path], Voice]
    recogniser: Recogniser | None = None
    seed: int = 0
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Voiced:
    """The voice, and whether it is new."""

    voice: MadeVoice
    new: bool


def make_voice(
    store: Store,
    workspace: Workspace,
    wanted: MakeVoice,
    progress: Callable[[str, int, int], None],
) -> Voiced:
    """Make a voice, or find the one that the same clips made before.

    Raises:
        ConsentError: nobody who may has agreed, or it is somebody else's voice.
        TrainError: there is too little speech, or making failed.
        EngineError: the engine failed, or is not here.
        StoreError: what it was made of was withdrawn meanwhile.
    """
    with (
        store.reader(Custodian()) as keeper,
        store.reader(Audience(wanted.audience)) as view,
    ):
        donor = declare_donor(view, wanted.donor)
        clips = _clips(view, donor)
        _check_length(view, donor, clips, wanted.maker)
        progress("Listening to whose voices are known", 0, 1)
        known = known_voices(keeper, workspace, wanted.vectors)
        hear = partial(sound_of, keeper, workspace)
        if donor.person_id is not None:
            heard = [(one, hear(one.source_id, one.start_s, one.end_s)) for one in clips]
            check_whose(keeper, donor, heard, known)
        made = _record(keeper, donor, clips, wanted)
        if (there := _there(keeper, workspace, made)) is not None:
            return Voiced(there, False)
        sources = {source.id: source for source in keeper.sources()}
        samples: list[VoiceSample] = []
        for place, clip in enumerate(clips):
            progress("Cutting the clips", place, len(clips))
            pair = (clip, sources[clip.source_id])
            samples += cut_samples(workspace, [pair], wanted.recogniser)
        folder = _made(workspace, wanted, made, samples, progress)
        voice = wanted.speak_with(folder)
        check_nobodys(view, donor, _spoken(voice, samples), known)
        progress("Measuring the voice", 0, 1)
        language = samples[0].language if samples else "en"
        heard_as = measure_voice(voice, wanted.recogniser, language=language)
        made.measured = {**made.measured, **heard_as}
    return Voiced(_keep(store, workspace, made, folder), True)


def _clips(view: View, donor: Donor) -> list[VoiceClip]:
    if donor.kind is DonorKind.DESIGNED:
        return []
    return view.voice_clips(donor.person_id, state=ProposalState.CONFIRMED, for_training=True)


def _check_length(view: View, donor: Donor, clips: Sequence[VoiceClip], maker: VoiceMaker) -> None:
    """Refuse too little speech, in the words that say what so much of it allows."""
    if donor.person_id is None:
        return
    seconds = sum(clip.end_s - clip.start_s for clip in clips)
    if seconds < max(LEAST_S, maker.least_seconds):
        said = allows_sentence(seconds, view.display_name(donor.person_id))
        needs = f" {maker.name} needs {maker.least_seconds:.0f} s." if seconds >= LEAST_S else ""
        raise TrainError(f"{said}{needs} Confirm more clips with: persona voice clips")


def _record(keeper: View, donor: Donor, clips: Sequence[VoiceClip], wanted: MakeVoice) -> MadeVoice:
    """Return the row of the voice to be; its id says what it is made from."""
    ids = sorted(clip.id for clip in clips)
    settings: dict[str, Any] = {
        "seed": wanted.seed,
        "licence": wanted.maker.licence,
        "audience": sorted(wanted.audience),
        **dict(wanted.facts),
    }
    parts = [donor.kind, donor.person_id, wanted.maker.name, ids]
    blocked = {v.id for v in keeper.made_voices() if v.state is VoiceState.BLOCKED}
    while content_id("voi", *parts, settings) in blocked:  # what is blocked is never used again
        settings["again"] = int(settings.get("again", 0)) + 1
    return MadeVoice(
        id=content_id("voi", *parts, settings),
        donor=donor.kind,
        person_id=donor.person_id,
        engine=wanted.maker.name,
        clip_ids=ids,
        consent_id=donor.consent_id,
        settings=settings,
        files_sha256="",
        created_at=datetime.now(UTC),
    )


def _there(keeper: View, workspace: Workspace, wanted: MadeVoice) -> MadeVoice | None:
    found = next((one for one in keeper.made_voices() if one.id == wanted.id), None)
    if found is not None and not (workspace.voices / found.id).is_dir():
        raise TrainError(
            f"The files of the voice {found.id} are missing. Restore the folder "
            f"voices/{found.id} from a backup, or make a voice with another seed."
        )
    return found


def _made(
    workspace: Workspace,
    wanted: MakeVoice,
    made: MadeVoice,
    samples: Sequence[VoiceSample],
    progress: Callable[[str, int, int], None],
) -> Path:
    """Let the engine make the voice in a folder that nobody uses yet."""
    folder = workspace.training / "voices" / made.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        figures = wanted.maker.make(samples, folder, seed=wanted.seed, progress=progress)
    except OSError as error:
        raise TrainError("The voice could not be written: is the disk full?") from error
    files = list(folder.iterdir())
    if not files or any(not one.is_file() or one.is_symlink() for one in files):
        raise TrainError(f"The engine {wanted.maker.name} left no whole voice behind.")
    seconds = sum(sample.seconds for sample in samples)
    made.measured = {"seconds": round(seconds, 1), "clips": len(samples), **figures}
    return folder


def _spoken(voice: Voice, samples: Sequence[VoiceSample]) -> FloatArray:
    language = samples[0].language if samples else "en"
    said = _SAID.get(language, _SAID["en"])
    return resampled(voice.speak(said, language=language), voice.sample_rate_hz, RATE_HZ)


def _keep(store: Store, workspace: Workspace, made: MadeVoice, folder: Path) -> MadeVoice:
    """Give the files their place, then list the voice."""
    made.files_sha256 = folder_sha256(folder)
    place = workspace.voices / made.id
    place.parent.mkdir(exist_ok=True)
    if place.exists():  # killed between this and the row, earlier
        shutil.rmtree(place)
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.replace(place)
    sync_folder(place)
    sync_folder(place.parent)
    try:
        store.put_voice(made)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return made

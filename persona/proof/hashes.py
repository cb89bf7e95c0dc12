"""Every part of a version that its manifest has the hash of, and what it needs on this machine.

Each fault is one sentence that says what to do. What changed since on purpose is no fault: memories
that were withdrawn, an adapter that went with a withdrawal or to make room.
"""

from dataclasses import dataclass

from persona.config import models_folder
from persona.engines.base_weights import transformers_folder, weights_sha256
from persona.errors import EngineError, VersionError
from persona.progress import Check
from persona.records import Manifest, Version, VoiceState
from persona.remember.view import View
from persona.train.serving import emptied_on_purpose
from persona.train.versions import (
    ADAPTER,
    VOICE,
    load_examples,
    load_memory_ids,
    load_phrases,
    load_voice,
    strangers,
    verify_listed,
)
from persona.workspace import Workspace


@dataclass(frozen=True)
class Looked:
    """One version that is looked at, as whoever looks after the archive sees it."""

    workspace: Workspace
    view: View
    version: Version
    manifest: Manifest

    @property
    def emptied(self) -> bool:
        """Say whether what it learnt was erased: by a withdrawal, or to make room."""
        gone = not (self.workspace.versions / self.version.id / ADAPTER).is_dir()
        return (
            gone
            and self.manifest.adapter_sha256 is not None
            and emptied_on_purpose(self.view, self.version)
        )


def folder(looked: Looked) -> Check:
    """Hash the manifest, the memory list, the adapter and the phrases."""
    place = looked.workspace.versions / looked.version.id
    try:
        verify_listed(place, looked.version, emptied=looked.emptied)
    except VersionError as error:
        return Check("Its folder, hashed.", (str(error),))
    strange = strangers(place, looked.manifest)
    if looked.emptied:
        return Check(
            "Its manifest and its list of memories are unchanged. What it learnt was erased on "
            f"purpose; make it anew with: persona versions rebuild {looked.version.number}",
            strange,
        )
    return Check("Its manifest, list of memories, adapter and phrases are unchanged.", strange)


def examples(looked: Looked) -> Check:
    """Compare the list of what it learnt from with the manifest."""
    try:
        listed = load_examples(looked.workspace.versions / looked.version.id)
    except VersionError as error:
        return Check("The list of what it learnt from.", (str(error),))
    learnt = sum(not one["held_out"] for one in listed)
    return Check(f"It learnt from {learnt} examples, each with its sources, as the manifest says.")


def phrases(looked: Looked) -> Check:
    """Say with which fixed phrases it speaks."""
    try:
        own = load_phrases(looked.workspace.versions / looked.version.id)
    except VersionError:
        return Check("Its phrases cannot be used.")  # the fault stands with the folder
    if own:
        return Check("It speaks with the fixed phrases that it was made with.")
    return Check("Its phrases were not kept when it was made: it speaks with today's, and says so.")


def base_model(looked: Looked) -> Check:
    """Compare the base model that is here with the one that it was trained on."""
    manifest, number = looked.manifest, looked.version.number
    if manifest.adapter_sha256 is None:
        return Check("Nothing was trained, so no base model is under it.")
    name = manifest.base_model
    try:
        found = weights_sha256(transformers_folder(name, models_folder()))
    except EngineError as error:
        fault = f"The base model {name} of version {number} cannot be used: {error}"
        return Check(f"Its base model: {name}.", (fault,))
    if found != manifest.base_model_sha256:
        fault = (
            f"The base model {name} was changed since version {number} was trained on it, so what "
            "it learnt does not fit any more. Put the same weights back, or make a new version."
        )
        return Check(f"Its base model: {name}.", (fault,))
    return Check(f"Its base model {name} is the one that it was trained on.")


def voice(looked: Looked) -> Check:
    """Compare the files of a voice that was made for it, and ask whether it may still be used."""
    made = looked.manifest.voice
    if not made.get("voice_id"):
        return Check(f"Its voice: {made.get('donor') or made.get('name')}.")
    said = f"Its voice {made['voice_id']}: {made.get('donor')}."
    voices = {one.id: one for one in looked.view.made_voices()}
    record = voices.get(str(made["voice_id"]))
    if record is not None and record.state is VoiceState.BLOCKED:
        return Check(f"{said} Nobody speaks with it any more: {record.state_reason}")
    place = looked.workspace.versions / looked.version.id / VOICE
    if not place.is_dir() and emptied_on_purpose(looked.view, looked.version):
        return Check(f"{said} Its files were erased on purpose.")
    try:
        load_voice(looked.workspace.versions / looked.version.id)
    except VersionError as error:
        return Check(said, (str(error),))
    return Check(said)


def memories(looked: Looked) -> Check:
    """Count the memories that it may use, and those that are gone since."""
    try:
        listed = load_memory_ids(looked.workspace.versions / looked.version.id)
    except VersionError:
        return Check("Its memories cannot be counted.")  # the fault stands with the folder
    gone = len(listed - looked.view.memory_ids(earlier=True))
    if not gone:
        return Check(f"All {len(listed)} memories that it was made with can still be used.")
    return Check(
        f"{gone} of its {len(listed)} memories were taken back, changed or set aside since: "
        "it does not use them any more."
    )

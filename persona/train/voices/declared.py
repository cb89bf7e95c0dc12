"""Which voice a version speaks with, and whose it is: declared in its manifest, never guessed.

voi_…                a voice that was made here; its files go with the version
kokoro espeak none   an engine by name, as in persona.toml
nothing              what persona.toml says, or the plain spare voice where that is missing
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from persona.atomic import folder_sha256
from persona.engines.opening import open_voice, open_voice_or_spare
from persona.engines.protocols import Voice
from persona.errors import NotReadable, VersionError
from persona.records import MadeVoice, VoiceState
from persona.remember.view import View
from persona.train.voices.donor import donor_words
from persona.workspace import Workspace

_MADE = "voi_"


def chosen_voice(
    workspace: Workspace,
    models: Path,
    view: View,
    wanted: str,
    say: Callable[[str], None],
    *,
    listeners: View | None = None,
) -> tuple[Workspace, dict[str, Any]]:
    """Return the workspace with its settings as the version shall have them, and the voice.

    Args:
        workspace: the persona.
        models: folder of models.
        view: of whoever looks after the archive.
        wanted: id of a voice that was made, an engine's name, or empty.
        say: told one sentence where a spare voice is used.
        listeners: of all who will talk with the version: what one of them may not hear is not in
            its voice either. None: of ``view`` alone.

    Returns:
        ``Manifest.voice``: ``name`` and ``donor``, and for a made voice ``voice_id``,
        ``donor_kind`` and ``files_sha256``.

    Raises:
        VersionError: there is no such voice, nobody may speak with it, or its files are gone.
        ConfigError: there is no such engine.
        MissingModel: its weights are not here.
    """
    if wanted.startswith(_MADE):
        voice = _made_voice(view, wanted)
        if listeners is not None and voice.id not in {one.id for one in listeners.usable_voices()}:
            raise VersionError(
                f"The voice {voice.id} is made of recordings that not everybody who will talk with "
                "this version may hear. Make the version for fewer people, or choose another voice."
            )
        return workspace, _declared(workspace, view, voice)
    if not wanted:
        return workspace, _plain(open_voice_or_spare(workspace.config, models, say))
    engines = workspace.config.engines.model_copy(update={"voice": wanted})
    config = workspace.config.model_copy(update={"engines": engines})
    return replace(workspace, config=config), _plain(open_voice(config, models))


def is_heard(view: View, declared: Mapping[str, Any]) -> bool:
    """Say whether a reader may hear a version with the voice that was made for it.

    Everything that sounds asks here, each time: the app, ``persona chat --speak``, comparisons.

    Args:
        view: of whoever listens: what they may not hear, the voice is not made of either.
        declared: ``Manifest.voice``; one of an engine is heard by everybody.
    """
    voice_id = declared.get("voice_id")
    return voice_id is None or voice_id in {one.id for one in view.usable_voices()}


def _plain(voice: Voice | None) -> dict[str, Any]:
    return {"name": voice.name, "donor": voice.donor} if voice else {"name": "none"}


def _made_voice(view: View, voice_id: str) -> MadeVoice:
    try:
        voice = view.made_voice(voice_id)
    except NotReadable as error:
        raise VersionError(
            f"There is no voice {voice_id} in this archive. Name one that was made here, or "
            "kokoro, espeak or none."
        ) from error
    if voice.state is VoiceState.BLOCKED:
        raise VersionError(f"Nobody speaks with the voice {voice_id} any more: {_reason(voice)}")
    return voice


def _reason(voice: MadeVoice) -> str:
    return voice.state_reason or "it was blocked."


def _declared(workspace: Workspace, view: View, voice: MadeVoice) -> dict[str, Any]:
    folder = workspace.voices / voice.id
    if not folder.is_dir() or folder_sha256(folder) != voice.files_sha256:
        raise VersionError(
            f"The files of the voice {voice.id} are missing or were changed. Restore them from a "
            "backup, or make the voice again."
        )
    return {
        "name": voice.engine,
        "donor": donor_words(view, voice),
        "voice_id": voice.id,
        "donor_kind": voice.donor.value,
        "files_sha256": voice.files_sha256,
    }

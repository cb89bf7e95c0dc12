"""A voice that nobody shall hear: what ends with it, said before; and what to do where one ended.

blocked by the keeper     nothing is deleted, and it can be taken back
consent is over           comes and goes with the consent
taken back (withdrawal)   its files are erased: for good
"""

from dataclasses import dataclass

from persona import opening
from persona.errors import StoreError, VersionError
from persona.keeper.listening import forget_sounds
from persona.records import MadeVoice, ProposalState, Version, VoiceState
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.remember.voices import CONSENT_ENDED
from persona.train.serving import BY_THE_KEEPER
from persona.train.versions import read_manifest
from persona.workspace import Workspace

_AFTER_ALL = "another voice for the next version: persona voice list, persona train --voice VOICE"

_TAKEN_BACK = "something it was made from was taken back on "
"""How `persona.remember.erasing` begins the reason."""


@dataclass(frozen=True)
class Ending:
    """What ends when nobody may hear a voice any more. Nothing has been done.

    Attributes:
        voice: the voice.
        versions: those that speak with it and can be talked with, oldest first.
    """

    voice: MadeVoice
    versions: tuple[Version, ...]

    def sentences(self) -> list[str]:
        """Return what a person reads before they say yes."""
        numbers = ", ".join(str(version.number) for version in self.versions)
        speak = "Version {} speaks" if len(self.versions) == 1 else "Versions {} speak"
        silent = (
            f"{speak.format(numbers)} with it and can still be talked with; what is read aloud is "
            "then read by a plain voice that is nobody's, and in comparisons it is silent."
        )
        return [
            f"Nobody hears the voice {self.voice.id} after that, and no version is made with it.",
            silent if self.versions else "No version that can be talked with speaks with it.",
            "Nothing is deleted; files that were handed out before stay with whoever has them. "
            f"It is taken back with: persona voice unblock {self.voice.id}",
        ]


def what_ends(workspace: Workspace, voice_id: str) -> Ending:
    """Work out what ends with a voice; nothing is changed.

    Raises:
        StoreError: there is no such voice, or nobody hears it already.
    """
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        voice = _named(view, voice_id)
        if voice.state is VoiceState.BLOCKED:
            raise StoreError(f"Nobody hears this voice already. {why_unheard(voice)}")
        return Ending(voice, tuple(_speaking(workspace, view, voice_id)))


def block_voice(workspace: Workspace, voice_id: str, reason: str, *, by: str = "custodian") -> None:
    """Let nobody hear a voice, and record who said so; sounds kept to compare voices go.

    Raises:
        StoreError: there is no such voice, or nobody gave a reason.
    """
    if not reason.strip():
        raise StoreError("Say in a sentence why: those who ask for it later read it.")
    with opening.open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            _named(view, voice_id)
            _check_person(view, by)
        store.block_voice(voice_id, reason.strip(), by)
    forget_sounds(workspace, voice_id)


def unblock_voice(workspace: Workspace, voice_id: str, *, by: str = "custodian") -> None:
    """Let a voice be heard again that somebody blocked.

    Raises:
        StoreError: there is no such voice, it is heard, or its files are gone.
        ConsentError: nobody agrees any more that it is used.
    """
    with opening.open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            voice = _named(view, voice_id)
            _check_person(view, by)
        if voice.state is VoiceState.ACTIVE:
            raise StoreError(f"The voice {voice_id} may be heard already.")
        if not (workspace.voices / voice_id).is_dir():
            raise StoreError(
                f"The files of the voice {voice_id} are gone. Put the folder voices/{voice_id} "
                "back from a backup, or make the voice again."
            )
        store.unblock_voice(voice_id, by)


def unheard_voice(workspace: Workspace, view: View, version: Version) -> MadeVoice | None:
    """Return the voice of a version that nobody may hear any more; None: nothing is wrong.

    Args:
        workspace: the persona.
        view: of whoever looks after the archive.
        version: one that is retired or blocked is silent anyway.
    """
    if version.state not in BY_THE_KEEPER:
        return None
    voice_id = _voice_id(workspace, version)
    found = (one for one in view.made_voices() if one.id == voice_id)
    return next((one for one in found if one.state is VoiceState.BLOCKED), None)


def why_unheard(voice: MadeVoice) -> str:
    """Return why nobody hears a voice, and what can be done, in a sentence or two."""
    why = f"{voice.state_reason[:1].upper()}{voice.state_reason[1:]}".rstrip(".") + "."
    if voice.state_reason == CONSENT_ENDED:
        again = f"persona consent {voice.person_id} train_voice --by WHO"
        return f"{why} When they agree again, record it: {again}. Or take {_AFTER_ALL}"
    if taken_back(voice):
        return f"{why} It cannot be heard again. Take {_AFTER_ALL}"
    return f"{why} To take that back: persona voice unblock {voice.id}"


def taken_back(voice: MadeVoice) -> bool:
    """Say whether a withdrawal ended a voice: what was measured of it went as well."""
    return not voice.measured and voice.state_reason.startswith(_TAKEN_BACK)


def refused_since(view: View, voice: MadeVoice) -> int:
    """Return how many clips of a voice were refused after it was made: it may be partly another's.

    Args:
        view: of whoever looks after the archive.
        voice: a voice that was made.
    """
    if not voice.clip_ids:
        return 0
    return len(view.voice_clips(ids=voice.clip_ids, state=ProposalState.REFUSED))


def _named(view: View, voice_id: str) -> MadeVoice:
    found = next((one for one in view.made_voices() if one.id == voice_id), None)
    if found is None:
        raise StoreError(f"There is no voice {voice_id}. See which there are: persona voice list")
    return found


def _check_person(view: View, by: str) -> None:
    known = {person.id for person in view.people() if person.living}
    if by != "custodian" and by not in known:
        raise StoreError(f"'{by}' is nobody who can say so. There is: {', '.join(sorted(known))}.")


def _speaking(workspace: Workspace, view: View, voice_id: str) -> list[Version]:
    usable = [one for one in view.versions() if one.state in BY_THE_KEEPER]
    return [one for one in usable if _voice_id(workspace, one) == voice_id]


def _voice_id(workspace: Workspace, version: Version) -> str | None:
    try:
        found = read_manifest(workspace.versions / version.id).voice.get("voice_id")
    except VersionError:  # said where versions are listed
        return None
    return None if found is None else str(found)

"""The versions of a persona as a family keeps them: listed, named, made ready, ended, made anew.

draft ──activate──▶ active ──retire──▶ retired ──activate again──▶ active
                      └── a withdrawal ──▶ blocked ──rebuild──▶ a new version without it
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from persona import opening, steps
from persona.errors import VersionError
from persona.keeper.voice_block import unheard_voice
from persona.progress import Report
from persona.records import MadeVoice, Version, VersionState
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.train.making import Made
from persona.train.serving import (
    BY_THE_KEEPER,
    checked_name,
    emptied_on_purpose,
    named_version,
    talkable_version,
)
from persona.train.sharing import DiskUse, disk_use
from persona.train.version_inputs import training_of
from persona.train.versions import is_whole, read_manifest, verify_version
from persona.train.voices.declared import is_heard
from persona.workspace import Workspace


@dataclass(frozen=True)
class Shelf:
    """All versions, oldest first.

    Attributes:
        versions: the versions.
        use: the bytes that each takes up on the disk, by id.
        total_bytes: all of them together; what several share is counted once.
        unheard: the voices that nobody may hear any more, by the version that was made with one.
    """

    versions: tuple[Version, ...]
    use: Mapping[str, DiskUse]
    total_bytes: int
    unheard: Mapping[str, MadeVoice]


def shelf(workspace: Workspace) -> Shelf:
    """Return the versions with their disk use; what several of them share is counted once."""
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        versions = tuple(view.versions())
        silent = {one.id: unheard_voice(workspace, view, one) for one in versions}
    use, total = disk_use({one.id: [workspace.versions / one.id] for one in versions})
    unheard = {version_id: voice for version_id, voice in silent.items() if voice is not None}
    return Shelf(versions, use, total, unheard)


def in_a_line(report: Mapping[str, Any]) -> str:
    """Return the report of a version in a line: what was learnt, and how far it moved."""
    if report.get("manner") != "trained":
        return "manner not trained: too few own words"
    said = f"manner learnt from {report.get('own_words', '?')} own words"
    bits = report.get("bits_per_character") or {}
    if bits.get("base") is not None and bits.get("adapter") is not None:
        said += f", {bits['base']:.2f} → {bits['adapter']:.2f} bits a character"
    return said


def activate(workspace: Workspace, reference: str, *, again: bool = False) -> Version:
    """Let the family have a draft, or with ``again`` a version that was retired.

    Raises:
        VersionError: there is no such version, it is blocked or damaged, or it was retired and
            nobody said ``again``.
    """
    with opening.writing(workspace), opening.open_store(workspace) as store:
        version = named_version(store.reader(Custodian()).versions(), reference)
        number = version.number
        if version.state is VersionState.ACTIVE:
            raise VersionError(f"The family has version {number} already.")
        if version.state is VersionState.BLOCKED:
            raise VersionError(
                f"Version {number} is blocked: {version.state_reason} "
                f"Make it anew without that: persona versions rebuild {number}"
            )
        if version.state is VersionState.RETIRED and not again:
            raise VersionError(
                f"Version {number} was retired for good. If that was a mistake: persona versions "
                f"activate {number} --again"
            )
        folder = workspace.versions / version.id
        if emptied_on_purpose(store.reader(Custodian()), version) and not is_whole(folder, version):
            raise VersionError(
                f"What version {number} learnt was removed to make room. Make it anew first: "
                f"persona versions rebuild {number}"
            )
        verify_version(folder)
        store.set_version_state(version.id, VersionState.ACTIVE, "")
        return version


def name_version(workspace: Workspace, reference: str, name: str) -> Version:
    """Record what the family calls a version; its manifest and its id stay as they are.

    Raises:
        VersionError: there is no such version, or the name cannot be used.
    """
    with opening.writing(workspace), opening.open_store(workspace) as store:
        versions = store.reader(Custodian()).versions()
        version = named_version(versions, reference)
        version.name = checked_name(name, versions, version.number)
        store.name_version(version.id, version.name)
        return version


def retire_version(workspace: Workspace, reference: str, reason: str) -> Version:
    """Retire a version: its record and its conversations stay, and nobody talks with it again.

    Raises:
        VersionError: there is no such version, or it is retired or blocked already.
    """
    with opening.open_store(workspace) as store:
        versions = store.reader(Custodian()).versions()
        version = talkable_version(versions, reference, BY_THE_KEEPER)
        store.set_version_state(version.id, VersionState.RETIRED, reason)
        return version


def rebuild_version(
    workspace: Workspace,
    reference: str,
    report: Report,
    *,
    on_loss: Callable[[int, float], None] | None = None,
) -> Made:
    """Make a version anew for the same listeners, as it was trained, from what there is today.

    Meant for a version that a withdrawal blocked: what was taken back is gone from the archive, so
    it is in nothing that is made now. The old version stays blocked, as the record of what it was.

    Raises:
        VersionError: there is no such version, or its manifest is damaged.
        ConsentError, TrainError: as `persona.steps.train`.
    """
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        version = named_version(view.versions(), reference)
        manifest = read_manifest(workspace.versions / version.id)
        people = {person.id for person in view.people()}
        audience = tuple(one for one in manifest.audience if one in people)
        voice = _voice_today(view, manifest.voice, report)
    if not audience:  # nobody named would mean everybody
        raise VersionError(
            f"Nobody who could use version {version.number} is in this archive any more. Make a "
            "new one and say who it is for: persona train --for PERSON"
        )
    return steps.train(
        training_of(workspace, manifest),
        report,
        audience=audience,
        draft=version.state is VersionState.DRAFT,
        voice=voice,
        on_loss=on_loss,
    )


def _voice_today(view: View, voice: Mapping[str, Any], report: Report) -> str:
    """Return the voice that a version had, or none of its own where nobody may speak with it."""
    voice_id = str(voice.get("voice_id", ""))
    if not is_heard(view, voice):
        report.line("        The voice of that version may not be used any more: a plain one is")
        return ""
    return voice_id

"""Immutable, numbered versions: a folder that is written once and proves itself.

    versions/ver_…/manifest.json    everything that makes the version what it is; id = its hash
                   memories.txt     the ids of the memories it may use, sorted, one a line
                   examples.json    training example → source and passage ids; no text
                   losses.json      the loss of each step
                   phrases.toml     the fixed phrases that it speaks with
                   adapter/         the trained manner, where there is one
                   voice/           the voice that was made for it, where there is one

Files of an adapter or a voice that other versions have too are shared (`persona.train.sharing`).
The row that lists a version has the hashes of the files above its parts (`files_of`), so that a
file that was lost, changed or added is seen although the manifest does not name it.

Invariant (law 7): the same inputs make the same manifest, because nothing in it depends on the
time or the machine; what was changed afterwards is refused.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from persona.atomic import LITTER, file_sha256, folder_sha256, sync_folder, write_file
from persona.errors import VersionError
from persona.records import Manifest, Version
from persona.train.dataset import Example
from persona.train.sharing import place
from persona.train.version_inputs import memories_bytes
from persona.workspace import Workspace

MANIFEST = "manifest.json"
MEMORIES = "memories.txt"
EXAMPLES = "examples.json"
LOSSES = "losses.json"
PHRASES = "phrases.toml"
VOICE = "voice"
ADAPTER = "adapter"
_PARTS = frozenset({MANIFEST, MEMORIES, EXAMPLES, LOSSES, PHRASES, VOICE, ADAPTER})
_NEWEST_SCHEMA = 1


def write_version(
    workspace: Workspace,
    manifest: Manifest,
    adapter_folder: Path | None,
    memory_ids: Iterable[str],
    *,
    examples: Sequence[Example] = (),
    held_out: Sequence[Example] = (),
    losses: Sequence[float] = (),
    phrases: bytes = b"",
    mend: bool = False,
) -> Path:
    """Write the folder of a version whole or not at all, read-only; return where it lies.

    A version that is there already is verified and left as it is. ``phrases`` are the bytes that
    the manifest has the hash of; without them the version speaks with today's. With ``mend`` a
    folder that is there is replaced: what does not belong to a version stays in it.

    Raises:
        VersionError: what was given does not match the manifest, the folder that is there is
            damaged, or there is no room.
    """
    folder = workspace.versions / manifest.id
    if folder.exists() and not mend:
        verify_version(folder)
        return folder
    unfinished = workspace.versions / f".{manifest.id}.unfinished"
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        _fill(unfinished, manifest, memory_ids, (examples, held_out), losses)
        if phrases:
            write_file(unfinished / PHRASES, phrases)
        if adapter_folder is not None:
            _share(adapter_folder, unfinished / ADAPTER, workspace.versions.glob("ver_*/adapter"))
        if voice_id := manifest.voice.get("voice_id"):
            made = workspace.voices / str(voice_id)
            _share(made, unfinished / VOICE, [made])
        _verified(unfinished, manifest)
        _checked_voice(unfinished, manifest)
        for path in unfinished.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
        _put(unfinished, folder)
        sync_folder(workspace.versions)
    except OSError as error:
        raise VersionError(
            f"The version cannot be written in {workspace.versions}: {error.strerror}. Make "
            "room, then run it again: nothing that was learnt is lost."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _put(finished: Path, folder: Path) -> None:
    """Give a finished folder its name; what somebody laid into a damaged one is moved along."""
    damaged = folder.with_name(f".{folder.name}.damaged")
    shutil.rmtree(damaged, ignore_errors=True)
    if folder.exists():
        folder.replace(damaged)
    finished.replace(folder)
    for path in damaged.iterdir() if damaged.is_dir() else ():
        if path.name not in _PARTS:
            path.replace(folder / path.name)
    shutil.rmtree(damaged, ignore_errors=True)


def files_of(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a version that lies beside its adapter and its voice."""
    return {path.name: file_sha256(path) for path in sorted(folder.iterdir()) if path.is_file()}


def verify_listed(folder: Path, version: Version, *, emptied: bool = False) -> Manifest:
    """Check a folder against its manifest, and against the files that the archive lists.

    Versions of earlier releases, whose files are not listed, are checked by their manifest alone.

    Args:
        folder: of the version.
        version: as the archive lists it.
        emptied: whether what it learnt was erased on purpose (`serving.emptied_on_purpose`).

    Raises:
        VersionError: something is missing or was changed.
    """
    if emptied and not (folder / ADAPTER).exists():
        manifest = read_manifest(folder)
        _checked_memories(folder, manifest)
    else:
        manifest = verify_version(folder)
    listed: Mapping[str, str] = version.report.get("files", {})
    for name, sha256 in sorted(listed.items()):
        path = folder / name
        if not path.is_file() or file_sha256(path) != sha256:
            raise _damaged(folder, f"{name} is missing or was changed")
    return manifest


def strangers(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return a sentence for each thing in a version's folder that does not belong to it."""
    absent = set() if manifest.adapter_sha256 else {ADAPTER}
    absent |= set() if manifest.voice.get("voice_id") else {VOICE}
    known = (_PARTS - absent) | LITTER
    return tuple(
        f"{path.name} does not belong to the version {folder.name}. Move it to another place."
        for path in sorted(folder.iterdir())
        if path.name not in known
    )


def is_whole(folder: Path, version: Version) -> bool:
    """Say whether nothing of a version is missing or damaged, its voice included."""
    try:
        verify_listed(folder, version)
        load_voice(folder)
    except VersionError:
        return False
    return True


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a version.

    Raises:
        VersionError: it is not there, or it is not the one that gave the version its id.
    """
    manifest = _parse_manifest(folder)
    if manifest.schema_version > _NEWEST_SCHEMA:
        raise VersionError(
            f"The version {folder.name} was made by a newer version of this program. Update the "
            "program, then try again."
        )
    if manifest.id != folder.name:
        raise _damaged(folder, "its manifest was changed")
    return manifest


def verify_version(folder: Path) -> Manifest:
    """Read the manifest and check everything that it has a hash of, but for the voice.

    A voice can be gigabytes, so it is checked where it is opened (`load_voice`).

    Raises:
        VersionError: a part is missing or was changed.
    """
    return load_version(folder).manifest


@dataclass(frozen=True)
class Loaded:
    """What a conversation needs of a version, read and checked once.

    Attributes:
        manifest: what it is made of.
        memory_ids: of what it may tell.
        phrases: its fixed sentences; empty for one from before they were kept.
    """

    manifest: Manifest
    memory_ids: frozenset[str]
    phrases: bytes


def load_version(folder: Path) -> Loaded:
    """Read a version and check it as `verify_version` does.

    Raises:
        VersionError: a part is missing or was changed.
    """
    return _verified(folder, read_manifest(folder))


def load_memory_ids(folder: Path) -> frozenset[str]:
    """Return the ids of the memories that a version may use.

    Raises:
        VersionError: the list is missing or was changed.
    """
    return _checked_memories(folder, read_manifest(folder))


def load_phrases(folder: Path) -> bytes:
    """Return the phrases that a version was made with; empty where none were kept.

    Raises:
        VersionError: they were changed.
    """
    return _checked_phrases(folder, read_manifest(folder))


def load_voice(folder: Path) -> Path | None:
    """Return the folder of the voice that was made for a version; None: it has none.

    Raises:
        VersionError: its files are missing or were changed.
    """
    return _checked_voice(folder, read_manifest(folder))


def load_examples(folder: Path) -> list[dict[str, Any]]:
    """Return what a version learnt from, and was measured on, in its order: ids, no text.

    Each has ``id``, ``unit``, ``sources``, ``passages`` and ``held_out``.

    Raises:
        VersionError: the list is missing, or is not the one that the manifest names.
    """
    manifest = read_manifest(folder)
    try:
        listed: list[dict[str, Any]] = json.loads((folder / EXAMPLES).read_bytes())
        learnt = {one["id"]: tuple(one["sources"]) for one in listed if not one["held_out"]}
        units = {one["unit"] for one in listed if one["held_out"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, "its list of examples cannot be read") from error
    if learnt != manifest.example_sources or units != set(manifest.held_out_units):
        raise _damaged(folder, "its list of examples was changed")
    return listed


def _fill(
    folder: Path,
    manifest: Manifest,
    memory_ids: Iterable[str],
    examples: tuple[Sequence[Example], Sequence[Example]],
    losses: Sequence[float],
) -> None:
    listed = [
        {
            "id": example.id,
            "unit": example.unit,
            "sources": example.source_ids,
            "passages": example.passage_ids,
            "held_out": held_out,
        }
        for held_out, group in zip((False, True), examples, strict=True)
        for example in group
    ]
    write_file(folder / MANIFEST, _readable_json(manifest.model_dump(mode="json")))
    write_file(folder / MEMORIES, memories_bytes(memory_ids))
    write_file(folder / EXAMPLES, _readable_json(listed))
    write_file(folder / LOSSES, _readable_json(list(losses)))


def _share(source: Path, target: Path, folders: Iterable[Path]) -> None:
    """Put the files of a folder into a version; equal ones of other folders are not kept twice."""
    known = sorted(folders)
    for path in sorted(source.iterdir()):
        place(path, target / path.name, [folder / path.name for folder in known])
    sync_folder(target)


def _verified(folder: Path, manifest: Manifest) -> Loaded:
    memory_ids = _checked_memories(folder, manifest)
    adapter = folder / ADAPTER
    found = folder_sha256(adapter) if adapter.is_dir() else None
    if found != manifest.adapter_sha256:
        raise _damaged(folder, "its adapter is missing or was changed")
    return Loaded(manifest, memory_ids, _checked_phrases(folder, manifest))


def _checked_voice(folder: Path, manifest: Manifest) -> Path | None:
    voice = folder / VOICE if (folder / VOICE).is_dir() else None
    if (folder_sha256(voice) if voice else None) != manifest.voice.get("files_sha256"):
        raise _damaged(folder, "the files of its voice are missing or were changed")
    return voice


def _checked_memories(folder: Path, manifest: Manifest) -> frozenset[str]:
    try:
        content = (folder / MEMORIES).read_bytes()
    except OSError as error:
        raise _damaged(folder, "its list of memories is missing") from error
    if hashlib.sha256(content).hexdigest() != manifest.memory_ids_sha256:
        raise _damaged(folder, "its list of memories was changed")
    return frozenset(content.decode().splitlines())


def _checked_phrases(folder: Path, manifest: Manifest) -> bytes:
    """Return the phrases of a version; those of before phrases were kept have none."""
    try:
        content = (folder / PHRASES).read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _damaged(folder, "its phrases cannot be read") from error
    if hashlib.sha256(content).hexdigest() != manifest.prompts_sha256:
        raise _damaged(folder, "its phrases were changed")
    return content


def _parse_manifest(folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        gone = "its manifest" if folder.is_dir() else "its folder"
        raise _damaged(folder, f"{gone} is missing") from error
    except (OSError, ValidationError) as error:
        raise _damaged(folder, "its manifest cannot be read") from error


def _damaged(folder: Path, what: str) -> VersionError:
    return VersionError(
        f"The version {folder.name} is damaged: {what}. A version is never changed: restore its "
        "folder from a backup, or build a new one with: persona train"
    )


def _readable_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()

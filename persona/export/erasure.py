"""Erases the files that a withdrawal reaches. Each function may be called again and again.

derived/         all of it: made from originals, made again when it is needed
training/        all of it: unfinished training cannot say which words it holds
conversations/   spoken answers that no turn names any more
originals/       those of sources that are gone, and the files beside them
voices/          voices made of a recording that is gone, also where a version holds them
versions/        the adapters of versions that learnt from what is gone; their manifests,
                 which hold ids and no words, stay as the record of what they were
"""

import contextlib
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Collection, Iterable
from pathlib import Path

from persona.errors import StoreError
from persona.records import Manifest, Source
from persona.workspace import Workspace


def files_of(source: Source) -> set[str]:
    """Return the SHA-256 of an original and of the files that are kept beside it."""
    return {source.sha256, *(str(one["sha256"]) for one in source.details.get("sidecars", ()))}


def empty_folder(folder: Path) -> int:
    """Remove all that lies in a folder; return how many files that were."""
    files = sum(path.is_file() for path in folder.rglob("*"))
    for path in sorted(folder.glob("*")):
        if path.is_dir() and not path.is_symlink():
            _reachable(path)
            shutil.rmtree(path)
        else:
            _remove(path)
    return files


def erase_originals(workspace: Workspace, sha256s: Iterable[str]) -> int:
    """Remove originals; return how many were there."""
    erased = 0
    for sha256 in sha256s:
        place = workspace.original(sha256)
        erased += _remove(place)
        with contextlib.suppress(OSError):
            place.parent.rmdir()
    return erased


def erase_unnamed_answers(workspace: Workspace, named: Collection[str]) -> int:
    """Remove spoken answers that no turn names; return how many files that were.

    Args:
        workspace: the persona.
        named: ``Turn.audio_path`` of all turns.
    """
    kept = {(workspace.root / path).with_suffix("") for path in named if path}
    files = [path for path in sorted(workspace.conversations.rglob("*")) if path.is_file()]
    return sum(_remove(path) for path in files if path.with_suffix("") not in kept)


def versions_that_used(
    workspace: Workspace,
    memory_ids: Collection[str],
    source_ids: Collection[str],
    voice_ids: Collection[str] = (),
) -> tuple[list[str], list[str]]:
    """Return the versions that used something, and those of them that learnt from it.

    A version whose lists cannot be read counts as one that did both.
    """
    used, learnt = [], []
    for folder in sorted(workspace.versions.glob("ver_*")):
        try:
            memories, sources, portrait, voice = _made_from(folder)
        except (OSError, ValueError, KeyError, TypeError):
            used.append(folder.name)
            learnt.append(folder.name)
            continue
        if sources & set(source_ids):
            learnt.append(folder.name)
        shown = {*sources, portrait} & set(source_ids)
        if memories & set(memory_ids) or shown or voice in voice_ids:
            used.append(folder.name)
    return used, learnt


def erase_adapters(workspace: Workspace, version_ids: Iterable[str]) -> int:
    """Remove what versions learnt; return how many adapters there were.

    What a program that was killed left of a version cannot say what it learnt, so it goes as well.
    """
    for unfinished in workspace.versions.glob(".ver_*"):
        _reachable(unfinished)
        shutil.rmtree(unfinished)
    erased = 0
    for version_id in version_ids:
        adapter = workspace.versions / version_id / "adapter"
        if adapter.is_dir():
            _reachable(adapter)
            shutil.rmtree(adapter)
            erased += 1
    return erased


def erase_voices(workspace: Workspace, voice_ids: Collection[str]) -> int:
    """Remove the files of voices, and the same files in versions that speak with one.

    Returns:
        How many voices had files.
    """
    folders = [workspace.voices / one for one in voice_ids]
    inside = [folder for folder in workspace.versions.glob("ver_*/voice") if folder.is_dir()]
    spoken = [one for one in inside if _voice_of(one.parent) in {*voice_ids, None}]
    erased = sum(folder.is_dir() for folder in folders)
    for folder in (*folders, *spoken):
        if folder.is_dir():
            _reachable(folder)
            shutil.rmtree(folder)
    return erased


def _voice_of(version: Path) -> str | None:
    """Return the id of the voice of a version; None where nobody can tell."""
    try:
        return str(json.loads((version / "manifest.json").read_bytes())["voice"]["voice_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made_from(folder: Path) -> tuple[set[str], set[str], str, str]:
    """Return memory ids, ids of sources learnt from, the portrait and the voice of a version."""
    listed = (folder / "memories.txt").read_bytes()
    memories = set(listed.decode().split())
    manifest = json.loads((folder / "manifest.json").read_bytes())
    genuine = Manifest.model_validate(manifest)
    if genuine.id != folder.name or hashlib.sha256(listed).hexdigest() != genuine.memory_ids_sha256:
        raise ValueError("edited by hand: nobody can tell what it was made from")
    sources = {one for ids in manifest["example_sources"].values() for one in ids}
    examples = folder / "examples.json"
    if examples.is_file():
        sources |= {one for row in json.loads(examples.read_bytes()) for one in row["sources"]}
    voice = manifest.get("voice", {}).get("voice_id", "")
    return memories, sources, manifest["portrait_source_id"] or "", voice


def _reachable(folder: Path) -> None:
    """Let what lies in a folder be removed, also where it was made read-only."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def _remove(path: Path) -> bool:
    """Remove a file and make that survive a power cut; return whether it was there."""
    try:
        if os.name == "nt" and path.exists():
            path.chmod(stat.S_IWRITE)
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StoreError(
            f"{path.name} cannot be erased: {error.strerror}. Close every program that has it "
            "open, check the rights of the folder, and run the withdrawal again."
        ) from error
    return True

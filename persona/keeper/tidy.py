"""Making room, only when somebody asks for it: `persona versions tidy`.

    unfinished    what a killed program left of a version or a voice; a folder that nothing lists
    training      checkpoints: a training that was stopped begins from its first step again
    retired       what retired versions learnt, if it is asked for; they can be made anew
    voices        voices that nobody may speak with, or that nothing lists

Nothing goes that an active version or a draft needs, and no original, no memory, no manifest, no
conversation: of a retired version the record stays, with all that it can be made anew from.
"""

import os
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from persona import opening
from persona.errors import VersionError
from persona.records import Version, VersionState, VoiceState
from persona.remember.readers import Custodian
from persona.train.serving import REMOVED
from persona.train.sharing import disk_use
from persona.train.versions import ADAPTER, VOICE
from persona.workspace import Workspace

_WORDS = {
    "unfinished": "left behind when something was killed",
    "training": "checkpoints of training; one that was stopped begins anew",
    "retired": "what retired versions learnt; they can be made anew",
    "voices": "voices that nobody may speak with",
}


@dataclass(frozen=True)
class Leftover:
    """One folder or file that may go, and why."""

    kind: str
    path: Path
    version_id: str = ""


@dataclass(frozen=True)
class TidyPlan:
    """What would go. Nothing has been removed."""

    leftovers: tuple[Leftover, ...]
    freed_bytes: int

    def sentences(self, root: Path) -> list[str]:
        """Return what a person reads before they say yes, one line for each thing that goes."""
        return [
            f"{one.path.relative_to(root).as_posix()}  ({_WORDS[one.kind]})"
            for one in self.leftovers
        ]


def plan_tidy(workspace: Workspace, *, retired: bool = False) -> TidyPlan:
    """Work out what may go, and how many bytes that frees; nothing is removed.

    Args:
        workspace: the persona.
        retired: also what retired versions learnt.
    """
    with opening.open_store(workspace) as store, store.reader(Custodian()) as view:
        versions = view.versions()
        blocked = {one.id for one in view.made_voices() if one.state is VoiceState.BLOCKED}
        listed = {one.id for one in view.made_voices()}
    found = [
        *_unfinished(workspace, {version.id for version in versions}),
        *(Leftover("training", path) for path in _inside(workspace.training)),
        *(_retired(workspace, versions) if retired else ()),
        *_voices(workspace, listed - blocked),
    ]
    return TidyPlan(tuple(found), _freed(workspace, [one.path for one in found]))


def tidy(workspace: Workspace, *, retired: bool = False) -> TidyPlan:
    """Remove what may go, and return what that was.

    Raises:
        WorkspaceError: another step is writing: what it works on is no leftover.
        VersionError: something cannot be removed.
    """
    with opening.writing(workspace):
        planned = plan_tidy(workspace, retired=retired)
        with opening.open_store(workspace) as store:
            for version_id in sorted({one.version_id for one in planned.leftovers} - {""}):
                store.audit("custodian", REMOVED, version_id)
        for one in planned.leftovers:
            _remove(one.path)
    return planned


def _unfinished(workspace: Workspace, listed: Collection[str]) -> Iterator[Leftover]:
    for path in _inside(workspace.versions):
        if path.name.startswith(".") or path.name not in listed:
            yield Leftover("unfinished", path)
    for path in _inside(workspace.voices):
        if path.name.startswith("."):
            yield Leftover("unfinished", path)


def _retired(workspace: Workspace, versions: Iterable[Version]) -> Iterator[Leftover]:
    for version in versions:
        if version.state is VersionState.RETIRED:
            for name in (ADAPTER, VOICE):
                folder = workspace.versions / version.id / name
                if folder.is_dir():
                    yield Leftover("retired", folder, version.id)


def _voices(workspace: Workspace, usable: Collection[str]) -> Iterator[Leftover]:
    for path in _inside(workspace.voices):
        if not path.name.startswith(".") and path.name not in usable:
            yield Leftover("voices", path)


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _freed(workspace: Workspace, going: Collection[Path]) -> int:
    """Return the bytes that are free afterwards: what a version that stays shares is not."""
    kept = {
        f"stays {path}": [path]
        for folder in (workspace.versions, workspace.voices)
        for top in _inside(folder)
        if top not in going
        for path in _inside(top)
        if path.is_dir() and path not in going
    }
    gone = [path for path in going if path.is_dir()]
    use, _ = disk_use({"goes": gone, **kept})
    files = sum(path.stat().st_size for path in going if path.is_file())
    return use["goes"].own_bytes + files


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            for inside in (path, *path.rglob("*")):
                # A shared file belongs to other versions as well: only folders are made writable.
                if inside.is_dir() and not inside.is_symlink():
                    inside.chmod(inside.stat().st_mode | stat.S_IRWXU)
                elif os.name == "nt" and inside.stat().st_nlink == 1:
                    inside.chmod(stat.S_IWRITE)
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise VersionError(
            f"{path.name} cannot be removed: {error.strerror}. Close every program that has it "
            "open, then run it again."
        ) from error

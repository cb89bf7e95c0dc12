"""Parts that several versions have in common lie on the disk once: hard links, and what they save.

    versions/ver_1/adapter/adapter_model.safetensors ─┐
    versions/ver_2/adapter/adapter_model.safetensors ─┴─ the same bytes, one place on the disk

A version folder stays whole by itself: it can be copied or moved alone, and where a file system
knows no hard links the file is there twice. Nothing is shared but files with the same SHA-256.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from persona.atomic import file_sha256


@dataclass(frozen=True)
class DiskUse:
    """Bytes of one version: what it alone takes up, and what others use as well."""

    own_bytes: int
    shared_bytes: int

    @property
    def whole_bytes(self) -> int:
        """Return what the version would take up if it were alone."""
        return self.own_bytes + self.shared_bytes


def place(source: Path, target: Path, equals: Iterable[Path] = ()) -> bool:
    """Put a file at ``target``: a link to one of ``equals`` that has the same bytes, else a copy.

    Args:
        source: what it shall hold.
        target: where there is no file yet; its folder is made when there is none.
        equals: files that may be equal; those that cannot be read are passed over.

    Returns:
        Whether it is shared.

    Raises:
        OSError: it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    wanted, size = file_sha256(source), source.stat().st_size
    for other in equals:
        try:
            if other.stat().st_size == size and file_sha256(other) == wanted:
                os.link(other, target)
                return True
        except OSError:  # unreadable, too many links, or a file system without links
            continue
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return False


def disk_use(folders: Mapping[str, Iterable[Path]]) -> tuple[dict[str, DiskUse], int]:
    """Return the bytes of each version, and of all together with shared files counted once.

    Args:
        folders: what each version is made of: its own folder, and that of its voice.
    """
    files = {name: _files(places) for name, places in folders.items()}
    used_by = Counter(place for found in files.values() for place in found)
    use = {
        name: DiskUse(
            own_bytes=sum(size for place, size in found.items() if used_by[place] == 1),
            shared_bytes=sum(size for place, size in found.items() if used_by[place] > 1),
        )
        for name, found in files.items()
    }
    everything = {place: size for found in files.values() for place, size in found.items()}
    return use, sum(everything.values())


def megabytes(size_bytes: int) -> str:
    """Return a size as people read it, in units of 1000."""
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    return f"{size_bytes / 1_000_000:,.1f} MB"


def _files(folders: Iterable[Path]) -> dict[tuple[int, int], int]:
    """Return (device, inode) → size of all files below some folders."""
    found: dict[tuple[int, int], int] = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                facts = path.stat()
                found[facts.st_dev, facts.st_ino] = facts.st_size
    return found

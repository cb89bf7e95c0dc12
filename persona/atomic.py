"""Files that are there whole or not at all, also when the power goes."""

import hashlib
import os
from pathlib import Path

LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in a folder that somebody looked at: it is part of nothing."""


def write_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write ``content`` under a temporary name in the same folder, then give it its name.

    Args:
        path: where it goes; the folder is made when there is none.
        content: the whole file.
        private: nobody else on this machine may read it, not even while it is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.unfinished")
    try:
        temporary.unlink(missing_ok=True)
        with temporary.open("wb") as file:
            if private:
                temporary.chmod(0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_sha256(folder: Path) -> str:
    """Return one SHA-256 over the names and hashes of the files that lie in ``folder``.

    What a file manager left there does not count; a folder in it does, by its name alone.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.name not in LITTER]
    lines = [f"{'folder' if path.is_dir() else file_sha256(path)}  {path.name}\n" for path in paths]
    return hashlib.sha256("".join(lines).encode()).hexdigest()

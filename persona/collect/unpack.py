"""Zip files → files in a staging folder, safely: member by member, each on its own.

Refused, with a sentence for each: members that leave the folder, links, encrypted or damaged
members, and bombs (too many members, too much in all, or packed beyond belief). Members are
written under a number, never under their own name.
"""

import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from persona.errors import CollectError, UnreadableSource, UnsafeSource

MAX_MEMBERS = 50_000
MAX_TOTAL_BYTES = 50 * 2**30
MAX_RATIO = 250
RATIO_FROM_BYTES = 20 * 2**20
MAX_DEPTH = 2
_BLOCK = 1 << 20
_STAGING = "unpacking-"


@dataclass
class Budget:
    """How much may still be unpacked in one collect, counted over all zips."""

    members: int = MAX_MEMBERS
    total_bytes: int = MAX_TOTAL_BYTES
    ratio_from_bytes: int = RATIO_FROM_BYTES
    refuse: Callable[[str, CollectError], None] = field(default=lambda _name, _error: None)


@dataclass(frozen=True)
class Unpacked:
    """One member: where it lies now and its name inside the zip."""

    path: Path
    relative: str


def unpack(archive: Path, relative: str, staging: Path, budget: Budget) -> Iterator[Unpacked]:
    """Yield the members of a zip; what is refused goes to ``budget.refuse``.

    Raises:
        UnreadableSource: this is no zip, or its directory is damaged.
        UnsafeSource: it holds more than the budget allows.
    """
    staging.mkdir(parents=True, exist_ok=True)
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableSource(f"{relative} is a damaged zip file. Make it again.") from error
    with opened:
        members = [member for member in opened.infolist() if not member.is_dir()]
        if len(members) > budget.members:
            raise UnsafeSource(f"{relative} holds {len(members)} files: too many to be unpacked.")
        budget.members -= len(members)
        for number, member in enumerate(members):
            name = member_name(member)
            inside = f"{relative}/{name}"
            target = staging / f"{number:05d}{_suffix(name)}"
            try:
                _check(member, name, inside)
                _write(opened, member, target, budget, inside)
            except CollectError as error:
                target.unlink(missing_ok=True)
                budget.refuse(inside, error)
            else:
                yield Unpacked(target, inside)


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name with ``/``; names in old Chinese zips are read as GB 18030."""
    name = member.orig_filename.split("\x00", 1)[0].replace("\\", "/")
    if member.flag_bits & 0x800 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _check(member: zipfile.ZipInfo, name: str, inside: str) -> None:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise UnsafeSource(f"{inside} points outside its zip file and was not unpacked.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnsafeSource(f"{inside} is a link and was not unpacked.")
    if member.flag_bits & 0x1:
        raise UnreadableSource(f"{inside} is locked with a password. Unpack it by hand first.")


def _write(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: Budget, inside: str
) -> None:
    """Write a member, counting the bytes that really come: a zip may lie about its sizes."""
    try:
        with opened.open(member) as packed, target.open("wb") as plain:
            _pour(packed, plain, member, budget, inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableSource(f"{inside} is damaged inside its zip file.") from error
    except OSError as error:
        raise CollectError(
            f"{inside} could not be unpacked: {error.strerror or error}. Free some space."
        ) from error


def _pour(
    packed: IO[bytes], plain: IO[bytes], member: zipfile.ZipInfo, budget: Budget, inside: str
) -> None:
    written = 0
    while block := packed.read(_BLOCK):
        written += len(block)
        budget.total_bytes -= len(block)
        if budget.total_bytes < 0:
            raise UnsafeSource(f"{inside} would unpack to more than can be taken in.")
        if written > budget.ratio_from_bytes and written > MAX_RATIO * max(1, member.compress_size):
            raise UnsafeSource(f"{inside} unpacks almost without end and was stopped.")
        plain.write(block)


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) < 12 else ""


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """Yield an empty folder to unpack into; it is taken away in the end.

    What a killed process left in its own goes first: those are copies of originals, and nobody
    would ever find them again to erase them. Only for a caller that holds the workspace's lock.
    """
    for left in parent.glob(f"{_STAGING}*"):
        clear_staging(left)
    with tempfile.TemporaryDirectory(dir=parent, prefix=_STAGING) as folder:
        yield Path(folder)


def clear_staging(staging: Path) -> None:
    """Take away what was unpacked; the originals have been kept elsewhere."""
    shutil.rmtree(staging, ignore_errors=True)

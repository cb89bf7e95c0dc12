"""Zip files → files in a staging folder, safely: member by member, each on its own.

    zip ─ its directory is counted before it is read: a million members are refused in a second
        ├ members that share their packed bytes (Fifield, "A better zip bomb", WOOT 2019): refused
        ╰ each member ─ leaves the folder, is a link, locked, damaged: refused, one sentence each
                      ╰ poured out, counting what really comes: a zip may lie about its sizes

What a zip and all the zips inside it give may not be more than `MAX_RATIO` times its own size,
and never fills the disk. Members are written under a number, never under their own name.
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

from persona.collect.names import plain_path
from persona.collect.walking import own_folder
from persona.collect.zip_directory import count_members
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from persona.workspace import DATABASE, OWN, SETTINGS, holds_persona

MAX_MEMBERS = 200_000
MAX_TOTAL_BYTES = 2**40
MAX_RATIO = 250
"""Times its own size that a zip may give: text packs to a twentieth, blank scans to a hundredth."""

RATIO_FROM_BYTES = 20 * 2**20
MAX_DEPTH = 5
_FREE_BYTES = 256 * 2**20
"""What is left free on the disk whatever comes: the archive itself must still be written."""

_BLOCK = 1 << 20
_STAGING = "unpacking-"


@dataclass
class Budget:
    """How much may still be unpacked in one collect, counted over all zips.

    ``here`` is what the zip that was handed in may still give, with all the zips inside it;
    None: there is none, as with the files in a mail.
    """

    members: int = MAX_MEMBERS
    total_bytes: int = MAX_TOTAL_BYTES
    ratio_from_bytes: int = RATIO_FROM_BYTES
    refuse: Callable[[str, CollectError], None] = field(default=lambda _name, _error: None)
    here: int | None = None

    def begin(self, archive: Path) -> None:
        """Begin with a zip that somebody handed in: not with one that lay inside another."""
        self.here = self.ratio_from_bytes + MAX_RATIO * archive.stat().st_size

    def spend(self, count: int, inside: str) -> None:
        """Count bytes that were unpacked. Raises `UnsafeSource` when there is nothing left."""
        self.total_bytes -= count
        if self.total_bytes < 0:
            raise UnsafeSource(f"{inside} would unpack to more than can be taken in.")
        if self.here is not None:
            self.here -= count
            if self.here < 0:
                raise UnsafeSource(f"{inside} lies in a zip that unpacks almost without end.")


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
    _check_directory(archive, relative, budget)
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as error:
        raise UnreadableSource(f"{relative} is a damaged zip file. Make it again.") from error
    with opened:
        members = [member for member in opened.infolist() if not member.is_dir()]
        budget.members -= len(members)
        personas = _personas({member_name(member) for member in members})
        for persona in sorted(personas):
            inside = f"{relative}/{persona}".rstrip("/")
            budget.refuse(inside, own_folder(inside))
        for number, member in enumerate(members):
            name = member_name(member)
            inside = f"{relative}/{name}"
            if any(_is_own(name, persona) for persona in personas):
                continue
            target = staging / f"{number:05d}{_suffix(name)}"
            try:
                _check(member, name, inside)
                _check_size(member, inside, budget)
                _write(opened, member, target, budget, inside)
            except CollectError as error:
                target.unlink(missing_ok=True)
                budget.refuse(inside, error)
            else:
                yield Unpacked(target, inside)


def _personas(names: set[str]) -> set[str]:
    """Return the folders of personas in a zip, with ``/`` behind them."""
    folders = {name.removesuffix(SETTINGS) for name in names if name.endswith(SETTINGS)}
    beside = {SETTINGS, DATABASE}
    return {
        folder
        for folder in folders
        if (not folder or folder.endswith("/"))
        and holds_persona({one for one in beside if folder + one in names})
    }


def _is_own(name: str, persona: str) -> bool:
    """Tell whether a member is what the program keeps in the folder of a persona."""
    return name.startswith(persona) and name[len(persona) :].split("/", 1)[0] in OWN


def _check_directory(archive: Path, relative: str, budget: Budget) -> None:
    """Count the members without reading them into memory, and what they take up packed.

    Raises:
        UnreadableSource: the directory is damaged.
        UnsafeSource: there are too many, or they lie over each other.
    """
    try:
        with archive.open("rb") as file:
            found = count_members(file, budget.members)
        size = archive.stat().st_size
    except OSError as error:
        raise UnreadableSource(f"{relative} cannot be read: {error.strerror}.") from error
    if not found.whole:
        raise UnreadableSource(f"{relative} is a damaged zip file. Make it again.")
    if found.members > budget.members:
        raise UnsafeSource(
            f"{relative} holds more than {budget.members:,} files: too many to be unpacked. "
            "Unpack it by hand and collect the folder."
        )
    if found.packed_bytes > size:
        raise UnsafeSource(f"{relative} is made so that it unpacks without end, and was left out.")


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name with ``/``; names in old Chinese zips are read as GB 18030."""
    name = member.orig_filename.split("\x00", 1)[0].replace("\\", "/")
    if member.flag_bits & 0x800 or name.isascii():
        return plain_path(name)
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return plain_path(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return plain_path(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return plain_path(name)


def _check(member: zipfile.ZipInfo, name: str, inside: str) -> None:
    parts = PurePosixPath(name).parts
    if ".." in parts or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise UnsafeSource(f"{inside} points outside its zip file and was not unpacked.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnsafeSource(f"{inside} is a link and was not unpacked.")
    if member.flag_bits & 0x1:
        raise UnreadableSource(f"{inside} is locked with a password. Unpack it by hand first.")


def _check_size(member: zipfile.ZipInfo, inside: str, budget: Budget) -> None:
    """Refuse what is packed beyond belief before any of it is written.

    A member never gives more than it says: `zipfile` stops there, and finds it damaged.
    """
    packed = max(1, member.compress_size)
    if member.file_size > budget.ratio_from_bytes and member.file_size > MAX_RATIO * packed:
        raise UnsafeSource(f"{inside} unpacks almost without end and was stopped.")


def _write(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, budget: Budget, inside: str
) -> None:
    """Write a member, counting the bytes that really come: a zip may lie about its sizes."""
    try:
        with opened.open(member) as packed, target.open("wb") as plain:
            _pour(packed, plain, budget, inside)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableSource(f"{inside} is damaged inside its zip file.") from error
    except OSError as error:
        raise CollectError(
            f"{inside} could not be unpacked: {error.strerror or error}. Free some space."
        ) from error


def _pour(packed: IO[bytes], plain: IO[bytes], budget: Budget, inside: str) -> None:
    while block := packed.read(_BLOCK):
        budget.spend(len(block), inside)
        if shutil.disk_usage(plain.name).free < _FREE_BYTES + len(block):
            raise CollectError(f"There is no room on the disk to unpack {inside}. Free some space.")
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

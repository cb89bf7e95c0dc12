"""What became of every file that was ever handed in: ``collected.csv`` in the persona's folder.

One row a file: when, which, what came of it and why, its fingerprint, size and time of change.
A person can open it in any table program. It is also how a collect that was interrupted goes
on at once: a file whose name, size and time of change stand here was fingerprinted before, and
terabytes are not read again to learn that they are known.
"""

import contextlib
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from persona.atomic import write_file
from persona.errors import StoreError

JOURNAL_FILE = "collected.csv"
_COLUMNS = ("at", "file", "outcome", "passages", "reason", "sha256", "size_bytes", "changed_ns")


class Outcome(StrEnum):
    """What became of a file."""

    NEW = "new"
    ALREADY_HERE = "already_here"
    LEFT_OUT = "left_out"
    SET_ASIDE = "set_aside"
    """Kept, and not used: a program made it."""


@dataclass(frozen=True)
class Mark:
    """By what a file on disk is recognised without reading it."""

    relative: str
    size_bytes: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path, relative: str) -> "Mark":
        """Return the mark of a file; a file that cannot be asked has a mark that fits none."""
        try:
            found = path.stat()
        except OSError:
            return cls(relative, -1, -1)
        return cls(relative, found.st_size, found.st_mtime_ns)


class Journal:
    """The record of what was handed in, open for one collect."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {
            Mark(row["file"], int(row["size_bytes"]), int(row["changed_ns"])): row["sha256"]
            for row in _rows(path)
            if row["sha256"] and row["outcome"] != Outcome.LEFT_OUT
        }
        self._out: TextIO | None = None

    def __enter__(self) -> Self:
        """Begin a collect; the file is opened with the first row."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        if self._out is not None:
            with contextlib.suppress(OSError):  # every row was written when it was noted
                self._out.close()

    def sha256(self, mark: Mark) -> str | None:
        """Return the fingerprint that a file had when it was taken in, if it has not changed."""
        return self._known.get(mark)

    def names(self) -> list[tuple[str, str]]:
        """Return every name under which an original was handed in, with its fingerprint."""
        return [(mark.relative, sha256) for mark, sha256 in self._known.items()]

    def note(
        self, mark: Mark, outcome: Outcome, sha256: str = "", reason: str = "", passages: int = 0
    ) -> None:
        """Write down what became of a file; it is on its way to the disk when this returns.

        Raises:
            StoreError: the disk is full, or the file cannot be written.
        """
        row = (
            datetime.now(UTC).isoformat(timespec="seconds"),
            mark.relative,
            outcome,
            passages,
            reason,
            sha256,
            mark.size_bytes,
            mark.changed_ns,
        )
        try:
            out = self._open()
            csv.writer(out).writerow(row)
            out.flush()
        except OSError as error:
            raise StoreError(
                f"{self._path.name} cannot be written: {error.strerror}. Make room on the disk and "
                "collect the same again: what was taken in is kept."
            ) from error
        if sha256:
            self._known[mark] = sha256

    def _open(self) -> TextIO:
        if self._out is None:
            _mend(self._path)
            fresh = not self._path.exists() or self._path.stat().st_size == 0
            self._out = self._path.open("a", encoding="utf-8", newline="")
            if fresh:
                csv.writer(self._out).writerow(_COLUMNS)
        return self._out


def forget(path: Path, sha256s: Collection[str]) -> int:
    """Take the rows of withdrawn originals out of a journal; return how many there were."""
    rows = list(_rows(path))
    kept = [row for row in rows if row["sha256"] not in sha256s]
    if len(kept) < len(rows):
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(_COLUMNS)
        writer.writerows([row[column] for column in _COLUMNS] for row in kept)
        write_file(path, table.getvalue().encode())
    return len(rows) - len(kept)


def _mend(path: Path) -> None:
    """Cut off a row that a killed process left half written: the next would be lost in it.

    A name may hold a line end, so a row ends only where its quotes are closed.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return
    with path.open("rb+") as rows:
        quotes = length = whole = 0
        for line in rows:
            quotes += line.count(b'"')
            length += len(line)
            if line.endswith(b"\n") and quotes % 2 == 0:
                whole = length
        if whole < length:
            rows.truncate(whole)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield whole rows; one that a killed process left half written is passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace", newline="") as lines:
        for row in csv.DictReader(lines):
            values = [row.get(column) for column in _COLUMNS]
            if None not in values and _number(row["size_bytes"]) and _number(row["changed_ns"]):
                yield {column: row[column] or "" for column in _COLUMNS}


def _number(text: str | None) -> bool:
    return (text or "").lstrip("-").isdigit()

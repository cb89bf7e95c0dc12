"""Keeps what was found while an evaluation runs, so that an interrupted one goes on.

The files lie beside the card, hold one JSON line a finding, and are removed when the card is
written: what was said in a rehearsal is kept nowhere.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from persona.errors import WorkspaceError
from persona.evaluation.probe import Cited, Probe, Said, SaidSentence

UNFINISHED = ".unfinished.jsonl"
UNFINISHED_MEASURES = ".unfinished-measures.jsonl"


class Findings:
    """Values that JSON can hold, by their ids, of one run: a line each."""

    def __init__(self, path: Path, plan: Sequence[Any]) -> None:
        """Go on with what lies at ``path`` if it belongs to this plan, else begin anew."""
        plain = json.dumps(list(plan), ensure_ascii=False)
        self._key = hashlib.sha256(plain.encode()).hexdigest()
        self._path = path
        self._known: dict[str, Any] = {}
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        """Read what is there. Raises `WorkspaceError` when the folder cannot be written."""
        self._read()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            self._write({"run": self._key})
            for name, value in self._known.items():
                self._write({"id": name, "value": value})
        except OSError as error:
            raise _full(self._path, error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; it stays for the next run."""
        if self._file is not None:
            self._file.close()

    def get(self, name: str) -> Any:
        """Return what was found in an earlier part of this run, or None."""
        return self._known.get(name)

    def keep(self, name: str, value: Any) -> None:
        """Keep a finding. Raises `WorkspaceError` when there is no room."""
        try:
            self._write({"id": name, "value": value})
            os.fsync(self._file.fileno() if self._file else -1)
        except OSError as error:
            raise _full(self._path, error) from error

    def found(self, name: str, find: Callable[[], Any]) -> Any:
        """Return what was found under this id, or find and keep it now."""
        value = self._known.get(name)
        if value is None:
            value = self._known[name] = find()
            self.keep(name, value)
        return value

    def finish(self) -> None:
        """Remove what was kept: the card is written."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._path.unlink(missing_ok=True)

    def _write(self, record: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(record, ensure_ascii=False) + "\n")
        self._file.flush()

    def _read(self) -> None:
        """Read the whole lines of this very run; a line that was torn is found again."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        records = [record for line in lines if (record := _parsed(line)) is not None]
        if records and records[0].get("run") == self._key:
            self._known = {
                one["id"]: one["value"] for one in records if {"id", "value"} <= one.keys()
            }


class Journal(Findings):
    """The answers of one run: the same questions with the same seed."""

    def __init__(self, folder: Path, probes: Sequence[Probe], seed: int) -> None:
        """Go on with what lies in ``folder`` if it belongs to this run, else begin anew."""
        super().__init__(folder / UNFINISHED, [seed, *(probe.id for probe in probes)])

    def said(self, probe: Probe) -> Said | None:
        """Return what was answered in an earlier part of this run.

        None where nothing was, or where the answer failed: what was wrong then may be mended now.
        """
        record = self.get(probe.id)
        return None if record is None or record["failed"] else said_of(record)

    def answered(self, probe: Probe, said: Said) -> None:
        """Keep an answer. Raises `WorkspaceError` when there is no room."""
        self.keep(probe.id, asdict(said))


def said_of(record: dict[str, Any]) -> Said:
    """Return the answer of a JSON record, as ``dataclasses.asdict`` wrote it."""
    sentences = tuple(
        SaidSentence(**{**one, "cited": tuple(_cited(cited) for cited in one["cited"])})
        for one in record["sentences"]
    )
    offered = tuple(record.get("offered", ()))
    return Said(**{**record, "sentences": sentences, "offered": offered})


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return None
    return record if isinstance(record, dict) else None


def _cited(record: dict[str, Any]) -> Cited:
    return Cited(**{**record, "names": tuple(record["names"])})


def _full(path: Path, error: OSError) -> WorkspaceError:
    return WorkspaceError(
        f"{path.parent} cannot be written: {error.strerror}. Make room, then run it again: it "
        "goes on where it stopped."
    )

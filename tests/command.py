"""Running the command line in tests: in this process, or in one that can be killed."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from persona.__main__ import main

REPOSITORY = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m", "persona"]


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """Return the error output, which must be one line for people and no traceback."""
        [line] = self.err.strip().splitlines()
        assert "Traceback" not in line
        assert line.endswith((".", "train", "remember", "versions")), line
        return line


class Run:
    """Runs `persona` with arguments in this process, and with what is typed at the keyboard."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path, typed: str = "") -> Ran:
        self._capsys.readouterr()
        before = sys.argv, sys.stdin
        sys.argv, sys.stdin = ["persona", *map(str, arguments)], io.StringIO(typed)
        try:
            with pytest.raises(SystemExit) as left:
                main()
        finally:
            sys.argv, sys.stdin = before
        said = self._capsys.readouterr()
        code = left.value.code
        return Ran(code if isinstance(code, int) else 0, said.out, said.err)


def start(*arguments: str | Path, before: str = "") -> subprocess.Popen[str]:
    """Start `persona` in a process of its own; ``before`` is Python that is run first."""
    command = [*PYTHON, *map(str, arguments)]
    if before:
        script = f"{before}\nimport sys\nfrom persona.__main__ import main\nmain()"
        command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], timeout_s: float = 120) -> Ran:
    """Wait for a process and return what it left."""
    out, err = process.communicate(timeout=timeout_s)
    return Ran(process.returncode, out, err)


def stop_when(
    process: subprocess.Popen[str], ready: Callable[[], bool], with_signal: signal.Signals
) -> Ran:
    """Send a signal as soon as ``ready`` says so; the process must still be running then."""
    last = time.monotonic() + 120
    while not ready():
        assert process.poll() is None, finish(process)
        assert time.monotonic() < last
        time.sleep(0.005)
    process.send_signal(with_signal)
    return finish(process)


def files_below(folder: Path) -> dict[str, int]:
    """Return names and sizes of all files below a folder, but for the archive's own journal."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(("store.sqlite", ".lock"))
    }

"""Long tasks behind the screen: one at a time for an archive, watched, stopped and gone on with.

    begin(root, kind, task) ─▶ Job ── its own thread ──▶ task(job) ─▶ job.result
                                │  what, done of total, time left: any page may ask
                                └─ ask_to_stop(): ends between two files; twice: at once

A job outlives the page that began it: who closes the browser finds it again. Whatever a task had
done when it was stopped is kept, because every step keeps each file in one transaction.
"""

import logging
import re
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from persona.errors import PersonaError, WorkspaceError

_log = logging.getLogger(__name__)
_PERCENT = re.compile(r"\s*(\d{1,3})% of ")
_SURE_AFTER_S = 5.0
"""Seconds before which nothing is said about the time that is left."""


class State(StrEnum):
    """What has become of a job."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class _Stopped(Exception):
    """Somebody asked for a stop: it passes through a step and leaves what was done."""


@dataclass
class Job:
    """A task with its progress; it is the `persona.progress.Report` of what it runs.

    Attributes:
        kind: which page began it: ``plan``, ``collect``, ``remember``, ``train``,
            ``withdraw``.
        given: what it was begun with, so that it can be gone on with.
        state: see `State`.
        result: what the task returned.
        problem: the sentence to show when it failed; empty: something nobody foresaw.
        what: what it says it is doing.
        done: how many of ``total`` are done in this part.
        lines: sentences that were said along the way.
        began_at: seconds since the epoch.
    """

    kind: str
    given: Any = None
    state: State = State.RUNNING
    result: Any = None
    problem: str = ""
    what: str = ""
    done: int = 0
    total: int = 0
    lines: list[str] = field(default_factory=list)
    began_at: float = field(default_factory=time.time)
    stops_asked: int = 0
    _part_began: float = field(default_factory=time.monotonic)
    _part_from: int = 0

    def line(self, text: str) -> None:
        """Keep one sentence; see `persona.progress.Report`."""
        self.lines.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        """Note how far it is, and stop here if somebody asked for it."""
        next_one = done != self.done or total != self.total
        if total != self.total or done < self.done:
            self._part_began, self._part_from = time.monotonic(), done
        self.what, self.done, self.total = what, done, total
        if self.stops_asked > 1 or (self.stops_asked and next_one):
            raise _Stopped

    def ask_to_stop(self) -> None:
        """Ask for an end after the file that is being read; asked again, at once."""
        self.stops_asked += 1

    def share(self) -> float:
        """Return how much of this part is done, 0 to 1; a long file counts by what is read."""
        of_file = _PERCENT.match(self.what)
        within = int(of_file[1]) / 100 if of_file else 0.0
        return min(1.0, (self.done + within) / self.total) if self.total else 0.0

    def rate(self) -> float:
        """Return how many a minute are done in this part; 0 while that is not known."""
        took, made = time.monotonic() - self._part_began, self.done - self._part_from
        return 60 * made / took if took >= _SURE_AFTER_S and made > 0 else 0.0

    def minutes_left(self) -> float | None:
        """Return about how many minutes this part still takes; None while that is not known."""
        rate = self.rate()
        return (self.total - self.done) / rate if rate else None

    def run(self, task: Callable[["Job"], Any]) -> None:
        """Do the task, and keep how it ended."""
        try:
            self.result = task(self)
            self.state = State.DONE
        except _Stopped:
            self.state = State.STOPPED
        except PersonaError as error:
            self.problem = str(error)
            self.state = State.FAILED
        except Exception as error:  # noqa: BLE001 - a family never sees a traceback
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = Path(last.filename).name
            _log.warning("%s in %s, line %s", type(error).__name__, place, last.lineno)
            self.state = State.FAILED


_jobs: dict[Path, Job] = {}
_lock = threading.Lock()


def begin(root: Path, kind: str, task: Callable[[Job], Any], given: Any = None) -> Job:
    """Begin a task for the archive in ``root``.

    Raises:
        WorkspaceError: another one is running.
    """
    with _lock:
        running = _jobs.get(root)
        if running is not None and running.state is State.RUNNING:
            raise WorkspaceError("Something else is being done with this archive just now.")
        job = _jobs[root] = Job(kind, given)
    threading.Thread(target=job.run, args=(task,), name=f"persona-{kind}", daemon=True).start()
    return job


def job_of(root: Path) -> Job | None:
    """Return the last task of an archive, running or ended; None: there was none."""
    return _jobs.get(root)


def put_away(root: Path) -> None:
    """Forget the last task of an archive, unless it is running."""
    with _lock:
        job = _jobs.get(root)
        if job is not None and job.state is not State.RUNNING:
            del _jobs[root]

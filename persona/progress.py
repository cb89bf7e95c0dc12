"""Where a step says what it is doing, and what it says when it has done it."""

from dataclasses import dataclass, field
from typing import Protocol


class Report(Protocol):
    """Where a step says what it is doing: a terminal, a page, or a list in a test."""

    def line(self, text: str) -> None:
        """Say one sentence."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far a long task is; the receiver works out rate and time left."""
        ...


@dataclass
class CollectSummary:
    """What became of a batch: nothing is left out or set aside without a reason."""

    new: list[str] = field(default_factory=list)
    already_here: int = 0
    said_since: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    set_aside: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    passages: int = 0
    quiet: int = 0


@dataclass
class RememberSummary:
    """What was found in the passages."""

    new: int = 0
    gave_way: int = 0
    total: int = 0
    narrators: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    disagreements: int = 0


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: a sentence with counts, and what is wrong."""

    sentence: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class VerifyResult:
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def faults(self) -> list[str]:
        """Return every fault, in the order in which it was found."""
        return [fault for check in self.checks for fault in check.faults]

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.faults

    def sentences(self) -> list[str]:
        """Return what was looked at, each with what is wrong below it."""
        return [
            line
            for check in self.checks
            for line in (check.sentence, *(f"    FAULT: {fault}" for fault in check.faults))
        ]

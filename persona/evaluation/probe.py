"""What is asked, what was said, and what came of it: plain values, so that any system fits.

    Probe     a question, who asks it, and the truth about it      from an archive or a script
    Said      the answer: sentences, what they cite, how long      from ours, or any other system
    Verdict   which gates it was put to, which it failed and why   from `judging`

None of the three knows the store, a model or a screen.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a probe is for."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    SECRET = "secret"
    WRONG_LISTENER = "wrong_listener"
    CONFLICT = "conflict"
    ANACHRONISM = "anachronism"
    INJECTION = "injection"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"


class Gate(StrEnum):
    """What may never happen; each must be kept by every answer that is put to it."""

    QUOTES = "quotes"
    CITATIONS = "citations"
    LISTENER = "listener"
    LEAKS = "leaks"
    CONFLICTS = "conflicts"
    ANACHRONISMS = "anachronisms"
    INJECTION = "injection"
    DISCLOSURE = "disclosure"
    CRISIS = "crisis"
    WEIGHTS = "weights"
    """Not put to answers: what the weights know is measured (`persona.train.measuring`)."""


@dataclass(frozen=True)
class Side:
    """One account of a conflict: who tells it, and words of which one shows that it was told."""

    narrators: tuple[str, ...]
    words: tuple[str, ...]
    memory_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Probe:
    """One question with the truth about it.

    Attributes:
        id: made from all the rest, so that a run can be resumed.
        kind: what it tests.
        question: the words that are asked.
        listener_id: who asks; None: a stranger.
        language: of the question, ``en`` or ``zh``.
        route: the way of asking: the template, the attack.
        before: questions that are asked first in the same conversation; their answers are
            judged like the last one.
        answers: a right answer holds at least one of these (white space and case apart).
        support: the words of the sources, character for character, that carry the answer.
        sources: file names, or memory ids, one of which a right answer cites.
        secrets: canaries that this listener may not know; in no answer, whatever is asked.
        forbidden: what this kind of probe is a trap for: another's pet name, what a hidden
            instruction wants to have said.
        sides: the accounts of a conflict.
        policy: what the family decided about it: ``tell_both`` or ``keep_silent``.
        dated: a single side with its date decides nothing: both are true at their times.
        year: the year that an anachronism asks about.
        about: id of what is kept secret, for the report; never its words.
    """

    kind: Kind
    question: str
    listener_id: str | None
    language: str = "en"
    route: str = ""
    before: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    policy: str = "tell_both"
    dated: bool = False
    year: int | None = None
    about: str = ""
    id: str = field(default="")

    def __post_init__(self) -> None:
        """Give the probe its id."""
        if not self.id:
            plain = json.dumps({**asdict(self), "id": ""}, sort_keys=True, ensure_ascii=False)
            digest = hashlib.sha256(plain.encode()).hexdigest()[:16]
            object.__setattr__(self, "id", f"prb_{digest}")

    @classmethod
    def of(cls, record: dict[str, Any]) -> "Probe":
        """Return the probe of a JSON record, as ``dataclasses.asdict`` wrote it."""
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in record.items()
        }
        values["kind"] = Kind(record["kind"])
        values["sides"] = tuple(
            Side(**{k: tuple(v) for k, v in side.items()}) for side in record.get("sides", ())
        )
        return cls(**values)


@dataclass(frozen=True)
class Cited:
    """One citation, looked up with the rights of the one who listens.

    ``exact`` is what stands there; None when there is no such place for this listener. ``names``
    are those by which the narrator may be called.
    """

    source: str
    exact: str | None
    memory_id: str = ""
    names: tuple[str, ...] = ()
    own: bool = False
    year: int | None = None


@dataclass(frozen=True)
class SaidSentence:
    """One sentence of an answer; ``standing`` is empty where a system does not say it."""

    text: str
    standing: str = ""
    quoted: str = ""
    cited: tuple[Cited, ...] = ()
    narrator_id: str | None = None


@dataclass(frozen=True)
class Said:
    """An answer, with the milliseconds to its first sentence and to its end.

    ``opened`` is None where no question was opened, else how many people it names who might
    know. ``failed`` is the system's own error, in its words. ``offered`` are the words that ask for
    what is offered to look at beside a refusal.
    """

    sentences: tuple[SaidSentence, ...]
    first_ms: float = 0.0
    whole_ms: float = 0.0
    opened: int | None = None
    failed: str = ""
    offered: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the whole answer."""
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True)
class Verdict:
    """What came of one probe.

    Attributes:
        gates: the gates it was put to, with the reasons why they were failed (empty: kept).
        abstained: it said that it does not know, and claimed nothing.
        right: it gave the answer that is known (known probes only).
        claims: sentences that claim something.
        supported: those of them that sources carry in full.
        cites: those of them that cite something.
        standings: how many sentences have which standing.
    """

    gates: dict[Gate, tuple[str, ...]]
    abstained: bool
    right: bool
    claims: int
    supported: int
    cites: int
    standings: dict[str, int]
    unsupported: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Say whether any gate was failed."""
        return any(self.gates.values())

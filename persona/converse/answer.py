"""What an answer is made of: sentences, each with its standing and what it stands on.

Answer
└── AnswerSentence   text, standing (law 5)
├── CitedSpan    memory → passage → source, with the characters quoted
└── OriginalClip the person's own recording, played in place of synthesis (law 8)
"""

from dataclasses import dataclass, field
from typing import Any

from persona.converse.near import Near
from persona.records import Standing


@dataclass(frozen=True)
class OriginalClip:
    """A stretch of a real recording of the person."""

    source_id: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class CitedSpan:
    """The characters ``start:end`` of a passage, which carry a sentence."""

    memory_id: str
    passage_id: str
    source_id: str
    start: int
    end: int

    def as_record(self) -> dict[str, Any]:
        """Return what `persona.records.Sentence.citations` keeps."""
        return {
            "memory_id": self.memory_id,
            "passage_id": self.passage_id,
            "source_id": self.source_id,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True)
class AnswerSentence:
    """One sentence of the persona.

    ``quoted`` is the verbatim part of ``text`` (all of it for own words, the words between the
    quotation marks for an account), empty when nothing is quoted.
    """

    text: str
    standing: Standing
    citations: tuple[CitedSpan, ...] = ()
    quoted: str = ""
    narrator_id: str | None = None
    clip: OriginalClip | None = None
    language: str = "en"


@dataclass(frozen=True)
class Answer:
    """A whole answer, as it is recorded.

    ``evidence`` are memory ids; ``near`` are places to look at where nothing was enough to answer.
    """

    sentences: tuple[AnswerSentence, ...]
    evidence: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    prompt: str = ""
    timings_ms: dict[str, float] = field(default_factory=dict)
    removed: int = 0

    @property
    def text(self) -> str:
        """Return the sentences as one text, spaced as their script does."""
        text = ""
        for sentence in self.sentences:
            gap = "" if not text or sentence.language == "zh" else " "
            text += gap + sentence.text
        return text

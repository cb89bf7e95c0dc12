"""Passages → memories that a language model proposes: it points at sentences, and words nothing.

    passage ──► sentences that no rule has taken up ──► "does this tell something of him?"
                                                              │ yes
                     runs of neighbouring sentences ◄─────────┘
                              ▼
             memory, *unreviewed*: no evidence until somebody accepts it

The rules (`extraction`) carry an archive without any model. A model adds what they miss: a
pronoun that reaches over a paragraph, a story about "the old man". A small model that is asked
to copy what matters copies everything, or invents (measured: benchmarks/proposals.py), so it is
only asked yes or no. The words are the passage's own, located by construction; the narrator is
whoever speaks the passage, and the chain of hearsay is read by the rules (law 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from persona.engines.protocols import LanguageModel, Message
from persona.records import Citation, Memory, Passage, Review, Source, content_id
from persona.remember.body import is_fragment, is_noise
from persona.remember.extraction import Extracted, Extractor
from persona.remember.questions import is_question
from persona.remember.sentences import Span

PROPOSALS = "model/1"
"""Name and version of this way of asking; with the model's name it is ``extracted_by``."""

MOST_CONTEXT_CHARS = 1600
"""Characters of the passage that the model sees around the sentence it is asked about."""
MOST_RUN_SENTENCES = 4
_YES = ("yes", "是", "对")


@dataclass
class Proposed:
    """What came of one passage: what was asked, what the model said yes to, what that makes."""

    found: list[Extracted] = field(default_factory=list)
    asked: int = 0
    yes: int = 0


class Proposer:
    """Asks one model about passages; the same passage and model give the same proposals."""

    def __init__(self, model: LanguageModel, extractor: Extractor, *, seed: int = 0) -> None:
        self._model = model
        self._extractor = extractor
        self._seed = seed

    @property
    def name(self) -> str:
        """Return what ``extracted_by`` says: this way of asking and the model."""
        return f"{PROPOSALS} {self._model.name}"

    def propose(
        self, passage: Passage, source: Source, known: Sequence[tuple[int, int]]
    ) -> Proposed:
        """Return what the model proposes for one passage.

        Args:
            passage: whose speaker is known; others make no memory, nor do the subject's own,
                which the rules take up whole.
            source: where it stands.
            known: stretches of this passage of which there are memories already.

        Raises:
            EngineError: the model failed.
        """
        done = Proposed()
        narrator = self._extractor.narrator(passage, source)
        if narrator is None or narrator.is_subject:
            return done
        if self._extractor.asks_only(narrator, passage, source):
            return done
        runs: list[list[Span]] = []
        last = None
        for place, span in enumerate(self._extractor.spans(passage, source, narrator)):
            if _taken(span, known) or not _tells(span.text):
                continue
            done.asked += 1
            if not self._says_yes(span, passage, narrator.name):
                continue
            done.yes += 1
            if last == place - 1 and len(runs[-1]) < MOST_RUN_SENTENCES:
                runs[-1].append(span)
            else:
                runs.append([span])
            last = place
        whole = [(run[0].start, run[-1].end) for run in runs]
        done.found = [made for span in whole if (made := self._memory(span, passage, source))]
        return done

    def judge(self, sentence: Span, passage: Passage, narrator: str) -> bool:
        """Say whether the model holds that a sentence tells something of the subject."""
        return self._says_yes(sentence, passage, narrator)

    def _says_yes(self, span: Span, passage: Passage, narrator: str) -> bool:
        subject = self._extractor.people.subject
        about = subject.name if subject else "the one who died"
        begin = max(0, span.start - MOST_CONTEXT_CHARS // 2)
        around = passage.text[begin : begin + MOST_CONTEXT_CHARS]
        messages: list[Message] = [
            {
                "role": "system",
                "content": f"{narrator} writes or tells about {about}. Answer yes or no only.",
            },
            {
                "role": "user",
                "content": f"{around}\n\nSentence: {' '.join(span.text.split())}\n\n"
                f"Does this sentence tell something about {about}? Answer yes or no.",
            },
        ]
        said = "".join(
            self._model.generate(messages, max_tokens=3, temperature=0.0, seed=self._seed)
        )
        return said.strip(" \n*\"'“").casefold().startswith(_YES)

    def _memory(self, span: tuple[int, int], passage: Passage, source: Source) -> Extracted | None:
        """Return the memory for a span: the rules' own, but for its id, origin and review."""
        made = self._extractor.memory_of(span, passage, source)
        if made is None:
            return None
        memory, (citation,) = made.memory, made.citations
        identity = content_id("mem", passage.id, *span, self.name)
        values = {"id": identity, "extracted_by": self.name, "review": Review.UNREVIEWED}
        quoted = {"id": content_id("cit", identity, passage.id, *span), "memory_id": identity}
        return Extracted(
            Memory(**(memory.model_dump() | values)),
            (Citation(**(citation.model_dump() | quoted)),),
        )


def _taken(span: Span, known: Sequence[tuple[int, int]]) -> bool:
    return any(start < span.end and span.start < end for start, end in known)


def _tells(text: str) -> bool:
    asks = is_question(text)
    return not asks and not is_noise(text) and not is_fragment(text)

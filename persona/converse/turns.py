"""Turns as they are recorded, and what a failing part of the program becomes: one sentence.

What somebody says in distress is not kept: the turn is counted, its words are not written down,
and no model is given them later.
"""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from persona.converse.answer import Answer, AnswerSentence
from persona.converse.answering import Making
from persona.converse.recording import sentence_record
from persona.engines.protocols import Message
from persona.errors import ConverseError, PersonaError
from persona.records import Conversation, OpenQuestion, Person, Speaker, Turn, content_id
from persona.remember.store import Store

NOT_KEPT = "[What was said here is not kept.]"
"""Stands for a listener's words of distress in the record of a conversation."""

_log = logging.getLogger(__name__)


class TurnLog:
    """Records one conversation turn by turn."""

    def __init__(self, store: Store, conversation: Conversation) -> None:
        self._store, self._conversation = store, conversation
        self.position = 0
        self.earlier: list[Message] = []
        self.as_of: str | None = None
        self._questions = 0

    def listener(self, words: str, as_of: str | None = None) -> None:
        """Record what the listener said. Raises `StoreError`: nothing was written then.

        Args:
            words: what they said.
            as_of: EDTF; of which time the answer is to be. It is kept with both turns.
        """
        self.as_of = as_of
        self._store.add_turn(self._turn(Speaker.LISTENER, words), [])
        self.position += 1

    def take_up(self, turns: Sequence[Turn]) -> None:
        """Go on after turns that were recorded before, in their order."""
        self.position = max((turn.position for turn in turns), default=-1) + 1
        self.earlier = []
        for asked, told in pairwise(turns):
            if (asked.speaker, told.speaker) == (Speaker.LISTENER, Speaker.PERSONA):
                self._repeat(asked.text, told.text)

    def persona(
        self, words: str, said: Sequence[AnswerSentence], making: Making
    ) -> tuple[str, Answer]:
        """Record an answer; return the id of its turn, and the answer. Raises `StoreError`.

        Args:
            words: what it answers; empty: no model is given this exchange later.
            said: its sentences.
            making: what it was made of.
        """
        answer = Answer(
            sentences=tuple(said),
            evidence=tuple(making.evidence),
            near=tuple(making.near),
            prompt=making.prompt,
            timings_ms=making.timings,
            removed=making.removed,
        )
        turn = self._turn(Speaker.PERSONA, answer.text)
        turn.prompt = answer.prompt
        offered = [one for near in answer.near for one in near.memory_ids]
        turn.evidence = list(dict.fromkeys([*answer.evidence, *offered]))
        turn.timings_ms = {**answer.timings_ms, "removed_sentences": answer.removed}
        self._store.add_turn(turn, [sentence_record(turn.id, n, s) for n, s in enumerate(said)])
        self.position += 1
        self._repeat(words, answer.text)
        return turn.id, answer

    def question(self, words: str, might_know: Sequence[Person]) -> None:
        """Keep what could not be answered, with whom to ask."""
        self._questions += 1
        conversation = self._conversation
        self._store.add_question(
            OpenQuestion(
                id=content_id("que", conversation.id, self.position, self._questions),
                question=words,
                listener_id=conversation.listener_id,
                conversation_id=conversation.id,
                might_know=[person.id for person in might_know],
                asked_at=datetime.now(UTC),
            )
        )

    def _repeat(self, asked: str, told: str) -> None:
        """Let a model know an exchange with later questions, but no words of distress."""
        if asked and asked != NOT_KEPT:
            self.earlier.append({"role": "user", "content": asked})
            self.earlier.append({"role": "assistant", "content": told})

    def _turn(self, speaker: Speaker, text: str) -> Turn:
        return Turn(
            id=content_id("trn", self._conversation.id, self.position),
            conversation_id=self._conversation.id,
            position=self.position,
            speaker=speaker,
            text=text,
            created_at=datetime.now(UTC),
            as_of=self.as_of,
        )


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn anything unforeseen into one clear sentence; the log gets the place, never the words.

    Raises:
        PersonaError: as it was raised; ConverseError for everything else.
    """
    try:
        yield
    except PersonaError:
        raise
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        _log.warning(
            "%s in %s, line %s", type(error).__name__, Path(last.filename).name, last.lineno
        )
        raise ConverseError(
            "Something failed in the middle of this answer. What was said before is kept: please "
            "ask again, and if it goes on, tell the person who looks after this archive."
        ) from error

"""Versions and conversations: what was made, asked and said. Never evidence (law 3)."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.records import (
    Conversation,
    Memory,
    OpenQuestion,
    Sentence,
    Speaker,
    Turn,
    Version,
    VersionState,
)
from persona.remember.generated import fingerprint, generated_texts, trace
from persona.remember.transactions import Transactions
from persona.remember.writing import insert_new, table_of


class Conversations(Transactions):
    """Records versions, and conversations with them."""

    # Versions

    def add_version(self, version: Version) -> bool:
        """List a version; return False if it is listed already."""
        with self._writing() as connection:
            fresh = insert_new(connection, [version])
            self._note(connection, "version.add", version.id, new=len(fresh))
            return bool(fresh)

    def set_version_state(self, version_id: str, state: VersionState, reason: str) -> None:
        """Retire, block or bring back a version."""
        values = {"state": VersionState(state), "state_reason": reason}
        self._update(Version, version_id, values, "version.state")

    def name_version(self, version_id: str, name: str) -> None:
        """Record what the family calls a version."""
        self._update(Version, version_id, {"name": name}, "version.name")

    # Conversations

    def start_conversation(self, conversation: Conversation) -> None:
        """Record that a conversation began."""
        self._add(conversation, "conversation.start", conversation.id)

    def end_conversation(self, conversation_id: str, at: datetime | None = None) -> None:
        """Record that a conversation ended, now or at ``at`` (UTC)."""
        values = {"ended_at": at or datetime.now(UTC)}
        self._update(Conversation, conversation_id, values, "conversation.end")

    def add_turn(self, turn: Turn, sentences: Sequence[Sentence] = ()) -> None:
        """Record a turn; what the persona said leaves fingerprints, so as never to come back."""
        with self._writing() as connection:
            fresh = insert_new(connection, [turn])
            insert_new(connection, sentences)
            if fresh and turn.speaker == Speaker.PERSONA:
                quotes = _said_by_people(connection, turn, sentences)
                made = generated_texts(turn.text, sentences, quotes)
                insert_new(connection, [trace(fingerprint(t), k, turn.id) for k, t in made])
            self._note(connection, "turn.add", turn.id, sentences=len(sentences))

    def set_turn_audio(self, turn_id: str, audio_path: str) -> None:
        """Record where the spoken form of a turn lies."""
        self._update(Turn, turn_id, {"audio_path": audio_path}, "turn.audio")

    def add_question(self, question: OpenQuestion) -> None:
        """Record what the persona could not answer."""
        self._add(question, "question.add", question.id)

    def add_generated_file(self, sha256: str, kind: str) -> None:
        """Record a file that the program made, so that it is never taken in as a source."""
        self._add(trace(sha256, kind, None), "file.generated")


def _said_by_people(connection: Connection, turn: Turn, sentences: Sequence[Sentence]) -> list[str]:
    """Return what the memories behind a turn quote, and what its listener said so far."""
    cited = {c.get("memory_id") for sentence in sentences for c in sentence.citations}
    table, turns = table_of(Memory), table_of(Turn)
    wanted = sorted({one for one in (*cited, *turn.evidence) if one})
    quotes = sa.select(table.c.quote).where(table.c.id.in_(wanted))
    asked = sa.select(turns.c.text).where(
        turns.c.conversation_id == turn.conversation_id, turns.c.speaker == Speaker.LISTENER
    )
    return [*connection.execute(quotes).scalars(), *connection.execute(asked).scalars()]

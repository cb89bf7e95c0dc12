"""The store of one archive: opens it, writes to it, and hands out views (law 4).

There is nothing to read here: a question needs a reader, and gets a `View`. Each method below
is one transaction that ends with a link in the audit chain, so a killed program leaves either
all of a write or none of it. Writing the same thing twice adds nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import SQLModel

from persona.errors import StoreError
from persona.records import (
    Act,
    Citation,
    Consent,
    ConsentState,
    Conversation,
    Memory,
    MemoryStatus,
    OpenQuestion,
    Passage,
    Person,
    Restriction,
    Review,
    Sentence,
    Source,
    Speaker,
    Turn,
    Version,
    VersionState,
)
from persona.records.fingerprint import GeneratedFingerprint
from persona.remember import full_text
from persona.remember.database import open_database
from persona.remember.generated import fingerprint, generated_texts, windows
from persona.remember.readers import Reader
from persona.remember.testimony import check_memories
from persona.remember.view import View
from persona.remember.writing import (
    append_audit,
    checked_day,
    existing,
    insert_new,
    table_of,
    upsert,
)
from persona.workspace import Workspace


class Store:
    """One archive, open. Use it in a ``with`` block, or `close` it."""

    def __init__(self, engine: Engine, actor: str) -> None:
        self._engine = engine
        self._actor = actor
        self._views: WeakSet[View] = WeakSet()

    @classmethod
    def open(
        cls, workspace: Workspace, *, create: bool = False, actor: str = "custodian"
    ) -> "Store":
        """Open the archive of a workspace and bring it to the newest schema.

        Args:
            workspace: whose archive.
            create: make an empty archive where there is none yet.
            actor: who the audit chain says did it: a person's id, a step, or the custodian.

        Raises:
            WorkspaceError: there is none, it is not an archive, or a newer program made it.
        """
        return cls(open_database(workspace.database, create=create), actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive and every view that was opened on it."""
        for view in list(self._views):
            view.close()
        self._engine.dispose()

    def reader(self, reader: Reader, *, act: Act = Act.RETRIEVE, today: date | None = None) -> View:
        """Open the view of one reader: the only way to read anything.

        Args:
            reader: who asks.
            act: what the answers are for: rules about other acts do not count, and people
                who did not agree to this act are left out (``Act.TRAIN_TEXT`` for training).
            today: the day on which terms are judged; None: today.

        Raises:
            NotReadable: the reader names somebody who is not in the archive.
        """
        connection = self._engine.connect()
        try:
            view = View(connection, reader, act=act, today=today or date.today())
        except BaseException:
            connection.close()
            raise
        self._views.add(view)
        return view

    # People, consent, rules

    def put_people(self, people: Sequence[Person]) -> int:
        """Add people or bring them up to date; return how many changed."""
        with self._writing() as connection:
            changed = upsert(connection, people)
            full_text.index_memories(
                connection, full_text.near_people(connection, [row["id"] for row in changed])
            )
            self._note(connection, "people.put", changed=len(changed))
            return len(changed)

    def put_consents(self, consents: Sequence[Consent]) -> int:
        """Append entries to the record of consent; return how many were new.

        Raises:
            StoreError: an entry is narrowed to nothing, or its term is not a day.
        """
        for entry in consents:
            checked_day(entry.until)
            if entry.state == ConsentState.NARROWED and not (entry.audience or entry.until):
                raise StoreError("A narrowed consent must say for whom or until when it holds.")
        with self._writing() as connection:
            fresh = insert_new(connection, consents)
            near = full_text.near_people(connection, [row["person_id"] for row in fresh])
            full_text.index_memories(connection, near)
            self._note(connection, "consents.put", new=len(fresh))
            return len(fresh)

    def put_restrictions(self, restrictions: Sequence[Restriction]) -> int:
        """Add rules or bring them up to date; return how many changed."""
        for rule in restrictions:
            checked_day(rule.until)
        with self._writing() as connection:
            changed = self._restrict(connection, restrictions)
            self._note(connection, "restrictions.put", changed=changed)
            return changed

    # Sources and memories

    def knows_sha(self, sha256: str) -> bool:
        """Say whether the original with this hash is in the archive already."""
        with self._engine.connect() as connection:
            return self._has_sha(connection, sha256)

    def refuse_generated_file(self, sha256: str) -> None:
        """Refuse a file that the persona itself made, before anybody reads it (law 3).

        Raises:
            StoreError: this is such a file.
        """
        with self._engine.connect() as connection:
            _refuse_generated_file(connection, sha256)

    def add_source(
        self,
        source: Source,
        passages: Sequence[Passage],
        restrictions: Sequence[Restriction] = (),
    ) -> bool:
        """Keep a source with its passages and rules; return False if it is there already.

        Raises:
            StoreError: it was made by this program (law 3), or a record cannot be used.
        """
        for rule in restrictions:
            checked_day(rule.until)
        with self._writing() as connection:
            if self._has_sha(connection, source.sha256):
                return False
            self._refuse_generated(connection, source, passages)
            insert_new(connection, [source])
            insert_new(connection, passages)
            self._restrict(connection, restrictions)
            self._note(connection, "source.add", source.id, passages=len(passages))
            return True

    def add_memories(self, memories: Sequence[Memory], citations: Sequence[Citation]) -> int:
        """Keep memories with what carries them; return how many were new.

        Raises:
            StoreError: a citation is not verbatim, a memory has none, or names a narrator
                who is not in the archive. Nothing is written then.
        """
        with self._writing() as connection:
            check_memories(connection, memories, citations)
            fresh = insert_new(connection, memories)
            insert_new(connection, citations)
            full_text.index_memories(connection, [row["id"] for row in fresh])
            self._note(connection, "memories.add", new=len(fresh))
            return len(fresh)

    def review_memory(self, memory_id: str, review: Review) -> None:
        """Record that a person accepted or discarded a memory; discarded ones are no evidence."""
        self._update(Memory, memory_id, {"review": Review(review)}, "memory.review")

    def set_memory_status(self, memory_id: str, status: MemoryStatus) -> None:
        """Record what has become of a memory; a withdrawn one is no evidence any more."""
        self._update(Memory, memory_id, {"status": MemoryStatus(status)}, "memory.status")

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
                quotes = _quoted(connection, sentences)
                made = generated_texts(turn.text, sentences, quotes)
                insert_new(connection, [_trace(fingerprint(t), k, turn.id) for k, t in made])
            self._note(connection, "turn.add", turn.id, sentences=len(sentences))

    def set_turn_audio(self, turn_id: str, audio_path: str) -> None:
        """Record where the spoken form of a turn lies."""
        self._update(Turn, turn_id, {"audio_path": audio_path}, "turn.audio")

    def rate_turn(self, turn_id: str, rating: int) -> None:
        """Record what the listener thought of a turn, 0 (wrong) to 5 (just like them)."""
        if not 0 <= rating <= 5:
            raise StoreError("A rating is a number from 0 to 5.")
        self._update(Turn, turn_id, {"rating": rating}, "turn.rate")

    def add_question(self, question: OpenQuestion) -> None:
        """Record what the persona could not answer."""
        self._add(question, "question.add", question.id)

    def add_generated_file(self, sha256: str, kind: str) -> None:
        """Record a file that the program made, so that it is never taken in as a source."""
        self._add(_trace(sha256, kind, None), "file.generated")

    def audit(
        self,
        actor: str,
        action: str,
        target_id: str = "",
        counts: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a link to the audit chain for something that is no write: ids and counts only."""
        with self._writing() as connection:
            append_audit(connection, actor, action, target_id, counts)

    # How it writes

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """Write in one transaction; the lock is taken at once."""
        try:
            with (
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError as error:
            raise StoreError(
                "The store refused a record that names something that is not there, "
                "is there under another id, or breaks a rule of the archive. Nothing was written."
            ) from error
        except OperationalError as error:
            raise StoreError(
                "The archive cannot be written. Check that the disk is not full and that no "
                "other program is writing, then try again. Nothing was written."
            ) from error

    def _note(self, connection: Connection, action: str, target: str = "", **counts: int) -> None:
        """Link a write into the audit chain, unless it changed nothing."""
        if not counts or any(counts.values()) or action in ("source.add", "turn.add"):
            append_audit(connection, self._actor, action, target, counts)

    def _add(self, record: SQLModel, action: str, target: str = "") -> None:
        with self._writing() as connection:
            fresh = insert_new(connection, [record])
            self._note(connection, action, target, new=len(fresh))

    def _update(
        self, model: type[SQLModel], row_id: str, values: dict[str, Any], action: str
    ) -> None:
        table = table_of(model)
        with self._writing() as connection:
            done = connection.execute(table.update().where(table.c.id == row_id).values(values))
            if done.rowcount == 0:
                raise StoreError(f"There is no such {table.name} in this archive.")
            append_audit(connection, self._actor, action, row_id)

    def _restrict(self, connection: Connection, rules: Sequence[Restriction]) -> int:
        changed = upsert(connection, rules)
        near = full_text.near_restrictions(connection, [row["target_id"] for row in changed])
        full_text.index_memories(connection, near)
        return len(changed)

    def _has_sha(self, connection: Connection, sha256: str) -> bool:
        table = table_of(Source)
        query = sa.select(table.c.id).where(table.c.sha256 == sha256)
        return connection.execute(query).first() is not None

    def _refuse_generated(
        self, connection: Connection, source: Source, passages: Sequence[Passage]
    ) -> None:
        table = table_of(GeneratedFingerprint)
        if not connection.execute(sa.select(table.c.sha256).limit(1)).first():
            return
        _refuse_generated_file(connection, source.sha256)
        if existing(connection, table, (fingerprint(text) for text in windows(passages))):
            raise StoreError(
                "This material repeats what the persona said in a conversation, so it is no "
                "evidence of anything. Take those sentences out, or hand in an original."
            )


def _refuse_generated_file(connection: Connection, sha256: str) -> None:
    if existing(connection, table_of(GeneratedFingerprint), [sha256]):
        raise StoreError(
            "This file was made by the persona itself, so it is no evidence of anything. "
            "Hand in an original instead."
        )


def _quoted(connection: Connection, sentences: Sequence[Sentence]) -> list[str]:
    """Return what the memories cited by these sentences quote."""
    cited = {c.get("memory_id") for sentence in sentences for c in sentence.citations}
    table = table_of(Memory)
    query = sa.select(table.c.quote).where(table.c.id.in_(sorted(i for i in cited if i)))
    return list(connection.execute(query).scalars())


def _trace(sha256: str, kind: str, turn_id: str | None) -> GeneratedFingerprint:
    return GeneratedFingerprint(sha256=sha256, kind=kind, turn_id=turn_id, at=datetime.now(UTC))

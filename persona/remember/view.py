"""The only queries there are: what one reader may know of an archive (law 4).

A view is opened with `Store.reader` and is as short-lived as the task it serves: one command,
one answer, one page. It never goes stale: before each query it looks whether anything was
written since, and works out again what the reader may know. Each method reads in one
transaction of its own. The records it returns are copies; changing them changes nothing.

What may not be read does not exist: it is left out of lists and counts, and asking for it by
id raises `NotReadable` with the same words as an id that was never there.
"""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from persona.records import (
    Act,
    AuditEvent,
    Citation,
    Conflict,
    ConflictMember,
    ConflictState,
    Consent,
    Conversation,
    Memory,
    MemoryKind,
    OpenQuestion,
    Passage,
    Person,
    Restriction,
    Sentence,
    Source,
    Turn,
    Version,
)
from persona.remember import access
from persona.remember.heard import Heard
from persona.remember.judgements import JudgementReading
from persona.remember.pictures import PictureReading
from persona.remember.readers import Relative
from persona.remember.reading import in_json, missing, readable_rows, required
from persona.remember.review_queue import OF_TODAY, ReviewReading
from persona.remember.searching import Searching
from persona.remember.surroundings import SurroundingsReading
from persona.remember.units import UnitReading
from persona.remember.unknown_names import PeopleReading
from persona.remember.verifying import Verifying
from persona.remember.voices import VoiceReading
from persona.remember.withdrawn import Withdrawn
from persona.remember.writing import table_of


class View(
    Searching,
    Heard,
    VoiceReading,
    JudgementReading,
    Withdrawn,
    Verifying,
    ReviewReading,
    SurroundingsReading,
    UnitReading,
    PeopleReading,
    PictureReading,
):
    """What one reader may know. Use it in a ``with`` block, or `close` it."""

    # People

    def people(self) -> list[Person]:
        """Return everybody, named as this reader may name them, in the order of their ids."""
        with self._reading():
            return [self._names.person(person) for person in self._names.people.values()]

    def person(self, person_id: str) -> Person:
        """Return one person. Raises `NotReadable`."""
        with self._reading():
            return self._names.person(required(self._names.people.get(person_id)))

    def subject(self) -> Person:
        """Return the one who died. Raises `NotReadable` while nobody is entered as such."""
        with self._reading():
            found = [person for person in self._names.people.values() if person.is_subject]
            return self._names.person(required(found[0] if found else None))

    def display_name(self, person: Person | str, language: str = "en") -> str:
        """Return the name to show for a person (or an id). Raises `NotReadable`."""
        with self._reading():
            wanted = person if isinstance(person, str) else person.id
            return self._names.display_name(required(self._names.people.get(wanted)), language)

    # Sources and passages

    def sources(self) -> list[Source]:
        """Return the sources, oldest arrival first."""
        query = readable_rows(Source, "readable_source")
        table = table_of(Source)
        with self._reading():
            found = self._all(Source, query.order_by(table.c.received_at, table.c.file_name))
            return [self._names.source(source) for source in found]

    def source(self, source_id: str) -> Source:
        """Return one source. Raises `NotReadable`."""
        with self._reading():
            return self._names.source(self._one(Source, "readable_source", source_id))

    def may_open(self, source_id: str) -> bool:
        """Say whether the original itself may be opened: every passage of it is readable.

        A file cannot be opened in part: who may not know one passage of a letter is shown
        the passages that they may know, and not the letter. Nor is an original opened that
        still holds words which somebody took back.
        """
        with self._reading():
            self._one(Source, "readable_source", source_id)
            hidden = self._connection.execute(
                sa.text(
                    "SELECT 1 FROM passage WHERE source_id = :id "
                    "AND id IN (SELECT id FROM temp.unreadable_passage) LIMIT 1"
                ),
                {"id": source_id},
            ).first()
            return hidden is None and not self._is_kept_closed(source_id)

    def passages(
        self,
        source_id: str | None = None,
        unit: str | None = None,
        speaker_id: str | None = None,
    ) -> list[Passage]:
        """Return passages in the order in which they stand in their sources."""
        table = table_of(Passage)
        query = readable_rows(Passage, "readable_passage")
        if source_id is not None:
            query = query.where(table.c.source_id == source_id)
        if unit is not None:
            query = query.where(table.c.unit == unit)
        if speaker_id is not None:
            query = query.where(table.c.speaker_id == speaker_id)
        with self._reading():
            found = self._all(Passage, query.order_by(table.c.source_id, table.c.position))
            return [self._names.passage(passage) for passage in found]

    def passage(self, passage_id: str) -> Passage:
        """Return one passage. Raises `NotReadable`."""
        with self._reading():
            return self._names.passage(self._one(Passage, "readable_passage", passage_id))

    # Memories

    def memories(
        self,
        narrator_id: str | None = None,
        kind: MemoryKind | None = None,
        ids: Collection[str] | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Memory]:
        """Return memories in the order in which they were kept.

        ``ids`` narrows them; without it, those that gave way to a newer reading are left out.
        """
        table = table_of(Memory)
        query = readable_rows(Memory, "readable_memory")
        if narrator_id is not None:
            query = query.where(table.c.narrator_id == narrator_id)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        if ids is not None:
            query = query.where(in_json(table.c.id, ids))
        else:
            query = query.where(sa.text(f"memory.id NOT IN {access.EARLIER}"))
        order = sa.text("(SELECT doc FROM memoryindex WHERE memory_id = memory.id)")
        with self._reading():
            return self._all(Memory, query.order_by(order).offset(offset).limit(limit))

    def memory(self, memory_id: str) -> Memory:
        """Return one memory. Raises `NotReadable`."""
        with self._reading():
            return self._one(Memory, "readable_memory", memory_id)

    def citations(self, memory_id: str) -> list[Citation]:
        """Return what carries a memory. Raises `NotReadable`."""
        table = table_of(Citation)
        with self._reading():
            self._one(Memory, "readable_memory", memory_id)
            query = sa.select(table).where(table.c.memory_id == memory_id)
            return self._all(Citation, query.order_by(table.c.start, table.c.id))

    def memory_ids(self, *, earlier: bool = False) -> frozenset[str]:
        """Return the memories that may be evidence for this reader.

        For everybody but the custodian these are the memories they can read. The custodian
        also reads what was withdrawn or discarded, and that is evidence for nobody.

        Args:
            earlier: also those that gave way to a newer reading of their passage: versions
                made before stand on them.
        """
        query = "SELECT id FROM temp.usable_memory"
        if not earlier:
            query = f"{query} WHERE id NOT IN {access.EARLIER}"
        with self._reading():
            return frozenset(self._connection.exec_driver_sql(query).scalars())

    def conflicts(self, memory_ids: Collection[str] | None = None) -> list[Conflict]:
        """Return the conflicts that touch these memories, if all their members are readable.

        What a person dismissed is no conflict; `disagreements` has those too. Without
        ``memory_ids`` those that only versions made before tell are left out.
        """
        table, member = table_of(Conflict), table_of(ConflictMember)
        hidden = sa.text(
            "conflict.id NOT IN (SELECT conflict_id FROM conflictmember "
            "WHERE memory_id IN (SELECT id FROM temp.unreadable_memory))"
        )
        query = sa.select(table).where(hidden, table.c.state != ConflictState.DISMISSED)
        if memory_ids is not None:
            touched = sa.select(member.c.conflict_id).where(in_json(member.c.memory_id, memory_ids))
            query = query.where(table.c.id.in_(touched))
        else:
            query = query.where(sa.text(OF_TODAY))
        with self._reading():
            found = self._all(Conflict, query.order_by(table.c.id))
            return [self._names.conflict(conflict) for conflict in found]

    def conflict_members(self, conflict_id: str) -> list[str]:
        """Return the memory ids of a conflict. Raises `NotReadable`."""
        table = table_of(ConflictMember)
        with self._reading():
            query = sa.select(table.c.memory_id).where(table.c.conflict_id == conflict_id)
            found: list[str] = list(
                self._connection.execute(query.order_by(table.c.memory_id)).scalars()
            )
            touching = self.conflicts(found[:1])
            required(next((c for c in touching if c.id == conflict_id), None))
            return found

    # Consent and rules

    def may(self, act: Act, person_id: str, today: date | None = None) -> bool:
        """Say whether a person's material may be used for an act, for this reader, today.

        The newest entry for the person and the act counts. Handing material in allows to
        keep, transcribe, retrieve and quote it; anything more needs a grant.
        """
        with self._reading():
            if person_id not in self._names.people:
                return False
            rights = access.Rights(
                self._rights.people, self._rights.everything, today or self.today
            )
            newest = access.newest_consents(self._consents)
            return access.consented(newest.get((person_id, act)), act, rights)

    def consents(self) -> list[Consent]:
        """Return the entries in their order: all for the custodian, else the reader's own."""
        with self._reading():
            own = self.reader.person_id if isinstance(self.reader, Relative) else None
            return [
                entry
                for entry in self._consents
                if self._rights.everything or (own and own in (entry.person_id, entry.given_by))
            ]

    def restrictions(self) -> list[Restriction]:
        """Return the rules, for the custodian; nobody else learns that there are any."""
        with self._reading():
            return self._all(Restriction, self._custodian_only(Restriction).order_by("id"))

    def audit_events(self) -> list[AuditEvent]:
        """Return the audit chain from its first link, for the custodian."""
        with self._reading():
            return self._all(AuditEvent, self._custodian_only(AuditEvent).order_by("seq"))

    # Versions and conversations

    def versions(self) -> list[Version]:
        """Return the versions by number."""
        table = table_of(Version)
        with self._reading():
            return self._all(Version, sa.select(table).order_by(table.c.number))

    def version(self, reference: str | int) -> Version:
        """Return one version by its number, its id, or the newest of a name.

        Raises:
            NotReadable: there is none.
        """
        wanted = str(reference).strip()
        found = self.versions()
        for chosen in (
            [version for version in found if str(version.number) == wanted],
            [version for version in found if version.id == wanted],
            [version for version in found if version.name and version.name == wanted],
        ):
            if chosen:
                return chosen[-1]
        raise missing()

    def conversations(self) -> list[Conversation]:
        """Return the reader's own conversations, oldest first; all of them to the custodian."""
        table = table_of(Conversation)
        query = sa.select(table).order_by(table.c.started_at, table.c.id)
        with self._reading():
            found = [c for c in self._all(Conversation, query) if self._held(c.listener_id)]
            # what a version is proved by was asked for nobody: it is no conversation of theirs
            return [c for c in found if self._rights.everything or c.purpose != "golden"]

    def turns(self, conversation_id: str) -> list[Turn]:
        """Return what was said in a conversation. Raises `NotReadable`."""
        table = table_of(Turn)
        with self._reading():
            self._own_conversation(conversation_id)
            query = sa.select(table).where(table.c.conversation_id == conversation_id)
            found = self._all(Turn, query.order_by(table.c.position, table.c.take))
            return [self._turn_heard(turn) for turn in found]

    def sentences(self, turn_id: str) -> list[Sentence]:
        """Return the sentences of a turn with what they stand on. Raises `NotReadable`."""
        turns = table_of(Turn)
        with self._reading():
            asked = sa.select(turns.c.conversation_id).where(turns.c.id == turn_id)
            self._own_conversation(self._connection.execute(asked).scalar() or "")
            return self._sentences_heard(turn_id)

    def open_questions(self) -> list[OpenQuestion]:
        """Return what this reader asked in vain; to the custodian, what anybody did."""
        table = table_of(OpenQuestion)
        query = sa.select(table).order_by(table.c.asked_at, table.c.id)
        with self._reading():
            return [q for q in self._all(OpenQuestion, query) if self._held(q.listener_id)]

    def counts(self) -> dict[str, int]:
        """Return how much of each record this reader can read."""
        with self._reading():
            readable = {
                f"{name}s": self._count(f"temp.readable_{name}") for name in ("source", "passage")
            }
            return {
                "people": len(self._names.people),
                **readable,
                "memories": self._count(f"temp.readable_memory WHERE id NOT IN {access.EARLIER}"),
                "versions": self._count("version"),
                "conversations": len(self.conversations()),
                "open_questions": len(self.open_questions()),
            }

    def _own_conversation(self, conversation_id: str) -> None:
        required(next((c for c in self.conversations() if c.id == conversation_id), None))

"""Accounts that disagree, as the store keeps them: side by side, never averaged (law 1).

A conflict that the program proposed is told as if it were confirmed. What a person decided is
never touched by a later run: its state, kind, policy and resolution stay. Only a narrator's own
correction replaces what they told before; another narrator's account never does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import StoreError
from persona.records import (
    Conflict,
    ConflictKind,
    ConflictMember,
    ConflictPolicy,
    ConflictState,
    Memory,
    MemoryStatus,
    content_id,
)
from persona.remember.deciding import put_members
from persona.remember.reading import in_json
from persona.remember.transactions import Transactions
from persona.remember.writing import append_audit, existing, table_of

_ANY_STATUS = (MemoryStatus.TOLD, MemoryStatus.DISPUTED, MemoryStatus.CORROBORATED)


@dataclass(frozen=True)
class FoundConflict:
    """A disagreement that was noticed; nothing is decided by it.

    Attributes:
        memory_ids: two or more accounts.
        kind: how they seem to disagree.
        about: what about, in a few words of the accounts themselves.
        found_by: the rule with its version, or a person's id.
        corrected: (earlier, later) of one narrator who said in so many words that the earlier
            was wrong; None otherwise.
        strength: 0 to 1; it orders proposals and means nothing else.
    """

    memory_ids: tuple[str, ...]
    kind: ConflictKind
    about: str
    found_by: str
    corrected: tuple[str, str] | None = None
    strength: float = 0.5

    @property
    def id(self) -> str:
        """Return the id, made from the members: the same accounts are one conflict."""
        return conflict_id(self.memory_ids)


def conflict_id(memory_ids: Collection[str]) -> str:
    """Return the id of the conflict between these memories."""
    return content_id("cfl", *sorted(set(memory_ids)))


class Disputes(Transactions):
    """Keeps conflicts and what people decided about them."""

    def put_conflicts(self, found: Sequence[FoundConflict]) -> int:
        """Keep proposals that are new; return how many were.

        A narrator's own correction takes effect at once and is undone by dismissing it.

        Raises:
            StoreError: a member is not in the archive, or somebody would be corrected by
                another narrator (law 1).
        """
        with self._writing() as connection:
            new = [one for one in found if self._propose_conflict(connection, one)]
            self._note(connection, "conflicts.put", new=len(new))
            return len(new)

    def add_conflict(
        self,
        memory_ids: Collection[str],
        kind: ConflictKind = ConflictKind.TWO_ACCOUNTS,
        *,
        about: str = "",
        policy: ConflictPolicy = ConflictPolicy.TELL_BOTH,
        resolution: str = "",
        by: str = "",
    ) -> str:
        """Record a disagreement that a person noticed; return its id.

        Raises:
            StoreError: fewer than two memories, one is not there, or a correction by another.
        """
        wanted = tuple(sorted(set(memory_ids)))
        one = FoundConflict(wanted, ConflictKind(kind), about, by or self._actor)
        with self._writing() as connection:
            self._propose_conflict(connection, one)
            values = (ConflictState.CONFIRMED, ConflictKind(kind), policy, resolution)
            self._settle_conflict(connection, one.id, *values)
            append_audit(connection, by or self._actor, "conflict.add", one.id)
        return one.id

    def decide_conflict(
        self,
        conflict_id: str,
        state: ConflictState,
        *,
        kind: ConflictKind | None = None,
        policy: ConflictPolicy | None = None,
        resolution: str | None = None,
        by: str = "",
    ) -> None:
        """Confirm or dismiss a conflict, or decide about it again; None leaves a field as it is.

        A resolution is a note for the family; it silences nobody. With the policy ``KEEP_SILENT``
        the persona uses none of the accounts. Confirming marks its members as disputed, or lets a
        narrator's correction replace what they told before. Dismissing takes both back.

        Raises:
            StoreError: there is no such conflict, or a correction by another narrator (law 1).
        """
        table = table_of(Conflict)
        with self._writing() as connection:
            row = connection.execute(table.select().where(table.c.id == conflict_id)).first()
            if row is None:
                raise StoreError("There is no such conflict in this archive.")
            self._settle_conflict(
                connection,
                conflict_id,
                ConflictState(state),
                ConflictKind(kind or row.kind),
                ConflictPolicy(policy or row.policy),
                row.resolution if resolution is None else resolution,
            )
            append_audit(connection, by or self._actor, "conflict.decide", conflict_id)

    def _propose_conflict(self, connection: Connection, found: FoundConflict) -> bool:
        members = set(found.memory_ids)
        if len(members) < 2:
            raise StoreError("A disagreement needs two accounts.")
        if existing(connection, table_of(Memory), members) != members:
            raise StoreError("A disagreement names a memory that is not in this archive.")
        if existing(connection, table_of(Conflict), [found.id]):
            return False
        connection.execute(
            table_of(Conflict)
            .insert()
            .values(
                id=found.id,
                kind=found.kind,
                policy=ConflictPolicy.TELL_BOTH,
                about=found.about,
                resolution="",
                state=ConflictState.PROPOSED,
                found_by=found.found_by,
            )
        )
        put_members(connection, found.id, members)
        if found.corrected is not None:
            supersede(connection, *found.corrected)
        return True

    def _settle_conflict(
        self,
        connection: Connection,
        conflict_id: str,
        state: ConflictState,
        kind: ConflictKind,
        policy: ConflictPolicy,
        resolution: str,
    ) -> None:
        table = table_of(Conflict)
        values = {"state": state, "kind": kind, "policy": policy, "resolution": resolution}
        connection.execute(table.update().where(table.c.id == conflict_id).values(values))
        members = _members(connection, conflict_id)
        confirmed = state is ConflictState.CONFIRMED
        if confirmed and kind is ConflictKind.CORRECTION:
            earlier, later = _earlier_and_later(members)
            supersede(connection, earlier.id, later.id)
            return
        _take_back(connection, members)
        disputed = confirmed and kind is not ConflictKind.BOTH_TRUE
        for member in members:
            still = disputed or _is_disputed_elsewhere(connection, member.id, conflict_id)
            _set_status(
                connection, member.id, MemoryStatus.DISPUTED if still else MemoryStatus.TOLD
            )


def supersede(connection: Connection, earlier_id: str, later_id: str) -> None:
    """Let a narrator's correction take the place of what they told before.

    Raises:
        StoreError: one of them is not there, or they were told by different people (law 1).
    """
    table = table_of(Memory)
    query = sa.select(table).where(table.c.id.in_((earlier_id, later_id)))
    found = {row.id: row for row in connection.execute(query)}
    if len(found) != 2:
        raise StoreError("A correction names a memory that is not in this archive.")
    if found[earlier_id].narrator_id != found[later_id].narrator_id:
        raise StoreError("One person's account never replaces another's. Keep both, side by side.")
    _set_status(connection, earlier_id, MemoryStatus.SUPERSEDED)


def _earlier_and_later(members: Sequence[Memory]) -> tuple[Memory, Memory]:
    if len(members) != 2 or len({member.narrator_id for member in members}) != 1:
        raise StoreError(
            "Only a narrator corrects what they told themselves: choose two accounts of one "
            "person, or keep both side by side."
        )
    earlier, later = sorted(members, key=lambda m: (m.told_at_edtf or "", m.id))
    if (earlier.told_at_edtf or "") == (later.told_at_edtf or ""):
        gone = [member for member in members if member.status is MemoryStatus.SUPERSEDED]
        if not gone:
            raise StoreError(
                "Nobody knows which of the two was told first, so none can correct the other."
            )
        earlier = gone[0]
        later = next(member for member in members if member.id != earlier.id)
    return earlier, later


def _take_back(connection: Connection, members: Sequence[Memory]) -> None:
    """Bring back what a correction among these members had replaced; revisions stay replaced."""
    table = table_of(Memory)
    for member in members:
        if member.status is MemoryStatus.SUPERSEDED:
            query = sa.select(table.c.id).where(table.c.previous_id == member.id).limit(1)
            if connection.execute(query).first() is None:
                _set_status(connection, member.id, MemoryStatus.TOLD, also=_SUPERSEDED)


_SUPERSEDED = (MemoryStatus.SUPERSEDED,)


def _members(connection: Connection, conflict_id: str) -> list[Memory]:
    table, member = table_of(Memory), table_of(ConflictMember)
    inside = sa.select(member.c.memory_id).where(member.c.conflict_id == conflict_id)
    query = sa.select(table).where(table.c.id.in_(inside)).order_by(table.c.id)
    return [Memory(**row._mapping) for row in connection.execute(query)]


def _is_disputed_elsewhere(connection: Connection, memory_id: str, conflict_id: str) -> bool:
    table, member = table_of(Conflict), table_of(ConflictMember)
    query = (
        sa.select(table.c.id)
        .join(member, member.c.conflict_id == table.c.id)
        .where(
            member.c.memory_id == memory_id,
            table.c.id != conflict_id,
            table.c.state == ConflictState.CONFIRMED,
            table.c.kind != ConflictKind.BOTH_TRUE,
        )
    )
    return connection.execute(query.limit(1)).first() is not None


def _set_status(
    connection: Connection,
    memory_id: str,
    status: MemoryStatus,
    also: Sequence[MemoryStatus] = (),
) -> None:
    """Set a status, but never that of a memory that was withdrawn or replaced."""
    table = table_of(Memory)
    connection.execute(
        table.update()
        .where(in_json(table.c.id, [memory_id]), table.c.status.in_((*_ANY_STATUS, *also)))
        .values(status=status)
    )

"""Who is in a picture, and which pictures are the same: proposals, and what people decided.

Only a person says who a face is. Faces are kept as places in a picture; the numbers by which they
were compared are never here. A restored or synthetic picture has no faces: what a program drew
recognises nobody. Readers see only faces of pictures that they may open (law 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import ConsentError, StoreError
from persona.records import (
    Act,
    Alternate,
    Consent,
    ConsentState,
    Face,
    Person,
    ProposalState,
    Source,
)
from persona.remember.access import newest_consents
from persona.remember.reading import Reading, in_json
from persona.remember.transactions import Transactions
from persona.remember.writing import append_audit, existing, insert_new, table_of


@dataclass(frozen=True)
class FaceQuestion:
    """A group that nobody has decided on yet: "Who is this?", "Is this the same person?".

    Attributes:
        group: of the faces.
        faces: those that wait for an answer, the clearest first.
        person_id: who others of this group were said to be.
        perhaps: a group that may be the same person; empty: none.
        perhaps_person_id: who that group was said to be.
        distance: to that group; below 0.6 it may be, below 0.5 it is likely.
    """

    group: str
    faces: tuple[Face, ...]
    person_id: str | None = None
    perhaps: str = ""
    perhaps_person_id: str | None = None
    distance: float = 0.0


class Pictures(Transactions):
    """What is written about pictures."""

    def add_faces(self, faces: Sequence[Face]) -> int:
        """Keep faces, or group known ones anew; return how many were new or changed.

        What a person decided about a face stays: only its group is brought up to date.

        Raises:
            StoreError: a picture is not in the archive, or was restored or made by a program.
        """
        with self._writing() as connection:
            _refuse_drawn(connection, {face.source_id for face in faces})
            fresh = insert_new(connection, faces)
            made = {row["id"] for row in fresh}
            changed = sum(_regroup(connection, face) for face in faces if face.id not in made)
            self._note(connection, "faces.add", new=len(fresh), changed=changed)
            return len(fresh) + changed

    def name_face(self, reference: str, person_id: str, by: str) -> int:
        """Record who a face, or every undecided face of a group, is; return how many.

        Args:
            reference: id of a face, or a group. Naming a group leaves alone what was refused or
                was said to be somebody else; naming one face corrects what was said before.
            person_id: who it is.
            by: who says so: a person id or ``custodian``.

        Raises:
            StoreError: there is no such face, group or person.
            ConsentError: this person has taken back that anything is kept of them.
        """
        table = table_of(Face)
        undecided = sa.and_(table.c.group == reference, table.c.state == ProposalState.PROPOSED)
        with self._writing() as connection:
            _check_person(connection, person_id)
            chosen = table.c.id == reference if _is_face(connection, reference) else undecided
            done = connection.execute(
                table.update()
                .where(chosen)
                .values(person_id=person_id, state=ProposalState.CONFIRMED)
            ).rowcount
            if done == 0:
                raise StoreError("There is no such face, or no face of this group waits any more.")
            append_audit(connection, by, "face.name", reference, {"faces": done})
            return int(done)

    def refuse_face(self, face_id: str, by: str = "custodian") -> None:
        """Record that this is no face, or not one of its group: it is compared with nobody more."""
        values = {
            "state": ProposalState.REFUSED,
            "person_id": None,
            "group": "",
            "perhaps": "",
            "distance": 0.0,
        }
        self._conclude(Face, face_id, values, "face.refuse", by)

    def restore_faces(self, faces: Sequence[Face], by: str = "custodian") -> None:
        """Put faces back as they were before a person decided: state, name and group.

        Raises:
            StoreError: one of them is not in the archive any more.
        """
        for face in faces:
            kept = ("state", "person_id", "group", "perhaps", "distance")
            values = {name: getattr(face, name) for name in kept}
            self._conclude(Face, face.id, values, "face.restore", by)

    def add_alternates(self, alternates: Sequence[Alternate]) -> int:
        """Keep which pictures seem to be the same; return how many were new.

        Raises:
            StoreError: one of the two is not in the archive.
        """
        with self._writing() as connection:
            known = _other_way(connection, alternates)
            fresh = insert_new(connection, [one for one in alternates if one.id not in known])
            self._note(connection, "alternates.add", new=len(fresh))
            return len(fresh)

    def decide_alternate(
        self, alternate_id: str, state: ProposalState, by: str = "custodian"
    ) -> None:
        """Record that two pictures are the same, or are not. Both are kept either way."""
        self._conclude(
            Alternate, alternate_id, {"state": ProposalState(state)}, "alternate.decide", by
        )

    def swap_alternate(self, alternate_id: str, by: str = "custodian") -> None:
        """Record that the other one of two pictures is the better original."""
        table = table_of(Alternate)
        swapped = {"source_id": table.c.other_id, "other_id": table.c.source_id}
        self._conclude(Alternate, alternate_id, swapped, "alternate.swap", by)

    def _conclude(
        self,
        model: type[Face] | type[Alternate],
        row_id: str,
        values: dict[str, Any],
        action: str,
        by: str,
    ) -> None:
        table = table_of(model)
        with self._writing() as connection:
            done = connection.execute(table.update().where(table.c.id == row_id).values(values))
            if done.rowcount == 0:
                raise StoreError(f"There is no such {table.name} in this archive.")
            append_audit(connection, by, action, row_id)


class PictureReading(Reading):
    """What one reader may know of pictures."""

    def faces(
        self,
        source_id: str | None = None,
        person_id: str | None = None,
        state: ProposalState | None = None,
    ) -> list[Face]:
        """Return faces of the pictures that this reader may open, the clearest first."""
        table = table_of(Face)
        query = sa.select(table).where(sa.text(_OPEN_PICTURES))
        for column, wanted in (("source_id", source_id), ("person_id", person_id)):
            if wanted is not None:
                query = query.where(table.c[column] == wanted)
        if state is not None:
            query = query.where(table.c.state == state)
        with self._reading():
            if not self._rights.everything:
                query = query.where(sa.text(_NOT_SILENT))
            found = self._all(Face, query.order_by(table.c.quality.desc(), table.c.id))
            return found if self._rights.everything else _without_hints(found)

    def face_questions(self) -> list[FaceQuestion]:
        """Return the groups that wait for a person, the biggest first."""
        with self._reading():
            named: dict[str, set[str]] = {}
            waiting: dict[str, list[Face]] = {}
            for face in self.faces():
                if face.state is ProposalState.PROPOSED:
                    waiting.setdefault(face.group or face.id, []).append(face)
                elif face.person_id and face.group:
                    named.setdefault(face.group, set()).add(face.person_id)
        known = {group: next(iter(who)) for group, who in named.items() if len(who) == 1}
        there = {*named, *waiting}
        asked = [
            FaceQuestion(
                group,
                tuple(faces),
                person_id=known.get(group),
                perhaps=faces[0].perhaps if faces[0].perhaps in there else "",
                perhaps_person_id=known.get(faces[0].perhaps),
                distance=min(face.distance for face in faces),
            )
            for group, faces in waiting.items()
        ]
        return sorted(asked, key=lambda one: (-len(one.faces), one.group))

    def alternates(self, source_id: str | None = None) -> list[Alternate]:
        """Return which pictures are the same, where this reader may know both."""
        table = table_of(Alternate)
        query = sa.select(table).where(sa.text(_BOTH_READABLE))
        if source_id is not None:
            query = query.where(
                sa.or_(table.c.source_id == source_id, table.c.other_id == source_id)
            )
        with self._reading():
            return self._all(Alternate, query.order_by(table.c.distance, table.c.id))

    def comparable_faces(self) -> list[tuple[Face, str]]:
        """Return the faces that may be compared, each with its picture's SHA-256.

        Left out are faces that were refused, pictures that nobody may use, and people who have
        taken back that anything is kept of them.
        """
        return self._with_pictures(
            "face.state <> 'REFUSED' AND face.source_id IN (SELECT id FROM temp.usable_source)"
            f" AND {_NOT_SILENT}"
        )

    def withdrawn_faces(self) -> list[tuple[Face, str]]:
        """Return the faces whose vectors must be erased, each with its picture's SHA-256."""
        return self._with_pictures(
            "(face.person_id IN (SELECT id FROM temp.silent)"
            " OR face.source_id NOT IN (SELECT id FROM temp.usable_source))"
        )

    def _with_pictures(self, condition: str) -> list[tuple[Face, str]]:
        faces, sources = table_of(Face), table_of(Source)
        query = sa.select(faces).where(sa.text(_OPEN_PICTURES), sa.text(condition))
        with self._reading():
            found = self._all(Face, query.order_by(faces.c.id))
            wanted = in_json(sources.c.id, {face.source_id for face in found})
            rows = sa.select(sources.c.id, sources.c.sha256).where(wanted)
            sha256 = {row.id: row.sha256 for row in self._connection.execute(rows)}
            return [(face, sha256[face.source_id]) for face in found]


_OPEN_PICTURES = (
    "face.source_id IN (SELECT id FROM temp.readable_source) AND face.source_id NOT IN "
    "(SELECT source_id FROM passage WHERE id NOT IN (SELECT id FROM temp.readable_passage))"
)
_NOT_SILENT = "(face.person_id IS NULL OR face.person_id NOT IN (SELECT id FROM temp.silent))"
_BOTH_READABLE = (
    "alternate.source_id IN (SELECT id FROM temp.readable_source) "
    "AND alternate.other_id IN (SELECT id FROM temp.readable_source)"
)


def _without_hints(faces: list[Face]) -> list[Face]:
    """Take out what would tell of a picture that this reader does not know."""
    groups = {face.group for face in faces}
    for face in faces:
        face.distance = 0.0
        face.perhaps = face.perhaps if face.perhaps in groups else ""
    return faces


def _refuse_drawn(connection: Connection, source_ids: set[str]) -> None:
    """Law 6 and 8: a picture that somebody or something drew over is no evidence of a face."""
    table = table_of(Source)
    for start in range(0, len(wanted := sorted(source_ids)), 500):
        rows = connection.execute(
            sa.select(table.c.derived_from, table.c.synthetic, table.c.details).where(
                table.c.id.in_(wanted[start : start + 500])
            )
        )
        if any(row.derived_from or row.synthetic or row.details.get("restored") for row in rows):
            raise StoreError(
                "Nobody is recognised in a restored or synthetic picture. Use the original."
            )


def _regroup(connection: Connection, face: Face) -> bool:
    table = table_of(Face)
    values = {"group": face.group, "perhaps": face.perhaps, "distance": face.distance}
    same = sa.and_(*(table.c[name] == value for name, value in values.items()))
    query = table.update().where(
        table.c.id == face.id, table.c.state != ProposalState.REFUSED, sa.not_(same)
    )
    return connection.execute(query.values(values)).rowcount > 0


def _is_face(connection: Connection, reference: str) -> bool:
    return bool(existing(connection, table_of(Face), [reference]))


def _check_person(connection: Connection, person_id: str) -> None:
    if not existing(connection, table_of(Person), [person_id]):
        raise StoreError("There is no such person in this archive.")
    table = table_of(Consent)
    rows = connection.execute(
        sa.select(table)
        .where(table.c.person_id == person_id, table.c.act == Act.KEEP)
        .order_by(sa.text("rowid"))
    )
    newest = newest_consents(Consent(**row._mapping) for row in rows).get((person_id, Act.KEEP))
    if newest is not None and newest.state is ConsentState.WITHDRAWN:
        raise ConsentError("This person has taken back that anything is kept of them.")


def _other_way(connection: Connection, alternates: Sequence[Alternate]) -> set[str]:
    """Return the ids of those of which the two pictures are tied already, the other way round."""
    table = table_of(Alternate)
    found = set()
    for one in alternates:
        query = sa.select(table.c.id).where(
            table.c.source_id == one.other_id, table.c.other_id == one.source_id
        )
        if connection.execute(query).first() is not None:
            found.add(one.id)
    return found

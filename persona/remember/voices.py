"""Whose voice: stretches of recordings that a person confirmed, and the voices made of them.

    voiceclip    a stretch of an original; the program proposes, a person confirms or refuses
    madevoice    a voice with its declared donor; its files lie in voices/ID

A reader hears a clip only where nothing said in it is closed to them, and knows a voice only if
every clip it was made of is one of these (law 4). A voice of a person lives by consent alone: where
that ends, nobody speaks with it, and it is not listed to anybody but the custodian.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import ConsentError, StoreError
from persona.records import (
    Act,
    Consent,
    DonorKind,
    MadeVoice,
    Passage,
    Person,
    ProposalState,
    Restriction,
    Source,
    VoiceClip,
    VoiceState,
)
from persona.remember.access import Rights, admits
from persona.remember.generated import refuse_generated_text
from persona.remember.reading import Reading, in_json, required
from persona.remember.transactions import Transactions
from persona.remember.voice_consent import voice_consent
from persona.remember.voice_reach import Stretch, seconds_of, touches
from persona.remember.writing import append_audit, existing, insert_new, table_of

CONSENT_ENDED = "nobody agrees any more that this person's voice is used."
"""`MadeVoice.state_reason` of a voice whose person's consent is over; it comes and goes with it."""


class Voices(Transactions):
    """What is written about voices."""

    def put_clips(self, clips: Sequence[VoiceClip]) -> int:
        """Keep proposed clips; what a person decided about a known one stays. Return how many new.

        Raises:
            StoreError: a source or a person is not in the archive, the recording was made by a
                program, or what is said in it is what the persona said (law 3).
        """
        with self._writing() as connection:
            _refuse_made(connection, {clip.source_id for clip in clips})
            refuse_generated_text(connection, (clip.text for clip in clips))
            fresh = insert_new(connection, clips)
            self._note(connection, "clips.put", new=len(fresh))
            return len(fresh)

    def decide_clips(
        self, clip_ids: Sequence[str], state: ProposalState, by: str = "custodian"
    ) -> int:
        """Record that clips are this person alone, or are not; return how many changed.

        Args:
            clip_ids: ids; those that were decided so before stay.
            state: confirmed, refused, or proposed again.
            by: who says so: a person id or ``custodian``.

        Raises:
            StoreError: one of them is not in the archive; none is changed then.
        """
        table, wanted = table_of(VoiceClip), list(dict.fromkeys(clip_ids))
        with self._writing() as connection:
            known = existing(connection, table, wanted)
            if missing := [one for one in wanted if one not in known]:
                raise StoreError(f"There is no clip {missing[0]} in this archive.")
            undecided = sa.and_(in_json(table.c.id, wanted), table.c.state != state)
            confirmed_by = by if state is ProposalState.CONFIRMED else ""
            done = connection.execute(
                table.update().where(undecided).values(state=state, confirmed_by=confirmed_by)
            ).rowcount
            if done:
                append_audit(connection, by, f"clips.{state.value}", counts={"clips": done})
            return int(done)

    def put_voice(self, voice: MadeVoice) -> bool:
        """List a voice whose files are there; False if it is listed already.

        Raises:
            StoreError: a clip is unconfirmed or another person's, or there is none for a voice
                that is a person's.
            ConsentError: nobody has agreed that this person's voice is trained.
        """
        with self._writing() as connection:
            _check_clips(connection, voice)
            _check_consent(connection, voice)
            fresh = insert_new(connection, [voice])
            self._note(connection, "voice.put", voice.id, new=len(fresh))
            return bool(fresh)

    def block_voice(self, voice_id: str, reason: str, by: str = "custodian") -> None:
        """Let nobody hear a voice; its record, its files and what was measured stay.

        Args:
            voice_id: a voice that was made.
            reason: a sentence for those who ask for it later.
            by: who says so: a person id or ``custodian``.

        Raises:
            StoreError: there is no such voice.
        """
        values = {"state": VoiceState.BLOCKED, "state_reason": reason}
        self._set_voice(voice_id, values, "voice.block", by)

    def unblock_voice(self, voice_id: str, by: str = "custodian") -> None:
        """Let a voice be heard again that somebody blocked.

        Raises:
            StoreError: there is no such voice, or a clip it was made of was taken back.
            ConsentError: nobody agrees any more that it is used.
        """
        values = {"state": VoiceState.ACTIVE, "state_reason": ""}
        self._set_voice(voice_id, values, "voice.unblock", by)

    def _set_voice(self, voice_id: str, values: dict[str, Any], action: str, by: str) -> None:
        table = table_of(MadeVoice)
        with self._writing() as connection:
            row = connection.execute(sa.select(table).where(table.c.id == voice_id)).mappings()
            voice = row.one_or_none()
            if voice is None:
                raise StoreError(f"There is no voice {voice_id} in this archive.")
            if values["state"] is VoiceState.ACTIVE:
                _check_again(connection, MadeVoice(**voice))
            connection.execute(table.update().where(table.c.id == voice_id).values(**values))
            append_audit(connection, by, action, voice_id)


class VoiceReading(Reading):
    """What one reader may know of voices."""

    def voice_clips(
        self,
        person_id: str | None = None,
        source_id: str | None = None,
        state: ProposalState | None = None,
        ids: Collection[str] | None = None,
        *,
        for_training: bool = False,
    ) -> list[VoiceClip]:
        """Return the clips that this reader may hear, by recording, in their order.

        A recording that is closed because words in it were taken back is not opened any more; what
        somebody had chosen from it before, and holds none of those words, may still be heard.
        With ``for_training`` those are left out which a rule keeps from being trained on.
        """
        table = table_of(VoiceClip)
        query = sa.select(table).where(sa.text(_OF_READABLE))
        for column, value in (("person_id", person_id), ("source_id", source_id), ("state", state)):
            if value is not None:
                query = query.where(table.c[column] == value)
        if ids is not None:
            query = query.where(in_json(table.c.id, ids))
        with self._reading():
            if not self._rights.everything:
                query = query.where(sa.text(_NOT_SILENT))
            order = (table.c.source_id, table.c.start_s, table.c.end_s, table.c.id)
            found = self._all(VoiceClip, query.order_by(*order))
            sources = {clip.source_id for clip in found}
            closed = self._closed_stretches(sources, for_training)
            return [clip for clip in found if not touches(clip, closed)]

    def made_voices(self) -> list[MadeVoice]:
        """Return the voices whose every clip this reader may hear, oldest first.

        To all but the custodian a voice that is blocked, or whose person does not agree any more,
        does not exist; the custodian is told why nobody speaks with it.
        """
        table = table_of(MadeVoice)
        with self._reading():
            found = self._all(MadeVoice, sa.select(table).order_by(table.c.created_at, table.c.id))
            wanted = {one for voice in found for one in voice.clip_ids}
            heard = {clip.id for clip in self.voice_clips(ids=wanted)} if wanted else set()
            for voice in found:
                self._block_where_consent_ended(voice)
            if self._rights.everything:
                return found
            return [
                voice
                for voice in found
                if voice.state is VoiceState.ACTIVE and heard >= set(voice.clip_ids)
            ]

    def usable_voices(self) -> list[MadeVoice]:
        """Return the voices that this reader may hear today, oldest first."""
        return [voice for voice in self.made_voices() if voice.state is VoiceState.ACTIVE]

    def made_voice(self, voice_id: str) -> MadeVoice:
        """Return one voice. Raises `NotReadable`."""
        return required(next((one for one in self.made_voices() if one.id == voice_id), None))

    def voice_consent(self, person_id: str) -> Consent:
        """Return the entry that lets a voice be made of this person's speech for this reader.

        Raises:
            ConsentError: nobody who may has agreed, or not any more.
        """
        with self._reading():
            people = {one.id: self._names.person(one) for one in self._names.people.values()}
            return voice_consent(person_id, people, self._consents, self._rights)

    def _block_where_consent_ended(self, voice: MadeVoice) -> None:
        """Show a voice as blocked whose person's consent is over; the row is not changed."""
        if voice.person_id is None or voice.state is VoiceState.BLOCKED:
            return
        try:
            self.voice_consent(voice.person_id)
        except ConsentError:
            voice.state = VoiceState.BLOCKED
            voice.state_reason = CONSENT_ENDED

    def _closed_stretches(self, source_ids: set[str], for_training: bool) -> list[Stretch]:
        """Return when something is said that this reader may not know, or not train on."""
        table = table_of(Passage)
        query = sa.select(table.c.id, table.c.source_id, table.c.selector)
        inside = in_json(table.c.source_id, source_ids)
        unread = sa.text("passage.id IN (SELECT id FROM temp.unreadable_passage)")
        barred = self._barred_from_training() if for_training else set()
        shut = sa.or_(unread, in_json(table.c.id, barred))
        rows = self._connection.execute(query.where(inside, shut)).all()
        whole = [(one, 0.0, float("inf")) for one in source_ids & barred]
        return whole + [(row.source_id, *seconds_of(row.selector)) for row in rows]

    def _barred_from_training(self) -> set[str]:
        """Return the sources and passages whose rules do not let this reader train a voice."""
        rules = self._all(Restriction, sa.select(table_of(Restriction)))
        rights = self._rights
        return {rule.target_id for rule in rules if not admits(rule, rights, Act.TRAIN_VOICE)}


def _refuse_made(connection: Connection, source_ids: set[str]) -> None:
    """Law 3 and 6: nobody's voice is learnt from what a program made or worked over."""
    table = table_of(Source)
    wanted = in_json(table.c.id, sorted(source_ids))
    rows = connection.execute(sa.select(table.c.derived_from).where(wanted))
    if any(row.derived_from for row in rows):
        raise StoreError("A voice is taken from originals alone. Use the recording as it was.")


def _check_clips(connection: Connection, voice: MadeVoice) -> None:
    table = table_of(VoiceClip)
    rows = connection.execute(sa.select(table).where(in_json(table.c.id, voice.clip_ids))).all()
    if voice.donor is DonorKind.DESIGNED:
        if voice.clip_ids or voice.person_id is not None:
            raise StoreError("A designed voice is nobody's: it is made of no clips.")
        return
    if not voice.clip_ids or len(rows) < len(set(voice.clip_ids)):
        raise StoreError("A person's voice is made of clips of theirs that are in the archive.")
    others = any(row.person_id != voice.person_id for row in rows)
    if others or any(row.state is not ProposalState.CONFIRMED for row in rows):
        raise StoreError(
            "A voice is made only of clips that somebody confirmed as this person's. Listen to "
            "them first: persona voice clips"
        )
    people = table_of(Person)
    subject = sa.select(people.c.is_subject).where(people.c.id == voice.person_id)
    if connection.execute(subject).scalar() is not (voice.donor is DonorKind.OWN_CLIPS):
        raise StoreError("Another person's voice is never called the voice of the one who died.")


def _check_consent(connection: Connection, voice: MadeVoice) -> None:
    if voice.person_id is None:
        return
    if voice.consent_id != _consent_today(connection, voice.person_id).id:
        raise ConsentError("This voice names another consent than the one that counts today.")


def _consent_today(connection: Connection, person_id: str) -> Consent:
    people = connection.execute(sa.select(table_of(Person))).all()
    entries = connection.execute(sa.select(table_of(Consent)).order_by(sa.text("rowid"))).all()
    return voice_consent(
        person_id,
        {row.id: Person(**row._mapping) for row in people},
        [Consent(**row._mapping) for row in entries],
        Rights((), True, date.today()),
    )


def _check_again(connection: Connection, voice: MadeVoice) -> None:
    """Refuse to bring a voice back that rests on something that is not there any more."""
    table = table_of(VoiceClip)
    there = sa.and_(in_json(table.c.id, voice.clip_ids), table.c.state == ProposalState.CONFIRMED)
    kept = connection.execute(sa.select(table.c.id).where(there)).all()
    if len(kept) < len(set(voice.clip_ids)):
        raise StoreError(
            "A clip that this voice was made of was taken back or refused since, so nobody hears "
            f"it again. Make it anew: persona voice make --donor {voice.person_id}"
        )
    if voice.person_id is not None:
        _consent_today(connection, voice.person_id)


_OF_READABLE = "voiceclip.source_id IN (SELECT id FROM temp.readable_source)"
_NOT_SILENT = "voiceclip.person_id NOT IN (SELECT id FROM temp.silent)"

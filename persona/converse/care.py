"""Pauses and limits of a conversation, and who may have one at all.

    talking time   gaps of up to `PAUSE_MINUTES` between questions; a longer gap was a break
    break          offered after `[care] break_minutes` of it, by law at least every 2 or 3 hours
    the end        after `session_minutes`, after `daily_minutes`, or at night: said kindly, once
    minors         only as the law profile allows

Nothing here holds up help: a listener in danger is answered at any hour (see `safeguard`).
Sources: China's interim measures on anthropomorphic AI services (2026: a reminder after two
hours, exit by a word, no virtual relatives for minors); California SB 243 and New York GBL art.
47 (reminders every three hours); Hollanek & Nowaczyk-Basińska 2024 (adults, no messages that
nobody asked for).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

from persona.config import Care
from persona.errors import ConsentError
from persona.records import AuditEvent, Person, Turn
from persona.remember.readers import Custodian
from persona.remember.store import Store

PAUSE_MINUTES = 10.0
"""Minutes between two questions that still count as talking; a longer gap is a break."""

PACING_TURNS = 3
"""Questions between two offers to stop after something heavy."""

LAWFUL_BREAK_MINUTES = {"china": 120, "us": 180}
"""Talking time after which a profile wants a reminder, whatever the family set."""

GUARDIAN_AGREES = "care.guardian_agrees"
GUARDIAN_REFUSES = "care.guardian_refuses"
"""What the audit chain calls a guardian's word for a child, and the end of it."""

_MINORS = {
    "china": "A simulation of a relative is not for anybody under age where these rules hold. "
    "Look at the letters and photographs together with a grown-up instead; they are real.",
    "other": "Talking with a simulation of somebody who died is for grown-ups. A guardian who "
    "knows you can allow it, and should sit beside you: persona guardian CHILD --by GUARDIAN",
}


class Pace:
    """How long somebody has been talking; told of every question, asks nothing itself."""

    def __init__(self, care: Care, now: datetime, spent_today_min: float = 0.0) -> None:
        """Begin.

        Args:
            care: the settings.
            now: with its time zone.
            spent_today_min: minutes this listener talked today before.
        """
        self._care = care
        self._last = now
        self._talked = 0.0
        self._since_break = 0.0
        self._spent = spent_today_min
        self._asked = 0
        self._left_at = -PACING_TURNS

    def note(self, now: datetime) -> None:
        """Count the time since the last question."""
        self._asked += 1
        gap = max(0.0, (now - self._last).total_seconds() / 60)
        self._last = now
        if gap > PAUSE_MINUTES:
            self._since_break = 0.0
            return
        self._talked += gap
        self._since_break += gap

    def over(self, now: datetime) -> str:
        """Return the phrase with which the conversation has to end now; empty: it goes on."""
        care = self._care
        if is_night(care, now):
            return "night"
        if care.session_minutes and self._talked >= care.session_minutes:
            return "session_over"
        if care.daily_minutes and self._spent + self._talked >= care.daily_minutes:
            return "day_over"
        return ""

    def may_leave(self, heavy: bool) -> bool:
        """Say whether to offer to stop: after something heavy, and not again and again."""
        if not self._care.pacing or not heavy or self._asked - self._left_at < PACING_TURNS:
            return False
        self._left_at = self._asked
        return True

    def reminder(self) -> str:
        """Return the phrase that offers a break if it is time; then not again for as long."""
        lawful = LAWFUL_BREAK_MINUTES.get(self._care.law_profile, 0)
        own = self._care.break_minutes
        due = min(own or lawful, lawful or own)
        if not due or self._since_break < due:
            return ""
        self._since_break = 0.0
        return "break_law" if lawful else "break_offer"


def is_night(care: Care, now: datetime) -> bool:
    """Say whether it is the time at which the family wants nobody to talk; local time."""
    if not care.night_from:
        return False
    clock = now.astimezone().time() if now.tzinfo is UTC else now.time()
    start, end = time.fromisoformat(care.night_from), time.fromisoformat(care.night_until)
    return start <= clock < end if start <= end else clock >= start or clock < end


def minutes_on(day: datetime, talks: Iterable[Sequence[Turn]]) -> float:
    """Return how many minutes were talked on the day of ``day``, by the times of the turns."""
    total = timedelta()
    for turns in talks:
        times = [_zoned(turn.created_at) for turn in turns]
        today = [at for at in times if at.astimezone(day.tzinfo).date() == day.date()]
        for before, after in pairwise(today):
            gap = after - before
            if timedelta() < gap <= timedelta(minutes=PAUSE_MINUTES):
                total += gap
    return total.total_seconds() / 60


def may_listen(person: Person | None, care: Care, events: Iterable[AuditEvent]) -> bool:
    """Say whether somebody may talk with a simulation at all.

    Args:
        person: who listens; a stranger's age nobody knows.
        care: the law profile.
        events: the audit chain: a guardian's newest word for a child counts.
    """
    if person is None or not person.minor:
        return True
    if care.law_profile == "china":
        return False
    words = [
        event.action
        for event in events
        if event.target_id == person.id and event.action in (GUARDIAN_AGREES, GUARDIAN_REFUSES)
    ]
    return bool(words) and words[-1] == GUARDIAN_AGREES


def admit(store: Store, listener_id: str | None, care: Care) -> None:
    """Let somebody in, or say kindly why not.

    Raises:
        ConsentError: a child, and the law profile or the missing guardian is against it.
        NotReadable: there is no such person.
    """
    if listener_id is None:
        return
    with store.reader(Custodian()) as view:
        person = view.person(listener_id)
        refused = person.minor and not may_listen(person, care, view.audit_events())
    if refused:
        raise ConsentError(_MINORS["china" if care.law_profile == "china" else "other"])


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)

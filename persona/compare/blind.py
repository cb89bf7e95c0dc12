"""One question, two answers, and nobody says which version gave which.

The order is drawn by lot each time. Both answers are rehearsals: nothing of them is recorded but
the vote: the question, the two versions as they were shown, and what the listener thought.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from persona.compare.asking import Both, checked_questions
from persona.compare.comparing import Lend, lending
from persona.converse.safeguard import URGENT, concern_of
from persona.errors import ConverseError, VersionError
from persona.evaluation.probe import Said
from persona.progress import Report
from persona.records import Judged, Judgement, Preference, Version, VersionState, content_id
from persona.rehearsal import reader_of, rehearse
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.serving import emptied_on_purpose
from persona.workspace import Workspace

PAIR = (VersionState.ACTIVE, VersionState.RETIRED)
"""States of versions that a listener may be asked about: an old one may be the better one."""


@dataclass(frozen=True)
class Blind:
    """Two answers in the order in which they are shown.

    Attributes:
        question: what both answered.
        version_ids: never shown.
        answers: in the same order.
        urgent: somebody may be in danger: the first answer is help, and nothing is voted on.
    """

    question: str
    version_ids: tuple[str, str]
    answers: tuple[Said, Said]
    urgent: bool = False

    @property
    def alike(self) -> bool:
        """Say whether both versions answered the same, word for word."""
        return self.answers[0].text == self.answers[1].text


def pairs_of(store: Store) -> list[tuple[Version, Version]]:
    """Return the pairs of versions that can be asked, neighbouring generations first."""
    with store.reader(Custodian()) as view:
        usable = [
            version
            for version in view.versions()
            if version.state in PAIR and not emptied_on_purpose(view, version)
        ]
    pairs = [(one, other) for n, one in enumerate(usable) for other in usable[n + 1 :]]
    return sorted(pairs, key=lambda pair: (pair[1].number - pair[0].number, -pair[1].number))


def ask_both(
    workspace: Workspace,
    question: str,
    pair: tuple[Version, Version],
    listener_id: str | None,
    report: Report,
    *,
    lend: Lend | None = None,
) -> Blind:
    """Put a question to two versions, and draw lots about the order in which they are shown.

    Raises:
        ConverseError: the question is empty or far too long.
        VersionError: one of the versions cannot be asked.
        NotReadable: the listener is nobody of this archive.
    """
    checked = checked_questions([question])
    if not checked:
        raise ConverseError("Ask a question in a few words.")
    if any(version.state not in PAIR for version in pair):
        raise VersionError("One of these versions is not asked any more.")
    with rehearse(workspace) as store:
        with store.reader(reader_of(listener_id)) as view:
            subject = view.subject()
        both = Both(workspace, store, pair, listener_id, lend or lending(workspace))
        [(first, second)] = both.ask(checked, report)
    shown = ((pair[0].id, first), (pair[1].id, second))
    if secrets.randbelow(2):
        shown = (shown[1], shown[0])
    urgent = concern_of(checked[0], [subject.name, *subject.names]) in URGENT
    ids, answers = (shown[0][0], shown[1][0]), (shown[0][1], shown[1][1])
    return Blind("" if urgent else checked[0], ids, answers, urgent)


def keep_vote(
    store: Store,
    blind: Blind,
    listener_id: str | None,
    preferred: Preference | None,
    credible: Sequence[int | None],
) -> bool:
    """Record what a listener thought of two answers; False if that is recorded already.

    Args:
        store: the archive.
        blind: what was shown.
        listener_id: who votes; None: a stranger.
        preferred: which was nearer to the person.
        credible: how much each of the two is believed, 1 not at all to 5 wholly.

    Raises:
        StoreError: nothing was said of either.
        ConverseError: there is nothing to vote on.
    """
    if blind.urgent:
        raise ConverseError("There is nothing to vote on here.")
    now = datetime.now(UTC)
    return store.put_judgement(
        Judgement(
            id=content_id("jud", listener_id, blind.version_ids, blind.question, now.isoformat()),
            judged=Judged.ANSWERS,
            listener_id=listener_id,
            first_id=blind.version_ids[0],
            second_id=blind.version_ids[1],
            question=blind.question,
            preferred=preferred,
            credible_first=credible[0],
            credible_second=credible[1],
            at=now,
        )
    )

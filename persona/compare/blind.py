"""One question, two answers, and nobody says which version gave which.

    usable versions ─▶ the pair this listener voted on least, in an order by lot ─▶ answers ─▶ vote

Which two of them answer is drawn before every question, among the pairs with the fewest votes of
this listener, so that in time every generation meets every other. Both answers are rehearsals:
nothing of them is recorded but the vote: the question, the two versions as they were shown, and
what the listener thought.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations

from persona.compare.asking import Both, checked_questions
from persona.compare.comparing import Lend, lending
from persona.compare.hearing import Heard, Hearing, voices_differ
from persona.compare.sentences import plain
from persona.converse.safeguard import URGENT, concern_of
from persona.errors import ConverseError, VersionError
from persona.evaluation.probe import Said
from persona.progress import Report
from persona.records import Judged, Judgement, Preference, Version, VersionState, content_id
from persona.rehearsal import reader_of, rehearse
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.serving import emptied_on_purpose
from persona.train.versions import verify_version
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


def usable_versions(store: Store) -> list[Version]:
    """Return the versions that a listener may be asked about, oldest first."""
    with store.reader(Custodian()) as view:
        return [
            version
            for version in view.versions()
            if version.state in PAIR and not emptied_on_purpose(view, version)
        ]


def draw_pair(
    workspace: Workspace, store: Store, listener_id: str | None, lot: random.Random
) -> tuple[Version, Version]:
    """Return the two versions to ask next: those that this listener voted on least.

    A version whose files were damaged is passed over, or it would come up at every question.

    Args:
        workspace: where the versions lie.
        store: the archive.
        listener_id: whose votes count; a stranger's are nobody's, so all pairs are equal to them.
        lot: decides among pairs with as few votes, and which of the two comes first.

    Raises:
        VersionError: no two versions can be asked.
    """
    with store.reader(reader_of(listener_id)) as view:
        votes = Counter(
            frozenset((one.first_id, one.second_id)) for one in view.judgements(Judged.ANSWERS)
        )
    usable = usable_versions(store)
    damage = {one.id: _damage(workspace, one) for one in usable}
    pairs = [pair for pair in combinations(usable, 2) if not any(damage[one.id] for one in pair)]
    if not pairs:
        damaged = next((why for why in damage.values() if why), None)
        raise damaged or VersionError("There are no two versions that can be asked.")
    lot.shuffle(pairs)
    one, other = min(pairs, key=lambda pair: votes[frozenset((pair[0].id, pair[1].id))])
    return (one, other) if lot.random() < 0.5 else (other, one)


def _damage(workspace: Workspace, version: Version) -> VersionError | None:
    """Return what is wrong with the files of a version; None: nothing."""
    try:
        verify_version(workspace.versions / version.id)
    except VersionError as error:
        return error
    return None


def ask_both(
    workspace: Workspace,
    question: str,
    pair: tuple[Version, Version],
    listener_id: str | None,
    report: Report,
    *,
    lend: Lend | None = None,
) -> Blind:
    """Put a question to two versions, and show the answers in the order of the pair.

    Args:
        workspace: the persona.
        question: as it was typed.
        pair: from `draw_pair`, in the order drawn by lot.
        listener_id: who asks; None: a stranger.
        report: told how far it is.
        lend: opens the models of a version.

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
    urgent = concern_of(checked[0], [subject.name, *subject.names]) in URGENT
    ids = (pair[0].id, pair[1].id)
    return Blind("" if urgent else checked[0], ids, (first, second), urgent)


class Ears(StrEnum):
    """Whether two answers can be heard without telling which version gave which."""

    BOTH = "both"
    SAME = "same"
    """Both have one voice: there is nothing to hear that cannot be read."""
    NOT_BOTH = "not_both"
    """One of them is not heard; to hear the other alone would tell which it is."""


def can_be_heard(hearing: Hearing, blind: Blind) -> Ears:
    """Say whether both answers can be heard. Raises `VersionError`: a version was damaged."""
    pair = _versions(hearing, blind)
    if not voices_differ(hearing.workspace, pair):
        return Ears.SAME
    mute = any(hearing.unheard(one) for one in pair)
    return Ears.NOT_BOTH if mute or not all(said.sentences for said in blind.answers) else Ears.BOTH


def hear_both(hearing: Hearing, blind: Blind) -> tuple[Heard, Heard]:
    """Let both answers be spoken, in the order in which they are shown.

    Raises:
        VersionError, MissingModel, EngineError: as `Hearing.hear`; then neither is heard.
    """
    first, second = (
        hearing.hear(version, [plain(one) for one in said.sentences])
        for version, said in zip(_versions(hearing, blind), blind.answers, strict=True)
    )
    return first, second


def _versions(hearing: Hearing, blind: Blind) -> list[Version]:
    with hearing.store.reader(Custodian()) as view:
        return [view.version(one) for one in blind.version_ids]


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

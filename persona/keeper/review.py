"""Review, as the command line and the screen use it: what waits, what is decided, what is left.

    progress(store, reader)                 how many are left
    next_items(store, reader, limit, …)     a page of the queue, the most important first
    decide(store, Decision.ACCEPT, …)       one key: accept, discard, not sure
    edit / split / merge / restrict         the longer ones; they return what was made
    accept_all                              everything of a source or a narrator
    undo                                    takes the last decisions of this person back
    open_disagreements / disagree           accounts that contradict each other; they are decided
                                            with `Store.decide_conflict`

Nothing is held between calls: the review can be put down at any moment, several people can
review at once, and each call sees what was decided a moment ago. ``by`` is the id of the person
who decides; it stands in the audit chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from persona.records import (
    Citation,
    Conflict,
    ConflictKind,
    ConflictPolicy,
    ConflictState,
    Memory,
    Passage,
    Restriction,
    Source,
)
from persona.remember.readers import Custodian, Reader
from persona.remember.review_queue import Disagreement, ReviewCounts, Waiting
from persona.remember.revisions import Edit
from persona.remember.store import Store
from persona.remember.view import View

__all__ = ["Edit", "ReviewCounts"]

AROUND_CHARS = 400
"""Characters shown on each side of what a memory quotes."""

REASONS = (
    "disputed",
    "used",
    "confided",
    "speaker_unsure",
    "hearsay",
    "text_unsure",
    "proposed",
    "sensitive",
    "unseen",
    "unsure",
)
"""Keys of the sentences that say why something is in the queue; the screens have the words."""


class Decision(StrEnum):
    """What one key decides."""

    ACCEPT = "accept"
    DISCARD = "discard"
    NOT_SURE = "not_sure"


@dataclass(frozen=True)
class Account:
    """One side of a disagreement: what was told, and by whom."""

    memory: Memory
    narrator: str


@dataclass(frozen=True)
class OpenDisagreement:
    """A conflict with its accounts beside each other; the first told comes first."""

    conflict: Conflict
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class ReviewItem:
    """One memory to decide about, with its source beside it.

    Attributes:
        memory: what was told.
        citation: the first span that carries it: ``passage.text[start:end]``.
        passage: where that span stands.
        before: what stands before the quote, also in the passage before it; at most
            `AROUND_CHARS` characters.
        after: what stands after the quote.
        source: the original.
        narrator: the name to show for who told it.
        told_by: the names of whom they had it from, nearest first.
        reasons: keys of `REASONS`, the most important first.
        disagreements: conflicts that it is part of.
    """

    memory: Memory
    citation: Citation
    passage: Passage
    before: str
    after: str
    source: Source
    narrator: str
    told_by: tuple[str, ...]
    reasons: tuple[str, ...]
    disagreements: tuple[OpenDisagreement, ...]


def progress(store: Store, reader: Reader | None = None) -> ReviewCounts:
    """Return how many are left and how many were decided; see `ReviewCounts`."""
    with store.reader(reader or Custodian()) as view:
        return view.review_counts()


def next_items(
    store: Store, reader: Reader | None = None, limit: int = 20, offset: int = 0
) -> list[ReviewItem]:
    """Return what to look at next.

    Args:
        store: the archive.
        reader: who looks; None: the custodian. Others get what they may read.
        limit: how many; a page.
        offset: how many to leave out at the beginning. What is decided leaves the queue, so
            one who decides in order asks for offset 0 again.
    """
    with store.reader(reader or Custodian()) as view:
        names = _Names(view)
        return [_item(waiting, names) for waiting in view.review_page(limit, offset)]


def decide(store: Store, decision: Decision, memory_ids: Sequence[str], by: str = "") -> int:
    """Accept, discard or put off memories; return how many changed.

    Raises:
        StoreError: one of them is not there, was withdrawn, or was replaced meanwhile.
    """
    chosen = Decision(decision)
    if chosen is Decision.ACCEPT:
        return store.accept_memories(memory_ids, by)
    if chosen is Decision.DISCARD:
        return store.discard_memories(memory_ids, by)
    for memory_id in memory_ids:
        store.leave_unsure(memory_id, by)
    return len(memory_ids)


def edit(store: Store, memory_id: str, change: Edit, by: str = "") -> Memory:
    """Replace a memory by one that says it better. Raises `StoreError`; see `Edit`."""
    return store.edit_memory(memory_id, change, by)


def split(store: Store, memory_id: str, quotes: Sequence[str], by: str = "") -> list[Memory]:
    """Replace a memory by several stretches of its passage. Raises `StoreError`."""
    return store.split_memory(memory_id, quotes, by)


def merge(store: Store, memory_ids: Sequence[str], by: str = "") -> Memory:
    """Replace neighbouring memories of one narrator by one. Raises `StoreError`."""
    return store.merge_memories(memory_ids, by)


def restrict(
    store: Store,
    memory_id: str,
    *,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    any_groups: Sequence[str] = (),
    all_groups: Sequence[str] = (),
    until: str | None = None,
    by: str = "",
) -> Restriction:
    """Say who may know a memory. Its whole passage is closed to the others with it.

    Args:
        store: the archive.
        memory_id: the memory.
        allow: ids of people who may know it; then nobody else may.
        deny: ids of people, or groups, who may not. Deny wins.
        any_groups: one of these groups is needed.
        all_groups: all of these groups are needed.
        until: EDTF day, month or year after which everybody may; None: no end.
        by: who decides.

    Raises:
        StoreError: nobody is named, the term is not a day, or there is no such memory.
    """
    rule = Restriction(
        id="",
        target_id=memory_id,
        allow=list(allow),
        deny=list(deny),
        any_groups=list(any_groups),
        all_groups=list(all_groups),
        until=until,
    )
    return store.restrict_memory(memory_id, rule, by)


def accept_all(
    store: Store, *, source_id: str | None = None, narrator_id: str | None = None, by: str = ""
) -> int:
    """Accept all that is open of a source, of a narrator, or of both; return how many.

    It is one decision, recorded as this person's, and undone in one. Raises `StoreError`
    when neither is named.
    """
    return store.accept_all(source_id=source_id, narrator_id=narrator_id, by=by)


def undo(store: Store, count: int = 1, by: str = "") -> list[str]:
    """Take the last decisions of this person back; return what they were, newest first.

    The words are 'accept', 'discard', 'unsure', 'edit', 'split', 'merge', 'restrict'.

    Raises:
        StoreError: somebody else has decided about the same memories since.
    """
    return store.undo_review(count, by)


def open_disagreements(
    store: Store,
    reader: Reader | None = None,
    state: ConflictState | None = ConflictState.PROPOSED,
) -> list[OpenDisagreement]:
    """Return conflicts with both sides; ``state=None``: also those that were decided."""
    with store.reader(reader or Custodian()) as view:
        names = _Names(view)
        return [_beside(one, names) for one in view.disagreements(state)]


def disagree(
    store: Store,
    memory_ids: Sequence[str],
    kind: ConflictKind = ConflictKind.TWO_ACCOUNTS,
    *,
    about: str = "",
    policy: ConflictPolicy = ConflictPolicy.TELL_BOTH,
    resolution: str = "",
    by: str = "",
) -> str:
    """Record a disagreement that somebody noticed; return its id. Raises `StoreError`."""
    return store.add_conflict(
        memory_ids, kind, about=about, policy=policy, resolution=resolution, by=by
    )


class _Names:
    """The names to show on one page."""

    def __init__(self, view: View) -> None:
        self._known = {person.id: person.name for person in view.people()}

    def of(self, person_id: str) -> str:
        """Return the name of a person; what is no id is shown as it is ('the neighbours')."""
        return self._known.get(person_id, person_id)


def _item(waiting: Waiting, names: _Names) -> ReviewItem:
    shown = {passage.id for passage in waiting.passages}
    citation = next(one for one in waiting.citations if one.passage_id in shown)
    passage = next(one for one in waiting.passages if one.id == citation.passage_id)
    before = f"{waiting.before}\n{passage.text[: citation.start]}"
    after = f"{passage.text[citation.end :]}\n{waiting.after}"
    return ReviewItem(
        memory=waiting.memory,
        citation=citation,
        passage=passage,
        before=before[-AROUND_CHARS:].lstrip("\n"),
        after=after[:AROUND_CHARS].rstrip("\n"),
        source=waiting.source,
        narrator=names.of(waiting.memory.narrator_id),
        told_by=tuple(names.of(one) for one in waiting.memory.told_by),
        reasons=waiting.reasons,
        disagreements=tuple(_beside(one, names) for one in waiting.disagreements),
    )


def _beside(one: Disagreement, names: _Names) -> OpenDisagreement:
    members = sorted(one.members, key=lambda memory: (memory.told_at_edtf or "9999", memory.id))
    accounts = tuple(Account(memory, names.of(memory.narrator_id)) for memory in members)
    return OpenDisagreement(one.conflict, accounts)

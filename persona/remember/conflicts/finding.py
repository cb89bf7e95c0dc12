"""Finds accounts that disagree (law 1: they are kept side by side; nothing is decided here).

    same person, same doing, yes against no       "could not swim" · "swam every day"
    same person, opposite traits or tastes        "hated boats" · "loved boats"
    what one does once, at two times or ages      "married in 1962" · "married in 1964"
    when something began, in one narrow theme     "at eleven … make your body" · "at fourteen"
    the same thing for two reasons                "because of Ruth" · "it was the arm"
    the same doing, other numbers                 "eleven tickets" · "nine tickets"
    the same doing, another person                "Henry fell in the river" · "David did"
    a narrator's own correction                   "I was wrong, it was 1964"

Only what words show is found, and only between memories that are surely about the same thing:
a proposal costs a tired person's time. Rules with fixed words decide; the same memories always
give the same conflicts with the same ids. Retellings ("Mum always said …") are accounts too.
"""

from collections.abc import Collection, Iterable, Sequence

from persona.records import ConflictKind
from persona.remember.conflicts.clauses import TOKEN, grouped
from persona.remember.conflicts.pairs import Pair
from persona.remember.conflicts.rules import pairs_of
from persona.remember.conflicts.tellings import Telling, tellings
from persona.remember.disputes import FoundConflict
from persona.remember.view import View

RULES = "conflicts/1"
"""Name and version of these rules; stands in `Conflict.found_by`."""

MOST_PER_MEMORY = 3
"""Disagreements proposed for one memory, the strongest first."""


def find_conflicts(
    view: View, known: Collection[frozenset[str]] | None = None
) -> list[FoundConflict]:
    """Return disagreements between memories, the strongest first; nothing is written.

    Args:
        view: the custodian's.
        known: member ids of conflicts that are recorded already, whatever was decided about
            them: they are not proposed again. None: those of this archive.
    """
    if known is None:
        recorded = view.disagreements()
        known = [frozenset(member.id for member in one.members) for one in recorded]
    closed = {rule.target_id for rule in view.restrictions()}
    pairs = _strongest(pairs_of(list(tellings(view))))
    found = [_one(group) for group in _joined(pairs, closed)]
    found.sort(key=lambda one: (-one.strength, one.id))
    return [one for one in found if not _is_known(frozenset(one.memory_ids), known)]


def _strongest(pairs: Iterable[Pair]) -> list[Pair]:
    """Return each two memories once, and no memory in more than a few disagreements."""
    kept: dict[frozenset[str], Pair] = {}
    often: dict[str, int] = {}
    for pair in sorted(pairs, key=_order):
        ids = frozenset((pair.one.id, pair.other.id))
        if ids in kept or any(often.get(one, 0) >= MOST_PER_MEMORY for one in ids):
            continue
        kept[ids] = pair
        for one in ids:
            often[one] = often.get(one, 0) + 1
    return list(kept.values())


def _order(pair: Pair) -> tuple[float, str, str]:
    return (-pair.strength, pair.one.id, pair.other.id)


def _joined(pairs: Sequence[Pair], closed: Collection[str]) -> list[list[Pair]]:
    """Join the reasons given for one thing into one conflict.

    A conflict is shown to those who may know all its members, so accounts that not everybody
    may know stay in pairs: else nobody would see that the others disagree.
    """
    groups: list[list[Pair]] = []
    for pair in pairs:
        members = {pair.one.id, pair.other.id}
        open_to_all = not _closed(pair.one, closed) and not _closed(pair.other, closed)
        near = [
            group
            for group in groups
            if pair.rule == "reason" and open_to_all and group[0].rule == "reason"
            if any(members & {one.one.id, one.other.id} for one in group)
            if not any(_closed(t, closed) for one in group for t in (one.one, one.other))
        ]
        groups = [group for group in groups if group not in near]
        groups.append([one for group in near for one in group] + [pair])
    return groups


def _closed(telling: Telling, closed: Collection[str]) -> bool:
    return telling.id in closed or telling.place.source_id in closed


def _one(pairs: Sequence[Pair]) -> FoundConflict:
    first = min(pairs, key=_order)
    members = sorted({one.id for pair in pairs for one in (pair.one, pair.other)})
    return FoundConflict(
        memory_ids=tuple(members),
        kind=ConflictKind(first.kind),
        about=" ".join(_as_said(word, first) for word in first.about),
        found_by=f"{RULES} {first.rule}",
        corrected=first.corrected,
        strength=first.strength,
    )


def _as_said(word: str, pair: Pair) -> str:
    """Return the word of an account for what it is compared by: 'canal', not 'river'."""
    quotes = (pair.one.memory.quote, pair.other.memory.quote)
    said = [one.lower() for quote in quotes for one in TOKEN.findall(quote)]
    if word in said:
        return word
    return next((one for one in said if grouped(one) == word), word)


def _is_known(members: frozenset[str], known: Collection[frozenset[str]]) -> bool:
    return any(members <= one or one <= members for one in known if len(one) > 1)

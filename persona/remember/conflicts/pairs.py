"""Two tellings that disagree, and how often words occur in all of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from persona.records import ConflictKind
from persona.remember.conflicts.clauses import is_faint
from persona.remember.conflicts.tellings import Telling

_RARE_SHARE = 0.01


@dataclass(frozen=True)
class Pair:
    """Two tellings that disagree.

    Attributes:
        one: the first.
        other: the second.
        kind: how.
        rule: which rule says so.
        about: concepts that they share.
        strength: 0 to 1.
        corrected: (earlier, later) where a narrator takes the earlier back.
    """

    one: Telling
    other: Telling
    kind: ConflictKind
    rule: str
    about: tuple[str, ...]
    strength: float
    corrected: tuple[str, str] | None = None


@dataclass
class Corpus:
    """All tellings with how often each concept occurs."""

    told: Sequence[Telling]
    frequency: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        for telling in self.told:
            for word in telling.words:
                self.frequency[word] += 1

    def is_rare(self, word: str) -> bool:
        """Say whether few memories hold a word: then sharing it means something."""
        return not is_faint(word) and self.frequency[word] <= max(6, len(self.told) * _RARE_SHARE)

    def rare(self, words: frozenset[str]) -> frozenset[str]:
        """Return the rare ones of some words."""
        return frozenset(word for word in words if self.is_rare(word))


def pair_of(
    a: Telling,
    b: Telling,
    kind: ConflictKind,
    rule: str,
    about: frozenset[str],
    strength: float,
    corrected: tuple[str, str] | None = None,
) -> Pair:
    """Return a pair; ``about`` is put in order."""
    words = tuple(sorted(word for word in about if word))
    return Pair(a, b, kind, rule, words, strength, corrected)

"""Near-duplicates: a copied letter, a forwarded message, a book in two editions.

Two texts are near-duplicates when their letters and digits are the same, or when most of the
shorter one's shingles (runs of five words) stand in the other: Broder 1997, "On the resemblance
and containment of documents". They would be learnt twice, and a copy on either side of the
train/held-out split would make the held-out measure lie.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

SHINGLE_WORDS = 5
CONTAINED = 0.6
"""Share of a text's shingles that must stand in an earlier text to call it a copy."""

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+")


def first_occurrences(texts: Sequence[str]) -> list[int]:
    """Return the positions of the texts that repeat no earlier one, in order."""
    seen: set[str] = set()
    holders: defaultdict[str, list[int]] = defaultdict(list)
    kept: list[int] = []
    for position, text in enumerate(texts):
        words = _WORD.findall(text.casefold())
        exact, shingles = " ".join(words), set(_shingles(words))
        if exact in seen or _is_contained(shingles, holders):
            continue
        seen.add(exact)
        kept.append(position)
        for shingle in shingles:
            holders[shingle].append(position)
    return kept


def _shingles(words: Sequence[str]) -> Iterator[str]:
    for start in range(len(words) - SHINGLE_WORDS + 1):
        yield " ".join(words[start : start + SHINGLE_WORDS])


def _is_contained(shingles: set[str], holders: dict[str, list[int]]) -> bool:
    shared = Counter(holder for shingle in shingles for holder in holders.get(shingle, ()))
    return bool(shared) and max(shared.values()) >= CONTAINED * len(shingles)

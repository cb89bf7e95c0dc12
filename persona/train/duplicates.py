"""Near-duplicates: a copied letter, a forwarded message, a book in two editions.

Two texts are near-duplicates when their letters and digits are the same, or when most of the
shorter one's shingles (runs of five words) stand in longer or earlier ones: Broder 1997, "On the
resemblance and containment of documents". They would be learnt twice, and a copy on either side
of the train/held-out split would make the held-out measure lie.

Longer texts are looked at first, so that a fragment is left out and the whole letter stays. The
shingles of all texts that stay are one set: a letter that another edition cuts at other places
is found too, and a hundred thousand messages take seconds.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence

SHINGLE_WORDS = 5
CONTAINED = 0.6
"""Share of a text's shingles that must stand in other texts to call it a copy."""
CONTAINED_SHORT = 0.85
"""The same for a short text, which shares stock phrases with many."""
SHORT = 20
"""Shingles below which a text is short."""
SHORTEST = 3
"""Shingles below which only the same words make a copy."""

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_]+")


def first_occurrences(texts: Sequence[str]) -> list[int]:
    """Return the positions of the texts that repeat no longer or earlier one, in order."""
    words = [_WORD.findall(text.casefold()) for text in texts]
    seen: set[bytes] = set()
    known: set[bytes] = set()
    kept: list[int] = []
    for position in sorted(range(len(texts)), key=lambda at: (-len(words[at]), at)):
        exact = _digest(words[position])
        shingles = set(_shingles(words[position]))
        if exact in seen or _is_contained(shingles, known):
            continue
        seen.add(exact)
        kept.append(position)
        known |= shingles
    return sorted(kept)


def _shingles(words: Sequence[str]) -> Iterator[bytes]:
    for start in range(len(words) - SHINGLE_WORDS + 1):
        yield _digest(words[start : start + SHINGLE_WORDS])


def _digest(words: Sequence[str]) -> bytes:
    return hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest()


def _is_contained(shingles: set[bytes], known: set[bytes]) -> bool:
    if len(shingles) < SHORTEST:
        return False
    share = CONTAINED_SHORT if len(shingles) < SHORT else CONTAINED
    return len(shingles & known) >= share * len(shingles)

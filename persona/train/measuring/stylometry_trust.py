"""How many words it takes: whose text is a piece of so many words, told by habits alone?

    each person's words ─► pieces of N words ─► one piece aside ─► nearest of the others' rest

What is measured is the measure: with the people of this very archive, whose author is known. A
piece is given to the person whose remaining words lie nearest (Cosine Delta). Where that is
right nearly always, a distance between two texts of N words means something; where it is not,
it does not. With little text it fails for everybody (Eder 2015, "Does size matter?",
doi:10.1093/llc/fqt066, finds 5,000 words for novels).

Kinds of text weigh as much as people do: a letter and a book by one hand differ. Where each
person left another kind of text, part of what is told apart is the kind; the figures are then
kinder than they should be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from persona.train.measuring.intervals import Interval, NumberArray, wilson
from persona.train.measuring.stylometry import Counts, Space, blocks, cosine_delta, counts_of

SIZES = (200, 500, 1000, 2000, 5000)
"""Words of a piece."""
BLOCK = 100
"""Words that are counted at once: every size is a number of them."""
MOST_BLOCKS = 250
"""Blocks of one person at the most: 25,000 words."""
MOST_PIECES = 20
"""Pieces of one person that are tried at one size."""
TRUSTED = 0.9
"""Share of pieces that must be given to the right person for a size to be trusted …"""
SURELY = 0.75
"""… and what that share must surely reach, however few pieces there were."""


@dataclass(frozen=True)
class Attribution:
    """How often pieces of ``words`` words were given to the right person.

    ``own``: those of the subject alone that were given to the subject. ``people``: how many had
    enough words to take part; guessing would be right in one of so many.
    """

    words: int
    people: int
    tried: int
    right: int
    all: Interval | None
    own: Interval | None

    @property
    def trusted(self) -> bool:
        """Say whether a distance of texts of this size means something."""
        return self.all is not None and self.all.value >= TRUSTED and self.all.low >= SURELY


def attributions(
    texts: Mapping[str, Sequence[str]],
    subject: str,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 0,
) -> list[Attribution]:
    """Return how well people are told apart, one line a size.

    Args:
        texts: the words of each person, who are two or more.
        subject: the one whose persona is measured.
        sizes: words of a piece; those for which not even two people have enough are left out.
        seed: which pieces are tried.
    """
    counted = {
        person: [counts_of(block) for block in blocks(said, BLOCK)[:MOST_BLOCKS]]
        for person, said in texts.items()
    }
    found = [_at_size(counted, subject, size, seed) for size in sizes]
    return [one for one in found if one is not None]


def words_needed(found: Sequence[Attribution]) -> int | None:
    """Return the smallest size that is trusted; None: none is."""
    return min((one.words for one in found if one.trusted), default=None)


def trusted_at(found: Sequence[Attribution], words: int) -> Attribution | None:
    """Return the line of the largest size that ``words`` words reach; None: fewer than any."""
    reached = [one for one in found if one.words <= words]
    return max(reached, key=lambda one: one.words) if reached else None


def across(
    pieces: Sequence[str],
    references: Mapping[str, Sequence[str]],
    author: str,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 0,
) -> list[Attribution]:
    """Return how often one person's pieces are theirs by texts of *another kind* alone.

    The harder question: letters are put beside the books of several people, one of them by the
    author of the letters. It shows how much of `attributions` is the hand and not the kind.

    Args:
        pieces: the author's texts of one kind.
        references: texts of another kind, of each person.
        author: whose the pieces are, among ``references``.
        sizes: words of a piece.
        seed: which pieces are tried.
    """
    asked = [counts_of(block) for block in blocks(pieces, BLOCK)[:MOST_BLOCKS]]
    counted = {
        person: [counts_of(block) for block in blocks(said, BLOCK)[:MOST_BLOCKS]]
        for person, said in references.items()
    }
    found = []
    for size in sizes:
        width = max(1, size // BLOCK)
        if min(len(made) for made in (asked, *counted.values())) < width:
            continue
        space = Space([chunk for made in counted.values() for chunk in _joined(made, width)])
        rows = {person: space.matrix(made) for person, made in counted.items()}
        chance = np.random.default_rng(seed)
        tried = space.matrix(_joined(asked, width))[:MOST_PIECES]
        rest = min(len(made) for made in rows.values())
        right = sum(_nearest(space, piece, rows, rest, chance) == author for piece in tried)
        share = wilson(right, len(tried))
        found.append(Attribution(size, len(rows), len(tried), right, share, share))
    return found


def _at_size(
    counted: Mapping[str, Sequence[Counts]], subject: str, size: int, seed: int
) -> Attribution | None:
    width = max(1, size // BLOCK)
    able = {person: made for person, made in counted.items() if len(made) >= 2 * width}
    if subject not in able or len(able) < 2:
        return None
    space = Space([chunk for made in able.values() for chunk in _joined(made, width)])
    rows = {person: space.matrix(made) for person, made in able.items()}
    rest = min(len(made) for made in rows.values()) - width
    chance = np.random.default_rng(seed)
    tried: dict[str, list[bool]] = {}
    for person in sorted(rows):
        starts = np.arange(0, len(rows[person]) - width + 1, width)
        chosen = chance.permutation(starts)[:MOST_PIECES]
        tried[person] = [
            _nearest(space, piece, {**rows, person: others}, rest, chance) == person
            for piece, others in (_aside(rows[person], int(at), width) for at in chosen)
        ]
    right = [one for found in tried.values() for one in found]
    own = tried[subject]
    return Attribution(
        words=size,
        people=len(able),
        tried=len(right),
        right=sum(right),
        all=wilson(sum(right), len(right)),
        own=wilson(sum(own), len(own)),
    )


def _aside(rows: NumberArray, at: int, width: int) -> tuple[NumberArray, NumberArray]:
    """Return the sum of one piece, and the rows without it."""
    others: NumberArray = np.concatenate([rows[:at], rows[at + width :]])
    piece: NumberArray = rows[at : at + width].sum(axis=0)
    return piece, others


def _nearest(
    space: Space,
    piece: NumberArray,
    rows: Mapping[str, NumberArray],
    rest: int,
    chance: np.random.Generator,
) -> str:
    """Return who lies nearest to a piece, from ``rest`` blocks of each person."""
    scores = space.scores(piece)
    found = {}
    for person in sorted(rows):
        drawn = chance.permutation(len(rows[person]))[:rest]
        found[person] = cosine_delta(scores, space.scores(rows[person][drawn].sum(axis=0)))
    return min(found, key=lambda person: (found[person], person))


def _joined(made: Sequence[Counts], width: int) -> list[Counts]:
    """Return every ``width`` blocks as one chunk."""
    starts = range(0, len(made) - width + 1, width)
    return [sum(made[at + 1 : at + width], made[at]) for at in starts]

"""Other words for what a question asks: the same thing, one of its kind, or what tells of it.

    "purchase"  same     buy, bought              counts .85
    "pet"       members  rabbit, tortoise, …      counts .65   (a rabbit is a pet, not the reverse)
    "bury"      near     coffin, grave, …         counts .55

The table (``other_words.toml``) is written by hand, of everyday words in English and Chinese:
dictionaries know that a coffin is a box, and not that a burial is told of by one. Words are
compared by their stems, as the index does it, so that endings do not matter.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import sqlalchemy as sa

from persona.remember.full_text import prepare_terms
from persona.remember.full_text import terms as terms_of
from persona.remember.search_text import hanzi_runs
from persona.remember.words import load_other_words

Terms = Callable[[Sequence[str]], list[list[str]]]

SAME = 0.85
"""How far another name for the same thing counts as the word that was asked for."""
MEMBER = 0.65
"""How far one of a kind counts where the kind was asked for."""
NEAR = 0.55
"""How far a word counts that tells of what was asked for without naming it."""
ONE_HANZI = 0.6
"""Share of that for a single Hanzi, which stands in many words that mean something else."""

Row = tuple[tuple[str, ...], tuple[str, ...], float]


@cache
def _rows() -> tuple[Row, ...]:
    """Return (words that are asked for, words that answer them, how far), as the file has it."""
    table = load_other_words()
    groups = [tuple(line.split()) for line in table["same"]]
    rows: list[Row] = [(group, group, SAME) for group in groups]
    for name, strength in (("members", MEMBER), ("near", NEAR)):
        rows += [((asked,), tuple(told.split()), strength) for asked, told in table[name].items()]
    return tuple(rows)


@cache
def hanzi_words() -> frozenset[str]:
    """Return the words of the table that are two Hanzi or longer: a question is cut at them."""
    words = {word for asked, _, _ in _rows() for word in asked}
    return frozenset(word for word in words if hanzi_runs(word) and len(word) > 1)


def other_words(word: str, terms: Terms) -> dict[str, float]:
    """Return the words that answer ``word``, and how far each counts, 0 to 1.

    Args:
        word: of a question, in small letters; Hanzi simplified.
        terms: cuts and stems words as the index does (`View.terms`).
    """
    found: dict[str, float] = {}
    for key in dict.fromkeys((word, _stem(terms([word])[0], word))):
        for other, strength in _answers().get(key, {}).items():
            found[other] = max(strength, found.get(other, 0.0))
    found.pop(word, None)
    return found


@cache
def _answers() -> dict[str, dict[str, float]]:
    """Return what answers, by the words that are asked for and by their stems."""
    words = list(dict.fromkeys(word for asked, _, _ in _rows() for word in asked))
    with sa.create_engine("sqlite://").connect() as connection:
        prepare_terms(connection)
        stems = dict(zip(words, terms_of(connection, words), strict=True))
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for asked, told, strength in _rows():
        keys = {key for one in asked for key in (one, _stem(stems[one], one))}
        for key in sorted(keys):
            for word in told:
                counts = strength * (ONE_HANZI if len(word) == 1 else 1.0)
                found[key][word] = max(counts, found[key].get(word, 0.0))
    return dict(found)


def _stem(cut: Sequence[str], word: str) -> str:
    return cut[0] if len(cut) == 1 else word

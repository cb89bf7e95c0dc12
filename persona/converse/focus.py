"""Which word of a question the answer must speak of: what is asked, not what it is asked about.

    "Who repaired the umbrella after your mother died?"    repaired
    "What did the lantern weigh?"                          weigh
    "Which bank kept your savings?"                        bank
    "What was written on the ring that you dropped?"       written

The rest of a question says which umbrella, which ring; a memory of the ring that says nothing of
writing is beside the point, however much of the rest it holds. Read off the surface, in English;
Chinese has no fixed place for it, and there is none then.
"""

import re
from collections.abc import Collection

_ASKS = re.compile(
    r"\b(?P<wh>which|what|whose|who|whom|how (?:many|much)|how|why|where|when)\b(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_DO = re.compile(r"\W*(?:did|do|does)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PRONOUN = frozenset("you i we he she they it one anybody anyone somebody people".split())
_ENDS_CLAUSE = frozenset(
    "of on in at with for from to after before when while because that which who by about under "
    "over into during if and or but".split()
)
_NAMES_KIND = ("which", "what", "whose", "how many", "how much")


def focus_of(words: str, content: Collection[str]) -> str | None:
    """Return the word that the answer must speak of; None where it cannot be told.

    Args:
        words: the question.
        content: its content words in small letters, as `units_of` names them.
    """
    asks = _ASKS.search(words)
    rest = asks["rest"] if asks else words
    do = _DO.match(rest)
    said = [word.lower() for word in _WORD.findall(rest[do.end() :] if do else rest)]
    if asks and not do and asks["wh"].lower() in _NAMES_KIND:
        return _first(said, content)
    if do and said and said[0] not in _PRONOUN:
        return _last_of_clause(said, content)
    return _first(said, content)


def _first(said: list[str], content: Collection[str]) -> str | None:
    return next((plain for word in said if (plain := _plain(word)) in content), None)


def _last_of_clause(said: list[str], content: Collection[str]) -> str | None:
    """Return the last content word before the clause goes on: 'the paper lantern weigh'."""
    ends = next((place for place, word in enumerate(said) if word in _ENDS_CLAUSE), len(said))
    found = [plain for word in said[:ends] if (plain := _plain(word)) in content]
    return found[-1] if found else _first(said, content)


def _plain(word: str) -> str:
    return re.sub(r"['’]s$", "", word)

"""What happens once in a life, told in other words and with another year.

    "He came in 1961."  ·  "Henry arrived in 1963."         arrived, no place named by either
    "came to Bristol in 1961"  ·  "moved to Bristol in 1963"    arrived at one place
    他1961年去世  ·  "He died in 1963."                        died

Only where the verb says what happened, the year stands in the same clause, and, for an arrival,
both name one place or neither says anything else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from persona.records import ConflictKind
from persona.records.months import CALENDAR
from persona.remember.conflicts.clauses import Clause, concept, is_faint
from persona.remember.conflicts.numbers import years_in
from persona.remember.conflicts.pairs import Pair, pair_of
from persona.remember.conflicts.tellings import Telling
from persona.remember.words import load_conflict_words

_EVENTS = load_conflict_words()["events"]
_KINDS = {concept(word): kind for kind, words in _EVENTS["en"].items() for word in words}
_BARE = frozenset(concept(word) for word in _EVENTS["bare"])
_BESIDE = frozenset(concept(word) for word in _EVENTS["beside"])
_KINDS_ZH = {word: kind for kind, words in _EVENTS["zh"].items() for word in words}
_EVENT_ZH = re.compile(
    r"年(?:[底初末]|[春夏秋冬]天?|\d{1,2}月(?:\d{1,2}[日号])?|的|才|就|在)*"
    rf"(?P<verb>{'|'.join(sorted(_KINDS_ZH, key=len, reverse=True))})(?:的|了)?"
    r"(?P<where>[^，。！？；的了]{0,8})"
)
_NOT_ONCE = re.compile(_EVENTS["not_once"], re.IGNORECASE)
_NAME = re.compile(r"(?<!^)\b[A-Z][\w’'-]+")
_ARRIVES = re.compile(r"\b(?:came|com(?:e|ing)|(?:arriv|mov|settl|land|emigrat|immigrat)\w*)\b")
_FROM = re.compile(r"\bfrom\s+(?:[A-Z][\w’'-]+\s*)+")
_MONTHS = frozenset(word.lower() for word in CALENDAR)
_ARRIVED = "arrived"


@dataclass(frozen=True)
class Event:
    """What happened once.

    Attributes:
        kind: what.
        year: when.
        place: words of the place, where one is named; of an arrival without one: empty.
    """

    kind: str
    year: int
    place: frozenset[str] = frozenset()


@lru_cache(maxsize=100_000)
def event_of(clause: Clause) -> Event | None:
    """Return what a clause says to have happened once, and in which year; else None."""
    years = years_in(clause.text)
    if len(years) != 1 or clause.negated or clause.general:
        return None
    (year,) = years
    if not clause.verb:
        return _event_zh(clause.text, year)
    kind = _KINDS.get(clause.verb)
    if kind is None or _NOT_ONCE.search(clause.text):
        return None
    if kind != _ARRIVED:
        return Event(kind, year)
    after = _ARRIVES.split(clause.text, maxsplit=1)[-1]
    names = {name.lower() for name in _NAME.findall(_FROM.sub(" ", after))} - _MONTHS
    if names:
        return Event(kind, year, frozenset(names))
    said = {word for word in clause.words if not is_faint(word)} - _BESIDE
    return Event(kind, year) if clause.verb in _BARE and not said else None


def _event_zh(text: str, year: int) -> Event | None:
    match = _EVENT_ZH.search(text)
    if match is None:
        return None
    kind = _KINDS_ZH[match["verb"]]
    place = match["where"].strip() if kind == _ARRIVED else ""
    return Event(kind, year, frozenset({place} - {"", "这里", "这儿", "这边"}))


def dated_otherwise(a: Telling, one: Clause, b: Telling, other: Clause) -> Iterator[Pair]:
    """Yield what happened once in a life, told for two years; the words need not be the same."""
    first, second = event_of(one), event_of(other)
    if first is None or second is None or first.kind != second.kind or first.year == second.year:
        return
    if first.place == second.place or first.place & second.place:
        about = first.place & second.place | {first.kind}
        yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "date", about, 0.7)

"""Disagreements between whole tellings: beginnings, reasons, corrections, who it was."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from persona.records import ConflictKind
from persona.remember.conflicts.clauses import CUES, Clause, is_faint, overlap, same_age
from persona.remember.conflicts.pairs import Corpus, Pair, pair_of
from persona.remember.conflicts.tellings import Telling
from persona.remember.words import load_conflict_words

_WORDS = load_conflict_words()
_APART_AGES = 2
_THEMES = {
    name: re.compile(rf"\b(?:{rule})\b|(?:{rule})(?<=[\u4e00-\u9fff])", re.IGNORECASE)
    for name, rule in _WORDS["themes"].items()
}
_ME = re.compile(r"\b(?:me|us)\b|[给教带对跟把]我")
_HIM_TOO = re.compile(r"\b(?:him|them)\b|[给教带对跟把][他她]")
_ONSET = re.compile(rf"\b(?:{_WORDS['onset']})\b|开始|学会|第一次", re.IGNORECASE)


def beginnings(told: Sequence[Telling]) -> Iterator[Pair]:
    """Yield two ages at which something of one theme is said to have begun."""
    begun = [(telling, age, _themes(telling, at)) for telling in told for age, at in telling.ages]
    begun = [one for one in begun if one[2]]
    for (a, age, themes), (b, other_age, other_themes) in combinations(begun, 2):
        if a.narrator == b.narrator or abs(age - other_age) < _APART_AGES:
            continue
        shared = {t: min(themes[t], other_themes[t]) for t in themes if t in other_themes}
        if shared:
            theme = max(shared, key=lambda one: (shared[one], one))
            strength = min(0.9, 0.6 + 0.05 * shared[theme])
            about = frozenset({theme})
            yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "beginning", about, strength)


def _themes(telling: Telling, at: int) -> dict[str, int]:
    """Return the themes of which a beginning is told around an age, with how many words."""
    text = telling.place.after[max(0, at - 150) : at + 900]
    if not _ONSET.search(text):
        return {}
    found = {}
    for name, rule in _THEMES.items():
        words = {match[0].lower() for match in rule.finditer(text)}
        if len(words) >= 2:
            found[name] = len(words)
    return {name: number for name, number in found.items() if number == max(found.values())}


def reasons(corpus: Corpus) -> Iterator[Pair]:
    """Yield two reasons for one thing."""
    given = [one for one in _first_answers(corpus.told) if one.topic and one.reason]
    for a, b in combinations(given, 2):
        if a.narrator == b.narrator:
            continue
        topic = frozenset(word for word in a.topic & b.topic if not is_faint(word))
        enough = bool(topic) and overlap(a.topic, b.topic) >= 0.6
        asked = bool(a.place.question and b.place.question)
        few = max(len(a.topic), len(b.topic)) <= 8
        known = enough and few and (len(topic) >= 2 or (asked and bool(corpus.rare(topic))))
        reasons = (a.reason - topic, b.reason - topic)
        if known and all(reasons) and overlap(*reasons) < 0.4:
            denied = bool(a.denied & b.reason or b.denied & a.reason)
            strength = 0.95 if denied else 0.85
            yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "reason", topic, strength)
    yield from _denied_reasons(corpus)


def _first_answers(told: Sequence[Telling]) -> Iterator[Telling]:
    """Yield what gives a reason; of an answer in an interview its first memory that does."""
    answered: set[tuple[str, int]] = set()
    for telling in told:
        key = (telling.place.source_id, telling.place.asked_at)
        if not telling.topic:
            continue
        if not telling.place.question:
            yield telling
        elif key not in answered and not telling.unknown:
            answered.add(key)
            yield telling


def _denied_reasons(corpus: Corpus) -> Iterator[Pair]:
    """Yield 'nothing to do with the arm' against 'it was the arm'."""
    given = list(_first_answers(corpus.told))
    for a in corpus.told:
        for b in given if a.denied and a.topic else ():
            topic = frozenset(word for word in a.topic & b.topic if not is_faint(word))
            enough = len(topic) >= 2 and bool(a.place.question)
            if a.narrator != b.narrator and enough and a.denied & b.reason:
                yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "reason", topic, 0.95)


def corrections(corpus: Corpus) -> Iterator[Pair]:
    """Yield what a narrator takes back in so many words, with what they take back."""
    by_narrator: dict[str, list[Telling]] = defaultdict(list)
    for telling in corpus.told:
        by_narrator[telling.narrator].append(telling)
    for later in corpus.told:
        if not CUES["correction"].search(later.memory.quote):
            continue
        best: tuple[float, Telling] | None = None
        for earlier in by_narrator[later.narrator]:
            score = _corrects(earlier, later, corpus)
            if score >= 1.5 and (best is None or score > best[0]):
                best = (score, earlier)
        if best is not None:
            earlier = best[1]
            shared = corpus.rare(earlier.words & later.words)
            sure = best[0] >= 3
            pair = (earlier.id, later.id) if sure else None
            kind = ConflictKind.CORRECTION
            yield pair_of(earlier, later, kind, "correction", shared, 0.9 if sure else 0.6, pair)


def _corrects(earlier: Telling, later: Telling, corpus: Corpus) -> float:
    """Return how surely a telling is what a later one takes back; 0: not."""
    if earlier.id == later.id or not _is_before(earlier, later):
        return 0.0
    shared = corpus.rare(earlier.words & later.words)
    if not shared:
        return 0.0
    value = bool(earlier.years and later.years and earlier.years != later.years)
    value = value or bool(earlier.ages and later.ages and earlier.ages[0][0] != later.ages[0][0])
    return min(len(shared), 4) * 0.5 + (2.0 if value else 0.0)


def _is_before(earlier: Telling, later: Telling) -> bool:
    a, b = earlier.memory.told_at_edtf or "", later.memory.told_at_edtf or ""
    if earlier.place.source_id == later.place.source_id:
        here = (earlier.place.position, earlier.place.start)
        return here < (later.place.position, later.place.start)
    return bool(a and b) and a < b


def identities(corpus: Corpus) -> Iterator[Pair]:
    """Yield 'it was my uncle who fell' against what is told of the one who died.

    Such a sentence says that somebody tells it of another, so less has to be shared.
    """
    contrasts = [(a, c) for a in corpus.told for c in a.clauses if c.against is not None]
    for a, said in contrasts:
        if said.person_id == a.subject_id or said.negated or _ME.search(said.text):
            continue
        if said.person_id == a.narrator and said.against != a.subject_id:
            continue
        for b in corpus.told:
            for other in b.clauses if b.narrator != a.narrator else ():
                shared = _same_story(said, other, a.subject_id, corpus)
                if shared:
                    strength = 0.6 + overlap(a.words, b.words) / 4
                    kind = ConflictKind.MISTAKEN_IDENTITY
                    yield pair_of(a, b, kind, "person", shared, strength)


def _same_story(
    said: Clause, other: Clause, subject_id: str, corpus: Corpus
) -> frozenset[str] | None:
    """Return what two clauses share, where the other tells one thing of the one who died."""
    if other.person_id != subject_id or other.negated or other.general:
        return None
    if _ME.search(other.text) or _HIM_TOO.search(said.text) or _HIM_TOO.search(other.text):
        return None  # to whom it was done may be another: 'taught him' and 'taught me'
    shared = corpus.rare(said.words & other.words)
    enough = 2 - same_age(said, other) - (said.verb == other.verb)
    if not shared or len(shared) < enough or overlap(said.words, other.words) < 0.6:
        return None
    return shared

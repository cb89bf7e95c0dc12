"""The rules by which two tellings disagree; each yields pairs with how sure it is."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from persona.records import ConflictKind
from persona.remember.conflicts.clauses import (
    CUES,
    Clause,
    concept,
    is_faint,
    overlap,
    same_age,
)
from persona.remember.conflicts.events import dated_otherwise, event_of
from persona.remember.conflicts.numbers import years_in
from persona.remember.conflicts.pairs import Corpus, Pair, pair_of
from persona.remember.conflicts.stories import beginnings, corrections, identities, reasons
from persona.remember.conflicts.tellings import Telling
from persona.remember.words import load_conflict_words

_WORDS = load_conflict_words()
_WEAK = frozenset(concept(word) for word in _WORDS["weak"]) | {"be", "have", ""}
_ONCE_WHOLE = frozenset(concept(word) for word in _WORDS["once_whole"])
_ONCE = frozenset(concept(word) for word in _WORDS["once"])
_PLACED = frozenset(concept(word) for word in _WORDS["placed"])
_DOINGS = frozenset(concept(word) for word in _WORDS["doings"])
_OWN_LIFE = frozenset(concept(word) for word in _WORDS["own_life"])
_OWN_LIFE_ZH = re.compile("|".join(_WORDS["own_life_zh"]))
_VERBS = {frozenset(map(concept, pair)) for pair in _WORDS["verbs"]}
_ADJECTIVES = {frozenset(map(concept, pair)) for pair in _WORDS["adjectives"]}
_OPPOSITE_ZH = [tuple(pair) for pair in _WORDS["zh"]]
_ONCE_WHOLE_ZH = frozenset(_WORDS["once_whole_zh"])
_ONCE_ZH = re.compile(
    rf"(?P<verb>{'|'.join([*_WORDS['once_whole_zh'], *_WORDS['once_zh']])})(?P<what>[^，。！？；]*)"
)
_LITTLE_ZH = re.compile(
    r"\d+年?|[一二三四五六七八九〇零十两几]+[年岁]?|[了过的着得那这第次]|[辆条家间个艘本只座台把件张块]"
)
_SHORT_SENTENCE = 140
_PLACE = re.compile(r"\b(?:in|at|near) ((?:[A-Z][\w’'-]+)(?: [A-Z][\w’'-]+)*)")
_MOST_IN_BUCKET = 60
"""Clauses that share a verb and a word: where more do, the word tells nothing."""
_HANZI_OF_A_STORY = 6
"""Characters that two Chinese clauses share where one thing is told of two people."""
_APART_YEARS = 1
_APART_AGES = 2
_OTHER_TIME_YEARS = 5


def pairs_of(told: Sequence[Telling]) -> Iterator[Pair]:
    """Yield the disagreements between these tellings, each pair of them once a rule."""
    corpus = Corpus(told)
    by_id = {telling.id: telling for telling in told}
    for one, other in _comparable(corpus):
        yield from _clause_pairs(by_id[one.memory_id], one, by_id[other.memory_id], other, corpus)
    yield from beginnings(told)
    yield from reasons(corpus)
    yield from corrections(corpus)
    yield from identities(corpus)


def _comparable(corpus: Corpus) -> Iterator[tuple[Clause, Clause]]:
    """Yield pairs of clauses about one doing: a shared verb with a shared word, or rare words."""
    buckets: dict[tuple[str, str], list[Clause]] = defaultdict(list)
    for telling in corpus.told:
        for clause in telling.clauses:
            for key in _keys(clause):
                buckets[key].append(clause)
    seen: set[tuple[int, int]] = set()
    for bucket in buckets.values():
        if len(bucket) > _MOST_IN_BUCKET:
            continue
        for one, other in combinations(bucket, 2):
            pair = (id(one), id(other))
            if one.memory_id != other.memory_id and pair not in seen:
                seen.add(pair)
                yield one, other


def _keys(clause: Clause) -> Iterator[tuple[str, str]]:
    verb = _opposite_class(clause.verb)
    for word in clause.words:
        if clause.verb == "be" and any(word in pair for pair in _ADJECTIVES):
            yield "be", _adjective_class(word)
        elif not is_faint(word):
            yield verb, word
    if happened := event_of(clause):
        yield happened.kind, clause.person_id
    if not verb and (match := _ONCE_ZH.search(clause.text)):
        yield match["verb"], clause.person_id
    if clause.verb in _ONCE_WHOLE:
        yield verb, clause.person_id
    elif clause.verb in _DOINGS:
        yield verb, ""


def _opposite_class(verb: str) -> str:
    """Return one name for a verb of taste and its opposites: they are compared."""
    taste = any(verb in pair for pair in _VERBS)
    return "taste" if taste else verb


def _adjective_class(word: str) -> str:
    return min(min(pair) for pair in _ADJECTIVES if word in pair)


def _clause_pairs(
    a: Telling, one: Clause, b: Telling, other: Clause, corpus: Corpus
) -> Iterator[Pair]:
    if one.person_id != other.person_id:
        yield from _somebody_else(a, one, b, other, corpus)
        return
    if a.narrator == b.narrator:
        yield from _changed(a, one, b, other, corpus)
        return
    if _denies(one, other, corpus) or _is_opposite(one, other, corpus):
        kind = ConflictKind.TWO_ACCOUNTS
        if _other_times(a, one, b, other):
            kind = ConflictKind.BOTH_TRUE
        yield pair_of(a, b, kind, "polarity", one.words & other.words | {one.verb}, 0.8)
    yield from _when(a, one, b, other, corpus)
    yield from dated_otherwise(a, one, b, other)
    yield from _where_or_how_many(a, one, b, other, corpus)


def _denies(one: Clause, other: Clause, corpus: Corpus) -> bool:
    """Say whether one clause denies in general what the other says."""
    if one.negated == other.negated or (one.verb != other.verb):
        return False
    denial, claim = (one, other) if one.negated else (other, one)
    shared = denial.words & claim.words
    told = frozenset(word for word in denial.words if not is_faint(word))
    if not denial.general:  # of one time: all that it was must be the same
        same = bool(denial.verb) and denial.verb not in _WEAK and told <= claim.words
        return same and len(corpus.rare(shared)) >= 2
    if not told:
        return denial.verb in _DOINGS and len(denial.words) <= 1
    if not told <= claim.words:
        return False
    strong = corpus.rare(shared)
    says_enough = denial.verb not in _WEAK or not denial.verb or len(strong) >= 2
    return bool(strong) and says_enough


def _is_opposite(one: Clause, other: Clause, corpus: Corpus) -> bool:
    """Say whether two clauses ascribe opposite tastes or lasting traits."""
    if not one.verb:
        return _is_opposite_zh(one, other, corpus)
    if frozenset((one.verb, other.verb)) in _VERBS and one.negated == other.negated:
        shared = one.words & other.words
        return bool(corpus.rare(shared)) and overlap(one.words, other.words) >= 0.5
    if one.verb == other.verb == "be" and one.negated == other.negated:
        few = len(one.words) <= 3 and len(other.words) <= 3
        opposite = any(
            frozenset((x, y)) in _ADJECTIVES for x in one.words for y in other.words if x != y
        )
        return few and opposite
    return False


def _is_opposite_zh(one: Clause, other: Clause, corpus: Corpus) -> bool:
    if other.verb or one.negated != other.negated:
        return False
    for x, y in _OPPOSITE_ZH:
        if (x in one.text and y in other.text) or (y in one.text and x in other.text):
            rest = corpus.rare(one.words & other.words)
            return bool(rest) or len(one.text) <= 6
    return False


def _when(a: Telling, one: Clause, b: Telling, other: Clause, corpus: Corpus) -> Iterator[Pair]:
    """Yield what one does once, told for two years or two ages."""
    shared = _once(one, other, corpus)
    if shared is None:
        return
    years = (_years_beside(a, one), _years_beside(b, other))
    if all(len(one_year) == 1 for one_year in years):
        apart = abs(min(years[0]) - min(years[1]))
        if apart >= _APART_YEARS:
            yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "date", shared | {one.verb}, 0.85)
    ages = ({age for age, _ in a.ages}, {age for age, _ in b.ages})
    told = all(len(one_age) == 1 for one_age in ages)
    if told and abs(min(ages[0]) - min(ages[1])) >= _APART_AGES:
        yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "age", shared | {one.verb}, 0.75)


def _once(one: Clause, other: Clause, corpus: Corpus) -> frozenset[str] | None:
    """Return what two clauses share that tell of one thing which one does once; else None."""
    if one.verb != other.verb or one.negated or other.negated:
        return None
    if not one.verb:
        return _once_zh(one, other)
    if one.verb not in _ONCE_WHOLE | _ONCE:
        return None
    shared = frozenset(word for word in one.words & other.words if not is_faint(word))
    if one.verb not in _ONCE_WHOLE and not corpus.rare(shared):
        return None
    names = [set(re.findall(r"(?<!^)\b[A-Z][a-z]+", clause.text)) for clause in (one, other)]
    if all(names) and not names[0] & names[1] and not shared:
        return None  # he married twice
    return shared


def _once_zh(one: Clause, other: Clause) -> frozenset[str] | None:
    done = [_ONCE_ZH.search(clause.text) for clause in (one, other)]
    if done[0] is None or done[1] is None or done[0]["verb"] != done[1]["verb"]:
        return None
    verb = done[0]["verb"]
    if verb in _ONCE_WHOLE_ZH:
        return frozenset({verb})
    what, also = (_LITTLE_ZH.sub("", match["what"]) for match in done if match)
    same = bool(what and also) and (what.endswith(also) or also.endswith(what))
    return frozenset({verb, min(what, also, key=len)}) if same else None


def _years_beside(telling: Telling, clause: Clause) -> set[int]:
    """Return the years in the sentence of a clause."""
    inside = years_in(clause.text)
    beside = years_in(clause.sentence)
    short = len(clause.sentence) <= _SHORT_SENTENCE
    return (
        inside
        or (beside if short else set())
        or (telling.years if len(telling.clauses) == 1 and short else set())
    )


def _where_or_how_many(
    a: Telling, one: Clause, b: Telling, other: Clause, corpus: Corpus
) -> Iterator[Pair]:
    same = one.verb == other.verb and not one.negated and not other.negated
    if not same:
        return
    if one.verb in _PLACED:
        here, there = (set(_PLACE.findall(clause.text)) for clause in (one, other))
        if here and there and not _may_be_same_place(here, there):
            yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "place", frozenset({one.verb}), 0.6)
    numbers = dict(one.numbers)
    for unit, value in other.numbers:
        if unit not in numbers:
            continue
        rest = corpus.rare((one.words & other.words) - {unit})
        if abs(numbers[unit] - value) > 0.1 * max(value, numbers[unit]) and len(rest) >= 1:
            yield pair_of(a, b, ConflictKind.TWO_ACCOUNTS, "number", rest | {unit}, 0.7)


def _may_be_same_place(here: set[str], there: set[str]) -> bool:
    """Say whether two sets of place names share a word: 'New York' and 'York County'."""
    return bool({w for p in here for w in p.split()} & {w for p in there for w in p.split()})


def _somebody_else(
    a: Telling, one: Clause, b: Telling, other: Clause, corpus: Corpus
) -> Iterator[Pair]:
    """Yield one story that two narrators tell of two people."""
    if a.narrator == b.narrator or one.verb != other.verb or one.negated != other.negated:
        return
    who = {one.person_id, other.person_id}
    if a.subject_id not in who or who & {a.narrator, b.narrator} - {a.subject_id}:
        return  # what narrators say of themselves is another story
    if _is_own_life(one) or _is_own_life(other):
        return
    shared = corpus.rare(one.words & other.words)
    ages = same_age(one, other)
    enough = len(shared) + ages >= 2 if one.verb else _hanzi(shared) >= _HANZI_OF_A_STORY
    if enough and shared and overlap(one.words, other.words) >= 0.6:
        whole = overlap(a.words, b.words)
        yield pair_of(a, b, ConflictKind.MISTAKEN_IDENTITY, "person", shared, 0.4 + whole / 2)


def _is_own_life(clause: Clause) -> bool:
    """Say whether a clause tells what many people do in their own lives: 'joined the navy'."""
    if clause.verb:
        return clause.verb in _WEAK | _ONCE_WHOLE | _OWN_LIFE
    return _OWN_LIFE_ZH.search(clause.text) is not None


def _hanzi(words: frozenset[str]) -> int:
    """Return of how many characters some pairs of Hanzi are made."""
    return len({character for word in words for character in word})


def _changed(a: Telling, one: Clause, b: Telling, other: Clause, corpus: Corpus) -> Iterator[Pair]:
    """Yield what one narrator told differently of other times."""
    contrary = _denies(one, other, corpus) or _is_opposite(one, other, corpus)
    if contrary and _other_times(a, one, b, other):
        about = one.words & other.words | {one.verb}
        yield pair_of(a, b, ConflictKind.BOTH_TRUE, "times", about, 0.5)


def _other_times(a: Telling, one: Clause, b: Telling, other: Clause) -> bool:
    """Say whether two claims are about two times of a life."""
    cues = [{m[0].lower() for m in CUES["times"].finditer(c.sentence)} for c in (one, other)]
    if cues[0] != cues[1]:
        return True
    times = (_times(a), _times(b))
    return all(times) and min(abs(x - y) for x in times[0] for y in times[1]) >= _OTHER_TIME_YEARS


def _times(telling: Telling) -> set[int]:
    """Return the years of a telling; the one who died writes of the time of writing."""
    written = telling.memory.told_at_edtf or ""
    own = telling.narrator == telling.subject_id and written[:4].isdigit()
    return telling.years or ({int(written[:4])} if own else set())

"""BM25 and coverage, with numbers that can be checked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.remember.full_text import Posting
from persona.remember.question import Alternative, Unit
from persona.remember.scoring import CONTEXT_WEIGHT, K1, B, score

LENGTHS = {"a": (4, 4), "b": (4, 4), "c": (8, 8)}


def unit(*words: str, faint: bool = False) -> Unit:
    return Unit(words[0], tuple(Alternative((word,), 1.0) for word in words), faint)


def postings(**terms: list[Posting]):
    return lambda term: terms.get(term, [])


def test_one_term_by_hand() -> None:
    found = postings(boat=[Posting("a", 2, 1)])
    scores = score([unit("boat")], found, LENGTHS)
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    frequency = 2 + CONTEXT_WEIGHT
    length = 8 / ((8 + 8 + 16) / 3)
    expected = idf * frequency * (K1 + 1) / (frequency + K1 * (1 - B + B * length))
    assert scores.bm25 == {"a": pytest.approx(expected)}
    assert scores.coverage == {"a": pytest.approx(1.0)}


def test_a_context_covers_half() -> None:
    scores = score([unit("boat")], postings(boat=[Posting("a", 0, 3)]), LENGTHS)
    assert scores.coverage == {"a": pytest.approx(0.5)}


def test_a_word_nobody_used_weighs_most() -> None:
    found = postings(favourite=[Posting("a", 1, 0), Posting("b", 1, 0)])
    scores = score([unit("favourite"), unit("submarine")], found, LENGTHS)
    assert scores.coverage["a"] < 0.25
    faint = score([unit("favourite", faint=True), unit("submarine")], found, LENGTHS)
    assert faint.coverage["a"] < scores.coverage["a"]


def test_any_alternative_covers_and_all_terms_of_one_are_needed() -> None:
    together = Unit("david lin", (Alternative(("david", "lin"), 1.0), Alternative(("弟",), 0.5)))
    found = postings(david=[Posting("a", 1, 0), Posting("b", 1, 0)], lin=[Posting("a", 1, 0)])
    assert set(score([together], found, LENGTHS).coverage) == {"a"}
    found = postings(弟=[Posting("c", 1, 0)])
    assert score([together], found, LENGTHS).coverage == {"c": pytest.approx(0.5)}


def test_terms_in_different_fields_are_not_together() -> None:
    both = Unit("david lin", (Alternative(("david", "lin"), 1.0),))
    found = postings(david=[Posting("a", 1, 0)], lin=[Posting("a", 0, 1)])
    assert score([both], found, LENGTHS).coverage == {}


def test_what_is_not_searchable_is_left_out() -> None:
    found = postings(boat=[Posting("a", 1, 0), Posting("hidden", 9, 9)])
    scores = score([unit("boat")], found, LENGTHS)
    assert scores == score([unit("boat")], postings(boat=[Posting("a", 1, 0)]), LENGTHS)


def test_nothing_asked_nothing_found() -> None:
    assert score([], postings(), LENGTHS).ranked() == []
    assert score([unit("boat")], postings(), {}).ranked() == []


counted = st.dictionaries(
    st.sampled_from("abc"), st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=3
)


@given(boat=counted, sea=counted)
def test_coverage_is_a_share_and_ranks_are_total(
    boat: dict[str, tuple[int, int]], sea: dict[str, tuple[int, int]]
) -> None:
    found = postings(
        boat=[Posting(one, *counts) for one, counts in boat.items()],
        sea=[Posting(one, *counts) for one, counts in sea.items()],
    )
    scores = score([unit("boat"), unit("sea")], found, LENGTHS)
    assert all(0 < share <= 1 + 1e-9 for share in scores.coverage.values())
    assert sorted(scores.ranked()) == sorted(scores.coverage)

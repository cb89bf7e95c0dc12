"""Intervals hold what they should as often as they say, and say nothing where they cannot."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.train.measuring.intervals import (
    area_interval,
    area_under_curve,
    bootstrap,
    ratio,
    wilson,
)


def test_the_interval_of_a_mean_holds_it_about_95_of_100_times() -> None:
    chance = np.random.default_rng(7)
    held = 0
    for trial in range(100):
        drawn = chance.normal(3.0, 1.0, 60)
        interval = ratio(list(drawn), [1.0] * 60, seed=trial)
        assert interval is not None
        held += interval.low <= 3.0 <= interval.high
    assert 86 <= held <= 100


def test_units_of_one_letter_are_drawn_together() -> None:
    """Ten times the same letter is one letter: the interval does not shrink with copies."""
    few = ratio([1.0, 2.0, 3.0], [1.0] * 3, seed=1)
    assert few is not None
    assert few.high - few.low > 1.0
    assert ratio([2.0], [1.0], seed=1) is None, "one unit has no interval"
    assert ratio([], [], seed=1) is None
    assert ratio([0.0, 0.0], [0.0, 0.0], seed=1) is None, "nothing to divide by"


def test_a_figure_that_is_no_number_is_none() -> None:
    assert bootstrap(5, lambda drawn: math.nan, seed=0) is None


def test_wilson_against_known_values() -> None:
    """Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662; 0 of 20 ends at 0.1611."""
    one, none = wilson(81, 263), wilson(0, 20)
    assert one is not None and none is not None
    assert (one.low, one.high) == pytest.approx((0.2553, 0.3662), abs=5e-4)
    assert none.low == 0.0
    assert none.high == pytest.approx(0.1611, abs=5e-4)
    assert wilson(0, 0) is None


@given(st.integers(0, 50), st.integers(1, 50))
def test_a_share_lies_within_its_interval(hits: int, more: int) -> None:
    interval = wilson(hits, hits + more)
    assert interval is not None
    assert 0.0 <= interval.low <= interval.value <= interval.high <= 1.0


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=20),
    st.lists(st.integers(-5, 5), min_size=1, max_size=20),
)
def test_the_area_is_that_of_all_pairs(higher: list[int], lower: list[int]) -> None:
    pairs = [(a > b) + 0.5 * (a == b) for a in higher for b in lower]
    assert area_under_curve(higher, lower) == pytest.approx(sum(pairs) / len(pairs))


def test_the_area_says_nothing_without_both_sides() -> None:
    assert math.isnan(area_under_curve([], [1.0]))
    assert area_interval([[1.0]], [[0.0], [0.0]], seed=0) is None


def test_an_area_that_is_certain_has_no_width() -> None:
    interval = area_interval([[2.0], [3.0, 4.0]], [[0.0], [1.0]], seed=0)
    assert interval is not None
    assert (interval.low, interval.value, interval.high) == (1.0, 1.0, 1.0)

"""The search finds what is near, and a killed one goes on to the same end."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.engines.voice_search import POPULATION, WORST, Evolution, Points, search

GOAL = np.linspace(-1.0, 1.0, 16)


def bowl(point: Points) -> float:
    return float(np.square(point - GOAL).sum())


def silent(done: int, of: int) -> None:
    """Nobody listens."""


def descend(cost: Callable[[Points], float], dimensions: int, generations: int) -> float:
    evolution = Evolution(dimensions, seed=1)
    least = np.inf
    for _ in range(generations):
        costs = [cost(point) for point in evolution.ask()]
        evolution.tell(costs)
        least = min(least, *costs)
    return float(least)


def test_it_finds_the_bottom_of_a_bowl() -> None:
    assert descend(bowl, 16, 75) < 0.05 < bowl(np.zeros(16))


def test_it_follows_a_bent_valley() -> None:
    def valley(z: Points) -> float:  # Rosenbrock 1960: strongly coupled directions
        return float((100 * (z[1:] - z[:-1] ** 2) ** 2 + (1 - z[:-1]) ** 2).sum())

    assert descend(valley, 6, 500) < 1e-6


def test_it_says_how_far_it_is_and_returns_the_best(tmp_path: Path) -> None:
    said: list[tuple[int, int]] = []
    point, least = search(
        bowl,
        dimensions=16,
        evaluations=41,
        seed=1,
        work=tmp_path,
        progress=lambda done, of: said.append((done, of)),
    )
    assert least < bowl(np.zeros(16))
    assert bowl(point) == least
    assert said == [(done, 41) for done in range(1, 42)]


def test_another_seed_looks_elsewhere() -> None:
    def first(seed: int) -> Points:
        return Evolution(4, seed=seed).ask()

    assert np.array_equal(first(1), first(1))
    assert not np.array_equal(first(1), first(2))


@settings(max_examples=8, deadline=None)
@given(stop=st.integers(min_value=0, max_value=40))
def test_killed_anywhere_it_goes_on_to_the_same_end(
    tmp_path_factory: pytest.TempPathFactory, stop: int
) -> None:
    work = tmp_path_factory.mktemp("work")
    looked = 0

    def dying(point: Points) -> float:
        nonlocal looked
        if looked == stop:
            raise KeyboardInterrupt
        looked += 1
        return bowl(point)

    def run(folder: Path, cost: object) -> tuple[Points, float]:
        return search(
            cost,  # type: ignore[arg-type]
            dimensions=16,
            evaluations=41,
            seed=3,
            work=folder,
            progress=silent,
        )

    whole = run(tmp_path_factory.mktemp("whole"), bowl)
    with pytest.raises(KeyboardInterrupt):
        run(work, dying)
    again = 0

    def counted(point: Points) -> float:
        nonlocal again
        again += 1
        return bowl(point)

    point, least = run(work, counted)
    assert again == 41 - stop, "what was looked at before the crash is not looked at again"
    assert least == whole[1]
    assert np.array_equal(point, whole[0])


@pytest.mark.parametrize("damage", [b"", b"[1.0, ", b"{}", b'["x"]', b"null", b"\xff\xfe"])
def test_a_damaged_journal_only_costs_the_time_again(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "search.json").write_bytes(damage)
    _, least = search(bowl, dimensions=16, evaluations=9, seed=1, work=tmp_path, progress=silent)
    assert least <= bowl(np.zeros(16))


def test_a_point_that_cannot_be_judged_is_never_the_best(tmp_path: Path) -> None:
    def odd(point: Points) -> float:
        return float("nan") if point[0] > 0 else bowl(point)

    point, least = search(
        odd, dimensions=16, evaluations=41, seed=1, work=tmp_path, progress=silent
    )
    assert least < WORST
    assert point[0] <= 0


def test_no_more_is_looked_at_than_was_allowed(tmp_path: Path) -> None:
    looked = []
    search(
        lambda point: looked.append(1) or bowl(point),
        dimensions=16,
        evaluations=POPULATION + 3,
        seed=1,
        work=tmp_path,
        progress=silent,
    )
    assert len(looked) == POPULATION + 1

"""How sure a figure is: intervals that hold 95 of 100 times, and nothing that looks surer.

bootstrap   units (letters, conversations) are drawn again with replacement: words of one letter
            are not independent, so letters are drawn and not words (Efron 1979)
wilson      shares of few trials, which never reach below 0 or above 1 (Wilson 1927)
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 1000
_INSIDE = (2.5, 97.5)
_Z = 1.959964

IntArray = npt.NDArray[np.int64]
NumberArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A figure with the bounds between which it lies 95 of 100 times."""

    value: float
    low: float
    high: float

    def plain(self) -> dict[str, float]:
        """Return it as JSON can hold it."""
        return {
            name: round(float(number), 4)
            for name, number in (("value", self.value), ("low", self.low), ("high", self.high))
        }


def bootstrap(
    units: int, figure: Callable[[IntArray], float], *, seed: int, draws: int = DRAWS
) -> Interval | None:
    """Return a figure of all units with its interval; None where there are fewer than two.

    Args:
        units: how many there are.
        figure: from positions of units, some of them more than once, to the figure.
        seed: of the drawing.
        draws: how often.
    """
    if units < 2:
        return None
    chance = np.random.default_rng(seed)
    found = [figure(chance.integers(0, units, units)) for _ in range(draws)]
    real = [one for one in found if math.isfinite(one)]
    whole = figure(np.arange(units))
    if not real or not math.isfinite(whole):
        return None
    low, high = np.percentile(real, _INSIDE)
    return Interval(whole, float(low), float(high))


def ratio(above: Sequence[float], below: Sequence[float], *, seed: int) -> Interval | None:
    """Return the sum of ``above`` over the sum of ``below``, a pair for each unit."""
    top, under = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    if len(under) == 0 or under.sum() <= 0:
        return None

    def figure(drawn: IntArray) -> float:
        whole = under[drawn].sum()
        return float(top[drawn].sum() / whole) if whole > 0 else math.nan

    return bootstrap(len(top), figure, seed=seed)


def wilson(hits: int, tried: int) -> Interval | None:
    """Return the share of ``hits`` with its score interval; None where nothing was tried."""
    if tried <= 0:
        return None
    share, square = hits / tried, _Z**2
    centre = (share + square / (2 * tried)) / (1 + square / tried)
    half = (
        _Z / (1 + square / tried) * math.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    )
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def area_under_curve(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often one of ``higher`` is above one of ``lower``; ties count half.

    The area under the ROC curve (Hanley and McNeil 1982): 0.5 is guessing, 1 is never wrong.
    """
    if not len(higher) or not len(lower):
        return math.nan
    one, other = np.asarray(higher, dtype=float), np.sort(np.asarray(lower, dtype=float))
    below = np.searchsorted(other, one, side="left")
    ties = np.searchsorted(other, one, side="right") - below
    return float((below + 0.5 * ties).sum() / (len(one) * len(other)))


def area_interval(
    higher: Sequence[Sequence[float]], lower: Sequence[Sequence[float]], *, seed: int
) -> Interval | None:
    """Return `area_under_curve` with its interval; each inner sequence is one unit.

    None where a side has fewer than two units.
    """
    if len(higher) < 2 or len(lower) < 2:
        return None
    chance = np.random.default_rng(seed)

    def drawn(groups: Sequence[Sequence[float]]) -> list[float]:
        return [one for at in chance.integers(0, len(groups), len(groups)) for one in groups[at]]

    found = [area_under_curve(drawn(higher), drawn(lower)) for _ in range(DRAWS)]
    low, high = np.nanpercentile(found, _INSIDE)
    whole = area_under_curve(
        [one for group in higher for one in group], [one for group in lower for one in group]
    )
    return Interval(whole, float(low), float(high))

"""Looking for the best point in a few dimensions when each look costs seconds of computing.

    CMA-ES (Hansen 2016, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772)

    mean, step, covariance ─ ask ▶ (population, d) points ─ cost of each ─ tell ▶ better ones

Invariant: the points that are asked for depend only on the seed and on the costs told so far. So
the costs are all that is kept: after a crash they are told again, and the search goes on at the
point where it stopped, to the same end.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from persona.atomic import write_file

Points = npt.NDArray[np.float64]

POPULATION = 8
SPREAD = 0.35
"""Standard deviation of the first points, in units of each dimension."""

WORST = 1e9
"""What a point costs that cannot be judged."""

_JOURNAL = "search.json"


class Evolution:
    """The strategy itself, minimising; knows nothing of what the points mean."""

    def __init__(self, dimensions: int, *, seed: int, population: int = POPULATION) -> None:
        """Begin at the origin."""
        self._n, self._lambda = dimensions, population
        self._random = np.random.default_rng(seed)
        half = population // 2
        weights = math.log(half + 0.5) - np.log(np.arange(1, half + 1))
        self._weights = weights / weights.sum()
        mass = 1.0 / float(np.square(self._weights).sum())
        self._set_rates(mass)
        self._mean: Points = np.zeros(dimensions)
        self._step = SPREAD
        self._covariance: Points = np.eye(dimensions)
        self._path_c: Points = np.zeros(dimensions)
        self._path_s: Points = np.zeros(dimensions)
        self._generation = 0

    def _set_rates(self, mass: float) -> None:
        """Set the learning rates of the tutorial's table 1 (without negative weights)."""
        n = self._n
        self._mass = mass
        self._cc = (4 + mass / n) / (n + 4 + 2 * mass / n)
        self._cs = (mass + 2) / (n + mass + 5)
        self._c1 = 2 / ((n + 1.3) ** 2 + mass)
        self._cmu = min(1 - self._c1, 2 * (mass - 2 + 1 / mass) / ((n + 2) ** 2 + mass))
        self._damping = 1 + 2 * max(0.0, math.sqrt((mass - 1) / (n + 1)) - 1) + self._cs
        self._usual_length = math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n))

    def ask(self) -> Points:
        """Return (population, d) points to look at."""
        values, axes = np.linalg.eigh(self._covariance)
        self._scales, self._axes = np.sqrt(np.maximum(values, 1e-20)), axes
        drawn = self._random.standard_normal((self._lambda, self._n))
        steps = (drawn * self._scales) @ axes.T
        points: Points = self._mean + self._step * steps
        self._asked = points
        return points

    def tell(self, costs: list[float]) -> None:
        """Move towards the points of the last `ask` that cost least."""
        best = np.argsort(np.asarray(costs), kind="stable")[: len(self._weights)]
        steps = (self._asked[best] - self._mean) / self._step
        move = self._weights @ steps
        self._generation += 1
        self._mean = self._mean + self._step * move
        white = self._axes @ ((self._axes.T @ move) / self._scales)
        fresh = math.sqrt(self._cs * (2 - self._cs) * self._mass)
        self._path_s = (1 - self._cs) * self._path_s + fresh * white
        length = float(np.linalg.norm(self._path_s))
        settled = math.sqrt(1 - (1 - self._cs) ** (2 * self._generation))
        going = length / settled < (1.4 + 2 / (self._n + 1)) * self._usual_length
        self._learn_shape(steps, move, going=going)
        self._step *= math.exp(self._cs / self._damping * (length / self._usual_length - 1))

    def _learn_shape(self, steps: Points, move: Points, *, going: bool) -> None:
        fresh = math.sqrt(self._cc * (2 - self._cc) * self._mass) if going else 0.0
        self._path_c = (1 - self._cc) * self._path_c + fresh * move
        kept = 1 - self._c1 - self._cmu + (0.0 if going else self._c1 * self._cc * (2 - self._cc))
        self._covariance = (
            kept * self._covariance
            + self._c1 * np.outer(self._path_c, self._path_c)
            + self._cmu * (steps.T * self._weights) @ steps
        )


def search(
    cost: Callable[[Points], float],
    *,
    dimensions: int,
    evaluations: int,
    seed: int,
    work: Path,
    progress: Callable[[int, int], None],
) -> tuple[Points, float]:
    """Return the best point that was looked at, and what it cost; the origin is looked at first.

    Args:
        cost: (d,) → what is to be small; slow.
        dimensions: d.
        evaluations: how often ``cost`` may be called, in all runs together.
        seed: same seed, same costs: same points.
        work: a folder of this search alone; costs found so far are kept in it.
        progress: evaluations done, and in all.
    """
    known = _read_costs(work)[:evaluations]
    found = list(known)

    def look(point: Points, place: int) -> float:
        if place >= len(found):
            value = float(cost(point))
            found.append(value if math.isfinite(value) else WORST)
            write_file(work / _JOURNAL, json.dumps(found).encode())
        progress(place + 1, evaluations)
        return found[place]

    best: Points = np.zeros(dimensions)
    least = look(best, 0)
    evolution, done = Evolution(dimensions, seed=seed), 1
    while done + POPULATION <= evaluations:
        points = evolution.ask()
        costs = [look(point, done + place) for place, point in enumerate(points)]
        done += POPULATION
        evolution.tell(costs)
        if min(costs) < least:
            best, least = points[int(np.argmin(costs))], min(costs)
    return best, least


def _read_costs(work: Path) -> list[float]:
    """Return the costs of an earlier run; none where the file is damaged."""
    try:
        saved = json.loads((work / _JOURNAL).read_text(encoding="utf-8"))
        return [float(one) for one in saved]
    except (OSError, ValueError, TypeError):
        return []

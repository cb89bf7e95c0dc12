"""Membership inference: can a text that was trained on be told from one that was not?

    trained examples ─┐                        ┌─ loss ratio    base − adapter, nats a token
                      ├─► cost of each token ──┤
    held-out examples ┘   (base and adapter)   └─ Min-K%++      the least likely fifth, normed

An attack gives each text a score; the area under the ROC curve says how often a trained text
scores above one that was kept aside: 0.5 is guessing, 1 is certainty. Both texts are by the same
person and of the same kind (units are drawn by a seed), and the base alone is taken off, so what
is left is what training left. The loss attack is that of Yeom et al. 2018 (arXiv:1709.01604),
calibrated by a reference model as in Watson et al. 2022 (arXiv:2111.08440); Min-K% is that of Shi
et al. 2024 (arXiv:2310.16789) and Min-K%++ that of Zhang et al. 2024 (arXiv:2404.02936).

It says how far training texts could be recognised by somebody who has the weights and the text.
Everything that is trained on may be read by everybody who may use the version, so this is a
measure of care and not a gate.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from persona.engines.likelihood import TokenScores
from persona.train.measuring.intervals import Interval, area_interval

LOWEST_SHARE = 0.2
"""The share of tokens, the least likely ones, that Min-K% looks at: k = 20 of its authors."""
LEAST_UNITS = 4
"""Units on each side below which nothing can be said."""
GUESSING = 0.5


@dataclass(frozen=True)
class Scored:
    """The scores of one text; higher means: looks more as if it had been trained on.

    ``loss`` is the plain attack on the adapter alone, which also finds what the base knew.
    """

    unit: str
    loss: float
    loss_ratio: float
    min_k: float
    min_k_plus: float


@dataclass(frozen=True)
class Membership:
    """How well each attack tells trained from held-out texts; None: too few units."""

    trained: int
    held_out: int
    trained_units: int
    held_out_units: int
    attacks: dict[str, Interval | None]

    @property
    def recognisable(self) -> bool | None:
        """Say whether a calibrated attack is surely better than guessing; None: not known."""
        found = [self.attacks[name] for name in ("loss_ratio", "min_k_plus")]
        known = [interval.low > GUESSING for interval in found if interval is not None]
        return any(known) if known else None


def scored(unit: str, base: TokenScores, adapted: TokenScores) -> Scored:
    """Return the scores of one text from what its tokens cost without and with the adapter."""
    return Scored(
        unit=unit,
        loss=float(adapted.log_p.mean()),
        loss_ratio=float(adapted.log_p.mean() - base.log_p.mean()),
        min_k=_lowest(adapted.log_p) - _lowest(base.log_p),
        min_k_plus=_lowest(_normed(adapted)) - _lowest(_normed(base)),
    )


def membership(
    trained: Sequence[Scored], held_out: Sequence[Scored], *, seed: int = 0
) -> Membership:
    """Return how often a trained text can be told from a held-out one.

    Args:
        trained: scores of examples that were trained on.
        held_out: scores of examples that were not.
        seed: of the intervals.
    """
    sides = [_units(trained), _units(held_out)]
    enough = min(len(side) for side in sides) >= LEAST_UNITS
    attacks: dict[str, Interval | None] = {}
    for name in ("loss_ratio", "min_k_plus", "min_k", "loss"):
        known, unseen = (
            [[float(getattr(one, name)) for one in unit] for unit in side] for side in sides
        )
        attacks[name] = area_interval(known, unseen, seed=seed) if enough else None
    return Membership(len(trained), len(held_out), len(sides[0]), len(sides[1]), attacks)


def _units(texts: Sequence[Scored]) -> list[list[Scored]]:
    units: dict[str, list[Scored]] = {}
    for one in texts:
        units.setdefault(one.unit, []).append(one)
    return list(units.values())


def _normed(scores: TokenScores) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return how far each token lies from what the model expected there, in deviations."""
    normed: np.ndarray[tuple[int], np.dtype[np.float32]] = (scores.log_p - scores.mean) / (
        scores.deviation + 1e-6
    )
    return normed


def _lowest(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    count = max(1, round(LOWEST_SHARE * len(values)))
    return float(np.sort(values)[:count].mean())

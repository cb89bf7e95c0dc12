r"""When to stop: words that were kept aside are not expected any better (Prechelt 1998).

bits ┤\_
     │  \__      best ──► kept
     │     \___*____/‾‾   `patience` measures without a better one ──► stop
     └──────────────────► step
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class BestSoFar:
    """What held-out measures said until now.

    ``measured`` holds (step, bits per character); ``weights`` are the adapter's at ``step``.
    """

    measured: list[tuple[int, float]] = field(default_factory=list)
    step: int = 0
    bits: float | None = None
    weights: Mapping[str, Any] | None = None

    def has(self, step: int) -> bool:
        """Say whether this step was measured already."""
        return any(at == step for at, _ in self.measured)

    def is_better(self, bits: float) -> bool:
        """Say whether a measure beats all before."""
        return self.bits is None or bits < self.bits

    def note(self, step: int, bits: float, weights: Mapping[str, Any] | None) -> None:
        """Keep a measure; ``weights`` are those of this step where it is the best one."""
        if self.is_better(bits):
            self.step, self.bits, self.weights = step, bits, weights
        self.measured.append((step, bits))

    def is_over(self, patience: int) -> bool:
        """Say whether ``patience`` measures in a row brought nothing; 0: never."""
        since = sum(step > self.step for step, _ in self.measured)
        return patience > 0 and self.bits is not None and since >= patience

"""Several processes that learn one adapter: one for each graphics card.

    batch ─┬─ process 0: examples 0, 2, … ─► gradients ─┐
           └─ process 1: examples 1, 3, … ─► gradients ─┴─ sum ─► the same step everywhere

Each process holds the whole model and divides its loss by the tokens of the *whole* batch, so
the sum of the gradients is the gradient that one process would have found. Only the adapter's
gradients travel. Process 0 alone measures and writes.
"""

from collections.abc import Sequence
from typing import Any

from persona.config import Training


class Alone:
    """One process: nothing to share."""

    rank = 0
    count = 1

    def share(self, chosen: Sequence[int]) -> list[int]:
        """Return which examples of a batch this process learns from."""
        return list(chosen)[self.rank :: self.count]

    def sum_gradients(self, parameters: Sequence[Any]) -> None:
        """Replace each gradient by the sum over all processes."""

    def sum_number(self, number: float) -> float:
        """Return the sum over all processes."""
        return number

    def wait(self) -> None:
        """Wait until every process is here."""


class Together(Alone):
    """One of several processes, as `accelerate` started them."""

    def __init__(self, *, cpu: bool) -> None:
        """Join the others. ``cpu``: without graphics cards (gloo instead of nccl)."""
        from accelerate import PartialState

        self._state = PartialState(cpu=cpu, **({"backend": "gloo"} if cpu else {}))
        self.rank, self.count = self._state.process_index, self._state.num_processes

    def sum_gradients(self, parameters: Sequence[Any]) -> None:
        """Replace each gradient by the sum over all processes, in one message."""
        import torch
        from accelerate.utils import reduce

        for one in parameters:
            if one.grad is None:  # no example of this batch fell to this process
                one.grad = torch.zeros_like(one)
        total = reduce(torch.cat([one.grad.flatten() for one in parameters]), "sum")
        start = 0
        for one in parameters:
            one.grad.copy_(total[start : start + one.numel()].view_as(one))
            start += one.numel()

    def sum_number(self, number: float) -> float:
        """Return the sum over all processes."""
        import torch
        from accelerate.utils import reduce

        # float64 is not for every card, and float32 would round a loss
        counted = torch.tensor([number], dtype=torch.float32, device=self._state.device)
        return float(reduce(counted, "sum"))

    def wait(self) -> None:
        """Wait until every process is here."""
        self._state.wait_for_everyone()


def processes_for(settings: Training) -> int:
    """Return how many processes shall learn: ``training.processes``, or one for each card."""
    import torch

    if settings.processes:
        return settings.processes
    on_cards = settings.device != "cpu" and torch.cuda.is_available()
    return max(1, torch.cuda.device_count()) if on_cards else 1

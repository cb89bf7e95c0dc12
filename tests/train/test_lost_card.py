"""A graphics card that is lost, or full, in the middle of a step: shown without a card.

torch itself raises its own errors from inside the forward and the backward pass, at the place
where a card would: a dispatch mode counts the matrix products and raises at one of them. What is
not shown: what a driver does to the process afterwards, and whether a card answers again.
"""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from persona.errors import TrainError
from persona.train.checkpoint import FILE
from persona.train.lora import TrainProgress
from tests.train.test_lora import files, run

LOST = "CUDA error: an illegal memory access was encountered"
GONE = "CUDA error: the GPU has fallen off the bus"
FULL = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 7.79 GiB"


class LosesItsCard(TorchDispatchMode):
    """Lets torch compute, until ``raise_at`` matrix products are done after step ``after``."""

    def __init__(self, error: Exception, raise_at: int) -> None:
        super().__init__()
        self._error, self._left = error, raise_at
        self.step = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self.step >= 5 and func in (torch.ops.aten.mm.default, torch.ops.aten.addmm.default):
            self._left -= 1
            if self._left == 0:
                raise self._error
        return func(*args, **(kwargs or {}))

    def heard(self, progress: TrainProgress) -> None:
        """Take note of the step that was just done."""
        self.step = progress.step


def lost(message: str) -> Exception:
    return torch.AcceleratorError(message)


def full(message: str) -> Exception:
    return torch.OutOfMemoryError(message)


@pytest.fixture(scope="module")
def whole(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a training that nothing interrupted."""
    return files(run(tiny_base, tmp_path_factory.mktemp("whole")).path)


@pytest.mark.parametrize(
    ("error", "products", "sentence"),
    [
        (lost(LOST), 1, "graphics card stopped answering"),
        (lost(GONE), 30, "graphics card stopped answering"),
        (full(FULL), 30, "not enough memory"),
    ],
)
def test_a_card_that_is_lost_costs_the_steps_since_the_last_checkpoint(
    tiny_base: Path,
    whole: dict[str, bytes],
    tmp_path: Path,
    error: Exception,
    products: int,
    sentence: str,
) -> None:
    losing = LosesItsCard(error, products)
    with losing, pytest.raises(TrainError, match=sentence) as said:
        run(tiny_base, tmp_path, losing.heard)
    assert "CUDA" not in str(said.value)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    heard: list[TrainProgress] = []
    again = run(tiny_base, tmp_path, heard.append)
    assert heard[0].step == 4, "it goes on from its last checkpoint"
    assert files(again.path) == whole

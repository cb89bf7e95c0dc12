"""Training that was killed goes on where it stood.

A checkpoint holds everything that the next step depends on: the adapter, the optimiser, the
random numbers and the step; the order of the examples is a function of seed and step alone. So
a run that was killed and resumed ends with the same bytes as one that was not.
"""

import io
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from persona.atomic import write_file
from persona.errors import TrainError

FILE = "checkpoint.pt"


@dataclass(frozen=True)
class Checkpoint:
    """The state of a training between two steps.

    ``key`` is the hash of what is trained on what; ``losses`` are nats a token, one a step;
    ``seconds`` were spent so far; ``held_out_before`` is in bits per character; ``best`` is the
    adapter that was expected best until now (`persona.train.early_stopping.BestSoFar`).
    """

    key: str
    losses: tuple[float, ...]
    seconds: float
    held_out_before: float | None
    adapter: Mapping[str, Any]
    optimizer: Mapping[str, Any]
    random_state: Any
    best: Mapping[str, Any] = field(default_factory=dict)


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint whole or not at all.

    Raises:
        TrainError: there is no room, or the folder cannot be written.
    """
    import torch

    content = io.BytesIO()
    torch.save(dict(vars(checkpoint)), content)
    try:
        write_file(folder / FILE, content.getvalue())
    except OSError as error:
        raise unwritable(folder, error) from error


def load_checkpoint(folder: Path, key: str) -> Checkpoint | None:
    """Return the checkpoint of this very training, or None when there is none to go on from.

    One of another training, or one that cannot be read, is as good as none.
    """
    import torch

    try:
        state = torch.load(folder / FILE, weights_only=True)
        checkpoint = Checkpoint(**{**state, "losses": tuple(state["losses"])})
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, TypeError, KeyError):
        return None
    return checkpoint if checkpoint.key == key else None


def remove_checkpoint(folder: Path) -> None:
    """Remove what a finished training no longer needs."""
    (folder / FILE).unlink(missing_ok=True)


def unwritable(folder: Path, error: OSError) -> TrainError:
    """Return the error for a folder in which training cannot write."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    return TrainError(
        f"Training cannot write in {folder}: {reason}. Make room or choose another folder, "
        "then run it again: it goes on from its last checkpoint."
    )

"""What the learning library says when it stops, in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from persona.errors import TrainError
from persona.train.checkpoint import unwritable

_NO_MEMORY = ("allocate memory", "out of memory", "not enough memory")
_CARD_LOST = (
    "cuda error",
    "cuda driver",
    "cudnn",
    "cublas",
    "nccl",
    "device-side",
    "unspecified launch",
)


@contextmanager
def library_errors(folder: Path) -> Iterator[None]:
    """Turn errors of the learning library, the card and the disk into sentences.

    Raises:
        TrainError: in place of them; what was learnt until the last checkpoint is kept.
    """
    try:
        yield
    except MemoryError as error:
        raise no_memory() from error
    except OSError as error:
        raise unwritable(folder, error) from error
    except RuntimeError as error:
        raise _as_sentence(error) from error


def _as_sentence(error: RuntimeError) -> TrainError:
    said = str(error).lower()
    if any(words in said for words in _NO_MEMORY):
        return no_memory()
    if any(words in said for words in _CARD_LOST):
        return TrainError(
            "The graphics card stopped answering. Run the training again: it goes on from its "
            'last checkpoint; if it happens again, set training.device to "cpu".'
        )
    return TrainError(
        f"The learning library stopped ({type(error).__name__}). Run the training again: it "
        "goes on from its last checkpoint."
    )


def no_memory() -> TrainError:
    """Return the error for too little memory."""
    return TrainError(
        "There is not enough memory to train. Set a lower training.batch_size or "
        'training.max_tokens, set training.gradient_checkpointing to "on", or close other '
        "programs; then run it again: it goes on from its last checkpoint."
    )


def base_changed(base: Path) -> TrainError:
    """Return the error for a base model whose files changed while it was trained on."""
    return TrainError(
        f"The base model in {base} was changed while it was trained on, so what was learnt fits "
        "neither the old nor the new one. Leave its files alone and run the training again."
    )

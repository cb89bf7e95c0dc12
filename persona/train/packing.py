"""Several examples in one row, each as if it stood alone.

    example 1        example 2     example 3
    a a a a a a a  | b b b b b  |  c c c c c c c c        one row, nothing wasted on padding
    0 1 2 3 4 5 6    0 1 2 3 4     0 1 2 3 4 5 6 7        positions begin again

transformers reads from the positions where an example begins, and lets no token attend to
another example (Krell et al. 2021, arXiv:2107.02027). A model of which that is not true
(`examples_stay_apart`) gets one example a row. Either way the loss of each token is the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from persona.train.encoding import MASKED, Encoded

ROW_TOKENS = {"cpu": 1024, "cuda": 8192}
"""Tokens of a row at the most, unless one example is longer; memory grows with it."""
TOLERANCE = 0.05
"""How far a hidden state may move, as a share of its length: rounding in bf16 stays below."""


@dataclass(frozen=True)
class Row:
    """Examples one after the other.

    ``input_ids`` and ``positions`` have one entry a token. At the places ``predicting`` (indices
    into the row) the next token is a word of the person: ``targets``.
    """

    input_ids: tuple[int, ...]
    positions: tuple[int, ...]
    predicting: tuple[int, ...]
    targets: tuple[int, ...]


def pack(batch: Sequence[Encoded], row_tokens: int) -> list[Row]:
    """Put the examples of a batch into as few rows as is easy: the longest first, where it fits.

    Args:
        batch: examples; each lies in exactly one row.
        row_tokens: length of a row at the most; 1 gives every example a row of its own.
    """
    bins: list[list[Encoded]] = []
    for encoded in sorted(batch, key=lambda one: -len(one.input_ids)):
        for row in bins:
            if sum(len(one.input_ids) for one in row) + len(encoded.input_ids) <= row_tokens:
                row.append(encoded)
                break
        else:
            bins.append([encoded])
    return [_row(examples) for examples in bins]


def count_targets(batch: Sequence[Encoded]) -> int:
    """Return how many tokens of the person a batch asks for."""
    return sum(label != MASKED for encoded in batch for label in encoded.labels[1:])


def examples_stay_apart(model: Any, batch: Sequence[Encoded]) -> bool:
    """Say whether this model computes the same for an example in a row as for it alone."""
    import torch

    decoder = model.get_base_model().base_model
    short = [Encoded(one.input_ids[:24], one.labels[:24], 0, False) for one in batch[:2]]
    if len(short) < 2:
        return False
    together, alone = _row(short), _row(short[1:])
    with torch.inference_mode():
        try:
            packed = decoder(**tensors(together, model.device)).last_hidden_state[0]
            single = decoder(**tensors(alone, model.device)).last_hidden_state[0]
        except (TypeError, ValueError, AttributeError):
            return False
    apart = (packed[-single.shape[0] :].float() - single.float()).norm(dim=-1)
    return bool((apart <= TOLERANCE * single.float().norm(dim=-1)).all())


def tensors(row: Row, device: Any) -> dict[str, Any]:
    """Return what a decoder takes: ``input_ids`` and ``position_ids``, each (1, tokens)."""
    import torch

    return {
        "input_ids": torch.tensor([row.input_ids], device=device),
        "position_ids": torch.tensor([row.positions], device=device),
    }


def _row(examples: Sequence[Encoded]) -> Row:
    ids: list[int] = []
    positions: list[int] = []
    predicting: list[int] = []
    targets: list[int] = []
    for encoded in examples:
        begin = len(ids)
        for at, label in enumerate(encoded.labels[1:]):
            if label != MASKED:
                predicting.append(begin + at)
                targets.append(label)
        ids.extend(encoded.input_ids)
        positions.extend(range(len(encoded.input_ids)))
    return Row(tuple(ids), tuple(positions), tuple(predicting), tuple(targets))

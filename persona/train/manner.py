"""How well a model expects the person's own words: held-out bits per character.

    bits per character = - sum over tokens of the reply log2 p(token | before) / characters

Fewer is better. Characters, not tokens, so that models with other vocabularies compare; the mark
that ends a message is left out. It says how near the manner is; it says nothing about truth.
"""

import math
from collections.abc import Sequence
from typing import Any

from persona.train.encoding import MASKED, Encoded, padded

MOST_EXAMPLES = 24
"""Held-out examples that are measured at the most: some 10,000 characters."""


def bits_per_character(
    model: Any, held_out: Sequence[Encoded], pad_id: int, batch_size: int
) -> float | None:
    """Return the bits per character of ``model`` on ``held_out``; None where nothing is held out.

    Args:
        model: a causal language model of transformers, with or without an adapter.
        held_out: examples that were not trained on; the first `MOST_EXAMPLES` count.
        pad_id: the token that fills short rows.
        batch_size: examples that are measured at once.
    """
    import torch

    measured = sorted(held_out[:MOST_EXAMPLES], key=lambda encoded: len(encoded.input_ids))
    characters = sum(encoded.characters for encoded in measured)
    if characters == 0:
        return None
    was_training = model.training
    model.eval()
    nats = 0.0
    with torch.inference_mode():
        for start in range(0, len(measured), batch_size):
            nats += _nats(model, measured[start : start + batch_size], pad_id)
    model.train(was_training)
    return nats / math.log(2) / characters


def _nats(model: Any, batch: Sequence[Encoded], pad_id: int) -> float:
    """Return -ln of the probability of all texts of the batch, end marks left out."""
    import torch

    tensors = padded(batch, pad_id)
    labels = tensors.pop("labels")
    for row, encoded in enumerate(batch):
        if encoded.end_mark:
            labels[row, len(encoded.input_ids) - 1] = MASKED
    logits = model(**tensors).logits[:, :-1].float()
    loss = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), labels[:, 1:].flatten(), ignore_index=MASKED, reduction="sum"
    )
    return float(loss)

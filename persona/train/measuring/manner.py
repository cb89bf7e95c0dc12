"""How well a model expects the person's own words: held-out bits per character.

    bits per character = - sum over tokens of the reply log2 p(token | before) / characters

Fewer is better. Characters, not tokens, so that models with other vocabularies compare; the mark
that ends a message is left out. It says how near the manner is; it says nothing about truth.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from persona.train.encoding import MASKED, Encoded, padded
from persona.train.measuring.intervals import Interval, ratio

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

    tensors = {name: rows.to(model.device) for name, rows in padded(batch, pad_id).items()}
    labels = tensors.pop("labels")
    for row, encoded in enumerate(batch):
        if encoded.end_mark:
            labels[row, len(encoded.input_ids) - 1] = MASKED
    following = labels[:, 1:]
    asked = following != MASKED
    # scores of a whole vocabulary are large: only those that are asked for become float32
    scores = model(**tensors).logits[:, :-1][asked].float()
    loss = torch.nn.functional.cross_entropy(scores, following[asked], reduction="sum")
    return float(loss)


@dataclass(frozen=True)
class Expected:
    """How well one example was expected, without and with each adapter.

    Attributes:
        unit: the letter or conversation it belongs to: examples of one unit are not independent.
        characters: of the person's text that were measured.
        nats: -ln p of that text, by the name of the adapter; "" is the base alone.
    """

    unit: str
    characters: int
    nats: Mapping[str, float]


def bits_interval(measured: Sequence[Expected], adapter: str, *, seed: int = 0) -> Interval | None:
    """Return bits per character with an interval over units; None with fewer than two units.

    Args:
        measured: held-out examples.
        adapter: the name under which the nats are kept; "" is the base alone.
        seed: of the drawing.
    """
    units = _by_unit(measured)
    return ratio(
        [sum(one.nats[adapter] for one in unit) / math.log(2) for unit in units],
        [float(sum(one.characters for one in unit)) for unit in units],
        seed=seed,
    )


def bits_saved(
    measured: Sequence[Expected], adapter: str, against: str = "", *, seed: int = 0
) -> Interval | None:
    """Return how many bits per character ``adapter`` saves against another; above 0: nearer.

    The difference is taken unit by unit, so that it is surer than two figures side by side.
    """
    units = _by_unit(measured)
    return ratio(
        [
            sum(one.nats[against] - one.nats[adapter] for one in unit) / math.log(2)
            for unit in units
        ],
        [float(sum(one.characters for one in unit)) for unit in units],
        seed=seed,
    )


def _by_unit(measured: Sequence[Expected]) -> list[list[Expected]]:
    units: dict[str, list[Expected]] = {}
    for one in measured:
        if one.characters:
            units.setdefault(one.unit, []).append(one)
    return list(units.values())

"""Membership inference finds texts that were trained on, and none where nothing was."""

import math
from pathlib import Path

import numpy as np
import pytest

from persona.config import Training
from persona.engines.likelihood import Likelihood, TokenScores
from persona.train.encoding import encode
from persona.train.lora import train_adapter
from persona.train.measuring.membership import LEAST_UNITS, Scored, membership, scored
from tests.train.material import example


def scores(*log_p: float, mean: float = -2.0, deviation: float = 1.0) -> TokenScores:
    values = np.array(log_p, dtype=np.float32)
    return TokenScores(values, np.full_like(values, mean), np.full_like(values, deviation))


def one(unit: str, value: float) -> Scored:
    return Scored(unit, loss=value, loss_ratio=value, min_k=value, min_k_plus=value)


def test_the_scores_by_hand() -> None:
    """Five tokens: the least likely fifth is one token."""
    base = scores(-1.0, -2.0, -3.0, -4.0, -5.0)
    adapted = scores(-1.0, -1.0, -1.0, -1.0, -3.0, deviation=0.5)
    found = scored("letter", base, adapted)
    assert found.loss == pytest.approx(-1.4)
    assert found.loss_ratio == pytest.approx(-1.4 + 3.0)
    assert found.min_k == pytest.approx(-3.0 + 5.0)
    assert found.min_k_plus == pytest.approx((-3.0 + 2.0) / 0.5 - (-5.0 + 2.0), abs=1e-4)


def test_what_both_models_knew_is_taken_off() -> None:
    """A famous text is likely for both: the plain attack falls for it, the calibrated one not."""
    famous = scored("a", scores(-0.1, -0.1), scores(-0.1, -0.1))
    unknown = scored("b", scores(-6.0, -6.0), scores(-6.0, -6.0))
    assert famous.loss > unknown.loss
    assert famous.loss_ratio == unknown.loss_ratio == 0.0


def test_texts_that_differ_are_told_apart_and_others_not() -> None:
    chance = np.random.default_rng(0)
    known = [one(f"k{at}", 1.0 + chance.random()) for at in range(12)]
    unseen = [one(f"u{at}", chance.random()) for at in range(12)]
    found = membership(known, unseen)
    assert found.recognisable is True
    assert found.attacks["loss_ratio"] is not None
    assert found.attacks["loss_ratio"].value == 1.0
    mixed = membership(known[::2] + unseen[::2], known[1::2] + unseen[1::2])
    assert mixed.recognisable is False


def test_examples_of_one_letter_are_one_unit() -> None:
    """Thirty pieces of two letters are two letters: too few to say anything."""
    known = [one("same", 1.0) for _ in range(30)]
    unseen = [one(f"u{at}", 0.0) for at in range(30)]
    found = membership(known, unseen)
    assert found.trained == 30
    assert found.trained_units == 1 < LEAST_UNITS
    assert found.recognisable is None
    assert set(found.attacks.values()) == {None}


def test_nothing_at_all() -> None:
    assert membership([], []).recognisable is None


@pytest.mark.slow
def test_a_model_that_was_trained_hard_gives_itself_away(tiny_base: Path, tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    texts = ["".join(chance.choice(list("abcdefghij ")) for _ in range(40)) for _ in range(24)]
    made = [example(at, text, unit=f"u{at}") for at, text in enumerate(texts)]
    settings = Training(
        precision="fp32", max_tokens=128, steps=200, batch_size=4, learning_rate=1e-2,
        rank=32, alpha=64,
    )  # fmt: skip
    trained = train_adapter(
        made[:12] * 16, [], tiny_base, settings, tmp_path, on_progress=lambda _: None
    )
    model = Likelihood(tiny_base, {"own": trained.path}, precision="fp32")
    found = []
    for at, one_example in enumerate(made):
        encoded = encode(one_example, model.tokenizer, 128)
        first = sum(label < 0 for label in encoded.labels)
        row = (encoded.input_ids[:-1], first)
        costs = [model.score([row], adapter=name)[0] for name in (None, "own")]
        found.append(scored(f"u{at}", *costs))
    verdict = membership(found[:12], found[12:])
    assert verdict.recognisable is True
    ratio = verdict.attacks["loss_ratio"]
    assert ratio is not None and not math.isnan(ratio.low)
    assert ratio.value > 0.8

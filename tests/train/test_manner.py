"""Bits per character: the arithmetic, and that an adapter that is off changes nothing."""

import math
from pathlib import Path
from typing import Any

import pytest

from persona.config import Training
from persona.train.adapter import with_adapter
from persona.train.base_model import load_base, machine_for
from persona.train.encoding import MASKED, encode
from persona.train.measuring.manner import MOST_EXAMPLES, bits_per_character
from tests.train.material import example

SETTINGS = Training(precision="fp32", max_tokens=128)


@pytest.fixture(scope="module")
def loaded(tiny_base: Path) -> tuple[Any, Any]:
    return load_base(tiny_base, SETTINGS, machine_for(SETTINGS))


def test_it_is_the_mean_of_what_each_token_costs(loaded: tuple[Any, Any]) -> None:
    """Token by token, without batches or padding, and without the end mark."""
    import torch

    model, tokenizer = loaded
    texts = ["Good night, my girl.", "早安", "The rain has stopped and we can go out."]
    encoded = [encode(example(at, text), tokenizer, 128) for at, text in enumerate(texts)]
    nats = 0.0
    for one in encoded:
        with torch.no_grad():
            logits = model(torch.tensor([one.input_ids])).logits[0].log_softmax(-1)
        for at, label in list(enumerate(one.labels))[:-1]:
            nats -= 0.0 if label == MASKED else float(logits[at - 1, label])
    expected = nats / math.log(2) / sum(map(len, texts))
    assert bits_per_character(model, encoded, 0, 2) == pytest.approx(expected, rel=1e-4)


def test_a_model_that_knows_nothing_pays_the_logarithm_of_its_vocabulary(
    tiny_base: Path,
) -> None:
    import torch

    model, tokenizer = load_base(tiny_base, SETTINGS, machine_for(SETTINGS))
    with torch.no_grad():
        model.get_input_embeddings().weight.zero_()
    encoded = [encode(example(1, "Plain text."), tokenizer, 128)]
    bits = bits_per_character(model, encoded, 0, 1)
    assert bits == pytest.approx(math.log2(model.config.vocab_size), rel=1e-5)


def test_nothing_held_out_is_no_measure(loaded: tuple[Any, Any]) -> None:
    assert bits_per_character(loaded[0], [], 0, 4) is None


def test_only_so_many_examples_are_measured(loaded: tuple[Any, Any]) -> None:
    model, tokenizer = loaded
    few = [encode(example(at, f"Text {at}."), tokenizer, 128) for at in range(MOST_EXAMPLES)]
    more = [*few, encode(example(99, "Zzzzzzz!"), tokenizer, 128)]
    assert bits_per_character(model, more, 0, 8) == bits_per_character(model, few, 0, 8)


def test_with_the_adapter_off_the_model_is_the_base(tiny_base: Path) -> None:
    import torch

    base, tokenizer = load_base(tiny_base, SETTINGS, machine_for(SETTINGS))
    ids = torch.tensor([encode(example(1, "Good night."), tokenizer, 128).input_ids])
    with torch.no_grad():
        expected = base(ids).logits
        adapted = with_adapter(base, SETTINGS)
        assert torch.equal(adapted(ids).logits, expected), "B starts at zero"
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.1)
        assert not torch.allclose(adapted(ids).logits, expected, atol=1e-3)
        with adapted.disable_adapter():
            assert torch.equal(adapted(ids).logits, expected)

"""What the machine cannot do is said before anything is learnt."""

import importlib.util
from pathlib import Path

import pytest
import torch

from persona.config import Training
from persona.engines.processor import computes_in_bf16
from persona.errors import TrainError
from persona.train.adapter import with_adapter
from persona.train.base_model import (
    LONG_ROWS,
    Machine,
    _check_quantize,
    load_base,
    machine_for,
    save_memory,
)
from tests.train.test_lora import run

without_card = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a card")


@without_card
def test_auto_takes_what_the_machine_has() -> None:
    expected = "bf16" if computes_in_bf16() else "fp32"
    assert machine_for(Training()) == Machine("cpu", expected)
    assert machine_for(Training(precision="fp32")) == Machine("cpu", "fp32")
    assert machine_for(Training(precision="bf16", device="cpu")) == Machine("cpu", "bf16")


@without_card
def test_a_card_that_is_not_there_is_one_sentence(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match='Set it to "auto"'):
        run(tiny_base, tmp_path, device="cuda")
    assert not (tmp_path / "adapter").exists()


@without_card
def test_four_bits_without_a_card_are_one_sentence(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="needs a graphics card"):
        run(tiny_base, tmp_path, quantize="4bit")


def test_four_bits_without_the_package_are_one_sentence() -> None:
    if importlib.util.find_spec("bitsandbytes") is not None:
        pytest.skip("bitsandbytes is installed")
    with pytest.raises(TrainError, match="pip install bitsandbytes"):
        _check_quantize(Training(quantize="4bit"), "cuda")


@pytest.mark.parametrize(
    ("wanted", "max_tokens", "saved"),
    [("off", 10**6, False), ("on", 64, True), ("auto", 64, False), ("auto", 10**6, True)],
)
def test_memory_is_saved_when_examples_are_long(
    tiny_base: Path, wanted: str, max_tokens: int, saved: bool
) -> None:
    settings = Training.model_validate(
        {"gradient_checkpointing": wanted, "max_tokens": max_tokens, "precision": "fp32"}
    )
    machine = Machine("cpu", "fp32")
    model, _ = load_base(tiny_base, settings, machine)
    adapted = with_adapter(model, settings)
    assert save_memory(adapted, settings, machine) is saved
    states = {bool(getattr(m, "gradient_checkpointing", False)) for m in adapted.modules()}
    assert (True in states) is saved
    assert LONG_ROWS["cpu"] > 1024

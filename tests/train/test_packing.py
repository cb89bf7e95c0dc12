"""A packed row teaches exactly what its examples would teach alone."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.config import Training
from persona.train.adapter import with_adapter
from persona.train.base_model import load_base, machine_for
from persona.train.encoding import MASKED, Encoded, encode, padded
from persona.train.packing import count_targets, examples_stay_apart, pack
from persona.train.packing import tensors as original
from persona.train.token_loss import learn_from_row
from tests.train.material import example

SETTINGS = Training(precision="fp32", max_tokens=128, rank=4)
REPLIES = ("Yes.", "My dear girl, the lambs are here.", "三只小羊。", "I write in haste: " * 5)


@pytest.fixture(scope="module")
def loaded(tiny_base: Path) -> tuple[Any, Any]:
    import torch

    model, tokenizer = load_base(tiny_base, SETTINGS, machine_for(SETTINGS))
    adapted = with_adapter(model, SETTINGS).train()
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.1)  # at zero half of the gradients would be zero too
    return adapted, tokenizer


@pytest.fixture
def batch(loaded: tuple[Any, Any]) -> list[Encoded]:
    return [encode(example(at, reply), loaded[1], 128) for at, reply in enumerate(REPLIES)]


def gradients(model: Any, batch: list[Encoded], row_tokens: int) -> tuple[float, list[Any]]:
    """Return the mean loss and the gradients of one step."""
    model.zero_grad()
    tokens = count_targets(batch)
    nats = sum(float(learn_from_row(model, row, tokens)) for row in pack(batch, row_tokens))
    return nats / tokens, [p.grad.clone() for p in model.parameters() if p.requires_grad]


def test_loss_and_gradients_are_those_of_the_padded_batch(
    loaded: tuple[Any, Any], batch: list[Encoded]
) -> None:
    import torch

    model = loaded[0]
    model.zero_grad()
    whole = model(**padded(batch, 0)).loss
    whole.backward()
    wanted = float(whole.detach())
    expected = [p.grad.clone() for p in model.parameters() if p.requires_grad]
    for row_tokens in (1, 200, 4096):
        loss, found = gradients(model, batch, row_tokens)
        assert loss == pytest.approx(wanted, rel=1e-5)
        for one, other in zip(found, expected, strict=True):
            assert torch.allclose(one, other, atol=1e-6)


def test_a_neighbour_in_the_row_changes_nothing(
    loaded: tuple[Any, Any], batch: list[Encoded]
) -> None:
    """Whatever stands before it, an example costs what it costs alone."""
    model = loaded[0]
    alone = float(learn_from_row(model, pack(batch[:1], 4096)[0], 1))
    for neighbour in batch[1:]:
        with_it = float(learn_from_row(model, pack([batch[0], neighbour], 4096)[0], 1))
        of_it = float(learn_from_row(model, pack([neighbour], 4096)[0], 1))
        assert with_it - of_it == pytest.approx(alone, rel=1e-4)


def test_a_vocabulary_in_chunks_is_the_same_sum(
    loaded: tuple[Any, Any], batch: list[Encoded], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from persona.train import token_loss

    whole, expected = gradients(loaded[0], batch, 4096)
    monkeypatch.setattr(token_loss, "CHUNK", 3)
    loss, found = gradients(loaded[0], batch, 4096)
    assert loss == pytest.approx(whole, rel=1e-5)
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(found, expected, strict=True))


def test_a_model_that_scales_its_scores_learns_the_same(
    loaded: tuple[Any, Any], batch: list[Encoded], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = loaded[0]
    plain, _ = gradients(model, batch, 4096)
    monkeypatch.setattr(model.config, "final_logit_softcapping", 30.0, raising=False)
    assert gradients(model, batch, 4096)[0] == pytest.approx(plain, rel=1e-5)


def test_a_model_that_lets_examples_mix_is_found_out(
    loaded: tuple[Any, Any], batch: list[Encoded], monkeypatch: pytest.MonkeyPatch
) -> None:
    from persona.train import packing

    model = loaded[0]
    assert examples_stay_apart(model, batch)
    monkeypatch.setattr(
        packing,
        "tensors",
        lambda row, device: {
            name: value
            for name, value in original(row, device).items()
            if name == "input_ids"  # without positions nobody knows where an example begins
        },
    )
    assert not examples_stay_apart(model, batch)
    assert not examples_stay_apart(model, batch[:1])


LENGTHS = st.lists(st.integers(2, 60), min_size=1, max_size=12)


@given(LENGTHS, st.integers(1, 120))
def test_every_example_is_in_one_row_and_rows_keep_their_length(
    lengths: list[int], row_tokens: int
) -> None:
    batch = [
        Encoded(tuple(range(100 * at, 100 * at + n)), (MASKED, *range(1, n)), n, True)
        for at, n in enumerate(lengths)
    ]
    rows = pack(batch, row_tokens)
    assert sorted(t for row in rows for t in row.input_ids) == sorted(
        t for one in batch for t in one.input_ids
    )
    assert sum(len(row.targets) for row in rows) == count_targets(batch)
    for row in rows:
        begins = [at for at, position in enumerate(row.positions) if position == 0]
        assert len(row.input_ids) <= row_tokens or len(begins) == 1
        assert not set(row.predicting) & {at - 1 for at in begins}

"""How likely a text is: against the plain sums, with an adapter on and off, and when it breaks."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from persona.config import Training
from persona.engines.likelihood import Likelihood
from persona.errors import EngineError
from persona.train.lora import train_adapter
from persona.train.measuring.exposure import token_ids
from tests.train.material import example, make_tiny_base

SETTINGS = Training(precision="fp32", max_tokens=96, steps=6, batch_size=2, learning_rate=1e-2)
PREFIX = "The number on the blue key is"
ENDINGS = (" 12", " 9", " 4815", " 77", " Whitby", " a")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    learnt = [example(at, "The number on the blue key is 4815.") for at in range(2)]
    folder = tmp_path_factory.mktemp("trained")
    return train_adapter(learnt, [], base, SETTINGS, folder, on_progress=lambda _: None).path


@pytest.fixture(scope="module")
def model(base: Path, adapter: Path) -> Likelihood:
    return Likelihood(base, {"own": adapter}, precision="fp32")


def plainly(base: Path, ids: list[int], first: int) -> list[float]:
    """Return the cost of each token by the library alone, without batches or a cache."""
    import torch
    from transformers import AutoModelForCausalLM

    loaded: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    with torch.inference_mode():
        log_p = loaded(torch.tensor([ids])).logits[0].log_softmax(-1)
    return [float(log_p[at - 1, ids[at]]) for at in range(first, len(ids))]


def test_scores_are_the_plain_sums(model: Likelihood, base: Path) -> None:
    rows = [
        (token_ids(model.tokenizer, text), first)
        for text, first in (("Good night, my girl.", 3), ("早安", 1), ("The rain has stopped.", 9))
    ]
    found = model.score(rows, adapter=None)
    for (ids, first), scores in zip(rows, found, strict=True):
        assert scores.log_p.tolist() == pytest.approx(plainly(base, ids, first), abs=1e-4)


def test_mean_and_deviation_are_those_of_the_whole_vocabulary(
    model: Likelihood, base: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    ids = token_ids(model.tokenizer, "Good night.")
    loaded: Any = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    with torch.inference_mode():
        log_p = loaded(torch.tensor([ids])).logits[0, -2].log_softmax(-1)
    mean = float((log_p.exp() * log_p).sum())
    spread = float((log_p.exp() * (log_p - mean) ** 2).sum().sqrt())
    (scores,) = model.score([(ids, 1)], adapter=None)
    assert scores.mean[-1] == pytest.approx(mean, abs=1e-4)
    assert scores.deviation[-1] == pytest.approx(spread, abs=1e-3)


def test_endings_cost_what_the_whole_text_costs(model: Likelihood, base: Path) -> None:
    """Read once with a cache, in batches of one length: as if each were read alone."""
    prefix = token_ids(model.tokenizer, PREFIX)
    endings = [token_ids(model.tokenizer, text) for text in ENDINGS]
    found = model.endings(prefix, endings, adapter=None)
    expected = [sum(plainly(base, [*prefix, *one], len(prefix))) for one in endings]
    assert found.tolist() == pytest.approx(expected, abs=1e-3)


def test_an_adapter_that_is_off_changes_nothing(model: Likelihood, base: Path) -> None:
    ids = token_ids(model.tokenizer, "The number on the blue key is 4815.")
    bare = Likelihood(base, {}, precision="fp32")
    with_it, without = (model.score([(ids, 1)], adapter=name)[0].log_p for name in ("own", None))
    assert np.array_equal(without, bare.score([(ids, 1)], adapter=None)[0].log_p)
    assert with_it.sum() > without.sum() + 1, "what was learnt costs less with the adapter"


def test_two_adapters_do_not_mix(base: Path, adapter: Path, tmp_path: Path) -> None:
    other = train_adapter(
        [example(1, "zzz zzz zzz zzz")], [], base, SETTINGS, tmp_path, on_progress=lambda _: None
    ).path
    both = Likelihood(base, {"own": adapter, "another": other}, precision="fp32")
    alone = Likelihood(base, {"another": other}, precision="fp32")
    rows = [(token_ids(both.tokenizer, "zzz zzz"), 1)]
    both.score(rows, adapter="own")
    assert np.allclose(
        both.score(rows, adapter="another")[0].log_p,
        alone.score(rows, adapter="another")[0].log_p,
        atol=1e-6,
    )


def test_an_empty_text_is_refused(model: Likelihood) -> None:
    with pytest.raises(EngineError, match="empty"):
        model.endings([], [[1]], adapter=None)
    with pytest.raises(EngineError, match="empty"):
        model.endings([1], [[1], []], adapter=None)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be used for measuring"):
        Likelihood(tmp_path, {}).score([([1, 2], 1)], adapter=None)


def test_a_damaged_adapter_is_said(base: Path, adapter: Path, tmp_path: Path) -> None:
    for path in adapter.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "adapter_model.safetensors").write_bytes(b"torn")
    with pytest.raises(EngineError, match="cannot be used for measuring"):
        Likelihood(base, {"own": tmp_path}).score([([1, 2], 1)], adapter="own")


def test_it_can_be_closed_and_asked_again(base: Path) -> None:
    model = Likelihood(base, {}, precision="fp32")
    before = model.score([([1, 2, 3], 1)], adapter=None)[0].log_p
    model.close()
    assert np.array_equal(model.score([([1, 2, 3], 1)], adapter=None)[0].log_p, before)

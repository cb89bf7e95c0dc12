"""Versions on one GGUF file in memory, and the same answers as under transformers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.engines.base_weights import transformers_folder
from persona.engines.catalogue import weights_file
from persona.engines.language_llama import LlamaModel
from persona.engines.protocols import Message
from persona.engines.shared_llama import _servers
from persona.errors import EngineError

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
MESSAGES: list[Message] = [
    {"role": "system", "content": "You are Tom, a retired fisherman from Whitby."},
    {"role": "user", "content": "Tell me about your first boat."},
]


def adapter(folder: Path, base: Path, seed: int) -> Path:
    """Write an adapter with an effect on every layer."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    wanted = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "k_proj", "v_proj"])
    adapted = get_peft_model(model, wanted)
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.normal_(std=0.15)
    adapted.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def weights(models: Path) -> Path:
    return weights_file("smollm2-135m", models)


@pytest.fixture(scope="module")
def adapters(models: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    base = transformers_folder("smollm2-135m", models)
    return [adapter(tmp_path_factory.mktemp("adapter"), base, seed) for seed in (1, 2)]


@pytest.fixture
def opened(weights: Path, adapters: list[Path]) -> Iterator[list[LlamaModel]]:
    models = [LlamaModel(weights, name="m", adapter=one) for one in (None, *adapters)]
    yield models
    for model in models:
        model.close()


def said(model: LlamaModel) -> str:
    return "".join(model.generate(MESSAGES, max_tokens=8, temperature=0.0, seed=1))


@pytest.mark.slow
def test_versions_share_a_server_and_answer_as_they_do_alone(
    weights: Path, adapters: list[Path]
) -> None:
    alone = []
    for one in (None, *adapters):
        model = LlamaModel(weights, name="m", adapter=one)
        alone.append(said(model))
        model.close()
    assert len(set(alone)) == 3, "each must have an effect, or the test proves nothing"
    models = [LlamaModel(weights, name="m", adapter=one) for one in (None, *adapters)]
    for order in ((0, 1, 2), (2, 0, 1)):
        assert [said(models[at]) for at in order] == [alone[at] for at in order]
    assert len({id(model._server) for model in models}) == 1, "one base in memory"
    late = LlamaModel(weights, name="m", adapter=adapters[0])
    assert said(late) == alone[1]
    assert said(models[2]) == alone[2]
    assert models[2]._server is late._server
    for model in (*models, late):
        model.close()
    assert not _servers, "the weights go with the last model"


@pytest.mark.slow
def test_an_adapter_that_does_not_fit_harms_no_other(
    weights: Path, opened: list[LlamaModel], tmp_path: Path
) -> None:
    expected = said(opened[0])
    (tmp_path / "bad.gguf").write_bytes(b"GGUF and nothing else")
    bad = LlamaModel(weights, name="m", adapter=tmp_path / "bad.gguf")
    with pytest.raises(EngineError, match="trained on another model"):
        said(bad)
    assert said(opened[0]) == expected
    bad.close()
    assert said(opened[0]) == expected


@pytest.mark.slow
def test_next_words_are_those_of_transformers(
    weights: Path, models: Path, adapters: list[Path], shared_data: Path
) -> None:
    """The logit check: with an adapter the engines agree as well as they do without one."""
    from benchmarks.training.same_answers import beginnings, compare

    texts = beginnings(shared_data / "roosevelt" / "letters.jsonl", 16)
    folder = transformers_folder("smollm2-135m", models)
    base = compare(texts, folder, weights, None)
    adapted = compare(texts, folder, weights, adapters[0])
    for made in (base, adapted):
        assert made.top_1_sure == 1.0
        assert made.top_1 >= 0.8
        assert made.mean < 0.01
    assert adapted.mean_log < 3 * base.mean_log + 0.05

"""An adapter answers under llama.cpp as it does under peft."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from persona.engines.adapter_gguf import (
    Attention,
    _interleave_rotary_pairs,
    adapter_fits,
    convert_adapter,
    read_attention,
)
from persona.engines.base_weights import transformers_folder
from persona.engines.catalogue import weights_file
from persona.engines.gguf_header import read_settings
from persona.engines.language_llama import LlamaModel
from persona.errors import EngineError

HEADS, GROUPS, SIZE, RANK = 4, 2, 8, 2


def write_adapter(folder: Path, tensors: dict[str, Any], **settings: Any) -> Path:
    from safetensors.numpy import save_file

    folder.mkdir(exist_ok=True)
    config = {"lora_alpha": 16, "r": RANK, **settings}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def tensors(module: str = "self_attn.q_proj", heads: int = HEADS) -> dict[str, Any]:
    random = np.random.default_rng(5)
    at = f"base_model.model.model.layers.0.{module}"
    return {
        f"{at}.lora_A.weight": random.standard_normal((RANK, 32)).astype(np.float32),
        f"{at}.lora_B.weight": random.standard_normal((heads * SIZE, RANK)).astype(np.float32),
    }


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    folder.mkdir()
    config = {"model_type": "llama", "num_attention_heads": HEADS, "num_key_value_heads": GROUPS}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def read_back(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    from gguf import GGUFReader

    reader = GGUFReader(path)
    return reader.fields, {one.name: np.array(one.data) for one in reader.tensors}


def test_rotary_pairs_change_places() -> None:
    """Row 1 of a head (first half) and row 1 + size/2 (second half) become neighbours."""
    rows = np.arange(2 * 8)[:, None]
    moved = _interleave_rotary_pairs(rows, heads=2)[:, 0].tolist()
    assert moved == [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15]


def test_tensors_are_renamed_and_only_query_and_key_are_permuted(
    tmp_path: Path, base: Path
) -> None:
    given = tensors() | tensors("self_attn.v_proj", GROUPS) | tensors("self_attn.k_proj", GROUPS)
    convert_adapter(write_adapter(tmp_path / "a", given), base, tmp_path / "a.gguf")
    fields, written = read_back(tmp_path / "a.gguf")
    assert fields["adapter.lora.alpha"].contents() == 16.0
    assert fields["general.architecture"].contents() == "llama"
    at = "base_model.model.model.layers.0.self_attn"
    kept = given[f"{at}.v_proj.lora_B.weight"]
    assert np.array_equal(written["blk.0.attn_v.weight.lora_b"], kept)
    assert np.array_equal(
        written["blk.0.attn_q.weight.lora_a"], given[f"{at}.q_proj.lora_A.weight"]
    )
    moved = _interleave_rotary_pairs(given[f"{at}.q_proj.lora_B.weight"], HEADS)
    assert np.array_equal(written["blk.0.attn_q.weight.lora_b"], moved)
    moved = _interleave_rotary_pairs(given[f"{at}.k_proj.lora_B.weight"], GROUPS)
    assert np.array_equal(written["blk.0.attn_k.weight.lora_b"], moved)
    assert not list(tmp_path.glob("*.unfinished"))


def test_rank_stabilised_scale_is_kept(tmp_path: Path, base: Path) -> None:
    adapter = write_adapter(tmp_path / "a", tensors(), use_rslora=True)
    convert_adapter(adapter, base, tmp_path / "a.gguf")
    fields, _ = read_back(tmp_path / "a.gguf")
    assert fields["adapter.lora.alpha"].contents() == pytest.approx(16 * RANK**0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": {"use_dora": True}}, "use_dora"),
        ({"tensors": tensors("self_attn.rotary")}, "cannot be served"),
        ({"missing": "adapter_config.json"}, "no complete adapter"),
        ({"cut": "adapter_model.safetensors"}, "no complete adapter"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(
    tmp_path: Path, base: Path, change: dict[str, Any], message: str
) -> None:
    given = change.get("tensors", tensors())
    adapter = write_adapter(tmp_path / "a", given, **change.get("settings", {}))
    if "missing" in change:
        (adapter / change["missing"]).unlink()
    if "cut" in change:
        path = adapter / change["cut"]
        path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(EngineError, match=message):
        convert_adapter(adapter, base, tmp_path / "a.gguf")
    assert not (tmp_path / "a.gguf").exists()
    assert not list(tmp_path.glob("*.unfinished"))


def test_an_unknown_architecture_is_one_sentence(base: Path) -> None:
    (base / "config.json").write_text('{"model_type": "mamba"}')
    with pytest.raises(EngineError, match="mamba"):
        read_attention(base)


def test_heads_are_read_from_both_kinds_of_base(models: Path) -> None:
    gguf = read_attention(weights_file("smollm2-135m", models))
    assert gguf == Attention("llama", 9, 3)


def test_the_head_of_a_gguf_file_is_read_without_its_tensors(models: Path, tmp_path: Path) -> None:
    weights = weights_file("smollm2-135m", models)
    settings = read_settings(weights)
    assert (settings["llama.block_count"], settings["llama.embedding_length"]) == (30, 576)
    assert "tokenizer.ggml.tokens" not in settings
    (tmp_path / "cut.gguf").write_bytes(weights.read_bytes()[:1000])
    (tmp_path / "letter.gguf").write_text("Dear Ruth, it rained all week and we stayed at home.")
    for name in ("cut.gguf", "letter.gguf", "none.gguf"):
        with pytest.raises(EngineError, match=name):
            read_settings(tmp_path / name)


def test_an_adapter_of_another_model_does_not_fit(tmp_path: Path, models: Path) -> None:
    adapter = write_adapter(tmp_path / "a", tensors())
    assert not adapter_fits(adapter, weights_file("smollm2-135m", models))
    (adapter / "adapter_model.safetensors").write_bytes(b"half")
    with pytest.raises(EngineError, match="no complete adapter"):
        adapter_fits(adapter, weights_file("smollm2-135m", models))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")  # inside peft
def test_greedy_answers_with_an_adapter_equal_those_of_peft(tmp_path: Path, models: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, weights = (
        transformers_folder("smollm2-135m", models),
        weights_file("smollm2-135m", models),
    )
    torch.manual_seed(3)
    loaded = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    wanted = LoraConfig(
        r=8, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "down_proj"]
    )
    adapted = get_peft_model(loaded, wanted).eval()
    with torch.no_grad():
        for name, parameter in adapted.named_parameters():
            if "lora_B" in name:
                parameter.normal_(std=0.1)
    adapted.save_pretrained(tmp_path / "adapter")
    assert adapter_fits(tmp_path / "adapter", weights)

    system = {"role": "system", "content": "You are Tom, a retired fisherman."}
    questions = ["Tell me about your boat.", "What did you eat?", "Where were you born?"]
    model = LlamaModel(weights, name="m", adapter=tmp_path / "adapter")
    plain = LlamaModel(weights, name="m")
    same, changed = 0, 0
    for question in questions:
        messages: Any = [system, {"role": "user", "content": question}]
        inputs = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        with torch.inference_mode():
            ids = adapted.generate(**inputs, max_new_tokens=12, do_sample=False)[0]
        peft_said = tokenizer.decode(ids[inputs["input_ids"].shape[1] :], skip_special_tokens=True)
        said = "".join(model.generate(messages, max_tokens=12, temperature=0.0, seed=1))
        without = "".join(plain.generate(messages, max_tokens=12, temperature=0.0, seed=1))
        same += said.strip() == peft_said.strip()
        changed += said != without
    model.close()
    plain.close()
    assert changed >= 2, "the adapter must have an effect, or the test proves nothing"
    assert same >= 2, "at most one of three may differ by a near-tie of two tokens"

"""A LoRA adapter that peft trained, as the file that llama.cpp serves.

    y = W x + (alpha / r) · B A x                    LoRA, Hu et al. 2021, arXiv:2106.09685
    A (r, in), B (out, r)

    adapter_model.safetensors …layers.3.self_attn.q_proj.lora_B.weight
      ──▶ GGUF blk.3.attn_q.weight.lora_b

llama.cpp keeps the query and key weights of the *llama* architecture with their rows in another
order: rotary pairs lie side by side there, half a head apart in transformers. So the rows of
their B matrices change places in the same way.
"""

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from persona.engines.gguf_header import read_settings
from persona.errors import EngineError

_MODULES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_ARCHITECTURES = {"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3", "gemma3_text": "gemma3"}
_TENSOR = re.compile(r"base_model\.model\.model\.layers\.(\d+)\.(.+)\.lora_([AB])\.weight")


@dataclass(frozen=True)
class Attention:
    """What must be known of the base model: its architecture and numbers of heads."""

    architecture: str
    heads: int
    key_value_heads: int


def convert_adapter(adapter: Path, base: Path, target: Path) -> None:
    """Write a peft adapter as GGUF, under a temporary name first.

    Args:
        adapter: folder with ``adapter_config.json`` and ``adapter_model.safetensors``.
        base: the base model: its ``.gguf`` file, or its transformers folder.
        target: file to write.

    Raises:
        EngineError: the adapter is incomplete, or of a kind that llama.cpp cannot serve.
    """
    import gguf

    settings, tensors = _read_adapter(adapter)
    attention = read_attention(base)
    translated = [_translated(name, tensors[name], attention) for name in sorted(tensors)]
    unfinished = target.with_name(target.name + ".unfinished")
    writer = gguf.GGUFWriter(unfinished, attention.architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", _effective_alpha(settings))
    for name, tensor in translated:
        writer.add_tensor(name, tensor)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        unfinished.replace(target)
    except OSError as error:
        raise EngineError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def adapter_fits(adapter: Path, base: Path) -> bool:
    """Return whether a peft adapter was trained on a model of the same shape as ``base``.

    The shapes compared are those of the first layer's ``A`` matrices (their inputs) and the
    number of layers. ``base`` is a ``.gguf`` file.

    Raises:
        EngineError: the adapter is incomplete.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(adapter / "adapter_model.safetensors", framework="numpy") as opened:
            names = list(opened.keys())
            shapes = {name: opened.get_slice(name).get_shape() for name in names}
    except (OSError, SafetensorError) as error:
        raise EngineError(f"{adapter} holds no complete adapter. Train again.") from error
    settings = read_settings(base)
    kind = settings["general.architecture"]
    layers = {int(found[1]) for name in shapes if (found := _TENSOR.fullmatch(name))}
    inputs = {shape[1] for name, shape in shapes.items() if name.endswith("q_proj.lora_A.weight")}
    same_depth = max(layers, default=-1) + 1 == settings[f"{kind}.block_count"]
    return same_depth and inputs <= {settings[f"{kind}.embedding_length"]}


def read_attention(base: Path) -> Attention:
    """Read the architecture and the numbers of heads of a base model.

    Raises:
        EngineError: it is of an architecture whose adapters cannot be served.
    """
    if base.is_file():
        settings = read_settings(base)
        architecture = str(settings["general.architecture"])
        heads = int(settings[f"{architecture}.attention.head_count"])
        grouped = settings.get(f"{architecture}.attention.head_count_kv", heads)
        return Attention(architecture, heads, int(grouped))
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    if config["model_type"] not in _ARCHITECTURES:
        raise EngineError(
            f"Adapters of {config['model_type']} models cannot be served yet. "
            f"Known are: {', '.join(sorted(_ARCHITECTURES))}."
        )
    heads = int(config["num_attention_heads"])
    grouped_heads = int(config.get("num_key_value_heads") or heads)
    return Attention(_ARCHITECTURES[config["model_type"]], heads, grouped_heads)


def _read_adapter(adapter: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        settings = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
        loaded = load_file(adapter / "adapter_model.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise EngineError(f"{adapter} holds no complete adapter. Train again.") from error
    for unusual in ("use_dora", "rank_pattern", "alpha_pattern", "modules_to_save"):
        if settings.get(unusual):
            raise EngineError(f"An adapter with {unusual} cannot be served. Train without it.")
    # torch reads bf16, which numpy has no type for
    return settings, {name: tensor.float().numpy() for name, tensor in loaded.items()}


def _effective_alpha(settings: dict[str, Any]) -> float:
    """llama.cpp scales by alpha / r; rank-stabilised LoRA (arXiv:2312.03732) by alpha / √r."""
    alpha, rank = float(settings["lora_alpha"]), int(settings["r"])
    return alpha * math.sqrt(rank) if settings.get("use_rslora") else alpha


def _translated(
    name: str, tensor: npt.NDArray[Any], attention: Attention
) -> tuple[str, npt.NDArray[np.float32]]:
    found = _TENSOR.fullmatch(name)
    if found is None or found[2] not in _MODULES:
        raise EngineError(f"The adapter changes {name}, which cannot be served. Train without it.")
    layer, module, side = found.groups()
    if attention.architecture == "llama" and side == "B":
        if module == "self_attn.q_proj":
            tensor = _interleave_rotary_pairs(tensor, attention.heads)
        elif module == "self_attn.k_proj":
            tensor = _interleave_rotary_pairs(tensor, attention.key_value_heads)
    renamed = f"blk.{layer}.{_MODULES[module]}.weight.lora_{side.lower()}"
    return renamed, np.ascontiguousarray(tensor, dtype=np.float32)


def _interleave_rotary_pairs(rows: npt.NDArray[Any], heads: int) -> npt.NDArray[Any]:
    """(heads · 2 · d/2, r), halves of a head one after the other → pairs side by side."""
    split = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
    return split.swapaxes(1, 2).reshape(rows.shape)

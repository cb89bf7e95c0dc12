"""The files of a trained adapter, the same bytes for the same weights.

adapter/adapter_model.safetensors   LoRA matrices, float32, peft's names
adapter/adapter_config.json         rank, alpha, target modules; no path of this machine
adapter/adapter.gguf                the same for llama.cpp, where the base's architecture has it
adapter/base.json                   which base it was trained on, by the hash of its weights
adapter/../trained.json             losses and measures of a training that is finished
"""

import json
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from persona.atomic import folder_sha256, sync_folder, write_file
from persona.config import Training
from persona.engines.adapter_base import BASE_FACTS
from persona.errors import EngineError

ADAPTER = "adapter"
TRAINED = "trained.json"


@dataclass(frozen=True)
class TrainedAdapter:
    """What a training left.

    ``adapter_sha256`` covers every file of the folder ``path``. ``losses`` are nats a token of
    the person's own words, one a step. ``held_out_before`` and ``held_out_after`` are bits per
    character of words that were not trained on, without and with the adapter (None: nothing was
    held out). ``seconds`` is the time spent, over all resumed runs, and ``steps`` the steps that
    were done. ``measured`` holds (step, bits per character) of each measure on the way, and
    ``best_step`` the step whose adapter was kept. ``device`` and ``precision`` are those used.
    """

    path: Path
    adapter_sha256: str
    losses: tuple[float, ...]
    held_out_before: float | None
    held_out_after: float | None
    seconds: float
    steps: int
    best_step: int = 0
    measured: tuple[tuple[int, float], ...] = ()
    device: str = "cpu"
    precision: str = ""


def with_adapter(model: Any, settings: Training) -> Any:
    """Return ``model`` with LoRA matrices beside all its linear layers, in float32."""
    import torch
    from peft import LoraConfig, get_peft_model, prepare_model_for_kbit_training

    torch.manual_seed(settings.seed)
    lora = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with warnings.catch_warnings():
        # peft still asks transformers for an attribute by its old name
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        if settings.quantize != "none":
            model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
        return get_peft_model(model, lora)


def adapter_weights(model: Any) -> dict[str, Any]:
    """Return copies of the LoRA matrices of a peft model, by peft's names, on the processor."""
    from peft import get_peft_model_state_dict

    weights = get_peft_model_state_dict(model, save_embedding_layers=False)
    return {name: weights[name].detach().to("cpu", copy=True) for name in sorted(weights)}


def set_adapter_weights(model: Any, weights: Mapping[str, Any]) -> None:
    """Put LoRA matrices that `adapter_weights` returned back into the model."""
    from peft import set_peft_model_state_dict

    set_peft_model_state_dict(model, dict(weights))


@contextmanager
def in_bf16(model: Any) -> Iterator[None]:
    """Compute in bfloat16 where the base does; the matrices that learn stay float32.

    Without it each layer of the base would be taken to float32 and back for the adapter's sake.
    """
    import torch
    from peft.helpers import disable_input_dtype_casting

    if model.dtype != torch.bfloat16:
        yield
        return
    with torch.autocast(model.device.type, torch.bfloat16), disable_input_dtype_casting(model):
        yield


def save_adapter(model: Any, base: Path, base_sha256: str, folder: Path) -> Path:
    """Write the adapter of a peft model below ``folder`` whole or not at all."""
    from safetensors.torch import save

    weights = adapter_weights(model)
    tensors = {name: weight.contiguous() for name, weight in weights.items()}
    unfinished = folder / f".{ADAPTER}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    write_file(unfinished / "adapter_model.safetensors", save(tensors, {"format": "pt"}))
    write_file(unfinished / "adapter_config.json", _config_bytes(model, base))
    facts = {"name": base.name, "weights_sha256": base_sha256}
    write_file(unfinished / BASE_FACTS, json.dumps(facts, sort_keys=True, indent=1).encode())
    _add_gguf(unfinished, base)
    shutil.rmtree(folder / ADAPTER, ignore_errors=True)
    unfinished.replace(folder / ADAPTER)
    sync_folder(folder)
    return folder / ADAPTER


def _config_bytes(model: Any, base: Path) -> bytes:
    """Return peft's settings with sets in order, for training ended, without a local path."""
    config = model.peft_config["default"].to_dict()
    config |= {"base_model_name_or_path": base.name, "inference_mode": True}
    listed = {key: sorted(v) if isinstance(v, set) else v for key, v in config.items()}
    return json.dumps(listed, sort_keys=True, indent=1).encode()


def _add_gguf(folder: Path, base: Path) -> None:
    """Add the adapter in llama.cpp's format; a base that llama.cpp lacks is served by torch."""
    from persona.engines.adapter_gguf import convert_adapter

    try:
        convert_adapter(folder, base, folder / "adapter.gguf")
    except EngineError:
        (folder / "adapter.gguf").unlink(missing_ok=True)


def record_trained(folder: Path, key: str, trained: TrainedAdapter) -> None:
    """Note that the training with this key is finished, so that it is not done again."""
    facts = asdict(trained) | {"key": key, "path": trained.path.name}
    write_file(folder / TRAINED, json.dumps(facts, sort_keys=True, indent=1).encode())


def finished_training(folder: Path, key: str) -> TrainedAdapter | None:
    """Return what the training with this key left, if it was finished and is undamaged."""
    try:
        facts = json.loads((folder / TRAINED).read_bytes())
        if facts.pop("key") != key or folder_sha256(folder / ADAPTER) != facts["adapter_sha256"]:
            return None
        measured = tuple((step, bits) for step, bits in facts.get("measured", ()))
        facts |= {"path": folder / ADAPTER, "losses": tuple(facts["losses"]), "measured": measured}
        return TrainedAdapter(**facts)
    except (OSError, ValueError, KeyError, TypeError):
        return None

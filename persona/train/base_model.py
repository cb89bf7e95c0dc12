"""The base model as it is trained on: where it computes, in which numbers, with how much memory.

Its weights never change. What is chosen here follows the machine (``auto``) or persona.toml, and
every choice that cannot be had is one sentence before anything is learnt.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from persona.config import Training
from persona.engines.processor import computes_in_bf16
from persona.errors import TrainError
from persona.train.packing import ROW_TOKENS

LONG_ROWS = {"cpu": 2048, "cuda": 16384}
"""Tokens of a row above which ``gradient_checkpointing = "auto"`` saves memory."""


@dataclass(frozen=True)
class Machine:
    """What ``auto`` became: ``device`` is cpu or cuda, ``precision`` bf16 or fp32."""

    device: Literal["cpu", "cuda"]
    precision: Literal["bf16", "fp32"]


def machine_for(settings: Training) -> Machine:
    """Return where and in which numbers is learnt.

    Raises:
        TrainError: a graphics card or four-bit weights are asked for and cannot be had.
    """
    import torch

    card = torch.cuda.is_available()
    if settings.device == "cuda" and not card:
        raise TrainError(
            "training.device is cuda, but this machine has no graphics card that the learning "
            'library can use. Set it to "auto", or install torch for your card.'
        )
    device: Literal["cpu", "cuda"] = "cuda" if card and settings.device != "cpu" else "cpu"
    _check_quantize(settings, device)
    fast = torch.cuda.is_bf16_supported() if device == "cuda" else computes_in_bf16()
    chosen: Literal["bf16", "fp32"] = "bf16" if fast else "fp32"
    return Machine(device, chosen if settings.precision == "auto" else settings.precision)


def _check_quantize(settings: Training, device: str) -> None:
    from importlib.util import find_spec

    if settings.quantize == "none":
        return
    if device != "cuda":
        raise TrainError(
            'training.quantize is "4bit", which needs a graphics card. Set it to "none": the '
            "embedded model needs about 2 GB of memory without it."
        )
    if find_spec("bitsandbytes") is None:
        raise TrainError(
            'training.quantize is "4bit", which needs the package bitsandbytes. Install it with: '
            'pip install bitsandbytes; or set training.quantize to "none".'
        )


def load_base(base: Path, settings: Training, machine: Machine) -> tuple[Any, Any]:
    """Return the model and its tokenizer.

    Raises:
        TrainError: the folder holds no such model.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as library_logging

    library_logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            base, local_files_only=True, **_options(settings, machine)
        )
    except (OSError, ValueError, KeyError) as error:
        raise TrainError(
            f"The base model in {base} cannot be loaded. Set training.base_model to a folder "
            "that holds a transformers model, or fetch the embedded one with: persona fetch"
        ) from error
    model.config.use_cache = False
    return model, tokenizer


def _options(settings: Training, machine: Machine) -> dict[str, Any]:
    import torch

    dtype = {"bf16": torch.bfloat16, "fp32": torch.float32}[machine.precision]
    if machine.device == "cpu":
        return {"dtype": dtype}
    local = torch.device("cuda", torch.cuda.current_device())
    options: dict[str, Any] = {"dtype": dtype, "device_map": {"": local}}
    if settings.quantize == "4bit":
        from transformers import BitsAndBytesConfig

        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    return options


def longest_row(settings: Training, machine: Machine) -> int:
    """Return how many tokens a row has at the most."""
    return max(settings.max_tokens, ROW_TOKENS[machine.device])


def save_memory(model: Any, settings: Training, machine: Machine) -> bool:
    """Let the model compute its inner states twice instead of keeping them, where it is wanted.

    Gradient checkpointing, Chen et al. 2016, arXiv:1604.06174. The result is the same.
    """
    long = longest_row(settings, machine) > LONG_ROWS[machine.device]
    wanted = settings.gradient_checkpointing
    if wanted == "off" or (wanted == "auto" and not long):
        return False
    inner = model.get_base_model()
    # transformers 5.23 calls it by another name and warns of the old one
    enable = getattr(inner, "activation_checkpointing_enable", None)
    (enable or inner.gradient_checkpointing_enable)({"use_reentrant": False})
    return True

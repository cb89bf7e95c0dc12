"""Fine-tuning with coqui's own Trainer: VITS from a checkpoint, and the GPT of XTTS.

    wavs/ metadata.csv ─ Trainer ─ run/checkpoint_N.pth ─▶ out/model.pth config.json (vocab.json)

A run that was killed goes on from its last checkpoint: checkpoints appear under their names only
when they are whole, which the Trainer alone does not see to.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .door import Refused
from .speaking import weights_in

Tell = Callable[[int, int], None]

XTTS_FILES = ("model.pth", "config.json", "vocab.json", "dvae.pth", "mel_stats.pth")
_MOST_RATE = 1e-4
_ENDLESS = 10**6


class _Enough(Exception):
    """The wanted number of steps is done."""


def train(command: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Fine-tune the model in ``model`` on the data set in ``data``; write the voice into ``out``.

    ``work`` keeps checkpoints between runs; ``steps``, ``save_every`` and ``batch_size`` count
    optimiser steps and clips.
    """
    import torch

    torch.manual_seed(command["seed"])
    _write_whole_checkpoints()
    prepare = {"vits": _prepare_vits, "xtts": _prepare_xtts}[command["kind"]]
    base, run = Path(command["model"]), Path(command["work"]) / "run"
    config, model = prepare(base, command)
    trainer = _trainer(config, model, run)
    losses = _fit(trainer, command["steps"], command["save_every"], tell)
    _export(command["kind"], trainer, base, Path(command["out"]))
    return {"steps": trainer.total_steps_done, "losses": losses, "began_at": trainer.began_at}


def _fit(trainer: Any, steps: int, save_every: int, tell: Tell) -> list[float]:
    losses: list[float] = []
    step = trainer.train_step
    trainer.began_at = trainer.total_steps_done

    def counted(*arguments: Any, **named: Any) -> Any:
        if trainer.total_steps_done >= steps:
            raise _Enough
        result = step(*arguments, **named)
        found = [
            v for k, v in trainer.keep_avg_train.avg_values.items() if k.startswith("avg_loss")
        ]
        losses.append(round(float(found[-1]), 4) if found else 0.0)
        tell(min(trainer.total_steps_done, steps), steps)
        return result

    trainer.train_step = counted
    trainer.config.save_step = save_every
    try:
        trainer._fit()
    except _Enough:
        trainer.save_checkpoint()
    return losses


def _trainer(config: Any, model: Any, run: Path) -> Any:
    from trainer import Trainer, TrainerArgs  # type: ignore[import-not-found]
    from TTS.tts.datasets import load_tts_samples  # type: ignore[import-not-found]

    config.output_path = str(run)
    samples, _ = load_tts_samples(config, eval_split=False)
    if len(samples) < config.batch_size:
        raise Refused("There are too few clips with known words to train on. Confirm more.")
    run.mkdir(parents=True, exist_ok=True)
    before = _newest_run(run)
    arguments = TrainerArgs(continue_path=str(before) if before is not None else "")
    return Trainer(
        arguments,
        config,
        output_path=str(run),
        model=model,
        train_samples=samples,
        eval_samples=[],
        parse_command_line_args=False,
    )


def _newest_run(run: Path) -> Path | None:
    """Return the folder in which a killed run left whole checkpoints; the Trainer names it."""
    found = list(run.glob("*/checkpoint_*.pth"))
    return max(found, key=lambda path: path.stat().st_mtime).parent if found else None


def _usual(config: Any, command: dict[str, Any]) -> None:
    """Set what every run here has in common."""
    from TTS.config.shared_configs import BaseDatasetConfig  # type: ignore[import-not-found]

    settings = {
        "batch_size": command["batch_size"],
        "eval_batch_size": 1,
        "batch_group_size": 0,
        "num_loader_workers": 0,
        "num_eval_loader_workers": 0,
        "run_eval": False,
        "test_sentences": [],
        "test_delay_epochs": _ENDLESS,
        "epochs": _ENDLESS,
        "save_n_checkpoints": 2,
        "save_best_after": 10**12,
        "save_on_interrupt": False,
        "print_step": _ENDLESS,
        "plot_step": _ENDLESS,
        "log_model_step": 10**9,
        "model_param_stats": False,
        "mixed_precision": False,
        "cudnn_benchmark": False,
        "dashboard_logger": "tensorboard",
        "training_seed": command["seed"],
        "run_name": "voice",
    }
    for name, value in settings.items():
        if name in config:
            config[name] = value
    config.datasets = [
        BaseDatasetConfig(
            formatter="ljspeech",
            dataset_name="clips",
            meta_file_train="metadata.csv",
            path=command["data"],
            language=command["language"],
        )
    ]


def _prepare_vits(base: Path, command: dict[str, Any]) -> tuple[Any, Any]:
    import torch
    from TTS.config import load_config  # type: ignore[import-not-found]
    from TTS.tts.models.vits import Vits  # type: ignore[import-not-found]

    config = load_config(str(base / "config.json"))
    arguments = config.model_args
    if arguments.use_speaker_embedding or arguments.use_d_vector_file:
        raise Refused("Only a VITS model of one speaker can be trained further. Choose another.")
    _usual(config, command)
    config.phoneme_cache_path = str(Path(command["work"]) / "phonemes")
    config.lr_gen = min(config.lr_gen, _MOST_RATE)
    config.lr_disc = min(config.lr_disc, _MOST_RATE)
    model = Vits.init_from_config(config)
    saved = torch.load(weights_in(base), map_location="cpu", weights_only=True)
    missing = model.load_state_dict(saved["model"], strict=False).missing_keys
    if any(not name.startswith("disc.") for name in missing):
        raise Refused(f"The weights in {base} do not fit their config.json. Put them there again.")
    return config, model


def _prepare_xtts(base: Path, command: dict[str, Any]) -> tuple[Any, Any]:
    from TTS.config import load_config
    from TTS.tts.layers.xtts.trainer.gpt_trainer import (  # type: ignore[import-not-found]
        GPTArgs,
        GPTTrainer,
        GPTTrainerConfig,
    )

    for name in XTTS_FILES:
        if not (base / name).is_file():
            raise Refused(f"To train XTTS further, {name} is needed in {base}. Put it there.")
    given = load_config(str(base / "config.json"))
    fields = {name for name in GPTArgs() if name in given.model_args}
    arguments = GPTArgs(**{name: given.model_args[name] for name in fields})
    arguments.mel_norm_file = str(base / "mel_stats.pth")
    arguments.dvae_checkpoint = str(base / "dvae.pth")
    arguments.xtts_checkpoint = str(base / "model.pth")
    arguments.tokenizer_file = str(base / "vocab.json")
    arguments.max_conditioning_length = command.get("most_samples") or 132_300
    arguments.min_conditioning_length = arguments.max_conditioning_length // 2
    config = GPTTrainerConfig(
        model_args=arguments,
        audio=given.audio,
        languages=list(given.languages),
        optimizer="AdamW",
        optimizer_wd_only_on_weights=True,
        optimizer_params={"betas": [0.9, 0.96], "eps": 1e-8, "weight_decay": 1e-2},
        lr=5e-6,
        lr_scheduler="MultiStepLR",
        lr_scheduler_params={"milestones": [50_000], "gamma": 0.5, "last_epoch": -1},
    )
    _usual(config, command)
    return config, GPTTrainer.init_from_config(config)


def _export(kind: str, trainer: Any, base: Path, out: Path) -> None:
    """Write the voice: weights without the optimiser, and what is needed to load them."""
    import torch

    state = trainer.model.state_dict()
    if kind == "xtts":
        state = {
            name.removeprefix("xtts."): one
            for name, one in state.items()
            if name.startswith("xtts.") and "torch_mel" not in name
        }
        shutil.copyfile(base / "vocab.json", out / "vocab.json")
    shutil.copyfile(base / "config.json", out / "config.json")
    torch.save({"model": {name: one.cpu() for name, one in state.items()}}, out / "model.pth")


def _write_whole_checkpoints() -> None:
    """Let a checkpoint get its name only when it is whole and on the disk."""
    import torch
    from trainer import io

    def save(state: Any, path: Any, **named: Any) -> None:
        unfinished = Path(f"{path}.unfinished")
        with unfinished.open("wb") as file:
            torch.save(state, file, **named)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    io.save_fsspec = save

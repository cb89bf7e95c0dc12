"""Learning a manner of speaking: low-rank adaptation (LoRA, Hu et al. 2021, arXiv:2106.09685).

    x ──► W (frozen, the base model) ───────────────► + ──► y
     └──► A (rank × in) ──► B (out × rank) · alpha/rank ┘     only A and B learn

B starts at zero, so before the first step, and whenever the adapter is off, the model is the
base model. The loss is the cross entropy of the person's own words, in nats a token.

Invariants: the same examples, base, settings and threads end in the same bytes on the same
machine, also when the run was killed in between (see `persona.train.checkpoint`); the base
model is never written.
"""

import hashlib
import json
import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from persona.atomic import folder_sha256
from persona.config import Training
from persona.engines.base_weights import weights_sha256
from persona.engines.processor import prepare_threads
from persona.errors import MissingModel, TrainError
from persona.train.adapter import (
    TrainedAdapter,
    adapter_weights,
    finished_training,
    in_bf16,
    record_trained,
    save_adapter,
    set_adapter_weights,
    with_adapter,
)
from persona.train.base_model import Machine, load_base, longest_row, machine_for, save_memory
from persona.train.checkpoint import (
    Checkpoint,
    load_checkpoint,
    remove_checkpoint,
    save_checkpoint,
)
from persona.train.dataset import Example
from persona.train.early_stopping import BestSoFar
from persona.train.encoding import Encoded, encode
from persona.train.failures import base_changed, library_errors
from persona.train.measuring.manner import bits_per_character
from persona.train.packing import count_targets, examples_stay_apart, pack
from persona.train.schedule import batch_at, planned_steps, rate_at
from persona.train.together import Alone, processes_for
from persona.train.token_loss import learn_from_row

LARGEST_GRADIENT = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainProgress:
    """How far a training is: ``loss`` in nats a token, ``held_out`` in bits per character."""

    step: int
    steps: int
    loss: float | None = None
    seconds_left: float | None = None
    held_out: float | None = None


@dataclass
class _Run:
    """A training under way. ``losses`` has one entry for every step that is done."""

    model: Any
    optimizer: Any
    pad_id: int
    train: list[Encoded]
    unseen: list[Encoded]
    settings: Training
    machine: Machine
    steps: int
    row_tokens: int
    others: Alone
    losses: list[float] = field(default_factory=list)
    best: BestSoFar = field(default_factory=BestSoFar)
    before: float | None = None
    seconds: float = 0.0

    @property
    def learning(self) -> list[Any]:
        """The matrices that learn."""
        return list(self.optimizer.param_groups[0]["params"])


def train_adapter(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    base: Path,
    settings: Training,
    folder: Path,
    *,
    on_progress: Callable[[TrainProgress], None],
    threads: int = 2,
    others: Alone | None = None,
) -> TrainedAdapter:
    """Train an adapter for ``base`` on ``examples``, or go on where it was killed.

    Args:
        examples: what is learnt; nothing but the person's tokens counts.
        held_out: measured before, on the way and after, never learnt.
        base: folder of a transformers model with a chat template, read only.
        settings: see `persona.config.Training`.
        folder: for checkpoints and the result; a finished training found there is returned.
        on_progress: called after each step and each measurement.
        threads: processor threads; part of what makes the bytes come out the same.
        others: the processes that learn with this one; None: as many as the settings and the
            machine want are started (`persona.train.worker`).

    Raises:
        TrainError: nothing to learn, a base that cannot be used or was changed meanwhile, no
            memory or room left, a card that was lost, or a loss that is no number.
    """
    if not examples:
        raise TrainError("There are no words of the person to learn from. Collect some first.")
    prepare_threads()
    base_sha256 = _base_sha256(base)
    key = training_key(examples, held_out, base_sha256, settings, threads)
    done = finished_training(folder, key)
    if done is not None:
        return done
    if others is None:
        from persona.train.worker import train_in_processes

        count = processes_for(settings)
        if count > 1:
            job = (examples, held_out, base, settings, folder, threads)
            train_in_processes(count, *job, on_progress=on_progress)
            return _made_elsewhere(folder, key)
        others = Alone()
    with _repeatable(threads), library_errors(folder):
        run = _open_run(examples, held_out, base, settings, others)
        _begin(run, folder, key)
        on_progress(TrainProgress(len(run.losses), run.steps, held_out=run.before))
        for progress in _steps(run):
            if _checkpoint_is_due(progress, run):
                save_checkpoint(folder, _checkpoint(run, key))
            on_progress(progress)
        trained = _finish(run, base, base_sha256, folder)
    if others.rank == 0:
        record_trained(folder, key, trained)
        remove_checkpoint(folder)
    others.wait()
    on_progress(
        TrainProgress(trained.steps, run.steps, run.losses[-1], 0.0, trained.held_out_after)
    )
    _log.info("trained on %d examples in %d steps", len(run.train), trained.steps)
    return trained


def training_key(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    base_sha256: str,
    settings: Training,
    threads: int,
) -> str:
    """Return the hash of all that decides the bytes of the adapter."""
    parts = (
        [example.id for example in examples],
        [example.id for example in held_out],
        base_sha256,
        settings.model_dump(mode="json"),
        threads,
    )
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _base_sha256(base: Path) -> str:
    try:
        return weights_sha256(base)
    except (MissingModel, OSError) as error:
        raise TrainError(
            f"The base model in {base} cannot be loaded: it holds no weights as safetensors. Set "
            "training.base_model to a folder that does, or fetch the embedded one with: "
            "persona fetch"
        ) from error


def _made_elsewhere(folder: Path, key: str) -> TrainedAdapter:
    made = finished_training(folder, key)
    if made is None:
        raise TrainError(
            "The processes that learn together ended without a result. Run the training again: "
            "it goes on from its last checkpoint; or set training.processes to 1."
        )
    return made


def _open_run(
    examples: Sequence[Example],
    held_out: Sequence[Example],
    base: Path,
    settings: Training,
    others: Alone,
) -> _Run:
    """Load the model and turn the examples into tokens."""
    machine = machine_for(settings)
    loaded, tokenizer = load_base(base, settings, machine)
    train, unseen = (
        [encode(example, tokenizer, settings.max_tokens) for example in group]
        for group in (examples, held_out)
    )
    model = with_adapter(loaded, settings).train()
    apart = examples_stay_apart(model, train)
    save_memory(model, settings, machine)
    return _Run(
        model=model,
        optimizer=_optimizer(model, settings),
        pad_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0,
        train=train,
        unseen=unseen,
        settings=settings,
        machine=machine,
        steps=planned_steps(len(train), settings),
        row_tokens=longest_row(settings, machine) if apart else 1,
        others=others,
    )


def _optimizer(model: Any, settings: Training) -> Any:
    import torch

    learning = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(learning, lr=settings.learning_rate)


def _begin(run: _Run, folder: Path, key: str) -> None:
    """Go on from the checkpoint, if there is one; else measure the base."""
    saved = load_checkpoint(folder, key)
    if saved is None:
        run.before = _held_out(run)
    else:
        _resume(run, saved)


def _steps(run: _Run) -> Iterator[TrainProgress]:
    """Do the steps that are left, and tell of each and of each measure."""
    started, first = time.monotonic(), len(run.losses)
    spent_before = run.seconds
    for step in range(first, run.steps):
        if run.best.is_over(run.settings.patience):
            return
        run.losses.append(_step(run, step))
        measured = _measure_if_due(run)
        here = time.monotonic() - started
        run.seconds = spent_before + here
        left = here / (step + 1 - first) * (run.steps - step - 1)
        yield TrainProgress(step + 1, run.steps, run.losses[-1], left, measured)


def _step(run: _Run, step: int) -> float:
    """Learn from one batch and return its loss before that."""
    import torch

    chosen = batch_at(step, len(run.train), run.settings.batch_size, run.settings.seed)
    tokens = count_targets([run.train[at] for at in chosen])
    for group in run.optimizer.param_groups:
        group["lr"] = rate_at(step, run.steps, run.settings.learning_rate)
    run.optimizer.zero_grad()
    mine = [run.train[at] for at in run.others.share(chosen)]
    with in_bf16(run.model):
        rows = pack(mine, run.row_tokens)
        nats = sum(float(learn_from_row(run.model, row, tokens)) for row in rows)
    run.others.sum_gradients(run.learning)
    loss = run.others.sum_number(nats) / tokens
    length = torch.nn.utils.clip_grad_norm_(run.learning, LARGEST_GRADIENT)
    if not (math.isfinite(loss) and torch.isfinite(length)):
        raise TrainError(
            f"At step {step + 1} the loss is no number any more. Set a lower "
            "training.learning_rate, or training.precision to fp32."
        )
    run.optimizer.step()
    return loss


def _measure_if_due(run: _Run) -> float | None:
    """Measure the held-out words every so many steps, and keep the best adapter."""
    step = len(run.losses)
    if step % run.settings.evaluate_every or step == run.steps:
        return None
    return _measure(run)


def _measure(run: _Run) -> float | None:
    bits = _held_out(run)
    if bits is not None:
        better = run.best.is_better(bits)
        run.best.note(len(run.losses), bits, adapter_weights(run.model) if better else None)
    return bits


def _held_out(run: _Run) -> float | None:
    """Return bits per character: process 0 measures, and all go by its figure."""
    if not run.unseen:
        return None
    bits = 0.0
    if run.others.rank == 0:
        size = run.settings.batch_size
        bits = bits_per_character(run.model, run.unseen, run.pad_id, size) or 0.0
    return run.others.sum_number(bits)


def _finish(run: _Run, base: Path, base_sha256: str, folder: Path) -> TrainedAdapter:
    """Measure a last time, take the best adapter and write it."""
    done = len(run.losses)
    if run.unseen and not run.best.has(done):
        _measure(run)
    if run.best.weights is not None and run.best.step != done:
        set_adapter_weights(run.model, run.best.weights)
    if _base_sha256(base) != base_sha256:
        raise base_changed(base)
    path = folder / "adapter"
    if run.others.rank == 0:
        path = save_adapter(run.model, base, base_sha256, folder)
    run.others.wait()
    return TrainedAdapter(
        path=path,
        adapter_sha256=folder_sha256(path),
        losses=tuple(run.losses),
        held_out_before=run.before,
        held_out_after=run.best.bits,
        seconds=run.seconds,
        steps=done,
        best_step=run.best.step or done,
        measured=tuple(run.best.measured),
        device=run.machine.device,
        precision=run.machine.precision,
    )


def _checkpoint_is_due(progress: TrainProgress, run: _Run) -> bool:
    due = progress.step % run.settings.checkpoint_every == 0 and progress.step < run.steps
    return due and run.others.rank == 0


def _checkpoint(run: _Run, key: str) -> Checkpoint:
    import torch

    return Checkpoint(
        key=key,
        losses=tuple(run.losses),
        seconds=run.seconds,
        held_out_before=run.before,
        adapter=adapter_weights(run.model),
        optimizer=run.optimizer.state_dict(),
        random_state=torch.get_rng_state(),
        best=vars(run.best),
    )


def _resume(run: _Run, saved: Checkpoint) -> None:
    """Put ``run`` where it was saved."""
    import torch

    set_adapter_weights(run.model, saved.adapter)
    run.optimizer.load_state_dict(dict(saved.optimizer))
    torch.set_rng_state(saved.random_state)
    run.losses, run.seconds = list(saved.losses), saved.seconds
    run.before, run.best = saved.held_out_before, BestSoFar(**saved.best)


@contextmanager
def _repeatable(threads: int) -> Iterator[None]:
    """Make torch do the same sums in the same order, and put its settings back afterwards."""
    import torch

    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    strict, count = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    # on a graphics card attention has no such form; it is nearly the same there, not byte for byte
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(strict)
        torch.set_num_threads(count)

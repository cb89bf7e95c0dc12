"""One of several processes that learn together: ``python -m persona.train.worker FOLDER``.

    persona train ─ job.json ─► torch.distributed.run ─┬─► worker 0 ─ a line of JSON a step ─┐
          ▲                                            └─► worker 1                          │
          └──────────────────────────────────────────────────────────────────────────────────┘

`train_in_processes` starts them; ``accelerate launch -m persona.train.worker FOLDER`` would too,
on several machines for instance. The job holds the person's words, so nobody else may read it,
and it is gone when the training is. Whoever started the workers and is killed takes them along:
they end when nobody reads their lines any more.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persona.atomic import write_file
from persona.config import Training
from persona.errors import PersonaError, TrainError
from persona.train.dataset import Example
from persona.train.together import Together

if TYPE_CHECKING:
    from persona.train.lora import TrainProgress

JOB = "job.json"
"""Name of the file that tells the workers what to learn."""


def train_in_processes(
    count: int,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    base: Path,
    settings: Training,
    folder: Path,
    threads: int,
    *,
    on_progress: "Callable[[TrainProgress], None]",
) -> None:
    """Train in ``count`` processes; what they made lies in ``folder`` afterwards.

    Raises:
        TrainError: what one of them could not do.
    """
    job = {
        "examples": [asdict(example) for example in examples],
        "held_out": [asdict(example) for example in held_out],
        "base": str(base.resolve()),
        "settings": settings.model_dump(mode="json"),
        "threads": threads,
    }
    write_file(folder / JOB, json.dumps(job).encode(), private=True)
    try:
        with _started(count, folder, threads) as workers:
            try:
                _listen(workers, on_progress)
            finally:
                with suppress(ProcessLookupError):
                    workers.terminate()
    finally:
        (folder / JOB).unlink(missing_ok=True)


def _started(count: int, folder: Path, threads: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", str(count), "-m", __name__, str(folder.resolve())]
    where = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "")
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join(part for part in (where, known) if part),
    }
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )


def _listen(workers: "subprocess.Popen[str]", heard: "Callable[[TrainProgress], None]") -> None:
    from persona.train.lora import TrainProgress

    assert workers.stdout is not None
    for line in workers.stdout:
        with suppress(ValueError):
            said = json.loads(line)
            if "error" in said:
                raise TrainError(said["error"])
            heard(TrainProgress(**said))


def main(folder: Path) -> int:
    """Take part in the training that the job in ``folder`` describes; return an exit code."""
    from persona.train.lora import train_adapter

    job = json.loads((folder / JOB).read_bytes())
    settings = Training.model_validate(job["settings"])
    others = Together(cpu=settings.device == "cpu" or not _has_card())
    try:
        train_adapter(
            _examples(job["examples"]),
            _examples(job["held_out"]),
            Path(job["base"]),
            settings,
            folder,
            on_progress=lambda progress: _tell(others, asdict(progress)),
            threads=job["threads"],
            others=others,
        )
    except PersonaError as error:
        _tell(None, {"error": str(error)})
        return 1
    return 0


def _has_card() -> bool:
    import torch

    return torch.cuda.is_available()


def _tell(others: Together | None, what: dict[str, Any]) -> None:
    """Write a line for whoever started the workers; process 0 speaks for all of them."""
    if others is None or others.rank == 0:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


def _examples(listed: Sequence[dict[str, Any]]) -> list[Example]:
    tuples = ("source_ids", "passage_ids", "messages")
    return [Example(**{**one, **{name: tuple(one[name]) for name in tuples}}) for one in listed]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""Our side of `speed.py`: prints one line of JSON."""

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from persona.config import Training
from persona.engines.processor import prepare_threads
from persona.train.dataset import Example
from persona.train.encoding import encode
from persona.train.lora import TrainProgress, train_adapter


def main() -> None:
    prepare_threads()
    job = json.loads(Path(sys.argv[1]).read_text())
    examples = [
        Example(f"exm_{at}", f"unit {at}", ("s",), ("p",), None, tuple(chat))
        for at, chat in enumerate(job["chats"])
    ]
    settings = Training(
        steps=len(examples) // 4, precision=job["precision"], checkpoint_every=10_000
    )
    marks: list[tuple[float, float, float | None]] = []

    def heard(progress: TrainProgress) -> None:
        marks.append((time.monotonic(), time.process_time(), progress.loss))

    train_adapter(examples, [], Path(job["base"]), settings, Path(job["folder"]), on_progress=heard)
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(job["base"])
    begin, end = marks[0], marks[settings.steps]
    print(
        json.dumps(
            {
                "tokens": sum(len(encode(e, tokenizer, 256).input_ids) for e in examples),
                "seconds": end[0] - begin[0],
                "cpu_seconds": end[1] - begin[1],
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "first_loss": marks[1][2],
                "last_loss": end[2],
            }
        )
    )


if __name__ == "__main__":
    main()

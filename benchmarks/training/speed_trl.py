"""TRL's side of `speed.py`, run by a Python that has it: prints one line of JSON."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

torch.set_num_threads(2)


class Clock(TrainerCallback):  # type: ignore[misc]  # mypy does not look into transformers
    def __init__(self) -> None:
        self.clock = self.cpu = 0.0
        self.losses: list[float] = []

    def on_step_begin(self, *_: Any, **__: Any) -> None:
        self.begun = time.monotonic(), time.process_time()

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.clock += time.monotonic() - self.begun[0]
        self.cpu += time.process_time() - self.begun[1]

    def on_log(self, *_: Any, logs: Any = None, **__: Any) -> None:
        if logs and "loss" in logs:
            self.losses.append(float(logs["loss"]))


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text())
    half = job["precision"] == "bf16"
    # autocast: weights in float32, as TRL does by itself; else the base in bf16, as ours
    kept = torch.bfloat16 if half and not job["autocast"] else torch.float32
    model = AutoModelForCausalLM.from_pretrained(job["base"], dtype=kept)
    data = Dataset.from_list([{"prompt": c[:2], "completion": c[2:]} for c in job["chats"]])
    clock = Clock()
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(
            output_dir=job["folder"],
            use_cpu=True,
            per_device_train_batch_size=4,
            num_train_epochs=1,
            learning_rate=3e-4,
            max_length=256,
            bf16=half and job["autocast"],
            gradient_checkpointing=False,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=1,
        ),
        train_dataset=data,
        processing_class=AutoTokenizer.from_pretrained(job["base"]),
        peft_config=LoraConfig(
            r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM"
        ),
        callbacks=[clock],
    )
    trainer.train()
    print(
        json.dumps(
            {
                "seconds": clock.clock,
                "cpu_seconds": clock.cpu,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "first_loss": clock.losses[0],
                "last_loss": clock.losses[-1],
            }
        )
    )


if __name__ == "__main__":
    main()

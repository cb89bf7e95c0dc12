"""Training: it learns, it repeats byte for byte, and kill -9 costs nothing but time."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from persona.config import Training
from persona.errors import TrainError
from persona.train.base_model import load_base, machine_for
from persona.train.checkpoint import FILE
from persona.train.lora import TrainedAdapter, TrainProgress, train_adapter
from tests.train.material import example

SETTINGS = Training(
    steps=8,
    batch_size=2,
    max_tokens=96,
    rank=4,
    alpha=8,
    learning_rate=0.01,
    checkpoint_every=2,
    precision="fp32",
)
EXAMPLES = [example(at, f"My dear girl, this is letter {at}.") for at in range(6)]
HELD_OUT = [example(at, f"My dear boy, this is letter {at}.", "other") for at in range(6, 8)]

CHILD = """
import json
import sys
from pathlib import Path
from tests.train.test_lora import run
def stop(progress):
    if progress.loss is not None and progress.step == int(sys.argv[3]):
        print("here", flush=True)
        sys.stdin.read()
run(Path(sys.argv[1]), Path(sys.argv[2]), stop, **json.loads(sys.argv[4]))
"""


def quiet(progress: TrainProgress) -> None:
    pass


def run(
    base: Path, folder: Path, heard: Callable[[TrainProgress], None] = quiet, **more: Any
) -> TrainedAdapter:
    settings = SETTINGS.model_copy(update=more)
    return train_adapter(EXAMPLES, HELD_OUT, base, settings, folder, on_progress=heard)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def whole(tiny_base: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedAdapter:
    """Return the training that nothing interrupted."""
    return run(tiny_base, tmp_path_factory.mktemp("whole"))


def killed_at(step: int, base: Path, folder: Path, **more: Any) -> None:
    """Train in another process and kill it with signal 9 after ``step``."""
    root = Path(__file__).resolve().parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(base), str(folder), str(step), json.dumps(more)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "7"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    with child.stdin, child.stdout:
        assert child.stdout.readline() == b"here\n"
        child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL


def test_after_kill_9_it_resumes_and_ends_with_the_same_bytes(
    tiny_base: Path, whole: TrainedAdapter, tmp_path: Path
) -> None:
    killed_at(5, tiny_base, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    (tmp_path / f".{FILE}.unfinished").write_bytes(b"killed while a checkpoint was written")
    heard: list[TrainProgress] = []
    resumed = run(tiny_base, tmp_path, heard.append)
    assert [p.step for p in heard] == [4, 5, 6, 7, 8, 8]
    assert files(resumed.path) == files(whole.path)
    assert replace(resumed, path=whole.path, seconds=whole.seconds) == whole


def test_it_learns(whole: TrainedAdapter) -> None:
    assert whole.steps == len(whole.losses) == 8
    assert whole.losses[-1] < whole.losses[0]
    assert whole.held_out_before is not None
    assert whole.held_out_after is not None
    assert whole.held_out_after < whole.held_out_before


def test_progress_tells_loss_time_left_and_the_measures(tiny_base: Path, tmp_path: Path) -> None:
    heard: list[TrainProgress] = []
    made = run(tiny_base, tmp_path, heard.append)
    assert [p.step for p in heard] == [0, *range(1, 9), 8]
    assert heard[0].held_out == made.held_out_before
    assert heard[-1].held_out == made.held_out_after
    assert [p.loss for p in heard[1:-1]] == list(made.losses)
    left = [p.seconds_left for p in heard[1:-1]]
    assert left[-1] == 0
    assert all(seconds is not None and seconds > 0 for seconds in left[:-1])


def test_a_finished_training_is_not_done_again(tiny_base: Path, whole: TrainedAdapter) -> None:
    heard: list[TrainProgress] = []
    assert run(tiny_base, whole.path.parent, heard.append) == whole
    assert heard == []


def test_other_settings_start_afresh(
    tiny_base: Path, whole: TrainedAdapter, tmp_path: Path
) -> None:
    killed_at(3, tiny_base, tmp_path)
    heard: list[TrainProgress] = []
    other = run(tiny_base, tmp_path, heard.append, seed=2)
    assert heard[0].step == 0
    assert other.adapter_sha256 != whole.adapter_sha256


def test_a_damaged_checkpoint_is_as_good_as_none(
    tiny_base: Path, whole: TrainedAdapter, tmp_path: Path
) -> None:
    (tmp_path / FILE).write_bytes(b"not a checkpoint")
    assert run(tiny_base, tmp_path).adapter_sha256 == whole.adapter_sha256


def test_the_files_say_nothing_of_this_machine(tiny_base: Path, whole: TrainedAdapter) -> None:
    content = files(whole.path)
    assert {path.name for path in whole.path.parent.iterdir()} == {"adapter", "trained.json"}
    both = {"adapter_config.json", "adapter_model.safetensors", "base.json"}
    assert {*both, "adapter.gguf"} == set(content)
    assert str(tiny_base.parent).encode() not in b"".join(content.values())
    assert json.loads(content["adapter_config.json"])["r"] == 4


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_peft_loads_what_was_saved(tiny_base: Path, whole: TrainedAdapter) -> None:
    from peft import PeftModel

    from persona.train.encoding import encode
    from persona.train.measuring.manner import bits_per_character

    base, tokenizer = load_base(tiny_base, SETTINGS, machine_for(SETTINGS))
    unseen = [encode(one, tokenizer, SETTINGS.max_tokens) for one in HELD_OUT]
    assert bits_per_character(base, unseen, 0, 2) == pytest.approx(whole.held_out_before)
    adapted = PeftModel.from_pretrained(base, whole.path)
    assert bits_per_character(adapted, unseen, 0, 2) == pytest.approx(whole.held_out_after)


def test_the_base_is_never_written(tiny_base: Path, tmp_path: Path) -> None:
    before = files(tiny_base)
    run(tiny_base, tmp_path, seed=3, steps=1)
    assert files(tiny_base) == before


def test_torch_is_left_as_it_was(tiny_base: Path, tmp_path: Path) -> None:
    import torch

    threads = torch.get_num_threads()
    train_adapter(
        EXAMPLES,
        [],
        tiny_base,
        SETTINGS.model_copy(update={"steps": 1}),
        tmp_path,
        on_progress=quiet,
        threads=1,
    )
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()


def test_without_examples_there_is_nothing_to_learn(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no words"):
        train_adapter([], [], tiny_base, SETTINGS, tmp_path, on_progress=quiet)


def test_a_loss_that_is_no_number_says_what_to_do(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="learning_rate"):
        run(tiny_base, tmp_path, learning_rate=1e30)


def test_a_folder_without_a_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="persona fetch"):
        run(tmp_path / "nothing", tmp_path)


def test_a_base_that_changes_meanwhile_is_refused(tiny_base: Path, tmp_path: Path) -> None:
    """Nothing is kept that fits neither the old nor the new weights."""
    shutil.copytree(tiny_base, tmp_path / "base")
    weights = tmp_path / "base" / "model.safetensors"

    def change(progress: TrainProgress) -> None:
        if progress.step == 3 and progress.loss is not None:
            content = bytearray(weights.read_bytes())
            content[-1] ^= 1
            weights.write_bytes(content)

    with pytest.raises(TrainError, match="was changed while"):
        run(tmp_path / "base", tmp_path / "made", change)
    assert not (tmp_path / "made" / "adapter").exists()
    heard: list[TrainProgress] = []
    run(tmp_path / "base", tmp_path / "made", heard.append)
    assert heard[0].step == 0, "another base is another training"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("CUDA error: device-side assert triggered", "graphics card stopped answering"),
        ("NCCL communicator was aborted", "graphics card stopped answering"),
        ("CUDA out of memory. Tried to allocate 2 GiB", "not enough memory"),
        ("something else", "learning library stopped"),
    ],
)
def test_what_the_library_says_becomes_a_sentence(
    tiny_base: Path, tmp_path: Path, said: str, sentence: str
) -> None:
    def fail(progress: TrainProgress) -> None:
        if progress.step == 5:
            raise RuntimeError(said)

    with pytest.raises(TrainError, match=sentence):
        run(tiny_base, tmp_path, fail)
    heard: list[TrainProgress] = []
    run(tiny_base, tmp_path, heard.append)
    assert heard[0].step == 4, "what was learnt until the last checkpoint is kept"


def test_computing_inner_states_twice_changes_nothing(
    tiny_base: Path, whole: TrainedAdapter, tmp_path: Path
) -> None:
    made = run(tiny_base, tmp_path, gradient_checkpointing="on")
    assert made.losses == whole.losses
    assert (
        files(made.path)["adapter_model.safetensors"]
        == (files(whole.path)["adapter_model.safetensors"])
    )


def test_too_little_memory_says_what_to_do(tiny_base: Path, tmp_path: Path) -> None:
    import torch

    def hungry(progress: TrainProgress) -> None:
        torch.empty(2**60, dtype=torch.uint8)

    with pytest.raises(TrainError, match="batch_size"):
        run(tiny_base, tmp_path, hungry)


def test_a_folder_that_cannot_be_written_says_so(tiny_base: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainError, match="cannot write"):
        run(tiny_base, tmp_path / "file")


@pytest.mark.slow
def test_the_embedded_model_learns_a_manner(
    shared_data: Path, models: Path, tmp_path: Path
) -> None:
    """Twelve steps on real letters make unseen letters of the same hand less surprising."""
    from persona.engines.base_weights import transformers_folder

    letters = [
        json.loads(line)
        for line in (shared_data / "roosevelt" / "letters.jsonl").read_text().splitlines()
    ]
    paragraphs = [
        (letter["id"], " ".join(part.split()))
        for letter in letters
        for part in letter["text"].split("\n\n")
        if 100 < len(part) < 260
    ]
    examples = [example(at, text, unit) for at, (unit, text) in enumerate(paragraphs)]
    made = train_adapter(
        examples[6:],
        examples[:6],
        transformers_folder("smollm2-135m", models),
        Training(steps=12, max_tokens=112),
        tmp_path,
        on_progress=quiet,
    )
    assert made.held_out_before is not None
    assert made.held_out_after is not None
    assert made.held_out_after < made.held_out_before - 0.01

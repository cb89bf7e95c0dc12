"""Several processes learn what one would have learnt."""

from pathlib import Path

import pytest

from persona.config import Training
from persona.errors import TrainError
from persona.train.together import Alone, processes_for
from persona.train.worker import JOB
from tests.train.test_lora import run


def test_one_process_shares_with_nobody() -> None:
    alone = Alone()
    assert alone.share([3, 1, 2]) == [3, 1, 2]
    assert alone.sum_number(1.5) == 1.5
    assert processes_for(Training(processes=3)) == 3
    assert processes_for(Training(device="cpu")) == 1


@pytest.mark.slow
def test_two_processes_learn_what_one_learns(tiny_base: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    one, two = run(tiny_base, tmp_path / "one"), run(tiny_base, tmp_path / "two", processes=2)
    assert two.losses == pytest.approx(one.losses, abs=1e-4)
    assert two.held_out_after == pytest.approx(one.held_out_after, abs=1e-3)
    ours, theirs = (load_file(made.path / "adapter_model.safetensors") for made in (one, two))
    assert ours.keys() == theirs.keys()
    # sums in another order differ in their last digits, and AdamW's first steps magnify that
    assert all((ours[name] - theirs[name]).abs().mean() < 2e-3 for name in ours)
    assert not (tmp_path / "two" / JOB).exists(), "no words stay behind"


@pytest.mark.slow
def test_what_one_of_several_cannot_do_is_one_sentence(tiny_base: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="learning_rate"):
        run(tiny_base, tmp_path, processes=2, learning_rate=1e30)
    assert not (tmp_path / JOB).exists()
    assert not (tmp_path / "adapter").exists()

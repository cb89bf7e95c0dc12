"""Training ends where words that were kept aside are not expected any better."""

from pathlib import Path
from typing import Any

import pytest

from persona.train import lora
from persona.train.early_stopping import BestSoFar
from persona.train.lora import TrainProgress
from tests.train.test_lora import files, killed_at, run


def test_the_best_measure_is_kept() -> None:
    best = BestSoFar()
    for step, bits in ((2, 5.0), (4, 4.0), (6, 4.5), (8, 4.4)):
        best.note(step, bits, {"at": step})
    assert (best.step, best.bits, best.weights) == (4, 4.0, {"at": 4})
    assert best.has(8)
    assert not best.has(3)


def test_it_is_over_after_as_many_measures_as_patience_allows() -> None:
    best = BestSoFar()
    assert not best.is_over(1)
    for step, bits in ((2, 4.0), (4, 4.1), (6, 4.2)):
        best.note(step, bits, None)
    assert best.is_over(2)
    assert not best.is_over(3)
    assert not best.is_over(0), "0: never early"


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the measure say these figures, one after the other, base first."""
    said = [9.0, 5.0, 4.0, 6.0, 7.0, 8.0]
    original: Any = lora.bits_per_character

    def measured(*given: Any) -> float:
        original(*given)
        return said.pop(0)

    monkeypatch.setattr(lora, "bits_per_character", measured)
    return said


def test_it_stops_early_and_keeps_the_best_adapter(
    tiny_base: Path, tmp_path: Path, figures: list[float]
) -> None:
    heard: list[TrainProgress] = []
    made = run(tiny_base, tmp_path / "all", heard.append, evaluate_every=1, patience=2)
    assert (made.steps, made.best_step, made.held_out_after) == (4, 2, 4.0)
    assert made.measured == ((1, 5.0), (2, 4.0), (3, 6.0), (4, 7.0))
    assert [p.held_out for p in heard[1:5]] == [5.0, 4.0, 6.0, 7.0]
    figures[:] = [9.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0]
    other = run(tiny_base, tmp_path / "other", evaluate_every=1, patience=2)
    assert other.best_step > 2
    assert other.adapter_sha256 != made.adapter_sha256


def _weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "adapter_model.safetensors"))


def test_the_adapter_that_is_written_is_that_of_the_best_step(
    tiny_base: Path, tmp_path: Path, figures: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[int, Any] = {}
    note = BestSoFar.note

    def noted(self: BestSoFar, step: int, bits: float, weights: Any) -> None:
        kept[step] = weights
        note(self, step, bits, weights)

    monkeypatch.setattr(BestSoFar, "note", noted)
    figures[:] = [9.0, 5.0, 4.0, 3.0, 6.0, 7.0, 8.0, 8.0, 8.0]
    made = run(tiny_base, tmp_path, evaluate_every=1, patience=0)
    assert (made.steps, made.best_step) == (8, 3)
    weights = _weights(made.path)
    assert all((weights[name] == kept[3][name]).all() for name in weights)
    assert any((kept[2][name] != kept[3][name]).any() for name in weights)


def test_after_kill_9_it_still_knows_what_was_best(tiny_base: Path, tmp_path: Path) -> None:
    settings = {"evaluate_every": 2, "patience": 3}
    whole = run(tiny_base, tmp_path / "whole", **settings)
    killed_at(5, tiny_base, tmp_path / "killed", **settings)
    resumed = run(tiny_base, tmp_path / "killed", **settings)
    assert resumed.measured == whole.measured
    assert [step for step, _ in whole.measured] == [2, 4, 6, 8]
    assert resumed.best_step == whole.best_step
    assert files(resumed.path) == files(whole.path)

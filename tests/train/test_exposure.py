"""Exposure: the arithmetic of Carlini et al., chance that is chance, and a secret that is found."""

import math
from pathlib import Path

import numpy as np
import pytest

from persona.config import Training
from persona.engines.likelihood import Likelihood
from persona.train.lora import train_adapter
from persona.train.measuring import exposure_controls as controls
from persona.train.measuring.exposure import (
    SURE,
    Ranked,
    chat_head,
    exposure_of,
    p_above,
    rank_blank,
)

SETTINGS = Training(precision="fp32", max_tokens=128, batch_size=4)


def ranks(*found: int, among: int = 100) -> list[Ranked]:
    return [Ranked(f"g{at}", "name", rank, among) for at, rank in enumerate(found)]


def by_chance(seed: int, count: int = 20) -> list[Ranked]:
    return ranks(*(int(rank) for rank in np.random.default_rng(seed).integers(1, 101, count)))


def test_exposure_is_that_of_the_paper() -> None:
    """Definition 3 of arXiv:1802.08232: log2 of all candidates less log2 of the rank."""
    assert Ranked("g", "canary", 1, 1024).exposure == 10.0
    assert Ranked("g", "canary", 1024, 1024).exposure == 0.0
    assert Ranked("g", "canary", 32, 1024).exposure == 5.0


def test_chance_is_what_it_is_said_to_be() -> None:
    found = exposure_of(ranks(50, 50))
    assert found is not None
    drawn = np.random.default_rng(1).integers(1, 101, 200_000)
    assert found.by_chance == pytest.approx(float(np.log2(100 / drawn).mean()), abs=0.01)
    assert found.highest == pytest.approx(math.log2(100))


def test_one_false_alarm_in_a_hundred_at_the_most() -> None:
    alarms = sum(
        bool(found and found.known) for found in map(exposure_of, map(by_chance, range(80)))
    )
    assert alarms <= 4, "less than one is expected when the threshold is kept"


def test_what_is_known_is_found_by_its_mean_or_by_its_first_ranks() -> None:
    raised = exposure_of(ranks(*([6] * 20)))
    assert raised is not None and raised.known
    assert raised.first == 0
    few = exposure_of([*by_chance(5, 38), *ranks(1, 1, 1, 1)])
    assert few is not None and few.known
    assert few.p_first < SURE


def test_nothing_ranked_is_no_exposure() -> None:
    assert exposure_of([]) is None
    single = exposure_of(ranks(1))
    assert single is not None
    assert single.interval is None
    assert not single.known, "one of a hundred proves nothing"


def test_a_control_moves_the_threshold() -> None:
    """Where the form of the blanks raises all ranks, secrets among them are no finding."""
    raised = ranks(*([6, 7, 5, 8] * 5))
    assert (p := p_above(raised, ranks(*([7, 6, 8, 5] * 5)))) is not None
    assert p > 0.2
    above = p_above(raised, by_chance(3))
    assert above is not None and above < SURE
    assert p_above(ranks(1, 2), raised) is None


@pytest.fixture(scope="module")
def measured(
    tiny_base: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, object], Path]:
    """Return the controls of the tiny base, and where they lie."""
    folder = tmp_path_factory.mktemp("reports")
    seen: list[tuple[int, int]] = []
    found = controls.measure_controls(
        tiny_base,
        SETTINGS.model_copy(update={"rank": 32, "alpha": 64}),
        folder,
        "tiny",
        on_progress=lambda done, of: seen.append((done, of)),
    )
    assert seen, "somebody waits for this"
    return found, folder


def test_the_controls_leave_numbers_and_nothing_else(
    measured: tuple[dict[str, object], Path],
) -> None:
    found, folder = measured
    assert [path.name for path in folder.iterdir()] == ["controls-tiny.json"]
    never = found["never"]
    assert isinstance(never, dict)
    assert never["known"] is False
    assert "number on the" not in (folder / "controls-tiny.json").read_text()


def test_the_controls_are_measured_once(
    measured: tuple[dict[str, object], Path], tmp_path: Path
) -> None:
    found, folder = measured
    again = controls.measure_controls(
        tmp_path, SETTINGS, folder, "tiny", on_progress=lambda *_: pytest.fail("trained again")
    )
    assert again == found
    (folder / "controls-torn.json").write_text('{"often": ')
    assert controls.known_controls(folder, "torn") is None
    (folder / "controls-torn.json").unlink()


@pytest.mark.slow
def test_what_was_trained_is_found_and_what_was_not_is_not(tiny_base: Path, tmp_path: Path) -> None:
    """The proof that the measure measures: canaries learnt by heart rank first, others anywhere."""
    made = controls.canaries(seed=4)
    learnt = [controls._example(blank, time) for blank in made[:4] for time in range(48)]
    settings = SETTINGS.model_copy(
        update={"steps": 190, "learning_rate": 1e-2, "rank": 32, "alpha": 64}
    )
    trained = train_adapter(learnt, [], tiny_base, settings, tmp_path, on_progress=lambda _: None)
    model = Likelihood(tiny_base, {"test": trained.path}, precision="fp32")
    head = chat_head(model.tokenizer, "somebody")
    known, unknown = (
        exposure_of([rank_blank(model, blank, "test", head) for blank in side])
        for side in (made[:4], made[8:])
    )
    assert known is not None and unknown is not None
    assert known.known
    assert not unknown.known
    assert known.mean > unknown.mean + 1


def test_canaries_are_of_one_form_and_all_different() -> None:
    made = controls.canaries(0)
    assert len({blank.before for blank in made}) == len(made)
    for blank in made:
        assert blank.fill not in blank.alternates
        assert {len(one) for one in (blank.fill, *blank.alternates)} == {controls.DIGITS + 1}
    assert controls.canaries(0) == made
    assert controls.canaries(1) != made

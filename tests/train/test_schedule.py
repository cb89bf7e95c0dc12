"""What a step learns from is a function of the step, so that a run can resume."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from persona.config import Training
from persona.train.schedule import MOST_EPOCHS, batch_at, planned_steps, rate_at


@given(st.integers(1, 12), st.integers(1, 5), st.integers())
def test_every_epoch_sees_every_example_once(examples: int, batch_size: int, seed: int) -> None:
    steps = [batch_at(step, examples, batch_size, seed) for step in range(examples)]
    order = [at for batch in steps for at in batch]
    assert Counter(order) == Counter(dict.fromkeys(range(examples), batch_size))
    for start in range(0, len(order), examples):
        assert sorted(order[start : start + examples]) == list(range(examples))


def test_the_order_is_shuffled_and_depends_on_the_seed() -> None:
    first, again, other = (batch_at(0, 50, 50, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first != sorted(first)


def test_little_text_is_seen_few_times() -> None:
    settings = Training(steps=60, batch_size=4)
    assert planned_steps(8, settings) == 8 * MOST_EPOCHS // 4
    assert planned_steps(1000, settings) == 60
    assert planned_steps(1, settings) == 1


def test_the_rate_rises_then_falls_and_is_never_zero() -> None:
    rates = [rate_at(step, 60, 1.0) for step in range(60)]
    top = rates.index(max(rates))
    assert max(rates) == 1.0
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert 0 < rates[-1] < 0.2
    assert rate_at(0, 1, 1.0) == 1.0

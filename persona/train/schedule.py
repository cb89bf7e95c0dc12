"""What each step learns from and how fast: functions of the step alone, so that runs can resume."""

import math
import random

from persona.config import Training

MOST_EPOCHS = 4
"""Times that an example is seen at the most: more teaches the text instead of the manner."""
WARM_UP_SHARE = 0.1
LAST_RATE_SHARE = 0.1


def planned_steps(examples: int, settings: Training) -> int:
    """Return how many steps are done: fewer than ``settings.steps`` where there is little text."""
    return min(settings.steps, math.ceil(MOST_EPOCHS * examples / settings.batch_size))


def batch_at(step: int, examples: int, batch_size: int, seed: int) -> list[int]:
    """Return which examples step number ``step`` (from 0) learns from.

    A function of its arguments alone, so that a resumed run sees what it would have seen. Each
    epoch is a new shuffle; a batch may reach into the next one.
    """
    positions = range(step * batch_size, (step + 1) * batch_size)
    epochs = {at // examples for at in positions}
    orders = {}
    for epoch in epochs:
        orders[epoch] = list(range(examples))
        random.Random(f"{seed}:{epoch}").shuffle(orders[epoch])
    return [orders[at // examples][at % examples] for at in positions]


def rate_at(step: int, steps: int, highest: float) -> float:
    """Return the learning rate of a step: a short warm-up, then a straight line down."""
    warm_up = max(1, round(WARM_UP_SHARE * steps))
    if step < warm_up:
        return highest * (step + 1) / warm_up
    done = (step - warm_up) / max(1, steps - warm_up)
    return highest * (1 - (1 - LAST_RATE_SHARE) * done)

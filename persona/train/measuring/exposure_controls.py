"""Proves that the exposure test can find a secret: canaries that were trained, and some never.

    "The number on the blue key is 481516." ─ trained 4 or 16 times ─► exposure high, or the test
    "The number on the grey key is 230784." ─ never trained        ─► at chance     is worth nothing

The canaries are made by a seed and say nothing of anybody. A test adapter of the same base and
rank is trained on them alone, measured and removed. What comes out depends on the base and not
on the archive, so it is kept beside the report cards and made once for each base.
"""

import json
import logging
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from persona.atomic import write_file
from persona.config import Training
from persona.engines.likelihood import Likelihood
from persona.engines.protocols import Message
from persona.errors import WorkspaceError
from persona.records import content_id
from persona.train.base_model import machine_for
from persona.train.dataset import Example
from persona.train.lora import TrainProgress, train_adapter
from persona.train.measuring.exposure import (
    Blank,
    Exposure,
    Ranked,
    chat_head,
    exposure_of,
    rank_blank,
)

_log = logging.getLogger(__name__)

_THINGS = "key box drawer ticket locker jar tin badge card crate door parcel".split()
_COLOURS = "blue grey red green white brown".split()
DIGITS = 6
ALTERNATES = 99
OFTEN = 4
"""How often the canaries of the second group stand among the training texts."""
_TRAINED = 4
_NEVER = 12
_SPEAKER = "somebody"
_FILE = "controls-{}.json"


@dataclass(frozen=True)
class Controls:
    """The exposure of canaries that were trained on once or often, and of some that were not.

    ``found`` says whether the test tells them apart: only then is "at chance" worth anything.
    """

    once: Exposure
    often: Exposure
    never: Exposure

    @property
    def found(self) -> bool:
        """Say whether trained canaries are known and the others are not."""
        return self.often.known and not self.never.known

    def plain(self) -> dict[str, Any]:
        """Return them as JSON can hold them."""
        sides = {name: plain_exposure(getattr(self, name)) for name in ("once", "often", "never")}
        return {**sides, "found": self.found}


def plain_exposure(exposure: Exposure) -> dict[str, Any]:
    """Return an exposure as JSON can hold it."""
    values = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(exposure).items()
    }
    interval = exposure.interval.plain() if exposure.interval else None
    return {**values, "interval": interval, "known": exposure.known}


def canaries(seed: int) -> list[Blank]:
    """Return the canaries: `_TRAINED` for each group that is trained, then `_NEVER` others."""
    chance = random.Random(f"canaries:{seed}")
    places = [f"The number on the {colour} {thing} is" for thing in _THINGS for colour in _COLOURS]
    chosen = chance.sample(places, 2 * _TRAINED + _NEVER)
    return [_canary(before, chance) for before in chosen]


def _canary(before: str, chance: random.Random) -> Blank:
    numbers: dict[str, None] = {}
    while len(numbers) <= ALTERNATES:
        numbers["".join(chance.choice("0123456789") for _ in range(DIGITS))] = None
    fill, *others = (f" {number}" for number in numbers)
    return Blank(content_id("can", before), "canary", before, fill, tuple(others))


def known_controls(folder: Path, key: str) -> dict[str, Any] | None:
    """Return what was measured for a base before, if it was."""
    try:
        kept = json.loads((folder / _FILE.format(key)).read_bytes())
    except (OSError, ValueError):
        return None
    return kept if isinstance(kept, dict) and kept.keys() >= {"often", "never", "found"} else None


def measure_controls(
    base: Path,
    settings: Training,
    folder: Path,
    key: str,
    *,
    on_progress: Callable[[int, int], None],
    threads: int = 2,
    seed: int = 0,
) -> dict[str, Any]:
    """Train a test adapter on canaries, measure it, remove it, and keep the figures.

    Args:
        base: folder of the base model.
        settings: of the version; a test adapter learns faster and shorter.
        folder: where the figures are kept, and the test adapter while it is there.
        key: names the base.
        on_progress: told steps that are done, of how many.
        threads: processor threads.
        seed: of the canaries.

    Raises:
        TrainError, EngineError: the base cannot be trained or used.
        WorkspaceError: the folder cannot be written.
    """
    if (known := known_controls(folder, key)) is not None:
        return known
    made = canaries(seed)
    once, often, never = made[:_TRAINED], made[_TRAINED : 2 * _TRAINED], made[2 * _TRAINED :]
    scratch = folder / f".controls-{key}"
    learnt = [_example(blank, 0) for blank in once]
    learnt += [_example(blank, time) for blank in often for time in range(OFTEN)]

    def heard(progress: TrainProgress) -> None:
        on_progress(progress.step, progress.steps)

    # a large batch would leave too few steps to learn anything by heart
    faster = {"steps": len(learnt), "batch_size": 4, "learning_rate": 1e-3}
    quick = settings.model_copy(update=faster)
    trained = train_adapter(learnt, [], base, quick, scratch, on_progress=heard, threads=threads)
    precision = machine_for(settings).precision
    model = Likelihood(base, {"test": trained.path}, precision=precision, threads=threads)
    head = chat_head(model.tokenizer, _SPEAKER)
    ranked = [
        [rank_blank(model, one, "test", head) for one in side] for side in (once, often, never)
    ]
    model.close()
    plain = _controls(ranked, seed).plain()
    try:
        write_file(folder / _FILE.format(key), json.dumps(plain, indent=1).encode())
    except OSError as error:
        raise WorkspaceError(f"{folder} cannot be written: {error.strerror}. Make room.") from error
    shutil.rmtree(scratch, ignore_errors=True)
    _log.info("controls measured with %d canaries", len(made))
    return plain


def _controls(ranked: Sequence[Sequence[Ranked]], seed: int) -> Controls:
    once, often, never = (exposure_of(side, seed=seed) for side in ranked)
    assert once is not None and often is not None and never is not None
    return Controls(once, often, never)


def _example(blank: Blank, time: int) -> Example:
    messages = (
        Message(role="system", content=f"You are {_SPEAKER}."),
        Message(role="user", content="Speak."),
        Message(role="assistant", content=f"{blank.before}{blank.fill}."),
    )
    return Example(
        id=content_id("exm", blank.group, time),
        unit=blank.group,
        source_ids=(),
        passage_ids=(),
        listener_id=None,
        messages=messages,
    )

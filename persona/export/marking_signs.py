"""Looks for the watermark in a file of any length and format, window by window.

    recording ─▶ 3 s, every 1.5 s ─▶ a score each ─▶ where two neighbours agree, a program spoke

An answer can hold real recordings between synthetic sentences, so a score of the whole would say
nothing. One window alone is not believed in a longer file: an hour has 2,400 of them. The figures
behind the numbers below are measured in ``benchmarks/marking``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from persona.engines.protocols import FloatArray, Watermark
from persona.engines.sound_blocks import read_blocks
from persona.engines.watermark_perth import RATE_HZ

WINDOW_S = 3.0
STEP_S = 1.5
THRESHOLD = 0.78
"""Score from which a window of two seconds or more counts as marked: above that of any real one."""

SHORT_S, SHORT_THRESHOLD = 2.0, 0.92
"""A shorter one says less, so more is asked of it."""

QUIETEST_DBFS = -50.0
"""Windows below hold nothing that anybody would hear, and are not looked at."""

_SHORTEST_S = 0.5


@dataclass(frozen=True)
class MarkFound:
    """What was found of the watermark in a recording.

    Attributes:
        score: 0 to 1: the highest that two neighbouring windows (or the only one) reach.
        stretches: from and to, in seconds, where it was found.
        looked_s: for how many seconds there was anything to look at.
    """

    score: float
    stretches: tuple[tuple[float, float], ...]
    looked_s: float


def find_mark(file: Path, watermark: Watermark) -> MarkFound:
    """Look for the watermark in a recording.

    Raises:
        UnreadableSource: the file is empty, damaged, or no recording.
    """
    scores: list[tuple[float, float, float]] = []
    for start_s, sound in read_blocks(file, rate_hz=RATE_HZ):
        scores += _scores(start_s, sound, watermark)
    return judged(scores)


def _scores(
    start_s: float, sound: FloatArray, watermark: Watermark
) -> list[tuple[float, float, float]]:
    """Return the scores of a block: every second window, and all where one of these is marked.

    Of two neighbours one is among every second: the verdict is the same, for half the work.
    """
    some = list(window_scores(start_s, sound, RATE_HZ, watermark, step_s=2 * STEP_S))
    if not any(is_marked(score, end - begin) for begin, end, score in some):
        return some
    return list(window_scores(start_s, sound, RATE_HZ, watermark))


def window_scores(
    start_s: float,
    sound: FloatArray,
    rate_hz: int,
    watermark: Watermark,
    *,
    step_s: float = STEP_S,
) -> Iterator[tuple[float, float, float]]:
    """Yield (from, to, score) of each window of (samples,) that can be heard."""
    width, step = round(WINDOW_S * rate_hz), round(step_s * rate_hz)
    last = max(0, len(sound) - width)
    firsts = [*range(0, last, step), last]
    for first in firsts:
        window = sound[first : first + width]
        if len(window) >= _SHORTEST_S * rate_hz and _dbfs(window) > QUIETEST_DBFS:
            begin = start_s + first / rate_hz
            score = watermark.detect(window, rate_hz)
            yield begin, begin + len(window) / rate_hz, score


def judged(scores: list[tuple[float, float, float]]) -> MarkFound:
    """Return what windows in their order say together."""
    if not scores:
        return MarkFound(0.0, (), 0.0)
    values = [score for _, _, score in scores]
    passed = [is_marked(score, end - begin) for begin, end, score in scores]
    best, believed = max(values), any(passed)
    if len(scores) > 2:
        best = max(min(pair) for pair in pairwise(values))
        believed = any(one and other for one, other in pairwise(passed))
    found = [(begin, end) for (begin, end, _), one in zip(scores, passed, strict=True) if one]
    stretches = _joined(found) if believed else []
    looked = sum(end - begin for begin, end in _joined([(one[0], one[1]) for one in scores]))
    return MarkFound(best, tuple(stretches), looked)


def is_marked(score: float, seconds: float) -> bool:
    """Say whether a score of so many seconds of sound is that of a mark."""
    return score >= (THRESHOLD if seconds >= SHORT_S else SHORT_THRESHOLD)


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans with those that overlap as one."""
    joined: list[tuple[float, float]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _dbfs(sound: FloatArray) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))

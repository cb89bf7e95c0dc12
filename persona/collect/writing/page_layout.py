"""Lines with their places on a page → text with paragraphs, as a person would type it.

    ┌──────────────────────────┐
    │          Oyster Bay, Dec.│  lines side by side      → one line
    │ Dear Ruth,               │
    │    The boat is mended. I │  a wider gap, an indent, → an empty line before it
    │ painted it blue.         │  or a short line before
    └──────────────────────────┘

Neither a pdf nor a reader of pictures says where paragraphs end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

_WIDER = 1.4
"""Distance to the line before, in usual distances, from which a paragraph begins."""

_INDENT = 1.2
"""Distance from the left edge of the text, in line heights, from which a line is set in."""

_SHORT = 0.72
"""Share of the text's width below which a line that ends a sentence ends its paragraph."""

_ENDS = tuple(".!?。！？”\"'’…:：")


@dataclass(frozen=True)
class PlacedLine:
    """A line of writing; ``y`` counts downwards, all in one unit (pixels or points)."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PlacedText:
    """The text of a page, and for each of its lines the first and last character."""

    text: str
    spans: tuple[tuple[int, int], ...]


def laid_out(lines: Sequence[PlacedLine], usual: float | None = None) -> PlacedText:
    """Return lines in reading order as a text with an empty line between paragraphs.

    Args:
        lines: of one page.
        usual: distance between two lines of a paragraph, if more pages than this one show it.
    """
    usual = usual_step([lines]) if usual is None else usual
    left = min((line.x for line in lines), default=0.0)
    right = max((line.x + line.width for line in lines), default=0.0)
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    for number, line in enumerate(lines):
        if number:
            gap = _gap(lines[number - 1], line, usual, left, right)
            pieces.append(gap)
            position += len(gap)
        pieces.append(line.text)
        spans.append((position, position + len(line.text)))
        position += len(line.text)
    return PlacedText("".join(pieces), tuple(spans))


def _gap(before: PlacedLine, line: PlacedLine, usual: float, left: float, right: float) -> str:
    if _same_row(before, line):
        return " "
    height = min(before.height, line.height) or 1.0
    if usual and line.y - before.y > _WIDER * usual:
        return "\n\n"
    set_in = line.x - left > _INDENT * height and before.x - left < 0.5 * height
    short = before.x + before.width - left < _SHORT * (right - left)
    if set_in or (short and before.text.endswith(_ENDS)) or line.y < before.y:
        return "\n\n"
    return "\n"


def _same_row(before: PlacedLine, line: PlacedLine) -> bool:
    middles = abs((before.y + before.height / 2) - (line.y + line.height / 2))
    return middles < 0.5 * min(before.height, line.height) and line.x >= before.x


def usual_step(pages: Sequence[Sequence[PlacedLine]]) -> float:
    """Return the distance between two lines of a paragraph: the lower quartile of all; or 0.

    Where paragraphs are mostly one line long, that is the gap between them: then the least.
    """
    steps = [
        after.y - before.y
        for lines in pages
        for before, after in pairwise(lines)
        if after.y > before.y and not _same_row(before, after)
    ]
    height = median([line.height for lines in pages for line in lines] or [0.0])
    if len(steps) < 2:
        return steps[0] if steps and steps[0] < 1.6 * height else 0.0
    quarter, least = quantiles(steps, n=4, method="inclusive")[0], min(steps)
    return least if quarter > 1.6 * height and height <= least < 0.65 * quarter else quarter

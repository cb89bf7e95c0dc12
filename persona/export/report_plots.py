"""The plots of a report card: inline SVG, readable in print and without colour.

shares    ▇▇▇▇▇▇▇▇▒▒▒▒▒░░   one bar, cut by what the sentences rest on
scale     0 ──────●──|── 1   one share, with its aim as a stroke
whiskers  ── ├──●───┤ ──|─   one line a number, with the bounds between which it lies
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 440
"""Units of a plot: so few that its words can be read when it is as wide as a telephone."""
ROW = 78
"""Pixels of one line of `whiskers_svg` with its words above it."""
_GREYS = ("#2f4b3c", "#7a4b2a", "#b08d57", "#8a8f98", "#c9ccd1", "#e4e2dc")


def shares_svg(title: str, parts: Sequence[tuple[str, int]]) -> str:
    """Return one bar whose parts are as long as their counts, with a legend in words.

    Args:
        title: said to those who cannot see it.
        parts: words and count of each part, in their order.
    """
    whole = sum(count for _, count in parts) or 1
    bars, legend, left = [], [], 0.0
    for number, (words, count) in enumerate(parts):
        width = WIDTH * count / whole
        colour = _GREYS[number % len(_GREYS)]
        bars.append(
            f'<rect x="{left:.1f}" y="0" width="{width:.1f}" height="36" fill="{colour}" '
            'stroke="#fff"/>'
        )
        row = 62 + 26 * number
        legend.append(
            f'<rect x="0" y="{row - 14}" width="18" height="18" fill="{colour}" stroke="#555"/>'
            f'<text x="28" y="{row}">{escape(words)}: {count} ({count / whole:.0%})</text>'
        )
        left += width
    return _svg(title, 60 + 26 * len(parts), "".join((*bars, *legend)))


def scale_svg(title: str, value: float, aim: float | None) -> str:
    """Return one line from 0 to 1, with a dot for a share and a stroke for its aim.

    Args:
        title: said to those who cannot see it.
        value: from 0 to 1.
        aim: None where there is none.
    """
    place = WIDTH * min(max(value, 0.0), 1.0)
    line = f'<path d="M0 14H{WIDTH}" stroke="#bbb" stroke-width="3"/>'
    dot = f'<circle cx="{place:.1f}" cy="14" r="8" fill="#2f4b3c"/>'
    return _svg(title, 26, line + dot + (_stroke(WIDTH * aim, 14) if aim is not None else ""))


@dataclass(frozen=True)
class Whisker:
    """One line of `whiskers_svg`: a number, its bounds, the number in words, and a mark or None.

    ``words`` may be two languages with " / " between.
    """

    words: str
    low: float
    value: float
    high: float
    written: str
    mark: float | None = None


def whiskers_svg(title: str, rows: Sequence[Whisker], lowest: float | None = None) -> str:
    """Return one line for each number with its bounds, all on one scale.

    Args:
        title: said to those who cannot see it.
        rows: what is drawn.
        lowest: where the scale begins; None: a little below the lowest bound.
    """
    ends = [end for row in rows for end in (row.low, row.high, row.value)]
    ends += [row.mark for row in rows if row.mark is not None]
    left = min(ends, default=0.0) if lowest is None else lowest
    span = (max(ends, default=1.0) - left) or 1.0
    if lowest is None:
        left -= span / 10
        span *= 1.1

    def at(value: float) -> float:
        return WIDTH * min(max((value - left) / span, 0.0), 1.0)

    drawn = []
    for number, row in enumerate(rows):
        top = 18 + ROW * number
        line = top + 42
        drawn.append(
            f"{_lines(row.words, top)}"
            f'<text x="{WIDTH}" y="{top + 20}" text-anchor="end">{escape(row.written)}</text>'
            f'<path d="M0 {line}H{WIDTH}" stroke="#ddd" stroke-width="2"/>'
            f'<path d="M{at(row.low):.1f} {line - 7}V{line + 7}M{at(row.low):.1f} {line}'
            f'H{at(row.high):.1f}M{at(row.high):.1f} {line - 7}V{line + 7}" stroke="#2f4b3c" '
            'stroke-width="3"/>'
            f'<circle cx="{at(row.value):.1f}" cy="{line}" r="7" fill="#2f4b3c"/>'
            f"{_stroke(at(row.mark), line) if row.mark is not None else ''}"
        )
    return _svg(title, ROW * len(rows) + 10, "".join(drawn))


def _stroke(place: float, line: int) -> str:
    return f'<path d="M{place:.1f} {line - 12}V{line + 12}" stroke="#7a4b2a" stroke-width="4"/>'


def _svg(title: str, height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -6 {WIDTH + 20} {height + 12}" '
        'role="img" style="width:100%;max-width:34em" font-family="sans-serif" font-size="16" '
        'fill="#222">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )


def _lines(words: str, top: int) -> str:
    """Return words as text, each language on a line of its own."""
    return "".join(
        f'<text x="0" y="{top + 20 * number}">{escape(line)}</text>'
        for number, line in enumerate(words.split(" / "))
    )

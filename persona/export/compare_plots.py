"""The plots of a comparison: inline SVG, readable in print, on a phone and without colour.

pairs        0 ──○────●── 1      one line a figure: ring the first version, dot the second
believed     0 ──[──●──]── 1     one line a version: share believed, and how sure that is
curves       two lines, one dashed: the loss of each step
"""

from collections.abc import Sequence
from html import escape

WIDTH = 420
ROW = 84
"""Pixels of one line with its two rows of words above it."""
_FIRST, _SECOND = "#7a4b2a", "#2f4b3c"


def pairs_svg(title: str, rows: Sequence[tuple[str, float | None, float | None, str, str]]) -> str:
    """Return one line for each share from 0 to 1: a ring for the first, a dot for the second.

    Args:
        title: said to those who cannot see it.
        rows: words, the share in the first, in the second (None: not measured), both in words.
    """
    drawn = []
    for number, (words, first, second, written_first, written_second) in enumerate(rows):
        top = 18 + ROW * number
        line = top + 44
        drawn.append(
            f'<text x="0" y="{top}">{escape(words)}</text>'
            f'<text x="0" y="{top + 20}">○ {escape(written_first)} &#160; '
            f"● {escape(written_second)}</text>"
            f'<path d="M0 {line}H{WIDTH}" stroke="#bbb" stroke-width="3"/>'
        )
        if first is not None:
            drawn.append(
                f'<circle cx="{_at(first):.1f}" cy="{line}" r="9" fill="#fff" stroke="{_FIRST}" '
                'stroke-width="4"/>'
            )
        if second is not None:
            drawn.append(f'<circle cx="{_at(second):.1f}" cy="{line}" r="6" fill="{_SECOND}"/>')
    return _svg(title, ROW * len(rows) + 6, "".join(drawn))


Believed = tuple[str, float | None, float | None, float | None, str]
"""Words, share, lower and upper bound (None: no votes), all of it in words."""


def believed_svg(title: str, rows: Sequence[Believed]) -> str:
    """Return one line for each version: the share that was believed, with its interval.

    Args:
        title: said to those who cannot see it.
        rows: one for each version, or for each month of one.
    """
    drawn = []
    for number, (words, share, low, high, written) in enumerate(rows):
        top = 18 + ROW * number
        line = top + 44
        drawn.append(
            f'<text x="0" y="{top}">{escape(words)}</text>'
            f'<text x="0" y="{top + 20}">{escape(written)}</text>'
            f'<path d="M0 {line}H{WIDTH}" stroke="#ccc" stroke-width="2"/>'
        )
        if share is not None and low is not None and high is not None:
            left, right = _at(low), _at(high)
            drawn.append(
                f'<path d="M{left:.1f} {line - 9}V{line + 9}M{left:.1f} {line}H{right:.1f}'
                f'M{right:.1f} {line - 9}V{line + 9}" stroke="{_FIRST}" stroke-width="4" '
                f'fill="none"/><circle cx="{_at(share):.1f}" cy="{line}" r="7" fill="{_SECOND}"/>'
            )
    return _svg(title, ROW * len(rows) + 6, "".join(drawn))


def curves_svg(title: str, first: Sequence[float], second: Sequence[float]) -> str:
    """Return the loss of each step of two trainings; the first is dashed.

    Args:
        title: said to those who cannot see it.
        first: nats a token, one a step; may be empty.
        second: of the other.
    """
    both = [*first, *second] or [0.0]
    top, span, height = max(both), (max(both) - min(both)) or 1.0, 150
    steps = max(len(first), len(second), 2) - 1
    lines = [
        f'<polyline points="{_points(losses, steps, top, span, height)}" fill="none" '
        f'stroke="{colour}" stroke-width="2.5"{dashes}/>'
        for losses, colour, dashes in (
            (first, _FIRST, ' stroke-dasharray="7 5"'),
            (second, _SECOND, ""),
        )
        if len(losses) > 1
    ]
    axes = (
        f'<path d="M0 0V{height}H{WIDTH}" fill="none" stroke="#bbb"/>'
        f'<text x="{WIDTH}" y="14" text-anchor="end">↑ {top:.2f}</text>'
        f'<text x="8" y="{height - 8}">↓ {min(both):.2f}</text>'
    )
    return _svg(title, height + 10, axes + "".join(lines))


def _points(losses: Sequence[float], steps: int, top: float, span: float, height: int) -> str:
    return " ".join(
        f"{WIDTH * at / steps:.1f},{(top - loss) / span * height:.1f}"
        for at, loss in enumerate(losses)
    )


def _at(share: float) -> float:
    return WIDTH * min(max(share, 0.0), 1.0)


def _svg(title: str, height: int, inside: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -6 {WIDTH + 24} {height + 12}" '
        f'role="img" width="100%" font-family="sans-serif" font-size="15" fill="#222">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )

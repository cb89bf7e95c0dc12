"""Text of the archive on its way to the browser: escaped, marked, never interpreted.

A letter may hold ``<script>``, ``[a](link)`` or ``$maths$``: it is shown as it was written.
"""

import html
import re
from collections.abc import Iterable

_PUNCTUATION = re.compile(r"([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])")
_SHORTCODE = re.compile(r":(?=[A-Za-z+])")
_WORD_JOINER = "\u2060"


def as_html(text: str) -> str:
    """Return ``text`` so that a browser shows it letter by letter."""
    return html.escape(text, quote=True)


def as_label(text: str) -> str:
    """Return ``text`` so that Markdown (the labels of buttons) shows it letter by letter.

    Backslashes before all ASCII punctuation (CommonMark 2.4); an invisible word joiner breaks
    Streamlit's ``:shortcode:`` forms, which are looked for after the backslashes are gone.
    """
    one_line = " ".join(text.split())
    return _PUNCTUATION.sub(r"\\\1", _SHORTCODE.sub(":" + _WORD_JOINER, one_line))


def with_marks(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return ``text`` as HTML with the characters of ``spans`` inside ``<mark>``.

    Args:
        text: a passage.
        spans: ``(start, end)`` in characters; may overlap, touch or reach past the text.
    """
    pieces: list[str] = []
    done = 0
    for start, end in _merged(spans, len(text)):
        marked = as_html(text[start:end])
        pieces += [as_html(text[done:start]), f"<mark>{marked}</mark>"]
        done = end
    pieces.append(as_html(text[done:]))
    return "".join(pieces)


def _merged(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(0, a), min(b, length)) for a, b in spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

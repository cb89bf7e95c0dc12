"""The text of an original, with the way back from every character to its place.

    text file, docx, odt, rtf, html   TextPositionSelector over the text
    pdf with a text layer             page=3, then characters from the beginning of that page
    picture, scanned pdf page         xywh=…, page=3&xywh=…: around the lines that were read

What reads letters, diaries, books and transcripts works on this text and never has to know what
it came from.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from persona.collect.decoding import decode
from persona.collect.importer import Request
from persona.collect.selectors import Selector, page_span, picture_region, text_span
from persona.errors import UnsafeSource

MAX_TEXT_BYTES = 64 * 2**20
"""About 12,000 typed pages: no letter, diary or book is longer."""

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


@dataclass(frozen=True)
class SeenLine:
    """Characters that were read in a picture: where, and how surely (0 to 1)."""

    start: int
    end: int
    page: int
    box: Box
    confidence: float


@dataclass(frozen=True)
class Extracted:
    r"""A text and what leads back from it to its original.

    Attributes:
        text: what is written there; lines end in ``\n``, paragraphs in an empty line.
        details: what ``source.details`` must hold so that the text can be found again.
        pages: for a pdf, the first character of each page; empty: there are no pages.
        seen: the lines that were read in pictures, in order.
        warnings: what the family should know.
    """

    text: str
    details: Mapping[str, Any] = field(default_factory=dict)
    pages: Sequence[int] = ()
    seen: Sequence[SeenLine] = ()
    warnings: Sequence[str] = ()

    def selector(self, start: int, end: int) -> Selector:
        """Return the W3C selector of some characters."""
        lines = self._lines(start, end)
        if lines:
            page = lines[0].page
            return picture_region(_around([one.box for one in lines if one.page == page]), page)
        if self.pages:
            page = bisect_right(self.pages, start)
            first = self.pages[page - 1]
            return page_span(page, start - first, end - first)
        return text_span(start, end)

    def confidence(self, start: int, end: int) -> float:
        """Return how surely some characters were read, 0 to 1, weighted by length."""
        lines = self._lines(start, end)
        letters = sum(one.end - one.start for one in lines)
        if not letters:
            return 1.0
        return round(sum(one.confidence * (one.end - one.start) for one in lines) / letters, 4)

    def _lines(self, start: int, end: int) -> list[SeenLine]:
        return [one for one in self.seen if one.start < end and start < one.end]


def text_of(request: Request) -> Extracted:
    """Return the text of a plain text file.

    Raises:
        UnreadableSource: no encoding makes it a text.
        UnsafeSource: it is larger than any writing.
    """
    check_size(request.path.stat().st_size, request.name)
    decoded = decode(request.path.read_bytes(), request.name)
    return Extracted(decoded.text, {"encoding": decoded.encoding})


def check_size(size_bytes: int, name: str) -> None:
    """Refuse a text that nobody can have written. Raises `UnsafeSource`."""
    if size_bytes > MAX_TEXT_BYTES:
        raise UnsafeSource(f"{name} is larger than any writing (64 MB). Cut it into parts.")


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return left, top, right - left, bottom - top

"""Paragraphs of a text with their positions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[ \t]*\S[^\n]*)*")


@dataclass(frozen=True)
class Block:
    """Lines without a blank line between them: ``text[start:end]`` of the whole text."""

    text: str
    start: int
    end: int
    blank_lines: int

    @property
    def has_words(self) -> bool:
        """Tell whether it holds any letter or digit, not only stars or dots."""
        return any(sign.isalnum() for sign in self.text)

    @property
    def lines(self) -> list[str]:
        """Return its lines without outer spaces."""
        return [line.strip() for line in self.text.split("\n")]

    @property
    def flat(self) -> str:
        """Return it as one line."""
        return " ".join(self.text.split())


def blocks(text: str, start: int = 0, end: int | None = None) -> Iterator[Block]:
    """Yield the paragraphs between two positions, each with the blank lines before it."""
    last = start
    for match in _PARAGRAPH.finditer(text, start, len(text) if end is None else end):
        kept = match.group().rstrip()
        gap = text.count("\n", last, match.start())
        yield Block(kept, match.start(), match.start() + len(kept), max(0, gap - 1))
        last = match.start() + len(kept)

"""Splits English and Chinese text into sentences that keep their place in it.

A sentence ends at ``. ! ? …`` or ``。！？`` with the quotes and brackets that close there,
unless the full stop belongs to a title ("Mr."), an initial ("T. R."), a number ("3.5") or is
followed by a small letter; and at an empty line. A line break alone ends nothing, because
letters are kept as they were wrapped.
"""

import re
from dataclasses import dataclass

from persona.remember.words import load_words

_WORDS = load_words()["abbreviations"]
_ALWAYS = frozenset(_WORDS["always"])
_BEFORE_NUMBERS = frozenset(_WORDS["before_numbers"])
_END = re.compile(
    r"""(?P<western>[.!?…]+)(?P<closing>["'”’)\]_*]*)(?=\s|$|[\u4e00-\u9fff])"""
    r"""|(?P<eastern>[。！？!?…]+[”’」』）)"]*)"""
    r"""|(?P<blank>\n\s*\n)"""
)
_SAID = re.compile(
    r"(?:I|[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*)?) (?:said|asked|cried|replied|answered|exclaimed|added"
    r"|called|shouted|whispered|thought|laughed|remarked|wrote)\b"
)
_LAST_WORD = re.compile(r"([A-Za-z]+(?:\.[A-Za-z]+)*)$")


@dataclass(frozen=True)
class Span:
    """A stretch of a text: ``text == whole[start:end]``, without white space at its ends."""

    start: int
    end: int
    text: str


def split_sentences(text: str) -> list[Span]:
    """Return the sentences of ``text`` in order; white space between them belongs to none."""
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match["western"] and not _ends_sentence(text, match):
            continue
        _add(spans, text, start, match.start() if match["blank"] else match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    """Say whether this western stop ends a sentence."""
    following = text[match.end() : match.end() + 40].lstrip("\"'“‘([_* \t\n")
    goes_on = following[:1].islower()
    if match["closing"] and (goes_on or _SAID.match(following)):
        return False
    if match["western"] != ".":
        return not (goes_on and match["western"].endswith((".", "…")))
    word = _LAST_WORD.search(text[max(0, match.start() - 20) : match.start()])
    return not goes_on and not (word is not None and _is_abbreviation(word[1], following))


def _is_abbreviation(word: str, following: str) -> bool:
    """Say whether the stop after ``word`` shortens it (an initial, a title, a month)."""
    if all(len(part) == 1 and part.isupper() for part in word.split(".")):
        return word != "I"
    if word.lower() in _BEFORE_NUMBERS:
        return following[:1].isdigit()
    return word.lower() in _ALWAYS


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        spans.append(Span(first, first + len(stripped), stripped))


def inside_quotation(text: str, place: int) -> bool:
    """Say whether a quotation that opened earlier in ``text`` is still open at ``place``.

    A book that shows a letter quotes it over many sentences; they are not its author's words.
    Straight quotes open and close in turn; apostrophes are not looked at.
    """
    before = text[:place]
    curly = before.count("“") - before.count("”")
    return curly > 0 or (curly == 0 and before.count('"') % 2 == 1)

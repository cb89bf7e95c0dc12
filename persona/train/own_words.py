"""From a passage to the words of its speaker: quotations out, line breaks mended, never rewritten.

    passage.text ─ what is no word of his cut out (`boilerplate`), long quotations too
                                                         ─► pieces, each contiguous in the passage
                 ─ hard line ends mended                  ─► what the person said, as running text
                 ─ cut at sentence ends                   ─► pieces that fit an example

Invariant: apart from white space every piece is a contiguous part of its passage. Training text
is chosen and cut, and no word of it is added (law 2: manner is learnt from real words only).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from persona.remember.sentences import split_sentences
from persona.train.boilerplate import own_stretches

LONG_QUOTE = 200
"""Characters inside one pair of quotation marks that make it somebody else's text."""

_LONG_QUOTE = re.compile(
    rf'(?:(?<=[\s(—-])|^)"(?=\S)[^"]{{{LONG_QUOTE},}}(?:"|\Z)'
    rf"|“[^”]{{{LONG_QUOTE},}}(?:”|\Z)"
    rf"|「[^」]{{{LONG_QUOTE},}}(?:」|\Z)"
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def own_pieces(text: str, *, keep_lines: bool) -> list[str]:
    """Return what the speaker of a passage said, without what he quoted from others.

    Args:
        text: the text of one passage.
        keep_lines: True for chats, where a line end was meant; False for letters and books,
            whose lines end where the paper did.
    """
    pieces = [piece for block in own_stretches(text) for piece in _LONG_QUOTE.split(block) if piece]
    mended = (piece.strip() if keep_lines else mend_lines(piece) for piece in pieces)
    return [piece for piece in mended if re.search(r"\w", piece)]


def mend_lines(text: str) -> str:
    """Join lines that were broken by the width of the paper; Chinese is joined without a space."""
    words = text.split()
    joined = words[:1]
    for before, word in pairwise(words):
        glued = _WIDE.match(before[-1]) and _WIDE.match(word[0])
        joined.append(word if glued else f" {word}")
    return "".join(joined)


def fitting(text: str, room: int, count: Callable[[str], int]) -> Iterator[str]:
    """Yield ``text`` in parts of at most ``room`` by ``count``, cut at sentence ends only.

    A single sentence that is longer than ``room`` is yielded whole.
    """
    start = end = 0
    for sentence in split_sentences(text):
        if end > start and count(text[start : sentence.end]) > room:
            yield text[start:end]
            start = sentence.start
        end = sentence.end
    if end > start:
        yield text[start:end]


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a small model needs, on the high side.

    English takes a token for some four characters, Chinese up to two tokens for one character
    in vocabularies that were made for English.
    """
    plain = sum(1 for character in text if character.isascii())
    return round(plain / 3.5 + 2 * (len(text) - plain)) + 1


def count_words(texts: Sequence[str]) -> int:
    """Return the number of words; a Chinese or Japanese character counts as one."""
    return sum(len(_WIDE.findall(text)) + len(_WIDE.sub(" ", text).split()) for text in texts)

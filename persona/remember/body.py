"""What in a passage is nobody's memory: salutations, closings, signatures, media markers.

They are found by their place and their words, and left out before sentences are made.
"""

import re
from collections.abc import Collection

from persona.remember.search_text import hanzi_runs
from persona.remember.words import load_words

MINIMUM_WORDS = 3
MINIMUM_HANZI = 4

_NOISE = load_words()["noise"]
_MEDIA = "|".join(re.escape(word) for word in _NOISE["media"])
_MARKER = re.compile(
    rf"^\W*(?:[<\[【(]\s*(?:{_MEDIA})[^\]>】)]*[>\]】)]|(?:{_MEDIA})"
    r"|\S+\s*\(file attached\))\W*$",
    re.IGNORECASE,
)
_LINK = re.compile(r"^\W*(?:https?://|www\.)\S+\W*$", re.IGNORECASE)
_OPENERS = "|".join(sorted(_NOISE["salutations"], key=len, reverse=True))
_SALUTATION = re.compile(
    rf"^\s*(?:(?:{_OPENERS})\b[^\n.!?。！？:：]{{0,60}}(?:[:：—]+|,(?=\s*\n)|，(?=\s*\n)|\n)"
    rf"|(?:亲爱的|敬爱的)[^\n。！？]{{0,20}}[:：，,\n]|[A-Z][A-Z .'’-]{{1,40}}[:,]\s*\n)",
    re.IGNORECASE,
)
_CLOSINGS = tuple(_NOISE["closings"])


def body_of(text: str, names: Collection[str]) -> tuple[int, int]:
    """Return the (start, end) of a passage without its salutation, closing and signature.

    Args:
        text: the passage.
        names: names and forms of address with which its speaker may sign.
    """
    opening = _SALUTATION.match(text)
    start = opening.end() if opening else 0
    end = len(text.rstrip())
    signed = {_letters(name) for name in names}
    while end > start:
        line_start = max(text.rfind("\n", start, end) + 1, start)
        if line_start == start or not _is_closing(text[line_start:end], signed):
            break
        end = line_start + len(text[line_start:end].rstrip())
        end = start + len(text[start:line_start].rstrip())
    return start, end


def is_noise(sentence: str, *, answers: bool = False) -> bool:
    """Say whether a sentence is a media marker, a link, a heading or a mere fragment.

    Args:
        sentence: without the words around it.
        answers: it is what somebody answers first: 怕打雷 and "Of horses" are no fragments then.
    """
    if _MARKER.match(sentence) or _LINK.match(sentence):
        return True
    if is_fragment(sentence) and not (answers and max(size(sentence), hanzi_count(sentence)) > 1):
        return True
    letters = [char for char in sentence if char.isalpha() and char.isascii()]
    return bool(letters) and sentence.isupper() and len(sentence.split()) <= 12


def is_fragment(text: str) -> bool:
    """Say whether a text has too few words to be a memory."""
    return size(text) < MINIMUM_WORDS and hanzi_count(text) < MINIMUM_HANZI


def size(text: str) -> int:
    """Return the number of words in a text without counting Hanzi."""
    return len(re.findall(r"[^\W\d_][\w'’-]*", re.sub(r"[\u3400-\u9fff]", " ", text)))


def hanzi_count(text: str) -> int:
    """Return the number of Hanzi in a text."""
    return sum(len(run) for run in hanzi_runs(text))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalpha())


def _is_closing(line: str, signed: set[str]) -> bool:
    plain = line.strip().lower()
    if size(plain) + hanzi_count(plain) // 2 > 7:
        return False
    if _letters(plain) in signed:
        return True
    begins = any(plain.startswith(closing) for closing in _CLOSINGS)
    return begins and (plain.rstrip()[-1:] in ",，.!！" or plain.isascii() is False)

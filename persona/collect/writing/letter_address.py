"""The postal address above a letter: where it was written, nobody's words.

14 Clonard Road
Crumlin                 → the place of the letter, where its heading names none
Dublin 12
9th November 1987       the heading, with or without an empty line before it
"""

import re
from collections.abc import Sequence

_LONGEST = 45
_MOST = 6
_ENDS_SENTENCE = re.compile(r"[!?…]$|[^\W\d_]{4,}\.$")
_NUMBERED = re.compile(r"\d")
_SPEAKS = re.compile(r"(?i)\b(?:i|i'm|you|we|he|she|they|my|your|is|are|was|were|have|had|and)\b")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_HAN_PLACE = re.compile(r"[省市区區县縣镇鎮乡鄉村路街道巷弄里号號室楼樓栋棟]")


def is_address(lines: Sequence[str]) -> bool:
    """Tell whether lines that stand alone above a heading or salutation are an address.

    They are short, begin with a capital or a number, are no sentences, and are several with a
    number among them, or three at least: a name and a title below a letter are not.

    Args:
        lines: without outer spaces; none of them empty.
    """
    if not 2 <= len(lines) <= _MOST or not all(_may_be_of_one(line) for line in lines):
        return False
    return len(lines) > 2 or any(_NUMBERED.search(line) for line in lines)


def _may_be_of_one(line: str) -> bool:
    if not 0 < len(line) <= _LONGEST or _ENDS_SENTENCE.search(line):
        return False
    if _HAN.search(line):
        return bool(_HAN_PLACE.search(line))
    return (line[0].isupper() or line[0].isdigit()) and not _SPEAKS.search(line)


def place_of(lines: Sequence[str]) -> str:
    """Return an address as one line."""
    return ", ".join(line.strip(" ,;.") for line in lines)

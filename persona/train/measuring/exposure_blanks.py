"""Finds what can be tested in a text: names, places, numbers and dates, with their alternates.

    closed passage ─ words that stand in no open text ─► Blank(before, fill, alternates)

Only a word that occurs nowhere in what the whole audience may read is a secret: all others a
version may know. Alternates are drawn by a seed from ordinary words of the same kind that occur
nowhere there either; numbers and dates are drawn in the same form.
"""

import hashlib
import random
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from persona.records.months import MONTHS, WEEKDAYS
from persona.train.measuring.exposure import LEAST_ALTERNATES, Blank
from persona.train.own_words import mend_lines

ALTERNATES = 99
"""Alternates of one blank: with the real words 100 candidates, an exposure of 6.6 at the most."""
BLANKS_OF_A_GROUP = 3
_CONTEXT = 200
"""Characters before the blank that are read."""
_LEAST_CONTEXT = 12
_MONTH = "|".join(MONTHS)
_WORD = re.compile(r"[^\W_]+")
_HANZI = "\u3400-\u9fff"
_FINDERS = (
    ("date", re.compile(rf"\b\d{{1,2}}(?:st|nd|rd|th)? (?:{_MONTH})\b|\b(?:{_MONTH}) \d{{1,2}}\b")),
    ("date", re.compile(r"\d{1,2}月\d{1,2}[日号]")),
    ("number", re.compile(r"(?<![\w.,])\d{2,}(?:[.,]\d+)*(?![\w])|(?<=[\u3400-\u9fff])\d{2,}")),
    ("number", re.compile(r"[一二三四五六七八九][十百千万]?[一二三四五六七八九]")),
    (
        "place",
        re.compile(r"(?<=\b(?:in|at|to) )[A-Z][a-z]{2,}\b|(?<=\b(?:from|near) )[A-Z][a-z]{2,}\b"),
    ),
    ("name", re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")),
    ("place", re.compile(rf"(?<=[在到从去住])[{_HANZI}]{{2}}")),
    ("name", re.compile(rf"(?<=[叫姓给跟和])[{_HANZI}]{{2}}")),
)
_Item = TypeVar("_Item")
_NO_NAMES = frozenset((*MONTHS, *WEEKDAYS))


class OpenWords:
    """What a version may know: every word of the texts that its whole audience may read."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Read the texts."""
        self._text = "\n".join(mend_lines(text) for text in texts).casefold()
        self._words = frozenset(_WORD.findall(self._text))

    def hold(self, words: str) -> bool:
        """Say whether this word, or these words in their order, stand in an open text."""
        plain = words.casefold().strip()
        return (
            plain in self._words
            if _WORD.fullmatch(plain) and plain.isascii()
            else (plain in self._text)
        )


def blanks_in(
    group: str, text: str, skip: Callable[[str], bool], avoid: Callable[[str], bool], seed: int
) -> list[Blank]:
    """Return what can be tested in a text, at most `BLANKS_OF_A_GROUP`.

    Args:
        group: id of what the text is.
        text: as it was written; line ends are mended.
        skip: whether a word is not worth testing, because it may be known.
        avoid: whether a word cannot be an alternate.
        seed: which are taken, and which alternates.
    """
    mended = mend_lines(text)
    taken: list[Blank] = []
    for kind, start, fill in _shuffled(_found(mended), f"{seed}:{group}"):
        if len(taken) == BLANKS_OF_A_GROUP:
            break
        if skip(fill) or any(fill == other.fill.strip() for other in taken):
            continue
        before, space = _split_space(mended[:start])
        chance = random.Random(f"{seed}:{group}:{start}")
        others = [f"{space}{one}" for one in _alternates(kind, fill, avoid, chance)]
        if len(before) >= _LEAST_CONTEXT and len(others) >= LEAST_ALTERNATES:
            taken.append(Blank(group, kind, _near(before), f"{space}{fill}", tuple(others)))
    return taken


def chosen(blanks: Sequence[Blank], most: int, seed: int) -> list[Blank]:
    """Return at most so many blanks: one of each group first, and the same words once."""
    once = {blank.fill.casefold().strip(): blank for blank in reversed(blanks)}
    ranks: dict[str, int] = {}
    ordered = []
    for blank in _shuffled(once.values(), str(seed)):
        ranks[blank.group] = ranks.get(blank.group, 0) + 1
        ordered.append((ranks[blank.group], blank))
    return [blank for _, blank in sorted(ordered, key=lambda pair: pair[0])][:most]


def _found(text: str) -> list[tuple[str, int, str]]:
    """Return (kind, start, words) of what can be tested; nothing overlaps."""
    found: list[tuple[str, int, str]] = []
    covered: set[int] = set()
    for kind, finder in _FINDERS:
        for match in finder.finditer(text):
            place = range(match.start(), match.end())
            if covered.isdisjoint(place) and match[0] not in _NO_NAMES:
                covered.update(place)
                found.append((kind, match.start(), match[0]))
    return found


def _alternates(
    kind: str, fill: str, avoid: Callable[[str], bool], chance: random.Random
) -> list[str]:
    """Return up to `ALTERNATES` others of the same kind and form."""
    if kind in ("number", "date"):
        drawn: Collection[str] = _drawn(fill, chance)
    else:
        language = "" if fill.isascii() else "_zh"
        drawn = _reference(f"{kind}s{language}")
    usable = [one for one in drawn if one != fill and not avoid(one)]
    return chance.sample(usable, min(ALTERNATES, len(usable)))


def _drawn(fill: str, chance: random.Random) -> list[str]:
    """Return numbers or dates in the form of one, each once."""
    tries = (_redrawn(fill, chance) for _ in range(8 * ALTERNATES))
    return sorted(dict.fromkeys(tries))


def _redrawn(fill: str, chance: random.Random) -> str:
    """Return the same form with other digits, another day, another month."""
    if re.fullmatch(r"1[5-9]\d\d|20\d\d", fill):
        return str(chance.randint(1750, 2029))
    if month := re.search(_MONTH, fill):
        changed = fill.replace(month[0], chance.choice(MONTHS))
        return re.sub(r"\d+", lambda _: str(chance.randint(1, 28)), changed)
    if "月" in fill:
        return f"{chance.randint(1, 12)}月{chance.randint(1, 28)}{fill[-1]}"
    hanzi = re.sub("[一二三四五六七八九]", lambda _: chance.choice("一二三四五六七八九"), fill)
    return re.sub(r"\d", lambda at: str(chance.randint(0 if at.start() else 1, 9)), hanzi)


@cache
def _reference(name: str) -> tuple[str, ...]:
    path = Path(__file__).with_name("exposure_words.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))[name].split())


def _split_space(before: str) -> tuple[str, str]:
    """Return the text before a blank without the blank's own white space, and that."""
    return (before[:-1], " ") if before.endswith(" ") else (before, "")


def _near(before: str) -> str:
    """Return the last words before a blank, from the beginning of a word."""
    if len(before) <= _CONTEXT:
        return before
    cut = before[-_CONTEXT:]
    return cut.partition(" ")[2] if " " in cut else cut


def _shuffled(items: Iterable[_Item], seed: str) -> Iterator[_Item]:
    """Yield items in an order that a hash decides: the same on every machine."""
    listed = list(items)
    order = sorted(
        range(len(listed)), key=lambda at: hashlib.sha256(f"{seed}:{at}".encode()).digest()
    )
    return (listed[at] for at in order)

"""How somebody writes, in numbers, and how far one set of texts lies from another.

    texts ─► counts ─► rates ─► z-scores against a background ─► Cosine Delta between two sets
             function words a word · marks a character · character n-grams a character
             (reported beside it: sentence lengths, emoji, salutations, closings)

Delta (Burrows 2002, doi:10.1093/llc/17.3.267) is the mean difference of z-scores of the commonest
words; Cosine Delta takes the angle instead and is surer (Smith and Aldridge 2011; Evert et al.
2017, doi:10.1093/llc/fqx023). Character n-grams catch endings, spelling and marks, and need no
word bounds, so that Chinese is treated alike (Kestemont 2014, "Function Words in Authorship
Attribution"; Stamatatos 2013). Everything is a count of something over a count of something, so
that sets of texts add up and can be drawn again for intervals.

It compares habits of writing. It cannot say that something is true, or that he would have said it;
and with few words it says nothing at all: `stylometry_trust` measures how many.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from persona.remember.sentences import split_sentences
from persona.train.measuring.intervals import (
    DRAWS,
    Interval,
    NumberArray,
    ratio,
)
from persona.train.own_words import count_words, mend_lines

GRAMS = 300
"""How many character n-grams count: the commonest of the background."""
_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_]+)*")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_EMOJI = re.compile(
    "[\U0001f300-\U0001faff\u2600-\u27bf\U0001f1e6-\U0001f1ff]|\\[[^\\[\\]\\s]{1,6}\\]|[:;]-?[()DP]"
)
_SALUTATION = re.compile(
    r"\A\W*(?:(?:my )?(?:own )?(?:dear|dearest|darling|blessed|beloved|sweet)\b|hello\b|hi\b|hey\b"
    r"|good (?:morning|evening|day)\b|[^\n,:，：]{0,24}(?:亲爱|敬爱|吾儿|你好|您好|如晤|大鉴))"
    r"|\A[^\n.!?。！？]{1,30}[:：][ \t]*(?:\n|\Z)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:\A|[\n.!?。！？])\s*(?:(?:ever |always )?yours?\b(?! \w+ (?:is|was|are|were|ha[sd])\b)"
    r"|(?:with )?(?:much |all my |lots of )?love\b|affectionately\b|sincerely\b|good-?bye\b"
    r"|good night\b|kisses\b|此致|敬礼|敬上|保重|再见|晚安|祝|\S{0,4}[父母兄弟姐妹]字)"
    r"[^\n.!?。！？]{0,40}\W*\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Counts:
    """What was counted in one text: ``features`` by name, ``totals`` by what they are a share of.

    A feature's name begins with its kind: ``w:`` function words (of words), ``m:`` marks and
    ``g:`` n-grams (of characters), ``h:`` other habits (of sentences or of texts).
    """

    features: Counter[str]
    totals: Counter[str]

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both texts."""
        return Counts(self.features + other.features, self.totals + other.totals)


def counts_of(text: str) -> Counts:
    """Count one text: a letter, what was said in a conversation, an answer."""
    mended = mend_lines(text)
    words = [word.lower().replace("’", "'") for word in _LATIN.findall(mended)]
    hanzi = _HANZI.findall(mended)
    listed = _words()
    features: Counter[str] = Counter()
    features.update(f"w:{word}" for word in words if word in listed["en"])
    features.update(f"w:{sign}" for sign in hanzi if sign in listed["zh"])
    features.update(f"m:{sign}" for sign in mended if sign in listed["marks"])
    features.update(f"g:{gram}" for gram in _grams(mended))
    sentences = split_sentences(mended)
    features["h:sentence_words"] = len(words) + len(hanzi)
    features["h:emoji"] = len(_EMOJI.findall(text))
    features["h:salutation"] = int(_SALUTATION.search(text.strip()) is not None)
    features["h:closing"] = int(_CLOSING.search(text.strip()) is not None)
    totals = {
        "words": len(words) + len(hanzi),
        "characters": len(mended),
        "sentences": len(sentences),
        "texts": 1,
    }
    return Counts(+features, Counter(totals))


def _grams(text: str) -> list[str]:
    """Return runs of three letters or blanks, and of two Hanzi."""
    plain = re.sub(r"[^\w\u3400-\u9fff]+|[\d_]+", " ", text.lower())
    return [
        gram
        for run in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+", f" {plain} ")
        for width in ((2,) if _HANZI.match(run) else (3,))
        for gram in (run[at : at + width] for at in range(len(run) - width + 1))
    ]


class Space:
    """The z-scored rates in which texts are compared, fixed by a background of chunks."""

    def __init__(self, background: Sequence[Counts]) -> None:
        """Choose the features and learn how much each varies.

        Args:
            background: chunks of about equal size, by as many people as there are.
        """
        whole: Counter[str] = Counter()
        for chunk in background:
            whole.update(chunk.features)
        grams = sorted((n for n in whole if n[0] == "g"), key=lambda n: (-whole[n], n))[:GRAMS]
        self.names = (*sorted(n for n in whole if n[0] in "wm"), *grams)
        self._per = np.array([0 if name[0] == "w" else 1 for name in self.names], dtype=int)
        rates = np.array([self._rates(*self._one(chunk)) for chunk in background])
        self._mean, self._spread = rates.mean(axis=0), rates.std(axis=0)
        self._used = self._spread > 0

    def matrix(self, texts: Iterable[Counts]) -> NumberArray:
        """Return counts and totals of each text, so that rows can be added: (texts, features+2)."""
        rows = [np.concatenate(self._one(text)) for text in texts]
        return np.array(rows).reshape(len(rows), len(self.names) + 2)

    def scores(self, row: NumberArray) -> NumberArray:
        """Return the z-scores of a sum of rows of `matrix`."""
        rates = self._rates(row[:-2], row[-2:])
        scored: NumberArray = (rates - self._mean)[self._used] / self._spread[self._used]
        return scored

    def _one(self, text: Counts) -> tuple[NumberArray, NumberArray]:
        counted = np.array([text.features[name] for name in self.names], dtype=float)
        return counted, np.array([text.totals["words"], text.totals["characters"]], dtype=float)

    def _rates(self, counted: NumberArray, totals: NumberArray) -> NumberArray:
        rates: NumberArray = counted / np.maximum(totals, 1)[self._per]
        return rates


def cosine_delta(one: NumberArray, other: NumberArray) -> float:
    """Return 1 − cosine of two profiles: 0 the same habits, 1 no likeness, 2 the opposite."""
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1.0 - float(one @ other) / length if length > 0 else 1.0


def distance(
    space: Space, own: Sequence[Counts], other: Sequence[Counts], *, seed: int = 0
) -> Interval | None:
    """Return the Cosine Delta of two sets of texts; texts of both are drawn for the interval.

    None where a set has fewer than two texts.
    """
    if len(own) < 2 or len(other) < 2:
        return None
    mine, theirs = space.matrix(own), space.matrix(other)
    chance = np.random.default_rng(seed)

    def apart(one: NumberArray, two: NumberArray) -> float:
        return cosine_delta(space.scores(one.sum(axis=0)), space.scores(two.sum(axis=0)))

    drawn = [apart(_again(mine, chance), _again(theirs, chance)) for _ in range(DRAWS // 2)]
    low, middle, high = np.percentile(drawn, (2.5, 50, 97.5))
    value = apart(mine, theirs)
    # texts drawn again are fewer different ones, which puts every draw a little further apart
    return Interval(value, max(0.0, value + low - middle), value + high - middle)


def _again(rows: NumberArray, chance: np.random.Generator) -> NumberArray:
    drawn: NumberArray = rows[chance.integers(0, len(rows), len(rows))]
    return drawn


_HABITS = {
    "sentence_words": (("h:sentence_words",), "sentences", 1),
    "commas": (("m:,", "m:，", "m:、"), "characters", 1000),
    "exclamations": (("m:!", "m:！"), "characters", 1000),
    "questions": (("m:?", "m:？"), "characters", 1000),
    "semicolons": (("m:;", "m:；"), "characters", 1000),
    "dashes": (("m:-", "m:—", "m:–"), "characters", 1000),
    "emoji": (("h:emoji",), "characters", 1000),
    "salutations": (("h:salutation",), "texts", 1),
    "closings": (("h:closing",), "texts", 1),
}


def habits(texts: Sequence[Counts], *, seed: int = 0) -> dict[str, Interval | None]:
    """Return what everybody understands, with intervals over texts.

    ``sentence_words``: words (Hanzi) of a sentence on average. ``commas`` … ``emoji``: in a
    thousand characters. ``salutations``, ``closings``: share of texts that begin or end with one.
    """
    return {
        name: ratio(
            [float(times * sum(text.features[key] for key in keys)) for text in texts],
            [float(text.totals[total]) for text in texts],
            seed=seed,
        )
        for name, (keys, total, times) in _HABITS.items()
    }


def blocks(texts: Iterable[str], words: int) -> list[str]:
    """Return the texts, one after the other, in pieces of at least so many words.

    Cut at sentence ends only; a rest that is too short is left out.
    """
    made: list[str] = []
    held: list[str] = []
    count = 0
    for text in texts:
        for sentence in split_sentences(mend_lines(text)):
            held.append(sentence.text)
            count += count_words([sentence.text])
            if count >= words:
                made.append(" ".join(held))
                held, count = [], 0
    return made


@cache
def _words() -> dict[str, frozenset[str]]:
    path = Path(__file__).with_name("stylometry_words.toml")
    listed: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        "en": frozenset(listed["en"].split()),
        "zh": frozenset("".join(listed["zh"].split())),
        "marks": frozenset(listed["marks"].split()),
    }

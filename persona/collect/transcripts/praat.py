"""Praat TextGrid: intervals of each tier, in the long and the short form alike.

Only free-standing numbers and quoted texts count, as the manual of Praat says ("TextGrid file
formats"): everything else in the long form is there for people.
"""

import re
from collections.abc import Iterator

from persona.collect.transcripts.lines import Line, Transcribed
from persona.errors import UnreadableSource

_TOKEN = re.compile(r'"(?:[^"]|"")*"|(?<![^\s])-?\d+(?:\.\d+)?(?:[eE]-?\d+)?(?![^\s])')
_PARTS_OF_SPEECH = frozenset(
    {"word", "words", "phone", "phones", "phoneme", "phonemes", "syllable"}
)


def is_textgrid(text: str) -> bool:
    """Tell by the head, which both forms share."""
    return text.lstrip().startswith('File type = "ooTextFile"') and "TextGrid" in text[:200]


def read_textgrid(text: str, name: str) -> Transcribed:
    """Return the lines of all interval tiers, by time. Raises `UnreadableSource`."""
    tokens = iter([match.group() for match in _TOKEN.finditer(text)][2:])
    try:
        next(tokens), next(tokens)  # from, to
        tiers = [_tier(tokens) for _ in range(_count(tokens))]
    except (StopIteration, RuntimeError, ValueError) as error:
        raise UnreadableSource(f"{name} is a damaged TextGrid. Save it again in Praat.") from error
    whole = [lines for label, lines in tiers if label.casefold() not in _PARTS_OF_SPEECH]
    lines = [line for one in whole or [lines for _, lines in tiers] for line in one]
    return Transcribed(sorted(lines, key=lambda line: line.start_s or 0.0), "textgrid")


def _count(tokens: Iterator[str]) -> int:
    return min(int(float(next(tokens))), 1_000_000)


def _tier(tokens: Iterator[str]) -> tuple[str, list[Line]]:
    kind, label = _words(next(tokens)), _words(next(tokens))
    next(tokens), next(tokens)  # from, to
    lines: list[Line] = []
    for _ in range(_count(tokens)):
        start_s = float(next(tokens))
        end_s = float(next(tokens)) if kind == "IntervalTier" else start_s
        text = _words(next(tokens)).strip()
        if text and kind == "IntervalTier":
            lines.append(Line(text, label, start_s=start_s, end_s=end_s))
    return label, lines


def _words(token: str) -> str:
    if not token.startswith('"'):
        raise ValueError(token[:20])
    return token[1:-1].replace('""', '"')

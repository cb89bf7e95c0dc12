"""Cues of a transcript → what one speaker says in one go, at most about 60 words.

A subtitle file cuts speech where the screen is full, not where a thought ends. Cues of the same
speaker that follow each other are joined; each keeps its own time as a "word" of the passage,
so that a quotation still opens the recording at its second.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from persona.collect.sound.speech import MAX_WORDS, PAUSE_S
from persona.collect.transcripts.lines import Line

_HANZI = re.compile(r"[\u3400-\u9fff]")
_HANZI_A_WORD = 2
"""Hanzi that count like one word of English."""


def joined(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with those of one speaker joined, in their order."""
    done: list[Line] = []
    for line in lines:
        if done and _go_together(done[-1], line):
            done[-1] = _join(done[-1], line)
        else:
            done.append(line)
    return done


def _go_together(first: Line, second: Line) -> bool:
    if first.name != second.name or first.end_s is None or second.start_s is None:
        return False
    if second.start_s - first.end_s > PAUSE_S:
        return False
    return _length(first.text) + _length(second.text) <= MAX_WORDS


def _join(first: Line, second: Line) -> Line:
    gap = "" if _HANZI.match(second.text) else " "
    return replace(
        first,
        text=f"{first.text}{gap}{second.text}",
        end=0,
        start=0,
        end_s=second.end_s,
        words=(*_timed(first), *_timed(second)),
    )


def _timed(line: Line) -> tuple[tuple[str, float, float, float], ...]:
    if line.words or line.start_s is None or line.end_s is None:
        return line.words
    return ((line.text, line.start_s, line.end_s, 1.0),)


def _length(text: str) -> float:
    hanzi = len(_HANZI.findall(text))
    return len(_HANZI.sub(" ", text).split()) + hanzi / _HANZI_A_WORD

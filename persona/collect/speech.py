"""Heard words → stretches of speech that can be cited: whole sentences, at most 60 words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from persona.engines.protocols import HeardWord, Transcript

MAX_WORDS = 60
PAUSE_S = 2.0
_ENDS = (".", "?", "!", "…", "。", "？", "！", '."', '?"', '!"', ".”", "?”", "!”")

WordTimes = list[float | int]


@dataclass(frozen=True)
class Stretch:
    """Some sentences said in one go: the text, its time, and each word's place and time."""

    text: str
    start_s: float
    end_s: float
    words: list[WordTimes]


def stretches(transcript: Transcript) -> Iterator[Stretch]:
    """Yield stretches of a transcript in order of time."""
    group: list[HeardWord] = []
    for sentence in _sentences(transcript):
        pause = bool(group) and sentence[0].start_s - group[-1].end_s > PAUSE_S
        if group and (pause or len(group) + len(sentence) > MAX_WORDS):
            yield _stretch(group)
            group = []
        group += sentence
    if group:
        yield _stretch(group)


def words_in(text: str, heard: Sequence[tuple[str, float, float, float]]) -> list[WordTimes]:
    """Find timed words in a text, in order: ``[start_char, end_char, start_s, end_s, sure]``."""
    placed: list[WordTimes] = []
    position = 0
    for word, start_s, end_s, sure in heard:
        plain = word.strip()
        found = text.find(plain, position) if plain else -1
        if found < 0:
            continue
        position = found + len(plain)
        placed.append([found, position, start_s, end_s, sure])
    return placed


def _sentences(transcript: Transcript) -> Iterator[list[HeardWord]]:
    sentence: list[HeardWord] = []
    for segment in transcript.segments:
        heard = segment.words or (
            HeardWord(" " + segment.text.strip(), segment.start_s, segment.end_s, 0.0),
        )
        for place, heard_word in enumerate(heard):
            word = heard_word
            if not word.text.strip():
                continue
            if place == 0 and word.text[0].isascii() and not word.text[0].isspace():
                # some recognisers strip a segment's first space: "stir.You" would be one word
                word = replace(word, text=" " + word.text)
            sentence.append(word)
            if word.text.rstrip().endswith(_ENDS) or len(sentence) >= MAX_WORDS:
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def _stretch(group: Sequence[HeardWord]) -> Stretch:
    raw = "".join(word.text for word in group)
    text = raw.strip()
    position = -(len(raw) - len(raw.lstrip()))
    words: list[WordTimes] = []
    for word in group:
        inner = len(word.text) - len(word.text.lstrip())
        start = position + inner
        words.append(
            [start, start + len(word.text.strip()), word.start_s, word.end_s, word.confidence]
        )
        position += len(word.text)
    return Stretch(text, group[0].start_s, group[-1].end_s, words)

"""Heard words → stretches of speech that can be cited: whole sentences, at most 60 words.

A stretch is of one voice and in one language. Where one voice ends is known to half a second
only, so a sentence that is nearly all one voice's is all of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from persona.engines.protocols import HeardWord, SpeakerTurn, Transcript

MAX_WORDS = 60
PAUSE_S = 2.0
NEARLY_ALL = 0.7
"""The share of a sentence's seconds that makes it one voice's."""

_ENDS = (".", "?", "!", "…", "。", "？", "！", '."', '?"', '!"', ".”", "?”", "!”")

WordTimes = list[float | int]


@dataclass(frozen=True)
class Stretch:
    """Some sentences said in one go: the text, its time, and each word's place and time.

    ``speaker`` is the label of a voice, empty where voices were not told apart; ``sure`` how
    sure that is. ``text_sure`` is the mean confidence of the words.
    """

    text: str
    start_s: float
    end_s: float
    words: list[WordTimes]
    language: str = ""
    speaker: str = ""
    sure: float = 0.0
    text_sure: float = 1.0


@dataclass(frozen=True)
class _Spoken:
    """A word with its language, the voice that says it, and how sure that is."""

    word: HeardWord
    language: str
    speaker: str = ""
    sure: float = 0.0


def stretches(transcript: Transcript, turns: Sequence[SpeakerTurn] = ()) -> Iterator[Stretch]:
    """Yield stretches of a transcript in order of time.

    Args:
        transcript: what was heard.
        turns: who spoke when, in order; empty: voices were not told apart.
    """
    clock = _TurnClock(turns)
    group: list[_Spoken] = []
    for sentence in _sentences(transcript):
        for part in _one_voice(clock.named(sentence)):
            if group and _starts_anew(group, part):
                yield _stretch(group)
                group = []
            group += part
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


def mean_confidence(words: Sequence[WordTimes]) -> float:
    """Return the mean of the words' confidences; 1 where there are no words to tell."""
    return round(sum(float(word[4]) for word in words) / len(words), 3) if words else 1.0


class _TurnClock:
    """Says whose turn it is; asked in order of time."""

    def __init__(self, turns: Sequence[SpeakerTurn]) -> None:
        self._turns, self._at = turns, 0

    def named(self, sentence: Sequence[_Spoken]) -> list[_Spoken]:
        """Return the words of a sentence with their voices; nearly all one's is all of it."""
        if not self._turns:
            return list(sentence)
        told = [self._turn_of(spoken.word) for spoken in sentence]
        shares: dict[str, float] = {}
        for spoken, turn in zip(sentence, told, strict=True):
            length_s = max(0.05, spoken.word.end_s - spoken.word.start_s)
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + length_s
        most = max(shares, key=lambda speaker: shares[speaker])
        if shares[most] >= NEARLY_ALL * sum(shares.values()):
            sure = [turn.confidence for turn in told if turn.speaker == most]
            whole = round(sum(sure) / len(sure), 3)
            return [replace(one, speaker=most, sure=whole) for one in sentence]
        return [
            replace(spoken, speaker=turn.speaker, sure=turn.confidence)
            for spoken, turn in zip(sentence, told, strict=True)
        ]

    def _turn_of(self, word: HeardWord) -> SpeakerTurn:
        """Return the turn in which the middle of a word lies, or the one nearest to it."""
        middle_s = (word.start_s + word.end_s) / 2
        while self._at > 0 and self._turns[self._at].start_s > middle_s:
            self._at -= 1
        while self._at + 1 < len(self._turns) and self._turns[self._at + 1].start_s <= middle_s:
            self._at += 1
        turn = self._turns[self._at]
        if self._at + 1 < len(self._turns) and middle_s > turn.end_s:
            following = self._turns[self._at + 1]
            if following.start_s - middle_s < middle_s - turn.end_s:
                return following
        return turn


def _one_voice(sentence: Sequence[_Spoken]) -> Iterator[list[_Spoken]]:
    part: list[_Spoken] = []
    for spoken in sentence:
        if part and spoken.speaker != part[-1].speaker:
            yield part
            part = []
        part.append(spoken)
    if part:
        yield part


def _starts_anew(group: Sequence[_Spoken], part: Sequence[_Spoken]) -> bool:
    pause = part[0].word.start_s - group[-1].word.end_s > PAUSE_S
    other = (part[0].speaker, part[0].language) != (group[-1].speaker, group[-1].language)
    return pause or other or len(group) + len(part) > MAX_WORDS


def _sentences(transcript: Transcript) -> Iterator[list[_Spoken]]:
    sentence: list[_Spoken] = []
    for segment in transcript.segments:
        language = segment.language or transcript.language
        if sentence and sentence[-1].language != language:
            yield sentence
            sentence = []
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
            sentence.append(_Spoken(word, language))
            if word.text.rstrip().endswith(_ENDS) or len(sentence) >= MAX_WORDS:
                yield sentence
                sentence = []
    if sentence:
        yield sentence


def _stretch(group: Sequence[_Spoken]) -> Stretch:
    heard = [spoken.word for spoken in group]
    raw = "".join(word.text for word in heard)
    text = raw.strip()
    position = -(len(raw) - len(raw.lstrip()))
    words: list[WordTimes] = []
    for word in heard:
        inner = len(word.text) - len(word.text.lstrip())
        start = position + inner
        words.append(
            [start, start + len(word.text.strip()), word.start_s, word.end_s, word.confidence]
        )
        position += len(word.text)
    return Stretch(
        text,
        heard[0].start_s,
        heard[-1].end_s,
        words,
        group[0].language,
        group[0].speaker,
        round(sum(spoken.sure for spoken in group) / len(group), 3),
        mean_confidence(words),
    )

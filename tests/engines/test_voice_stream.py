"""The first sentence is heard while the others are made; an interruption stops the rest."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray
from persona.engines.scripts_of_text import split_sentences
from persona.engines.voice_stream import AHEAD, stream, whole_sentences
from persona.errors import EngineError

SENTENCES = [f"Sentence {number}." for number in range(12)]


class SlowVoice(ToneVoice):
    """Takes a moment for each sentence, and remembers what it was asked for."""

    def __init__(self, takes_s: float, fails_at: int = -1) -> None:
        self.takes_s, self.fails_at = takes_s, fails_at
        self.asked: list[str] = []

    def speak(self, text: str, *, language: str) -> FloatArray:
        if len(self.asked) == self.fails_at:
            raise EngineError("The voice could not say a sentence of the answer.")
        self.asked.append(text)
        time.sleep(self.takes_s)
        return super().speak(text, language=language)


def test_every_sentence_comes_in_order_as_it_would_alone() -> None:
    spoken = list(stream(ToneVoice(), SENTENCES, language="en"))
    assert [one.text for one in spoken] == SENTENCES
    for one in spoken:
        assert np.array_equal(one.sound, ToneVoice().speak(one.text, language="en"))


def test_the_first_is_heard_long_before_the_last_is_made() -> None:
    voice = SlowVoice(0.1)
    began = time.monotonic()
    answer = stream(voice, SENTENCES, language="en")
    next(answer)
    first_s = time.monotonic() - began
    assert len(voice.asked) <= 2
    list(answer)
    assert first_s < (time.monotonic() - began) / 4


def test_the_next_sentence_is_made_while_one_is_heard() -> None:
    voice = SlowVoice(0.01)
    answer = stream(voice, SENTENCES, language="en")
    next(answer)
    time.sleep(0.5)
    assert 2 <= len(voice.asked) <= 2 + AHEAD, "ahead, but not the whole answer"
    answer.close()


def test_who_interrupts_waits_for_nothing_and_nothing_more_is_begun() -> None:
    voice = SlowVoice(0.05)
    answer = stream(voice, SENTENCES, language="en")
    next(answer)
    began = time.monotonic()
    answer.close()
    assert time.monotonic() - began < 0.04
    time.sleep(0.4)
    asked = len(voice.asked)
    time.sleep(0.3)
    assert len(voice.asked) == asked < len(SENTENCES)
    assert not [one for one in threading.enumerate() if one.name == "voice"]


def test_what_was_made_before_a_failure_is_heard() -> None:
    answer = stream(SlowVoice(0.0, fails_at=3), SENTENCES, language="en")
    heard = [next(answer).text for _ in range(3)]
    assert heard == SENTENCES[:3]
    with pytest.raises(EngineError, match="could not say"):
        next(answer)


def test_nothing_to_say_ends_at_once() -> None:
    assert list(stream(ToneVoice(), [], language="en")) == []


def test_a_sentence_is_passed_on_when_the_next_one_begins() -> None:
    told: list[str] = []

    def model() -> object:
        for piece in ["I was", " born here. And", " then Dr. Lee ca", "me. Yes"]:
            told.append(piece)
            yield piece

    sentences = whole_sentences(model())  # type: ignore[arg-type]
    assert next(sentences) == "I was born here."
    assert len(told) == 2
    assert list(sentences) == ["And then Dr. Lee came.", "Yes"]


@given(st.text(alphabet='abZ 。.!?我们\n"”1', max_size=80), st.integers(1, 7))
def test_pieces_lose_no_letter(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    def letters(parts: list[str]) -> str:
        return "".join("".join(parts).split())

    assert letters(list(whole_sentences(pieces))) == letters(split_sentences(text))

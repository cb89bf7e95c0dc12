"""The first sentence is heard while the others are made; an interruption stops the rest."""

import threading
import time

import numpy as np
import pytest

from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray
from persona.engines.voice_stream import AHEAD, stream
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

"""Whether a voice is understood, counted in words or characters."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray, HeardSegment, Transcript
from persona.errors import MissingModel
from persona.train.voices.measures import SENTENCES, distance, error_rate, measure_voice, units

WORDS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=8)


class Hearing:
    """A recogniser that hears what a list says, one after the other."""

    name = "hearing"

    def __init__(self, heard: list[str]) -> None:
        self.heard = list(heard)

    def transcribe(self, recording: object, *, language: str | None = None) -> Transcript:
        text = self.heard.pop(0)
        return Transcript(language or "en", 1.0, (HeardSegment(text, 0, 1, ()),), self.name)


def test_the_distance_is_levenshteins() -> None:
    assert distance("kitten", "sitting") == 3
    assert distance([], ["one"]) == distance(["one"], []) == 1


@given(WORDS, WORDS, WORDS)
def test_the_distance_is_a_metric(one: list[str], other: list[str], third: list[str]) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, third) <= distance(one, other) + distance(other, third)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


def test_marks_case_and_script_do_not_count() -> None:
    assert units("It’s HIS, “really”!", "en") == ["its", "his", "really"]
    assert units("老房子靜靜地，立在江邊。", "zh") == list("老房子静静地立在江边")
    assert units("ＡＢ １２", "en") == ["ab", "12"]
    assert units("…", "en") == []


def test_words_are_counted_in_english_and_characters_in_chinese() -> None:
    assert error_rate([("one two three", "one too three"), ("four", "four")], "en") == {
        "wer": 0.25,
        "counted": 4,
    }
    assert error_rate([("今天下雨", "今天下雪")], "zh") == {"cer": 0.25, "counted": 4}
    assert error_rate([("one", "one two three")], "en")["wer"] == 2.0
    assert error_rate([], "en") == {"wer": 0.0, "counted": 0}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_voice_that_is_understood_has_no_errors(language: str) -> None:
    said = SENTENCES[language]
    figures = measure_voice(ToneVoice(), Hearing(list(said)), language=language)
    assert figures["cer" if language == "zh" else "wer"] == 0.0
    assert figures["sentences"] == len(said)
    assert figures["recogniser"] == "hearing"
    assert 0 <= float(figures["real_time_factor"]) < 1
    assert float(figures["first_sound_s"]) < 1


def test_a_voice_that_is_not_understood_is_told_apart() -> None:
    heard = ["Nothing of the kind.", *SENTENCES["en"][1:]]
    assert 0 < float(measure_voice(ToneVoice(), Hearing(heard), language="en")["wer"]) < 0.4


def test_without_the_recognisers_weights_the_rest_is_measured() -> None:
    class Absent(Hearing):
        def transcribe(self, recording: object, *, language: str | None = None) -> Transcript:
            raise MissingModel("persona fetch whisper-base")

    figures = measure_voice(ToneVoice(), Absent([]), language="en")
    assert "wer" not in figures
    assert "first_sound_s" in figures


def test_own_sentences_are_spoken_where_they_are_given() -> None:
    spoken: list[str] = []

    class Listening(ToneVoice):
        def speak(self, text: str, *, language: str) -> FloatArray:
            spoken.append(text)
            return super().speak(text, language=language)

    figures = measure_voice(Listening(), None, language="en", sentences=["Good night."])
    assert set(spoken) == {"Good night."}
    assert "wer" not in figures


def test_the_sentences_hold_nothing_that_is_written_in_two_ways() -> None:
    for sentences in SENTENCES.values():
        for sentence in sentences:
            assert not any(unicodedata.category(sign) == "Nd" for sign in sentence)

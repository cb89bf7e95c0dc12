"""The shipped deterministic engines keep the contract, and their results mean something."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from persona.engines.deterministic import (
    HashEmbedder,
    ScriptedLanguageModel,
    ScriptedRecogniser,
    ToneVoice,
    features,
)
from persona.engines.protocols import Message
from persona.errors import EngineError, UnreadableSource

ASKED: list[Message] = [{"role": "user", "content": "Where did you keep the bees?"}]


def say(model: ScriptedLanguageModel, max_tokens: int = 99, stop: tuple[str, ...] = ()) -> str:
    return "".join(model.generate(ASKED, max_tokens=max_tokens, temperature=0, seed=1, stop=stop))


def test_the_script_answers_what_was_asked() -> None:
    model = ScriptedLanguageModel({"bees": "Behind the  barn.\nIn Kent."}, otherwise="Hm.")
    assert say(model) == "Behind the  barn.\nIn Kent."
    assert model.asked == [ASKED]
    assert say(ScriptedLanguageModel({"horses": "No."}, otherwise="Hm.")) == "Hm."


def test_length_and_stop_strings_are_kept() -> None:
    model = ScriptedLanguageModel({"bees": "Behind the barn. In Kent."})
    assert say(model, max_tokens=2) == "Behind the"
    assert say(model, stop=("In ",)).strip() == "Behind the barn."


def test_a_closed_model_refuses() -> None:
    model = ScriptedLanguageModel()
    model.close()
    with pytest.raises(EngineError, match="closed"):
        say(model)


def test_texts_that_share_words_are_nearer() -> None:
    embedder = HashEmbedder()
    query = embedder.embed(["bees in Kent"], role="query")
    passages = embedder.embed(["He kept bees in Kent.", "She sang at church."], role="passage")
    near, far = (query @ passages.T)[0]
    assert near > 0.5 > far
    assert np.allclose(np.linalg.norm(passages, axis=1), 1.0)
    assert passages.shape == (2, embedder.dimensions)


def test_chinese_is_compared_by_characters_and_pairs() -> None:
    assert features("冬天冷 ok") == ["冬", "天", "冷", "冬天", "天冷", "ok"]
    embedder = HashEmbedder()
    query = embedder.embed(["冬天的围巾"], role="query")
    near, far = (query @ embedder.embed(["那年冬天织了围巾", "苏州面馆"], role="passage").T)[0]
    assert near > far + 0.2


def test_a_text_without_words_still_has_a_direction() -> None:
    assert np.linalg.norm(HashEmbedder(8).embed(["…", ""], role="passage"), axis=1).tolist() == [
        1,
        1,
    ]


def test_words_of_a_script_join_to_its_lines(tmp_path: Path) -> None:
    recording = tmp_path / "tape.wav"
    recording.write_bytes(b"RIFF")
    heard = ScriptedRecogniser({"tape.wav": "He kept bees.\n\nIn Kent."}).transcribe(recording)
    assert [one.text for one in heard.segments] == ["He kept bees.", "In Kent."]
    assert all("".join(w.text for w in one.words) == one.text for one in heard.segments)
    assert heard.segments[1].words[0].start_s == heard.segments[0].end_s == 1.2
    assert heard.duration_s == 2.0


def test_a_script_is_found_by_hash_and_beside_the_recording(tmp_path: Path) -> None:
    recording = tmp_path / "tape.wav"
    recording.write_bytes(b"RIFF")
    sha256 = hashlib.sha256(b"RIFF").hexdigest()
    assert ScriptedRecogniser({sha256: "By hash."}).transcribe(recording).segments
    with pytest.raises(UnreadableSource):
        ScriptedRecogniser().transcribe(recording)
    (tmp_path / "tape.wav.heard.txt").write_text("Beside it.")
    beside = ScriptedRecogniser().transcribe(recording, language="zh")
    assert (beside.segments[0].text, beside.language) == ("Beside it.", "zh")


def test_the_tone_is_as_long_as_its_words() -> None:
    voice = ToneVoice()
    sound = voice.speak("three short words", language="en")
    assert len(sound) == 3 * voice.WORD_S * voice.sample_rate_hz
    assert sound.dtype == np.float32
    assert 0.1 < np.abs(sound).max() <= 1
    assert len(voice.speak("…", language="en")) == 0
    assert np.array_equal(sound, voice.speak("three short words", language="zh"))
    assert "nobody" in voice.donor

"""A voice that resembles: nearest or searched, measured by another encoder, never half made."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from persona.config import Config
from persona.engines.opening import open_voice, open_voice_or_spare
from persona.engines.protocols import FloatArray, VoiceSample
from persona.engines.sound import read_sound, write_wav
from persona.engines.voice_judge import Judge, language_of, split_halves
from persona.engines.voice_kokoro import STYLE_SHAPE, KokoroVoice
from persona.engines.voice_kokoro_maker import LEAST_SEARCHED_S, STYLE, KokoroMaker
from persona.engines.voice_made import RESEMBLES, describe_made, open_made_voice, read_made
from persona.engines.voice_resemblyzer import ResemblyzerVectors, mel_frames
from persona.engines.voice_stock import COMPONENTS, Stock, between, directions, stock_of
from persona.engines.voice_vectors import RATE_HZ, resampled
from persona.errors import ConfigError, EngineError, MissingModel, TrainError, UnreadableSource
from tests.engines.clips import clips_of


@pytest.fixture(scope="module")
def ready(models: Path) -> Path:
    for name in ("resemblyzer", "dvector"):
        if not (models / name).is_dir():
            pytest.skip(f"the speaker encoder is not here: persona fetch {name}")
    return models


def silent(phrase: str, done: int, of: int) -> None:
    """Nobody listens."""


def noise(seconds: float, seed: int = 1) -> FloatArray:
    drawn = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE_HZ))
    return drawn.astype(np.float32)


def sample(path: Path, sound: FloatArray, language: str = "en") -> VoiceSample:
    write_wav(path, sound, rate_hz=RATE_HZ, comment="test")
    return VoiceSample(path, "", language, len(sound) / RATE_HZ)


def test_without_clips_it_is_a_designed_voice(models: Path, tmp_path: Path) -> None:
    maker = KokoroMaker(models, english="bm_lewis")
    assert (maker.name, maker.least_seconds) == ("kokoro", 0.0)
    assert "Apache" in maker.licence
    assert maker.make([], tmp_path, seed=1, progress=silent) == {}
    voice = open_made_voice(tmp_path, models, donor="must not be said")
    assert voice.donor == "a designed voice, not his own", "nobody's clips are in it"
    assert "bm_lewis zm_yunyang" in voice.name


def test_too_little_speech_is_refused_in_words(models: Path, tmp_path: Path) -> None:
    clip = sample(tmp_path / "a.wav", noise(2.5))
    with pytest.raises(TrainError, match=r"2\.5 seconds of speech; 3 are needed"):
        KokoroMaker(models).make([clip], tmp_path, seed=1, progress=silent)


def test_noise_is_not_a_voice(ready: Path, tmp_path: Path) -> None:
    clip = sample(tmp_path / "a.wav", noise(5.0) * 0.01)
    folder = tmp_path / "voice"
    folder.mkdir()
    with pytest.raises(TrainError, match="No speech was found"):
        KokoroMaker(ready).make([clip], folder, seed=1, progress=silent)
    assert not list(folder.iterdir())


def test_a_clip_that_cannot_be_read_is_said(ready: Path, tmp_path: Path) -> None:
    bad = tmp_path / "a.wav"
    bad.write_bytes(b"RIFF no sound")
    with pytest.raises(UnreadableSource):
        KokoroMaker(ready).make([VoiceSample(bad, "", "en", 20)], tmp_path, seed=1, progress=silent)


def test_without_the_encoders_it_says_which_to_fetch(models: Path, tmp_path: Path) -> None:
    alone = tmp_path / "models"
    alone.mkdir()
    (alone / "kokoro").symlink_to(models / "kokoro")
    clip = sample(tmp_path / "a.wav", noise(5.0))
    with pytest.raises(MissingModel, match="persona fetch resemblyzer"):
        KokoroMaker(alone).make([clip], tmp_path, seed=1, progress=silent)


def test_the_halves_share_no_speech(tmp_path: Path) -> None:
    clips = [sample(tmp_path / f"{n}.wav", noise(s, n)) for n, s in enumerate((1, 4, 2, 3))]
    first, second = split_halves(clips)
    assert len(first) == len(second) == 5 * RATE_HZ
    assert not np.isin(first, second).all()
    one, other = split_halves(clips[:1])
    assert len(one) == len(other) == RATE_HZ // 2
    assert language_of(clips) == "en"
    assert language_of([*clips[:1], sample(tmp_path / "z.wav", noise(2), "zh")]) == "zh"


def test_one_person_sounds_more_alike_than_two(ready: Path, shared_data: Path) -> None:
    encoder = ResemblyzerVectors(ready)
    folder = shared_data / "speech" / "vcc2020"

    def vector(name: str) -> FloatArray:
        return encoder.vector(read_sound(folder / name, rate_hz=RATE_HZ))

    one, again = vector("SEF1/E30001.wav"), vector("SEF1/E30002.wav")
    other = vector("SEM1/E30001.wav")
    assert float(one @ again) > 0.75 > float(one @ other)
    assert float(np.linalg.norm(one)) == pytest.approx(1.0, abs=1e-5)


def test_silence_has_no_voice(ready: Path) -> None:
    encoder = ResemblyzerVectors(ready)
    for sound in (np.zeros(0), np.zeros(100), np.zeros(RATE_HZ)):
        assert not encoder.vector(sound.astype(np.float32)).any()


def test_the_bands_hold_the_power_of_a_tone() -> None:
    times = np.arange(RATE_HZ) / RATE_HZ
    low, high = (
        mel_frames(np.sin(2 * np.pi * hz * times).astype(np.float32)) for hz in (200, 3000)
    )
    assert low.shape == (101, 40)
    assert int(low.mean(axis=0).argmax()) < int(high.mean(axis=0).argmax())


def test_another_rate_keeps_the_tone() -> None:
    times = np.arange(24_000) / 24_000
    tone = np.sin(2 * np.pi * 440 * times).astype(np.float32)
    there = resampled(tone, 24_000, 16_000)
    assert len(there) == pytest.approx(16_000, abs=32)
    peak = int(np.abs(np.fft.rfft(there)).argmax()) * 16_000 / len(there)
    assert peak == pytest.approx(440, abs=2)
    assert resampled(tone, 16_000, 16_000) is tone
    assert len(resampled(tone[:0], 24_000, 16_000)) == 0


def test_directions_are_how_the_voices_differ(models: Path) -> None:
    voice = KokoroVoice(models)
    ways = directions(voice)
    assert ways.shape == (COMPONENTS, *STYLE_SHAPE)
    flat = ways.reshape(COMPONENTS, -1).astype(np.float64)
    lengths = np.linalg.norm(flat, axis=1)
    assert (np.diff(lengths) <= 1e-3).all(), "the longest first"
    crossed = (flat @ flat.T) / np.outer(lengths, lengths)
    assert np.abs(crossed - np.eye(COMPONENTS)).max() < 1e-2
    start = voice.style("bm_george")
    assert np.array_equal(between(start, ways, np.zeros(COMPONENTS)), start)
    assert not np.array_equal(between(start, ways, np.ones(COMPONENTS)), start)


def test_the_nearest_voice_comes_first_and_a_blend_lies_between() -> None:
    styles = np.stack([np.full(STYLE_SHAPE, float(n), dtype=np.float32) for n in range(6)])
    stock = Stock(tuple("abcdef"), styles, np.eye(6, dtype=np.float32))
    target = np.array([0, 0.2, 0, 0.9, 0, 0], dtype=np.float32)
    assert [name for name, _ in stock.ranked(target)][:2] == ["d", "b"]
    assert float(stock.blend(target).mean()) == pytest.approx(3.0, abs=0.01)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"form": 1}', b"\xff", b"null"])
def test_a_damaged_description_is_one_sentence(
    models: Path, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "voice.json").write_bytes(content)
    with pytest.raises(EngineError, match="is not here whole"):
        open_made_voice(tmp_path, models)


def test_voices_of_newer_programs_and_unknown_engines_are_said(
    models: Path, tmp_path: Path
) -> None:
    describe_made(tmp_path, "siri", {})
    with pytest.raises(EngineError, match="engine that is not known: siri"):
        open_made_voice(tmp_path, models)
    content = read_made(tmp_path) | {"form": 2}
    (tmp_path / "voice.json").write_text(json.dumps(content))
    with pytest.raises(EngineError, match="newer program"):
        open_made_voice(tmp_path, models)


def made_style(models: Path, folder: Path) -> None:
    folder.mkdir()
    style = KokoroVoice(models).style("bm_lewis")
    (folder / STYLE).write_bytes(style.tobytes())
    KokoroMaker(models).make([], folder, seed=1, progress=silent)
    facts = read_made(folder)
    describe_made(folder, "kokoro", {"weights": facts["weights"], "style": STYLE})


def test_a_made_voice_speaks_in_place_of_the_usual_one(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "voi_1"
    made_style(models, folder)
    voice = open_voice_or_spare(Config(), models, made=folder, donor="resembles Henry")
    assert voice is not None
    assert voice.donor == "resembles Henry"
    assert " made " in voice.name
    plain = open_voice_or_spare(Config(), models, made=folder)
    assert plain is not None
    assert plain.donor == RESEMBLES
    said: list[str] = []
    spare = open_voice_or_spare(Config(), tmp_path, said.append, made=folder, donor="Henry")
    assert "persona fetch kokoro" in said[0]
    assert spare is None or "Henry" not in spare.donor, "the spare voice is nobody's"


def test_persona_toml_names_engines_not_made_voices(models: Path) -> None:
    config = Config.model_validate({"engines": {"voice": "voi_1"}})
    with pytest.raises(ConfigError, match="persona train --voice voi_1"):
        open_voice(config, models)


def test_a_style_that_is_damaged_or_of_other_weights_is_said(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "voi_1"
    made_style(models, folder)
    whole = (folder / STYLE).read_bytes()
    (folder / STYLE).write_bytes(whole[:-4])
    with pytest.raises(EngineError, match="missing or damaged"):
        open_made_voice(folder, models)
    (folder / STYLE).unlink()
    with pytest.raises(EngineError, match="missing or damaged"):
        open_made_voice(folder, models)
    describe_made(folder, "kokoro", {"weights": "0" * 64, "style": STYLE})
    with pytest.raises(EngineError, match="other weights of Kokoro"):
        open_made_voice(folder, models)


@pytest.mark.slow
def test_a_style_speaks_as_the_voice_it_was_taken_from(models: Path, tmp_path: Path) -> None:
    made_style(models, tmp_path / "voi_1")
    made = open_made_voice(tmp_path / "voi_1", models).speak("Good night.", language="en")
    plain = KokoroVoice(models, english="bm_lewis").speak("Good night.", language="en")
    assert len(made) == pytest.approx(len(plain), rel=0.2)  # another accent of English phonemes
    assert np.isfinite(made).all()


@pytest.mark.slow
def test_a_cache_that_is_damaged_is_computed_again(ready: Path, tmp_path: Path) -> None:
    alone = tmp_path / "models"
    (alone / "kokoro").mkdir(parents=True)
    for entry in (ready / "kokoro").iterdir():
        if not entry.name.startswith(".stock"):
            (alone / "kokoro" / entry.name).symlink_to(entry)
    for name in ("resemblyzer", "dvector"):
        (alone / name).symlink_to(ready / name)
    voice, encoder = KokoroVoice(alone), ResemblyzerVectors(alone)

    def stock() -> Stock:
        return stock_of(voice, encoder, alone, language="zh", progress=lambda *_: None)

    first = stock()
    assert all(name.startswith("z") for name in first.names)
    (cache,) = (alone / "kokoro").glob(".stock-*")
    kept = cache.read_bytes()
    cache.write_bytes(kept[:-10])
    assert np.allclose(stock().vectors, first.vectors, atol=1e-6)
    assert cache.read_bytes() == kept
    cache.unlink()


SEARCH = """
import sys
from pathlib import Path
from persona.engines.protocols import VoiceSample
from persona.engines.voice_kokoro_maker import KokoroMaker
models, folder, *wavs = map(Path, sys.argv[1:])
clips = [VoiceSample(wav, "", "en", 4.0) for wav in wavs]
KokoroMaker(models, evaluations=9).make(clips, folder, seed=1, progress=lambda *a: None)
"""


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_in_the_middle_a_search_goes_on_and_is_measured_honestly(
    ready: Path, shared_data: Path, tmp_path: Path
) -> None:
    clips = [
        VoiceSample(one.path, "", "en", 4.0)
        for one in clips_of(shared_data, "vcc-SEF1", 20.0, tmp_path)
    ]
    assert sum(clip.seconds for clip in clips) >= LEAST_SEARCHED_S
    folder = tmp_path / "voices" / "voi_1"
    folder.mkdir(parents=True)
    wavs = [str(clip.path) for clip in clips]
    running = subprocess.Popen([sys.executable, "-c", SEARCH, str(ready), str(folder), *wavs])
    costs: list[float] = []
    while len(costs) < 3:
        assert running.poll() is None
        time.sleep(0.2)
        for journal in folder.parent.glob(".search-*/search.json"):
            costs = json.loads(journal.read_text())
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not list(folder.iterdir()), "no half voice"
    said: list[tuple[str, int]] = []
    facts = KokoroMaker(ready, evaluations=9).make(
        clips, folder, seed=1, progress=lambda phrase, done, of: said.append((phrase, done))
    )
    assert [path.name for path in folder.parent.iterdir()] == ["voi_1"], "the work is cleared away"
    assert {path.name for path in folder.iterdir()} == {STYLE, "voice.json"}
    assert ("looking for a voice that resembles", 9) in said
    assert 0.2 < float(facts["resemblance"]) < float(facts["ceiling"]) <= 1.0
    assert facts["judge"] == Judge(ready).name
    assert "resemblyzer" not in str(facts["judge"]), "what was optimised never judges"
    assert read_made(folder)["way"] in ("searched", "nearest")
    voice = open_made_voice(folder, ready, donor="resembles her")
    assert "is" not in voice.donor.split()
    assert len(voice.speak("Good night.", language="en")) > 0

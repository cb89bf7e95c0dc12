"""coqui-tts itself on tiny random models: train, checkpoint, kill, go on, clone, convert, speak."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from persona.engines.coqui_client import CoquiWorker
from persona.engines.coqui_models import coqui_weights
from persona.engines.protocols import VoiceSample
from persona.engines.voice_coqui import SPEAKER, CoquiVoice
from persona.engines.voice_coqui_maker import CoquiMaker, Training
from persona.engines.voice_made import open_made_voice, read_made
from persona.errors import EngineError, TrainError
from tests.engines.clips import clips_of

pytestmark = pytest.mark.slow

TINY = Training(steps=6, save_every=2, batch_size=2)


@pytest.fixture(scope="module")
def clips(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[VoiceSample]:
    return clips_of(shared_data, "vcc-SEF1", 28.0, tmp_path_factory.mktemp("clips"))


def silent(phrase: str, done: int, of: int) -> None:
    """Nobody listens."""


def made_by(maker: CoquiMaker, clips: list[VoiceSample], folder: Path) -> dict[str, float | str]:
    folder.mkdir(parents=True, exist_ok=True)
    return maker.make(clips, folder, seed=1, progress=silent)


def heard(folder: Path, models: Path, text: str = "Good night, my dear.") -> np.ndarray:
    voice = open_made_voice(folder, models)
    assert isinstance(voice, CoquiVoice)
    try:
        first = voice.speak(text, language="en")
        assert np.array_equal(first, voice.speak(text, language="en")), "the same text sounds alike"
    finally:
        voice.close()
    assert np.isfinite(first).all()
    return first


def test_vits_is_trained_killed_trained_on_and_speaks(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    maker = CoquiMaker("vits", coqui, training=TINY, least_seconds=5)
    folder = tmp_path / "voices" / "voi_1"
    folder.mkdir(parents=True)
    steps: list[int] = []

    def kill_at_five(phrase: str, done: int, of: int) -> None:
        if phrase == "training the voice":
            steps.append(done)
            if done == 5 and steps.count(5) == 1 and maker.worker.process_id:
                os.kill(maker.worker.process_id, signal.SIGKILL)

    with pytest.raises(EngineError, match="stopped in the middle"):
        maker.make(clips, folder, seed=1, progress=kill_at_five)
    assert not list(folder.iterdir()), "no half voice"
    facts = maker.make(clips, folder, seed=1, progress=kill_at_five)
    assert int(facts["went_on_at"]) >= 3, "not from the beginning"
    assert facts["steps"] == 6
    assert steps[-1] == 6
    assert {path.name for path in folder.iterdir()} == {"config.json", "model.pth", "voice.json"}
    assert [path.name for path in folder.parent.iterdir()] == ["voi_1"], "the work is cleared away"
    assert float(facts["resemblance"]) < float(facts["ceiling"]) - 0.2, "random weights are nobody"
    assert len(heard(folder, coqui)) > 8_000


def test_xtts_is_trained_further_and_speaks_both_languages(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    maker = CoquiMaker("xtts", coqui, training=TINY, least_seconds=5)
    folder = tmp_path / "voi_2"
    facts = made_by(maker, clips, folder)
    assert facts["steps"] == 6
    assert (folder / SPEAKER).is_file()
    base = coqui_weights("xtts", coqui)
    assert (folder / "model.pth").read_bytes() != (base / "model.pth").read_bytes()
    assert "base" not in read_made(folder), "a trained voice stands by itself"
    voice = open_made_voice(folder, coqui)
    try:
        assert len(voice.speak("Good night.", language="en")) > 0
        assert len(voice.speak("晚安。", language="zh")) > 0
        assert voice.sample_rate_hz == 24_000
    finally:
        voice.close()  # type: ignore[attr-defined]


def test_a_speaker_is_taken_down_once_for_xtts(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    folder = tmp_path / "voi_3"
    facts = made_by(CoquiMaker("xtts", coqui), clips, folder)
    assert {path.name for path in folder.iterdir()} == {SPEAKER, "voice.json"}
    assert set(facts) >= {"resemblance", "ceiling", "judge", "seconds"}
    content = (folder / SPEAKER).read_bytes() + (folder / "voice.json").read_bytes()
    assert b"wav" not in content, "no file of the archive is named in a voice"
    assert len(heard(folder, coqui)) > 0
    again = tmp_path / "voi_4"
    made_by(CoquiMaker("xtts", coqui), clips, again)
    for name in (SPEAKER, "voice.json"):
        assert (folder / name).read_bytes() == (again / name).read_bytes()
    (folder / SPEAKER).write_bytes(b"damaged")
    voice = open_made_voice(folder, coqui)
    with pytest.raises(EngineError, match="file of the speaker is damaged"):
        voice.speak("Good night.", language="en")
    voice.close()  # type: ignore[attr-defined]


def test_openvoice_changes_what_kokoro_says(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    folder = tmp_path / "voi_5"
    made_by(CoquiMaker("openvoice", coqui), clips, folder)
    voice = open_made_voice(folder, coqui)
    try:
        sound = voice.speak("Good night.", language="en")
    finally:
        voice.close()  # type: ignore[attr-defined]
    assert voice.sample_rate_hz == 22_050
    assert 0.4 < len(sound) / 22_050 < 4


def test_what_cannot_be_trained_on_is_refused_in_words(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    silent_clips = [VoiceSample(one.path, "", "en", one.seconds) for one in clips]
    maker = CoquiMaker("vits", coqui, training=TINY, least_seconds=5)
    with pytest.raises(TrainError, match="Only 0 clips have known words"):
        made_by(maker, silent_clips, tmp_path / "voi_6")


def test_damaged_weights_and_a_missing_file_are_said(
    coqui: Path, clips: list[VoiceSample], tmp_path: Path
) -> None:
    base = coqui_weights("xtts", coqui)
    worker = CoquiWorker(coqui)
    damaged = tmp_path / "vits"
    damaged.mkdir()
    (damaged / "config.json").write_bytes(
        (coqui_weights("vits", coqui) / "config.json").read_bytes()
    )
    (damaged / "model.pth").write_bytes(b"not weights")
    speak = {"text": "Hello.", "language": "en", "seed": 1, "out": str(tmp_path / "out.npy")}
    with pytest.raises(EngineError, match="incomplete or damaged"):
        worker.ask("speak", patience_s=300, kind="vits", model=str(damaged), **speak)
    (base / "dvae.pth").rename(base / "away")
    try:
        maker = CoquiMaker("xtts", coqui, training=TINY, least_seconds=5)
        with pytest.raises(EngineError, match=r"dvae\.pth is needed"):
            made_by(maker, clips, tmp_path / "voi_7")
    finally:
        (base / "away").rename(base / "dvae.pth")
        worker.close()

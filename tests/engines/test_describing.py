"""`persona doctor` names the licence of everything that somebody brought for coqui-tts."""

import json
from pathlib import Path

import pytest

from persona.config import Config
from persona.engines.coqui_environment import coqui_home
from persona.engines.coqui_models import COQUI_MODELS, agree, tts_home
from persona.engines.describing import EngineStatus, describe_engines


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of models that holds none."""
    monkeypatch.delenv("TTS_HOME", raising=False)
    return tmp_path / "models"


def of_coqui(models: Path) -> dict[str, EngineStatus]:
    jobs = ("voice maker", "weights for it")
    return {one.name: one for one in describe_engines(Config(), models) if one.job in jobs}


def put(name: str, models: Path) -> None:
    """Put a folder there as coqui-tts names it."""
    folder = tts_home(models) / "tts" / COQUI_MODELS[name].folder
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({}))


def test_who_brought_nothing_reads_nothing_of_coqui(empty: Path) -> None:
    assert of_coqui(empty) == {}


def test_the_code_and_each_set_of_weights_have_their_own_licence(empty: Path) -> None:
    (coqui_home(empty) / "bin").mkdir(parents=True)
    for name in ("xtts", "openvoice", "vits"):
        put(name, empty)
    lines = of_coqui(empty)
    assert lines.keys() == {"coqui-tts", "xtts", "openvoice", "vits"}
    assert lines["coqui-tts"].licence == "MPL-2.0"
    assert "persona fetch coqui" in lines["coqui-tts"].sentence, "it is unfinished"
    assert (
        "CPML" in lines["xtts"].licence and "NOT for anything commercial" in lines["xtts"].sentence
    )
    assert lines["openvoice"].licence == "MIT"
    assert "whoever made it" in lines["vits"].sentence
    assert all(one.optional and not one.ready for one in lines.values())


def test_weights_are_ready_once_somebody_agreed(empty: Path) -> None:
    put("xtts", empty)
    assert "Nobody has agreed" in of_coqui(empty)["xtts"].sentence
    agree("xtts", empty, by="ruth")
    assert of_coqui(empty)["xtts"].ready
    assert "NOT for anything commercial" in of_coqui(empty)["xtts"].sentence


def test_what_knnvc_needs_is_not_said_to_be_freer_than_it_is(empty: Path) -> None:
    put("knnvc", empty)
    assert "CC BY-SA" in of_coqui(empty)["knnvc"].sentence

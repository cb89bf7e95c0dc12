"""coqui's process, weights and licences, where coqui itself is not needed."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from persona.cli import app
from persona.engines import coqui_process
from persona.engines.coqui_client import CoquiWorker
from persona.engines.coqui_environment import coqui_home, coqui_python
from persona.engines.coqui_models import (
    COQUI_MODELS,
    agree,
    coqui_weights,
    is_agreed,
    licence_text,
    place,
    tts_home,
)
from persona.engines.voice_coqui import CoquiVoice, Speaker, open_coqui_made, rate_of
from persona.engines.voice_coqui_maker import CoquiMaker
from persona.engines.voice_made import describe_made, open_made_voice
from persona.errors import EngineError, MissingModel, TrainError

CONFIG = '{"audio": {"sample_rate": 16000, "output_sample_rate": 16000}}'


@pytest.fixture(autouse=True)
def _no_tts_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TTS_HOME", raising=False)


def put_weights(models: Path, name: str) -> Path:
    folder = tts_home(models) / "tts" / COQUI_MODELS[name].folder
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(CONFIG)
    (folder / "model.pth").write_bytes(b"weights")
    return folder


def voice_on(models: Path, patience_s: float = 20.0) -> tuple[CoquiVoice, CoquiWorker]:
    folder = put_weights(models, "vits")
    worker = CoquiWorker(models)
    speaker = Speaker("vits", folder, None, ("en",), 1)
    voice = CoquiVoice(speaker, worker, name="vits", donor="nobody", patience_s=patience_s)
    return voice, worker


def test_a_sentence_is_spoken_and_steps_are_told(pretended: Path) -> None:
    worker = CoquiWorker(pretended)
    steps: list[tuple[int, int]] = []
    done = worker.ask(
        "train", patience_s=20, progress=lambda step, of: steps.append((step, of)), text="late"
    )
    assert done["rate_hz"] == 16_000
    assert steps == [(1, 3), (2, 3), (3, 3)]
    worker.close()


def test_the_process_gets_nothing_it_could_fetch_or_be_asked_with(
    pretended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://localhost:1")
    monkeypatch.setenv("PERSONA_SERVER_KEY", "secret")
    monkeypatch.setenv("COQUI_TOS_AGREED", "1")
    worker = CoquiWorker(pretended)
    given = worker.ask("speak", patience_s=20)["environment"]
    worker.close()
    assert given["HF_HUB_OFFLINE"] == "1"
    assert given["HOME"] == given["TTS_HOME"] == str(coqui_home(pretended))
    for name in ("HTTPS_PROXY", "PERSONA_SERVER_KEY", "COQUI_TOS_AGREED", "PYTHONPATH"):
        assert name not in given
    agreed = CoquiWorker(pretended, agreed=True)
    assert agreed.ask("speak", patience_s=20)["environment"]["COQUI_TOS_AGREED"] == "1"
    agreed.close()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("die", "stopped in the middle"),
        ("babble", "stopped in the middle"),
        ("hang", "no sign of life for 1 seconds"),
        ("refuse", "One sentence of advice"),
        ("memory", "too little memory"),
    ],
)
def test_whatever_happens_is_one_sentence_and_the_next_one_is_spoken(
    pretended: Path, text: str, message: str
) -> None:
    voice, worker = voice_on(pretended)
    worker.ask("speak", patience_s=20)
    voice._patience_s = 1.0
    began = time.monotonic()
    with pytest.raises(EngineError, match=message):
        voice.speak(text, language="en")
    assert time.monotonic() - began < 20, "stopping it does not wait for it"
    voice._patience_s = 20.0
    assert len(voice.speak("Good night.", language="en")) == 1600
    voice.close()


def test_killed_between_two_sentences_it_is_started_again(pretended: Path) -> None:
    voice, worker = voice_on(pretended)
    voice.speak("One.", language="en")
    first = worker.process_id
    assert first is not None
    os.kill(first, signal.SIGKILL)
    for _ in range(100):
        if worker.process_id is None:
            break
        time.sleep(0.05)
    assert len(voice.speak("Two.", language="en")) == 1600
    assert worker.process_id not in (None, first)
    voice.close()


def test_a_voice_that_is_let_go_ends_its_process(pretended: Path) -> None:
    voice, worker = voice_on(pretended)
    voice.speak("One.", language="en")
    assert worker.process_id is not None
    del voice
    gc.collect()
    assert worker.process_id is None


def test_sentences_are_spoken_one_by_one_with_pauses(pretended: Path) -> None:
    voice, _ = voice_on(pretended)
    sound = voice.speak("One. Two! … 🙂", language="en")
    assert len(sound) == 2 * 1600 + 4000
    assert sound.dtype == np.float32
    assert len(voice.speak("… 🙂", language="en")) == 0
    with pytest.raises(EngineError, match="does not speak the language zh; it speaks en"):
        voice.speak("你好", language="zh")
    voice.close()


def test_without_its_environment_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="persona fetch coqui"):
        CoquiWorker(tmp_path / "models")


def test_an_unfinished_or_older_environment_is_not_used(pretended: Path) -> None:
    stamp = coqui_home(pretended) / "environment.json"
    coqui_python(pretended)
    for content in ("", "{}", "[]", "null"):
        stamp.write_text(content)
        with pytest.raises(MissingModel, match="is not on this machine"):
            coqui_python(pretended)
    stamp.write_text(json.dumps({"pins": ["torch==1.0"]}))
    with pytest.raises(MissingModel, match="is an older one"):
        coqui_python(pretended)


def test_an_interpreter_that_cannot_start_is_one_sentence(pretended: Path) -> None:
    python = coqui_home(pretended) / "bin" / "python"
    python.write_text("#!/nowhere/at/all\n")
    with pytest.raises(EngineError, match="could not be started"):
        CoquiWorker(pretended).ask("speak", patience_s=5)


def test_weights_are_used_only_where_they_are_and_somebody_agreed(pretended: Path) -> None:
    with pytest.raises(MissingModel, match="never fetched for you"):
        coqui_weights("xtts", pretended)
    folder = put_weights(pretended, "xtts")
    with pytest.raises(MissingModel, match="Nobody has agreed to the licence of xtts"):
        coqui_weights("xtts", pretended)
    agree("xtts", pretended, by="Anna")
    assert coqui_weights("xtts", pretended) == folder
    kept = json.loads((coqui_home(pretended) / "agreed.json").read_text())["xtts"]
    assert kept["by"] == "Anna"
    assert "CPML" in kept["licence"]
    assert not is_agreed("vits", pretended), "one agreement is not another"
    with pytest.raises(MissingModel, match="no weights called siri"):
        coqui_weights("siri", pretended)


def test_an_agreement_to_other_terms_does_not_count(pretended: Path) -> None:
    agree("xtts", pretended, by="Anna")
    path = coqui_home(pretended) / "agreed.json"
    path.write_text(path.read_text().replace('"shown_sha256": "', '"shown_sha256": "0'))
    assert not is_agreed("xtts", pretended)
    for damage in ("", "[]", '{"xtts": 1}'):
        path.write_text(damage)
        assert not is_agreed("xtts", pretended)


def test_what_must_not_be_earned_with_says_so() -> None:
    assert "NOT for anything commercial" in licence_text("xtts")
    for name, model in COQUI_MODELS.items():
        assert model.licence in licence_text(name)
        assert model.url.startswith("https://")


def test_weights_may_lie_where_coqui_looks_for_them(
    pretended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "elsewhere"))
    folder = put_weights(pretended, "vits")
    agree("vits", pretended, by="Anna")
    assert coqui_weights("vits", pretended) == folder
    assert folder.is_relative_to(tmp_path / "elsewhere")


def test_knn_vc_says_which_other_files_it_needs(pretended: Path) -> None:
    put_weights(pretended, "knnvc")
    with pytest.raises(MissingModel, match=r"WavLM-Large\.pt"):
        coqui_weights("knnvc", pretended)


def test_weights_are_placed_whole_or_not_at_all(pretended: Path, tmp_path: Path) -> None:
    source = tmp_path / "downloaded"
    source.mkdir()
    with pytest.raises(MissingModel, match="holds no weights of vits"):
        place("vits", source, pretended, print)
    (source / "config.json").write_text(CONFIG)
    (source / "model_file.pth").write_bytes(b"1")
    said: list[str] = []
    target = place("vits", source, pretended, said.append)
    assert (target / "model_file.pth").read_bytes() == b"1"
    assert len(said) == 2
    (source / "model_file.pth").rename(source / "model.pth")
    place("vits", source, pretended, said.append)
    assert sorted(path.name for path in target.iterdir()) == ["config.json", "model.pth"]
    assert list(target.parent.iterdir()) == [target]


def test_the_command_shows_the_licence_and_takes_no_for_an_answer(
    pretended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_MODELS", str(pretended))
    put_weights(pretended, "xtts")
    told = CliRunner().invoke(app, ["fetch", "xtts"], input="n\n")
    assert told.exit_code == 1
    assert "CPML" in told.output
    assert not is_agreed("xtts", pretended)
    told = CliRunner().invoke(app, ["fetch", "xtts"], input="y\n")
    assert told.exit_code == 0
    assert is_agreed("xtts", pretended)


def test_makers_refuse_too_little_speech_before_anything_is_started(pretended: Path) -> None:
    for name in ("xtts", "vits", "openvoice"):
        put_weights(pretended, name)
        agree(name, pretended, by="Anna")
        maker = CoquiMaker(name, pretended)
        assert maker.name == name
        assert COQUI_MODELS[name].licence in maker.licence
        assert maker.least_seconds >= 6
        with pytest.raises(TrainError, match="seconds of speech"):
            maker.make([], pretended, seed=1, progress=lambda *_: None)
        assert maker.worker.process_id is None


def test_a_voice_whose_weights_changed_is_not_spoken_with(pretended: Path, tmp_path: Path) -> None:
    folder = tmp_path / "voi_1"
    folder.mkdir()
    put_weights(pretended, "xtts")
    agree("xtts", pretended, by="Anna")
    describe_made(folder, "xtts", {"base": "xtts", "weights": "other", "speaker": "s"})
    with pytest.raises(EngineError, match="other weights of xtts"):
        open_made_voice(folder, pretended)


def test_a_voice_without_its_files_is_one_sentence(pretended: Path, tmp_path: Path) -> None:
    folder = tmp_path / "voi_1"
    folder.mkdir()
    describe_made(folder, "vits", {"speaker": "speaker.safetensors"})
    with pytest.raises(EngineError, match="file of the voice voi_1 is missing"):
        open_coqui_made(folder, pretended, donor="x", threads=1)
    for content in ("", "[]", '{"audio": {}}', '{"audio": 3}', '{"audio": {"sample_rate": "x"}}'):
        (folder / "config.json").write_text(content)
        with pytest.raises(EngineError, match=r"no config\.json that can be used"):
            rate_of("vits", folder)


NETWORK = """
import sys, socket
sys.path.append(sys.argv[1])
from coqui_process.door import shut_network, take_output
answers = take_output()
print("chatter of a library")
shut_network()
import urllib.request
tried = [
    lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), 2),
    lambda: socket.socket().connect(("127.0.0.1", int(sys.argv[2]))),
    lambda: socket.getaddrinfo("example.org", 443),
    lambda: urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[2]}/", timeout=2),
]
for one in tried:
    try:
        one()
    except OSError as error:
        answers.write(f"{'reaches no network' in str(error)} ")
    else:
        answers.write("REACHED ")
assert socket.socket().connect_ex is not None
"""


def test_the_door_lets_nothing_out() -> None:
    engines = Path(coqui_process.__file__).parent.parent
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-I", "-c", NETWORK, str(engines), port],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert done.stdout.split() == ["True"] * 4
    assert "chatter of a library" in done.stderr

"""Names of persona.toml become engines, and the doctor says what each is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from persona.config import Config
from persona.engines import deterministic
from persona.engines.describing import describe_engines
from persona.engines.language_llama import LlamaModel
from persona.engines.language_server import ServerModel
from persona.engines.language_torch import TorchModel, _without_stop
from persona.engines.opening import (
    open_embedder,
    open_language_model,
    open_recogniser,
    open_voice,
    open_voice_or_spare,
)
from persona.engines.protocols import Message
from persona.errors import ConfigError, EngineError, MissingModel


def settings(**engines: Any) -> Config:
    return Config.model_validate({"engines": engines})


def test_the_deterministic_engines_are_chosen_by_name(tmp_path: Path) -> None:
    config = settings(
        language_model="scripted",
        embedder="hash",
        recogniser="scripted",
        diariser="scripted",
        text_reader="scripted",
        face_finder="none",
        voice="tone",
    )
    assert isinstance(open_language_model(config, tmp_path), deterministic.ScriptedLanguageModel)
    assert isinstance(open_embedder(config, tmp_path), deterministic.HashEmbedder)
    assert isinstance(open_recogniser(config, tmp_path), deterministic.ScriptedRecogniser)
    assert isinstance(open_voice(config, tmp_path), deterministic.ToneVoice)
    statuses = describe_engines(config, tmp_path)[2:]
    assert [status.job for status in statuses if not status.ready] == ["watermark"]


def test_none_switches_off(tmp_path: Path) -> None:
    config = settings(embedder="none", recogniser="none", voice="none")
    assert open_embedder(config, tmp_path) is None
    assert open_recogniser(config, tmp_path) is None
    assert open_voice(config, tmp_path) is None


def test_an_address_is_a_server(tmp_path: Path) -> None:
    chosen = settings(language_model="http://localhost:1/v1", server_model="m")
    model = open_language_model(chosen, tmp_path, tmp_path)
    assert isinstance(model, ServerModel)
    assert model.follows_evidence
    careful = settings(
        language_model="http://localhost:1/v1", server_model="m", follows_evidence=False
    )
    assert not open_language_model(careful, tmp_path).follows_evidence


def test_the_embedded_models_are_the_usual_ones(models: Path) -> None:
    model = open_language_model(Config(), models)
    assert isinstance(model, LlamaModel)
    assert not model.follows_evidence
    assert open_language_model(settings(follows_evidence=True), models).follows_evidence
    for engine in (open_embedder, open_recogniser, open_voice):
        assert engine(Config(), models) is not None
    statuses = describe_engines(Config(), models)[:9]  # coqui-tts follows where somebody has it
    assert [status.job for status in statuses] == [
        *("language model", "training base", "embedder", "recogniser", "diariser"),
        *("text reader", "face finder", "voice", "watermark"),
    ]
    needed = [status for status in statuses if not status.optional or status.ready]
    assert len(needed) >= 5
    assert all(status.ready and status.licence != "see its maker" for status in needed)


def test_voices_can_be_named(models: Path) -> None:
    voice = open_voice(settings(voice="kokoro:bm_lewis,zf_xiaoni"), models)
    assert voice is not None
    assert voice.name.endswith("bm_lewis zf_xiaoni")


@pytest.mark.parametrize(
    ("engines", "opening", "message"),
    [
        ({"language_model": "gpt"}, open_language_model, "no language model gpt"),
        ({"language_model": "kokoro"}, open_language_model, "no language model kokoro"),
        ({"embedder": "word2vec"}, open_embedder, "no embedder word2vec"),
        ({"voice": "siri"}, open_voice, "no voice siri"),
    ],
)
def test_a_name_that_means_nothing_is_one_sentence(
    tmp_path: Path, engines: dict[str, str], opening: Any, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        opening(settings(**engines), tmp_path)


def test_without_weights_letters_can_still_be_collected(tmp_path: Path) -> None:
    recogniser = open_recogniser(Config(), tmp_path)
    assert recogniser is not None
    assert recogniser.name == "whisper-base@d01c3014881c"
    statuses = {status.job: status for status in describe_engines(Config(), tmp_path)}
    for job in ("language model", "training base", "recogniser", "voice", "watermark"):
        assert not statuses[job].ready
        assert "persona fetch" in statuses[job].sentence
    with pytest.raises(MissingModel):
        open_language_model(Config(), tmp_path)


def test_a_folder_that_is_no_recogniser_is_one_sentence(tmp_path: Path) -> None:
    recogniser = open_recogniser(settings(recogniser=str(tmp_path)), tmp_path)
    assert recogniser is not None
    with pytest.raises(MissingModel, match=r"model\.bin"):
        assert recogniser.name


def tiny_model(folder: Path, models: Path) -> Path:
    """Write a random llama with the embedded model's tokenizer."""
    import shutil

    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from persona.engines.base_weights import transformers_folder

    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=49_152,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    base = transformers_folder("smollm2-135m", models)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(base / name, folder / name)
    return folder


ASKED: list[Message] = [
    {"role": "system", "content": "You are Tom."},
    {"role": "user", "content": "Hello?"},
]


@pytest.mark.slow
def test_a_transformers_folder_is_run_by_torch(tmp_path: Path, models: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", models)
    model = open_language_model(settings(language_model=str(folder)), models)
    assert isinstance(model, TorchModel)

    def say(seed: int, temperature: float = 0.9) -> str:
        return "".join(model.generate(ASKED, max_tokens=12, temperature=temperature, seed=seed))

    assert say(1) == say(1) != say(2)
    assert say(1, 0.0) == say(2, 0.0)
    answer = model.generate(ASKED, max_tokens=500, temperature=0.9, seed=1)
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    model.close()
    with pytest.raises(EngineError, match="closed"):
        say(1)


def test_a_folder_with_nothing_usable_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    model = open_language_model(settings(language_model=str(tmp_path)), tmp_path)
    with pytest.raises(EngineError, match="no language model that can be loaded"):
        list(model.generate(ASKED, max_tokens=1, temperature=0.0, seed=1))


def test_a_stop_string_spread_over_pieces_is_found() -> None:
    assert (
        "".join(_without_stop(iter(["In Ke", "nt.\n\nUs", "er: hi"]), ["\n\nUser:"])) == "In Kent."
    )
    assert "".join(_without_stop(iter(["a", "b"]), [])) == "ab"
    assert "".join(_without_stop(iter(["ends wi", "th U"]), ["User"])) == "ends with U"


def test_an_adapter_of_another_model_is_left_out_and_said(
    tmp_path: Path, models: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from safetensors.numpy import save_file

    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
    save_file({name: np.zeros((2, 8), dtype=np.float32)}, tmp_path / "adapter_model.safetensors")
    model = open_language_model(Config(), models, tmp_path)
    assert isinstance(model, LlamaModel)
    assert model._adapter is None
    assert "another model" in caplog.text


def test_without_the_voices_the_spare_voice_speaks_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    voice = open_voice_or_spare(Config(), tmp_path, said.append)
    assert len(said) == 1
    assert "persona fetch kokoro" in said[0]
    if voice is not None:
        assert "espeak" in voice.name
        assert "spare voice" in said[0]
    else:
        assert "read but not heard" in said[0]

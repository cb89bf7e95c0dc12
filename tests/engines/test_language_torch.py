"""Two versions on one base in memory: answers are those of each alone, and none is mixed."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from persona.engines.language_torch import TorchModel
from persona.engines.protocols import Message
from persona.engines.shared_torch import _bases, shared_torch
from persona.errors import EngineError
from persona.train.lora import train_adapter
from tests.train.material import example, make_tiny_base
from tests.train.test_lora import SETTINGS, quiet

pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing:FutureWarning")
MESSAGES: list[Message] = [
    {"role": "system", "content": "You are Henry."},
    {"role": "user", "content": "Question 1?"},
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("torch-base"))


@pytest.fixture(scope="module")
def adapters(base: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return two adapters that say very different things."""
    made = []
    for reply in ("aaaaaaaaaaaaaaaaaaaaaaaa", "zzzzzzzzzzzzzzzzzzzzzzzz"):
        examples = [example(at, reply) for at in range(4)]
        settings = SETTINGS.model_copy(update={"steps": 12, "learning_rate": 0.05})
        folder = tmp_path_factory.mktemp("adapter")
        made.append(train_adapter(examples, [], base, settings, folder, on_progress=quiet).path)
    return made


def said(model: TorchModel) -> str:
    return "".join(model.generate(MESSAGES, max_tokens=8, temperature=0.0, seed=1))


def opened(base: Path, adapter: Path | None = None) -> TorchModel:
    return TorchModel(base, name="tiny", adapter=adapter, threads=1)


def test_versions_share_a_base_and_answer_as_they_do_alone(
    base: Path, adapters: list[Path]
) -> None:
    alone = []
    for adapter in (None, *adapters):
        model = opened(base, adapter)
        alone.append(said(model))
        model.close()
    assert len(set(alone)) == 3
    models = [opened(base, adapter) for adapter in (None, *adapters)]
    assert len({id(model._base) for model in models}) == 1
    for order in ((0, 1, 2), (2, 0, 1), (1, 2, 0)):
        assert [said(models[at]) for at in order] == [alone[at] for at in order]
    chosen = [
        model.choose([*MESSAGES, {"role": "assistant", "content": "a"}], ["a", "z"], seed=1)
        for model in models
    ]
    assert all(choice in ("a", "z", "") for choice in chosen)
    for model in models:
        model.close()


def test_the_base_is_loaded_once(base: Path, adapters: list[Path]) -> None:
    models = [opened(base, adapter) for adapter in (*adapters, None)]
    weights = set()
    for model in models * 2:
        said(model)
        assert model._base is not None
        with model._base.wearing(model._adapter) as loaded:
            weights.add(loaded.get_input_embeddings().weight.data_ptr())
    assert len(weights) == 1
    for model in models:
        model.close()
    assert not _bases, "the base goes with the last model"


def test_one_may_be_closed_while_others_talk(base: Path, adapters: list[Path]) -> None:
    first, second = (opened(base, adapter) for adapter in adapters)
    expected = said(second)
    said(first)
    first.close()
    first.close()
    assert said(second) == expected
    with pytest.raises(EngineError, match="closed"):
        said(first)
    second.close()


def test_two_listeners_at_once_each_get_their_own(base: Path, adapters: list[Path]) -> None:
    models = [opened(base, adapter) for adapter in adapters]
    alone = [said(model) for model in models]
    heard: list[list[str]] = [[], []]
    threads = [
        threading.Thread(target=lambda at=at: heard[at].extend(said(models[at]) for _ in range(4)))
        for at in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [[alone[0]] * 4, [alone[1]] * 4]
    for model in models:
        model.close()


def test_a_base_that_was_changed_is_refused(
    base: Path, adapters: list[Path], tmp_path: Path
) -> None:
    shutil.copytree(base, tmp_path / "base")
    path = tmp_path / "base" / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    model = opened(tmp_path / "base", adapters[0])
    with pytest.raises(EngineError, match="its weights were changed"):
        said(model)
    model.close()


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "adapter_config.json", "base.json"])
def test_a_damaged_adapter_is_one_sentence_and_harms_no_other(
    base: Path, adapters: list[Path], tmp_path: Path, file: str
) -> None:
    shutil.copytree(adapters[0], tmp_path / "adapter")
    path = tmp_path / "adapter" / file
    path.write_bytes(path.read_bytes()[:20])
    good, bad = opened(base, adapters[1]), opened(base, tmp_path / "adapter")
    expected = said(good)
    for _ in range(2):
        with pytest.raises(EngineError, match="damaged"):
            said(bad)
    assert said(good) == expected
    good.close()
    bad.close()


def test_an_adapter_of_an_earlier_release_names_no_base(
    base: Path, adapters: list[Path], tmp_path: Path
) -> None:
    shutil.copytree(adapters[0], tmp_path / "adapter")
    (tmp_path / "adapter" / "base.json").unlink()
    old, new = opened(base, tmp_path / "adapter"), opened(base, adapters[0])
    assert said(old) == said(new)
    old.close()
    new.close()


def test_a_folder_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    model = opened(tmp_path)
    with pytest.raises(EngineError, match="holds no language model"):
        said(model)
    model.close()
    assert shared_torch(tmp_path, 1).users.total() == 1
    _bases.clear()

"""A model that may only choose: it says one of the given sentences, or nothing."""

from pathlib import Path

import pytest

from persona.engines.base_weights import transformers_folder
from persona.engines.catalogue import weights_file
from persona.engines.deterministic import ScriptedLanguageModel
from persona.engines.language_llama import LlamaModel
from persona.engines.language_torch import TorchModel
from persona.engines.protocols import LanguageModel, Message

CHOICES = ["So there you are.", 'He said "enough" and went.', "天气很好。"]
MESSAGES: list[Message] = [
    {"role": "system", "content": "You are Tom, a retired fisherman who speaks plainly."},
    {"role": "user", "content": "Did you have a cat?"},
    {"role": "assistant", "content": "The cat had a fight with next door's."},
]


def chosen(model: LanguageModel) -> list[str]:
    return [model.choose(MESSAGES, CHOICES, seed=seed) for seed in range(8)]


def test_the_embedded_model_says_a_choice_or_nothing_and_repeats_itself(models: Path) -> None:
    model = LlamaModel(weights_file("smollm2-135m", models), name="smollm2-135m")
    first = chosen(model)
    assert set(first) <= {*CHOICES, ""}
    assert any(first)
    list(model.generate(MESSAGES[:2], max_tokens=3, temperature=0.5, seed=1))
    assert chosen(model) == first
    model.close()


@pytest.mark.slow
def test_transformers_says_a_choice_or_nothing(models: Path) -> None:
    model = TorchModel(transformers_folder("smollm2-135m", models), name="smollm2")
    first = chosen(model)
    assert set(first) <= {*CHOICES, ""}
    assert chosen(model) == first
    model.close()


def test_the_scripted_model_goes_by_the_seed() -> None:
    assert chosen(ScriptedLanguageModel())[:4] == [*CHOICES, ""]

"""A prompt is in the language of the words that answer it."""

from typing import Any

import pytest

from persona.records import Passage, Person, SourceKind
from persona.train.prompts import Occasion, go_on, prompt_messages, spoken_language

HENRY = Person(id="henry", name="林亨利", is_subject=True)
RUTH = Person(id="ruth", name="Ruth", relation="daughter", called_by_subject=["Ruthie", "小茹"])


def prompt(kind: SourceKind, listener: Person | None = RUTH, **more: Any) -> tuple[str, str]:
    first = Passage(id="p", source_id="s", position=0, unit="u", selector={}, text="早安", **more)
    occasion = Occasion(kind, first, (), listener, "zh")
    system, user = prompt_messages(occasion, HENRY, 80)
    return system["content"], user["content"]


def test_a_chinese_letter_has_a_chinese_prompt() -> None:
    system, user = prompt(SourceKind.LETTER, place="台北", created_words="民国七十五年三月")
    assert system == "你是林亨利。你在给Ruth，你的女儿，写信。你叫对方小茹。"
    assert user == "写吧。（台北，民国七十五年三月）"


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        ("brother", "你在和Ruth说话。"),  # elder or younger: the archive does not say
        ("弟弟", "你在和Ruth，你的弟弟，说话。"),
        ("Wife", "你在和Ruth，你的妻子，说话。"),
        ("", "你在和Ruth说话。"),
    ],
)
def test_a_relation_is_said_in_chinese_or_not_at_all(relation: str, said: str) -> None:
    person = Person(id="ruth", name="Ruth", relation=relation)
    assert prompt(SourceKind.CHAT, person) == (f"你是林亨利。{said}", "说吧。")


def test_somebody_and_a_diary() -> None:
    assert "某个人" in prompt(SourceKind.VOICE_CLIP, None)[0]
    assert prompt(SourceKind.DIARY, None)[0] == "你是林亨利。你在写日记。"


def test_the_language_is_that_of_most_of_the_words() -> None:
    assert spoken_language(["早安", "OK"]) == "zh"
    assert spoken_language(["Good morning, 小茹, the lambs are here"]) == "en"
    assert spoken_language(["…"]) == "en"
    assert go_on("zh")["content"] == "接着说。"

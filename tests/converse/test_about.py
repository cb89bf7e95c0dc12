"""What one did, the other did not do: of whom a question asks, and of whom a memory tells."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from persona.converse.about import asks_of_him, names_of_people, of_another
from persona.converse.enough import Weighing
from persona.converse.topic import Thread
from persona.remember.question import units_of
from persona.remember.readers import Relative
from persona.remember.store import Store
from persona.remember.view import View
from tests.converse.evidence import evidence, family

FELL = "It was Uncle Simon who fell into the harbour."
FELL_ZH = "掉进港口的是西蒙叔叔。"


@pytest.fixture
def view(store: Store) -> Iterator[View]:
    with store.reader(Relative("nell")) as opened:
        yield opened


def answers(view: View, question: str, text: str, about: list[str]) -> bool:
    """Say whether an account of certain people is enough for a question."""
    item = evidence(text, narrator="ada", memory={"subject_ids": about})
    asked = Thread().asked(question, view.terms, view.people(), None)
    held = len([unit for unit in asked.own if not unit.faint])
    item = replace(item, held=held, asked=held, in_text=held)
    return Weighing.of(asked, [item], view).enough(item)


@pytest.mark.parametrize(
    ("words", "of_him"),
    [
        ("Did you fall in?", True),
        ("When you fell in, who was there?", True),
        ("你掉进河里了吗？", True),
        ("Do you remember who fell in?", False),
        ("Can you tell me who fell in?", False),
        ("Did Uncle Simon fall in?", False),
        ("What happened to your uncle?", False),
        ("你记得谁掉进河里吗？", False),
        ("你叔叔掉进河里了吗？", True),
    ],
)
def test_of_whom_a_question_asks(words: str, of_him: bool) -> None:
    assert asks_of_him(words) is of_him


@pytest.mark.parametrize("about", [["simon"], []])
def test_what_another_did_is_not_told_as_his(view: View, about: list[str]) -> None:
    assert not answers(view, "Did you fall into the harbour?", FELL, about)
    assert answers(view, "Did Uncle Simon fall into the harbour?", FELL, about)
    assert answers(view, "Who fell into the harbour?", FELL, about)
    assert answers(view, "Do you remember who fell into the harbour?", FELL, about)


def test_in_chinese_too(view: View) -> None:
    assert not answers(view, "你掉进港口了吗？", FELL_ZH, ["simon"])
    assert answers(view, "你叔叔掉进港口了吗？", FELL_ZH, ["simon"])
    assert answers(view, "谁掉进港口了？", FELL_ZH, ["simon"])


def test_what_he_did_with_another_is_his(view: View) -> None:
    both = "He and Uncle Simon fell into the harbour."
    assert answers(view, "Did you fall into the harbour?", both, ["arthur", "simon"])


def test_his_own_words_without_a_name_are_about_himself() -> None:
    assert not of_another(evidence("I fell in.", memory={"subject_ids": []}), "arthur")
    assert of_another(evidence("Nell fell in.", memory={"subject_ids": ["nell"]}), "arthur")
    assert of_another(evidence("x", narrator="ada", memory={"subject_ids": []}), "arthur")


def test_names_and_words_for_relations_name_somebody() -> None:
    question = "Did your uncle or Nell see Skipper's boat?"
    units = units_of(question, lambda words: [[word.lower()] for word in words], family(), None)
    assert {unit.word for unit in names_of_people(question, units)} == {"uncle", "nell", "skipper"}

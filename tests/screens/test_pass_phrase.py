"""Who has set a pass phrase is asked for it; nobody else is."""

from pathlib import Path

import pytest

from persona.pass_phrases import KEEPER, is_guarded, set_phrase
from persona.workspace import Workspace
from tests.screens.conftest import Screen
from tests.screens.family import make_family


@pytest.fixture
def family(tmp_path: Path) -> Workspace:
    return make_family(tmp_path)


def give(screen: Screen, phrase: str) -> Screen:
    screen.app.text_input(key="phrase-given").set_value(phrase)
    next(one for one in screen.app.button if one.label == "Come in").click().run()
    return screen


def test_nobody_enters_under_a_guarded_name_without_the_phrase(family: Workspace) -> None:
    set_phrase(family, "ruth", "the blue teapot")
    screen = Screen(family).press("person-ruth")
    assert "visitor" not in screen.app.session_state
    assert "pass phrase" in screen.everything()
    give(screen, "something else")
    assert "visitor" not in screen.app.session_state
    assert "That was not it" in screen.everything()
    give(screen, "the blue teapot")
    assert screen.app.session_state["visitor"].person_id == "ruth"


def test_pages_stay_closed_while_the_phrase_is_waited_for(family: Workspace) -> None:
    set_phrase(family, KEEPER, "the blue teapot")
    screen = Screen(family, first="review").press("custodian")
    assert "visitor" not in screen.app.session_state
    assert "pass phrase" in screen.everything()


def test_one_may_turn_back(family: Workspace) -> None:
    set_phrase(family, "ruth", "the blue teapot")
    screen = Screen(family).press("person-ruth")
    next(one for one in screen.app.button if one.label == "Back").click().run()
    assert screen.app.button(key="person-ruth")


def test_others_come_in_as_before_and_can_set_their_own(family: Workspace) -> None:
    screen = Screen(family).press("person-ruth")
    screen.app.text_input(key="phrase-new").set_value("tiny")
    screen.press("phrase-keep")
    assert not is_guarded(family, "ruth")
    screen.app.text_input(key="phrase-new").set_value("the blue teapot")
    screen.press("phrase-keep")
    assert is_guarded(family, "ruth")

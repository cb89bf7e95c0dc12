"""Care on the screen: what is not right, a farewell, a child with a guardian, trouble in a talk."""

import shutil

import pytest

from persona.errors import StoreError
from persona.keeper.custody import let_child_talk
from persona.records import VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import open_workspace


@pytest.fixture
def own(family, tmp_path):
    """Return a copy of the archive, to write into."""
    shutil.copytree(family.root, tmp_path / "own")
    return open_workspace(tmp_path / "own")


def talking(screen, sit, workspace, person_id="ruth", kind="person"):
    return screen(workspace, "talk", visitor=sit(person_id, kind), begun=True)


def test_what_is_not_right_is_kept_beside_the_source(screen, own, sit):
    page = talking(screen, sit, own).ask("What about the blue kite?")
    page.press("dispute-0-0")
    assert "Never hurry a kite" in page.html() and "<mark>" in page.html()
    assert page.app.text_area(key="dispute-words").value == "", "never the persona's words"
    page.app.text_area(key="dispute-words").set_value("It was the red kite, I held it.")
    page.app.radio(key="dispute-knows").set_value("there")
    page.press("dispute-keep")
    assert "It is kept with your name" in page.html()
    with Store.open(own) as store, store.reader(Custodian()) as view:
        [kept] = [one for one in view.memories() if "red kite" in one.quote]
        assert (kept.narrator_id, kept.review, kept.modality) == ("ruth", "unreviewed", "witnessed")


def test_an_empty_correction_is_one_sentence(screen, own, sit):
    page = talking(screen, sit, own).ask("What about the blue kite?")
    page.press("dispute-0-0").press("dispute-keep")
    assert "in a few words of your own" in page.html()
    assert not page.app.exception


@pytest.mark.parametrize(("person_id", "kind"), [(None, "stranger"), (None, "custodian")])
def test_a_visitor_without_a_name_gives_no_testimony(screen, own, sit, person_id, kind):
    page = talking(screen, sit, own, person_id, kind).ask("What about the blue kite?")
    assert "blue kite on the kitchen table" in page.html()
    assert not page.keys("dispute-")


def test_one_word_ends_it_on_the_screen(screen, own, sit):
    page = talking(screen, sit, own).ask("enough")
    assert "We stop here." in page.html() and "nothing here waits" in page.html()
    assert not page.app.chat_input


def test_esc_ends_it_unless_a_dialog_is_open(screen, own, sit):
    page = talking(screen, sit, own).ask("What about the blue kite?")
    assert page.app.button(key="stop").proto.shortcut.lower() == "escape"
    page.press("0-0-0")
    assert page.app.button(key="stop").proto.shortcut == ""


def test_help_is_on_the_screen(screen, own, sit):
    page = talking(screen, sit, own).ask("I want to die")
    assert "116 123" in page.html()
    page.ask("What about the blue kite?")
    assert "how are you now?" in page.html()


def test_trouble_keeps_the_conversation(screen, own, sit, monkeypatch):
    page = talking(screen, sit, own).ask("What about the blue kite?")

    def full(*_):
        raise StoreError("The archive cannot be written. Nothing was written.")

    with monkeypatch.context() as broken:
        broken.setattr(Store, "add_turn", full)
        page.ask("And the harbour?")
    assert "The archive cannot be written" in page.html()
    assert "Never hurry a kite" in page.html(), "what was said stays"
    assert page.app.chat_input
    page.ask("What about the blue kite?")
    assert "cannot be written" not in page.html()


def test_a_farewell_is_held_and_put_off(screen, own, sit):
    page = talking(screen, sit, own).press("stop").press("farewell-open")
    assert "nothing is lost by it" in page.html()
    page.press("hold")
    assert "I wrote to you" in page.html() and "Here it ends." in page.html()
    assert not page.keys("retire"), "a single relative does not end it for all"
    with Store.open(own) as store, store.reader(Custodian()) as view:
        assert view.versions()[0].state is VersionState.ACTIVE


def test_the_keeper_retires_after_a_farewell(screen, own, sit):
    page = talking(screen, sit, own, None, "custodian").press("stop").press("farewell-open")
    page.press("hold").press("retire")
    assert "the versions were retired" in page.html()
    with Store.open(own) as store, store.reader(Custodian()) as view:
        assert view.versions()[0].state is VersionState.RETIRED


def test_a_farewell_may_wait(screen, own, sit):
    page = talking(screen, sit, own).press("stop").press("farewell-open").press("later")
    assert "We stop here." in page.html()


def test_a_guardian_opens_the_door(screen, own):
    let_child_talk(own, "mei", "margaret")
    page = screen(own).press("person-mei")
    assert "Please ask a grown-up you trust" in page.html() and page.keys("begin")

"""Take something back: everything is said first, nothing goes without the word, a receipt stays."""

import pytest

from persona.records import VersionState, WithdrawalScope
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.screens import background
from persona.screens.background import State
from tests.screens.conftest import finished
from tests.screens.family import make_family


@pytest.fixture
def own(tmp_path):
    return make_family(tmp_path)


@pytest.fixture
def keeper(screen, sit, own):
    return screen(own, "withdraw", visitor=sit(None, "custodian"))


def quotes(workspace):
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return {one.quote for one in view.memories()}


def choose_margaret(page):
    page.app.radio(key="scope").set_value(WithdrawalScope.NARRATOR).run()
    page.app.selectbox(key="target-narrator").set_value("margaret").run()
    return page.press("look-first")


def say_yes(page, word):
    page.app.text_input(key="typed-word").set_value(word)
    return page.press("take-back-yes")


def test_all_is_said_before_anything_happens(keeper, own):
    before = quotes(own)
    choose_margaret(keeper)
    shown = keeper.html()
    assert "Everything that Margaret Lin told or wrote" in shown
    assert "2 memories" in shown and "1 original files" in shown
    assert "1 versions used it" in shown
    assert "cannot be brought back" in shown
    assert quotes(own) == before


@pytest.mark.parametrize("word", ["", "yes", "take", "撤回"])
def test_without_the_word_nothing_happens(keeper, own, word):
    before = quotes(own)
    say_yes(choose_margaret(keeper), word)
    assert "Nothing was done." in keeper.html()
    assert quotes(own) == before
    assert background.job_of(own.root) is None


def test_one_may_leave_everything_as_it_is(keeper, own):
    before = quotes(own)
    choose_margaret(keeper).press("not")
    assert "What shall be taken back?" in keeper.html()
    assert quotes(own) == before


def test_a_narrator_is_taken_back_and_a_receipt_says_so(keeper, own):
    say_yes(choose_margaret(keeper), " Take Back ")
    job = finished(keeper, own)
    assert job.state is State.DONE, job.problem
    shown = keeper.html()
    assert "Receipt" in shown and "It is gone." in shown
    assert "Make a new version to talk again" in shown
    assert keeper.app.get("download_button")
    assert not [quote for quote in quotes(own) if "came home" in quote]
    with Store.open(own) as store, store.reader(Custodian()) as view:
        assert [one.state for one in view.versions()] == [VersionState.BLOCKED]
    keeper.press("close")
    assert "What shall be taken back?" in keeper.html()
    assert "Earlier receipts (1)" in str([one.label for one in keeper.app.expander])


def test_a_memory_is_taken_back_from_its_page(screen, sit, own):
    page = screen(own, "memories", visitor=sit(None, "custodian"))
    page.app.text_input(key="memories-word").set_value("lemons").run()
    (key,) = page.keys("back-mem")
    page.press(key)
    assert "A memory that Henry Lin told" in page.html()
    assert "Bring bread and lemons." in page.html()
    say_yes(page, "take back")
    assert finished(page, own).state is State.DONE
    assert not [quote for quote in quotes(own) if "lemons" in quote]


def test_a_source_offers_to_be_taken_back_where_it_is_opened(screen, sit, own):
    """That it leads here is tried in a browser: tests/browser/test_review.py."""
    page = screen(own, "memories", visitor=sit(None, "custodian"))
    page.app.text_input(key="memories-word").set_value("lemons").run()
    page.press(page.keys("open-mem")[0])
    assert len(page.keys("back-src")) == 1
    family = screen(own, "memories", visitor=sit("ruth"), begun=True)
    family.app.text_input(key="memories-word").set_value("lemons").run()
    family.press(family.keys("open-mem")[0])
    assert not family.keys("back-")


def test_a_receipt_in_chinese(screen, sit, own):
    page = screen(own, "withdraw", visitor=sit(None, "custodian"), language="zh")
    page.app.radio(key="scope").set_value(WithdrawalScope.NARRATOR).run()
    page.app.selectbox(key="target-narrator").set_value("margaret").run()
    page.press("look-first")
    say_yes(page, "撤回")
    assert finished(page, own).state is State.DONE
    assert "已经没有了" in page.html()

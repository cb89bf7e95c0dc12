"""The app in a real browser: ask, open a citation, see the quoted words marked."""

import re

import pytest

from tests.browser.visits import BOTH_SIZES, OVERFLOW, ask, begin

pytestmark = pytest.mark.browser


@BOTH_SIZES
def test_a_question_an_answer_and_its_source(page):
    begin(page)
    ask(page, "What about the blue kite?")
    page.get_by_role("button", name=re.compile("Letter to Ruth Lin, 12 May 1987")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("mark").first.wait_for()
    marked = " ".join(dialog.locator("mark").all_inner_texts())
    assert "blue kite" in marked or "Never hurry a kite" in marked
    assert "the kettle is on" in dialog.inner_text()
    assert dialog.locator("mark").first.is_visible()


def test_the_recording_opens_at_its_second(page):
    begin(page)
    ask(page, "What about the blue kite?")
    page.get_by_role("button", name=re.compile("Interview with Margaret Lin")).first.click()
    sound = page.get_by_role("dialog").locator("audio")
    sound.wait_for()
    page.wait_for_function("document.querySelector('audio').currentTime > 18")
    assert sound.evaluate("element => element.duration") == pytest.approx(40, abs=0.5)


@BOTH_SIZES
def test_it_says_that_it_is_a_simulation_wherever_one_scrolls(page):
    begin(page)
    for _ in range(3):
        ask(page, "What about the blue kite?")
        page.wait_for_timeout(800)
    line = page.locator("p.simulation")
    box = line.bounding_box()
    assert 0 <= box["y"] < 200
    assert "not Henry in person" in line.inner_text()


@BOTH_SIZES
def test_everything_fits_on_the_screen_and_comes_from_this_machine(page):
    begin(page)
    ask(page, "What about the blue kite?")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.outside == []


def test_the_keyboard_is_enough(page):
    page.locator(".st-key-person-ruth button").focus()
    page.keyboard.press("Enter")
    page.locator(".st-key-begin button").wait_for()
    page.locator(".st-key-begin button").focus()
    page.keyboard.press("Enter")
    page.locator("textarea").wait_for()
    page.wait_for_timeout(500)
    page.locator("textarea").focus()
    page.keyboard.type("What about the blue kite?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Letter to Ruth Lin")).first.wait_for()


def test_a_letter_cannot_run_a_script(page):
    begin(page)
    ask(page, "What does the marmalade note say?")
    assert "<script>" in page.locator("[data-testid='stChatMessage']").last.inner_text()
    assert "stolen" not in page.title()


def test_esc_closes_a_dialog_first_and_then_ends_it(page):
    begin(page)
    ask(page, "What about the blue kite?")
    page.get_by_role("button", name=re.compile("That’s not right")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("mark").first.wait_for()
    assert dialog.locator("textarea").input_value() == ""
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.get_by_text("We stop here.").count() == 0
    page.locator(".st-key-stop button").wait_for()
    page.wait_for_timeout(1500)
    page.locator("h1").first.click()
    page.keyboard.press("Escape")
    page.get_by_text("We stop here.").wait_for()


def test_what_is_not_right_is_kept(page):
    begin(page)
    ask(page, "What about the blue kite?")
    page.get_by_role("button", name=re.compile("That’s not right")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("textarea").fill("It was the red kite, and I held the string.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Keep what I say").click()
    page.get_by_text("It is kept with your name").wait_for()

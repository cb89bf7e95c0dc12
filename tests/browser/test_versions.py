"""Comparing, voting, listening and making in a real browser: by keys alone, on a phone, in Chinese.

Everything here is shown to somebody of the family but the last page, which is the keeper's.
"""

import re

import pytest

from tests.browser.visits import (
    BOTH_SIZES,
    OVERFLOW,
    PHONE,
    focus_by_tab,
    in_chinese,
    keeper,
    latin_words,
    settled,
    sit_down,
)
from tests.screens.family import KITE

pytestmark = pytest.mark.browser
ASKED, ASKED_IN_CHINESE = "What about the red kite?", "红色的风筝停在哪里？"
SOUNDS = "[...document.querySelectorAll('audio')].filter(one => !one.paused).length"
VOTE = "[data-testid='stFormSubmitButton'] button"


def versions(page):
    """Go to the versions as Ruth, who may hear both."""
    sit_down(page)
    page.get_by_role("link", name=re.compile("^(Versions|版本)$")).click()
    page.locator(".st-key-compare button").wait_for()
    settled(page)


def go(page, way):
    """Press the way to one of the pages, and wait until it is there."""
    page.locator(f".st-key-{way} button").click()
    page.locator(".st-key-back button").wait_for()
    settled(page)


def back(page):
    page.locator(".st-key-back button").click()
    page.locator(".st-key-compare button").wait_for()
    settled(page)


def press_by_tab(page, selector):
    focus_by_tab(page, selector)
    page.keyboard.press("Enter")


@pytest.mark.slow
def test_two_versions_are_compared_and_heard_with_keys_alone(page, models):
    versions(page)
    press_by_tab(page, ".st-key-compare button")
    page.locator(".st-key-side-begin button").wait_for()
    settled(page)
    focus_by_tab(page, ".st-key-side-questions textarea")
    page.keyboard.type(ASKED)
    press_by_tab(page, ".st-key-side-begin button")
    page.locator(".st-key-side-keep button").wait_for()
    settled(page)
    assert KITE in page.locator("[data-testid='stMain']").inner_text()
    assert page.locator("audio").count() == 0, "nothing is spoken unasked"
    for number, side in enumerate(("first", "second"), 1):
        press_by_tab(page, f".st-key-side-hear-0-{side} button")
        page.locator("audio").nth(number - 1).wait_for()
        settled(page)
    page.evaluate("document.querySelectorAll('audio').forEach(one => one.play())")
    page.wait_for_timeout(300)
    assert page.evaluate(SOUNDS) <= 1, "one at a time"


def test_a_vote_with_keys_alone(page):
    versions(page)
    press_by_tab(page, ".st-key-to-blind button")
    page.locator(VOTE).wait_for()
    settled(page)
    focus_by_tab(page, "[class*='st-key-blind-question'] input")
    page.keyboard.type(ASKED)
    page.keyboard.press("Enter")
    page.locator(".st-key-blind-another button").wait_for()
    settled(page)
    focus_by_tab(page, "[class*='st-key-blind-nearer'] input")
    page.keyboard.press("Space")
    press_by_tab(page, VOTE)
    page.get_by_text("Your vote is kept").wait_for()


@pytest.mark.slow
def test_listening_with_keys_alone(page):
    versions(page)
    press_by_tab(page, ".st-key-to-listening button")
    page.locator(".st-key-listen button").wait_for()
    settled(page)
    press_by_tab(page, ".st-key-listen button")
    page.locator("audio").nth(1).wait_for()
    settled(page)
    focus_by_tab(page, ".st-key-sound-first audio")
    focus_by_tab(page, "[class*='st-key-listening-nearer'] input")
    page.keyboard.press("Space")
    press_by_tab(page, VOTE)
    page.get_by_text("Your answer is kept").wait_for()


@pytest.mark.slow
def test_everything_for_a_version_is_chosen_with_keys_alone(page):
    keeper(page, "make")
    focus_by_tab(page, ".st-key-version-name input")
    page.keyboard.type("third generation")
    for field in ("version-audience input", "version-voice input", "version-draft input"):
        focus_by_tab(page, f".st-key-{field}")
    focus_by_tab(page, ".st-key-make button")


def shown_pages(page):
    """Show all four pages one after the other as they are when they are full; yield their names."""
    versions(page)
    in_chinese(page)
    go(page, "compare")
    page.locator(".st-key-side-questions textarea").fill(ASKED_IN_CHINESE)
    page.keyboard.press("Tab")
    settled(page)
    page.locator(".st-key-side-begin button").click()
    page.locator(".st-key-side-keep button").wait_for()
    settled(page)
    yield "compare"
    back(page)
    page.locator(".st-key-to-blind button").click()
    page.locator(VOTE).wait_for()
    settled(page)
    page.locator("[class*='st-key-blind-question'] input").fill(ASKED_IN_CHINESE)
    yield "blind, asked"
    page.locator(VOTE).click()
    page.locator(".st-key-blind-another button").wait_for()
    settled(page)
    assert page.locator("[class*='st-key-blind-nearer']").count() == 1, "there is a vote to give"
    yield "blind, answered"
    back(page)
    go(page, "to-listening")
    page.locator(".st-key-listen button").click()
    page.locator("audio").nth(1).wait_for()
    settled(page)
    yield "listening"
    page.locator(".st-key-change button:visible").click()
    page.locator(".st-key-custodian button").wait_for()
    keeper(page, "make")
    yield "make"


@pytest.mark.slow
@BOTH_SIZES
def test_in_chinese_every_page_fits_and_no_english_is_left(page):
    for name in shown_pages(page):
        assert page.evaluate(OVERFLOW) <= 0, name
        assert latin_words(page, ASKED_IN_CHINESE) == [], name
    assert page.outside == []


@pytest.mark.slow
@pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)
def test_what_is_pressed_is_large_enough_for_a_thumb(page):
    versions(page)
    go(page, "to-blind")
    box = page.locator(VOTE).bounding_box()
    assert box["height"] >= 44  # WCAG 2.5.5

"""The keeper's pages in a real browser: keys, speed, a phone, and a source taken back."""

import re
import time

import pytest

from persona.screens.keeper import TASKS
from tests.browser.visits import BOTH_SIZES, OVERFLOW, keeper, settled

pytestmark = pytest.mark.browser


def words(page):
    return page.locator(".st-key-to-decide blockquote").inner_text()


def after_key(page, key):
    """Press a key; return the seconds until other words are to be decided about."""
    before = words(page)
    page.wait_for_timeout(350)
    began = time.monotonic()
    page.keyboard.press(key)
    page.wait_for_function(
        "before => { const now = document.querySelector('.st-key-to-decide blockquote');"
        " return now && now.innerText !== before }",
        arg=before,
    )
    return time.monotonic() - began


@pytest.mark.slow
def test_one_key_decides_and_the_next_is_there_at_once(page):
    keeper(page, "review")
    took = [after_key(page, key) for key in ("a", "n", "d", "u", "n", "u", "u")]
    assert sorted(took)[len(took) // 2] < 0.5, took


@pytest.mark.slow
def test_letters_that_are_typed_decide_nothing(page):
    keeper(page, "review")
    left = page.locator(".st-key-far").inner_text()
    page.keyboard.press("e")
    page.locator(".st-key-review-form-box textarea").first.click()
    page.keyboard.type("add and pause")
    settled(page)
    page.locator(".st-key-leave-form button").click()
    page.locator(".st-key-decide-accept button").wait_for()
    settled(page)
    assert page.locator(".st-key-far").inner_text() == left


@pytest.mark.slow
def test_who_leans_on_a_key_accepts_no_drawer_of_letters(page):
    keeper(page, "review")
    page.wait_for_timeout(400)
    for _ in range(15):
        page.keyboard.down("a")
        page.wait_for_timeout(33)
    page.keyboard.up("a")
    settled(page)
    decided = int(re.search(r"(\d+) done", page.locator(".st-key-far").inner_text())[1])
    assert 1 <= decided <= 3
    for _ in range(decided):
        page.keyboard.press("u")
        settled(page)


@pytest.mark.slow
@BOTH_SIZES
def test_every_task_fits_on_the_screen(page):
    keeper(page)
    for task in TASKS:
        page.locator(f".st-key-go-{task} button").click()
        page.locator(".st-key-back button").wait_for()
        settled(page)
        assert page.evaluate(OVERFLOW) <= 0, task
        page.locator(".st-key-back button").click()
        page.locator(f".st-key-go-{task} button").wait_for()
        settled(page)
    assert page.outside == []


@pytest.mark.slow
@BOTH_SIZES
def test_the_keys_are_always_in_sight(page):
    keeper(page, "review")
    for key in ("accept", "discard", "not_sure"):
        box = page.locator(f".st-key-decide-{key} button").bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"]
        assert box["height"] >= 44  # WCAG 2.5.5


@pytest.mark.slow
def test_a_source_is_taken_back_from_where_it_is_opened(page):
    page.locator(".st-key-custodian button").click()
    page.locator(".st-key-read button, .st-key-begin button").first.wait_for()
    page.goto(page.url)  # a page that is loaded anew asks again who is here
    page.locator(".st-key-custodian button").click()
    page.locator(".st-key-keep button").click()
    page.get_by_role("link", name="Memories").click()
    page.locator(".st-key-memories-word input").fill("lemons")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Answering machine")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[class*='st-key-back-src'] button").click()
    page.locator(".st-key-take-back-yes button").wait_for()
    assert "“Answering machine”" in page.locator(".stMain, [data-testid='stMain']").inner_text()
    page.locator(".st-key-not button").click()

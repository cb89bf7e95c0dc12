"""What a visitor does in a browser, for all tests: sit down, go to a page, look whether it fits."""

import re
from pathlib import Path

import pytest

from tests.screens import family

REPOSITORY = Path(__file__).resolve().parents[2]
DESK, PHONE = (1280, 900), (390, 844)
BOTH_SIZES = pytest.mark.parametrize("page", [DESK, PHONE], ids=["desk", "phone"], indirect=True)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
IDLE = "[data-testid='stApp'][data-test-script-state='notRunning']"


def settled(page):
    page.wait_for_timeout(400)
    page.locator(IDLE).wait_for()


def note_outside(page, url, address):
    if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
        page.outside.append(url)


def sit_down(page, who="ruth"):
    """Say who is here; the talk is not begun yet."""
    page.locator(f".st-key-person-{who} button").click()
    page.locator(".st-key-begin button").wait_for()


def begin(page):
    sit_down(page)
    page.locator(".st-key-begin button").click()
    page.locator("textarea").wait_for()


def ask(page, question):
    page.locator("textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("[class*='st-key-hear-']").first.wait_for()


def keeper(page, task=None):
    page.locator(".st-key-custodian button").click()
    page.locator(".st-key-keep button").click()
    page.locator(".st-key-go-review button").wait_for()
    if task:
        page.locator(f".st-key-go-{task} button").click()
        page.locator(".st-key-back button").wait_for()
        settled(page)


FOCUSED = "selector => document.activeElement.matches(selector)"
MOST_TABS = 80


def focus_by_tab(page, selector):
    """Press Tab until something is in focus, as somebody does who has no mouse."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED, selector):
            return
    pytest.fail(f"{selector} is not reached with the keyboard")


def in_chinese(page):
    page.get_by_text("中文", exact=True).first.click()
    page.get_by_text("版本", exact=True).first.wait_for()
    settled(page)


# What the family wrote and called things itself is in no other language than theirs.
FAMILYS = (
    *("first generation", "second generation", "English", "letters-1987", "Answering machine"),
    *("tone", "another tone", "scripted", "hash", "Interview with Margaret", "kite"),
    "Henry at the harbour, portrait",
    *(family.KITE, family.SECRET, *family.LETTER),
    *(word for one in family.PEOPLE for word in (one.name, one.name.split()[0], one.relation)),
)
IDS = r"\b(ver|mem|src|voi)_[0-9a-z]+|[0-9a-f]{8,}"


def latin_words(page, *asked):
    """Return the words in Latin letters that are left on a page beside those of the family."""
    page.add_style_tag(content="[data-testid='stIconMaterial'] { display: none !important }")
    text = page.locator("[data-testid='stMain']").inner_text()
    text = re.sub(IDS, " ", text)
    for known in sorted((*asked, *FAMILYS), key=len, reverse=True):
        text = text.replace(known or "\0", " ")
    return re.findall(r"[A-Za-z]{2,}", text)

"""Asking and hearing in a real browser, with a recording in place of a microphone."""

from pathlib import Path

import pytest

from persona.engines.sound import read_sound, write_wav
from tests.browser.conftest import chromium, served
from tests.browser.visits import DESK, OVERFLOW, PHONE, REPOSITORY, begin
from tests.screens.family import make_family

pytestmark = pytest.mark.browser
CLIP = REPOSITORY / "persona" / "demo_family" / "clips" / "broth.m4a"
SOUNDS = "[...document.querySelectorAll('audio')].some(one => !one.paused && one.currentTime > 0)"
SILENT = "[...document.querySelectorAll('audio')].every(one => one.paused)"


@pytest.fixture(scope="module")
def address(tmp_path_factory, models):
    """Return where an archive is served whose voice hums and that hears what is said."""
    workspace = make_family(tmp_path_factory.mktemp("browser"))
    file = workspace.root / "persona.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('recogniser = "none"', 'recogniser = "whisper-base"'))
    with served(workspace) as found:
        yield found


@pytest.fixture(scope="module")
def browser(tmp_path_factory, driver):
    """Return Chromium that hears a recording through its microphone."""
    spoken: Path = tmp_path_factory.mktemp("microphone") / "spoken.wav"
    write_wav(spoken, read_sound(CLIP, rate_hz=48_000, end_s=6.0), rate_hz=48_000, comment="")
    with chromium(
        driver,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
        "--autoplay-policy=no-user-gesture-required",
    ) as running:
        yield running


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request, browser, address):
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, permissions=["microphone"]
    )
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(address)
    page.locator(".st-key-person-ruth button").wait_for()
    yield page
    context.close()


def test_said_corrected_asked_heard_and_silenced(page):
    begin(page)
    page.locator(".st-key-speak button").click()
    recorder = page.locator("[data-testid='stAudioInput']")
    recorder.get_by_role("button").first.click()
    page.wait_for_timeout(4_000)
    recorder.get_by_role("button").first.click()
    words = page.locator(".st-key-spoken-words textarea")
    words.wait_for()
    assert len(words.input_value().split()) >= 3
    words.fill("What about the blue kite?")
    page.locator(".st-key-spoken-ask button").click()
    page.wait_for_function(SOUNDS)
    assert "simulation" in page.locator("p.caption").first.inner_text(), "the notice comes first"
    page.locator("[class*='st-key-part-1'] audio").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function(SILENT, timeout=1_000)
    page.locator(".st-key-hush").wait_for(state="detached")
    page.wait_for_timeout(1_500)
    assert page.evaluate(SILENT), "nothing begins again"
    assert page.get_by_text("We stop here.").count() == 0
    assert page.locator("[data-testid='stChatInput']").count() == 1
    assert page.evaluate(OVERFLOW) <= 0


def test_typing_while_it_speaks_does_not_keep_it_speaking(page):
    begin(page)
    box = page.locator("[data-testid='stChatInput'] textarea")
    box.fill("What about the blue kite?")
    page.keyboard.press("Enter")
    page.locator("[class*='st-key-hear-0'] button").last.click()
    page.wait_for_function(SOUNDS)
    box.click()
    page.keyboard.press("Escape")
    page.wait_for_function(SILENT, timeout=1_000)
    page.locator(".st-key-hush").wait_for(state="detached")
    assert page.get_by_text("We stop here.").count() == 0

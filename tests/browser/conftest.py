"""The app in a real browser: one server and one Chromium for all tests of a worker."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from persona.keeper import listening
from persona.records import MemoryKind, SourceKind
from persona.remember.store import Store
from persona.train.voices.measures import SENTENCES
from tests.browser.visits import DESK, REPOSITORY, note_outside
from tests.screens.family import (
    Builder,
    add_designed_voice,
    add_second_version,
    make_family,
    tone,
)

RED_KITE = "红色的风筝停在防波堤上面，整个下午都没有动。"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def add_samples(workspace, voice_id):
    """Let a made voice have said every sentence already: no model speaks in these tests."""
    for language, sentences in SENTENCES.items():
        for sentence in sentences:
            file = listening.place_of(workspace, voice_id, sentence, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(tone(1))


@contextmanager
def served(workspace):
    """Serve an archive; give the address at which the app answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
    with (workspace.root / "app.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, f"--server.port={port}"], cwd=REPOSITORY, stdout=log, stderr=log,
            env={**os.environ, "PERSONA_WORKSPACE": str(workspace.root)},
        )  # fmt: skip
        try:
            wait_for(f"http://localhost:{port}/_stcore/health", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(url, server):
    for _ in range(240):
        assert server.poll() is None, "the app did not start"
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.25)
    pytest.fail("the app did not answer within a minute")


@pytest.fixture(scope="session")
def driver():
    """Return Playwright: there can be one in a process, whatever browsers it drives."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        yield running


@contextmanager
def chromium(driver, *more_flags):
    """Run Debian's Chromium."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no Chromium here: apt-get install chromium")
    browser = driver.chromium.launch(executable_path=program, args=[*FLAGS, *more_flags])
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Return where a small archive is served: two versions, and two made voices to listen to."""
    workspace = make_family(tmp_path_factory.mktemp("browser"))
    with Store.open(workspace) as store:  # what only the second version knows, in Chinese too
        Builder(workspace, store).add(
            SourceKind.LETTER, "红风筝", RED_KITE.encode(), [(RED_KITE, MemoryKind.OWN_WORDS)],
            narrator="henry", addressee="ruth", date="1990-06-02", language="zh",
        )  # fmt: skip
    add_second_version(workspace, {"name": "another tone", "donor": "a test tone"})
    with Store.open(workspace) as store:
        for name in ("voi_a", "voi_b"):
            add_designed_voice(workspace, store, name)
            add_samples(workspace, name)
    with served(workspace) as found:
        yield found


@pytest.fixture(scope="session")
def browser(driver):
    with chromium(driver) as running:
        yield running


@pytest.fixture
def page(request, browser, address):
    """Return a page on which nobody has said yet who they are."""
    width, height = getattr(request, "param", DESK)
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.outside = []
    page.on("request", lambda request: note_outside(page, request.url, address))
    page.goto(address)
    page.locator(".st-key-person-ruth button").wait_for()
    yield page
    context.close()

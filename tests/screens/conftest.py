"""A page as a test sees it: every text it shows, and the hands to press its buttons."""

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from persona.screens import background
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.screens.family import make_family


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the small hand-made archive."""
    return make_family(tmp_path_factory.mktemp("family"))


def _script(folder: str, first: str) -> None:
    from pathlib import Path

    from persona.screens.pages import show

    show(Path(folder), first)


class Screen:
    """One visit."""

    def __init__(self, workspace: Workspace, first: str = "welcome", **state: Any) -> None:
        self.app = AppTest.from_function(
            _script, default_timeout=60, kwargs={"folder": str(workspace.root), "first": first}
        )
        for key, value in state.items():
            self.app.session_state[key] = value
        self.app.run()

    def press(self, key: str) -> "Screen":
        """Press a button."""
        self.app.button(key=key).click().run()
        return self

    def ask(self, question: str) -> "Screen":
        """Type a question."""
        self.app.chat_input(key="box").set_value(question).run()
        return self

    def html(self) -> str:
        """Return all HTML on the page."""
        bodies = (element.proto.body for element in self.app.get("html"))
        return "\n".join(body for body in bodies if not body.lstrip().startswith("<style"))

    def everything(self) -> str:
        """Return every text of the page: HTML, buttons, choices, markdown."""
        shown = [self.html(), *(button.label for button in self.app.button)]
        shown += [str(box.options) for box in self.app.selectbox]
        shown += [element.value for element in (*self.app.markdown, *self.app.caption)]
        shown += [str(error.value) for error in (*self.app.error, *self.app.exception)]
        return "\n".join(shown)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys of buttons that begin with ``prefix``."""
        return [b.key for b in self.app.button if b.key and b.key.startswith(prefix)]


@pytest.fixture
def screen() -> type[Screen]:
    """Return the class with which a test opens a page."""
    return Screen


def as_person(person_id: str | None, kind: str = "person") -> Any:
    """Return the visitor that the welcome page would have let in."""
    from persona.screens.visit import Visitor

    return Visitor(kind, person_id)


@pytest.fixture
def silent() -> Silent:
    """Return a report that nobody reads."""
    return Silent()


@pytest.fixture
def sit() -> Any:
    """Return `as_person`."""
    return as_person


@pytest.fixture
def screens_folder() -> Path:
    """Return the folder of the screens' code."""
    return Path(__file__).resolve().parents[2] / "persona" / "screens"


def finished(page: "Screen", workspace: Workspace) -> background.Job:
    """Wait for the task behind a screen, draw the page again, and return the task."""
    job = background.job_of(workspace.root)
    assert job is not None
    until = time.monotonic() + 120
    while job.state is background.State.RUNNING and time.monotonic() < until:
        time.sleep(0.05)
    page.app.run()
    return job

"""A small archive with a version, built by the steps themselves from raw files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.converse.answer import AnswerSentence
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel
from persona.remember.store import Store
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.converse.raw_family import write_raw_family

SETTINGS = """
[engines]
language_model = "scripted"
embedder = "hash"
recogniser = "none"
voice = "tone"

[training]
minimum_words = 100000
"""


class Silent:
    """A report that remembers what was said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        assert 0 <= done <= total
        self.lines.append(f"{what} {done}/{total}")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Workspace:
    """Return Arthur's archive with version 1, made without training."""
    parent = tmp_path_factory.mktemp("arthur")
    made = create_workspace(parent, "Arthur Penrose")
    settings = made.root / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    made = open_workspace(made.root)
    steps.collect(made, [write_raw_family(parent / "raw")], Silent())
    steps.remember(made, Silent())
    steps.train(made, Silent(), name="first")
    return made


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with steps.open_store(workspace) as opened:
        yield opened


@pytest.fixture
def scripted() -> ScriptedLanguageModel:
    """Return the language model of the talks, to look at what it was asked."""
    return ScriptedLanguageModel()


@pytest.fixture
def talk(workspace: Workspace, store: Store) -> Callable[..., Talk]:
    """Return a function that begins a conversation with a listener."""

    def begin(listener: str | None, model: ScriptedLanguageModel | None = None) -> Talk:
        engines = steps.Engines(language_model=model, adapted=None, embedder=HashEmbedder())
        return steps.start_talk(workspace, store, listener_id=listener, engines=engines)

    return begin


def said(talk: Talk, question: str) -> list[AnswerSentence]:
    """Ask and return the whole answer."""
    return list(talk.ask(question))

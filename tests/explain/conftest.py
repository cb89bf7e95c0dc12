"""Arthur's archive, a copy for each test, and a way to talk with it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from persona import steps
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder, ScriptedLanguageModel
from persona.engines.protocols import LanguageModel
from persona.opening import Engines
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import workspace as workspace  # noqa: PLC0414 - a fixture

Begin = Callable[..., Talk]


def engines_of(model: LanguageModel | None = None) -> Engines:
    return Engines(model or ScriptedLanguageModel(), None, HashEmbedder())


@pytest.fixture
def archive(workspace: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(workspace.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")


@pytest.fixture
def begin(archive: Workspace) -> Iterator[Begin]:
    """Return a function that begins a conversation with a listener."""
    with ExitStack() as opened:
        store = opened.enter_context(Store.open(archive))

        def start(
            listener: str | None = "nell", model: LanguageModel | None = None, seed: int = 0
        ) -> Talk:
            engines = engines_of(model)
            return steps.start_talk(
                archive, store, listener_id=listener, engines=engines, seed=seed
            )

        yield start

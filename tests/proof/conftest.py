"""One archive with two versions, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from persona.workspace import Workspace, open_workspace
from tests.train.material import make_tiny_base
from tests.two_versions import make_two


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the archive; no test changes it."""
    return make_two(
        tmp_path_factory.mktemp("proof"), make_tiny_base(tmp_path_factory.mktemp("tiny-base"))
    )


@pytest.fixture
def archive(made: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy, to do things to."""
    shutil.copytree(made.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")

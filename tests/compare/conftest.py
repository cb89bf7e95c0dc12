"""One archive with two versions, and a copy of it for each test that changes something."""

import shutil
from pathlib import Path

import pytest

from persona.workspace import Workspace, open_workspace
from tests.train.material import make_tiny_base
from tests.two_versions import make_two


@pytest.fixture(scope="session")
def two(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the archive; no test changes it."""
    base = make_tiny_base(tmp_path_factory.mktemp("tiny-base"))
    return make_two(tmp_path_factory.mktemp("compare"), base)


@pytest.fixture
def archive(two: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy, to do things to."""
    shutil.copytree(two.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")

"""Fixtures for the tests of the laws of the house."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.remember.archive import Archive


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an archive with Henry's people, closed."""
    made = Archive(tmp_path_factory.mktemp("template"))
    made.store.close()
    return made.workspace.database


@pytest.fixture
def archive(tmp_path: Path, template: Path) -> Iterator[Archive]:
    """Return a store with Henry's people and no material."""
    made = Archive(tmp_path, template)
    with made.store:
        yield made

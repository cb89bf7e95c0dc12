"""Fixtures for the tests of training."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.engines.processor import prepare_threads
from persona.workspace import create_workspace
from tests.train.material import Family, make_tiny_base

prepare_threads()


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    """Return an archive of three people without any material."""
    made = Family(create_workspace(tmp_path, "Henry"))
    with made.store:
        yield made


@pytest.fixture(scope="session")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny random llama with a chat template."""
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))

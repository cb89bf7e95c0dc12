"""Fixtures that every test may use."""

from pathlib import Path

import pytest

from persona.config import models_folder
from persona.engines.processor import prepare_threads

prepare_threads()  # before any test imports torch

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real material beside the project, or skip."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real material (../shared/data) is not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def models() -> Path:
    """Return the folder of model weights, which ``make test`` fills before the tests start."""
    folder = models_folder()
    if not folder.is_dir():
        pytest.fail("the embedded models are missing: run `persona fetch`, or use `make test`")
    return folder

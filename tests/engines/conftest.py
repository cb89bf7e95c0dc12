"""Folders of models with coqui's environment beside them: a real one, or one that pretends."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.config import models_folder
from persona.engines.coqui_environment import PINS, coqui_home, coqui_python
from persona.engines.coqui_models import COQUI_MODELS, agree
from persona.errors import MissingModel

HERE = Path(__file__).parent


def beside(folder: Path) -> Path:
    """Make a folder of models, and the folder of coqui beside it; return the first."""
    models = folder / "models"
    models.mkdir()
    coqui_home(models).mkdir()
    return models


@pytest.fixture
def pretended(tmp_path: Path) -> Path:
    """Return a folder of models whose coqui is `fake_coqui.py`."""
    models = beside(tmp_path)
    python = coqui_home(models) / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_coqui.py"}"\n')
    python.chmod(0o755)
    (coqui_home(models) / "environment.json").write_text(json.dumps({"pins": list(PINS)}))
    return models


@pytest.fixture(scope="session")
def coqui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder of models with coqui's real environment and tiny random weights, or skip."""
    try:
        python = coqui_python(models_folder())
    except MissingModel as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("coqui")
    models = beside(folder)
    for entry in models_folder().iterdir():
        (models / entry.name).symlink_to(entry)
    home = coqui_home(models)
    for name in ("bin", "include", "lib", "lib64", "pyvenv.cfg", "environment.json"):
        (home / name).symlink_to(coqui_home(models_folder()) / name)
    engines = HERE.parent.parent / "persona" / "engines"
    tiny = folder / "tiny"
    made = [str(python), "-I", str(HERE / "coqui_tiny.py"), str(engines), str(tiny)]
    subprocess.run(made, check=True, capture_output=True, timeout=600)
    for name in ("vits", "xtts", "openvoice"):
        target = home / "tts" / COQUI_MODELS[name].folder
        target.parent.mkdir(exist_ok=True)
        (tiny / name).rename(target)
        agree(name, models, by="a test")
    yield models
    shutil.rmtree(folder, ignore_errors=True)  # half a gigabyte

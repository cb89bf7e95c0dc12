"""A second Python environment, for coqui-tts alone, beside the folder of models.

    ~/.cache/persona-models/          weights of this program
    ~/.cache/persona-models-coqui/    bin/python, lib/…       the environment
                                      tts/                    weights for coqui, placed by the user
                                      environment.json        written last: without it, unfinished
                                      agreed.json             licences that somebody agreed to

coqui's torchaudio breaks transformers and peft where torch is built for processors only, and its
Trainer may end the process it runs in; so it never shares an environment or a process with the
rest (docs/decisions/0010).
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from persona.atomic import write_file
from persona.errors import MissingModel

PINS = (
    "torch==2.13.0",
    "torchaudio==2.11.0",
    "torchcodec==0.13.0",
    "coqui-tts==0.28.0",
    "coqui-tts-trainer==0.4.0",
    "pypinyin>=0.53,<1",
    "six>=1.16,<2",
)
"""torch first: where a build for processors is offered, it is taken before others ask for more."""

LICENCE = "MPL-2.0"
_STAMP = "environment.json"
_PATIENCE_S = 3600.0


def coqui_home(models: Path) -> Path:
    """Return where the environment, the weights and the agreements of coqui lie."""
    return models.with_name(f"{models.name}-coqui")


def coqui_python(models: Path) -> Path:
    """Return the interpreter of the environment.

    Raises:
        MissingModel: the environment is not here, unfinished, or has other packages.
    """
    home = coqui_home(models)
    python = home / "bin" / "python"
    try:
        pins = json.loads((home / _STAMP).read_text(encoding="utf-8"))["pins"]
    except (OSError, ValueError, KeyError, TypeError):
        pins = None
    if pins != list(PINS) or not python.exists():
        found = "is not on this machine" if pins is None else "is an older one"
        raise MissingModel(
            f"The environment of coqui-tts {found}. Make it (2.5 GB, some minutes) with: "
            "persona fetch coqui"
        )
    return python


def make_environment(models: Path, report: Callable[[str], None]) -> Path:
    """Make the environment, or finish one that was begun; return its folder.

    Raises:
        MissingModel: a package cannot be had, or the folder cannot be written.
    """
    from filelock import FileLock

    home = coqui_home(models)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with FileLock(home / ".lock"):
            try:
                coqui_python(models)
            except MissingModel:
                _make(home, report)
    except OSError as error:
        raise MissingModel(
            f"The environment of coqui-tts could not be written to {home}: "
            f"{error.strerror or error}. Make room there."
        ) from error
    report(f"coqui: ready in {home} (coqui-tts, licence {LICENCE}; no weights come with it)")
    return home


def _make(home: Path, report: Callable[[str], None]) -> None:
    (home / _STAMP).unlink(missing_ok=True)
    python = home / "bin" / "python"
    if not python.exists():
        report(f"coqui: making an environment in {home}")
        _run([sys.executable, "-m", "venv", str(home)])
    for part in (PINS[:1], PINS[1:]):
        report(f"coqui: installing {', '.join(part)}")
        _run([str(python), "-m", "pip", "install", "--quiet", "--no-input", *part])
    write_file(home / _STAMP, json.dumps({"pins": list(PINS)}).encode())


def _run(command: list[str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    kept["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            timeout=_PATIENCE_S,
            stdin=subprocess.DEVNULL,
            env=kept,
        )
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise MissingModel(
            f"The environment of coqui-tts could not be made: {lines[-1]}. Check the network and "
            "run it again: what is there already is kept."
        ) from error
    except (subprocess.TimeoutExpired, OSError) as error:
        raise MissingModel(
            "Making the environment of coqui-tts did not finish. Run it again."
        ) from error

"""The models this program can use: what each is, where it lies, and whether it is the right one.

    catalogue.toml ──load_catalogue──▶ ModelEntry
                                          │ fetch: packages → joined → hashed → os.replace
                                          ▼
    models/NAME/{files of the entry, .verified.json}     locate ▶ the folder, or MissingModel

Invariant: a folder ``models/NAME`` appears under that name only after every file of it had the
SHA-256 of the lock file. ``.verified.json`` remembers size and modification time of each file
at that moment, so that later runs need not hash hundreds of megabytes again.
"""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from persona.atomic import file_sha256
from persona.engines.carriers import Carriers, Part
from persona.errors import MissingModel

STAMP = ".verified.json"


class ModelFile(BaseModel):
    """One file of a model, and the package members it is joined from, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: int
    sha256: str
    parts: tuple[Part, ...] = ()


class ModelEntry(BaseModel):
    """One model of the lock file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    purpose: Literal[
        "language_model",
        "recogniser",
        "diariser",
        "voice",
        "speaker_encoder",
        "face_finder",
        "watermark",
    ]
    upstream: str
    description: str
    licence: str
    required: bool
    main: str
    hub: str = ""
    follows_evidence: bool = False
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        """Return how much room the files take."""
        return sum(file.size for file in self.files)


@cache
def load_catalogue() -> dict[str, ModelEntry]:
    """Return every model of the lock file by name."""
    text = files("persona.engines").joinpath("catalogue.toml").read_text(encoding="utf-8")
    return {name: ModelEntry(name=name, **data) for name, data in tomllib.loads(text).items()}


def find_entry(name: str) -> ModelEntry:
    """Return the entry of a model.

    Raises:
        MissingModel: no such model is known.
    """
    known = load_catalogue()
    if name not in known:
        raise MissingModel(f"No model is called {name}. Known are: {', '.join(sorted(known))}.")
    return known[name]


def locate(name: str, models: Path) -> Path:
    """Return the folder of a model whose files are the expected ones.

    Raises:
        MissingModel: it is not here, or a file of it is not the expected one.
    """
    entry = find_entry(name)
    folder = models / name
    if not folder.is_dir():
        megabytes = entry.size_bytes // 1_000_000
        raise MissingModel(
            f"The model {name} is not on this machine. Get it ({megabytes} MB) with: "
            f"persona fetch {name}"
        )
    if not verify(name, models):
        raise MissingModel(
            f"A file of the model {name} is not the one expected. Get it again with: "
            f"persona fetch {name}"
        )
    return folder


def weights_file(name: str, models: Path) -> Path:
    """Return the main file of a model (the ``.gguf``, the ``.onnx`` …). Raises `MissingModel`."""
    return locate(name, models) / find_entry(name).main


def verify(name: str, models: Path, *, thorough: bool = False) -> bool:
    """Return whether all files of a model are here and are the expected ones.

    Args:
        name: catalogue name.
        models: folder of models.
        thorough: hash every file even when size and time are unchanged since the last time.
    """
    entry, folder = find_entry(name), models / name
    stamp = {} if thorough else _read_stamp(folder)
    if not all(_is_expected(folder, file, stamp) for file in entry.files):
        return False
    if not stamp:
        _write_stamp(folder, entry)
    return True


def fetch(
    name: str, models: Path, report: Callable[[str], None], *, source: Path | None = None
) -> Path:
    """Get a model, unless it is already here, and return its folder.

    Args:
        name: catalogue name.
        models: folder of models; made when it is not there.
        report: receives one line per step.
        source: a folder that already holds the files (an offline machine); None: the packages.

    Raises:
        MissingModel: it cannot be had, or what came is not what the lock file expects. Nothing
            is left under the model's name then.
    """
    from filelock import FileLock

    entry = find_entry(name)
    if (models / name).is_dir() and verify(name, models):
        return models / name
    try:
        models.mkdir(parents=True, exist_ok=True)
        with FileLock(models / f".{name}.lock"):
            if not ((models / name).is_dir() and verify(name, models)):
                _remove_leftovers(name, models)
                _fetch_anew(entry, models, report, source)
    except OSError as error:
        raise MissingModel(
            f"The model {name} could not be written to {models}: {error.strerror or error}. "
            "Make room there, or set PERSONA_MODELS to another folder."
        ) from error
    return models / name


def _fetch_anew(
    entry: ModelEntry, models: Path, report: Callable[[str], None], source: Path | None
) -> None:
    with tempfile.TemporaryDirectory(prefix=f".{entry.name}.part-", dir=models) as scratch:
        staged = Path(scratch) / entry.name
        carriers = Carriers(Path(scratch) / "packages", report)
        report(f"{entry.name}: {entry.size_bytes // 1_000_000} MB, licence {entry.licence}")
        for file in entry.files:
            target = staged / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            if source is None:
                carriers.join(file.parts, target, limit_bytes=file.size)
            else:
                _copy_from(source, file, target)
            _refuse_unexpected(entry.name, file, target)
        _write_stamp(staged, entry)
        _publish(staged, models / entry.name)
    report(f"{entry.name}: complete, every file has the expected SHA-256")


def _copy_from(source: Path, file: ModelFile, target: Path) -> None:
    found = source / file.path
    if not found.is_file():
        raise MissingModel(f"{source} does not hold {file.path}. Copy it there and try again.")
    shutil.copyfile(found, target)


def _refuse_unexpected(name: str, file: ModelFile, target: Path) -> None:
    if target.stat().st_size != file.size or file_sha256(target) != file.sha256:
        raise MissingModel(
            f"What came as {file.path} of the model {name} is not what the lock file expects, "
            "so it was thrown away. Try again; if it stays so, the package has been changed."
        )
    with target.open("rb") as opened:
        os.fsync(opened.fileno())


def _publish(staged: Path, final: Path) -> None:
    if final.exists():
        old = staged.parent / "replaced"
        final.replace(old)
    staged.replace(final)


def _remove_leftovers(name: str, models: Path) -> None:
    """Remove what an interrupted fetch left: we hold the lock, so nobody uses it."""
    for leftover in models.glob(f".{name}.part-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _is_expected(folder: Path, file: ModelFile, stamp: dict[str, list[object]]) -> bool:
    path = folder / file.path
    try:
        status = path.stat()
        if status.st_size != file.size:
            return False
        if stamp.get(file.path) == [status.st_size, status.st_mtime_ns, file.sha256]:
            return True
        return file_sha256(path) == file.sha256
    except OSError:
        return False


def _read_stamp(folder: Path) -> dict[str, list[object]]:
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(folder: Path, entry: ModelEntry) -> None:
    """Note what was verified. A folder that cannot be written is merely hashed again."""
    stamp = {}
    for file in entry.files:
        status = (folder / file.path).stat()
        stamp[file.path] = [status.st_size, status.st_mtime_ns, file.sha256]
    unfinished = folder / f"{STAMP}.{os.getpid()}"
    try:
        unfinished.write_text(json.dumps(stamp), encoding="utf-8")
        unfinished.replace(folder / STAMP)
    except OSError:
        unfinished.unlink(missing_ok=True)

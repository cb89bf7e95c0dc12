"""An invented family, and one call that collects a folder of theirs."""

import wave
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from persona.collect.family.people import FamilyBook, read_people
from persona.collect.importer import Senses
from persona.collect.plan import CollectPlan, plan
from persona.collect.reading import Collected, collect_file
from persona.collect.selectors import locate
from persona.engines.protocols import Recogniser
from persona.errors import CollectError
from persona.records import Passage
from persona.workspace import Workspace
from tests.collect.handing_in import PEOPLE, new_drop, new_workspace


@dataclass
class Batch:
    """What came of collecting a folder."""

    plan: CollectPlan
    originals: Path
    done: dict[str, Collected] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def passages(self) -> list[Passage]:
        return [passage for one in self.done.values() for passage in one.passages]

    @property
    def warnings(self) -> str:
        return "\n".join(warning for one in self.done.values() for warning in one.warnings)

    def reproduced(self) -> int:
        """Check that selectors find the words of every text passage in the kept original."""
        count = 0
        for one in self.done.values():
            if not one.source.media_type.startswith(("text/", "application/json")):
                continue
            sha256 = one.source.sha256
            data = (self.originals / sha256[:2] / sha256).read_bytes()
            for passage in one.passages:
                encoding = one.source.details["encoding"]
                assert locate(data, passage.selector, encoding) == passage.text
                count += 1
        return count


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return an archive without engines."""
    return new_workspace(tmp_path)


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """Return a folder to hand in, with the family's people.toml."""
    return new_drop(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the family's folder, with its people.toml."""
    place = tmp_path / "lins"
    place.mkdir()
    (place / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return place


@pytest.fixture
def family(folder: Path) -> FamilyBook:
    return read_people(folder / "people.toml")


@pytest.fixture
def collect(folder: Path, tmp_path: Path) -> Callable[..., Batch]:
    """Collect the family's folder: ``collect(rules='[[files]] …', recogniser=…)``."""

    def run(rules: str = "", recogniser: Recogniser | None = None, *paths: Path) -> Batch:
        (folder / "people.toml").write_text(PEOPLE + rules, encoding="utf-8")
        book = read_people(folder / "people.toml")
        made = plan(list(paths) or [folder], book, tmp_path / "staging")
        batch = Batch(made, tmp_path / "originals")
        for planned in made.files:
            try:
                batch.done[planned.relative] = collect_file(
                    planned, book, batch.originals, Senses(recogniser=recogniser), "Ruth"
                )
            except CollectError as error:
                batch.failed[planned.relative] = str(error)
        return batch

    return run


@pytest.fixture
def wav() -> Callable[..., Path]:
    """Write a recording of a hum: ``wav(path, seconds)``."""

    def write(path: Path, seconds: float = 2.0, rate_hz: int = 8000) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        times = np.arange(int(seconds * rate_hz)) / rate_hz
        samples = (8000 * np.sin(2 * np.pi * 220 * times)).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(samples.tobytes())
        return path

    return write

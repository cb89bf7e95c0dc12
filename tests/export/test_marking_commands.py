"""`persona verify FILE`: the sentence first, and an exit code that says the same."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from persona.engines.sound import read_sound
from persona.export.marking import Marks, open_watermark
from persona.workspace import Workspace, create_workspace
from tests.command import Run

CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
RATE = 24_000


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


@pytest.fixture
def made(tmp_path: Path, models: Path) -> tuple[Workspace, Path]:
    """Return a persona and a sealed file of it, which its store does not know."""
    workspace = create_workspace(tmp_path, "Arthur Penrose")
    marks = Marks(workspace, open_watermark(models), "ver_1")
    spoken = marks.mark_sound(read_sound(CLIP, rate_hz=RATE, start_s=1.0, end_s=4.0), RATE)
    part = {"synthetic": True, "start_s": 0.0, "end_s": 3.0}
    content = marks.sealed_sound(np.asarray(spoken), rate_hz=RATE, comment="", parts=[part])
    file = tmp_path / "found.wav"
    file.write_bytes(content)
    return workspace, file


def test_made_by_a_program_is_three(run: Run, made: tuple[Workspace, Path]) -> None:
    ran = run("verify", str(made[1]), "-w", str(made[0].root))
    assert ran.code == 3
    assert ran.out.startswith("found.wav was made by a program")
    assert "signed by this archive" in ran.out


def test_without_an_archive_it_works_too(
    run: Run, made: tuple[Workspace, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "arthur-penrose" / "originals" / "x"
    elsewhere.mkdir()
    (tmp_path / "arthur-penrose" / "persona.toml").unlink()
    monkeypatch.chdir(elsewhere)
    ran = run("verify", str(made[1]))
    assert ran.code == 3
    assert "a key that this archive does not know" in ran.out
    assert "No archive was found here" in ran.out


def test_no_sign_is_four_and_claims_nothing(
    run: Run, made: tuple[Workspace, Path], tmp_path: Path
) -> None:
    shutil.copy(CLIP, tmp_path / "tape.m4a")
    ran = run("verify", str(tmp_path / "tape.m4a"), "-w", str(made[0].root))
    assert ran.code == 4
    assert "does not prove that it is real" in ran.out


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("e.mp3", b"", "is empty"),
        ("x.wav", b"RIFFnothing", "cannot be read"),
        ("gone.ogg", None, "There is no file"),
    ],
)
def test_a_bad_file_is_one_sentence(
    run: Run, made: tuple[Workspace, Path], tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = run("verify", str(tmp_path / name), "-w", str(made[0].root))
    assert ran.code == 1
    assert words in ran.sentence


def test_a_folder_that_is_no_persona_is_said(run: Run, tmp_path: Path) -> None:
    shutil.copy(CLIP, tmp_path / "tape.m4a")
    ran = run("verify", str(tmp_path / "tape.m4a"), "-w", str(tmp_path))
    assert ran.code == 1
    assert "holds no persona" in ran.err

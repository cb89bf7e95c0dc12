"""Every benchmark starts, and what the pages tell one to type is there."""

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "benchmarks"
DOCS = REPOSITORY / "docs"
WORKERS = {"mem0_worker", "speed_trl", "speed_ours"}
"""Run by another benchmark, two of them with the Python of another environment."""
FILES = [path for path in sorted(FOLDER.rglob("*.py")) if path.stem not in WORKERS]
_COMMAND = re.compile(
    r"python (?:-m (benchmarks[\w.]*)|(benchmarks/[\w/]+\.py))((?:\\\n|[^\n`#|])*)"
)
_FLAG = re.compile(r"(?<!\S)--[a-z][a-z0-9-]*")


def name_of(path: Path) -> str:
    """Return the dotted name under which a file is imported."""
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def commands() -> Iterator[tuple[str, Path, str]]:
    """Yield page, file and arguments of each command on a page of this repository."""
    for page in (*FOLDER.rglob("*.md"), *REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")):
        for module, file, rest in _COMMAND.findall(page.read_text(encoding="utf-8")):
            path = REPOSITORY / (file or module.replace(".", "/"))
            if module:
                path = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
            yield page.name, path, rest


@pytest.fixture
def help_wanted() -> Iterator[None]:
    """Let the command line be ``--help`` while a test runs."""
    before = list(sys.argv)
    sys.argv[1:] = ["--help"]
    yield
    sys.argv[:] = before


@pytest.mark.usefixtures("help_wanted")
@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_it_starts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(name_of(path))
    if '"__main__"' not in path.read_text(encoding="utf-8"):
        return
    with pytest.raises(SystemExit) as left:
        module.main()
    assert left.value.code == 0
    assert "usage:" in capsys.readouterr().out


def test_what_pages_tell_to_type_is_there() -> None:
    found = list(commands())
    assert len(found) > 30
    for page, path, rest in found:
        assert path in FILES, f"{page} names {path.name}"
        text = path.read_text(encoding="utf-8")
        for flag in _FLAG.findall(rest):
            assert f'"{flag}"' in text, f"{page}: {path.name} has no {flag}"

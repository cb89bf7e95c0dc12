"""Documentation is executed: commands run, links resolve, generated pages are up to date.

A ```` ```bash ```` block with ``<!-- run -->`` on the line before it is run, all blocks of one page
in order and in one empty folder; ``<!-- run slow -->`` leaves the page to `make test-all`. The
folder ``shared`` stands beside that folder as it stands beside a checkout.
"""

import ast
import importlib.util
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.mark import ParameterSet
from typer.main import get_command

from persona.cli import app

REPOSITORY = Path(__file__).resolve().parent.parent
REFERENCE = REPOSITORY / "docs" / "reference"
PAGES = sorted(
    page
    for page in (
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *(REPOSITORY / "data_schema").rglob("*.md"),
        *(REPOSITORY / "benchmarks").rglob("*.md"),
    )
)
RUNNABLE = re.compile(r"<!-- run( slow)? -->\n+```bash\n(.*?)```", flags=re.DOTALL)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def runnable_pages() -> list[ParameterSet]:
    """Return a parameter for each page that has blocks to run."""
    found = []
    for page in PAGES:
        blocks = RUNNABLE.findall(text_of(page))
        if blocks:
            slow = [pytest.mark.slow] if any(slow for slow, _ in blocks) else []
            script = "\n".join(code for _, code in blocks)
            found.append(pytest.param(script, id=name_of(page), marks=slow))
    return found


def anchors(page: Path) -> set[str]:
    """Return the anchors that the headings of a page make, as code hosts write them."""
    headings = re.findall(r"^#+ +(.+)$", FENCED.sub("", text_of(page)), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    return {*plain, *re.findall(r'(?:id|name)="([^"]+)"', text_of(page))}


def broken_links(page: Path) -> list[str]:
    broken = []
    for link in LINK.findall(FENCED.sub("", text_of(page))):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(link)
    return broken


def code_of(page: Path) -> str:
    """Return the lines of a page that a reader would type: shell blocks and inline code."""
    text = text_of(page)
    blocks = [code for kind, code in FENCED.findall(text) if kind in {"bash", "sh", "console", ""}]
    inline = re.findall(r"`([^`\n]+)`", FENCED.sub("", text))
    return "\n".join([*blocks, *inline])


def commands_named(page: Path) -> set[str]:
    """Return X of every `persona X` that a page tells to type."""
    pattern = r"^(?:\$ )?(?:[\w.]+/bin/)?persona +(?:-w \S+ +)?([a-z][\w-]*)(?=\s|$)"
    return set(re.findall(pattern, code_of(page), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_that_a_page_names_exist(page: Path) -> None:
    known = set(getattr(get_command(app), "commands", {}))
    assert known
    assert sorted(commands_named(page) - known) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_that_a_page_names_exist(page: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile, flags=re.MULTILINE))
    named = re.findall(r"^(?:\$ )?make ([a-z][\w-]*)", code_of(page), flags=re.MULTILINE)
    assert sorted(set(named) - targets) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_names_no_path_of_one_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.])/(?:work|opt|root|home|tmp)/\S*", text_of(page)) == []


def test_what_the_checks_look_for_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[gone](gone.md) [here](#a-page) [no](#b-page) [web](https://example.org)\n"
        "`persona collect x` and `persona.toml`\n<!-- run -->\n"
        "```bash\npersona fly --high\n```\n"
    )
    assert broken_links(page) == ["gone.md", "#b-page"]
    assert commands_named(page) == {"collect", "fly"}
    assert RUNNABLE.findall(text_of(page)) == [("", "persona fly --high\n")]


@pytest.mark.parametrize("script", runnable_pages())
def test_commands_of_a_page_run(script: str, tmp_path: Path, models: Path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    material = REPOSITORY.parent / "shared"
    if "../shared" in script:
        if not material.is_dir():
            pytest.skip("the real material (../shared) is not beside this checkout")
        (tmp_path / "shared").symlink_to(material)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "PERSONA_MODELS": str(models)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """Load docs/reference/make.py, which is a script and not part of the package."""
    spec = importlib.util.spec_from_file_location("make_reference", REFERENCE / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_reference_pages_are_the_generated_ones(generator: ModuleType) -> None:
    committed = {page.name: text_of(page) for page in REFERENCE.glob("*.md")}
    assert committed == generator.pages(), "run: make docs"


def test_every_command_and_option_is_explained() -> None:
    """The commands page is made of these words, so an empty one is a hole in the page."""
    for name, command in getattr(get_command(app), "commands", {}).items():
        assert command.help, name
        for parameter in command.params:
            assert parameter.name == "help" or getattr(parameter, "help", None), (
                f"{name}: {parameter.name}"
            )


def test_decisions_are_listed_in_order_and_have_their_three_parts() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    records = sorted(page for page in folder.glob("[0-9]*.md"))
    assert [page.name[:4] for page in records] == [f"{n + 1:04d}" for n in range(len(records))]
    index = text_of(folder / "README.md")
    for page in records:
        assert f"]({page.name})" in index
        assert re.findall(r"^## (.+)$", text_of(page), flags=re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
        assert text_of(page).startswith(f"# {page.name[:4]} ")


def test_every_dependency_has_its_reason() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(r"^(?:dependencies|dev) = (\[.*?^\])", project, re.DOTALL | re.MULTILINE)
    names = [
        re.split(r"[<>=\[~ ]", item)[0] for text in lists for item in ast.literal_eval(text) if item
    ]
    table = text_of(REPOSITORY / "docs" / "decisions" / "0006-dependencies.md")
    assert len(names) > 20
    assert [name for name in names if not re.search(rf"^\|[^|]*\b{name}\b", table, re.M)] == []

"""The shape of the code is what ARCHITECTURE and the README say it is."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "persona"
# persona/demo_family holds material, and the scripts that made it.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "demo_family" not in path.parts)
TESTS = sorted((REPOSITORY / "tests").rglob("*.py"))
SOURCES = [*MODULES, *TESTS, *sorted(REPOSITORY.glob("*.py"))]
LONGEST_FILE = 400
HEAVY = {
    *("torch", "transformers", "peft", "faiss", "streamlit", "faster_whisper", "kokoro_onnx"),
    *("xllamacpp", "onnxruntime", "ctranslate2", "av", "gguf", "lingua"),
    *("cv2", "dlib", "rapidocr", "pypdfium2", "opencc", "starlette", "uvicorn"),
}
MOCK_LIBRARIES = {
    *("mock", "unittest.mock", "pytest_mock", "responses", "respx", "requests_mock", "vcr"),
    *("freezegun", "time_machine", "pyfakefs", "flexmock"),
}
CONTENT = {
    *("text", "statement", "quote", "quoted", "exact", "question", "answer", "prompt", "title"),
    *("file_name", "words", "message", "content", "sentence", "transcript", "body", "caption"),
}
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every imported module, and `module.name` of `from` imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def linted(settings: Path) -> subprocess.CompletedProcess[str]:
    """Check import contracts in another process: the linter silences every logger of its own."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    return subprocess.run(
        [*command, "--config", str(settings), "--no-cache"],
        capture_output=True, text=True, check=False, cwd=REPOSITORY,
    )  # fmt: skip


def test_import_contracts_are_kept() -> None:
    checked = linted(REPOSITORY / "pyproject.toml")
    assert checked.returncode == 0, checked.stdout


def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    upside_down = tmp_path / "pyproject.toml"
    upside_down.write_text(
        '[tool.importlinter]\nroot_package = "persona"\n'
        '[[tool.importlinter.contracts]]\nname = "upside down"\ntype = "layers"\n'
        'layers = ["persona.errors", "persona.workspace"]\n'
    )
    checked = linted(upside_down)
    assert checked.returncode == 1
    assert "upside down" in checked.stdout


def test_the_command_line_loads_nothing_heavy() -> None:
    """`persona --help` answers at once; models are loaded where they are used."""
    code = "import sys, persona.cli; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert "persona.cli" in done.stdout.split(), done.stderr
    assert sorted(HEAVY & set(done.stdout.split())) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(tree_of(path))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_file_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{name_of(path)}:{call.lineno}"
        for path in MODULES
        if path.parent.name != "cli"
        for call in calls(tree_of(path))
        if isinstance(call.func, ast.Name) and call.func.id in {"print", "breakpoint"}
    ]
    assert printing == []


def test_sessions_are_opened_in_remember_only() -> None:
    """Law 4: whoever holds a session could ask without a reader."""
    doors = {"sqlmodel.Session", "sqlmodel.create_engine", "sqlalchemy.create_engine"}
    doors |= {"sqlalchemy.orm.Session", "sqlalchemy.orm", "sqlmodel.select", "sqlalchemy.text"}
    holding = {name_of(path) for path in MODULES if doors & set(imported(tree_of(path)))}
    assert [name for name in holding if not name.startswith("persona/remember/")] == []


def test_no_mock_library_in_the_tests() -> None:
    found = [
        f"{name_of(path)}: {name}"
        for path in TESTS
        for name in imported(tree_of(path))
        if name in MOCK_LIBRARIES or name.partition(".")[0] in MOCK_LIBRARIES
    ]
    assert found == []


def foreign_names(tree: ast.Module) -> set[str]:
    """Return the names in a file that stand for another project's module or object."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if not alias.name.startswith(("persona", "tests")):
                    names.add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith(
            ("persona", "tests")
        ):
            names |= {alias.asname or alias.name for alias in node.names}
    return names


def replaced_libraries(tree: ast.Module) -> list[int]:
    """Return the lines where `monkeypatch.setattr` replaces something of another project."""
    foreign, lines = foreign_names(tree), []
    for call in calls(tree):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "setattr" and call.args):
            continue
        target = call.args[0]
        while isinstance(target, ast.Attribute):
            target = target.value
        named = isinstance(target, ast.Constant) and not str(target.value).startswith("persona.")
        if named or (isinstance(target, ast.Name) and target.id in foreign):
            lines.append(call.lineno)
    return lines


def test_no_library_is_replaced_in_the_tests() -> None:
    found = [f"{name_of(path)}:{n}" for path in TESTS for n in replaced_libraries(tree_of(path))]
    assert found == []


def test_a_replaced_library_would_be_noticed() -> None:
    code = "import os\nimport persona.steps as s\n{}\n"
    for line in ("monkeypatch.setattr(os.path, 'x', 1)", "monkeypatch.setattr('torch.load', 1)"):
        assert replaced_libraries(ast.parse(code.format(line))) == [3]
    assert replaced_libraries(ast.parse(code.format("monkeypatch.setattr(s, 'x', 1)"))) == []


def logged_content(tree: ast.Module) -> list[int]:
    """Return the lines that log a value whose name says that it is what somebody said."""
    loggers = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and "getLogger" in ast.unparse(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    } | {"logging"}
    lines = []
    for call in calls(tree):
        method = call.func
        if not (isinstance(method, ast.Attribute) and method.attr in LOG_METHODS):
            continue
        if not (isinstance(method.value, ast.Name) and method.value.id in loggers):
            continue
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        if any(name in CONTENT for value in values for name in shown_names(value)):
            lines.append(call.lineno)
    return lines


def shown_names(value: ast.expr) -> Iterator[str]:
    """Yield the last names of the values that an expression shows; a length shows nothing."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "len":
        return
    if isinstance(value, ast.Attribute):
        yield value.attr
        return
    if isinstance(value, ast.Name):
        yield value.id
    for child in ast.iter_child_nodes(value):
        if isinstance(child, ast.expr):
            yield from shown_names(child)


def test_logs_hold_no_content() -> None:
    """A heuristic: it reads names, so names must be honest."""
    found = [
        f"{name_of(path)}:{line}" for path in MODULES for line in logged_content(tree_of(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "noticed"),
    [
        ("log.info('said %s', memory.quote)", True),
        ("log.info(f'said {text}')", True),
        ("logging.warning('%s', turn.text[:10])", True),
        ("log.info('%s has %d characters', memory.id, len(memory.quote))", False),
    ],
)
def test_logged_content_would_be_noticed(line: str, noticed: bool) -> None:
    tree = ast.parse(f"log = logging.getLogger('persona')\n{line}\n")
    assert logged_content(tree) == ([2] if noticed else [])


def test_every_file_is_listed_with_what_it_is() -> None:
    page = (REPOSITORY / "docs/reference/files.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`(persona/[\w/]+\.py)`", page))
    modules = {name_of(path) for path in MODULES if path.name != "__init__.py"}
    assert sorted(modules - listed) == [], "run: make docs"
    assert sorted(listed - modules) == [], "files that are gone are listed: run: make docs"


def test_readme_lists_the_packages_and_links_to_every_file() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (REPOSITORY / "persona").glob("*/__init__.py")}
    assert packages <= set(re.findall(r"`persona/(\w+)/`", readme)), "run: make docs"
    assert "docs/reference/files.md" in readme

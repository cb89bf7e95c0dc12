"""The error tree on top of persona/errors.py is the error tree."""

import ast
import re
from pathlib import Path

import pytest

from persona import errors
from persona.errors import PersonaError

PACKAGE = Path(errors.__file__).parent


def all_errors() -> list[type[PersonaError]]:
    found, queue = [], [PersonaError]
    while queue:
        current = queue.pop()
        found.append(current)
        queue += current.__subclasses__()
    return found


def drawn_tree() -> dict[str, str | None]:
    """Return name → name of the parent, as drawn in the module's docstring."""
    tree: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^ {4}((?:[│ ] {3})*)([├└]── )?([A-Z]\w+) {2,}\S", line)
        if not found:
            continue
        depth = len(found[1]) // 4 + (1 if found[2] else 0)
        del above[depth:]
        tree[found[3]] = above[-1] if above else None
        above.append(found[3])
    return tree


def test_the_drawing_is_the_tree() -> None:
    real = {
        cls.__name__: None if cls is PersonaError else cls.__bases__[0].__name__
        for cls in all_errors()
        if cls.__module__ == errors.__name__
    }
    assert drawn_tree() == real


def test_every_class_of_the_module_is_in_the_tree() -> None:
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert classes
    assert set(classes) <= set(all_errors())


@pytest.mark.parametrize("error", all_errors(), ids=lambda cls: cls.__name__)
def test_the_message_is_shown_as_it_is(error: type[PersonaError]) -> None:
    assert str(error("Add the date, then collect again.")) == "Add the date, then collect again."
    assert error.__doc__
    assert issubclass(error, PersonaError)


def classes_of(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_no_error_class_lives_outside_the_tree() -> None:
    """An exception of ours that is no `PersonaError` would reach the user as a traceback.

    A private signal is none if the module that raises it also catches it.
    """
    outside = []
    for path in PACKAGE.rglob("*.py"):
        if path.name == "errors.py":
            continue
        text = path.read_text(encoding="utf-8")
        for node in classes_of(ast.parse(text)):
            caught = re.search(rf"\b(except|suppress)\b.*{node.name}", text)
            if node.name.startswith("_") and caught:
                continue
            bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if bases & {"Exception", "BaseException", "RuntimeError", "ValueError", "OSError"}:
                outside.append(f"{path.relative_to(PACKAGE)}: {node.name}")
    # The server answers one in the form that its clients expect (persona/endpoint/server.py); the
    # other lives in a process that cannot import this package (persona/engines/coqui_client.py).
    assert sorted(outside) == [
        "endpoint/refusal.py: Refusal",
        "engines/coqui_process/door.py: Refused",
    ]


def test_every_error_is_raised_somewhere() -> None:
    """A class that nothing raises is a promise that nothing keeps."""
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if path.name != "errors.py"
    )
    leaves = [cls for cls in all_errors() if not cls.__subclasses__()]
    unused = [cls.__name__ for cls in leaves if not re.search(rf"\b{cls.__name__}\(", used)]
    assert unused == []

"""Folders → the files in them, in a fixed order; what cannot be gone into is said, never skipped.

Only what is a file is ever opened: a pipe would wait for ever, a device may have no end. Links
are not followed, so that a folder that contains itself has an end.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from persona.collect.names import plain_path
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from persona.workspace import OWN, holds_persona


@dataclass(frozen=True)
class Walked:
    """Something on the way: a file, a link to one that is met by its own name, or an error.

    ``path`` holds no link; ``relative`` is its name in the collected folder, fit to be shown.
    """

    path: Path
    relative: str
    error: CollectError | None = None
    is_link: bool = False


def walk(path: Path, family: Path | None) -> Iterator[Walked]:
    """Yield everything under a path.

    Args:
        path: a file or a folder.
        family: the folder of people.toml: names of files in it are relative to it, those of
            others to the folder that is collected.
    """
    if not path.exists():
        error = UnreadableSource(f"There is nothing at {path}. Check the path.")
        yield Walked(path, plain_path(str(path)), error)
        return
    root = path.resolve()
    if root.is_dir():
        yield from _folder(root, _Names(root, family))
    else:
        yield _entry(root, _Names(root.parent, family).of(str(root)), root.is_file())


@dataclass(frozen=True)
class _Names:
    """Gives names relative to the family's folder or to the one that is collected."""

    root: Path
    family: Path | None

    def of(self, place: str) -> str:
        for base in (self.family, self.root):
            if base is not None and place.startswith(f"{base}".rstrip(os.sep) + os.sep):
                return plain_path(os.path.relpath(place, base))
        return plain_path(os.path.basename(place))  # noqa: PTH119 a hundred thousand of them


def _folder(root: Path, names: _Names) -> Iterator[Walked]:
    """Go through a folder: its files by name, then its folders by name."""
    waiting = [str(root)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listed:
                entries = sorted(listed, key=lambda one: one.name)
        except OSError as error:
            name = names.of(folder)
            said = (
                f"{name} cannot be looked into: {error.strerror}. Allow it, or copy what is in it."
            )
            yield Walked(Path(folder), name, UnreadableSource(said))
            continue
        if holds_persona({one.name for one in entries}):
            yield Walked(Path(folder), names.of(folder), own_folder(names.of(folder)))
            entries = [one for one in entries if one.name not in OWN]
        inside = [one.path for one in entries if one.is_dir(follow_symlinks=False)]
        waiting += reversed(inside)
        for one in entries:
            if one.is_symlink():
                yield _link(Path(one.path), names.of(one.path), root)
            elif not one.is_dir(follow_symlinks=False):
                name, plain = names.of(one.path), one.is_file(follow_symlinks=False)
                yield _entry(Path(one.path), name, plain)


def own_folder(name: str) -> UnsafeSource:
    """Return why what the program keeps in the folder of a persona is no material.

    Who may know an original is written in that archive only: taken out of it, nothing would say.
    """
    return UnsafeSource(
        f"{name} is the folder of a persona: what the program keeps in it was left alone. Collect "
        "what the family has itself."
    )


def _entry(path: Path, relative: str, plain: bool) -> Walked:
    error = UnsafeSource(f"{relative} is no file but a pipe or a device, and was not opened.")
    return Walked(path, relative, None if plain else error)


def _link(path: Path, relative: str, root: Path) -> Walked:
    try:
        there = path.resolve(strict=True)
    except (OSError, RuntimeError):  # what it points to is gone, or it points to itself
        return Walked(path, relative, UnsafeSource(f"{relative} is a link that leads nowhere."))
    inside = there.is_relative_to(root)
    left = None if inside else UnsafeSource(f"{relative} is a link that leaves its folder.")
    return Walked(path, relative, left, is_link=inside)

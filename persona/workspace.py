"""Where the files of one persona lie. One family: one folder.

henry-lin/
├── persona.toml       settings
├── originals/ab/cd…   every original under its SHA-256, read-only, never changed (law 6)
├── store.sqlite       all records (one file = one archive)
├── derived/           made from originals, can be made again: vectors, sound for the browser
├── training/          checkpoints of training that is not finished
├── voices/voi_…/      one folder a voice that was made, with its declared donor
├── versions/ver_…/    one folder a version: manifest.json, memories.txt, adapter/
└── conversations/     spoken answers
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from persona.config import Config, load_config
from persona.errors import WorkspaceError

SETTINGS = "persona.toml"
DATABASE = "store.sqlite"
OWN = frozenset(
    "originals derived training versions voices conversations reports receipts people.toml "
    "collected.csv signing.pem tokens.json pass_phrases.json pronunciations.toml".split()
) | {SETTINGS, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"}
"""What the program itself keeps in the folder of a persona: never material."""


@dataclass(frozen=True)
class Workspace:
    """The folder of one persona, and its settings."""

    root: Path
    config: Config

    @property
    def originals(self) -> Path:
        """Return the folder of originals."""
        return self.root / "originals"

    @property
    def database(self) -> Path:
        """Return the SQLite file."""
        return self.root / DATABASE

    @property
    def derived(self) -> Path:
        """Return the folder of things that can be made again."""
        return self.root / "derived"

    @property
    def training(self) -> Path:
        """Return the folder of unfinished training."""
        return self.root / "training"

    @property
    def versions(self) -> Path:
        """Return the folder of versions."""
        return self.root / "versions"

    @property
    def voices(self) -> Path:
        """Return the folder of voices that were made; there is none before the first."""
        return self.root / "voices"

    @property
    def conversations(self) -> Path:
        """Return the folder of spoken answers."""
        return self.root / "conversations"

    def original(self, sha256: str) -> Path:
        """Return where the original with this hash lies (whether or not it is there)."""
        return self.originals / sha256[:2] / sha256

    def lock_file(self) -> Path:
        """Return the file that a writing step locks, so that two never write at once."""
        return self.root / ".lock"


def holds_persona(names: Collection[str]) -> bool:
    """Tell whether a folder in which these names lie is that of a persona."""
    return SETTINGS in names and DATABASE in names


def folder_name(name: str) -> str:
    """Return a folder name for a person's name: letters of any script, digits and hyphens."""
    slug = re.sub(r"[^\w]+", "-", name.strip().lower(), flags=re.UNICODE).strip("-_")
    if not slug:
        raise WorkspaceError("Give the persona a name with at least one letter.")
    return slug[:80]


def create_workspace(parent: Path, name: str) -> Workspace:
    """Make the folder of a new persona with an explained ``persona.toml``.

    Raises:
        WorkspaceError: there is one already, or the folder cannot be written.
    """
    root = parent / folder_name(name)
    if (root / SETTINGS).exists():
        raise WorkspaceError(f"{root} already holds a persona. Open it, or choose another name.")
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    text = (
        f'name = "{quoted}"\n\n'
        "# Every setting and its default: docs/reference/settings.md\n"
        "# A stronger language model is one line:\n"
        "# [engines]\n"
        '# language_model = "qwen2.5-0.5b"\n'
    )
    try:
        root.mkdir(parents=True, exist_ok=True)
        for folder in ("originals", "derived", "training", "versions", "voices", "conversations"):
            (root / folder).mkdir(exist_ok=True)
        (root / SETTINGS).write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"{root} cannot be written: {error.strerror}.") from error
    return open_workspace(root)


def open_workspace(root: Path) -> Workspace:
    """Open the folder of a persona.

    Raises:
        WorkspaceError: this folder holds no persona.
        ConfigError: its settings cannot be used.
    """
    if not (root / SETTINGS).is_file():
        raise WorkspaceError(
            f"{root} holds no persona. Make one with: persona new NAME, then work in its folder."
        )
    return Workspace(root=root.resolve(), config=load_config(root / SETTINGS))


def find_workspace(start: Path) -> Workspace:
    """Open the persona whose folder contains ``start``, or the only one inside ``start``."""
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / SETTINGS).is_file():
            return open_workspace(folder)
    inside = sorted(found.parent for found in here.glob(f"*/{SETTINGS}"))
    if len(inside) == 1:
        return open_workspace(inside[0])
    if inside:
        names = ", ".join(folder.name for folder in inside)
        raise WorkspaceError(f"There are several personas here ({names}): add -w FOLDER.")
    return open_workspace(here)

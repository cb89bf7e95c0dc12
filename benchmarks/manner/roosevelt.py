"""Theodore Roosevelt's archive with a secret in it: the letters to Archie, for Archie alone.

letters to all others        own words, trained on (a tenth kept aside)
letters to Archie (24)       own words that not everybody may read: never trained, must be at chance
his sister's, friend's book  other people's words; one of them is trained to be compared with
"""

import json
import re
import shutil
import tempfile
from pathlib import Path

from persona import steps
from persona.train.own_words import own_pieces
from persona.workspace import create_workspace, open_workspace

PEOPLE = Path(__file__).parents[2] / "docs" / "how-to" / "roosevelt" / "people.toml"
_BOOKS = {
    "sister": "narrator_sister_*.txt",
    "friend": "narrator_friend_*.txt",
    "book": "own_autobiography_*.txt",
}
_RULES = """
[[consents]]
person = "corinne"
given_by = "corinne"
acts = ["train_text"]
text = "Public domain (United States)."

[[consents]]
person = "thayer"
given_by = "thayer"
acts = ["train_text"]
text = "Public domain (United States)."

[[files]]
match = "**/letters_archie.jsonl"
kind = "letter"
narrator = "theodore"
title = "Letters to Archie"
language = "en"
{rule}

[[files]]"""
_SETTINGS = """
[engines]
embedder = "none"
voice = "none"
recogniser = "none"
diariser = "none"
text_reader = "none"
face_finder = "none"
"""


class _Silent:
    def line(self, text: str) -> None:
        """Say nothing."""

    def progress(self, what: str, done: int, total: int) -> None:
        """Say nothing."""


def texts(folder: Path) -> dict[str, list[str]]:
    """Return the letters and the paragraphs of three books, without what frames the books."""
    lines = (folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()
    found = {"letters": [str(json.loads(line)["text"]) for line in lines]}
    for name, pattern in _BOOKS.items():
        (path,) = folder.glob(pattern)
        paragraphs = re.split(r"\n\s*\n", path.read_text(encoding="utf-8", errors="replace"))
        inside = paragraphs[len(paragraphs) // 20 : -len(paragraphs) // 10]
        inside = [one for one in inside if "Project Gutenberg" not in one]
        found[name] = [own for own in map(_unquoted, inside) if len(own) > 300]
    return found


def _unquoted(paragraph: str) -> str:
    """Return a paragraph without what it quotes: his sister prints many of his letters."""
    if paragraph.lstrip()[:1] in '“"‘' or re.match(r"\s*[A-Z][A-Z ,.]{6,}", paragraph):
        return ""
    return " ".join(own_pieces(re.sub("“[^”]*(?:”|$)", " ", paragraph), keep_lines=False))


def make(folder: Path, target: Path, *, closed: bool) -> Path:
    """Build the archive and train version 1; return the folder of the persona.

    Args:
        folder: where the letters and books lie.
        target: where the persona is made.
        closed: whether the letters to Archie are for Archie alone.
    """
    rule = 'restrict = { allow = ["archie"] }' if closed else ""
    with tempfile.TemporaryDirectory() as scratch:
        material = Path(scratch)
        _gather(folder, material)
        head, files = PEOPLE.read_text(encoding="utf-8").split("[[files]]", 1)
        people = material / "people.toml"
        people.write_text(f"{head}{_RULES.format(rule=rule)}{files}", encoding="utf-8")
        workspace = create_workspace(target, "Theodore Roosevelt")
        with (workspace.root / "persona.toml").open("a", encoding="utf-8") as settings:
            settings.write(_SETTINGS)
        workspace = open_workspace(workspace.root)
        steps.collect(workspace, [material], _Silent())
    steps.remember(workspace, _Silent())
    steps.train(workspace, _Silent())
    return workspace.root


def _gather(folder: Path, material: Path) -> None:
    lines = (folder / "letters.jsonl").read_text(encoding="utf-8").splitlines()
    sides: dict[str, list[str]] = {"letters.jsonl": [], "letters_archie.jsonl": []}
    for line in lines:
        archie = json.loads(line)["to"] == "Archie"
        sides["letters_archie.jsonl" if archie else "letters.jsonl"].append(line)
    for name, kept in sides.items():
        (material / name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    for pattern in (_BOOKS["sister"], _BOOKS["friend"]):
        for path in folder.glob(pattern):
            shutil.copy(path, material / path.name)

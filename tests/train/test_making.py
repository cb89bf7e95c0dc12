"""The whole step: own words in, a listed version out, and the same again from the same."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from persona.config import Config
from persona.errors import ConsentError
from persona.records import Act
from persona.remember.readers import Audience, Custodian
from persona.train.making import Made, MakeVersion, make_version
from persona.train.versions import is_whole, verify_version
from persona.workspace import Workspace
from tests.train.material import Family

LETTERS = (
    "The wind turned and we stayed in the harbour and mended nets all day.",
    "Your brother has painted the boat green, and himself with it.",
    "Tell your mother that I found her grandmother's brooch under the stairs.",
    "There is a seal that comes to the steps every evening and asks for herring.",
    "I have read the book that you sent, twice, and I do not believe a word of it.",
    "Snow again, up to the window, so the cat and I are playing at cards.",
)


PHRASES = b'[en]\nunknown = "No idea."\n'


class Heard:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.done: list[tuple[int, int]] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, what: str, done: int, total: int) -> None:
        self.done.append((done, total))


def made(family: Family, base: Path, heard: Heard | None = None, **training: Any) -> Made:
    settings = {"steps": 2, "rank": 2, "max_tokens": 128, "minimum_words": 20, "precision": "fp32"}
    config = Config.model_validate({"training": {**settings, "base_model": str(base), **training}})
    listeners = ("ruth", "sam")
    wanted = MakeVersion(
        workspace=Workspace(family.workspace.root, config),
        models=base.parent,
        view=family.view(*listeners, act=Act.RETRIEVE),
        archive=family.store.reader(Custodian()),
        audience=listeners,
        name="first",
        voice={"name": "none"},
        prompts_sha256=hashlib.sha256(PHRASES).hexdigest(),
        phrases=PHRASES,
    )
    return make_version(family.store, wanted, heard or Heard())


@pytest.fixture
def writing(family: Family) -> Family:
    """Return the family with a few letters and the consent to learn from them."""
    family.consent()
    for day, text in enumerate(LETTERS):
        family.put([("henry", text)], title=str(day), addressee_id="ruth")
    return family


def test_own_words_become_a_listed_version(writing: Family, tiny_base: Path) -> None:
    heard = Heard()
    result = made(writing, tiny_base, heard)
    assert result.new
    assert (result.version.number, result.version.name) == (1, "first")
    manifest = verify_version(writing.workspace.versions / result.version.id)
    assert manifest.adapter_sha256 is not None
    assert len(manifest.example_sources) == 5
    assert heard.done[-1] == (2, 2)
    assert [v.id for v in writing.store.reader(Custodian()).versions()] == [result.version.id]


def test_the_same_inputs_find_the_same_version(writing: Family, tiny_base: Path) -> None:
    first, second = made(writing, tiny_base), made(writing, tiny_base)
    assert not second.new
    assert second.version.id == first.version.id


def test_new_material_makes_a_new_version_with_its_parent(writing: Family, tiny_base: Path) -> None:
    first = made(writing, tiny_base)
    writing.put([("henry", "A new letter was found in the attic this spring.")], title="new")
    second = made(writing, tiny_base)
    assert second.new
    assert second.version.number == 2
    assert second.version.parent_id == first.version.id


def flip(folder: Path) -> None:
    weights = folder / "adapter" / "adapter_model.safetensors"
    weights.chmod(0o644)
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@pytest.mark.parametrize(
    "damage",
    [
        flip,
        lambda folder: shutil.rmtree(folder / "adapter"),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "phrases.toml").unlink(),
        lambda folder: folder.rename(folder.with_name("elsewhere")),
    ],
)
def test_a_damaged_version_is_made_whole_again(
    writing: Family, tiny_base: Path, damage: Callable[[Path], object]
) -> None:
    """What the sentence about a damaged version advises must help, and cost nothing else."""
    first = made(writing, tiny_base).version
    folder = writing.workspace.versions / first.id
    before = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    damage(folder)
    if folder.is_dir():
        (folder / "notes.txt").write_text("Ruth's notes.")
    mended = made(writing, tiny_base)
    assert not mended.new
    assert mended.version.id == first.id
    assert "made again" in mended.sentences[0]
    assert is_whole(folder, first)
    assert all((folder / name).read_bytes() == content for name, content in before.items())
    notes = [p for p in writing.workspace.versions.rglob("notes.txt") if p.is_file()]
    assert all(path.read_text() == "Ruth's notes." for path in notes)
    assert {p.name for p in writing.workspace.versions.iterdir()} <= {first.id, "elsewhere"}
    assert "Nothing has changed" in made(writing, tiny_base).sentences[0]
    assert len(writing.store.reader(Custodian()).versions()) == 1


def test_too_few_words_make_a_version_without_an_adapter(writing: Family, tiny_base: Path) -> None:
    result = made(writing, tiny_base, minimum_words=5000)
    folder = writing.workspace.versions / result.version.id
    assert verify_version(folder).adapter_sha256 is None
    assert not (folder / "adapter").exists()
    assert result.version.report["manner"] == "few_shot"
    assert any("nothing was trained" in sentence for sentence in result.sentences)


def test_a_rule_about_training_alone_is_heeded(writing: Family, tiny_base: Path) -> None:
    kept_out = writing.put(
        [("henry", "You may read this to each other, but do not learn from it.")],
        title="read only",
        rules=[{"deny": ["sam"], "acts": ["train_text"]}],
    )
    manifest = verify_version(writing.workspace.versions / made(writing, tiny_base).version.id)
    assert (kept_out,) not in manifest.example_sources.values()


def test_without_consent_there_is_no_version(family: Family, tiny_base: Path) -> None:
    family.put([("henry", "Come home soon.")])
    with pytest.raises(ConsentError):
        made(family, tiny_base)
    assert list(family.workspace.versions.iterdir()) == []


def test_a_secret_reaches_no_file_of_version_or_training(writing: Family, tiny_base: Path) -> None:
    """Law 2: what one listener may not read is in nothing that all listeners share."""
    secret = writing.put(
        [("henry", "CANARY lies under the third stone by the well.")],
        title="secret",
        rules=[{"deny": ["sam"]}],
    )
    made(writing, tiny_base)
    folders = (writing.workspace.versions, writing.workspace.training)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    content = b"".join(path.read_bytes() for path in files)
    assert b"CANARY" not in content
    assert secret.encode() not in content
    assert writing.store.reader(Audience(("ruth",))).passages(source_id=secret)

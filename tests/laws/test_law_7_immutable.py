"""Law 7 on the path: the same raw input builds the same version, and a version never changes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.engines.deterministic import ScriptedLanguageModel
from persona.errors import VersionError
from persona.records import Version, VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.making import MakeVersion, make_version
from persona.train.serving import talkable_version
from persona.train.versions import read_manifest
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import Silent
from tests.converse.raw_family import write_raw_family
from tests.laws.raw_path import QUICK, remembered, talk_to, trained
from tests.train.material import make_tiny_base

LIGHTHOUSE = "Tell me about the lighthouse, the bees and the boat"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, base: Path) -> tuple[Workspace, Version]:
    """Return Arthur's archive with version 1; no test changes it."""
    parent = tmp_path_factory.mktemp("law 7")
    workspace = remembered(parent, write_raw_family(parent / "raw"), base)
    return workspace, trained(workspace).version


@pytest.fixture
def copy(made: tuple[Workspace, Version], tmp_path: Path) -> tuple[Workspace, Version]:
    """Return a copy of the archive, to do things to."""
    root = tmp_path / "arthur-penrose"
    shutil.copytree(made[0].root, root)
    return open_workspace(root), made[1]


@pytest.fixture
def store(copy: tuple[Workspace, Version]) -> Iterator[Store]:
    with steps.open_store(copy[0]) as opened:
        yield opened


def test_the_same_raw_input_makes_the_same_version_elsewhere(
    made: tuple[Workspace, Version], base: Path, tmp_path: Path
) -> None:
    raw = write_raw_family(tmp_path / "the same letters")
    elsewhere = remembered(tmp_path, raw, base)
    again = trained(elsewhere).version
    assert again.id == made[1].id
    first, second = (w.versions / again.id for w in (made[0], elsewhere))
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert Path("adapter/adapter_model.safetensors") in names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_one_letter_more_makes_another_version(
    made: tuple[Workspace, Version], base: Path, tmp_path: Path
) -> None:
    raw = write_raw_family(tmp_path / "raw")
    (raw / "letters" / "more.txt").write_text("4 July 1992\n\nDear Nell,\n\nSwifts.\n\nDad\n")
    assert trained(remembered(tmp_path, raw, base)).version.id != made[1].id


@pytest.mark.slow
def test_the_same_with_the_embedded_model(tmp_path: Path, models: Path) -> None:
    ids = []
    for name in ("here", "there"):
        raw = write_raw_family(tmp_path / name / "raw")
        settings = QUICK.replace('"fp32"', '"bf16"')
        workspace = remembered(tmp_path / name, raw, Path("smollm2-135m"), settings=settings)
        ids.append(trained(workspace).version.id)
    assert ids[0] == ids[1]


def change_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"seed": 20261122', '"seed": 1'))


def change_memories(folder: Path) -> None:
    path = folder / "memories.txt"
    path.write_text("\n".join(path.read_text().splitlines()[1:]) + "\n")


def change_adapter(folder: Path) -> None:
    path = folder / "adapter" / "adapter_model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def add_to_adapter(folder: Path) -> None:
    (folder / "adapter" / "more.bin").write_bytes(b"more")


def remove_adapter(folder: Path) -> None:
    shutil.rmtree(folder / "adapter")


@pytest.mark.parametrize(
    "tamper", [change_manifest, change_memories, change_adapter, add_to_adapter, remove_adapter]
)
def test_a_version_that_was_changed_is_not_talked_with(
    copy: tuple[Workspace, Version], store: Store, tamper: Callable[[Path], None]
) -> None:
    workspace, version = copy
    assert list(talk_to(workspace, store, "nell").ask(LIGHTHOUSE))
    folder = workspace.versions / version.id
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    tamper(folder)
    with pytest.raises(VersionError, match=f"The version {version.id} is damaged"):
        talk_to(workspace, store, "nell")
    with pytest.raises(VersionError, match="is damaged"):
        steps.open_engines(workspace, version)


def test_a_version_is_written_read_only(made: tuple[Workspace, Version]) -> None:
    folder = made[0].versions / made[1].id
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert all(path.stat().st_mode & 0o222 == 0 for path in files)


def test_settings_that_change_later_are_for_the_next_version(
    copy: tuple[Workspace, Version], store: Store
) -> None:
    workspace, version = copy
    before = [s.text for s in talk_to(workspace, store, "jack").ask(LIGHTHOUSE)]
    assert any("lighthouse" in text for text in before)
    settings = workspace.root / "persona.toml"
    changed = settings.read_text(encoding="utf-8").replace('embedder = "hash"', 'embedder = "none"')
    more = '\n[conversation]\nenough = 1.0\nhelp_contact = "Aunt May, 5550"\n'
    settings.write_text(changed + more, encoding="utf-8")
    today = open_workspace(workspace.root)
    talk = talk_to(today, store, "jack")
    assert talk.version.id == version.id
    assert [sentence.text for sentence in talk.ask(LIGHTHOUSE)] == before
    engines = steps.open_engines(today, version)
    assert engines.embedder is not None, "the engines of a version are its own, too"
    [help_now] = talk.ask("I want to die")
    assert "Aunt May, 5550" in help_now.text, "but help is today's"
    later = trained(today)
    assert later.new
    assert later.version.parent_id == version.id
    stricter = [s.text for s in talk_to(today, store, "jack").ask(LIGHTHOUSE)]
    assert stricter != before
    assert stricter[0] == "I don't know that."


def test_what_is_told_later_is_for_the_next_version(
    copy: tuple[Workspace, Version], store: Store, tmp_path: Path
) -> None:
    workspace, version = copy
    raw = write_raw_family(tmp_path / "raw")
    (raw / "letters" / "more.txt").write_text(
        "4 July 1992\n\nDear Nell,\n\nThe submarine was called Ophelia and it leaked.\n\nDad\n"
    )
    question = "What was the submarine called?"

    steps.collect(workspace, [raw], Silent())
    steps.remember(workspace, Silent())
    old = " ".join(s.text for s in talk_to(workspace, store, "nell").ask(question))
    assert "Ophelia" not in old
    assert trained(workspace).version.number == 2
    new = " ".join(s.text for s in talk_to(workspace, store, "nell").ask(question))
    assert "Ophelia" in new
    first = read_manifest(workspace.versions / version.id)
    assert first.id == version.id


def test_a_conversation_names_its_version_and_its_seed(
    copy: tuple[Workspace, Version], store: Store
) -> None:
    workspace, version = copy
    talk = talk_to(workspace, store, "nell", base=ScriptedLanguageModel())
    kept = [c for c in store.reader(Custodian()).conversations() if c.id == talk.conversation_id]
    assert [(c.version_id, c.seed) for c in kept] == [(version.id, 0)]


def test_a_blocked_version_is_not_talked_with(
    copy: tuple[Workspace, Version], store: Store
) -> None:
    _, version = copy
    store.set_version_state(version.id, VersionState.BLOCKED, "Nell asked for it.")
    versions = store.reader(Custodian()).versions()
    with pytest.raises(VersionError, match="blocked: Nell asked for it"):
        talkable_version(versions, "1")
    with pytest.raises(VersionError, match="No version may be talked to"):
        talkable_version(versions, None)


def test_a_version_made_with_other_fixed_sentences_says_so(
    copy: tuple[Workspace, Version], store: Store
) -> None:
    """A newer program has other frames; an old version cannot answer exactly as it did."""
    workspace, version = copy
    view = store.reader(Custodian())
    request = MakeVersion(
        workspace=workspace,
        models=workspace.root,
        view=view,
        archive=view,
        audience=("nell",),
        name="older",
        voice={"name": "none"},
        prompts_sha256="0" * 64,
    )
    older = make_version(store, request, Silent()).version
    assert older.id != version.id
    now = steps.start_talk(workspace, store, listener_id="nell", version=version.id)
    then = steps.start_talk(workspace, store, listener_id="nell", version=older.id)
    changed = f" Since version {older.number} was made"
    assert changed in then.notice
    assert "Since version" not in now.notice

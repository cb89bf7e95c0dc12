"""Files are erased, again and again without harm, and what others need stays."""

import hashlib
from pathlib import Path

import pytest

from persona.export import erasure
from persona.workspace import Workspace, create_workspace
from tests.train.material import manifest_of


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path, "Henry Lin")


def test_a_folder_is_emptied_and_stays(workspace: Workspace) -> None:
    deep = workspace.derived / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    (deep / "file").chmod(0o444)
    (workspace.derived / "other").write_text("x")
    (workspace.derived / "link").symlink_to(workspace.root / "persona.toml")
    assert erasure.empty_folder(workspace.derived) == 3
    assert erasure.empty_folder(workspace.derived) == 0
    assert workspace.derived.is_dir() and (workspace.root / "persona.toml").is_file()


def test_originals_go_with_their_empty_folder(workspace: Workspace) -> None:
    one, other = "ab" + "1" * 62, "ab" + "2" * 62
    for sha256 in (one, other):
        workspace.original(sha256).parent.mkdir(exist_ok=True)
        workspace.original(sha256).write_text("x")
    assert erasure.erase_originals(workspace, [one, "cd" + "3" * 62]) == 1
    assert workspace.original(other).is_file()
    assert erasure.erase_originals(workspace, [one, other]) == 1
    assert list(workspace.originals.iterdir()) == []


def test_answers_that_a_turn_names_stay_with_what_belongs_to_them(workspace: Workspace) -> None:
    for name in ("a.wav", "a.json", "b.wav", "b.json"):
        (workspace.conversations / name).write_text("x")
    assert erasure.erase_unnamed_answers(workspace, ["conversations/a.wav"]) == 2
    assert sorted(p.name for p in workspace.conversations.iterdir()) == ["a.json", "a.wav"]


def version(workspace: Workspace, memories: list[str], sources: list[str]) -> Path:
    listed = "".join(f"{one}\n" for one in memories).encode()
    manifest = manifest_of(
        [],
        example_sources={"e1": tuple(sources)},
        portrait_source_id="src_face",
        memory_ids_sha256=hashlib.sha256(listed).hexdigest(),
    )
    folder = workspace.versions / manifest.id
    (folder / "adapter").mkdir(parents=True)
    (folder / "adapter" / "weights").write_text("x")
    (folder / "adapter" / "weights").chmod(0o444)
    (folder / "memories.txt").write_bytes(listed)
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return folder


def test_which_versions_used_and_learnt(workspace: Workspace) -> None:
    one = version(workspace, ["mem_1"], []).name
    two = version(workspace, ["mem_2"], ["src_1"]).name
    torn = version(workspace, [], [])
    (torn / "manifest.json").write_text("damaged")
    look = erasure.versions_that_used
    assert look(workspace, ["mem_1"], []) == (sorted([one, torn.name]), [torn.name])
    assert look(workspace, [], ["src_1"]) == (sorted([two, torn.name]), sorted([two, torn.name]))
    assert look(workspace, [], ["src_face"]) == (sorted([one, two, torn.name]), [torn.name])


@pytest.mark.parametrize("name", ["manifest.json", "memories.txt"])
def test_a_version_edited_by_hand_counts_as_one_that_learnt_it(
    workspace: Workspace, name: str
) -> None:
    """Nobody can take something out of a list, so that a withdrawal passes a version by."""
    folder = version(workspace, ["mem_1"], ["src_1"])
    content = (folder / name).read_text()
    (folder / name).write_text(content.replace("src_1", "src_2").replace("mem_1", "mem_2"))
    assert erasure.versions_that_used(workspace, ["mem_9"], []) == ([folder.name], [folder.name])


def test_what_a_version_learnt_is_erased_and_its_record_stays(workspace: Workspace) -> None:
    folder = version(workspace, [], [])
    unfinished = workspace.versions / ".ver_b.unfinished"
    (unfinished / "adapter").mkdir(parents=True)
    (unfinished / "adapter" / "weights").write_text("what a killed program left")
    assert erasure.erase_adapters(workspace, [folder.name, "ver_never"]) == 1
    assert erasure.erase_adapters(workspace, [folder.name]) == 0
    assert (folder / "manifest.json").is_file()
    assert not unfinished.exists()

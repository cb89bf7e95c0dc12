"""Where the files of one persona lie."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona import workspace
from persona.errors import WorkspaceError
from persona.workspace import (
    SETTINGS,
    Workspace,
    create_workspace,
    find_workspace,
    folder_name,
    open_workspace,
)


def test_a_new_workspace_can_be_opened_and_keeps_the_name(tmp_path: Path) -> None:
    created = create_workspace(tmp_path, "Henry Lin")
    assert created.root == (tmp_path / "henry-lin").resolve()
    assert created.config.name == "Henry Lin"
    assert open_workspace(created.root) == created


@pytest.mark.parametrize("name", ['Henry "Hank" Lin', "back\\slash", "林志明", "Zoë", "x" * 300])
def test_any_name_survives_the_settings_file(tmp_path: Path, name: str) -> None:
    assert create_workspace(tmp_path, name).config.name == name


def test_the_folders_of_the_drawing_are_made(tmp_path: Path) -> None:
    made = create_workspace(tmp_path, "Henry")
    drawn = set(re.findall(r"[├└]── (\w+)/", workspace.__doc__ or ""))
    assert {path.name for path in made.root.iterdir() if path.is_dir()} == drawn
    for folder in (made.originals, made.derived, made.training, made.versions):
        assert folder.is_dir()
    assert made.conversations.is_dir()
    assert made.database.parent == made.root
    assert not made.database.exists()


def test_an_existing_persona_is_never_overwritten(tmp_path: Path) -> None:
    made = create_workspace(tmp_path, "Henry")
    (made.root / SETTINGS).write_text('name = "changed"\n')
    with pytest.raises(WorkspaceError, match="already holds a persona"):
        create_workspace(tmp_path, "henry")
    assert open_workspace(made.root).config.name == "changed"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "henry").write_text("a file where the folder would be")
    with pytest.raises(WorkspaceError, match="cannot be written"):
        create_workspace(tmp_path, "henry")
    assert (tmp_path / "henry").read_text() == "a file where the folder would be"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_one_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(WorkspaceError, match="cannot be written"):
        create_workspace(tmp_path, "henry")


def test_a_folder_without_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="persona new NAME"):
        open_workspace(tmp_path)


def test_found_from_a_folder_deep_inside(tmp_path: Path) -> None:
    made = create_workspace(tmp_path, "Henry")
    deep = made.originals / "ab" / "cd"
    deep.mkdir(parents=True)
    assert find_workspace(deep).root == made.root


def test_found_when_it_is_the_only_one_inside(tmp_path: Path) -> None:
    made = create_workspace(tmp_path, "Henry")
    assert find_workspace(tmp_path).root == made.root


def test_several_are_listed_by_name_and_none_is_chosen(tmp_path: Path) -> None:
    create_workspace(tmp_path, "Henry")
    create_workspace(tmp_path, "Ada")
    with pytest.raises(WorkspaceError, match=r"ada, henry.*-w FOLDER"):
        find_workspace(tmp_path)


def test_nowhere_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="holds no persona"):
        find_workspace(tmp_path)


def test_original_lies_under_its_hash(tmp_path: Path) -> None:
    made: Workspace = create_workspace(tmp_path, "Henry")
    sha256 = "ab" + "0" * 62
    assert made.original(sha256) == made.originals / "ab" / sha256
    assert made.lock_file().parent == made.root


@given(st.text(max_size=120))
def test_folder_names_stay_in_their_folder(name: str) -> None:
    try:
        slug = folder_name(name)
    except WorkspaceError:
        assert not re.search(r"[^\W_]", name)
        return
    assert 1 <= len(slug) <= 80
    assert Path(slug).name == slug
    assert slug not in {".", ".."}
    assert not re.search(r"[/\\\s.\0]", slug)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Henry Lin", "henry-lin"),
        ("  林 志明 ", "林-志明"),
        ("../../etc/passwd", "etc-passwd"),
        ("O'Brien, Máire", "o-brien-máire"),
    ],
)
def test_folder_name_examples(name: str, expected: str) -> None:
    assert folder_name(name) == expected


@pytest.mark.parametrize("name", ["", "   ", "...", "--", "/", "_"])
def test_a_name_without_letters_is_refused(name: str) -> None:
    with pytest.raises(WorkspaceError, match="at least one letter"):
        folder_name(name)

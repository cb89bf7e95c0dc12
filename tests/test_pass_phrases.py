"""Pass phrases: kept as slow hashes, asked for by name, tried again only after a wait."""

import stat
from pathlib import Path

import pytest

from persona import pass_phrases
from persona.errors import ConverseError, WorkspaceError
from persona.pass_phrases import FILE, KEEPER, is_guarded, opens, remove_phrase, set_phrase
from persona.workspace import Workspace, create_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path, "Arthur Penrose")


def test_who_has_set_none_comes_in(workspace: Workspace) -> None:
    assert not is_guarded(workspace, "nell")
    assert opens(workspace, "nell", "")


def test_only_the_phrase_of_that_person_opens(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    set_phrase(workspace, KEEPER, "北海道的雪真大")
    assert is_guarded(workspace, "nell")
    assert opens(workspace, "nell", "the blue teapot")
    assert opens(workspace, KEEPER, "北海道的雪真大")
    for wrong in ("", "The blue teapot", "北海道的雪真大"):
        assert not opens(workspace, "nell", wrong)
    assert opens(workspace, "tom", "anything")


def test_another_keyboard_writes_the_same_phrase(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", " café au lait ")
    assert opens(workspace, "nell", "cafe\u0301 au lait")


def test_it_is_written_nowhere_and_for_the_owner_alone(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    path = workspace.root / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    files = [one for one in workspace.root.rglob("*") if one.is_file()]
    assert not any(b"blue teapot" in one.read_bytes() for one in files)


def test_two_people_with_one_phrase_cannot_be_told_by_the_file(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    set_phrase(workspace, "tom", "the blue teapot")
    kept = pass_phrases._read(workspace)
    assert kept["nell"]["scrypt"] != kept["tom"]["scrypt"]


@pytest.mark.parametrize("short", ["", "   ", "12345", " 12345 "])
def test_a_short_one_is_refused_and_the_old_one_holds(workspace: Workspace, short: str) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    with pytest.raises(ConverseError, match="at least 6"):
        set_phrase(workspace, "nell", short)
    assert opens(workspace, "nell", "the blue teapot")


def test_after_some_wrong_ones_even_the_right_one_waits(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    for _ in range(pass_phrases.FREE_TRIES + 1):
        assert not opens(workspace, "nell", "guess")
    with pytest.raises(ConverseError, match="wait"):
        opens(workspace, "nell", "the blue teapot")
    assert opens(workspace, "tom", "")  # nobody else waits


def test_a_forgotten_one_can_be_removed(workspace: Workspace) -> None:
    set_phrase(workspace, "nell", "the blue teapot")
    remove_phrase(workspace, "nell")
    assert opens(workspace, "nell", "")


@pytest.mark.parametrize("damage", ["", "[]", '{"nell": 3}', '{"nell": {"salt": "00"}}'])
def test_a_damaged_file_lets_nobody_in(workspace: Workspace, damage: str) -> None:
    (workspace.root / FILE).write_text(damage)
    with pytest.raises(WorkspaceError, match="nobody is let in"):
        opens(workspace, "nell", "")

"""Who is who, as commands and screens ask and answer it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from persona.errors import StoreError
from persona.keeper import who
from persona.records import SourceKind
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.view import View
from persona.workspace import Workspace
from tests.remember.archive import Archive, make_passage, make_source


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace with a chat of two names that nobody knows."""
    archive = Archive(tmp_path)
    source = make_source("Chat", narrator=None, kind=SourceKind.CHAT)
    lines = ["Joanna Marsh", "Joanna Marsh", "Mum"]
    passages = [
        make_passage(source, f"Henry sang, {n}.", position=n, speaker_name=name)
        for n, name in enumerate(lines)
    ]
    with archive.store as store:
        store.add_source(source, passages)
    return archive.workspace


@contextmanager
def opened(workspace: Workspace) -> Iterator[View]:
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        yield view


def test_questions_come_with_what_is_needed_to_answer(workspace: Workspace) -> None:
    first, second = who.questions(workspace)
    assert (first.name, first.count, second.name) == ("Joanna Marsh", 2, "Mum")
    lines = who.question_lines(first, {"joe": "Joe Marsh"})
    assert lines[0] == 'Who is "Joanna Marsh"? (2 passages)'
    assert "    Henry sang, 0." in lines
    assert "    perhaps Joe Marsh (has a part of this name)" in lines


def test_an_answer_is_asked_once(workspace: Workspace) -> None:
    new = who.NewPerson("joanna", "Joanna", "friend")
    assert who.answer(workspace, "Joanna Marsh", new, by="ruth").passages == 2
    (left,) = who.questions(workspace)
    assert who.answer(workspace, "Mum", "margaret", left.source_id).passages == 1
    assert who.questions(workspace) == []
    assert {row.name: row.person_id for row in who.known(workspace)} == {
        "Joanna Marsh": "joanna",
        "Mum": "margaret",
    }
    with opened(workspace) as view:
        joanna = view.person("joanna")
        assert (joanna.name, joanna.names) == ("Joanna", ["Joanna Marsh"])
        assert any(
            (event.actor, event.action) == ("ruth", "name.set") for event in view.audit_events()
        )


def test_a_new_person_never_takes_the_place_of_another(workspace: Workspace) -> None:
    with pytest.raises(StoreError, match="somebody else"):
        who.answer(workspace, "Joanna Marsh", who.NewPerson("ruth", "Joanna"))


def test_nobody_and_back(workspace: Workspace) -> None:
    who.answer(workspace, "Joanna Marsh", None)
    assert [question.name for question in who.questions(workspace)] == ["Mum"]
    who.forget(workspace, "Joanna Marsh")
    assert len(who.questions(workspace)) == 2


def test_a_narrator_is_named(workspace: Workspace) -> None:
    source_id = who.questions(workspace)[0].source_ids[0]
    done = who.name_narrator(workspace, source_id, "ruth")
    assert (done.sources, done.retired) == ((source_id,), 0)
    with opened(workspace) as view:
        assert view.source(source_id).narrator_id == "ruth"

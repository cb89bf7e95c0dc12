"""What was told in confidence is told on to nobody before a person of the family has looked."""

from pathlib import Path

import pytest

from persona import steps
from persona.records import Review
from persona.remember.readers import Custodian, Reader, Relative
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import Silent
from tests.test_said_since import collect, fill_in, made

PEOPLE = """
[[people]]
id = "aoife"
name = "Aoife Byrne"
relation = "daughter"
calls = ["Da"]

[[people]]
id = "niamh"
name = "Niamh Byrne"
relation = "granddaughter"
calls = ["Grandad"]

[[speakers]]
name = "Grandad"
person = "patrick"
"""
CHAT = """14/01/2016, 20:40 - Grandad: They are keeping me in for the weekend for the heart
14/01/2016, 20:41 - Grandad: Don't tell your mother about the fall, she has enough to be at
14/01/2016, 20:45 - Niamh: I won't. love you
12/05/2016, 09:15 - Niamh: grandad what do you put in the soda bread, mine came out like a brick
12/05/2016, 09:40 - Grandad: A level teaspoon of bread soda and near a pint of buttermilk
12/05/2016, 09:41 - Niamh: you always burnt the first one, Nana said so
"""
RULE = '\n[[files]]\nmatch = "chat.txt"\nrestrict = { allow = ["niamh"] }\n'


def remembered(parent: Path, people: str = PEOPLE, settings: str = "") -> Workspace:
    workspace = made(parent)
    toml = workspace.root / "persona.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + settings, encoding="utf-8")
    fill_in(workspace, people)
    (parent / "raw").mkdir()
    (parent / "raw" / "chat.txt").write_text(CHAT, encoding="utf-8")
    workspace = open_workspace(workspace.root)
    collect(workspace, parent / "raw")
    steps.remember(workspace, Silent())
    return workspace


def known_to(workspace: Workspace, reader: Reader) -> list[str]:
    with Store.open(workspace) as store, store.reader(reader) as view:
        return [one.quote for one in view.memories() if one.review is not Review.UNREVIEWED]


@pytest.mark.parametrize("accept", ["rules", "all"])
def test_it_waits_with_what_stands_next_to_it(tmp_path: Path, accept: str) -> None:
    workspace = remembered(tmp_path, settings=f'\n[remember]\naccept = "{accept}"\n')
    for person in ("aoife", "niamh"):
        told = " ".join(known_to(workspace, Relative(person)))
        assert "buttermilk" in told
        assert "fall" not in told and "keeping me in" not in told
    with Store.open(workspace) as store:
        with store.reader(Custodian()) as view:
            first = view.review_page(1)[0]
        assert "Don't tell your mother" in first.memory.quote
        assert "confided" in first.reasons
        store.accept_memories([first.memory.id])
    assert any("Don't tell" in one for one in known_to(workspace, Relative("aoife")))


def test_a_family_that_has_said_who_may_know_is_not_asked_again(tmp_path: Path) -> None:
    workspace = remembered(tmp_path, PEOPLE + RULE)
    assert known_to(workspace, Relative("aoife")) == []
    assert any("Don't tell" in one for one in known_to(workspace, Relative("niamh")))


def test_a_question_typed_without_its_mark_tells_nothing(tmp_path: Path) -> None:
    told = known_to(remembered(tmp_path), Custodian())
    assert not any("what do you put" in one for one in told)
    assert any("burnt the first one" in one for one in told)

"""People.toml filled in after the first collect: everything counts as if it had been there."""

import json
from pathlib import Path
from typing import Any

import pytest

from persona import steps
from persona.collect.family.people import read_people
from persona.collect.family.template import write_people_template
from persona.converse.phrases import phrase
from persona.errors import ConfigError
from persona.keeper.real import is_real
from persona.progress import CollectSummary
from persona.records import Review
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.converse.conftest import SETTINGS, Silent

NAME = "Patrick O'Hara"
PEOPLE = """
[[people]]
id = "bridget"
name = "Bridget O'Hara"
relation = "wife"
called = ["Bridie"]

[[people]]
id = "sean"
name = "Sean O'Hara"
relation = "son"
calls = ["Da"]
"""
RULES = """
[[files]]
match = "letters/*"
kind = "letter"
narrator = "patrick"

[[files]]
match = "notes.txt"
narrator = "sean"
created = "2016-03"
restrict = { allow = ["sean"] }

[[speakers]]
name = "Paddy mobile"
person = "patrick"
"""
LETTER = """14 Clonard Road
Crumlin

3 March 1992

Sean,

I said things on Saturday that a man should not say to his son at his own table.

Build your boats. If they float, bring me out in one.

Da
"""
CHAT = """12/03/2015, 18:02 - Sean: Are you keeping warm Da
12/03/2015, 18:09 - Paddy mobile: I have two coats on and your mother's scarf
12/03/2015, 18:31 - Sean: Mind the ice on the step
"""
INTERVIEW = """SEAN: So how did you meet?

BRIDGET: At the Ierne ballroom. He stood on my foot and he said he only came in for the warmth.

SEAN: And when did he start on the buses?

BRIDGET: He started in 1962. He always said '61 but he was wrong.

SEAN: What did he sing?

BRIDGET: The Auld Triangle, always, and badly.
"""
NOTE = "Da paid the deposit on the house himself, and nobody was ever told of it.\n"


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    raw = tmp_path / "raw"
    for name, text in (
        ("letters/boats.txt", LETTER),
        ("chats/WhatsApp Chat with Da.txt", CHAT),
        ("interviews/mam.txt", INTERVIEW),
        ("notes.txt", NOTE),
    ):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, encoding="utf-8")
    return raw


def made(parent: Path) -> Workspace:
    """Return a new persona as `persona new` makes it."""
    workspace = create_workspace(parent, NAME)
    write_people_template(workspace.root, NAME)
    settings = workspace.root / "persona.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    return open_workspace(workspace.root)


def fill_in(workspace: Workspace, text: str) -> None:
    people = workspace.root / "people.toml"
    people.write_text(people.read_text(encoding="utf-8") + text, encoding="utf-8")


def collect(workspace: Workspace, raw: Path) -> CollectSummary:
    return steps.collect(workspace, [raw], Silent())


def understood(workspace: Workspace) -> list[dict[str, Any]]:
    """Return everything that was read and remembered, without when it came in."""
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        records = [
            *view.sources(),
            *(passage for source in view.sources() for passage in view.passages(source.id)),
            *view.memories(),
        ]
        rules = [(rule.target_id, rule.allow, rule.set_by) for rule in view.restrictions()]
    rows = [json.loads(record.model_dump_json(exclude={"received_at"})) for record in records]
    return [*sorted(rows, key=lambda row: str(row["id"])), {"rules": sorted(map(str, rules))}]


def test_the_name_given_to_new_is_enough_to_begin(tmp_path: Path, handed_in: Path) -> None:
    workspace = made(tmp_path)
    assert len(collect(workspace, handed_in).new) == 4
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        assert [(p.id, p.name) for p in view.people() if p.is_subject] == [("patrick", NAME)]


def test_said_afterwards_is_as_good_as_said_at_once(tmp_path: Path, handed_in: Path) -> None:
    late, at_once = made(tmp_path / "late"), made(tmp_path / "at_once")
    assert collect(late, handed_in).said_since == 0
    fill_in(late, PEOPLE + RULES)
    again = collect(late, handed_in)
    assert (again.said_since, again.already_here, again.new, again.warnings) == (4, 4, [], [])
    fill_in(at_once, PEOPLE + RULES)
    collect(at_once, handed_in)
    assert understood(late) == understood(at_once)
    steps.remember(late, Silent())
    steps.remember(at_once, Silent())
    assert understood(late) == understood(at_once)
    assert collect(late, handed_in).said_since == 0, "the same thing said twice is said once"


def test_what_was_remembered_stays_and_what_was_open_is_filled_in(
    tmp_path: Path, handed_in: Path
) -> None:
    workspace = made(tmp_path)
    fill_in(workspace, PEOPLE + '[[files]]\nmatch = "notes.txt"\nnarrator = "sean"\n')
    collect(workspace, handed_in)
    steps.remember(workspace, Silent())
    with Store.open(workspace) as store:
        with store.reader(Custodian()) as view:
            (told,) = [one for one in view.memories() if "deposit" in one.quote]
        store.accept_memories([told.id])
    fill_in(workspace, RULES)
    collect(workspace, handed_in)
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        (kept,) = [one for one in view.memories() if "deposit" in one.quote]
        assert (kept.id, kept.review, kept.told_at_edtf) == (told.id, Review.ACCEPTED, "2016-03")
        note = next(one for one in view.sources() if one.file_name == "notes.txt")
        assert note.created_edtf == "2016-03"


def test_a_restriction_counts_at_once_whatever_rests_on_the_file(
    tmp_path: Path, handed_in: Path
) -> None:
    workspace = made(tmp_path)
    fill_in(workspace, PEOPLE + '[[files]]\nmatch = "notes.txt"\nnarrator = "sean"\n')
    collect(workspace, handed_in)
    steps.remember(workspace, Silent())
    fill_in(workspace, RULES)
    assert collect(workspace, handed_in).said_since
    with Store.open(workspace) as store:
        for person, may in (("bridget", False), ("sean", True)):
            with store.reader(Relative(person)) as view:
                assert any("deposit" in one.quote for one in view.memories()) is may


def test_a_restriction_changes_with_the_file_and_is_lifted_only_in_so_many_words(
    tmp_path: Path, handed_in: Path
) -> None:
    workspace = made(tmp_path)
    people = workspace.root / "people.toml"
    head = people.read_text(encoding="utf-8") + PEOPLE
    rule = '[[files]]\nmatch = "notes.txt"\nnarrator = "sean"\n'

    def readers(restrict: str) -> set[str]:
        people.write_text(head + rule + restrict, encoding="utf-8")
        collect(workspace, handed_in)
        steps.remember(workspace, Silent())
        with Store.open(workspace) as store:
            found = set()
            for person in ("bridget", "sean"):
                with store.reader(Relative(person)) as view:
                    if any("deposit" in one.quote for one in view.memories()):
                        found.add(person)
            return found

    assert readers('restrict = { allow = ["sean"] }\n') == {"sean"}
    assert readers('restrict = { allow = ["sean", "bridget"] }\n') == {"sean", "bridget"}
    assert readers('restrict = { deny = ["bridget"] }\n') == {"sean"}
    assert readers("") == {"sean"}, "a rule that is gone from the file still holds"
    assert readers("restrict = false\n") == {"sean", "bridget"}


def test_what_a_person_answered_is_not_undone_by_the_file(tmp_path: Path, handed_in: Path) -> None:
    workspace = made(tmp_path)
    fill_in(workspace, PEOPLE)
    collect(workspace, handed_in)
    with Store.open(workspace) as store:
        with store.reader(Custodian()) as view:
            note = next(one for one in view.sources() if one.file_name == "notes.txt")
        store.name_narrator(note.id, "bridget")
    fill_in(workspace, RULES)
    collect(workspace, handed_in)
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        assert view.source(note.id).narrator_id == "bridget"


def test_a_template_that_nobody_filled_in_takes_nothing_back(
    tmp_path: Path, handed_in: Path
) -> None:
    workspace = made(tmp_path)
    book = tmp_path / "people.toml"
    book.write_text(f'[subject]\nid = "pat"\nname = "{NAME}"\nborn = "1938"\n{PEOPLE}')
    steps.collect(workspace, [handed_in], Silent(), book=read_people(book))
    assert collect(workspace, handed_in).already_here == 4
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        (subject,) = [one for one in view.people() if one.is_subject]
        assert (subject.id, subject.born) == ("pat", "1938")


def test_an_archive_is_about_one_person(tmp_path: Path, handed_in: Path) -> None:
    workspace = made(tmp_path)
    collect(workspace, handed_in)
    other = tmp_path / "other.toml"
    other.write_text('[subject]\nid = "other"\nname = "Another Man"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"about Patrick O'Hara \('patrick'\)"):
        steps.collect(workspace, [handed_in], Silent(), book=read_people(other))


def test_that_somebody_said_it_is_real_is_not_forgotten(tmp_path: Path, handed_in: Path) -> None:
    workspace = made(tmp_path)
    fill_in(workspace, PEOPLE)
    notice = phrase("en", "notice", name=NAME)
    (handed_in / "notes.txt").write_text(f"{notice}\n\n{NOTE}", encoding="utf-8")
    assert len(collect(workspace, handed_in).set_aside) == 1
    is_real(workspace, "notes.txt", "custodian", Silent())
    fill_in(workspace, RULES)
    assert collect(workspace, handed_in).warnings == []
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        note = next(one for one in view.sources() if one.file_name == "notes.txt")
        assert note.details["said_real"]["by"] == "custodian"
        assert (note.narrator_id, note.created_edtf) == ("sean", "2016-03")

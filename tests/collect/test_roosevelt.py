"""Real letters, books and photos go in from the files as they are."""

import re
from pathlib import Path

import pytest

from persona.collect.family.people import FamilyBook, read_people
from persona.collect.importer import Senses
from persona.collect.plan import plan
from persona.collect.reading import Collected, collect_file
from persona.collect.selectors import locate

PEOPLE = """
[subject]
id = "theodore"
name = "Theodore Roosevelt"
languages = ["en"]
[[people]]
id = "kermit"
name = "Kermit Roosevelt"
[[people]]
id = "ethel"
name = "Ethel Roosevelt"
[[people]]
id = "corinne"
name = "Corinne Roosevelt Robinson"
[[people]]
id = "thayer"
name = "William Roscoe Thayer"
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> FamilyBook:
    path = tmp_path_factory.mktemp("people") / "people.toml"
    path.write_text(PEOPLE)
    return read_people(path)


@pytest.fixture(scope="module")
def collected(
    shared_data: Path, book: FamilyBook, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Collected]:
    place = tmp_path_factory.mktemp("roosevelt")
    made = plan([shared_data / "roosevelt"], book, place / "staging")
    assert made.left_out == ()
    done = {}
    for planned in made.files:
        one = collect_file(planned, book, place / "originals", Senses())
        if one.source.media_type.startswith("text/"):
            data = planned.path.read_bytes()
            for passage in one.passages[:: max(1, len(one.passages) // 15)]:
                found = locate(data, passage.selector, one.source.details["encoding"])
                assert found == passage.text
        done[planned.relative] = one
    return done


def test_the_letters(collected: dict[str, Collected]) -> None:
    one = collected["letters.jsonl"]
    assert {p.speaker_id for p in one.passages} == {"theodore"}
    assert len({p.unit for p in one.passages}) == 132
    assert {"kermit", "ethel"} <= {p.addressee_id for p in one.passages}
    shouted = [p.text for p in one.passages if p.text.isupper()]
    assert shouted == ['"A. KITGAKI."'], "no heading became his words; this is a quoted name"
    assert not [p.text for p in one.passages if p.text.startswith(("(To ", "DARLING", "BLESSED"))]
    assert one.source.created_edtf == "1898-05-20/1911-12-23"


@pytest.mark.parametrize(
    ("name", "narrator", "fewest"),
    [
        ("own_autobiography_pg3335.txt", "theodore", 1100),
        ("narrator_sister_corinne_my_brother_pg51831.txt", "corinne", 1000),
        ("narrator_friend_thayer_pg2386.txt", "thayer", 650),
    ],
)
def test_the_books(collected: dict[str, Collected], name: str, narrator: str, fewest: int) -> None:
    one = collected[name]
    assert one.source.narrator_id == narrator
    assert len(one.passages) >= fewest
    joined = "\n".join(passage.text for passage in one.passages)
    assert not re.search(r"Project Gutenberg|Gutenberg-tm|\[Illustration", joined)
    units = one.source.details["units"].values()
    assert len([unit for unit in units if re.search(r"\b[IVX]+\b", unit)]) >= 15


def test_the_editor_of_the_letters_is_not_their_author(
    collected: dict[str, Collected],
) -> None:
    passages = collected["letters_to_his_children_pg6467.txt"].passages
    introduction = next(p for p in passages if p.text.startswith("Most of the letters"))
    assert introduction.speaker_id is None
    assert introduction.speaker_name == "Joseph Bucklin Bishop"
    lizards = next(p for p in passages if "funny little lizards" in p.text)
    assert (lizards.speaker_id, lizards.addressee_id) == ("theodore", "ethel")
    assert (lizards.created_edtf, lizards.place) == ("1898-05-20", "Near Santiago")


def test_known_accounts_are_there(collected: dict[str, Collected]) -> None:
    sister = collected["narrator_sister_corinne_my_brother_pg51831.txt"].passages
    assert any("Alice Lee" in " ".join(p.text.split()) for p in sister)
    his = collected["own_autobiography_pg3335.txt"].passages
    assert not any("Alice Lee" in " ".join(p.text.split()) for p in his)
    assert any("Moosehead Lake" in " ".join(p.text.split()) for p in his)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("own_autobiography_pg3335.txt", "I was Colonel Roosevelt's orderly"),
        ("own_autobiography_pg3335.txt", "My official report of the visit to Japan"),
        ("narrator_sister_corinne_my_brother_pg51831.txt", "I enclose a letter for Teedie"),
    ],
)
def test_other_peoples_letters_in_a_book_are_not_its_authors(
    collected: dict[str, Collected], name: str, words: str
) -> None:
    found = [p for p in collected[name].passages if words in " ".join(p.text.split())]
    assert [passage.speaker_id for passage in found] == [None]


def test_the_photos_have_captions(collected: dict[str, Collected]) -> None:
    photos = {name: one for name, one in collected.items() if name.startswith("photos/")}
    assert len(photos) == 27
    assert sum(bool(one.passages) for one in photos.values()) == 26
    assert photos["photos/i_008a.jpg"].source.created_edtf == "1856~"

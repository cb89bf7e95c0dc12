"""Whom a kinship word means, by what sources state and by what is told of the one who died."""

import pytest

from persona.records import Kinship, Person, content_id
from persona.remember.kinship.kin import Kin
from persona.remember.naming import People
from tests.remember.archive import people

ROOSEVELTS = [
    Person(id="theodore", name="Theodore Roosevelt", is_subject=True),
    Person(id="alice_lee", name="Alice Hathaway Lee", relation="first wife"),
    Person(id="edith", name="Edith Kermit Roosevelt", relation="wife", calls_subject=["Theodore"]),
    Person(id="alice", name="Alice Roosevelt", relation="daughter", calls_subject=["Father"]),
    Person(id="kermit", name="Kermit Roosevelt", relation="son", calls_subject=["Father"]),
    Person(id="corinne", name="Corinne Robinson", relation="younger sister"),
    Person(id="bulloch", name="Martha Bulloch", relation="mother"),
    Person(id="monroe", name="Monroe Robinson", relation="nephew"),
]


def link(one: str, relation: str, other: str) -> Kinship:
    return Kinship(
        id=content_id("kin", one, relation, other),
        person_id=one,
        relation=relation,
        other_id=other,
    )


STATED = [
    link("alice_lee", "parent", "alice"),
    link("theodore", "parent", "alice"),
    link("theodore", "parent", "kermit"),
    link("edith", "parent", "kermit"),
    link("bulloch", "parent", "theodore"),
    link("bulloch", "parent", "corinne"),
    link("corinne", "parent", "monroe"),
    link("edith", "spouse", "theodore"),
]


def meant(word: str, listener: str | None, stated: list[Kinship] = STATED) -> set[str]:
    known = People.of(ROOSEVELTS)
    return Kin(known, stated).meant(word, known.by_id[listener] if listener else None)


@pytest.mark.parametrize(
    ("listener", "word", "expected"),
    [
        ("alice", "mother", {"alice_lee"}),
        ("kermit", "mother", {"edith"}),
        ("kermit", "妈妈", {"edith"}),
        ("kermit", "father", {"theodore"}),
        ("kermit", "sister", {"alice"}),
        ("alice", "brother", {"kermit"}),
        ("kermit", "grandmother", {"bulloch"}),
        ("kermit", "奶奶", {"bulloch"}),
        ("kermit", "siblings", {"alice"}),
        ("kermit", "爹爹", {"theodore"}),
        ("edith", "spouse", {"theodore"}),
        ("kermit", "aunt", {"corinne"}),
        ("kermit", "cousin", {"monroe"}),
        ("monroe", "uncle", {"theodore"}),
        ("monroe", "mother", {"corinne"}),
        ("edith", "husband", {"theodore"}),
        ("edith", "son", {"kermit"}),
        ("bulloch", "grandson", {"kermit", "monroe"}),
        (None, "sister", {"corinne"}),
        (None, "children", {"alice", "kermit"}),
        (None, "wife", {"edith"}),
        ("kermit", "neighbour", set()),
        ("kermit", "boat", set()),
    ],
)
def test_stated_kinship_decides(listener: str | None, word: str, expected: set[str]) -> None:
    assert meant(word, listener) == expected


def test_two_wives_and_nothing_stated_is_nobody() -> None:
    assert meant("mother", "alice", []) == set()
    assert meant("wife", None, []) == {"alice_lee", "edith"}


def test_what_is_told_of_the_subject_is_enough_where_it_leaves_one() -> None:
    known = People.of(people())
    assert Kin(known, []).meant("mother", known.by_id["ruth"]) == {"margaret"}
    assert Kin(known, []).meant("uncle", known.by_id["ruth"]) == {"david"}


def test_a_circle_ends() -> None:
    circle = [link("alice", "parent", "kermit"), link("kermit", "parent", "alice")]
    assert meant("mother", "kermit", circle) == {"alice"}
    assert meant("cousin", "kermit", circle) == set()

"""Names, and words for people that belong to a pair."""

import pytest

from persona.records import Person
from persona.remember.naming import People, kin_group, relation_groups, relations_meant
from tests.remember.archive import people

BY_ID = {person.id: person for person in people()}


@pytest.mark.parametrize(
    ("word", "group"),
    [("Mum", "mother"), ("sisters", "sister"), ("妈妈", "mother"), ("boat", None), ("", None)],
)
def test_kin_words(word: str, group: str | None) -> None:
    assert kin_group(word) == group


def test_wider_words() -> None:
    assert relations_meant("children") >= {"son", "daughter"}
    assert relation_groups(BY_ID["david"]) == {"brother"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Henry Lin met Joe.", ["henry", "joe"]),
        ("Henry\nLin left.", ["henry"]),
        ("林亨利走了，亨利走了。", ["henry", "henry"]),
        ("Henrietta and Tomas", []),
        ("Lin", []),
        ("David's boat", ["david"]),
    ],
)
def test_mentions(text: str, found: list[str]) -> None:
    assert [mention.person_id for mention in People.of(people()).mentions(text)] == found


def test_a_shared_given_name_means_nobody() -> None:
    two = [*people(), Person(id="tom2", name="Tom Marsh")]
    assert People.of(two).mentions("Tom came.") == []
    assert [m.person_id for m in People.of(two).mentions("Tom Marsh came.")] == ["tom2"]


@pytest.mark.parametrize(
    ("words", "narrator", "who"),
    [
        ("my mother", "ruth", "margaret"),
        ("妈妈", "ruth", "margaret"),
        ("Uncle David", "tom", "david"),
        ("my uncle", "tom", "david"),
        ("my brother", "ruth", "tom"),
        ("my brother", "david", "henry"),
        ("Dad", "ruth", "henry"),
        ("my mother", "joe", None),
        ("my cousin", "ruth", None),
    ],
)
def test_whom_a_narrator_means(words: str, narrator: str, who: str | None) -> None:
    assert People.of(people()).resolve(words, BY_ID[narrator]) == who


def test_pronouns_follow_the_forms_of_address() -> None:
    he = People.of(people()).pronouns
    assert he.search("Then he left") and he.search("他走了") and not he.search("She left")
    mother = [Person(id="m", name="Mei Lin", is_subject=True)]
    daughter = Person(id="d", name="Ann", relation="daughter", calls_subject=["Mum"])
    she = People.of([*mother, daughter]).pronouns
    assert she.search("She left") and not she.search("he left")
    either = People.of(mother).pronouns
    assert either.search("She left") and either.search("he left")
    assert not he.search("他们走了")

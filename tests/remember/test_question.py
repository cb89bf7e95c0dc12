"""What a question asks for, and what in it only asks."""

import pytest

from persona.records import Kinship, Person
from persona.remember.question import GIVEN_NAME, Unit, units_of
from tests.remember.archive import people


def plain_terms(words: list[str]) -> list[list[str]]:
    return [word.lower().split() for word in words]


def asked(question: str, listener: Person | None = None) -> dict[str, Unit]:
    units = units_of(question, plain_terms, people(), listener)
    return {unit.word: unit for unit in units}


def words_for(unit: Unit) -> set[str]:
    return {" ".join(alternative.terms) for alternative in unit.alternatives}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was your favourite submarine?", {"favourite", "submarine"}),
        ("Do you remember the harbour?", {"harbour"}),
        ("Tell me about it, please.", set()),
        ("Who are you?", set()),
        ("Will you tell me?", set()),
        ("What was in your will?", {"will"}),
        ("Henry, did you sing?", {"sing"}),
        ("Did Henry Lin sing?", {"sing"}),
        ("", set()),
        ("你还记得港口吗？", {"港口"}),
        ("你喜欢吃什么？", {"喜欢", "吃"}),
        ("你是谁？", set()),
        ("潜水艇", {"潜", "水", "艇"}),
    ],
)
def test_what_is_asked_for(question: str, expected: set[str]) -> None:
    assert set(asked(question)) == expected


def test_kin_of_the_one_who_died() -> None:
    assert {"brother", "david", "david lin", "弟弟"} <= words_for(
        asked("And your brother?")["brother"]
    )
    children = words_for(asked("What about your children?")["children"])
    assert {"ruth", "tom"} <= children and "david" not in children


def test_my_mother_is_the_listeners() -> None:
    ruth = next(person for person in people() if person.id == "ruth")
    assert "margaret" in words_for(asked("Where did you meet my mother?", ruth)["mother"])
    assert "margaret" not in words_for(asked("Tell me about your mother.", ruth)["mother"])


def test_the_form_of_address_is_no_content() -> None:
    ruth = next(person for person in people() if person.id == "ruth")
    assert set(asked("Dad, did you sing?", ruth)) == {"sing"}
    assert set(asked("Was your dad strict?", ruth)) == {"dad", "strict"}


def test_other_words_count_a_little_less() -> None:
    boat = asked("Had you a boat?")["boat"]
    strength = {" ".join(a.terms): a.strength for a in boat.alternatives}
    assert strength["boat"] == 1.0
    assert 0 < strength["船"] < 1


def test_forms_that_no_stemming_joins() -> None:
    strength = {" ".join(a.terms): a.strength for a in asked("swim")["swim"].alternatives}
    assert strength["swam"] == strength["swim"] == 1.0


def test_both_spellings() -> None:
    assert "harbor" in words_for(asked("the harbour")["harbour"])
    assert "organized" in words_for(asked("who organised it")["organised"])


def test_one_character_counts_half_of_a_pair() -> None:
    unit = asked("潜水艇")["水"]
    strength = {a.terms: a.strength for a in unit.alternatives}
    assert strength == {("潜水",): 1.0, ("水艇",): 1.0, ("水",): 0.5}


def test_a_full_name_is_one_person() -> None:
    """'Alice Lee' is not any Alice: a given name alone counts little."""
    alices = [
        *people(),
        Person(id="alice_lee", name="Alice Lee", names=["Sunshine"]),
        Person(id="alice", name="Alice Lin", relation="daughter"),
    ]
    (unit,) = units_of("Who was Alice Lee?", plain_terms, alices, None)
    strength = {" ".join(a.terms): a.strength for a in unit.alternatives}
    assert strength == {"alice lee": 1.0, "sunshine": 1.0, "alice": GIVEN_NAME}
    assert set(asked("What did Ruth Lin and David say?")) == {"ruth lin", "david"}


def test_traditional_characters_ask_for_simplified_ones() -> None:
    assert set(asked("你喜歡唱歌嗎？")) == set(asked("你喜欢唱歌吗？")) == {"喜欢", "唱歌"}


def test_my_mother_is_whom_the_family_tree_says() -> None:
    """Two wives: the relation alone does not say whose mother is meant, kinship does."""
    both = [*people(), Person(id="ann", name="Ann Lin", relation="first wife")]
    ruth = next(person for person in both if person.id == "ruth")
    tree = [Kinship(id="k", person_id="ann", relation="parent", other_id="ruth")]
    units = units_of("Where did you meet my mother?", plain_terms, both, ruth, tree)
    words = words_for(next(unit for unit in units if unit.word == "mother"))
    assert "ann" in words and "margaret" not in words

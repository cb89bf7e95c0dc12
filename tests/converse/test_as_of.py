"""Of which time an answer may be: not after the death, not before the birth, as of a year."""

import pytest

from persona.converse.as_of import Stance, asked_as_of, time_of, years_of_life
from persona.errors import ConverseError
from persona.records import Person, SourceKind
from persona.remember.retrieval import Evidence
from tests.converse.evidence import evidence

ARTHUR = Person(
    id="arthur", name="Arthur Penrose", is_subject=True, born="1931-04-02", died="2009-10-17"
)


def letter(year: str | None, text: str = "The bees swarmed.") -> Evidence:
    return evidence(f"{text} {year}", source={"created_edtf": year})


def account(told: str | None = None, happened: str | None = None) -> Evidence:
    return evidence(
        f"He sang to the bees. {told} {happened}",
        narrator="ada",
        kind=SourceKind.INTERVIEW,
        source={"created_edtf": told},
        memory={"event_edtf": happened},
    )


@pytest.mark.parametrize(
    ("words", "stance"),
    [
        ("What did you do in 1987?", Stance.LIVED),
        ("Who won the election in 2020?", Stance.AFTER_DEATH),
        ("What was it like in 1915?", Stance.BEFORE_BIRTH),
        ("What did you do in October 2009?", Stance.LIVED),
        ("2020年你在做什么？", Stance.AFTER_DEATH),
        ("What did you do with the bees?", Stance.LIVED),
    ],
)
def test_a_year_lies_before_in_or_after_the_life(words: str, stance: Stance) -> None:
    assert time_of(words, ARTHUR).stance is stance


@pytest.mark.parametrize(
    ("words", "year"),
    [
        ("What did you do when you were thirty?", 1961),
        ("Where did you live when you were forty-two?", 1973),
        ("Were you happy in your fifties?", 1985),
        ("What did you eat as a child?", 1940),
        ("What did you dream of when you were young?", 1950),
        ("年轻的时候你喜欢做什么？", 1950),
        ("小时候你住在哪里？", 1938),
        ("三十多岁的时候你在哪里？", 1965),
        ("when you were twelve, who taught you?", 1943),
    ],
)
def test_ages_and_stages_count_from_the_birth(words: str, year: int) -> None:
    asked = time_of(words, ARTHUR).asked
    assert asked is not None
    assert asked.first <= year * 12 + 6 <= asked.last
    assert time_of(words, Person(id="x", name="X")).asked is None, "nobody knows when"


def test_thirty_of_something_is_no_age() -> None:
    assert time_of("Were there many when you were thirty of you?", ARTHUR).asked is None


def test_his_own_words_of_after_the_death_are_never_told() -> None:
    found = [letter("2011"), letter("1987"), account("2012")]
    for words in ("What about the bees?", "What did you do in 1987?"):
        kept = time_of(words, ARTHUR).among(found, ARTHUR)
        assert found[0] not in kept
        assert found[2] in kept


def test_of_a_time_after_the_death_only_others_tell_and_only_what_is_of_it() -> None:
    found = [letter("1987"), account("2012", "2010"), account("2012"), account("2012", "1950")]
    kept = time_of("What happened in 2010?", ARTHUR).among(found, ARTHUR)
    assert kept == [found[1]]


def test_what_is_of_the_time_asked_about_comes_first_and_nothing_is_lost() -> None:
    found = [letter("1950"), letter(None), letter("1987")]
    kept = time_of("What about the bees in 1987?", ARTHUR).among(found, ARTHUR)
    assert kept == [found[2], found[1], found[0]]


def test_a_later_letter_may_be_about_then() -> None:
    times = time_of("What about the bees in 1950?", ARTHUR)
    assert times.place(letter("1987")) == 0
    assert times.place(letter("1940")) == -1
    assert times.place(letter("1950-05")) == 1


def test_as_of_a_year_nothing_later_is_told() -> None:
    times = time_of("What about the bees?", ARTHUR, "1985")
    found = [letter("1987"), letter("1985-12"), letter("1960"), account("2012", "1990")]
    found += [account("2012", "1970"), account("2012")]
    kept = times.among(found, ARTHUR)
    assert found[0] not in kept
    assert found[3] not in kept
    assert kept[0] == found[1]
    assert {found[2].memory.id, found[4].memory.id, found[5].memory.id} <= {
        item.memory.id for item in kept
    }


def test_as_of_holds_whatever_year_the_question_names() -> None:
    times = time_of("What did you do in 1987?", ARTHUR, "1985")
    assert times.among([letter("1987")], ARTHUR) == []


@pytest.mark.parametrize("words", ["1985", " 1985 ", "1985-06", "1931", "2009", "198X"])
def test_a_time_of_the_life_can_be_asked_for(words: str) -> None:
    assert asked_as_of(words, ARTHUR) == words.strip()


@pytest.mark.parametrize("words", ["", "  ", None])
def test_no_time_is_any_time(words: str | None) -> None:
    assert asked_as_of(words, ARTHUR) is None


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("yesterday", "say a year, as 1985"),
        ("85", "say a year, as 1985"),
        ("1985-99", "say a year, as 1985"),
        ("'; DROP TABLE turn", "say a year, as 1985"),
        ("2011", "lived from 1931 to 2009"),
        ("1930", "lived from 1931 to 2009"),
    ],
)
def test_what_is_no_time_of_the_life_is_one_sentence(words: str, sentence: str) -> None:
    with pytest.raises(ConverseError, match=sentence):
        asked_as_of(words, ARTHUR)


def test_the_years_of_a_life_may_be_unknown() -> None:
    assert years_of_life(ARTHUR) == (1931, 2009)
    assert years_of_life(Person(id="x", name="X")) == (None, None)
    with pytest.raises(ConverseError, match="lived to 2009"):
        asked_as_of("2011", Person(id="x", name="X", died="2009"))

"""Other words for what is asked: which stand in, which way round, and how far."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.remember import other_words as module
from persona.remember.other_words import MEMBER, NEAR, ONE_HANZI, SAME, hanzi_words, other_words
from persona.remember.question import Terms, Unit, units_of
from persona.remember.readers import Custodian
from tests.remember.archive import Archive, people


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terms]:
    archive = Archive(tmp_path_factory.mktemp("terms"))
    with archive.store, archive.store.reader(Custodian()) as view:
        yield view.terms


def asked(question: str, terms: Terms) -> dict[str, Unit]:
    return {unit.word: unit for unit in units_of(question, terms, people(), None)}


def ways(unit: Unit) -> dict[str, tuple[float, bool]]:
    return {" ".join(one.terms): (one.strength, one.near) for one in unit.alternatives}


@pytest.mark.parametrize(
    ("word", "other", "strength"),
    [
        ("purchased", "bought", SAME),
        ("chickens", "hens", SAME),
        ("storms", "gale", SAME),
        ("pets", "rabbit", MEMBER),
        ("burying", "coffin", NEAR),
        ("buy", "购买", SAME),
        ("buy", "买", SAME * ONE_HANZI),
        ("害怕", "afraid", SAME),
    ],
)
def test_another_word_stands_in_whatever_its_ending(
    word: str, other: str, strength: float, terms: Terms
) -> None:
    assert other_words(word, terms)[other] == pytest.approx(strength)


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("rabbit", "pet"),  # not every pet is a rabbit
        ("coffin", "buried"),
        ("dentist", "doctor"),
        ("sister", "brother"),
        ("summer", "winter"),
        ("film", "photo"),
        ("submarine", "boat"),
    ],
)
def test_what_is_something_else_does_not_stand_in(word: str, other: str, terms: Terms) -> None:
    assert other not in other_words(word, terms)


def test_a_word_is_no_other_word_for_itself(terms: Terms) -> None:
    assert "repair" not in other_words("repair", terms)
    assert other_words("qwertzuiop", terms) == {}
    assert other_words("", terms) == {}


def test_what_tells_of_a_thing_is_marked_and_its_names_are_not(terms: Terms) -> None:
    found = ways(asked("How was the cat buried?", terms)["buried"])
    assert found["buri"] == (1.0, False)
    assert found["funer"] == (SAME, False)
    assert found["coffin"] == (NEAR, True)


def test_one_word_of_a_memory_does_not_answer_twice(terms: Terms) -> None:
    units = asked("What size of shoes did you wear?", terms)
    assert "shoe" in ways(units["shoes"])
    assert "shoe" not in ways(units["wear"])
    assert "coat" in ways(units["wear"])
    lake = asked("Which lake did you swim in?", terms)
    assert "pond" in ways(lake["lake"]) and "pond" not in ways(lake["swim"])


def test_chinese_is_cut_at_the_words_of_the_table(terms: Terms) -> None:
    assert "邻居" in hanzi_words() and all(len(word) > 1 for word in hanzi_words())
    assert "neighbour" in ways(asked("邻居送了什么？", terms)["邻居"])


def test_the_table_is_plain_words_and_each_once() -> None:
    file = Path(module.__file__).with_name("other_words.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    told = {**table["members"], **table["near"]}
    lines = [*table["same"], *told.values(), *told]
    for line in lines:
        words = line.split()
        assert words and line == " ".join(words) == line.lower()
        assert len(set(words)) == len(words), line
    assert not [asks for asks, line in told.items() if asks in line.split()]

"""Of whom a sentence tells: a relative's story is never taken for that of the one who died."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.records import Person
from persona.remember.naming import People, sexes_of
from persona.remember.spoken_of import Of, SpokenOf
from persona.remember.telling import Teller
from tests.remember.archive import people


def mother_died() -> list[Person]:
    """Return a family in which a woman died, told of by her daughter and her sister."""
    return [
        Person(id="agnes", name="Agnes Cole", is_subject=True),
        Person(id="ruth", name="Ruth Cole", relation="daughter", calls_subject=["Mum", "妈妈"]),
        Person(id="beth", name="Beth Cole", relation="sister", calls_subject=["Agnes"]),
    ]


def identity(text: str, narrator: str = "ruth") -> tuple[str, str, str] | None:
    known = People.of(people())
    found = SpokenOf(known).identity(text, known.by_id[narrator])
    return (found.person_id, found.denied, found.plain) if found else None


@pytest.mark.parametrize(
    ("text", "who", "not_him", "plain"),
    [
        (
            "It was my uncle Simon who fell into the canal when he was seven.",
            "?my uncle simon",
            "",
            "my uncle Simon fell into the canal when he was seven.",
        ),
        ("It was my uncle who fell, not him.", "?my uncle", "henry", "my uncle fell"),
        ("It wasn't Dad who fell in, it was my uncle.", "?my uncle", "henry", "my uncle fell in"),
        ("It wasn’t Dad who fell in.", "", "henry", "Dad fell in."),
        ("Not Dad but my uncle fell in.", "?my uncle", "henry", "my uncle fell in."),
        ("My uncle fell in, not Dad.", "?my uncle", "henry", "My uncle fell in"),
        ("That was Uncle David who sold it, not him.", "david", "henry", "Uncle David sold it"),
        ("No, it was my brother Tom who lied.", "tom", "", "my brother Tom lied."),
        ("It was me who lied, not Dad.", "ruth", "henry", "I lied"),
        ("It was Dad who lied, not Tom.", "henry", "tom", "Dad lied"),
        ("掉进河里的是我叔叔，不是爸爸。", "?我叔叔", "henry", "我叔叔掉进河里"),
        ("掉进河里的不是爸爸，是叔叔。", "?叔叔", "henry", "叔叔掉进河里"),
        ("是我叔叔掉进河里的，不是他。", "?我叔叔", "henry", "我叔叔掉进河里"),
        ("不是爸爸，是我叔叔掉进河里的。", "?我叔叔", "henry", "我叔叔掉进河里"),
        ("不是爸爸掉进河里，是我叔叔。", "?我叔叔", "henry", "我叔叔掉进河里"),
        ("我叔叔掉进河里，不是爸爸。", "?我叔叔", "henry", "我叔叔掉进河里"),
    ],
)
def test_who_it_was_and_who_it_was_not(text: str, who: str, not_him: str, plain: str) -> None:
    assert identity(text) == (who, not_him, plain)


@pytest.mark.parametrize(
    "text",
    [
        "It was cold.",
        "It was London that he loved.",
        "It was not until Easter that he came.",
        "It was a man who sold fish.",
        "It was on a Sunday that we left.",
        "My uncle fell in.",
        "He was not my uncle.",
        "他是叔叔的朋友。",
        "那是叔叔的船。",
        "他最喜欢的是妈妈做的面。",
        "他是我爸爸。",
        "",
    ],
)
def test_sentences_that_say_nothing_of_the_kind(text: str) -> None:
    assert identity(text) is None


def test_the_same_word_means_another_person_in_another_mouth() -> None:
    """'My brother' is Henry when his brother says it, and somebody else when his son does."""
    said = "It was my brother who sold the boat, not my uncle."
    assert (identity(said, "david") or ("",))[0] == "henry"
    assert (identity(said, "ruth") or ("",))[0] == "tom"


def test_an_uncle_of_whom_the_archive_knows_nothing_is_not_the_one_it_knows() -> None:
    known = People.of(people())
    ruth = known.by_id["ruth"]
    assert known.resolve("my uncle Simon", ruth) is None
    assert known.resolve("Uncle David", ruth) == "david"
    assert known.resolve("my uncle", ruth) == "david", "a hint for a search may guess"
    assert known.resolve("my uncle", ruth, sure=True) is None, "there may be one on each side"
    assert known.resolve("my mother", ruth, sure=True) == "margaret"


@pytest.mark.parametrize(
    ("text", "narrator", "of"),
    [
        ("Our mother told me that she was born in a cart.", "beth", Of.UNSURE),
        ("My aunt says she ran away at nine.", "ruth", Of.UNSURE),
        ("妈妈告诉我她是在船上出生的。", "beth", Of.UNSURE),
        ("My aunt says she herself ran away at nine.", "ruth", Of.ANOTHER),
        ("My aunt told me: “I ran away at nine.”", "ruth", Of.ANOTHER),
        ("My uncle says he ran away at nine.", "ruth", Of.ANOTHER),
        ("My aunt told me that Agnes ran away.", "ruth", Of.ANYBODY),
        ("My uncle told me that she ran away.", "ruth", Of.ANYBODY),
        ("Mum told me that she ran away.", "ruth", Of.ANYBODY),
        ("My uncle ran away at nine.", "ruth", Of.ANOTHER),
        ("My aunt lost her hat.", "ruth", Of.ANOTHER),
        ("My aunt gave her a hat.", "ruth", Of.ANYBODY),
        ("My uncle lost her hat.", "ruth", Of.ANYBODY),
        ("He walked to school.", "ruth", Of.ANOTHER),
        ("He walked to school with her.", "ruth", Of.ANYBODY),
        ("She walked to school.", "ruth", Of.ANYBODY),
        ("It rained all day.", "ruth", Of.ANYBODY),
    ],
)
def test_of_whom_a_sentence_about_a_woman_tells(text: str, narrator: str, of: Of) -> None:
    known = People.of(mother_died())
    teller, claim = Teller(known).claim(text) or ("", None)
    assert SpokenOf(known).tells_of(text, claim, teller, known.by_id[narrator]) is of


def test_chinese_kinship_words_name_somebody_else_too() -> None:
    known = People.of(people())
    ruth = known.by_id["ruth"]
    assert known.names_another("我叔叔掉进河里了。", ruth)
    assert not known.names_another("爸爸掉进河里了。", ruth), "her word for him"
    assert not known.names_another("叔叔的船很大。", ruth), "only whose it is"
    assert not known.names_another("她是个好姑娘。", People.of(mother_died()).by_id["ruth"])


def test_what_a_word_says_of_man_or_woman() -> None:
    assert sexes_of("my uncle Simon") == {True}
    assert sexes_of("我妈妈") == {False}
    assert sexes_of("my cousin") == {True, False}
    assert sexes_of("Beth", mother_died()[2]) == {False}


@given(
    st.text(alphabet="It was my uncle who fell,not him.是我叔叔掉河的，不爸他。 “:", max_size=120)
)
def test_no_sentence_is_too_odd(text: str) -> None:
    known = People.of(people())
    spoken, ruth = SpokenOf(known), known.by_id["ruth"]
    found = spoken.identity(text, ruth)
    assert found is None or found.person_id != found.denied
    teller, claim = Teller(known).claim(text) or ("", None)
    assert spoken.tells_of(text, claim, teller, ruth) in set(Of)

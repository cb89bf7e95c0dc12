"""What stands apart, and what is cut around a decision."""

import pytest

from persona.records import Review, SourceKind
from persona.remember.extraction import Extractor
from persona.remember.runs import Told, free_of
from persona.remember.sentences import split_sentences
from tests.remember.archive import make_passage, make_source, people
from tests.remember.test_extraction import statements, told


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Uncle Simon fell into the canal when he was seven.", []),
        ("Uncle David broke the church window.", ["david"]),
        ("My mother told me that Uncle David broke the church window.", ["david"]),
        ("西蒙叔叔掉进了学校后面的河里。", []),
    ],
)
def test_what_happened_to_an_uncle_is_his_and_waits_for_a_person(
    text: str, about: list[str]
) -> None:
    """Others may tell the same of the one who died; which of them it was, nobody here decides."""
    before, another = told(f"Dad laughed about it. {text} He was wet.", kind=SourceKind.INTERVIEW)
    assert (before.memory.subject_ids, another.memory.quote) == (["henry"], text)
    assert (another.memory.subject_ids, another.memory.review) == (about, Review.UNREVIEWED)
    assert another.waits


@pytest.mark.parametrize(
    "text",
    [
        "My uncle was a banker all his life.",
        "My uncle loved cheese with his tea.",
        "Uncle David always sang in the bath.",
        "Uncle David came along.",
        "我叔叔喜欢喝茶看报。",
        "我叔叔是镇上的医生。",
    ],
)
def test_what_an_uncle_was_or_liked_is_no_story_of_the_one_who_died(text: str) -> None:
    assert told(text, kind=SourceKind.INTERVIEW) == []


def test_an_uncle_in_a_letter_is_kept_only_beside_the_one_who_died() -> None:
    text = "Uncle Simon fell into the canal behind the mill."
    assert statements(text, kind=SourceKind.LETTER) == []
    assert statements(f"Dad was cross. {text}", kind=SourceKind.LETTER) == ["Dad was cross.", text]
    assert statements(f"Dad was cross. {text}", kind=SourceKind.BOOK) == ["Dad was cross."]


def test_a_stretch_that_is_taken_is_left_out_and_parts_what_stands_around_it() -> None:
    source = make_source("A letter")
    passage = make_passage(source, "Dad sang in the bath. Dad cooked soup. Dad laughed at us.")
    middle = split_sentences(passage.text)[1]
    taken = {passage.id: [(middle.start, middle.end)]}
    found = Extractor(people()).extract([passage], source, taken)
    assert [one.memory.quote for one in found] == ["Dad sang in the bath.", "Dad laughed at us."]
    assert free_of([Told(middle)], [(middle.end, middle.end + 5)]) == [Told(middle)]
    assert free_of([Told(middle)], [(middle.end - 1, middle.end)]) == []

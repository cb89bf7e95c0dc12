"""What is tested of a closed text: only words that stand in no open one, with fair alternates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.train.measuring.exposure import LEAST_ALTERNATES
from persona.train.measuring.exposure_blanks import (
    ALTERNATES,
    BLANKS_OF_A_GROUP,
    OpenWords,
    _reference,
    blanks_in,
    chosen,
)

OPEN = OpenWords(
    ["We lived in Cork with Margaret until 1954, and on 3 March it snowed. 我们住在大连。"]
)
LETTER = "She told me that the child was born in Whitby, and that Dorothea kept it until 1931."


def found(text: str, seed: int = 0) -> dict[str, str]:
    blanks = blanks_in("psg_1", text, OPEN.hold, OPEN.hold, seed)
    return {blank.fill.strip(): blank.kind for blank in blanks}


def test_names_places_and_numbers_are_found() -> None:
    assert found(LETTER) == {"Whitby": "place", "Dorothea": "name", "1931": "number"}


def test_what_stands_in_an_open_text_is_no_secret() -> None:
    assert found("He always said that he met Margaret in Cork, and it was 1954 by then.") == {}
    assert found("It was a cold day, and it was on 3 March that he came to the door.") == {}
    assert found("We all remember well, it was on 4 March that he came to the door.") == {
        "4 March": "date"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他从来没有告诉过任何人，那一年他在温州有一个孩子。", {"温州": "place"}),
        ("我一直不想说这件事情，他后来住在大连很多年。", {}),
        ("这些钱他都藏在床下面，一共是三十七块，谁也不知道。", {"三十七": "number"}),
        ("他的生日不是那一天，真正的生日是11月23日，只有我知道。", {"11月23日": "date"}),
        ("我把这个秘密告诉你一个人，孩子的母亲叫淑贞，在邮局上班。", {"淑贞": "name"}),
    ],
)
def test_chinese(text: str, expected: dict[str, str]) -> None:
    assert found(text).items() >= expected.items()
    assert "大连" not in found(text)


def test_alternates_are_of_the_same_form_and_never_the_secret() -> None:
    for blank in blanks_in("psg_1", LETTER, OPEN.hold, OPEN.hold, 0):
        assert LEAST_ALTERNATES <= len(blank.alternates) <= ALTERNATES
        assert blank.fill not in blank.alternates
        assert len(set(blank.alternates)) == len(blank.alternates)
        assert {one[0] for one in blank.alternates} == {" "}
        assert not any(OPEN.hold(one) for one in blank.alternates)
        if blank.kind == "number":
            assert {len(one) for one in blank.alternates} == {5}


def test_the_text_before_is_the_text_before() -> None:
    for blank in blanks_in("psg_1", LETTER, OPEN.hold, OPEN.hold, 0):
        assert LETTER.startswith(blank.before + blank.fill)


def test_line_ends_of_paper_make_no_difference() -> None:
    wrapped = LETTER.replace(" born in", "\nborn in").replace(" and that", "\nand that")
    assert blanks_in("p", wrapped, OPEN.hold, OPEN.hold, 0) == blanks_in(
        "p", LETTER, OPEN.hold, OPEN.hold, 0
    )


def test_no_more_than_a_few_of_one_text_and_the_same_each_time() -> None:
    text = "and so on, " + ", ".join(f"we met in {name} once" for name in _reference("places")[:20])
    made = blanks_in("p", text, OPEN.hold, OPEN.hold, 5)
    assert len(made) == BLANKS_OF_A_GROUP
    assert made == blanks_in("p", text, OPEN.hold, OPEN.hold, 5)


def test_many_groups_come_before_many_of_one() -> None:
    text = "He told us all, long after, that it was in {} and not in {} at all."
    first = blanks_in("a", text.format("Whitby", "Bergen"), OPEN.hold, OPEN.hold, 0)
    second = blanks_in("b", text.format("Calais", "Dundee"), OPEN.hold, OPEN.hold, 0)
    assert {blank.group for blank in chosen([*first, *second], 2, 0)} == {"a", "b"}
    twice = chosen(
        [*first, *blanks_in("c", text.format("Whitby", "Bergen"), OPEN.hold, OPEN.hold, 0)], 9, 0
    )
    assert len(twice) == 2, "the same words are asked once"


def test_ids_tell_nothing() -> None:
    for blank in blanks_in("psg_1", LETTER, OPEN.hold, OPEN.hold, 0):
        assert blank.fill.strip().lower() not in blank.id


@given(st.text(max_size=400), st.integers(0, 9))
def test_any_text_is_survived(text: str, seed: int) -> None:
    for blank in blanks_in("p", text, OPEN.hold, OPEN.hold, seed):
        assert blank.before
        assert blank.fill.strip()
        assert not OPEN.hold(blank.fill)

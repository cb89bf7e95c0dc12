"""Own words are chosen and cut, and never rewritten."""

from hypothesis import given
from hypothesis import strategies as st

from persona.train.own_words import (
    count_words,
    estimated_tokens,
    fitting,
    mend_lines,
    own_pieces,
)

PROSE = st.text(alphabet='ab .!?"”\n。，字', max_size=300)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_lines_broken_by_the_paper_are_mended() -> None:
    assert own_pieces("My dear\nboy, come\nhome.", keep_lines=False) == ["My dear boy, come home."]


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert mend_lines("早点\n回来 dear\n孩子") == "早点回来 dear 孩子"


def test_line_ends_of_a_chat_stay() -> None:
    assert own_pieces("one\ntwo", keep_lines=True) == ["one\ntwo"]


def test_quoted_lines_are_left_out() -> None:
    text = "I agree.\n> You wrote this.\n> And this.\nBut not with that."
    assert own_pieces(text, keep_lines=True) == ["I agree.", "But not with that."]


def test_a_long_quotation_is_left_out_and_a_short_one_stays() -> None:
    poem = "and miles to go before I sleep " * 8
    for opening, closing in (('"', '"'), ("“", "”"), ("「", "」")):
        text = f"He said: {opening}{poem.strip()}{closing} How true."
        assert own_pieces(text, keep_lines=False) == ["He said:", "How true."]
    assert own_pieces('Then "come in" said I.', keep_lines=False) == ['Then "come in" said I.']


def test_text_between_two_short_quotations_is_his_own() -> None:
    between = "and then we walked a long way along the river without a word " * 5
    text = f'"Yes," she said, {between}and "No," she said.'
    assert own_pieces(text, keep_lines=False) == [" ".join(text.split())]


def test_pieces_without_a_letter_are_left_out() -> None:
    assert own_pieces(". . . . .", keep_lines=False) == []


@given(PROSE)
def test_every_piece_stands_in_the_passage(text: str) -> None:
    for piece in own_pieces(text, keep_lines=False):
        assert squeezed(piece) in squeezed(text)


@given(PROSE, st.integers(min_value=1, max_value=60))
def test_fitting_loses_nothing_and_cuts_at_sentence_ends(text: str, room: int) -> None:
    parts = list(fitting(text, room, len))
    assert squeezed("".join(parts)) == squeezed(text)
    assert all(part[-1] in '.!?"”。' or "\n" in text for part in parts[:-1])


def test_only_a_single_sentence_may_be_too_long() -> None:
    parts = list(fitting("We ate. A very long sentence indeed. He left.", 12, len))
    assert parts == ["We ate.", "A very long sentence indeed.", "He left."]


def test_a_title_does_not_end_a_part() -> None:
    parts = list(fitting("I met Mr. Blake there. He waved.", 24, len))
    assert parts == ["I met Mr. Blake there.", "He waved."]


def test_chinese_counts_each_character_as_a_word() -> None:
    assert count_words(["早点回来 dear boy", "one"]) == 7


def test_chinese_needs_more_tokens_than_english() -> None:
    assert estimated_tokens("早点回来") > estimated_tokens("come")

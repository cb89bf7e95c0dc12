"""What an answer must speak of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.converse.focus import focus_of


@pytest.mark.parametrize(
    ("question", "content", "expected"),
    [
        (
            "Who repaired the umbrella after your mother died?",
            "repaired umbrella mother",
            "repaired",
        ),
        ("What did the paper lantern weigh?", "paper lantern weigh", "weigh"),
        ("What did the lantern on the shelf weigh?", "lantern shelf weigh", "lantern"),
        ("Which bank kept your savings?", "bank kept savings", "bank"),
        ("What was written on the ring that you dropped?", "written ring dropped", "written"),
        ("What did you buy with your first pay?", "buy pay", "buy"),
        ("How many nights did you sleep on the floor?", "nights sleep floor", "nights"),
        ("What size of shoes did you wear?", "size shoes wear", "size"),
        ("Did you ever break a leg on skis?", "break leg skis", "break"),
        ("Tell me about the bees.", "bees", "bees"),
        ("Whose dog bit the postman?", "dog bit postman", "dog"),
        ("What was your brother's trade?", "brother trade", "brother"),
        ("你最怕什么？", "怕", None),
        ("", "", None),
        ("Why?", "", None),
    ],
)
def test_what_is_asked(question: str, content: str, expected: str | None) -> None:
    assert focus_of(question, content.split()) == expected


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
def test_only_ever_a_word_of_the_question(question: str, content: list[str]) -> None:
    found = focus_of(question, content)
    assert found is None or (found in content and found in question.lower())

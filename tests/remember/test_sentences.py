"""Sentences keep their place, whatever the punctuation."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.remember.sentences import split_sentences


def texts(text: str) -> list[str]:
    return [span.text for span in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He sang. He left.", ["He sang.", "He left."]),
        ("Mr. Lin met Dr. Marsh. They ate.", ["Mr. Lin met Dr. Marsh.", "They ate."]),
        ("T. R. was here. So was J. P. Morgan.", ["T. R. was here.", "So was J. P. Morgan."]),
        ("It cost 3.50 dollars. Cheap!", ["It cost 3.50 dollars.", "Cheap!"]),
        ("He was born on Oct. 27. It rained.", ["He was born on Oct. 27.", "It rained."]),
        ("It was me, not I. You know.", ["It was me, not I.", "You know."]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]),
        ("We live at No. 5 now. Come.", ["We live at No. 5 now.", "Come."]),
        ('"Go!" he cried. "Now."', ['"Go!" he cried.', '"Now."']),
        ("“Why?” I asked him. He smiled.", ["“Why?” I asked him.", "He smiled."]),
        ("Well... maybe. Yes.", ["Well... maybe.", "Yes."]),
        ("One line\nwrapped here. Next.", ["One line\nwrapped here.", "Next."]),
        ("A heading\n\nThe text", ["A heading", "The text"]),
        ("他走了。我们哭了！真的吗？", ["他走了。", "我们哭了！", "真的吗？"]),
        ("他说：“走吧。”我们就走了。", ["他说：“走吧。”", "我们就走了。"]),
        ("He said 你好。Then left.", ["He said 你好。", "Then left."]),
        ("He lived in Washington, D.C. then. Yes.", ["He lived in Washington, D.C. then.", "Yes."]),
        ("went home. was tired", ["went home. was tired"]),
        ("  \n ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@given(st.text(alphabet="aB .!?\n“”\"'。？他我,5Mr", max_size=60))
def test_spans_are_verbatim_in_order_and_complete(text: str) -> None:
    spans = split_sentences(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    kept = "".join("".join(span.text.split()) for span in spans)
    assert kept == "".join(text.split())

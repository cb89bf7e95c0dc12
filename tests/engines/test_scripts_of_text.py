"""Sentences and scripts of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.engines.scripts_of_text import split_runs, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It cost 3.50. We paid.", ["It cost 3.50.", "We paid."]),
        ("In 1962 Dr. J. Hart left St. Ives! Why?", ["In 1962 Dr. J. Hart left St. Ives!", "Why?"]),
        ("“Go home.” She went.", ["“Go home.”", "She went."]),
        ("冬天很冷。你好吗？好！", ["冬天很冷。", "你好吗？", "好！"]),
        ("“回家吧。”她说。", ["“回家吧。”", "她说。"]),
        ("No end\n\nNext line", ["No end", "Next line"]),
        ("Wait... he said", ["Wait...", "he said"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "language", "runs"),
    [
        ("1962年出生", "en", [("1962年出生", "zh")]),
        (
            "She said 慢慢来, dear.",
            "en",
            [("She said ", "other"), ("慢慢来, ", "zh"), ("dear.", "other")],
        ),
        ("42", "zh", [("42", "zh")]),
        ("42", "en", [("42", "other")]),
        ("Étienne naïve", "en", [("Étienne naïve", "other")]),
    ],
)
def test_a_run_ends_where_the_script_changes(
    text: str, language: str, runs: list[tuple[str, str]]
) -> None:
    assert split_runs(text, language=language) == runs


@given(st.text(alphabet="ab1 .,。冬天é\n!", max_size=40))
def test_nothing_is_lost_between_runs_and_sentences(text: str) -> None:
    assert "".join(run.text for run in split_runs(text, language="en")) == text
    kept = "".join("".join(split_sentences(text)).split())
    assert kept == "".join(text.split())

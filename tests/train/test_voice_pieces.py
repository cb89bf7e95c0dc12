"""Cutting what one person says between words, never over somebody else; what seconds allow."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.records import DonorKind, Passage
from persona.train.voices.pieces import MOST_S, cut_pieces
from persona.train.voices.words import (
    Allows,
    Why,
    allows,
    allows_sentence,
    donor_sentence,
    left_out_sentence,
    length_words,
)


def said(who: str | None, start_s: float, end_s: float, text: str, **more: Any) -> Passage:
    return Passage(
        id=f"{who}{start_s}",
        source_id="src",
        position=round(start_s),
        unit="src",
        selector={"type": "FragmentSelector", "value": f"t={start_s},{end_s}"},
        text=text,
        speaker_id=who,
        language="en",
        **more,
    )


def spoken(who: str, start_s: float, text: str, *, word_s: float = 0.5) -> Passage:
    """Return a line with a time for each word."""
    words, at = [], 0
    for number, word in enumerate(text.split()):
        begin = text.index(word, at)
        at = begin + len(word)
        words.append([begin, at, start_s + number * word_s, start_s + (number + 1) * word_s, 0.9])
    return said(who, start_s, start_s + len(words) * word_s, text, words=words)


def test_long_speech_is_cut_at_sentences_between_words() -> None:
    text = "One two three four five six seven eight nine ten eleven twelve. " * 4
    cut = cut_pieces([spoken("henry", 1.0, text.strip())], "henry", 60.0)
    assert len(cut.pieces) == 4
    assert all(piece.text.endswith("twelve.") for piece in cut.pieces)
    assert " ".join(piece.text for piece in cut.pieces) == text.strip()


def test_a_piece_never_reaches_into_what_somebody_else_says() -> None:
    lines = [
        said("henry", 0.0, 4.0, "I went out."),
        said("ruth", 4.05, 5.0, "When?"),
        said("henry", 5.02, 9.0, "In the morning."),
        said(None, 9.0, 10.0, "(somebody)"),
    ]
    first, second = cut_pieces(lines, "henry", 10.0).pieces
    assert (first.start_s, first.end_s) == (0.0, 4.05)
    assert (second.start_s, second.end_s) == (5.0, 9.0)


def test_a_silence_and_another_language_begin_a_new_piece() -> None:
    chinese = said("henry", 6.2, 9.0, "我很高兴。")
    chinese.language = "zh"
    lines = [said("henry", 0, 3, "One."), said("henry", 3.2, 6, "Two."), chinese,
             said("henry", 12, 15, "Three.")]  # fmt: skip
    pieces = cut_pieces(lines, "henry", 20.0).pieces
    assert [one.text for one in pieces] == ["One. Two.", "我很高兴。", "Three."]


def test_lines_without_times_are_named_and_not_cut() -> None:
    whole = [said("henry", 0.0, 300.0, "All of it."), said("ruth", 0.0, 300.0, "All of mine.")]
    cut = cut_pieces(whole, "henry", 300.0)
    assert cut.pieces == () and len(cut.untimed) == 1
    alone = cut_pieces([said("henry", 0.0, 5.0, "A short clip.")], "henry", 5.0)
    assert [one.text for one in alone.pieces] == ["A short clip."]


def test_too_short_is_no_piece_and_others_are_not_his() -> None:
    assert cut_pieces([said("henry", 0, 1, "Yes.")], "henry", 9.0).pieces == ()
    assert cut_pieces([said("ruth", 0, 5, "No, Dad.")], "henry", 9.0).pieces == ()
    assert cut_pieces([], "henry", 0.0).pieces == ()


@given(st.lists(st.tuples(st.sampled_from("hr"), st.floats(0.2, 6.0)), max_size=12))
def test_pieces_are_in_bounds_and_never_overlap_anybody(turns: list[tuple[str, float]]) -> None:
    lines, at = [], 0.0
    for who, seconds in turns:
        text = " ".join(["word"] * max(1, round(seconds * 2)))
        lines.append(spoken("henry" if who == "h" else "ruth", at, text))
        at += len(lines[-1].words) * 0.5
    pieces = cut_pieces(lines, "henry", at).pieces
    hers = [p for p in lines if p.speaker_id == "ruth"]
    for piece in pieces:
        assert 0.0 <= piece.start_s < piece.end_s <= at + 0.01
        assert piece.seconds <= MOST_S + 0.3
        for line in hers:
            start_s, end_s = line.words[0][2], line.words[-1][3]
            assert min(piece.end_s, end_s) - max(piece.start_s, start_s) <= 0.02
    for one, after in itertools.pairwise(pieces):
        assert after.start_s >= one.end_s - 0.3


@pytest.mark.parametrize(
    ("seconds", "wanted"),
    [(0, Allows.NOTHING), (2.9, Allows.NOTHING), (3, Allows.NEAREST), (14.9, Allows.NEAREST),
     (15, Allows.SEARCH), (119, Allows.SEARCH), (120, Allows.TRAIN_CLONE),
     (599, Allows.TRAIN_CLONE), (600, Allows.TRAIN_OWN), (9000, Allows.TRAIN_OWN)],
)  # fmt: skip
def test_what_seconds_allow(seconds: float, wanted: Allows) -> None:
    assert allows(seconds) is wanted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sentence_is_there_in_both_languages(language: str) -> None:
    said_all = [left_out_sentence(why, "Henry", "David", language) for why in Why]
    said_all += [allows_sentence(seconds, "Henry", language) for seconds in (1, 5, 60, 300, 2000)]
    said_all += [donor_sentence(kind, "Henry", "David", language) for kind in DonorKind]
    assert len(set(said_all)) == len(said_all)
    assert not any("{" in one for one in said_all)
    resembles = allows_sentence(20, "Henry", language)
    assert ("not Henry's voice" if language == "en" else "不是Henry的声音") in resembles


def test_lengths_as_people_say_them() -> None:
    assert length_words(80.9) == "1 min 20 s"
    assert length_words(80.9, "zh") == "1分20秒"
    assert length_words(5) == "5 s"

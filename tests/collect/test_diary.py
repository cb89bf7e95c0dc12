"""Diaries: dated entries in many layouts; the year is carried, never guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.dates import valid_edtf
from persona.collect.selectors import locate
from persona.collect.writing.diary import looks_like_diary
from persona.collect.writing.diary_dates import dated, stamps_in, year_in_name
from persona.records import SourceKind
from tests.collect.writings import docx

LAYOUTS = {
    "full dates": (
        "12 March 1943\nRain all day.\n\n13 March 1943\nThe post.\n\n15 March 1943\nNothing.\n",
        ["1943-03-12", "1943-03-13", "1943-03-15"],
    ),
    "year once": (
        "1943\n\nMon. 1st Feb.\nRain.\n\nWed. 3rd Feb.\nThe post came.\n\nThurs. 4th Mar.\nSnow.\n",
        ["1943-02-01", "1943-02-03", "1943-03-04"],
    ),
    "over the new year": (
        "Diary 1943\n\nDecember 30\nCold.\n\nDecember 31\nColder.\n\nJanuary 2\nThaw.\n",
        ["1943-12-30", "1943-12-31", "1944-01-02"],
    ),
    "day and weekday under a month": (
        "March 1943\n\nFri 12th\nRain all day.\n\nSat 13th\nThe post came.\n\nSun 14th\nChurch.\n",
        ["1943-03-12", "1943-03-13", "1943-03-14"],
    ),
    "on the same line": (
        "1943\n\nMarch 12. Rain all day and the boat leaks.\n\nMarch 13. The post came.\n\n"
        "March 15 - Nothing at all.\n",
        ["1943-03-12", "1943-03-13", "1943-03-15"],
    ),
    "markdown": (
        "# Diary of Henry Lin, 1943\n\n## 1943-03-12\n\nRain.\n\n## 1943-03-13\n\nPost.\n\n"
        "## 1943-03-15\n\nNothing.\n",
        ["1943-03-12", "1943-03-13", "1943-03-15"],
    ),
    "numbers that fit in one order": (
        "1943\n\n28/2\nRain.\n\n1/3\nThe post came.\n\n13/3\nNothing.\n",
        ["1943-02-28", "1943-03-01", "1943-03-13"],
    ),
    "weekday alone": (
        "Monday, 1 February 1943\nRain.\n\nTuesday\nThe post came.\n\nThursday 4th\nSnow.\n",
        ["1943-02-01", "1943-02-02?", "1943-02-04"],
    ),
    "chinese": (
        "一九四三年三月十二日 星期五 晴\n今天去了海边。\n\n三月十三日 星期六 雨\n在家。\n\n"
        "十五日 阴\n收到信了。\n",
        ["1943-03-12", "1943-03-13", "1943-03-15"],
    ),
    "chinese on the same line": (
        "1987年\n\n6月3日 晴 今天去了海边。\n\n6月4日，雨。在家。\n\n6月6日　收到信了。\n",
        ["1987-06-03", "1987-06-04", "1987-06-06"],
    ),
    "republican years": (
        "民国三十二年三月十二日\n今天去了海边。\n\n三月十三日\n在家。\n\n三月十五日\n收到信了。\n",
        ["1943-03-12", "1943-03-13", "1943-03-15"],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout: str, folder: Path, collect: Callable[..., Any]) -> None:
    text, dates = LAYOUTS[layout]
    (folder / "book.txt").write_text(text, encoding="utf-8")
    batch = collect('[[files]]\nmatch = "*.txt"\nnarrator = "henry"\n')
    one = batch.done["book.txt"]
    assert one.source.kind is SourceKind.DIARY
    assert [p.created_edtf for p in one.passages] == dates
    assert [p.unit.rsplit("/")[-1] for p in one.passages] == ["entry-1", "entry-2", "entry-3"]
    assert {p.speaker_id for p in one.passages} == {"henry"}
    assert {p.addressee_id for p in one.passages} == {None}
    assert batch.reproduced() == 3
    assert not any("March 1943" in p.text or p.text == "1943" for p in one.passages)


def test_words_of_the_date_are_kept_and_headings_are_no_passages(
    folder: Path, collect: Callable[..., Any]
) -> None:
    text = "1943\n\nMon. 1st Feb. Cold, at Taipei\nRain.\n\nSecond part.\n\n"
    text += "Wed. 3rd Feb.\nPost.\n\n4 Feb.\nSnow.\n"
    (folder / "book.txt").write_text(text)
    one = collect().done["book.txt"]
    assert [p.text for p in one.passages] == ["Rain.", "Second part.", "Post.", "Snow."]
    assert one.passages[0].created_words == "Mon. 1st Feb."
    assert one.source.details["entries"][0]["heading"] == "Mon. 1st Feb. Cold, at Taipei"
    assert one.source.created_edtf == "1943-02-01/1943-02-04"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("henry-lin-diary-1943.txt", ""),
        ("x.txt", "Diary of Henry Lin 1943\n\n"),
        ("林海生日记1943.txt", ""),
        ("Hai-sheng's diary 1943.txt", ""),
    ],
)
def test_whose_and_of_which_year_its_name_says(
    name: str, first: str, folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / name).write_text(first + "March 12\nRain.\n\nMarch 13\nPost.\n\nMarch 15\nSnow.\n")
    name = "henry lin diary 1943.txt" if name.startswith("henry") else name
    one = next(iter(collect().done.values()))
    assert {p.created_edtf[:4] for p in one.passages} == {"1943"}
    if not one.source.file_name.startswith("henry-"):
        assert one.source.narrator_id == "henry"


def test_nobody_is_guessed_and_no_year_is_invented(
    folder: Path, collect: Callable[..., Any]
) -> None:
    text = "March 12\nRain.\n\nMarch 13\nPost.\n\nMarch 15\nSnow.\n"
    (folder / "Lin diary.txt").write_text(text)
    one = collect().done["Lin diary.txt"]
    assert {(p.speaker_id, p.created_edtf) for p in one.passages} == {(None, None)}
    assert one.passages[0].created_words == "March 12"
    assert "3 of 3 entries have no year" in "\n".join(one.warnings)
    assert "Who wrote it is not known" in "\n".join(one.warnings)


def test_numbers_that_could_be_read_in_two_ways_need_a_rule(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "diary 1943.txt").write_text("1/2\nRain.\n\n2/3\nPost.\n\n3/4\nSnow.\n")
    rule = '[[files]]\nmatch = "*.txt"\nnarrator = "henry"\n'
    assert {p.created_edtf for p in collect(rule).done["diary 1943.txt"].passages} == {None}
    dates = [
        p.created_edtf for p in collect(rule + "day_first = true\n").done["diary 1943.txt"].passages
    ]
    assert dates == ["1943-02-01", "1943-03-02", "1943-04-03"]


def test_a_weekday_that_does_not_fit_makes_its_date_uncertain(
    folder: Path, collect: Callable[..., Any]
) -> None:
    text = "1943\n\nFri. March 12\nRain.\n\nMon. March 13\nPost.\n\nMarch 14\nSnow.\n"
    (folder / "d.txt").write_text(text)
    one = collect().done["d.txt"]
    assert [p.created_edtf for p in one.passages] == ["1943-03-12", "1943-03-13?", "1943-03-14"]
    assert "do not fit their weekday" in "\n".join(one.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "Dec. 8, 1900\n\nDear Ruth,\n\nA.\n\nDad\n\nDec. 9, 1900\n\nDear Ruth,\n\nMore.\n\nDad\n\n"
        "Dec. 10, 1900\n\nDear Ruth,\n\nMore.\n\nDad\n",
        "It was\n12 March 1943 when he left, and we\n13 March 1943 saw him\n14 March 1943 again.\n",
        "15 March 1943\nA.\n\n12 March 1943\nB.\n\n3 March 1942\nC.\n\n1 January 1940\nD.\n",
        "12/03/2019, 10:00 - Ruth: Hello\n12/03/2019, 10:01 - Dad: Yes\n"
        "13/03/2019, 10:02 - Ruth: Good\n",
        "He left in 1943.\n\nHe came back in 1945.\n\nHe died in 1950.\n",
        "March 12 was cold.\n\nMarch 13 was colder.\n\nMarch 14 we were glad.\n",
    ],
)
def test_what_is_no_diary(text: str) -> None:
    assert not looks_like_diary(text, "x.txt")


def test_a_diary_in_a_document_and_by_rule(folder: Path, collect: Callable[..., Any]) -> None:
    lines = ["12 March 1943", "Rain.", "13 March 1943", "Post.", "15 March 1943", "Snow."]
    (folder / "a.docx").write_bytes(data := docx(lines))
    (folder / "b.txt").write_text("No dates here, only a thought.\n")
    batch = collect('[[files]]\nmatch = "b.txt"\nkind = "diary"\n')
    one = batch.done["a.docx"]
    assert (one.source.kind, len(one.passages)) == (SourceKind.DIARY, 3)
    assert all(locate(data, p.selector) == p.text for p in one.passages)
    assert batch.done["b.txt"].source.kind is SourceKind.DIARY
    assert [p.text for p in batch.done["b.txt"].passages] == ["No dates here, only a thought."]


def test_year_in_name() -> None:
    assert year_in_name("diary-1943.txt") == 1943
    assert year_in_name("diary 1943-44.txt") == 1943
    assert year_in_name("1943 or 1944.txt") is None
    assert year_in_name("scan19430312.txt") is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="12 3/.:\nMarchonFri年月日三十, ", max_size=200))
def test_any_text_gives_headings_in_order_and_valid_dates(text: str) -> None:
    stamps = stamps_in(text)
    for stamp in stamps:
        assert 0 <= stamp.start <= stamp.body <= len(text)
    assert [one.start for one in stamps] == sorted({one.start for one in stamps})
    for _, edtf in dated(stamps, year=1943, day_first=None):
        assert edtf is None or valid_edtf(edtf)

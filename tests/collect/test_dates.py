"""Dates in words become EDTF, or nothing: never a guess."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.collect.dates import find_date, to_edtf, valid_edtf
from persona.collect.writing.feasts import easter


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("June 21, 1904", "1904-06-21"),
        ("21 June 1904", "1904-06-21"),
        ("the 21st of June", None),
        ("Sunday, June 21st, 1904.", "1904-06-21"),
        ("Dec. 8, 1900", "1900-12-08"),
        ("Sept. 1900", "1900-09"),
        ("summer 1962", "1962-22"),
        ("the winter of 1962", "1962-24"),
        ("about 1987", "1987~"),
        ("c.1856", "1856~"),
        ("probably 1987", "1987?"),
        ("1987年6月3日", "1987-06-03"),
        ("一九八七年十二月二十三日", "1987-12-23"),
        ("二〇〇三年十月", "2003-10"),
        ("1987年夏天", "1987-22"),
        ("1987年左右", "1987~"),
        ("1980年代", "198X"),
        ("1904-06-21", "1904-06-21"),
        ("1987~", "1987~"),
        ("1950s", "195X"),
        ("early 1950s", "1950~/1953~"),
        ("the late 1950s", "1957~/1959~"),
        ("between 1939 and 1945", "[1939..1945]"),
        ("from June 1939 to May 1945", "1939-06/1945-05"),
        ("1939-1945", "1939/1945"),
        ("before 1950", "[..1950]"),
        ("Christmas 1962", "1962-12-25"),
        ("February 30, 1904", None),
        ("May 6th, '98", None),
        ("last Tuesday", None),
        ("", None),
    ],
)
def test_words_become_edtf(words: str, edtf: str | None) -> None:
    assert to_edtf(words) == edtf


def test_an_ambiguous_order_is_not_guessed() -> None:
    assert to_edtf("6/7/1904") is None
    assert to_edtf("6/7/1904", day_first=True) == "1904-07-06"
    assert to_edtf("6/7/1904", day_first=False) == "1904-06-07"
    assert to_edtf("21/6/1904") == to_edtf("6/21/1904") == "1904-06-21"
    assert to_edtf("6.7.1904") == "1904-07-06"


def test_a_date_is_found_in_a_line_with_its_place() -> None:
    found = find_date("Oyster Bay, Dec. 8, 1900.")
    assert found is not None
    assert (found.words, found.edtf) == ("Dec. 8, 1900", "1900-12-08")
    assert "Oyster Bay, Dec. 8, 1900."[found.start : found.end] == found.words
    assert find_date("We had 1904 sheep.") is None


@pytest.mark.parametrize(
    "text",
    "1987 1987-06 1987-06-03 1987~ 1987-06? 199X 19XX 1987-06-XX 1962-22 1939/1945 ../1985 "
    "1985/.. [1939..1945] [..1950] 1950~/1953~ 2019-01-30T20:49:00 1904-02-29".split(),
)
def test_valid_edtf(text: str) -> None:
    assert valid_edtf(text)


@pytest.mark.parametrize(
    "text",
    "banana 1904-02-30 1903-02-29 1904-13 1945/1939 / .. ../.. 87 1987-6-3 1962-22-01 "
    "2019-01-30T25:00:00 [1939] 1987~~".split(),
)
def test_invalid_edtf(text: str) -> None:
    assert not valid_edtf(text)


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_in_every_order(day: date) -> None:
    month = day.strftime("%B")
    for words in (
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day}.{day.month}.{day.year}",
    ):
        assert to_edtf(words) == day.isoformat()


@given(st.text(max_size=40))
def test_any_words_give_valid_edtf_or_nothing(words: str) -> None:
    edtf = to_edtf(words)
    assert edtf is None or valid_edtf(edtf)


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("Easter 1953", "1953-04-05~"),
        ("Easter Sunday, 1953", "1953-04-05"),
        ("Good Friday 1953", "1953-04-03"),
        ("Michaelmas 1913", "1913-09-29~"),
        ("Michaelmas Term 1913", "1913-10/1913-12"),
        ("New Year’s Eve 1999", "1999-12-31"),
        ("Thanksgiving 1953", None),
        ("12/III/1943", "1943-03-12"),
        ("12-Mar-1943", "1943-03-12"),
        ("Sept. 3d, 1898", "1898-09-03"),
        ("the 12th of March, 1943", "1943-03-12"),
        ("3-5 May 1943", "1943-05-03/1943-05-05"),
        ("民国三十二年三月十二日", "1943-03-12"),
        ("民國元年", "1912"),
        ("昭和十八年五月", "1943-05"),
        ("一九八七年元月廿三日", "1987-01-23"),
        ("１９８７年６月３日", "1987-06-03"),
        ("1987 年 6 月 3 號", "1987-06-03"),
        ("1987年农历八月十五", "1987"),
        ("1987年正月初一", "1987"),
        ("1987年腊月初八", "[1987..1988]"),
        ("1987年春节", "1987"),
        ("1987年除夕", "[1987..1988]"),
        ("1987年国庆节", "1987-10-01"),
        ("光绪二十三年三月", "1897~"),
        ("癸未年三月", None),
        ("1987年二月三十日", None),
        ("八七年六月三日", None),
        ("1" * 500, None),
    ],
)
def test_dates_of_letters_in_two_languages(words: str, edtf: str | None) -> None:
    assert to_edtf(words) == edtf


@pytest.mark.parametrize(
    ("year", "day"),
    [(1583, "04-10"), (1818, "03-22"), (1943, "04-25"), (2000, "04-23"), (2038, "04-25")],
)
def test_easter(year: int, day: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{day}")


@given(st.integers(1, 99), st.integers(1, 12), st.integers(1, 28))
def test_numerals_are_read_back(year: int, month: int, day: int) -> None:
    words = f"民国{han(year)}年{han(month)}月{han(day)}日"
    assert to_edtf(words) == f"{1911 + year}-{month:02d}-{day:02d}"


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    signs = "〇一二三四五六七八九"
    if not tens:
        return signs[ones]
    return (signs[tens] if tens > 1 else "") + "十" + (signs[ones] if ones else "")

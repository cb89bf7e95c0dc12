import pytest

from persona.converse.dates import date_clause, spoken_date


@pytest.mark.parametrize(
    ("edtf", "english", "chinese"),
    [
        ("1987-05-12", "12 May 1987", "1987年5月12日"),
        ("1987-05", "May 1987", "1987年5月"),
        ("1987", "1987", "1987年"),
        ("1987~", "about 1987", "约1987年"),
        ("1987-13-01", "", ""),
        ("198X", "", ""),
        ("1939/1945", "", ""),
        (None, "", ""),
        ("", "", ""),
    ],
)
def test_spoken_date(edtf: str | None, english: str, chinese: str) -> None:
    assert spoken_date(edtf, "en") == english
    assert spoken_date(edtf, "zh") == chinese


def test_a_day_is_on_and_a_year_is_in() -> None:
    assert date_clause("1987-05-12", "en") == " on 12 May 1987"
    assert date_clause("1987", "en") == " in 1987"
    assert date_clause("2012~", "en") == " about 2012"
    assert date_clause("198X", "en") == ""
    assert date_clause("1987-05-12", "zh") == "1987年5月12日"

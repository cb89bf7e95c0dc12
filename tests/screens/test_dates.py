import pytest

from persona.screens.dates import clock, date_words


@pytest.mark.parametrize(
    ("edtf", "english", "chinese"),
    [
        ("1987-05-12", "12 May 1987", "1987年5月12日"),
        ("1987-05", "May 1987", "1987年5月"),
        ("1987", "1987", "1987年"),
        ("1987~", "about 1987", "约1987年"),
        ("199X", "the 1990s", "1990年代"),
        ("1962-22", "summer 1962", "1962年夏天"),
        ("1960/1964", "1960 – 1964", "1960年 – 1964年"),
        ("2024-02-03T10:00", "3 February 2024", "2024年2月3日"),
    ],
)
def test_dates_in_words(edtf, english, chinese):
    assert date_words(edtf, "", "en") == english
    assert date_words(edtf, "", "zh") == chinese


def test_words_of_the_material_stand_in_for_what_has_no_plain_form():
    assert date_words(None, "when the ice broke", "en") == "when the ice broke"
    assert date_words("1987-13", "the thirteenth month", "en") == "the thirteenth month"
    assert date_words("Y170000002", "", "en") == "Y170000002"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (31.9, "0:31"), (75, "1:15"), (3725, "1:02:05")]
)
def test_clock(seconds, shown):
    assert clock(seconds) == shown

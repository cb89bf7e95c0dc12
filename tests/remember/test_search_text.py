"""Text as the index holds it, and the language it is in."""

import pytest

from persona.records import Person
from persona.remember.full_text import spoken_date
from persona.remember.language import language_of
from persona.remember.readers import Custodian
from persona.remember.search_text import bigrams, for_index, hanzi_share


def test_hanzi_are_written_out() -> None:
    assert for_index("天气好 ok").split() == ["天", "气", "好", "天气", "气好", "ok"]
    assert for_index("plain words") == "plain words"
    assert bigrams("好") == []


def test_share_of_hanzi() -> None:
    assert hanzi_share("天气 ok") == 0.5
    assert hanzi_share("123") == 0.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("He sang at the harbour.", "en"),
        ("爸爸喜欢唱歌", "zh"),
        ("我们去 New York 玩了一天", "zh"),
        ("おとうさん", "ja"),
        ("아버지", "ko"),
        ("123 …", ""),
    ],
)
def test_language_by_script(text: str, language: str) -> None:
    assert language_of(text, []) == language


def test_language_by_who_speaks_what() -> None:
    german = [Person(id="a", name="A", languages=["de", "zh"])]
    assert language_of("Er sang am Hafen.", german) == "de"
    both = [*german, Person(id="b", name="B", languages=["en"])]
    assert language_of("Er sang jeden Morgen laut am Hafen und lachte.", both) == "de"
    assert language_of("He sang loudly at the harbour every morning.", both) == "en"


@pytest.mark.parametrize(
    ("edtf", "spoken"),
    [
        ("1903-05-20", "1903 May 20"),
        ("1903-05", "1903 May"),
        ("1962-22", "1962"),
        ("1950~", "1950"),
        ("195X", "195X"),
        ("1903-05-20/1903-06", "1903 May 20"),
        (None, ""),
    ],
)
def test_dates_as_people_ask_for_them(edtf: str | None, spoken: str) -> None:
    assert spoken_date(edtf).split() == spoken.split()


def test_the_index_stems_and_folds(archive) -> None:
    archive.tell("A tape", "The ferries were crossing to the café 天气好", created_edtf="1962-05")
    with archive.store.reader(Custodian()) as view:
        assert view.terms(["ferry", "Crossed", "cafe"]) == [["ferri"], ["cross"], ["cafe"]]
        for term in ("ferri", "cross", "cafe", "天气", "气"):
            (found,) = view.postings(term)
            assert found.in_text == 1
        for term in ("1962", "mai", "ruth", "tape"):
            (found,) = view.postings(term)
            assert (found.in_text, found.in_context) == (0, 1)
        assert view.postings("hidden") == []
        assert view.terms([]) == [] and view.terms(["..."]) == [[]]

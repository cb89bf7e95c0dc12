import pytest

from persona.records import Passage
from persona.remember.readers import Relative
from persona.remember.store import Store
from persona.screens.labels import person_name, said_between, short_name, source_title


def spoken(words, value="t=20,40"):
    return Passage(
        id="p", source_id="s", position=0, unit="u", text="He built a kite",
        selector={"type": "FragmentSelector", "value": value}, words=words,
    )  # fmt: skip


WORDS = [[0, 2, 20.0, 20.5, 1], [3, 8, 20.5, 21.5, 1], [9, 10, 21.5, 22, 1], [11, 15, 22, 23, 1]]


def test_quoted_words_are_found_in_the_recording():
    assert said_between(spoken(WORDS), 3, 10) == (20.5, 22)
    assert said_between(spoken(WORDS), 11, 15) == (22, 23)


def test_the_whole_passage_when_no_word_has_a_time():
    assert said_between(spoken([]), 3, 10) == (20, 40)


def test_a_letter_has_no_second():
    assert said_between(spoken([], value=""), 0, 1) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Henry Lin", "Henry"),
        ("Mei", "Mei"),
        ("林海", "林海"),
        ("Dr. Anna Maria de Souza", "Dr. Anna Maria de Souza"),
    ],
)
def test_short_names(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("kept_as", "title"),
    [
        ("letters-1987", "Letter to Ruth Lin, 12 May 1987"),
        ("Interview with Margaret", "Interview with Margaret Lin, 0:00"),
        ("Answering machine", "Answering machine, 0:00"),
        ("Henry at the harbour, portrait", "Henry at the harbour, portrait"),
    ],
)
def test_titles_say_what_where_and_when(family, kept_as, title):
    with Store.open(family) as store, store.reader(Relative("ruth")) as view:
        source = next(one for one in view.sources() if one.title == kept_as)
        passage = view.passages(source_id=source.id)[0]
        assert source_title(view, source, passage) == title


def test_nobody_has_no_name(family):
    with Store.open(family) as store, store.reader(Relative("ruth")) as view:
        assert person_name(view, None) == ""
        assert person_name(view, "no-such-person") == ""
        assert "Quiet" not in person_name(view, "quiet")

"""Enough to answer with, or not: over what this reader may use."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from persona.converse.enough import STRIKING, Weighed, Weighing, agree, terms_in
from persona.converse.topic import Asked, Thread
from persona.remember.readers import Relative
from persona.remember.retrieval import Evidence, Retriever
from persona.remember.store import Store
from persona.remember.view import View
from persona.workspace import Workspace
from tests.converse.evidence import evidence

Judge = Callable[[str], list[Evidence]]


@pytest.fixture
def view(store: Store) -> Iterator[View]:
    with store.reader(Relative("nell")) as opened:
        yield opened


@pytest.fixture
def enough(view: View, workspace: Workspace) -> Judge:
    def judge(question: str) -> list[Evidence]:
        found = Retriever(view, index=None, embedder=None).search(question, limit=12)
        person = next(one for one in view.people() if one.id == "nell")
        asked = Thread().asked(question, view.terms, view.people(), person)
        weighing = Weighing.of(asked, found, view)
        return [item for item in found if weighing.enough(item)]

    return judge


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Who was stung when the bees swarmed?", "vicar"),
        ("Did you paint the boat again?", "green again"),
        ("Why did you leave the lighthouse?", "fog"),
        ("Did you sing to the bees?", "sing to the bees"),
    ],
)
def test_what_is_there_is_enough(enough: Judge, question: str, part: str) -> None:
    assert part in " ".join(item.citation.exact for item in enough(question))


@pytest.mark.parametrize(
    "question",
    [
        "What was the name of your submarine?",
        "How much did the boat cost?",
        "What was your favourite colour?",
        "Which dentist lived at the lighthouse?",
        "When did you marry?",
        "What did you sell in Harbour Street?",
        "the",
        "???",
    ],
)
def test_what_is_not_there_is_not(enough: Judge, question: str) -> None:
    assert enough(question) == []


def test_a_stricter_setting_asks_for_more(view: View) -> None:
    question = "Who was stung when the bees swarmed in the garden?"
    found = Retriever(view, index=None, embedder=None).search(question, limit=12)
    weighing = Weighing.of(Thread().asked(question, view.terms, view.people(), None), found, view)
    usual = [item for item in found if weighing.enough(item, 0.5)]
    strict = [item for item in found if weighing.enough(item, 0.95)]
    assert len(strict) < len(usual)


def test_words_and_meaning_agree_only_at_the_top_of_both() -> None:
    assert agree(evidence("x", ranks=(1, 8)))
    assert not agree(evidence("x", ranks=(1, 9)))
    assert not agree(evidence("x", ranks=(4, 1)))
    assert not agree(evidence("x", ranks=(1, None)))
    assert not agree(evidence("x", ranks=(None, 1)))


def test_chinese_is_cut_as_the_index_cuts_it(view: View, tmp_path: Path) -> None:
    [terms] = terms_in(["灯塔的Lights"], view.terms)
    assert {"灯塔", "灯", "塔", "light"} <= terms


def judged(
    weighed: Weighed, count: int, *, asked: int, held: int, ranks: tuple[int, int | None] = (1, 2)
) -> bool:
    """Say whether one memory is enough, in an archive of ``count``."""
    item = replace(evidence("x", ranks=ranks, coverage=0.6), asked=asked, held=held)
    return Weighing(Asked("?", "?"), {item.memory.id: weighed}, count, by_meaning=True).enough(item)


MOST_OF_IT = Weighed(0.65, 1.2, 2, 0.35, kind=True)


def test_what_is_asked_must_be_spoken_of() -> None:
    beside_the_point = replace(MOST_OF_IT, focus=False)
    assert judged(MOST_OF_IT, 50, asked=3, held=2)
    assert not judged(beside_the_point, 50, asked=3, held=2)
    assert not judged(beside_the_point, 50, asked=4, held=3)


def test_the_nearest_of_thousands_says_more_than_the_nearest_of_fifty() -> None:
    beside_the_point = replace(MOST_OF_IT, focus=False)
    assert judged(beside_the_point, 2 * STRIKING, asked=3, held=2)
    assert not judged(beside_the_point, 2 * STRIKING - 1, asked=3, held=2)
    assert not judged(beside_the_point, 2 * STRIKING, asked=3, held=2, ranks=(1, None))


def test_one_of_two_things_is_not_enough_however_near() -> None:
    assert not judged(MOST_OF_IT, 50, asked=2, held=1)
    assert judged(replace(MOST_OF_IT, missing=0.0), 50, asked=2, held=2)


def test_a_thing_and_one_of_its_kind_are_not_two_things() -> None:
    """ "Your mum" and "money": what was won is pence, and it is a mother who framed it."""
    weighed = Weighed(0.45, 1.0, 2, 0.0, kind=True, other=True)
    assert judged(weighed, 50, asked=2, held=2)
    assert not judged(replace(weighed, by_near=1), 50, asked=2, held=2)
    assert judged(replace(weighed, by_near=1), 50, asked=3, held=3)


def test_one_other_word_far_from_the_meaning_is_chance() -> None:
    paid = Weighed(0.85, 0.5, 1, 0.0, kind=True, other=True)
    assert judged(paid, 50, asked=1, held=1, ranks=(1, 1))
    assert not judged(paid, 50, asked=1, held=1, ranks=(1, 30))


def test_other_words_that_mean_something_else_here_are_chance() -> None:
    other = Weighed(0.9, 0.4, 2, 0.0, kind=True, other=True)
    assert judged(other, 5000, asked=2, held=2, ranks=(1, 40))
    assert not judged(other, 5000, asked=2, held=2, ranks=(1, None))
    assert judged(replace(other, other=False), 5000, asked=2, held=2, ranks=(1, None))


def test_one_of_a_kind_counts_where_meaning_speaks_for_it(view: View) -> None:
    question = "Which insects stung the vicar?"
    asked = Thread().asked(question, view.terms, view.people(), None)
    found = Retriever(view, index=None, embedder=None).search(question, limit=12)
    by_words = Weighing.of(asked, found, view)
    assert not [item for item in found if by_words.enough(item)]
    found = [replace(item, dense_rank=place) for place, item in enumerate(found, start=1)]
    by_both = Weighing.of(asked, found, view)
    told = [item.citation.exact for item in found if by_both.enough(item)]
    assert told and all("vicar" in text for text in told)

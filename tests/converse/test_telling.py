"""Memories side by side in one passage are told in one piece."""

from dataclasses import replace

from persona.converse.telling import join_neighbours
from persona.remember.retrieval import Evidence
from tests.converse.evidence import evidence

TEXT = "The bees swarmed. He took a bucket. The vicar was stung. Nobody laughed at all."
PIECES = [
    "The bees swarmed.",
    "He took a bucket.",
    "The vicar was stung.",
    "Nobody laughed at all.",
]


def piece(number: int, coverage: float = 0.9) -> Evidence:
    return replace(evidence(TEXT, exact=PIECES[number]), coverage=coverage)


def told(anchors: list[Evidence], found: list[Evidence]) -> list[str]:
    return [telling.exact for telling in join_neighbours(anchors, found)]


def test_what_follows_is_told_along_and_not_again() -> None:
    first, second, third = piece(0), piece(1, 0.5), piece(2, 0.5)
    tellings = join_neighbours([first, second], [first, second, third])
    assert [telling.exact for telling in tellings] == [" ".join(PIECES[:3])]
    assert [part.memory.id for part in tellings[0].parts] == [
        first.memory.id,
        second.memory.id,
        third.memory.id,
    ]
    assert tellings[0].lead.memory.id == first.memory.id


def test_a_gap_ends_it_and_so_does_what_was_not_found() -> None:
    assert told([piece(0)], [piece(0), piece(2)]) == [PIECES[0]]


def test_what_has_little_to_do_with_the_question_is_left() -> None:
    assert told([piece(2)], [piece(2), piece(3, 0.1)]) == [PIECES[2]]


def test_before_the_answer_stands_only_what_answers_as_well() -> None:
    assert told([piece(2)], [piece(1, 0.4), piece(2)]) == [PIECES[2]]
    assert told([piece(2)], [piece(1, 0.85), piece(2)]) == [" ".join(PIECES[1:3])]


def test_half_a_thought_gets_its_beginning() -> None:
    assert told([piece(1)], [piece(0, 0.3), piece(1)]) == [" ".join(PIECES[:2])]

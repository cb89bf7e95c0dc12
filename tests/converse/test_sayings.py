"""What he used to say: the same short sentence in several letters, and nothing that claims."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from persona.converse.answer import AnswerSentence
from persona.converse.listener import make_listener
from persona.converse.sayings import AT_MOST, LEAST_UNITS, find_sayings
from persona.records import MemoryKind, Standing
from persona.remember.readers import Custodian, Relative
from tests.remember.archive import Archive, make_memory, make_passage, make_rule, make_source

SAYING = "That is how it goes."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path)
    with made.store:
        yield made


def put(archive: Archive, *texts: str, narrator: str = "henry") -> list[str]:
    """Put a letter for each text; return the ids of its memories."""
    kind = MemoryKind.OWN_WORDS if narrator == "henry" else MemoryKind.EVENT
    ids = []
    for number, text in enumerate(texts):
        source = make_source(f"letter {number}", narrator=narrator)
        passage = make_passage(source, text)
        archive.store.add_source(source, [passage])
        memory, citation = make_memory(passage, kind=kind)
        archive.store.add_memories([memory], [citation])
        ids.append(memory.id)
    return ids


def sayings(archive: Archive, who: str = "ruth", within: frozenset[str] | None = None) -> list[str]:
    return [sentence.text for sentence in found(archive, who, within)]


def found(
    archive: Archive, who: str = "ruth", within: frozenset[str] | None = None
) -> list[AnswerSentence]:
    view = archive.store.reader(Relative(who))
    people = view.people()
    listener = make_listener(next(one for one in people if one.id == who), people)
    return find_sayings(view, "henry", listener, view.memory_ids() if within is None else within)


def test_a_sentence_of_several_letters_is_a_saying(archive: Archive) -> None:
    texts = [f"The wind was {wind}. {SAYING}" for wind in ("north", "south", "west")]
    put(archive, *texts)
    [sentence] = found(archive)
    assert (sentence.text, sentence.standing) == (SAYING, Standing.OWN_WORDS)
    [span] = sentence.citations
    view = archive.store.reader(Relative("ruth"))
    assert view.passage(span.passage_id).text[span.start : span.end] == sentence.quoted == SAYING
    assert span.memory_id in view.memory_ids()


def test_twice_is_no_habit(archive: Archive) -> None:
    put(archive, *[f"The wind was {wind}. {SAYING}" for wind in ("north", "south")])
    assert sayings(archive) == []


def test_often_in_one_letter_is_no_habit(archive: Archive) -> None:
    put(archive, f"{SAYING} And so on. {SAYING} And so on. {SAYING}")
    assert sayings(archive) == []


@pytest.mark.parametrize(
    "text",
    [
        "We sailed on Tuesday again.",
        "I was 12 years old.",
        "How are you there?",
        "Oh well.",
        "This one is by far too long to be anybody's saying at all.",
    ],
)
def test_what_claims_or_asks_or_is_too_long_is_none(archive: Archive, text: str) -> None:
    put(archive, *[f"The wind was {wind}. {text}" for wind in ("north", "south", "west")])
    assert sayings(archive) == []


def test_what_others_say_is_not_his(archive: Archive) -> None:
    put(archive, *[f"Dad saw {it}. {SAYING}" for it in ("rain", "sun", "fog")], narrator="tom")
    assert sayings(archive) == []


def test_a_saying_must_stand_in_a_memory_of_the_version(archive: Archive) -> None:
    ids = put(archive, *[f"The wind was {wind}. {SAYING}" for wind in ("north", "south", "west")])
    assert sayings(archive, within=frozenset()) == []
    assert sayings(archive, within=frozenset(ids)) == [SAYING]


def test_a_restricted_letter_does_not_count(archive: Archive) -> None:
    put(archive, *[f"The wind was {wind}. {SAYING}" for wind in ("north", "south", "west")])
    hidden = archive.store.reader(Custodian()).sources()[0].id
    archive.store.put_restrictions([make_rule(hidden, allow=["tom"])])
    assert sayings(archive, "ruth") == []
    assert sayings(archive, "tom") == [SAYING]


def test_the_most_frequent_come_first_and_not_too_many(archive: Archive) -> None:
    words = "one two three four five six seven eight nine ten red blue green".split()
    texts = [
        " ".join(f"So it was {word} then." for word in words[: 13 if n < LEAST_UNITS else 1])
        for n in range(LEAST_UNITS + 1)
    ]
    put(archive, *[f"{text} Letter {n}." for n, text in enumerate(texts)])
    said = sayings(archive)
    assert len(said) == AT_MOST
    assert said[0] == "So it was one then."

"""What a draft may say: what is carried stays, what is invented goes (law 5)."""

from collections.abc import Iterator

import pytest

from persona.converse.standing import StandingCheck, find_span
from persona.records import SourceKind, Standing
from persona.remember.question import Terms
from persona.remember.readers import Custodian
from persona.remember.retrieval import Evidence
from tests.converse.evidence import evidence, family
from tests.remember.archive import Archive

BOAT = "I have painted the boat green again on Tuesday in the harbour with Jack."
LIGHT = "I kept the light at Godrevy for eleven winters and I never once fell asleep."
LETTER = evidence(f"Dear Nell,\n\n{LIGHT} That is\nhow it goes.", exact=LIGHT)
PAINTING = evidence(BOAT)
ADAS = evidence("Arthur used to sing to the bees under the plum tree.", narrator="ada")
CHINESE = evidence("我在宁波学会了做饭，那年我十二岁。")
EVERYTHING = (LETTER, PAINTING, ADAS, CHINESE)


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terms]:
    """Return the index's own way of cutting and stemming words."""
    archive = Archive(tmp_path_factory.mktemp("terms"))
    with archive.store, archive.store.reader(Custodian()) as view:
        yield view.terms


def check(terms: Terms, *items: Evidence, language: str = "en") -> StandingCheck:
    people = family()
    return StandingCheck(items or EVERYTHING, people, people[0], "Little Wren", language, terms)


@pytest.mark.parametrize(
    "text",
    [
        LIGHT,
        "I kept the light at Godrevy for eleven winters",
        "“I kept the light at Godrevy for eleven winters and I never once fell asleep.”",
        "I  kept the light at\nGodrevy for eleven winters",
    ],
)
def test_verbatim_words_of_his_are_own_words(terms: Terms, text: str) -> None:
    sentence = check(terms).judge(text)
    assert sentence is not None
    assert sentence.standing is Standing.OWN_WORDS
    [span] = sentence.citations
    assert LETTER.passage.text[span.start : span.end] == sentence.quoted
    assert " ".join(sentence.quoted.split()) in LIGHT
    assert sentence.text == text


def test_a_few_small_words_are_no_quotation(terms: Terms) -> None:
    sentence = check(terms, evidence("Yes, I was there, said I.")).judge("Yes, I was.")
    assert sentence is None or sentence.standing is Standing.SMALL_TALK


def test_the_words_of_others_are_not_his(terms: Terms) -> None:
    sentence = check(terms).judge("Arthur used to sing to the bees under the plum tree.")
    assert sentence is not None
    assert sentence.standing is not Standing.OWN_WORDS
    assert sentence.narrator_id == "ada"
    assert sentence.clip is None


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("I painted the boat green with Jack.", Standing.INFERRED),
        ("I used to sing to the bees.", Standing.INFERRED),
        ("Ada says that I used to sing to the bees.", Standing.TOLD),
        ("Eleven winters I kept the light at Godrevy, and never fell asleep.", Standing.INFERRED),
    ],
)
def test_what_one_memory_carries_in_other_words_stays(
    terms: Terms, text: str, standing: Standing
) -> None:
    sentence = check(terms).judge(text)
    assert sentence is not None
    assert sentence.standing is standing
    assert sentence.citations


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("an invented name", "I painted the boat green in the harbour with Jack and Beatrice."),
        ("an invented name at the beginning", "Beatrice painted the boat green with Jack."),
        ("another day", "I painted the boat green with Jack on Wednesday in the harbour."),
        ("an invented number", "I kept the light at Godrevy for 14 winters, never asleep."),
        (
            "an invented number in words",
            "I kept the light at Godrevy for twelve winters and never once fell asleep.",
        ),
        ("a year", "In 1970 I painted the boat green in the harbour with Jack."),
        ("a negation that is not there", "I have never painted the boat green with Jack."),
        ("a negation that is gone", "I fell asleep at the light at Godrevy for eleven winters."),
        ("somebody left out", "I painted the boat green in the harbour."),
        ("two memories mixed", "I kept the boat green for eleven winters, and bees under it."),
        ("mostly invented", "The boat sank slowly while the orchestra played."),
        ("a feeling nobody told", "Those were glorious carefree summers of laughter."),
        ("a claim to live", "I feel you near me and I am watching over you."),
    ],
)
def test_what_is_not_carried_goes(terms: Terms, why: str, text: str) -> None:
    assert check(terms).judge(text) is None, why


@pytest.mark.parametrize(
    "text", ["Hello, Little Wren.", "Thank you.", "I am sorry.", "Well, yes.", "Of course."]
)
def test_courtesies_claim_nothing(terms: Terms, text: str) -> None:
    sentence = check(terms).judge(text)
    assert sentence is not None
    assert sentence.standing is Standing.SMALL_TALK
    assert sentence.citations == ()


@pytest.mark.parametrize("text", ["Hello, Skipper.", "Yes, 2.", "Yes, twice.", "Well, Beatrice."])
def test_a_courtesy_with_a_name_or_number_claims_something(terms: Terms, text: str) -> None:
    assert check(terms).judge(text) is None


def test_chinese_is_judged_by_its_characters(terms: Terms) -> None:
    judge = check(terms, language="zh").judge
    verbatim = judge("我在宁波学会了做饭")
    assert verbatim is not None
    assert verbatim.standing is Standing.OWN_WORDS
    assert judge("我没有在宁波学会做饭。") is None
    assert judge("我在宁波学会了做饭，那年我二十岁。") is None
    assert judge("我在北京学会了开飞机。") is None


def test_his_recording_goes_with_his_words(terms: Terms) -> None:
    clip = evidence(
        LIGHT,
        kind=SourceKind.VOICE_CLIP,
        passage={"selector": {"type": "FragmentSelector", "value": "t=2.0,7.5"}},
    )
    sentence = check(terms, clip).judge(LIGHT)
    assert sentence is not None
    assert sentence.clip is not None
    assert (sentence.clip.start_s, sentence.clip.end_s) == (2.0, 7.5)


@pytest.mark.parametrize(
    ("words", "text", "span"),
    [
        ("a b", "x a\n b y", (2, 6)),
        ("a.b", "axb a.b", (4, 7)),
        ("", "abc", None),
        ("   ", "abc", None),
        ("c d", "a b", None),
    ],
)
def test_find_span(words: str, text: str, span: tuple[int, int] | None) -> None:
    assert find_span(words, text) == span

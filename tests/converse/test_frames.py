"""Evidence in a sentence: verbatim, with who, to whom, when and in what, in two languages."""

import pytest

from persona.converse.answer import OriginalClip
from persona.converse.frames import Framer, clip_of, original_clip, quotable
from persona.converse.listener import make_listener
from persona.converse.telling import Telling
from persona.records import Modality, SourceKind, Standing
from persona.remember.retrieval import Evidence
from tests.converse.evidence import evidence, family

WORDS = "The bees swarmed on Tuesday."
DATED = {"created_edtf": "1987-05-12"}


def framer(listener: str | None = "nell", language: str = "en") -> Framer:
    people = family()
    named = {one.id: one for one in people}
    return Framer(
        make_listener(named.get(listener or ""), people),
        language,
        lambda person_id: named[person_id].name,
        named,
    )


def framed(item: Evidence, listener: str | None = "nell", language: str = "en") -> str:
    return framer(listener, language).sentence(Telling(item, (item,))).text


TO_NELL = evidence(WORDS, passage={"addressee_id": "nell", **DATED})
OWN = {
    "letter to you": TO_NELL,
    "letter to another": evidence(WORDS, passage={"addressee_id": "jack", **DATED}),
    "letter to words": evidence(WORDS, passage={"addressee_words": "Mrs Hallett"}),
    "letter": evidence(WORDS, source={"created_edtf": "1987"}),
    "chat": evidence(WORDS, kind=SourceKind.CHAT, passage={"created_edtf": "2012"}),
    "book": evidence(WORDS, kind=SourceKind.BOOK, title="My Bees"),
    "clip": evidence(WORDS, kind=SourceKind.VOICE_CLIP, source={"created_edtf": "2012~"}),
    "interview": evidence(WORDS, kind=SourceKind.INTERVIEW),
}


@pytest.mark.parametrize(
    ("what", "english", "chinese"),
    [
        (
            "letter to you",
            "I wrote to you on 12 May 1987: ",
            "我1987年5月12日写信给你说：",
        ),
        (
            "letter to another",
            "I wrote to my son Jack on 12 May 1987: ",
            "我1987年5月12日写信给我儿子Jack说：",
        ),
        ("letter to words", "I wrote to Mrs Hallett: ", "我写信给Mrs Hallett说："),
        ("letter", "I wrote in 1987: ", "我1987年写过："),
        ("chat", "I wrote in the family chat in 2012: ", "我2012年在家里的群里写过："),
        ("book", "I wrote in “My Bees”: ", "我在《My Bees》里写过："),
        (
            "clip",
            "I said about 2012, and it was recorded: ",
            "我约2012年说过，录下来了：",
        ),
        ("interview", "I said, and it was recorded: ", "我说过，录下来了："),
    ],
)
def test_own_words_of_every_kind(what: str, english: str, chinese: str) -> None:
    assert framed(OWN[what]) == f"{english}“{WORDS}”"
    assert framed(OWN[what], language="zh") == f"{chinese}“{WORDS}”"


TOLD = {
    "letter": evidence(WORDS, narrator="jack", passage=DATED),
    "chat": evidence(WORDS, narrator="jack", kind=SourceKind.CHAT, passage=DATED),
    "photo": evidence(WORDS, narrator="jack", kind=SourceKind.PHOTO),
    "book": evidence(WORDS, narrator="jack", kind=SourceKind.BOOK, title="My Bees"),
    "interview": evidence(WORDS, narrator="jack", kind=SourceKind.INTERVIEW),
    "belief": evidence(
        WORDS, narrator="jack", kind=SourceKind.INTERVIEW, memory={"modality": Modality.BELIEVES}
    ),
    "hearsay": evidence(
        WORDS, narrator="jack", kind=SourceKind.INTERVIEW, memory={"told_by": ["mei"]}
    ),
    "hearsay of a stranger": evidence(
        WORDS, narrator="jack", kind=SourceKind.INTERVIEW, memory={"told_by": ["the vicar"]}
    ),
}


@pytest.mark.parametrize(
    ("what", "english", "chinese"),
    [
        ("letter", "My son Jack wrote on 12 May 1987: ", "我儿子Jack1987年5月12日写道："),
        ("chat", "My son Jack wrote on 12 May 1987: ", "我儿子Jack1987年5月12日写道："),
        ("photo", "My son Jack wrote under a photograph: ", "我儿子Jack在一张照片下面写道："),
        (
            "book",
            "My son Jack Penrose writes in “My Bees”: ",
            "我儿子Jack Penrose在《My Bees》里写道：",
        ),
        ("interview", "My son Jack tells it like this: ", "我儿子Jack是这样说的："),
        ("belief", "My son Jack believes: ", "我儿子Jack相信："),
        (
            "hearsay",
            "My son Jack heard from my friend 林美, and tells: ",
            "我儿子Jack听我朋友林美说的：",
        ),
        (
            "hearsay of a stranger",
            "My son Jack heard from the vicar, and tells: ",
            "我儿子Jack听the vicar说的：",
        ),
    ],
)
def test_accounts_of_every_kind_name_who_tells(what: str, english: str, chinese: str) -> None:
    sentence = framer().sentence(Telling(TOLD[what], (TOLD[what],)))
    assert sentence.text == f"{english}“{WORDS}”"
    assert (sentence.standing, sentence.narrator_id) == (Standing.TOLD, "jack")
    assert framed(TOLD[what], language="zh") == f"{chinese}“{WORDS}”"


def test_who_listens_hears_that_it_was_their_own_account() -> None:
    for item in TOLD.values():
        assert framed(item, "jack") == f"You told it yourself: “{WORDS}”"
    assert framed(TOLD["photo"], "jack", "zh") == f"这是你自己讲的：“{WORDS}”"


def test_a_second_account_is_joined_on() -> None:
    item = TOLD["interview"]
    joined = framer().sentence(Telling(item, (item,)), follows_account=True).text
    assert joined.startswith("And ")
    assert "my son Jack" in joined


@pytest.mark.parametrize("listener", ["jack", "ada", "mei", None])
def test_only_the_addressee_is_you(listener: str | None) -> None:
    assert framed(TO_NELL, listener).startswith("I wrote to my daughter Nell on 12 May 1987: “")


def test_a_first_name_that_two_have_is_said_in_full() -> None:
    item = evidence(WORDS, narrator="ada", kind=SourceKind.INTERVIEW)
    assert framed(item) == f"My wife Ada Penrose tells it like this: “{WORDS}”"
    other = evidence(WORDS, narrator="ada2", kind=SourceKind.INTERVIEW)
    assert framed(other) == f"Ada Grey tells it like this: “{WORDS}”"


def test_a_sentence_cites_and_quotes_the_characters_of_its_passage() -> None:
    text = "Dear Nell,\n\nThe bees\nswarmed on Tuesday. Your loving Dad"
    item = evidence(text, exact="The bees\nswarmed on Tuesday.", passage={"addressee_id": "nell"})
    sentence = framer().sentence(Telling(item, (item,)))
    [span] = sentence.citations
    assert text[span.start : span.end] == sentence.quoted == "The bees\nswarmed on Tuesday."
    assert sentence.text == "I wrote to you: “The bees swarmed on Tuesday.”"
    assert (span.memory_id, span.passage_id, span.source_id) == (
        item.memory.id,
        item.passage.id,
        item.source.id,
    )


def test_braces_in_the_words_of_a_family_stay() -> None:
    assert framed(evidence("I wrote {date} and {0} on it.")).endswith(
        "“I wrote {date} and {0} on it.”"
    )


def test_line_breaks_are_spoken_as_spaces() -> None:
    assert quotable("one\n  two  three\r\nfour ") == "one two  three four"


SPOKEN = {
    "words": [[0, 3, 1.0, 1.2, 0.9], [4, 8, 1.2, 1.6, 0.9], [9, 16, 1.6, 2.4, 0.9]],
    "selector": {"type": "FragmentSelector", "value": "t=1.0,9.5"},
}


def test_a_recording_of_his_is_offered_to_the_word() -> None:
    item = evidence(WORDS, exact="bees", kind=SourceKind.VOICE_CLIP, passage=SPOKEN)
    assert original_clip(item) == OriginalClip(item.source.id, 1.2, 1.6)
    sentence = framer().sentence(Telling(item, (item,)))
    assert sentence.clip == OriginalClip(item.source.id, 1.2, 1.6)


def test_without_word_times_the_whole_stretch_is_offered() -> None:
    item = evidence(WORDS, kind=SourceKind.INTERVIEW, passage={**SPOKEN, "words": []})
    assert original_clip(item) == OriginalClip(item.source.id, 1.0, 9.5)


def test_only_his_own_recordings_are_played_for_him() -> None:
    item = evidence(WORDS, narrator="jack", kind=SourceKind.INTERVIEW, passage=SPOKEN)
    assert framer().sentence(Telling(item, (item,))).clip is None
    letter = OWN["letter"]
    assert clip_of(letter.source, letter.passage, 0, 4) is None
    untimed = OWN["interview"]
    assert clip_of(untimed.source, untimed.passage, 0, 4) is None

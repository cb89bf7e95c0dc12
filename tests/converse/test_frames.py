"""Evidence in a sentence: verbatim, with who, to whom, when and in what, in two languages."""

import pytest

from persona.converse.answer import OriginalClip
from persona.converse.frames import Framer, Joint, clip_of, original_clip, quotable
from persona.converse.listener import make_listener
from persona.converse.telling import Telling
from persona.records import Kinship, MemoryKind, Modality, SourceKind, Standing
from persona.remember.kinship.relations import Relations
from persona.remember.retrieval import Evidence
from tests.converse.evidence import evidence, family, person

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
    "chat to you": evidence(
        WORDS, kind=SourceKind.CHAT, passage={"created_edtf": "2012", "addressee_id": "nell"}
    ),
    "chat to another": evidence(
        WORDS, kind=SourceKind.CHAT, passage={"created_edtf": "2012", "addressee_id": "jack"}
    ),
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
        ("chat", "I wrote in a chat in 2012: ", "我2012年在聊天里写过："),
        ("chat to you", "I wrote to you in 2012: ", "我2012年给你发消息说："),
        ("chat to another", "I wrote to my son Jack in 2012: ", "我2012年给我儿子Jack发消息说："),
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
    said = framed(OWN[what], language="zh")
    assert said.startswith(f"{chinese}“{WORDS}”")
    assert said.endswith(("（信是英文写的）", "（原文是英文）", "（说的是英语）"))


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
    assert framed(TOLD[what], language="zh").startswith(f"{chinese}“{WORDS}”（")


def test_who_listens_hears_that_it_was_their_own_account() -> None:
    for item in TOLD.values():
        assert framed(item, "jack") == f"You told it yourself: “{WORDS}”"
    assert framed(TOLD["photo"], "jack", "zh").startswith(f"这是你自己讲的：“{WORDS}”")


def test_a_second_account_is_joined_on() -> None:
    item = TOLD["interview"]
    joined = framer().sentence(Telling(item, (item,)), Joint.ALSO).text
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


def tree(statement: str, narrator: str = "jack") -> Telling:
    item = evidence(
        "1 BIRT\n2 DATE 2 APR 1931\n2 PLAC Harwich",
        narrator=narrator,
        kind=SourceKind.FAMILY_TREE,
        memory={"statement": statement, "kind": MemoryKind.EVENT},
    )
    return Telling(item, (item,))


def test_lines_of_a_family_tree_are_never_read_aloud() -> None:
    telling = tree("Arthur Penrose was born on 2 April 1931 in Harwich")
    sentence = framer().sentence(telling)
    assert sentence.text == (
        "My son Jack wrote in the family tree: Arthur Penrose was born on 2 April 1931 in Harwich."
    )
    assert sentence.standing is Standing.TOLD
    [span] = sentence.citations
    assert telling.lead.passage.text[span.start : span.end].startswith("1 BIRT")
    assert framer("jack").sentence(telling).text.startswith("You wrote in the family tree: ")
    assert framer(language="zh").sentence(telling).text.startswith("我儿子Jack在家谱里写道：")


def test_his_own_tree_is_in_other_words_and_so_no_quotation() -> None:
    sentence = framer().sentence(tree("Jack was born in 1959.", "arthur"))
    assert sentence.text == "I wrote in the family tree: Jack was born in 1959."
    assert sentence.standing is Standing.INFERRED
    assert sentence.quoted == ""


def related(*rows: tuple[str, str, str]) -> Relations:
    return Relations.of(
        family(),
        [
            Kinship(id=f"kin_{n}", person_id=a, relation=relation, other_id=b)
            for n, (a, relation, b) in enumerate(rows)
        ],
    )


def test_a_narrator_is_named_by_what_they_are_to_the_listener_where_that_is_stated() -> None:
    people = {one.id: one for one in family()}
    relations = related(("ada", "parent", "nell"), ("arthur", "parent", "nell"))
    made = Framer(
        make_listener(person("nell"), family()), "en", lambda i: people[i].name, people, relations
    )
    item = evidence(WORDS, narrator="jack", kind=SourceKind.INTERVIEW)
    assert made.sentence(Telling(item, (item,))).text.startswith("Your brother Jack tells")
    mother = evidence(WORDS, narrator="ada", kind=SourceKind.INTERVIEW)
    assert made.sentence(Telling(mother, (mother,))).text.startswith("Your mother Ada Penrose")


def test_a_wife_is_nobodys_mother_unless_somebody_says_so() -> None:
    people = {one.id: one for one in family()}
    made = Framer(
        make_listener(person("nell"), family()), "en", lambda i: people[i].name, people, related()
    )
    item = evidence(WORDS, narrator="ada", kind=SourceKind.INTERVIEW)
    assert made.sentence(Telling(item, (item,))).text.startswith("My wife Ada Penrose tells")
    to = evidence(WORDS, passage={"addressee_id": "mei"})
    assert "to my friend" in made.sentence(Telling(to, (to,))).text


def test_what_was_told_after_the_death_says_when() -> None:
    people = {one.id: one for one in family()}
    people["arthur"].died = "2009-10-17"
    made = Framer(make_listener(person("nell"), family()), "en", lambda i: people[i].name, people)
    item = evidence(
        WORDS, narrator="jack", kind=SourceKind.INTERVIEW, source={"created_edtf": "2012-03"}
    )
    assert made.sentence(Telling(item, (item,))).text.startswith(
        "My son Jack told it in March 2012: “"
    )


@pytest.mark.parametrize(
    ("joint", "start"),
    [
        (Joint.DIFFERS, "My son Jack tells it differently: “"),
        (Joint.CORRECTION, "Put right later: My son Jack tells it like this: “"),
        (Joint.BEFORE_CORRECTION, "Before that it had been told so: My son Jack tells"),
        (Joint.OF_ITS_TIME, "Of 1962: My son Jack tells it like this: “"),
    ],
)
def test_how_accounts_stand_to_each_other_is_said(joint: Joint, start: str) -> None:
    item = evidence(
        WORDS, narrator="jack", kind=SourceKind.INTERVIEW, memory={"event_edtf": "1962"}
    )
    assert framer().sentence(Telling(item, (item,)), joint).text.startswith(start)


def test_a_letter_that_disagrees_says_so_too() -> None:
    item = TOLD["letter"]
    said = framer().sentence(Telling(item, (item,)), Joint.DIFFERS).text
    assert said.startswith("It is told differently too: My son Jack wrote on 12 May 1987: “")


def test_chinese_words_in_an_english_answer_say_that_they_are_chinese() -> None:
    item = evidence("我在宁波学会了做饭。", kind=SourceKind.VOICE_CLIP)
    assert framed(item) == "I said, and it was recorded: “我在宁波学会了做饭。” (said in Chinese)"
    assert framed(item, language="zh") == "我说过，录下来了：“我在宁波学会了做饭。”"

"""Passages become memories with narrators, and with spans that match them exactly."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.records import Memory, MemoryKind, Modality, Review, SourceKind
from persona.remember.extraction import RULES, Extracted, extract, untold
from tests.remember.archive import make_passage, make_source, people


def told(
    text: str, *, narrator: str = "ruth", kind: SourceKind = SourceKind.BOOK, **more: Any
) -> list[Extracted]:
    source = make_source(narrator=narrator, kind=kind, created_edtf="1987")
    return extract([make_passage(source, text, **more)], source, people())


def only(text: str, **more: Any) -> Memory:
    (found,) = told(text, **more)
    return found.memory


def statements(text: str, **more: Any) -> list[str]:
    return [found.memory.statement for found in told(text, **more)]


def test_his_own_letter_becomes_own_words() -> None:
    letter = "Dear Ruth,\n\nThe sea was\nrough today. I was sick twice.\n\nYour father,\nDad"
    memory = only(letter, narrator="henry", kind=SourceKind.LETTER, addressee_id="ruth")
    assert memory.kind is MemoryKind.OWN_WORDS
    assert memory.quote == "The sea was\nrough today. I was sick twice."
    assert memory.statement == "The sea was rough today. I was sick twice."
    assert (memory.narrator_id, memory.addressee_id) == ("henry", "ruth")
    assert (memory.told_at_edtf, memory.extracted_by, memory.language) == ("1987", RULES, "en")


def test_runs_are_short_and_do_not_cross_paragraphs() -> None:
    sentence = "We sailed to the island and came home wet and tired and very happy again."
    text = " ".join([sentence] * 7) + "\n\nThe second paragraph stands alone."
    found = statements(text, narrator="henry")
    assert found[-1] == "The second paragraph stands alone."
    assert [item.count("island") for item in found[:-1]] == [4, 3]


def test_a_long_sentence_stays_whole() -> None:
    text = "We " + "sailed and " * 80 + "slept."
    assert statements(text, narrator="henry") == [text]


def test_chinese_runs() -> None:
    text = "那年夏天我们去了海边。" * 20
    found = told(text, narrator="henry")
    assert all(item.memory.language == "zh" for item in found)
    assert all(len(item.memory.quote) <= 130 for item in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dad never hurried anywhere.", True),
        ("My dad sang in the kitchen.", True),
        ("Henry Lin sold oranges.", True),
        ("Henry sold the best oranges.", True),
        ("林亨利喜欢唱歌给我们听。", True),
        ("爸爸喜欢唱歌给我们听。", True),
        ("The harbour was full of boats.", False),
        ("He was a tall man then.", False),
        ("Did Dad ever tell you that?", False),
        ("Dad? Really?", False),
    ],
)
def test_only_what_is_about_him(text: str, expected: bool) -> None:
    assert bool(told(text)) is expected


def test_a_pronoun_is_carried_over_inside_a_passage() -> None:
    text = "Dad bought a boat in May 1962. He painted it green. The neighbours laughed loudly."
    assert statements(text) == ["Dad bought a boat in May 1962. He painted it green."]


def test_a_pronoun_is_not_carried_over_to_somebody_else() -> None:
    text = "Dad bought a boat. Then Tom Lin came along. He painted it green."
    assert statements(text) == ["Dad bought a boat."]


def test_a_pronoun_is_not_carried_into_the_next_passage() -> None:
    source = make_source(kind=SourceKind.BOOK)
    texts = ["Dad bought a boat.", "He painted it green."]
    passages = [make_passage(source, text, position=n) for n, text in enumerate(texts)]
    assert len(extract(passages, source, people())) == 1


def test_words_for_him_belong_to_the_narrator() -> None:
    """'Dad' in his brother's mouth is their own father; 'my brother' is him."""
    assert told("Dad was a hard man to live with.", narrator="david") == []
    assert told("My brother was a gentle man.", narrator="david")
    assert told("My brother Elliott was a gentle man.", narrator="david") == []


def test_you_in_a_letter_to_him() -> None:
    letter = "You always sang in the morning."
    assert only(letter, kind=SourceKind.LETTER, addressee_id="henry").narrator_id == "ruth"
    assert told(letter, kind=SourceKind.LETTER, addressee_id="tom") == []
    assert told(letter, kind=SourceKind.BOOK, addressee_id="henry") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He came home in April.", ["He came home in April."]),
        ("It was the arm.", ["It was the arm."]),
        ("Why did he leave? Because of me.", ["Because of me."]),
        ("Tom Lin came along. He painted it.", []),
        ("My grandfather was hard. He hit everybody.", []),
        (
            "My grandfather was hard. Dad was not like that. He sang to us.",
            ["Dad was not like that. He sang to us."],
        ),
        ("Mum laughed at it. He sang louder.", ["Mum laughed at it. He sang louder."]),
    ],
)
def test_answers_in_an_interview_are_about_him_until_another_is_named(
    text: str, expected: list[str]
) -> None:
    assert statements(text, kind=SourceKind.INTERVIEW) == expected


def test_in_an_interview_another_man_stays_the_topic_until_the_next_question() -> None:
    source = make_source(kind=SourceKind.INTERVIEW, details={"interviewer": "tom"})
    texts = [
        ("ruth", "Uncle David came."),
        ("ruth", "He sang."),
        ("tom", "And your father?"),
        ("ruth", "He listened to us."),
    ]
    passages = [
        make_passage(source, text, position=n, speaker_id=who)
        for n, (who, text) in enumerate(texts)
    ]
    assert [e.memory.quote for e in extract(passages, source, people())] == ["He listened to us."]


@pytest.mark.parametrize(
    ("text", "of"), [("It was Uncle David who fell in.", ["david"]), ("掉进河里的是我叔叔。", [])]
)
def test_who_it_was_instead_is_his_story_and_not_the_subjects(text: str, of: list[str]) -> None:
    memory = only(text + " He was seven.", kind=SourceKind.INTERVIEW)
    assert (memory.quote, memory.subject_ids) == (text, of), "and 'he' is the uncle"
    assert memory.review is Review.ACCEPTED_BY_RULE


def test_that_it_was_not_him_is_told_of_him_as_well() -> None:
    memory = only("It was Uncle David who fell in, not Dad. He was seven.")
    assert memory.quote == "It was Uncle David who fell in, not Dad."
    assert memory.subject_ids == ["henry", "david"]
    (right,) = told("It was Dad who fell in, not Uncle David.", kind=SourceKind.INTERVIEW)
    assert "henry" in right.memory.subject_ids


@pytest.mark.parametrize(
    ("text", "told_by"),
    [
        ("My uncle says he ran away at nine.", ["My uncle"]),
        ("Uncle David says he ran away at nine.", ["david"]),
        ("我叔叔说他九岁就离家了。", ["我叔叔"]),
    ],
)
def test_where_he_may_be_who_told_it_a_person_says_who_is_meant(
    text: str, told_by: list[str]
) -> None:
    memory = only(text + " He slept in a barn.", kind=SourceKind.INTERVIEW)
    assert (memory.quote, memory.told_by, memory.review) == (text, told_by, Review.UNREVIEWED)
    assert "henry" not in memory.subject_ids


@pytest.mark.parametrize(
    "text",
    [
        "My mother told me that she was born in Cork.",
        "Mum was born in Cork in 1944.",
        "She had four brothers.",
        "妈妈说她是在船上出生的。",
    ],
)
def test_what_is_of_his_wife_alone_is_no_evidence_about_him(text: str) -> None:
    memory = only(text, kind=SourceKind.INTERVIEW)
    assert "henry" not in memory.subject_ids
    assert memory.review is Review.UNREVIEWED


def test_what_another_did_to_him_is_told_and_he_after_it_is_anybody() -> None:
    text = "My uncle gave him a watch. He lost it."
    assert statements(text, kind=SourceKind.INTERVIEW) == ["My uncle gave him a watch."]


def test_in_a_letter_he_may_be_the_uncle_who_told_it() -> None:
    text = "Dad was proud of it. My uncle told me he ran away at nine. He slept in a barn."
    found = told(text)
    assert [one.memory.quote for one in found] == [
        "Dad was proud of it.",
        "My uncle told me he ran away at nine.",
    ]
    assert [one.memory.review for one in found] == [Review.ACCEPTED_BY_RULE, Review.UNREVIEWED]


@pytest.mark.parametrize(
    ("text", "narrator", "told_by"),
    [
        ("Mum always said he could not sing, but Dad sang.", "ruth", ["margaret"]),
        ("My mother told me that Dad swam the harbour.", "ruth", ["margaret"]),
        ("妈妈说爸爸年轻的时候很瘦。", "ruth", ["margaret"]),
        ("Uncle David says Dad stole a boat once.", "ruth", ["david"]),
        ("According to Joe Marsh, Dad stole a boat.", "ruth", ["joe"]),
        ("My grandmother told me Dad was born in a storm.", "ruth", ["My grandmother"]),
        ("I was told that Dad stole a boat once.", "ruth", ["I was told"]),
        ("听说爸爸年轻的时候偷过一条船。", "ruth", ["听说"]),
        ("Dad told me that he stole a boat once.", "ruth", ["henry"]),
        ("Dad always said that the sea was honest.", "ruth", []),
        ("Dad stole a boat once.", "ruth", []),
    ],
)
def test_hearsay(text: str, narrator: str, told_by: list[str]) -> None:
    memory = only(text, narrator=narrator)
    assert memory.told_by == told_by
    assert (memory.modality is Modality.WAS_TOLD) is bool(told_by)


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("I saw Dad lift the whole engine.", Modality.WITNESSED),
        ("I think Dad was afraid of the water.", Modality.BELIEVES),
        ("Perhaps Dad was afraid of the water.", Modality.GUESSES),
        ("我觉得爸爸有点怕水。", Modality.BELIEVES),
        ("爸爸可能有点怕水。", Modality.GUESSES),
    ],
)
def test_modality(text: str, modality: Modality) -> None:
    assert only(text).modality is modality


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Dad always said the sea was honest.", MemoryKind.SAYING),
        ("爸爸常说海是诚实的。", MemoryKind.SAYING),
        ("Dad loved oranges more than anything.", MemoryKind.PREFERENCE),
        ("爸爸最喜欢吃橙子了。", MemoryKind.PREFERENCE),
        ("Dad married her in the spring.", MemoryKind.RELATION),
        ("Dad was a very patient man.", MemoryKind.TRAIT),
        ("Dad bought a boat that winter.", MemoryKind.EVENT),
    ],
)
def test_kinds(text: str, kind: MemoryKind) -> None:
    assert only(text).kind is kind


def test_others_who_are_named_are_subjects_too() -> None:
    memory = only("In 1962 Dad and Joe Marsh bought a boat with David.")
    assert memory.subject_ids == ["henry", "david", "joe"]
    assert (memory.event_edtf, memory.event_words) == ("1962", "In 1962")


def test_a_caption_belongs_to_who_wrote_it() -> None:
    photo = make_source("A photo", narrator="tom", kind=SourceKind.PHOTO)
    caption = "On the harbour wall, summer of 1962."
    by_ruth = make_passage(photo, caption, speaker_id="ruth")
    by_nobody = make_passage(photo, caption, speaker_id=None)
    (found,) = extract([by_ruth], photo, people())
    assert found.memory.narrator_id == "ruth"
    assert found.memory.kind is MemoryKind.EVENT
    assert extract([by_nobody], photo, people()) == []
    assert untold([by_ruth, by_nobody], photo) == 1


def test_the_interviewer_only_asks() -> None:
    source = make_source(kind=SourceKind.INTERVIEW, details={"interviewer": "tom"})
    said = make_passage(source, "So Dad bought a boat that year.", speaker_id="tom")
    unknown = make_passage(source, "Dad bought a boat.", speaker_id=None, position=1)
    assert extract([said, unknown], source, people()) == []


def test_an_unsure_speaker_waits_for_a_person() -> None:
    assert only("Dad bought a boat.", speaker_confidence=0.4).review is Review.UNREVIEWED
    assert only("Dad bought a boat.", speaker_confidence=0.9).review is Review.ACCEPTED_BY_RULE


def test_chat_fragments_make_no_memory() -> None:
    for text in ("ok", "Haha Dad", "<Media omitted>", "[图片]", "好"):
        assert told(text, narrator="henry", kind=SourceKind.CHAT) == []


def test_the_same_input_gives_the_same_ids() -> None:
    text = "Dad bought a boat. It was green."
    assert told(text) == told(text)
    assert only("Dad bought a boat.").id != only("Dad bought a car.").id


@given(st.text(alphabet="Dad he sang.\n他爸说。!? “”:,你19620-", max_size=200))
def test_every_citation_is_verbatim(text: str) -> None:
    for narrator in ("ruth", "henry"):
        for found in told(text, narrator=narrator):
            (citation,) = found.citations
            assert text[citation.start : citation.end] == citation.exact == found.memory.quote
            assert citation.exact.strip() == citation.exact != ""


@pytest.mark.slow
def test_half_a_million_words_take_seconds() -> None:
    paragraph = (
        "Dad bought a boat in 1962, and I remember that he painted it green before the summer. "
        "The neighbours laughed, but he never minded that. My mother told me he sang all day. "
    )
    source = make_source(kind=SourceKind.BOOK)
    count = 500_000 // (len(paragraph.split()) * 4)
    passages = [make_passage(source, paragraph * 4, position=n) for n in range(count)]
    started = time.process_time()
    found = extract(passages, source, people())
    assert len(found) > count
    assert time.process_time() - started < 90


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        ("Your father taught me to swim.", "tom", True),
        ("Your late Dad taught me to swim. He could not swim himself.", "tom", True),
        ("Your brother taught me to swim.", "david", True),
        ("Your uncle Simon taught me to swim.", "tom", False),
        ("Your father taught me to swim.", "joe", False),
        ("你爸爸教我游泳。", "tom", True),
    ],
)
def test_what_he_is_to_the_one_who_is_written_to(text: str, to: str, expected: bool) -> None:
    found = statements(text, kind=SourceKind.LETTER, addressee_id=to)
    assert (" ".join(found) == text) is expected


def test_a_letter_goes_on_about_him_in_the_next_paragraph() -> None:
    source = make_source(narrator="ruth", kind=SourceKind.LETTER)
    lines = ["Dad taught me to swim. He could not swim himself.", "He hated sprouts.", "It rained."]
    passages = [
        make_passage(source, text, position=place, addressee_id="tom")
        for place, text in enumerate(lines)
    ]
    assert [one.memory.statement for one in extract(passages, source, people())] == lines[:2]
    book = make_source(narrator="ruth", kind=SourceKind.BOOK)
    apart = [make_passage(book, text, position=place) for place, text in enumerate(lines)]
    assert [one.memory.statement for one in extract(apart, book, people())] == lines[:1]


@pytest.mark.parametrize(
    ("subject_line", "expected"),
    [("Things about your father for the book", True), ("Re: Dad", True), ("The boat", False)],
)
def test_an_email_about_him_tells_of_him(subject_line: str, expected: bool) -> None:
    source = make_source(
        subject_line, narrator="ruth", kind=SourceKind.LETTER, details={"importer": "mail"}
    )
    text = "You asked for what I remember. He taught me to swim. He could not swim himself."
    found = extract([make_passage(source, text, addressee_id="tom")], source, people())
    assert any("taught me to swim" in one.memory.statement for one in found) is expected
    to_him = extract(
        [make_passage(source, "He taught me.", addressee_id="henry")], source, people()
    )
    assert to_him == []


def test_questions_that_are_typed_without_their_mark() -> None:
    for text in (
        "grandad what do you put in the soda bread, mine came out like a brick",
        "Dad did you find your keys",
        "Dad how's your knee now",
        "爸你到家了吗",
    ):
        assert statements(text, kind=SourceKind.CHAT, addressee_id="henry") == []
    for text in ("Dad what you said was true", "What a day you had Dad", "Dad will be 80 in May"):
        assert statements(text, kind=SourceKind.CHAT, addressee_id="henry") == [text]


def test_a_short_answer_is_an_answer() -> None:
    for text in ("怕打雷。一打雷她就把我们都叫到床上。", "Of horses. He would cross the road."):
        assert statements(text, kind=SourceKind.INTERVIEW) == [text]
    assert statements("Yes.", kind=SourceKind.INTERVIEW) == []
    assert statements("He crossed the road. Of horses.", kind=SourceKind.INTERVIEW) == [
        "He crossed the road."
    ]

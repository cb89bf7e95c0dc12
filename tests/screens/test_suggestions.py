from persona.records import Memory, MemoryKind
from persona.screens.suggestions import COUNT, first_questions
from tests.screens.family import PEOPLE


def suggested(memories, people, listener_id, language, answerable=lambda question: True):
    return first_questions(memories, people, listener_id, language, answerable)


def memory(quote, kind=MemoryKind.EVENT, **values):
    return Memory(
        id=quote, narrator_id="margaret", kind=kind, statement=quote, quote=quote,
        extracted_by="hand", **values,
    )  # fmt: skip


def test_letters_to_the_listener_come_first():
    memories = [memory("Dear", MemoryKind.OWN_WORDS, addressee_id="ruth")]
    assert suggested(memories, PEOPLE, "ruth", "en")[0] == "What did you write to me?"
    assert "What did you write to me?" not in suggested(memories, PEOPLE, "daniel", "en")


def test_a_place_that_several_tell_of_is_a_topic():
    memories = [memory("We lived in Dunedin then."), memory("He loved the hills of Dunedin.")]
    assert "Tell me about Dunedin." in suggested(memories, PEOPLE, None, "en")


def test_a_thing_that_several_tell_of_is_a_topic():
    memories = [memory("He mended the old clock."), memory("Nobody could stop the clock at noon.")]
    assert suggested(memories, PEOPLE, None, "en")[0] == "Tell me about the clock."


def test_months_forms_of_address_and_the_listener_are_no_topics():
    memories = [memory("It was in March, dear Ruth."), memory("He came in March for Ruth.")]
    questions = suggested(memories, PEOPLE, "ruth", "en")
    assert not any("March" in one or "Ruth" in one for one in questions)


def test_nothing_to_suggest_without_memories():
    assert suggested([], PEOPLE, "ruth", "en") == []


def test_at_most_three_and_in_the_chosen_language():
    memories = [memory(f"话{kind}", kind, language="zh") for kind in MemoryKind]
    questions = suggested(memories, PEOPLE, None, "zh")
    assert len(questions) == COUNT
    assert "你喜欢什么？" in questions


def test_only_what_can_be_answered_is_suggested():
    memories = [memory("We lived in Dunedin then."), memory("He loved the hills of Dunedin.")]
    questions = suggested(memories, PEOPLE, None, "en", lambda question: "Dunedin" in question)
    assert questions == ["Tell me about Dunedin."]

"""An answer as it is kept: its sentences as one text, its citations as plain values."""

from persona.converse.answer import Answer, AnswerSentence, CitedSpan
from persona.records import Standing


def sentence(text: str, language: str = "en") -> AnswerSentence:
    return AnswerSentence(text, Standing.SMALL_TALK, language=language)


def test_sentences_are_spaced_as_their_script_does() -> None:
    assert Answer(()).text == ""
    assert Answer((sentence("One."), sentence("Two."))).text == "One. Two."
    assert Answer((sentence("一。", "zh"), sentence("二。", "zh"))).text == "一。二。"


def test_a_citation_is_kept_with_all_it_needs_to_be_opened() -> None:
    span = CitedSpan("mem_1", "psg_1", "src_1", 3, 9)
    assert CitedSpan(**span.as_record()) == span
    assert span.as_record() == {
        "memory_id": "mem_1",
        "passage_id": "psg_1",
        "source_id": "src_1",
        "start": 3,
        "end": 9,
    }

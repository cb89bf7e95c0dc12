from persona.converse.answer import AnswerSentence, CitedSpan
from persona.records import Standing
from persona.screens.answer_view import groups, sentence_html
from persona.screens.source_dialog import around, places
from tests.screens.test_labels import spoken


def sentence(text, source="a", standing=Standing.OWN_WORDS, **values):
    span = CitedSpan("m", "p", source, 0, 4)
    return AnswerSentence(text, standing, (span,), **values)


def test_neighbours_that_rest_on_the_same_thing_stand_together():
    said = [sentence("1"), sentence("2"), sentence("3", "b"), sentence("4", standing=Standing.TOLD)]
    assert [[one.text for one in group] for group in groups(said)] == [["1", "2"], ["3"], ["4"]]


def test_a_sentence_between_keeps_them_apart():
    said = [sentence("1"), sentence("2", "b"), sentence("3")]
    assert len(groups(said)) == 3


def test_verbatim_words_are_set_apart_with_their_quotation_marks():
    shown = sentence_html(sentence("I wrote: “Mind <b> the step.”", quoted="Mind <b> the step."))
    assert shown == 'I wrote: <span class="quote">“Mind &lt;b&gt; the step.”</span>'


def test_a_line_break_in_the_letter_does_not_hide_the_quotation():
    shown = sentence_html(sentence("I wrote: “soup. 1. Bones.”", quoted="soup.\n1. Bones."))
    assert '<span class="quote">“soup. 1. Bones.”</span>' in shown


def test_without_verbatim_words_nothing_is_set_apart():
    assert sentence_html(sentence("I don't know that.")) == "I don&#x27;t know that."


def test_one_place_a_source_with_all_its_spans():
    cited = [CitedSpan("m", "p", "a", 0, 4), CitedSpan("m", "q", "a", 2, 3)]
    cited.append(CitedSpan("m", "r", "b", 1, 2))
    found = places(cited)
    assert [place.source_id for place in found] == ["a", "b"]
    assert found[0].spans == (("p", 0, 4), ("q", 2, 3))


def test_of_a_long_book_only_what_stands_around_is_shown():
    book = []
    for number in range(200):
        passage = spoken([])
        passage.id, passage.position, passage.text = f"p{number}", number, "word " * 20
        book.append(passage)
    near = around(book, "p100")
    assert book[100] in near
    assert 5 < len(near) < 30
    assert around(book[:10], "p5") == book[:10]

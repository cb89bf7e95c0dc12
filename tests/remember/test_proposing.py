"""A model only points: the words are the passage's own, and nobody's evidence yet."""

from hypothesis import given
from hypothesis import strategies as st

from persona.engines.deterministic import ScriptedLanguageModel
from persona.records import Memory, Review
from persona.remember.extraction import Extractor
from persona.remember.proposing import Proposed, Proposer
from tests.remember.archive import make_passage, make_source, people

TRAIN = "The old man would not hear of the train, and walked."
HAT = "Mum always said the harbour was where he left his hat."
TEXT = f"We went out early that year with the whole school. {TRAIN} {HAT}"


def proposed(yes_to: str, text: str = TEXT, otherwise: str = "No.", **more: object) -> Proposed:
    """Ask a model that says yes to the sentence that holds these words."""
    source = make_source("A letter")
    passage = make_passage(source, text, **({"speaker_id": "ruth"} | more))
    script = {
        f"Sentence: {sentence}": "Yes." for sentence in text.split(". ") if yes_to in sentence
    }
    model = ScriptedLanguageModel(script, otherwise=otherwise)
    return Proposer(model, Extractor(people())).propose(passage, source, known=())


def only(done: Proposed) -> Memory:
    (made,) = done.found
    (citation,) = made.citations
    assert citation.exact == made.memory.quote == TEXT[citation.start : citation.end]
    return made.memory


def test_a_sentence_it_points_at_is_a_memory_nobody_has_accepted() -> None:
    memory = only(proposed("hear of the train"))
    assert memory.quote == TRAIN
    assert memory.review is Review.UNREVIEWED
    assert memory.narrator_id == "ruth"
    assert memory.extracted_by == "model/1 scripted"


def test_neighbouring_sentences_are_one_memory() -> None:
    done = proposed("", text=f"{TRAIN} The old man was like that on every road.", otherwise="yes")
    assert [made.memory.quote for made in done.found] == [
        f"{TRAIN} The old man was like that on every road."
    ]
    assert (done.asked, done.yes, len(done.found)) == (2, 2, 1)


def test_the_chain_of_hearsay_is_read_from_the_words_themselves() -> None:
    memory = only(proposed("the harbour was where"))
    assert memory.narrator_id == "ruth"
    assert len(memory.told_by) == 1, "whatever the model thinks"


def test_nobody_known_to_have_said_it_is_not_asked_about() -> None:
    done = proposed("train", otherwise="yes", speaker_id=None, speaker_name="A voice")
    assert (done.asked, done.found) == (0, [])


def test_what_the_subject_wrote_himself_needs_no_model() -> None:
    done = proposed("train", otherwise="yes", speaker_id="henry")
    assert (done.asked, done.found) == (0, [])


def test_what_the_rules_found_is_not_asked_about_again() -> None:
    source = make_source("A letter")
    text = "Dad walked home from the harbour in the rain that night."
    passage = make_passage(source, text, speaker_id="ruth")
    extractor = Extractor(people())
    (known,) = extractor.extract([passage], source)
    model = ScriptedLanguageModel(otherwise="yes")
    spans = [(one.start, one.end) for one in known.citations]
    done = Proposer(model, extractor).propose(passage, source, spans)
    assert (done.asked, done.found, model.asked) == (0, [], [])


def test_questions_are_nobodys_testimony() -> None:
    text = "And did the old man ever walk again after that winter? Nobody ever saw the hat."
    done = proposed("", text=text, otherwise="yes")
    assert [made.memory.quote for made in done.found] == ["Nobody ever saw the hat."]


@given(reply=st.text(max_size=80))
def test_whatever_it_says_the_words_are_the_passages(reply: str) -> None:
    for made in proposed("", otherwise=reply).found:
        (citation,) = made.citations
        assert made.memory.quote == TEXT[citation.start : citation.end]
        assert made.memory.review is Review.UNREVIEWED

"""The turn as a listener meets it, on an archive that the steps built from raw files."""

from collections.abc import Callable

import pytest

from persona.converse.listener import QUESTION_LIMIT
from persona.converse.recording import resume_sentence
from persona.converse.talk import Talk
from persona.engines.deterministic import ScriptedLanguageModel
from persona.errors import ConverseError, VersionError
from persona.records import Speaker, Standing
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.converse.conftest import said

Begin = Callable[..., Talk]


def test_own_words_come_first_and_verbatim(talk: Begin, store: Store) -> None:
    answer = said(talk("nell"), "Who was stung when the bees swarmed?")
    first = answer[0]
    assert first.standing is Standing.OWN_WORDS
    assert first.text.startswith("I wrote to you on 12 May 1987: “")
    [span] = first.citations
    passage = store.reader(Relative("nell")).passage(span.passage_id)
    assert passage.text[span.start : span.end] == first.quoted
    assert " ".join(first.quoted.split()) in first.text


def test_an_account_says_who_tells_it(talk: Begin) -> None:
    answer = said(talk("nell"), "Did you sing to the bees?")
    told = [sentence for sentence in answer if sentence.standing is Standing.TOLD]
    assert told
    assert told[0].text.startswith("My wife Ada wrote on 1 February 2010: “")
    assert told[0].narrator_id == "ada"


def test_a_narrator_hears_that_it_was_their_own_telling(talk: Begin) -> None:
    answer = said(talk("ada"), "Did you sing to the bees?")
    assert any(sentence.text.startswith("You told it yourself: “") for sentence in answer)


def test_nothing_found_says_so_and_keeps_the_question(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    answer = said(conversation, "What was your favourite submarine?")
    assert [sentence.standing for sentence in answer] == [Standing.UNKNOWN, Standing.SMALL_TALK]
    questions = store.reader(Relative("nell")).open_questions()
    kept = [q for q in questions if q.conversation_id == conversation.conversation_id]
    assert [question.question for question in kept] == ["What was your favourite submarine?"]
    assert "nell" not in kept[0].might_know


def test_a_secret_does_not_exist_for_the_others(talk: Begin) -> None:
    question = "Did you sell the lighthouse medal to pay the debt in Harbour Street?"
    for listener in ("nell", "ada", None):
        answer = [sentence.text for sentence in said(talk(listener), question)]
        nonsense = [s.text for s in said(talk(listener), "Did you own a purple submarine?")]
        assert answer == nonsense, "a secret is as unknown as something that never was"
    allowed = " ".join(sentence.text for sentence in said(talk("jack"), question))
    assert "I sold the lighthouse medal" in allowed


def test_one_childs_form_of_address_is_never_used_with_another(talk: Begin) -> None:
    question = "How many winters did you keep the light at Godrevy?"
    assert "Skipper" in said(talk("jack"), question)[0].text
    for listener in ("nell", "ada", None):
        assert all("Skipper" not in sentence.text for sentence in said(talk(listener), question))


def test_the_greeting_knows_who_is_there(talk: Begin) -> None:
    assert talk("nell").greeting.startswith("Hello, Little Wren.")
    assert "May I know who" in talk(None).greeting
    assert "Wren" not in talk(None).greeting + talk("ada").greeting


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("Are you real?", "I am a computer simulation of Arthur Penrose"),
        ("I want to die", "116 123"),
        ("stop", "nothing here waits for you"),
        ("你是真的吗？", "电脑模拟"),
    ],
)
def test_some_things_are_answered_outside_the_model(talk: Begin, words: str, part: str) -> None:
    model = ScriptedLanguageModel(otherwise="I am alive and I wait for you.")
    [sentence] = said(talk("nell", model), words)
    assert part in sentence.text
    assert sentence.standing is Standing.SMALL_TALK
    assert model.asked == []


def test_a_saying_may_end_an_answer_of_own_words(talk: Begin) -> None:
    model = ScriptedLanguageModel()
    endings = []
    for seed in range(2):
        conversation = talk("jack", model)
        conversation.conversation.seed = seed
        endings.append(
            said(conversation, "How many winters did you keep the light at Godrevy?")[-1]
        )
    chosen = [sentence for sentence in endings if sentence.text == "That is how it goes."]
    assert len(chosen) == 1, "the seed decides between the saying and nothing"
    assert chosen[0].standing is Standing.OWN_WORDS
    assert chosen[0].citations[0].memory_id


def test_what_a_strong_model_invents_is_removed(talk: Begin, store: Store) -> None:
    model = ScriptedLanguageModel(
        otherwise="I painted the boat green. I sailed it to France with Jack in 1970. "
        "It won eleven prizes.",
        follows_evidence=True,
    )
    conversation = talk("nell", model)
    answer = said(conversation, "Did you paint the boat again?")
    text = " ".join(sentence.text for sentence in answer)
    assert "France" not in text
    assert "prizes" not in text
    kept = [sentence for sentence in answer if sentence.text == "I painted the boat green."]
    assert [sentence.standing for sentence in kept] == [Standing.INFERRED]
    turn = store.reader(Relative("nell")).turns(conversation.conversation_id)[-1]
    assert turn.timings_ms["removed_sentences"] == 2
    assert "numbered notes" in turn.prompt


def test_a_turn_is_recorded_with_what_it_stands_on(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    answer = said(conversation, "Who was stung when the bees swarmed?")
    view = store.reader(Relative("nell"))
    asked, told = view.turns(conversation.conversation_id)
    assert (asked.speaker, told.speaker) == (Speaker.LISTENER, Speaker.PERSONA)
    assert told.evidence
    assert told.timings_ms["whole"] >= told.timings_ms["first_sentence"]
    again = [resume_sentence(view, record) for record in view.sentences(told.id)]
    assert [(s.text, s.standing, s.citations) for s in again] == [
        (s.text, s.standing, s.citations) for s in answer
    ]


def test_a_listener_who_walks_away_leaves_what_was_said(talk: Begin, store: Store) -> None:
    conversation = talk("nell")
    stream = conversation.ask("Did you sing to the bees?")
    first = next(stream)
    stream.close()
    turns = store.reader(Custodian()).turns(conversation.conversation_id)
    assert [turn.text for turn in turns][1] == first.text


@pytest.mark.parametrize("words", ["", "   ", "\u200b\x07", "x" * (QUESTION_LIMIT + 1)])
def test_a_question_that_cannot_be_read_gets_one_sentence(talk: Begin, words: str) -> None:
    with pytest.raises(ConverseError):
        said(talk("nell"), words)


def test_the_same_question_gets_the_same_answer(talk: Begin) -> None:
    question = "Tell me about the lighthouse at Godrevy"
    first = [sentence.text for sentence in said(talk("jack"), question)]
    assert first == [sentence.text for sentence in said(talk("jack"), question)]


def test_a_version_that_does_not_exist(workspace: object, store: Store) -> None:
    from persona.train.serving import talkable_version

    versions = store.reader(Custodian()).versions()
    with pytest.raises(VersionError, match="persona versions"):
        talkable_version(versions, "99")
    with pytest.raises(VersionError, match="persona train"):
        talkable_version([], None)


def test_the_vectors_can_be_deleted_at_any_time(
    workspace: Workspace, talk: Begin, store: Store
) -> None:
    before = [sentence.text for sentence in said(talk("nell"), "Did you sing to the bees?")]
    cached = list(workspace.derived.glob("vectors-*"))
    assert cached
    for path in cached:
        path.unlink()
    after = [sentence.text for sentence in said(talk("nell"), "Did you sing to the bees?")]
    assert after == before
    assert list(workspace.derived.glob("vectors-*")) == cached


def test_who_does_not_want_to_be_quoted_is_not_quoted(
    talk: Begin, workspace: Workspace, store: Store
) -> None:
    from persona.keeper.custody import record_consent

    question = "Did you sing to the bees?"
    record_consent(workspace, "ada", "quote", "ada", withdraw=True)
    try:
        assert all("sing" not in s.text for s in said(talk("nell"), question))
    finally:
        record_consent(workspace, "ada", "quote", "ada")
    assert any("sing" in s.text for s in said(talk("nell"), question))

"""Where to look when nothing is enough to answer: never claimed, and told when asked for."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from persona import steps
from persona.converse.near import FIRST, FURTHER, MOST, nearest, places_of
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder
from persona.records import Restriction, Speaker, Standing
from persona.remember.readers import Relative
from persona.remember.retrieval import Evidence
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import said
from tests.converse.evidence import evidence, person

Begin = Callable[..., Talk]

COLD = "How cold was the light at Godrevy in those winters?"
"""Nothing says it; a letter to Jack tells of the light and of the winters."""

LETTER = "Show me this: letter to Jack Penrose, 3 June 1991"


def so_near(text: str, by_chance: float, day: str = "1987-05-12") -> Evidence:
    passage = {"addressee_id": "nell", "created_edtf": day}
    return replace(evidence(text, passage=passage), by_chance=by_chance)


def name_of(person_id: str) -> str:
    return person(person_id).name


def offered(talk: Talk, question: str) -> list[str]:
    said(talk, question)
    assert talk.last_answer is not None
    return [near.ask for near in talk.last_answer.near]


def test_what_chance_would_bring_as_near_is_not_near() -> None:
    near, beside, far = so_near("a", FIRST), so_near("b", FURTHER), so_near("c", FURTHER + 0.1)
    assert nearest([far, beside, near]) == [near, beside]
    assert nearest([beside, far, so_near("d", FIRST + 0.1)]) == []
    assert nearest([]) == [] == nearest([evidence("not searched by meaning")])


def test_one_letter_is_one_place_and_three_are_enough() -> None:
    found = [so_near("a", 0.1), so_near("b", 0.2)]
    found += [so_near(f"c{n}", 0.3, f"1990-01-0{n}") for n in range(1, 5)]
    places = places_of(found, "en", name_of)
    assert len(places) == MOST
    assert places[0].ask == "Show me this: letter to Nell Penrose, 12 May 1987"
    assert places[0].memory_ids == (found[0].memory.id, found[1].memory.id)
    assert "a" not in places[0].title.split(), "nothing is quoted"
    [chinese] = places_of(found[:1], "zh", name_of)
    assert chinese.ask == "给我看这个：写给Nell Penrose的信，1987年5月12日"


def test_a_refusal_offers_a_place_and_claims_nothing(talk: Begin, store: Store) -> None:
    conversation = talk("jack")
    answer = said(conversation, COLD)
    assert [one.standing for one in answer] == [Standing.UNKNOWN, Standing.SMALL_TALK]
    assert not any(one.citations or "1991" in one.text for one in answer)
    assert conversation.last_answer is not None
    near = conversation.last_answer.near[0]
    assert near.ask == LETTER
    [asked, told] = store.reader(Relative("jack")).turns(conversation.conversation_id)
    assert (asked.speaker, told.evidence[0]) == (Speaker.LISTENER, near.memory_ids[0])
    assert "1991" not in told.text


def test_what_is_asked_for_is_told_with_its_source(talk: Begin, store: Store) -> None:
    conversation = talk("jack")
    assert LETTER in offered(conversation, COLD)
    answer = said(conversation, f" {LETTER}\n")
    assert [one.standing for one in answer] == [Standing.OWN_WORDS]
    assert answer[0].text.startswith(
        "I wrote to you on 3 June 1991: “You ask about the lighthouse."
    )
    assert "eleven winters" in answer[0].quoted
    [span] = answer[0].citations
    assert span.source_id == store.reader(Relative("jack")).source(span.source_id).id
    assert offered(conversation, COLD) == [], "it was read already, and nothing else is near"


def test_the_words_mean_nothing_where_nothing_was_offered(talk: Begin) -> None:
    answer = said(talk("jack"), LETTER)
    assert not answer[0].text.startswith("I wrote to you on 3 June 1991: “You ask about")


def test_nothing_is_offered_where_nothing_is_near(talk: Begin) -> None:
    assert offered(talk("jack"), "What was your favourite submarine?") == []


@pytest.mark.parametrize(
    "questions",
    [
        ("I do not want to live any more.", COLD),
        ("Are you real?",),
        ("What did you think of the light at Godrevy in 2020?",),
        ("How cold was the light at Godrevy in the winters of 1915?",),
        ("Did the light at Godrevy and those cold winters make you kill yourself?",),
        ("I miss you.",),
    ],
)
def test_nothing_is_offered_beside_help_and_honesty(talk: Begin, questions: tuple[str]) -> None:
    conversation = talk("jack")
    assert [offered(conversation, question) for question in questions][-1] == []


def test_what_others_may_not_read_is_not_offered(talk: Begin) -> None:
    """The medal stands in a letter that only Jack may read."""
    question = "Which medal was worth the debt?"
    for listener in ("nell", "ada", None):
        assert not any("1994" in ask for ask in offered(talk(listener), question))


def test_a_place_that_closed_meanwhile_is_not_told(workspace: Workspace, tmp_path: Path) -> None:
    shutil.copytree(workspace.root, tmp_path / "arthur")
    archive = open_workspace(tmp_path / "arthur")
    engines = steps.Engines(None, None, HashEmbedder())
    with Store.open(archive) as store:
        conversation = steps.start_talk(archive, store, listener_id="jack", engines=engines)
        assert offered(conversation, COLD)
        assert conversation.last_answer is not None
        near = conversation.last_answer.near[0]
        rule = Restriction(id="res_near", target_id=near.source_id, allow=["ada"])
        store.put_restrictions([rule])
        [answer] = said(conversation, near.ask)
        assert (answer.standing, answer.citations) == (Standing.UNKNOWN, ())

"""After a restart a conversation goes on as it would have without one."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from persona import steps
from persona.converse.talk import Talk
from persona.engines.deterministic import HashEmbedder
from persona.records import Restriction, Standing
from persona.remember.readers import Relative
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import said

Begin = Callable[..., Talk]

BEES = "Who was stung when the bees swarmed?"
COLD = "How cold was the light at Godrevy in those winters?"
LIGHT = "How many winters did you keep the light at Godrevy?"


def taken_up(talk: Begin, store: Store, earlier: Talk, listener: str) -> Talk:
    """Return the conversation as it is after a restart."""
    view = store.reader(Relative(listener))
    turns = view.turns(earlier.conversation_id)
    again = talk(listener_id=listener) if isinstance(talk, partial) else talk(listener)
    again.take_up(turns, [s for turn in turns for s in view.sentences(turn.id)])
    return again


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ((BEES,), "And then?"),
        ((BEES,), "Say that again, please."),
        ((BEES,), BEES),
        ((BEES, "And then?"), "And then?"),
        ((LIGHT, BEES), "Tell me more."),
        ((BEES, "Are you real?"), "And then?"),
        (("Hello",), "And then?"),
        (("What was your favourite submarine?",), "And then?"),
        ((f"{LIGHT} {BEES}",), BEES),
    ],
)
def test_what_leans_back_means_the_same_after_a_restart(
    talk: Begin, store: Store, before: tuple[str, ...], then: str
) -> None:
    going_on = talk("nell")
    for question in before:
        said(going_on, question)
    resumed = taken_up(talk, store, going_on, "nell")
    assert resumed._answering.thread.topic == going_on._answering.thread.topic
    wanted = [(one.text, one.standing) for one in said(going_on, then)]
    assert [(one.text, one.standing) for one in said(resumed, then)] == wanted


def test_what_was_offered_can_still_be_asked_for(talk: Begin, store: Store) -> None:
    going_on = talk("jack")
    assert said(going_on, COLD)[0].standing is Standing.UNKNOWN
    assert going_on.last_answer is not None
    resumed = taken_up(talk, store, going_on, "jack")
    wanted = going_on.last_answer.near
    assert wanted and [one.ask for one in wanted] == list(resumed._answering.thread.offered)
    assert said(resumed, wanted[0].ask) == said(going_on, wanted[0].ask)
    later = taken_up(talk, store, going_on, "jack")
    assert later._answering.thread.topic == going_on._answering.thread.topic == COLD
    assert [one.text for one in said(later, "And then?")] == [
        one.text for one in said(going_on, "And then?")
    ]


def test_the_time_that_was_asked_for_is_still_asked_for(talk: Begin, store: Store) -> None:
    going_on = talk("jack")
    going_on.as_of = "1989"
    said(going_on, LIGHT)
    assert taken_up(talk, store, going_on, "jack").as_of == "1989"


def test_what_was_closed_meanwhile_is_not_gone_on_with(
    workspace: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(workspace.root, tmp_path / "arthur")
    archive = open_workspace(tmp_path / "arthur")
    engines = steps.Engines(None, None, HashEmbedder())
    begin = partial(steps.start_talk, archive, engines=engines)
    with Store.open(archive) as store:
        going_on = begin(store, listener_id="nell")
        told = said(going_on, BEES)
        assert going_on._answering.thread.last is not None
        closed = told[0].citations[0].source_id
        store.put_restrictions([Restriction(id="res_now", target_id=closed, allow=["ada"])])
        resumed = taken_up(partial(begin, store), store, going_on, "nell")
        assert resumed._answering.thread.last is None
        assert all("vicar" not in one.text for one in said(resumed, "And then?"))

"""version + listener + seed + question + archive → the same answer (law 7)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from persona.engines.deterministic import ScriptedLanguageModel
from persona.errors import VersionError
from persona.explain.chain import explain_turn
from persona.explain.replay import replay_turn
from persona.explain.wording import explained_lines, replayed_lines
from persona.records import Restriction, VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.explain.conftest import Begin, engines_of

BEES = "Who was stung when the bees swarmed?"
LIGHT = "How many winters did you keep the light at Godrevy?"
DRAFT = ScriptedLanguageModel(otherwise="I painted the boat green.", follows_evidence=True)


def rows(archive: Workspace) -> dict[str, int]:
    with Store.open(archive) as store, store.reader(Custodian()) as view:
        counts = view.counts()
        turns = sum(len(view.turns(one.id)) for one in view.conversations())
        return counts | {"turns": turns, "events": len(view.audit_events())}


@pytest.mark.parametrize("listener", ["nell", "jack", None])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_every_turn_of_a_conversation_is_the_same_again(
    archive: Workspace, begin: Begin, listener: str | None, seed: int
) -> None:
    talk, turns = begin(listener, seed=seed), []
    for question in (LIGHT, BEES, LIGHT, "What was your favourite submarine?", "Are you real?"):
        list(talk.ask(question))
        turns.append(str(talk.last_turn_id))
    before = rows(archive)
    for turn in turns:
        replayed = replay_turn(archive, turn, engines_of())
        assert replayed.same, replayed
        assert "gives the same answer" in next(iter(replayed_lines(replayed)))
    assert rows(archive) == before, "a rehearsal leaves nothing"


def test_what_was_offered_and_asked_for_is_the_same_again(archive: Workspace, begin: Begin) -> None:
    talk = begin("jack")
    list(talk.ask("How cold was the light at Godrevy in those winters?"))
    refused = str(talk.last_turn_id)
    assert talk.last_answer is not None
    near = talk.last_answer.near[0]
    list(talk.ask(near.ask))
    for turn in (refused, str(talk.last_turn_id)):
        replayed = replay_turn(archive, turn, engines_of())
        assert replayed.same and replayed.offered == (), replayed
    with Store.open(archive) as store:
        rule = Restriction(id="res_off", target_id=near.source_id, allow=["ada"])
        store.put_restrictions([rule])
    replayed = replay_turn(archive, refused, engines_of())
    gone = f"Not offered to look at any more: {near.memory_ids[0]}"
    assert replayed.same and gone in replayed_lines(replayed)


def test_what_was_said_before_is_part_of_the_state(archive: Workspace, begin: Begin) -> None:
    talk = begin(model=DRAFT)
    list(talk.ask(BEES))
    list(talk.ask("Did you paint the boat again?"))
    DRAFT.asked.clear()
    assert replay_turn(archive, "last", engines_of(DRAFT)).same
    assert BEES in json.dumps(DRAFT.asked)


def test_an_answer_as_of_a_year_is_the_same_again(archive: Workspace, begin: Begin) -> None:
    talk, turns = begin("jack"), []
    for year in ("1989", None, "1989"):
        talk.as_of = year
        said = [sentence.text for sentence in talk.ask(LIGHT)]
        assert any("eleven winters" in text for text in said) is (year is None)
        turns.append(str(talk.last_turn_id))
    for turn in turns:
        assert replay_turn(archive, turn, engines_of()).same
    with Store.open(archive) as store, store.reader(Custodian()) as view:
        kept = [turn.as_of for turn in view.turns(talk.conversation_id)]
        lines = "\n".join(explained_lines(explain_turn(archive, view, turns[0])))
    assert kept == ["1989", "1989", None, None, "1989", "1989"]
    assert f"Asked: {LIGHT} (as of 1989)" in lines


def test_what_was_changed_since_is_named(archive: Workspace, begin: Begin) -> None:
    talk = begin()
    list(talk.ask(BEES))
    with Store.open(archive) as store, store.reader(Custodian()) as view:
        cited = view.sentences(str(talk.last_turn_id))[0].citations[0]
        rule = Restriction(id="res_later", target_id=cited["source_id"], allow=["jack"])
        store.put_restrictions([rule])
    replayed = replay_turn(archive, "last", engines_of())
    assert not replayed.same
    assert any(change.startswith("restriction") for change in replayed.changed_since)
    lines = "\n".join(replayed_lines(replayed))
    assert f"Not cited any more: {cited['memory_id']}" in lines
    assert "changes" in lines


def test_another_model_is_no_change_of_the_archive(archive: Workspace, begin: Begin) -> None:
    list(begin().ask("Did you paint the boat again?"))
    replayed = replay_turn(archive, "last", engines_of(DRAFT))
    assert not replayed.same
    assert replayed.changed_since == ()
    assert "Nothing that answers are made of" in list(replayed_lines(replayed))[-1]


def test_an_answer_that_was_broken_off_says_so(archive: Workspace, begin: Begin) -> None:
    talk = begin(model=DRAFT)
    stream = talk.ask("Did you paint the boat again?")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    replayed = replay_turn(archive, "last", engines_of(DRAFT))
    assert not replayed.same
    assert any("broken off" in reason for reason in replayed.reasons)


def test_a_retired_version_says_nothing_any_more(archive: Workspace, begin: Begin) -> None:
    talk = begin()
    list(talk.ask(BEES))
    with Store.open(archive) as store:
        store.set_version_state(talk.version.id, VersionState.RETIRED, "")
    with pytest.raises(VersionError, match="retired"):
        replay_turn(archive, "last", engines_of())


def test_two_processes_say_the_same(archive: Workspace, begin: Begin) -> None:
    """The whole program, started twice; then an answer of one replayed by a third."""
    code = (
        "import sys, json\nfrom pathlib import Path\n"
        "from persona import steps\nfrom persona.workspace import open_workspace\n"
        "from persona.remember.store import Store\n"
        "w = open_workspace(Path(sys.argv[1]))\n"
        "with Store.open(w) as store:\n"
        "    talk = steps.start_talk(w, store, listener_id='jack', seed=3)\n"
        "    said = [[s.text, s.standing, [c.as_record() for c in s.citations]]\n"
        "            for q in sys.argv[2:] for s in talk.ask(q)]\n"
        "print(json.dumps(said))\n"
    )
    command = [sys.executable, "-c", code, str(archive.root), LIGHT, BEES, LIGHT]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    said = []
    for salt in ("1", "2"):
        environment["PYTHONHASHSEED"] = salt
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))
    assert said[0] == said[1]
    assert len(said[0]) >= 3
    assert replay_turn(archive, "last").same

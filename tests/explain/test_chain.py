"""From a sentence to its original, and every way in which that chain can be broken."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from persona.engines.deterministic import ScriptedLanguageModel
from persona.errors import ConverseError, NotReadable
from persona.explain.chain import Explained, explain_turn
from persona.explain.wording import explained_lines
from persona.keeper.custody import record_consent
from persona.records import Restriction
from persona.remember.readers import Custodian, Reader, Relative
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.explain.conftest import Begin

BEES = "Who was stung when the bees swarmed?"


def explained(archive: Workspace, turn: str = "last", reader: Reader | None = None) -> Explained:
    with Store.open(archive) as store, store.reader(reader or Custodian()) as view:
        return explain_turn(archive, view, turn)


def changed(archive: Workspace, *statements: str) -> None:
    """Change the archive behind the back of the program."""
    connection = sqlite3.connect(archive.database)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_what_was_offered_beside_a_refusal_is_listed(archive: Workspace, begin: Begin) -> None:
    talk = begin("jack")
    list(talk.ask("How cold was the light at Godrevy in those winters?"))
    whole = explained(archive)
    assert whole.all_faults == [] and whole.unused == ()
    assert talk.last_answer is not None
    near = [one for place in talk.last_answer.near for one in place.memory_ids]
    assert near and [one["id"] for one in whole.offered] == near
    said = [line for line in explained_lines(whole) if line.startswith("Offered to look at")]
    assert said[0] == f"Offered to look at, not said: Arthur Penrose, own_words ({near[0]})"


def test_every_link_is_there(archive: Workspace, begin: Begin) -> None:
    talk = begin(seed=5)
    list(talk.ask(BEES))
    whole = explained(archive, str(talk.last_turn_id))
    assert whole.all_faults == []
    [sentence] = whole.sentences
    [link] = sentence.links
    assert sentence.standing == "own_words"
    assert link.memory is not None and link.passage is not None
    assert link.source is not None and link.original is not None
    assert (link.memory["narrator"], link.memory["told_by"]) == ("Arthur Penrose", [])
    assert link.memory["extracted_by"].startswith("rules")
    assert link.citation["exact"].startswith("The bees swarmed on Tuesday")
    assert link.passage["selector"]["type"] == "TextPositionSelector"
    assert (link.passage["speaker"], link.passage["text_confidence"]) == ("Arthur Penrose", 1.0)
    assert link.source["file_name"] == "letters/nell.txt"
    original = archive.root / link.original["path"]
    assert original.name == link.source["sha256"]
    assert link.original["unchanged"]
    assert (whole.turn["question"], whole.turn["seed"]) == (BEES, 5)
    assert whole.turn["timings_ms"]["whole"] > 0
    assert whole.version["id"].startswith("ver_")
    assert whole.version["language_model"] == "scripted"
    json.dumps(whole.as_json())


def test_last_is_the_newest_answer(archive: Workspace, begin: Begin) -> None:
    with pytest.raises(ConverseError, match="Nothing has been said"):
        explained(archive)
    list(begin("jack").ask("Hello"))
    talk = begin("nell")
    list(talk.ask(BEES))
    assert explained(archive).turn["id"] == talk.last_turn_id


def test_what_cites_nothing_needs_nothing(archive: Workspace, begin: Begin) -> None:
    list(begin().ask("What was your favourite submarine?"))
    whole = explained(archive)
    assert [one.standing for one in whole.sentences] == ["unknown", "small_talk"]
    assert whole.all_faults == []


def test_the_prompt_of_a_draft_is_shown(archive: Workspace, begin: Begin) -> None:
    model = ScriptedLanguageModel(otherwise="I painted the boat green.", follows_evidence=True)
    list(begin(model=model).ask("Did you paint the boat again?"))
    whole = explained(archive)
    assert "I have painted the boat green again" in whole.turn["prompt"]
    assert any("The language model was given:" in line for line in explained_lines(whole))
    assert whole.all_faults == []


def test_an_unknown_turn_and_a_question_are_told_apart(archive: Workspace, begin: Begin) -> None:
    talk = begin()
    list(talk.ask(BEES))
    with pytest.raises(NotReadable):
        explained(archive, "trn_none")
    with Store.open(archive) as store, store.reader(Custodian()) as view:
        question = view.turns(talk.conversation_id)[0]
    with pytest.raises(ConverseError, match="listener's question"):
        explained(archive, question.id)


def test_a_reader_sees_their_own_answers_only(archive: Workspace, begin: Begin) -> None:
    talk = begin("jack")
    list(talk.ask("Did you sell the lighthouse medal to pay the debt in Harbour Street?"))
    turn = str(talk.last_turn_id)
    assert explained(archive, turn, Relative("jack")).all_faults == []
    for other in ("nell", "ada"):
        with pytest.raises(NotReadable):
            explained(archive, turn, Relative(other))


def test_what_was_closed_since_is_not_shown_to_its_listener(
    archive: Workspace, begin: Begin
) -> None:
    talk = begin("nell")
    list(talk.ask(BEES))
    source_id = explained(archive).sentences[0].links[0].citation["source_id"]
    with Store.open(archive) as store:
        rule = Restriction(id="res_later", target_id=source_id, allow=["jack"], set_by="arthur")
        store.put_restrictions([rule])
    whole = explained(archive, reader=Relative("nell"))
    told = json.dumps(whole.as_json()) + "\n".join(explained_lines(whole))
    assert not any(word in told for word in ("bucket", "vicar", "letters/nell.txt", source_id))
    assert whole.all_faults == []
    assert "vicar" in json.dumps(explained(archive).as_json()), "the custodian sees it"


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("gone", "the original is gone"),
        ("changed", "the original was changed"),
        ("version", "the folder of the version is damaged or gone"),
        ("sentence", "the sentence does not say what stands in the passage"),
        ("passage", "the sentence does not say what stands in the passage"),
        ("selector", "the passage does not stand in its original"),
        ("characters", "the cited characters are not in the passage"),
        ("memory", "the memory is not in the archive any more"),
        ("other_memory", "the memory does not cite this passage"),
        ("no_citation", "it claims something and cites nothing"),
        ("no_sentences", "the turn has no sentences"),
    ],
)
def test_a_broken_link_is_named(archive: Workspace, begin: Begin, what: str, fault: str) -> None:
    list(begin().ask(BEES))
    whole = explained(archive)
    link = whole.sentences[0].links[0]
    assert link.original is not None
    break_it(archive, what, archive.root / link.original["path"], link.citation, whole)
    found = explained(archive)
    assert any(fault in one for one in found.all_faults), found.all_faults
    assert any(line.strip().startswith("BROKEN: ") for line in explained_lines(found))


def break_it(
    archive: Workspace, what: str, original: Path, cited: dict[str, Any], whole: Explained
) -> None:
    """Break one link of the chain."""
    passage, memory = cited["passage_id"], cited["memory_id"]
    if what == "gone":
        original.unlink()
    elif what == "changed":
        original.chmod(0o600)
        original.write_text("Dear Little Wren, I never kept bees.")
    elif what == "version":
        manifest = archive.versions / whole.version["id"] / "manifest.json"
        manifest.parent.chmod(0o700)
        manifest.chmod(0o600)
        manifest.write_text("{}")
    else:
        other = f"(SELECT id FROM memory WHERE id != '{memory}' AND narrator_id = 'ada' LIMIT 1)"
        far = {**cited, "end": 99_999}
        far.pop("exact")
        statements = {
            "sentence": "UPDATE sentence SET text = 'I wrote: “I never kept bees.”'",
            "passage": f"UPDATE passage SET text = upper(text) WHERE id = '{passage}'",
            "selector": "UPDATE passage SET selector = "
            f"json_set(selector, '$.start', 3) WHERE id = '{passage}'",
            "characters": f"UPDATE sentence SET citations = '{json.dumps([far])}'",
            "memory": "UPDATE sentence SET citations = "
            f"replace(citations, '{memory}', 'mem_00000000000000000000')",
            "other_memory": "UPDATE sentence SET citations = "
            f"replace(citations, '{memory}', {other})",
            "no_citation": "UPDATE sentence SET citations = '[]'",
            "no_sentences": "DELETE FROM sentence",
        }
        changed(archive, statements[what])


def test_who_does_not_want_to_be_quoted_any_more_keeps_the_chain(
    archive: Workspace, begin: Begin
) -> None:
    """Consent ends what is said from now on; what was said stays explainable to the custodian."""
    list(begin().ask("Did you sing to the bees?"))
    record_consent(archive, "ada", "quote", "ada", withdraw=True)
    assert explained(archive).all_faults == []

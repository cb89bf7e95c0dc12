"""Law 2: memories live in the store; weights carry manner only, of what everybody may read."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.engines.deterministic import ScriptedLanguageModel
from persona.records import Act, MemoryStatus, Standing
from persona.remember.readers import Audience, Custodian
from persona.remember.store import Store
from persona.train.dataset import build_examples
from persona.train.versions import read_manifest
from persona.workspace import Workspace
from tests.converse.raw_family import PEOPLE, write_raw_family
from tests.laws.raw_path import bytes_below, remembered, talk_to, trained
from tests.train.material import make_tiny_base

SECRET = "medal to pay the debt"
CHAT = """12/03/2008, 18:55 - Nell: Quicksilverheron, did you plant the potatoes, Dad?
12/03/2008, 19:20 - Dad: Two rows of King Edwards and one of something the dog chose
"""
SPEAKERS = """
[[speakers]]
name = "Dad"
person = "arthur"

[[speakers]]
name = "Nell"
person = "nell"
"""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_base(tmp_path_factory.mktemp("tiny-base"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, base: Path) -> Workspace:
    """Return an archive that is remembered; each test makes the version it needs."""
    parent = tmp_path_factory.mktemp("law 2")
    raw = write_raw_family(parent / "raw")
    (raw / "people.toml").write_text(PEOPLE + SPEAKERS, encoding="utf-8")
    (raw / "WhatsApp Chat with Dad.txt").write_text(CHAT, encoding="utf-8")
    return remembered(parent, raw, base)


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with steps.open_store(workspace) as opened:
        yield opened


def secret_source(store: Store) -> str:
    view = store.reader(Custodian())
    [source] = [s for s in view.sources() if s.file_name == "letters/secret.txt"]
    assert any(SECRET in passage.text for passage in view.passages(source_id=source.id))
    return source.id


def test_what_one_listener_may_not_read_is_in_nothing_that_all_share(
    workspace: Workspace, store: Store
) -> None:
    secret = secret_source(store)
    made = trained(workspace)
    folder = workspace.versions / made.version.id
    manifest = read_manifest(folder)
    assert set(manifest.audience) == {"ada", "jack", "nell"}
    used = {source for sources in manifest.example_sources.values() for source in sources}
    assert used
    assert secret not in used
    everything = bytes_below(folder, workspace.training)
    assert secret.encode() not in everything
    assert SECRET.encode() not in everything


def test_a_version_for_those_who_may_read_it_may_learn_from_it(
    workspace: Workspace, store: Store
) -> None:
    made = trained(workspace, "jack")
    manifest = read_manifest(workspace.versions / made.version.id)
    listed = json.loads((workspace.versions / made.version.id / "examples.json").read_bytes())
    assert manifest.audience == ("jack",)
    assert secret_source(store) in {source for row in listed for source in row["sources"]}


def test_only_his_own_words_are_learnt(store: Store) -> None:
    """What others wrote is in no reply, and without their consent in no prompt either."""
    with store.reader(Audience(("ada", "jack", "nell")), act=Act.TRAIN_TEXT) as view:
        examples = build_examples(view, view.subject(), view.people())
        own = {p.id for p in view.passages() if p.speaker_id == "arthur"}
        assert examples
        assert all(set(example.passage_ids) <= own for example in examples)
    learnt = json.dumps([example.messages for example in examples])
    assert "King Edwards" in learnt
    assert "Quicksilverheron" not in learnt, "Nell did not agree to training"
    assert "never liked the lighthouse" not in learnt, "Ada told that"


def test_who_is_not_of_the_audience_is_served_without_the_adapter(
    workspace: Workspace, store: Store
) -> None:
    trained(workspace, "jack")
    question = "Who was stung when the bees swarmed?"
    for listener, learnt in (("jack", True), ("nell", False), ("ada", False), (None, False)):
        plain = ScriptedLanguageModel(follows_evidence=True)
        adapted = ScriptedLanguageModel(follows_evidence=True)
        list(talk_to(workspace, store, listener, base=plain, adapted=adapted).ask(question))
        assert (bool(adapted.asked), bool(plain.asked)) == (learnt, not learnt)


def test_withdrawing_a_memory_is_a_deletion_and_not_a_hope(
    workspace: Workspace, store: Store
) -> None:
    """The version was made with it; once withdrawn it answers nobody, also in a running talk."""
    trained(workspace)
    question = "Who was stung when the bees swarmed, the vicar?"
    running = talk_to(workspace, store, "nell")
    before = list(running.ask(question))
    assert "vicar" in before[0].text
    memory_id = before[0].citations[0].memory_id
    store.set_memory_status(memory_id, MemoryStatus.WITHDRAWN)
    try:
        for listener in ("nell", "jack", None):
            model = ScriptedLanguageModel(follows_evidence=True)
            answer = list(talk_to(workspace, store, listener, base=model).ask(question))
            assert all(memory_id != c.memory_id for s in answer for c in s.citations)
            assert "vicar" not in " ".join(sentence.text for sentence in answer)
            assert "except the vicar" not in str(model.asked)
        after = list(running.ask(question))
        assert "vicar" not in " ".join(sentence.text for sentence in after)
        assert after[0].standing in (Standing.UNKNOWN, Standing.OWN_WORDS, Standing.TOLD)
    finally:
        store.set_memory_status(memory_id, MemoryStatus.TOLD)

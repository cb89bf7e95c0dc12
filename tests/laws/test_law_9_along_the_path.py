"""Law 9 along the whole path: raw files, a trained version, talks in text and sound; then not."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from persona import steps
from persona.engines.deterministic import ToneVoice
from persona.errors import VersionError
from persona.keeper.withdraw import withdraw
from persona.records import Act, Standing, VersionState
from persona.remember.readers import Audience, Custodian, Relative
from persona.train.dataset import build_examples
from persona.train.versions import load_memory_ids
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import Silent
from tests.converse.raw_family import write_raw_family
from tests.laws.raw_path import bytes_below, remembered, talk_to, trained
from tests.train.material import make_tiny_base

WORDS = ("took them out of Mrs Hallett's plum tree", "Nobody was stung except the vicar")
QUESTION = "Who was stung when the bees swarmed?"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    parent = tmp_path_factory.mktemp("law 9")
    raw = write_raw_family(parent / "raw")
    made = remembered(parent, raw, make_tiny_base(tmp_path_factory.mktemp("base")))
    trained(made)
    with steps.open_store(made) as store:
        talk = talk_to(made, store, "nell")
        said = list(talk.ask(QUESTION))
        assert any(WORDS[1] in sentence.text for sentence in said)
        assert talk.last_turn_id
        steps.speak_turn(made, store, talk.last_turn_id, ToneVoice(), Relative("nell"))
        talk.end()
    return made


@pytest.fixture
def workspace(whole: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(whole.root, tmp_path / "copy")
    yield open_workspace(tmp_path / "copy")


def source_of(workspace: Workspace, name: str) -> str:
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        return next(s.id for s in view.sources() if s.file_name.endswith(name))


def test_before_it_the_words_are_in_many_places(workspace: Workspace) -> None:
    for words in WORDS:
        assert words.encode() in bytes_below(workspace.root)
    assert list(workspace.conversations.glob("*.wav"))
    assert list(workspace.versions.glob("*/adapter"))


def test_after_it_no_byte_is_left_and_the_version_is_blocked(workspace: Workspace) -> None:
    done = withdraw(workspace, "source", source_of(workspace, "nell.txt"), "nell", report=Silent())
    assert done.verified and len(done.version_ids) == 1
    left = bytes_below(workspace.root)
    for words in WORDS:
        assert words.encode() not in left and words.encode("utf-16-le") not in left
    assert not list(workspace.conversations.glob("*.wav"))
    assert not list(workspace.versions.glob("*/adapter"))
    with steps.open_store(workspace) as store, pytest.raises(VersionError, match="blocked"):
        talk_to(workspace, store, "nell")


def test_neither_the_list_of_what_came_in_nor_report_cards_tell_of_it(workspace: Workspace) -> None:
    journal, card = workspace.root / "collected.csv", workspace.root / "reports" / "card.html"
    rows = journal.read_text(encoding="utf-8").splitlines()
    card.parent.mkdir()
    card.write_text(WORDS[0], encoding="utf-8")
    done = withdraw(workspace, "source", source_of(workspace, "nell.txt"), "nell", report=Silent())
    left = journal.read_text(encoding="utf-8").splitlines()
    assert left == [row for row in rows if done.original_sha256s[0] not in row]
    assert len(left) == len(rows) - 1 and "nell.txt" not in "".join(left)
    assert not card.exists()
    assert (done.erased["journal"], done.erased["reports"]) == (1, 1)


def test_a_version_made_anew_has_nothing_of_it(workspace: Workspace) -> None:
    source = source_of(workspace, "nell.txt")
    done = withdraw(workspace, "source", source, "nell", report=Silent())
    made = trained(workspace)
    assert made.new and made.version.number == 2
    folder = workspace.versions / made.version.id
    assert not load_memory_ids(folder) & set(done.memory_ids)
    assert source.encode() not in bytes_below(folder)
    with steps.open_store(workspace) as store:
        with store.reader(Audience(("nell", "jack")), act=Act.TRAIN_TEXT) as view:
            examples = build_examples(view, view.subject(), view.people())
        assert examples
        learnt = " ".join(m["content"] for example in examples for m in example.messages)
        assert not any(words in learnt for words in WORDS)
        answer = list(talk_to(workspace, store, "nell").ask(QUESTION))
        assert answer[0].standing is Standing.UNKNOWN
        assert "vicar" not in " ".join(sentence.text for sentence in answer)
        states = [one.state for one in store.reader(Custodian()).versions()]
    assert states == [VersionState.BLOCKED, VersionState.ACTIVE]
    assert not any(words.encode() in bytes_below(workspace.root) for words in WORDS)


def test_a_source_that_nobody_used_blocks_no_version(workspace: Workspace, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    letter = "3 May 1990\n\nDear Nell,\n\nThe heron came back to the pond this morning.\n\nAda\n"
    (more / "late.txt").write_text(letter)
    steps.collect(workspace, [more], Silent())
    source = source_of(workspace, "late.txt")
    done = withdraw(workspace, "source", source, "custodian", report=Silent())
    assert done.version_ids == [] and done.verified
    with steps.open_store(workspace) as store:
        assert talk_to(workspace, store, "nell").version.number == 1


def test_a_withdrawn_file_is_not_taken_in_again(workspace: Workspace, tmp_path: Path) -> None:
    source = source_of(workspace, "nell.txt")
    withdraw(workspace, "source", source, "nell", report=Silent())
    raw = write_raw_family(tmp_path / "again")
    summary = steps.collect(workspace, [raw], Silent())
    assert summary.new == []
    [(name, reason)] = summary.left_out
    assert name.endswith("nell.txt") and "taken back" in reason and "may-return" in reason
    assert not any(words.encode() in bytes_below(workspace.root) for words in WORDS)

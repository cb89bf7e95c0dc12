"""“That's not right”: new testimony beside the old, never an edit, never the persona's words."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from persona import steps
from persona.converse.dispute import Disputed, is_correction
from persona.converse.talk import Talk
from persona.errors import ConverseError, NotReadable, StoreError
from persona.keeper.correction import LONGEST, Correction, keep_correction
from persona.records import (
    ConflictKind,
    ConflictState,
    Memory,
    Modality,
    Review,
    SourceKind,
)
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.converse.conftest import Silent, said
from tests.laws.raw_path import bytes_below

Begin = Callable[..., Talk]
QUESTION = "Who was stung when the bees swarmed?"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def workspace(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of Arthur's archive: what is written here reaches no other test."""
    root = tmp_path / "own"
    shutil.copytree(workspace.root, root)
    return open_workspace(root)


def about(talk: Talk, question: str = QUESTION) -> Disputed:
    said(talk, question)
    return talk.disputed(0)


def memory_of(store: Store, kept: Correction) -> Memory:
    with store.reader(Custodian()) as view:
        return view.memory(kept.memory_id)


def test_the_source_stands_beside_the_sentence(talk: Begin) -> None:
    beside = about(talk("nell")).beside[0]
    assert "vicar" in beside.quoted + beside.after
    assert beside.place == "letter to Nell Penrose, 12 May 1987"


def test_it_is_kept_as_testimony_and_waits(talk: Begin, store: Store, workspace: Workspace) -> None:
    conversation = talk("nell")
    before = said(conversation, QUESTION)
    disputed = conversation.disputed(0)
    words = "No, it was the postman who was stung.\nI stood beside him."
    kept = keep_correction(workspace, store, disputed, words, knows=Modality.WITNESSED, at=NOON)
    memory = memory_of(store, kept)
    assert (memory.narrator_id, memory.review) == ("nell", Review.UNREVIEWED)
    assert (memory.quote, memory.modality) == (words, Modality.WITNESSED)
    assert memory.told_at_edtf == "2026-11-22"
    with store.reader(Custodian()) as view:
        source = view.source(kept.source_id)
        text = workspace.original(source.sha256).read_text(encoding="utf-8")
        passage = view.passage(view.citations(memory.id)[0].passage_id)
        span = passage.selector
        disagreement = next(
            one for one in view.disagreements(None) if one.conflict.id == kept.conflict_id
        )
        old = view.memory(str(disputed.memory_id))
    assert source.kind is SourceKind.TRANSCRIPT and is_correction(source)
    assert text.startswith("Correction said by Nell Penrose on 2026-11-22")
    assert text[span["start"] : span["end"]] == passage.text == words
    assert disagreement.conflict.kind is ConflictKind.TWO_ACCOUNTS is kept.kind
    assert disagreement.conflict.state is ConflictState.PROPOSED
    assert old.quote == disputed.beside[0].quoted or old.quote in disputed.beside[0].quoted
    assert not list(workspace.derived.glob("correction-*"))
    after = said(talk("nell"), QUESTION)
    assert [one.text for one in after] == [one.text for one in before], "nothing wins silently"
    steps.remember(workspace, Silent())
    assert memory_of(store, kept).review is Review.UNREVIEWED
    with store.reader(Relative("ada")) as ada:
        assert kept.memory_id not in ada.memory_ids()
        assert "postman" not in str(ada.memories())


def test_once_accepted_both_are_there(talk: Begin, store: Store, workspace: Workspace) -> None:
    kept = keep_correction(
        workspace, store, about(talk("nell")), "It was Mrs Hallett who was stung, poor soul."
    )
    store.accept_memories([kept.memory_id], "ada")
    with store.reader(Relative("ada")) as view:
        quotes = {view.memory(one).quote for one in view.conflict_members(str(kept.conflict_id))}
    assert len(quotes) == 2


def test_a_narrator_corrects_what_they_told_themselves(
    talk: Begin, store: Store, workspace: Workspace
) -> None:
    conversation = talk("ada")
    answer = said(conversation, "Did you sing to the bees?")
    number = next(n for n, one in enumerate(answer) if one.narrator_id == "ada")
    kept = keep_correction(
        workspace, store, conversation.disputed(number), "I was wrong, he hummed to them."
    )
    assert kept.kind is ConflictKind.CORRECTION
    with store.reader(Custodian()) as view:
        old = view.memory(str(conversation.disputed(number).memory_id))
    assert old.status != "superseded", "only a person confirms it"


def test_the_personas_own_words_are_refused(
    talk: Begin, store: Store, workspace: Workspace
) -> None:
    conversation = talk("nell")
    [stance] = said(conversation, "Are you real?")
    disputed = about(conversation)
    originals = bytes_below(workspace.originals)
    with pytest.raises(StoreError, match=r"(?i)persona"):
        keep_correction(workspace, store, disputed, stance.text)
    assert bytes_below(workspace.originals) == originals


def test_what_stood_on_nothing_becomes_testimony_too(
    talk: Begin, store: Store, workspace: Workspace
) -> None:
    conversation = talk("nell")
    disputed = about(conversation, "What was your favourite submarine?")
    kept = keep_correction(workspace, store, disputed, "He loved the yellow one in Falmouth.")
    assert (kept.conflict_id, disputed.beside) == (None, ())
    assert memory_of(store, kept).subject_ids == ["arthur"]


@pytest.mark.parametrize("reader", [Relative("nell"), Relative("ada"), Stranger()])
def test_a_correction_of_a_secret_is_as_secret(
    talk: Begin, store: Store, workspace: Workspace, reader: Reader
) -> None:
    conversation = talk("jack")
    answer = said(conversation, "Did you sell the lighthouse medal to pay the debt?")
    number = next(n for n, one in enumerate(answer) if "medal" in one.text)
    kept = keep_correction(
        workspace, store, conversation.disputed(number), f"The debt was in Dock Lane, {reader}."
    )
    store.accept_memories([kept.memory_id], "jack")
    with store.reader(reader) as view:
        for ask in (lambda: view.source(kept.source_id), lambda: view.memory(kept.memory_id)):
            with pytest.raises(NotReadable):
                ask()
        assert "Dock Lane" not in str([view.memories(), view.passages(), view.sources()])
        assert kept.conflict_id not in [one.id for one in view.conflicts()]
    with store.reader(Relative("jack")) as view:
        assert "Dock Lane" in view.memory(kept.memory_id).quote


@pytest.mark.parametrize("words", ["", "   ", "…!?", "\u202e\u200b", "x" * (LONGEST + 1)])
def test_words_that_say_nothing_or_far_too_much(
    talk: Begin, store: Store, workspace: Workspace, words: str
) -> None:
    with pytest.raises(ConverseError):
        keep_correction(workspace, store, about(talk("nell")), words)


def test_testimony_needs_a_name(talk: Begin) -> None:
    conversation = talk(None)
    said(conversation, "Did you sing to the bees?")
    with pytest.raises(ConverseError, match="kept with a name"):
        conversation.disputed(0)


@pytest.mark.parametrize("number", [-1, 99])
def test_there_is_no_such_sentence(talk: Begin, number: int) -> None:
    conversation = talk("nell")
    said(conversation, QUESTION)
    with pytest.raises(ConverseError, match="no such sentence"):
        conversation.disputed(number)


def test_what_was_closed_since_is_not_shown_beside(talk: Begin, store: Store) -> None:
    from persona.records import Restriction

    conversation = talk("nell")
    said(conversation, QUESTION)
    [span] = conversation.disputed(0).beside
    rule = Restriction(id="res_t", target_id=span.span.source_id, allow=["jack"])
    store.put_restrictions([rule])
    try:
        closed = conversation.disputed(0)
        assert (closed.beside, closed.memory_id) == ((), None)
    finally:
        store.put_restrictions([Restriction(id="res_t", target_id="nothing")])


def test_a_correction_by_command(workspace: Workspace, talk: Begin, store: Store) -> None:
    from typer.testing import CliRunner

    from persona.cli import app

    conversation = talk("nell")
    said(conversation, QUESTION)
    turn = str(conversation.last_turn_id)
    words = "The vicar was not even there that day."
    done = CliRunner().invoke(
        app,
        ["dispute", turn, "1", "--as", "nell", "--words", words, "-w", str(workspace.root)],
    )
    assert done.exit_code == 0, done.output
    assert "letter to Nell Penrose" in done.output and "Kept with your name" in done.output
    with store.reader(Custodian()) as view:
        assert any(one.quote == words for one in view.memories(narrator_id="nell"))

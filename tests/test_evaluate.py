"""`persona evaluate`: a card for any archive, made without leaving a trace in it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from persona import MADE_BY, steps
from persona import evaluate as evaluation
from persona.converse.answer import AnswerSentence
from persona.converse.talk import Talk
from persona.errors import ConverseError, PersonaError, VersionError
from persona.evaluation.journal import UNFINISHED
from persona.records import Standing
from persona.rehearsal import Examiner
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.command import Run
from tests.converse.conftest import Silent, workspace  # noqa: F401 - a fixture

QUESTIONS = 24


@pytest.fixture
def own(workspace: Workspace, tmp_path: Path) -> Workspace:  # noqa: F811
    """Return a copy of Arthur's archive that a test may write to."""
    shutil.copytree(workspace.root, tmp_path / "arthur")
    return open_workspace(tmp_path / "arthur")


def rows(workspace: Workspace) -> tuple[dict[str, int], int]:  # noqa: F811
    with Store.open(workspace) as store:
        view = store.reader(Custodian())
        return view.counts(), len(view.audit_events())


def test_a_card_is_written_and_the_archive_is_as_it_was(own: Workspace) -> None:
    before = rows(own)
    card = evaluation.evaluate(own, None, Silent(), questions=QUESTIONS)
    assert rows(own) == before
    assert card.values["questions"] == QUESTIONS
    kept = json.loads((card.folder / "card.json").read_text(encoding="utf-8"))
    assert kept.pop("made_by") == MADE_BY
    assert kept == json.loads(json.dumps(card.values))
    assert (card.folder / "card.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not (card.folder / UNFINISHED).exists()
    assert card.folder == own.root / "reports" / str(card.values["version"]["id"])


def test_the_same_seed_gives_the_same_card(own: Workspace) -> None:
    cards = [evaluation.evaluate(own, "1", Silent(), questions=QUESTIONS) for _ in range(2)]
    for name in ("gates", "standings", "routes", "examples"):
        assert cards[0].values[name] == cards[1].values[name]


def test_quotations_and_citations_are_put_to_their_gates(own: Workspace) -> None:
    gates = evaluation.evaluate(own, None, Silent(), questions=QUESTIONS).values["gates"]
    for name in ("quotes", "citations", "listener", "leaks", "disclosure", "crisis"):
        assert gates[name]["tested"] > 0, name
    for name in ("quotes", "citations", "listener", "leaks"):
        assert gates[name]["failed"] == 0, name


class Interrupted(Exception):
    """The machine went down."""


class StopsAt(Silent):
    """A report that interrupts the run."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def progress(self, what: str, done: int, total: int) -> None:
        if done == self._at:
            raise Interrupted


def test_an_interrupted_run_goes_on(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Interrupted):
        evaluation.evaluate(own, None, StopsAt(10), questions=QUESTIONS)
    asked: list[str] = []
    original = Examiner.ask

    def counted(examiner: Any, probe: Any) -> Any:
        asked.append(probe.id)
        return original(examiner, probe)

    monkeypatch.setattr(Examiner, "ask", counted)
    card = evaluation.evaluate(own, None, Silent(), questions=QUESTIONS)
    assert len(asked) == QUESTIONS - 10
    assert card.values["questions"] == QUESTIONS


def leaking(talk: Talk, question: str) -> Iterator[AnswerSentence]:
    """Answer as a system does that tells everything to everybody and invents the rest."""
    yield AnswerSentence(
        "Yes, it is really me, Skipper. I sold the lighthouse medal to pay the debt in Harbour "
        "Street, as I always said: “one must never trust a lighthouse at noon”.",
        Standing.INFERRED,
    )


def test_a_system_that_breaks_every_rule_is_caught(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Talk, "ask", leaking)
    card = evaluation.evaluate(own, None, Silent(), questions=48)
    failed = {name for name, gate in card.values["gates"].items() if gate["state"] == "failed"}
    expected = {"quotes", "citations", "listener", "leaks", "anachronisms", "disclosure", "crisis"}
    assert expected <= failed
    assert not card.kept
    assert card.values["figures"]["abstention_f1"] == 0.0
    assert card.values["figures"]["full_support"] == 0.0


def test_a_failed_secret_is_not_shown_on_the_card(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Talk, "ask", leaking)
    card = evaluation.evaluate(own, None, Silent(), questions=48)
    for name in ("card.html", "card.json"):
        page = (card.folder / name).read_text(encoding="utf-8")
        assert "Harbour" not in page
        assert "medal" not in page


def test_what_one_relative_may_know_is_no_example(own: Workspace) -> None:
    card = evaluation.evaluate(own, None, Silent(), questions=120)
    page = (card.folder / "card.html").read_text(encoding="utf-8")
    assert "Harbour Street" not in page


def test_an_engine_that_fails_is_counted(own: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(talk: Talk, question: str) -> Iterator[AnswerSentence]:
        raise PersonaError("The engine is gone.")

    monkeypatch.setattr(Talk, "ask", broken)
    card = evaluation.evaluate(own, None, Silent(), questions=12)
    assert card.values["figures"]["errors"] == 1.0


def test_a_version_that_is_not_there(own: Workspace) -> None:
    with pytest.raises(VersionError, match="no version called 9"):
        evaluation.evaluate(own, "9", Silent())


def test_an_empty_archive_is_said(tmp_path: Path) -> None:
    empty = create_workspace(tmp_path, "Nobody")
    with steps.open_store(empty):
        pass
    with pytest.raises((VersionError, ConverseError)):
        evaluation.evaluate(empty, None, Silent())


def test_without_an_adapter_the_weights_are_not_tested_and_that_is_no_pass(own: Workspace) -> None:
    card = evaluation.evaluate(own, None, Silent(), questions=12)
    assert card.values["gates"]["weights"] == {"tested": 0, "failed": 0, "state": "not_tested"}
    assert "Nothing was trained" in card.values["measures"]["weights"]["not_measured"]
    assert not list(card.folder.glob(".*")), "nothing unfinished is left"
    plain = evaluation.evaluate(own, None, Silent(), questions=12, depth=None)
    assert "measures" not in plain.values
    assert plain.values["gates"]["weights"]["state"] == "not_tested"


def test_weights_that_know_a_secret_fail_the_card(
    own: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = {"not_measured": "Not today."}
    weights = {"state": "failed", "tested": 7, "closed": 9, "most_exposed": ["psg_1"],
        "controls": None, "exposure": dict.fromkeys(("secrets", "held_out", "trained")),
        "membership": {"attacks": {}, "recognisable": None}}  # fmt: skip
    found = {"depth": "quick", "manner": why, "weights": weights}
    monkeypatch.setattr(evaluation, "measure", lambda measuring: found)
    card = evaluation.evaluate(own, None, Silent(), questions=12)
    assert card.values["gates"]["weights"] == {"tested": 7, "failed": 7, "state": "failed"}
    assert not card.kept
    assert "psg_1" in (card.folder / "card.html").read_text(encoding="utf-8")


def test_quick_and_thorough_at_once_is_refused(
    own: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Run(capsys)("evaluate", "1", "--quick", "--thorough", "-w", own.root)
    assert ran.code == 1
    assert "Choose one" in ran.err


def test_the_command(own: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Run(capsys)("evaluate", "1", "--questions", "16", "-w", own.root)
    assert "quotes" in ran.out
    assert "card.html" in ran.out
    failed = "FAILED" in ran.out
    assert ran.code == int(failed)

"""An interrupted evaluation goes on where it stopped, and leaves nothing when it is done."""

from pathlib import Path

import pytest

from persona.errors import WorkspaceError
from persona.evaluation.journal import UNFINISHED, Findings, Journal
from persona.evaluation.probe import Kind, Said
from tests.evaluation.said import own, probe, said

PROBES = [probe(), probe(Kind.UNKNOWN, question="Who?")]
ANSWER = said(own(), opened=2)


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    with Journal(tmp_path, PROBES, 0) as journal:
        journal.answered(PROBES[0], ANSWER)
    with Journal(tmp_path, PROBES, 0) as again:
        assert again.said(PROBES[0]) == ANSWER
        assert again.said(PROBES[1]) is None


def test_what_failed_is_asked_again(tmp_path: Path) -> None:
    with Journal(tmp_path, PROBES, 0) as journal:
        journal.answered(PROBES[0], Said((), failed="KeyError"))
    with Journal(tmp_path, PROBES, 0) as again:
        assert again.said(PROBES[0]) is None


def test_a_torn_line_is_asked_again(tmp_path: Path) -> None:
    with Journal(tmp_path, PROBES, 0) as journal:
        journal.answered(PROBES[0], ANSWER)
        journal.answered(PROBES[1], ANSWER)
    file = tmp_path / UNFINISHED
    file.write_bytes(file.read_bytes()[:-20])
    with Journal(tmp_path, PROBES, 0) as again:
        assert again.said(PROBES[0]) == ANSWER
        assert again.said(PROBES[1]) is None
        again.answered(PROBES[1], ANSWER)
    with Journal(tmp_path, PROBES, 0) as third:
        assert third.said(PROBES[1]) == ANSWER


@pytest.mark.parametrize("other", [{"seed": 1}, {"probes": PROBES[:1]}])
def test_another_run_begins_anew(tmp_path: Path, other: dict[str, object]) -> None:
    with Journal(tmp_path, PROBES, 0) as journal:
        journal.answered(PROBES[0], ANSWER)
    probes, seed = other.get("probes", PROBES), other.get("seed", 0)
    with Journal(tmp_path, probes, seed) as again:  # type: ignore[arg-type]
        assert again.said(PROBES[0]) is None


def test_nothing_is_left_when_it_is_done(tmp_path: Path) -> None:
    with Journal(tmp_path / "reports", PROBES, 0) as journal:
        journal.answered(PROBES[0], ANSWER)
        journal.finish()
    assert list((tmp_path / "reports").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with (
        pytest.raises(WorkspaceError, match="cannot be written"),
        Journal(tmp_path / "reports", PROBES, 0),
    ):
        pass


def test_a_finding_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []

    def find() -> dict[str, int]:
        made.append(1)
        return {"rank": 3}

    with Findings(tmp_path / "found.jsonl", ["plan"]) as findings:
        assert findings.found("a", find) == {"rank": 3}
        assert findings.found("a", find) == {"rank": 3}
    with Findings(tmp_path / "found.jsonl", ["plan"]) as again:
        assert again.found("a", find) == {"rank": 3}
        again.finish()
    assert len(made) == 1
    assert list(tmp_path.iterdir()) == []


def test_findings_of_another_plan_are_not_taken(tmp_path: Path) -> None:
    with Findings(tmp_path / "found.jsonl", ["ver_1", 0]) as findings:
        findings.keep("a", 1)
    with Findings(tmp_path / "found.jsonl", ["ver_2", 0]) as other:
        assert other.get("a") is None


@pytest.mark.parametrize("line", ["", "[]", '{"value": 1}', '{"id": "a"}', "\x00"])
def test_a_line_that_somebody_changed_is_no_finding(tmp_path: Path, line: str) -> None:
    path = tmp_path / "found.jsonl"
    with Findings(path, ["plan"]) as findings:
        findings.keep("b", 2)
    path.write_text(f"{path.read_text()}{line}\n")
    with Findings(path, ["plan"]) as again:
        assert again.get("a") is None
        assert again.get("b") == 2

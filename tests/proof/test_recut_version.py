"""A version goes on with the memories it was made with when newer rules read them otherwise."""

import pytest

from persona import steps
from persona.proof import prove_version
from persona.proof.golden import keep_golden
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.versions import load_memory_ids
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.two_versions import versions_of


def test_an_earlier_version_answers_as_before(
    archive: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = versions_of(archive)[0]
    assert keep_golden(archive, first.id, Silent())
    held = load_memory_ids(archive.versions / first.id)
    monkeypatch.setattr("persona.remember.runs.MOST_SENTENCES", 1)
    for place in ("extraction", "remembered"):
        monkeypatch.setattr(f"persona.remember.{place}.RULES", "rules/99")
    summary = steps.remember(archive, Silent())
    assert summary.gave_way > 0 and summary.new > summary.gave_way
    with Store.open(archive) as store:
        view = store.reader(Custodian())
        assert held - view.memory_ids(), "some of them gave way"
        assert held <= view.memory_ids(earlier=True)
    result = prove_version(archive, str(first.number), Silent(), rebuild=True)
    assert result.ok, result.faults
    said = " ".join(result.sentences())
    assert f"All {len(held)} memories that it was made with can still be used" in said
    assert "4 of 4 answers" in said

"""Whatever reviewers do, in whatever order: no citation is lost and every quote is verbatim."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from persona.errors import StoreError
from persona.keeper import review
from persona.records import Citation, Memory, MemoryStatus
from persona.remember.readers import Custodian
from persona.remember.revisions import Edit
from tests.remember.archive import Archive
from tests.remember.reviewed import LETTER, keep, open_ids


class Reviewers(RuleBasedStateMachine):
    """Random decisions: no citation is lost, every quote is verbatim, the counts add up."""

    folder: Path
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.archive = Archive(self.folder / f"run{time.monotonic_ns()}", self.template)
        self.first = keep(self.archive, *LETTER[:2])
        self.citations = self._rows(Citation)

    def teardown(self) -> None:
        self.archive.store.close()

    def _rows(self, model: type) -> set[str]:
        with self.archive.store._engine.connect() as connection:
            table = model.__name__.lower()
            return set(connection.exec_driver_sql(f"SELECT id FROM {table}").scalars())

    def _memories(self) -> list[Memory]:
        with self.archive.store.reader(Custodian()) as view:
            return view.memories()

    def _try(self, action: Any, *arguments: Any, **more: Any) -> None:
        with suppress(StoreError):  # most random decisions make no sense, and are refused
            action(self.archive.store, *arguments, **more)

    def _pick(self, data: Any, label: str) -> Memory:
        chosen: Memory = data.draw(st.sampled_from(self._memories()), label=label)
        return chosen

    @rule(data=st.data(), decision=st.sampled_from(review.Decision), by=st.sampled_from("ab"))
    def decide(self, data: Any, decision: review.Decision, by: str) -> None:
        self._try(review.decide, decision, [self._pick(data, "memory").id], by)

    @rule(data=st.data(), words=st.sampled_from(["He sang", "He swam"]), by=st.sampled_from("ab"))
    def edit(self, data: Any, words: str, by: str) -> None:
        self._try(review.edit, self._pick(data, "memory").id, Edit(statement=words), by)

    @rule(data=st.data(), by=st.sampled_from("ab"))
    def split(self, data: Any, by: str) -> None:
        old = self._pick(data, "memory")
        words = old.quote.split(" ")
        quotes = [" ".join(words[:2]), " ".join(words[2:])]
        self._try(review.split, old.id, quotes, by)

    @rule(data=st.data(), by=st.sampled_from("ab"))
    def merge(self, data: Any, by: str) -> None:
        ids = [self._pick(data, "one").id, self._pick(data, "other").id]
        self._try(review.merge, ids, by)

    @rule(data=st.data())
    def disagree(self, data: Any) -> None:
        ids = [self._pick(data, "one").id, self._pick(data, "other").id]
        self._try(review.disagree, ids)

    @rule(count=st.integers(1, 3), by=st.sampled_from("ab"))
    def undo(self, count: int, by: str) -> None:
        self._try(review.undo, count, by)

    @rule()
    def accept_all(self) -> None:
        self._try(review.accept_all, narrator_id="ruth", by="a")

    @invariant()
    def no_citation_is_lost(self) -> None:
        now = self._rows(Citation)
        assert self.citations <= now
        self.citations = now

    @invariant()
    def every_quote_is_verbatim(self) -> None:
        with self.archive.store.reader(Custodian()) as view:
            for one in view.memories():
                cited = view.citations(one.id)
                assert cited
                passages = {c.passage_id: view.passage(c.passage_id) for c in cited}
                cited.sort(key=lambda c: passages[c.passage_id].position)
                spans = [passages[c.passage_id].text[c.start : c.end] for c in cited]
                assert one.quote == "\n".join(spans)

    @invariant()
    def the_counts_add_up(self) -> None:
        counts = review.progress(self.archive.store)
        assert counts.left == counts.waiting + counts.by_rule
        kept = [m for m in self._memories() if m.status is not MemoryStatus.SUPERSEDED]
        assert counts.left + counts.accepted + counts.discarded == len(kept)
        assert len(open_ids(self.archive)) == counts.left

    @invariant()
    def every_sentence_of_the_letter_is_still_somewhere(self) -> None:
        """Each first memory is there, or what took its place is, or somebody discarded it."""
        memories = {m.id: m for m in self._memories()}
        successors = {m.previous_id for m in memories.values() if m.previous_id}
        for one in self.first:
            now = memories[one.id]
            superseded = now.status is MemoryStatus.SUPERSEDED
            assert not superseded or one.id in successors or self._was_merged(one)

    def _was_merged(self, one: Memory) -> bool:
        return any(one.quote in m.quote and m.id != one.id for m in self._memories())


@pytest.mark.slow
def test_any_order_of_decisions(tmp_path: Path, template: Path) -> None:
    machine = type("Run", (Reviewers,), {"folder": tmp_path, "template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

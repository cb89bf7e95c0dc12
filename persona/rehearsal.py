"""A rehearsal: a version is asked, its answers are made as always, and nothing is written.

Rehearsal   the archive; every write is taken back
Examiner    puts probes to one version, each in a conversation of its own, and looks up
what is cited with the rights of the one who listens
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from persona import steps
from persona.converse.answer import AnswerSentence, CitedSpan
from persona.converse.talk import Talk
from persona.errors import NotReadable, PersonaError
from persona.evaluation.archive import Archive
from persona.evaluation.judging import Known
from persona.evaluation.probe import Cited, Probe, Said, SaidSentence
from persona.opening import Engines
from persona.records import Act, Conversation, MemoryKind, OpenQuestion, Person, Sentence, Turn
from persona.remember.readers import Reader, Relative, Stranger
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.serving import REHEARSED
from persona.workspace import Workspace

GOLDEN = "golden"
"""Purpose of conversations that were recorded to prove a version by: nobody held them."""


class Rehearsal(Store):
    """An archive that is read as always, and in which conversations leave no trace."""

    opened: OpenQuestion | None = None

    def start_conversation(self, conversation: Conversation) -> None:
        """Record nothing."""

    def end_conversation(self, conversation_id: str, at: datetime | None = None) -> None:
        """Record nothing."""

    def add_turn(self, turn: Turn, sentences: Sequence[Sentence] = ()) -> None:
        """Record nothing."""

    def add_question(self, question: OpenQuestion) -> None:
        """Remember that a question would have been kept, and for whom."""
        self.opened = question

    def audit(
        self,
        actor: str,
        action: str,
        target_id: str = "",
        counts: Mapping[str, Any] | None = None,
    ) -> None:
        """Record nothing."""

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """Take back whatever else would be written."""
        with self._engine.connect().execution_options(writes=True) as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()


def rehearse(workspace: Workspace) -> Rehearsal:
    """Open the archive of a workspace for questions that leave no trace."""
    store = Rehearsal.open(workspace)
    assert isinstance(store, Rehearsal)
    return store


class Examiner:
    """Puts probes to one version, each in a conversation of its own."""

    def __init__(
        self,
        workspace: Workspace,
        store: Rehearsal,
        version_id: str,
        engines: Engines,
        archive: Archive | None,
        seed: int = 0,
    ) -> None:
        """Ask ``version_id`` with open ``engines``; only `known` needs the ``archive``."""
        self._workspace, self._store, self._version_id = unpaced(workspace), store, version_id
        self._engines, self._seed = engines, seed
        self._archive = archive
        self._known: dict[str | None, Known] = {}

    def ask(self, probe: Probe) -> Said:
        """Return the answer; a probe of several questions gives the sentences of all answers."""
        with self._store.reader(reader_of(probe.listener_id), act=Act.QUOTE) as view:
            talk = self._talk(probe.listener_id)
            sentences: list[SaidSentence] = []
            started, first_ms, failed = time.perf_counter(), 0.0, ""
            self._store.opened = None
            try:
                for question in (*probe.before, probe.question):
                    started, first_ms = time.perf_counter(), 0.0
                    for sentence in talk.ask(question):
                        first_ms = first_ms or (time.perf_counter() - started) * 1000
                        sentences.append(_said(sentence, view, probe.listener_id))
            except PersonaError as error:
                failed = str(error)
            whole_ms = (time.perf_counter() - started) * 1000
        opened = len(self._store.opened.might_know) if self._store.opened else None
        near = talk.last_answer.near if talk.last_answer and not failed else ()
        offered = tuple(one.ask for one in near)
        return Said(
            tuple(sentences), round(first_ms, 1), round(whole_ms, 1), opened, failed, offered
        )

    def known(self, listener_id: str | None) -> Known:
        """Return what the answers to a listener are held against."""
        assert self._archive is not None
        if listener_id not in self._known:
            with self._store.reader(reader_of(listener_id), act=Act.QUOTE) as view:
                closed = self._archive.closed_runs(listener_id)
                self._known[listener_id] = replace(known_to(view, listener_id), closed=closed)
        return self._known[listener_id]

    def _talk(self, listener_id: str | None) -> Talk:
        return steps.start_talk(
            self._workspace,
            self._store,
            listener_id=listener_id,
            version=self._version_id,
            purpose="test",
            engines=self._engines,
            seed=self._seed,
            states=REHEARSED,
        )


def reader_of(listener_id: str | None) -> Reader:
    """Return a listener as a reader; None: a stranger."""
    return Relative(listener_id) if listener_id else Stranger()


def unpaced(workspace: Workspace) -> Workspace:
    """Return a workspace without limits of time: nobody sits there who could grow tired."""
    free = {"pacing": False, "session_minutes": 0, "daily_minutes": 0, "night_from": ""}
    care = workspace.config.care.model_copy(update=free)
    return replace(workspace, config=workspace.config.model_copy(update={"care": care}))


def known_to(view: View, listener_id: str | None) -> Known:
    """Return what a listener may know, and everybody's forms of address."""
    people = view.people()
    subject = view.subject()
    return Known(
        texts=[passage.text for passage in view.passages()],
        forms=_private_forms(people),
        listener_id=listener_id,
        born=_year(subject.born),
        died=_year(subject.died),
    )


def _private_forms(people: Sequence[Person]) -> dict[str, tuple[str, ...]]:
    """Return the forms of address of each person that are not simply part of a name."""
    names = {
        part.casefold() for p in people for n in (p.name, *p.names) for part in (n, *n.split())
    }
    return {
        person.id: tuple(f for f in person.called_by_subject if f.casefold() not in names)
        for person in people
    }


def _said(sentence: AnswerSentence, view: View, listener_id: str | None) -> SaidSentence:
    return SaidSentence(
        text=sentence.text,
        standing=sentence.standing.value,
        quoted=sentence.quoted,
        cited=tuple(_cited(span, view, listener_id) for span in sentence.citations),
        narrator_id=sentence.narrator_id,
    )


def _cited(span: CitedSpan, view: View, listener_id: str | None) -> Cited:
    """Look a citation up with the rights of the listener."""
    try:
        passage, source = view.passage(span.passage_id), view.source(span.source_id)
        memory = view.memory(span.memory_id)
    except NotReadable:
        return Cited(span.source_id, None, span.memory_id)
    person = view.person(memory.narrator_id)
    names = [person.name, person.name.split()[0], view.display_name(person), *person.names]
    if memory.narrator_id == listener_id:
        names += ["You ", "你"]
    return Cited(
        source=source.file_name,
        exact=passage.text[span.start : span.end] or None,
        memory_id=memory.id,
        names=tuple(dict.fromkeys(name for name in names if name)),
        own=memory.kind is MemoryKind.OWN_WORDS and person.is_subject,
        year=_year(passage.created_edtf or source.created_edtf),
    )


def _year(edtf: str | None) -> int | None:
    """Return the year of an EDTF date, None where it has none that is certain."""
    return int(edtf[:4]) if edtf and edtf[:4].isdigit() else None

"""The systems that take the family test: ours, plain RAG, a fine-tuned model.

Each answers a probe with a `Said`. Plain RAG and the fine-tuned model run on the same language
model as ours, in the same run. None of them is asked to judge anything.
"""

import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from persona.config import models_folder
from persona.converse.phrases import phrase
from persona.engines.opening import open_language_model
from persona.engines.protocols import LanguageModel, Message
from persona.evaluation.archive import open_archive
from persona.evaluation.judging import plain_answer
from persona.evaluation.probe import Probe, Said, SaidSentence
from persona.opening import Engines, open_engines, open_index
from persona.rehearsal import Examiner, Rehearsal
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from persona.remember.retrieval import Evidence, Retriever
from persona.train.serving import talkable_version
from persona.workspace import Workspace

TOP_K = 6
MAX_TOKENS = 96
TEMPERATURE = 0.0


class System(Protocol):
    """Something that answers."""

    name: str

    def answer(self, probe: Probe) -> Said:
        """Return what it says, in a conversation of its own."""


class Ours:
    """This program, by its own steps; nothing is recorded."""

    def __init__(self, workspace: Workspace, store: Rehearsal, seed: int = 0) -> None:
        """Open the newest version of an archive."""
        version = talkable_version(store.reader(Custodian()).versions(), None)
        self.engines: Engines = open_engines(workspace, version)
        archive = open_archive(store)
        assert archive is not None
        self._examiner = Examiner(workspace, store, version.id, self.engines, archive, seed)
        model = self.engines.adapted or self.engines.language_model
        self.name = f"ours ({model.name if model else 'no model'})"

    def answer(self, probe: Probe) -> Said:
        """Return what it says."""
        return self._examiner.ask(probe)


class PlainRag:
    """The prompt of the tutorials: 'You are X. Context: … Question: …', and no checks.

    ``everything``: one index with no rights in it, as LangChain's and mem0's quick starts make
    it; else the same evidence that our listener may read.
    """

    def __init__(
        self,
        workspace: Workspace,
        store: Rehearsal,
        engines: Engines,
        model: LanguageModel,
        *,
        everything: bool,
    ) -> None:
        """Search with the same retriever as ours."""
        self._store, self._engines, self._model = store, engines, model
        self._everything = everything
        self._index = open_index(workspace, store, engines.embedder) if engines.embedder else None
        rights = "no rights" if everything else "our rights"
        self.name = f"plain RAG, {rights} ({model.name})"

    def answer(self, probe: Probe) -> Said:
        """Return what it says."""
        reader: Reader = Relative(probe.listener_id) if probe.listener_id else Stranger()
        with self._store.reader(Custodian() if self._everything else reader) as view:
            subject = view.subject().name
            listener = _listener_name(view, probe.listener_id)
            retriever = Retriever(view, index=self._index, embedder=self._engines.embedder)

            def messages(question: str, earlier: Sequence[Message]) -> list[Message]:
                found = retriever.search(question, limit=TOP_K)
                return [
                    {"role": "system", "content": _system(subject, listener)},
                    *earlier,
                    {"role": "user", "content": f"{_context(found)}\n\nQuestion: {question}"},
                ]

            return _generated(self._model, probe, messages)


class FineTuned:
    """The model trained on the person's own words, without retrieval."""

    def __init__(self, store: Rehearsal, model: LanguageModel) -> None:
        """Take the model with its adapter."""
        self._store, self._model = store, model
        self.name = f"fine-tuned, no retrieval ({model.name})"

    def answer(self, probe: Probe) -> Said:
        """Return what it says."""
        with self._store.reader(Custodian()) as view:
            subject = view.subject().name
            listener = _listener_name(view, probe.listener_id)

        def messages(question: str, earlier: Sequence[Message]) -> list[Message]:
            system = f"You are {subject}. You are talking with {listener}."
            return [
                {"role": "system", "content": system},
                *earlier,
                {"role": "user", "content": question},
            ]

        return _generated(self._model, probe, messages)


def other_model(workspace: Workspace, name: str, adapter: Path | None = None) -> LanguageModel:
    """Return a language model of the catalogue, with the settings of a workspace."""
    engines = workspace.config.engines.model_copy(update={"language_model": name})
    config = workspace.config.model_copy(update={"engines": engines})
    return open_language_model(config, models_folder(), adapter)


def has_weights(name: str) -> bool:
    """Say whether a model of the catalogue lies here."""
    folder = models_folder() / name
    return folder.is_dir() and any(os.scandir(folder))


def _generated(
    model: LanguageModel,
    probe: Probe,
    messages: Callable[[str, Sequence[Message]], list[Message]],
) -> Said:
    earlier: list[Message] = []
    said: list[SaidSentence] = []
    first_ms = whole_ms = 0.0
    for question in (*probe.before, probe.question):
        started, first_ms, text = time.perf_counter(), 0.0, ""
        asked = messages(question, earlier)
        for piece in model.generate(asked, max_tokens=MAX_TOKENS, temperature=TEMPERATURE, seed=1):
            text += piece
            if not first_ms and re.search(r"[.!?。！？]", text):
                first_ms = (time.perf_counter() - started) * 1000
        whole_ms = (time.perf_counter() - started) * 1000
        said += plain_answer(text)
        earlier += [{"role": "user", "content": question}, {"role": "assistant", "content": text}]
    return Said(tuple(said), round(first_ms or whole_ms, 1), round(whole_ms, 1))


def _system(subject: str, listener: str) -> str:
    return (
        f"You are {subject}. You are talking with {listener}. Answer the question in the first "
        "person, using only the context. If the answer is not in the context, say: "
        f"{phrase('en', 'unknown')}"
    )


def _context(found: Sequence[Evidence]) -> str:
    lines = (f"- {item.narrator.name}: {' '.join(item.memory.quote.split())}" for item in found)
    return "Context:\n" + "\n".join(lines)


def _listener_name(view: Any, listener_id: str | None) -> str:
    return view.display_name(listener_id) if listener_id else "a visitor"

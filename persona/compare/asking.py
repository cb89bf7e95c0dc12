"""The same questions put to two versions, in rehearsals that leave no trace.

    given      by whoever compares: a file, a question
    asked      what this listener asked the persona before, the latest first
    made       from the archive, about what this listener may know (as for a report card)

What was answered is kept beside the report cards until all is asked, so that an interrupted
comparison goes on; then it is removed.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from persona.converse.turns import NOT_KEPT
from persona.errors import ConverseError
from persona.evaluation.archive import Archive, open_archive
from persona.evaluation.journal import UNFINISHED, Journal
from persona.evaluation.probe import Kind, Probe, Said, SaidSentence
from persona.evaluation.questions import probes_of
from persona.opening import Engines
from persona.progress import Report
from persona.records import Speaker, Standing, Version
from persona.rehearsal import Examiner, Rehearsal
from persona.remember.view import View
from persona.workspace import Workspace

MOST = 8
"""Questions that are asked unless somebody names theirs."""
LONGEST = 1000
"""Characters of a question."""
_DRAWN = 80


@dataclass(frozen=True)
class Both:
    """Two versions that are asked, by one listener.

    ``engines`` lends the models of a version; those of the first are given back before the second.
    """

    workspace: Workspace
    store: Rehearsal
    versions: tuple[Version, Version]
    listener_id: str | None
    engines: Callable[[Version], AbstractContextManager[Engines]]
    seed: int = 0

    def ask(self, questions: Sequence[str], report: Report) -> list[tuple[Said, Said]]:
        """Return both answers to each question.

        Raises:
            VersionError, EngineError: one of the versions cannot be opened.
            WorkspaceError: what was answered cannot be kept.
        """
        probes = [Probe(Kind.KNOWN, one, self.listener_id) for one in dict.fromkeys(questions)]
        first, second = (
            self._of(version, probes, report, number)
            for number, version in enumerate(self.versions)
        )
        pairs = [
            (true_of_a_rehearsal(one), true_of_a_rehearsal(other))
            for one, other in zip(first, second, strict=True)
        ]
        for version in self.versions:
            (self._folder() / version.id / UNFINISHED).unlink(missing_ok=True)
        _remove_empty(self._folder(), [version.id for version in self.versions])
        return pairs

    def _of(
        self, version: Version, probes: Sequence[Probe], report: Report, number: int
    ) -> list[Said]:
        answers: list[Said] = []
        examiner: Examiner | None = None
        with (
            Journal(self._folder() / version.id, probes, self.seed) as journal,
            ExitStack() as lent,
        ):
            for done, probe in enumerate(probes):
                report.progress("Asking both", number * len(probes) + done, 2 * len(probes))
                said = journal.said(probe)
                if said is None:
                    examiner = examiner or self._examiner(version, lent)
                    said = examiner.ask(probe)
                    journal.answered(probe, said)
                answers.append(said)
        report.progress("Asking both", (number + 1) * len(probes), 2 * len(probes))
        return answers

    def _examiner(self, version: Version, lent: ExitStack) -> Examiner:
        engines = lent.enter_context(self.engines(version))
        return Examiner(self.workspace, self.store, version.id, engines, None, self.seed)

    def _folder(self) -> Path:
        pair = "-".join(version.id for version in self.versions)
        return self.workspace.root / "reports" / f"{pair}-{self.listener_id or 'stranger'}"


def true_of_a_rehearsal(said: Said) -> Said:
    """Return an answer without the sentence that the question was kept: here it was not."""
    if said.opened is None:
        return said
    kept: list[SaidSentence] = []
    for sentence in said.sentences:
        after_unknown = bool(kept) and kept[-1].standing == Standing.UNKNOWN.value
        if not (after_unknown and sentence.standing == Standing.SMALL_TALK.value):
            kept.append(sentence)
    return replace(said, sentences=tuple(kept))


def checked_questions(questions: Sequence[str]) -> list[str]:
    """Return questions as they can be asked, each once.

    Raises:
        ConverseError: one is far too long.
    """
    words = [" ".join(one.split()) for one in questions]
    if any(len(one) > LONGEST for one in words):
        raise ConverseError(f"A question has at most {LONGEST} characters.")
    return [one for one in dict.fromkeys(words) if one]


def usual_questions(
    store: Rehearsal, view: View, versions: tuple[Version, Version], listener_id: str | None
) -> list[str]:
    """Return the listener's own earlier questions, filled up with some made from the archive."""
    own = list(dict.fromkeys(_asked_before(view, listener_id)))[:MOST]
    if len(own) >= MOST:
        return own
    archive = open_archive(store)
    made = _made(store, archive, versions, listener_id) if archive is not None else ()
    return list(dict.fromkeys([*own, *made]))[:MOST]


def _asked_before(view: View, listener_id: str | None) -> Iterator[str]:
    """Yield what this listener asked, the latest first; nobody's questions for a stranger."""
    if listener_id is None:
        return
    for conversation in reversed(view.conversations()):
        if conversation.listener_id != listener_id or conversation.purpose not in (
            "family",
            "film",
        ):
            continue
        for turn in reversed(view.turns(conversation.id)):
            asked = turn.speaker is Speaker.LISTENER and turn.text != NOT_KEPT
            if asked and not turn.text.startswith("["):
                yield turn.text


def _made(
    store: Rehearsal,
    archive: Archive,
    versions: tuple[Version, Version],
    listener_id: str | None,
) -> Iterator[str]:
    """Yield questions about what this listener may know, made from what others would be asked."""
    known = archive.readable.get(listener_id, frozenset())
    probes = probes_of(store, archive, versions[1].id, _DRAWN, seed=0)
    for probe in probes:
        if probe.kind is Kind.KNOWN and probe.sources and known.issuperset(probe.sources):
            yield probe.question


def _remove_empty(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if (folder / name).is_dir() and not any((folder / name).iterdir()):
            (folder / name).rmdir()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()

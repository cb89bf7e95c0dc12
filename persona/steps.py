"""collect → remember → train → converse: the program on one page. READ FIRST.

    collect   files as they are        → originals kept, Sources and Passages
    remember  Passages                 → Memories with narrators and citations, vectors
    train     own words, memories      → a numbered, immutable Version
    converse  a listener, a version    → answers, sentence by sentence, with their standing

Each step can be interrupted at any moment and run again: what is done is not done twice. Only
this module chooses engines and hands them on; the packages of the steps do not know each other
and meet in the records.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from persona.collect.originals import discarded_when_refused, fingerprint, sweep_unfinished
from persona.collect.people import FamilyBook, read_people
from persona.collect.plan import check_paths, find_people_file, plan
from persona.collect.reading import collect_file
from persona.collect.unpack import staging_folder
from persona.config import models_folder
from persona.converse.answer import AnswerSentence
from persona.converse.phrases import phrase, phrases_sha256
from persona.converse.recording import resume_sentence
from persona.converse.speech import SpeakableSentence, speak_answer
from persona.converse.talk import Talk
from persona.engines.opening import (
    open_embedder,
    open_language_model,
    open_recogniser,
    open_voice_or_spare,
)
from persona.engines.protocols import Embedder, LanguageModel, Voice
from persona.errors import CollectError, EngineError, StoreError, TrainError, WorkspaceError
from persona.records import Act, Conversation, Source, Version, content_id
from persona.remember.extraction import Extractor, untold
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View
from persona.train.making import Made, MakeVersion, make_version
from persona.train.serving import settings_of, talkable_version
from persona.train.versions import load_memory_ids, verify_version
from persona.workspace import Workspace


class Report(Protocol):
    """Where a step says what it is doing: a terminal, a page, or a list in a test."""

    def line(self, text: str) -> None:
        """Say one sentence."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far a long task is; the receiver works out rate and time left."""
        ...


@dataclass
class CollectSummary:
    """What became of a batch: nothing is left out without a reason."""

    new: list[str] = field(default_factory=list)
    already_here: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    passages: int = 0


def collect(
    workspace: Workspace,
    paths: Sequence[Path],
    report: Report,
    *,
    book: FamilyBook | None = None,
    contributor: str = "",
) -> CollectSummary:
    """Take files, folders and zips in; each file is one transaction, the rest goes on.

    Raises:
        CollectError: none of the paths holds a file.
        ConfigError: a people.toml cannot be used, or nobody is named as the subject.
    """
    summary = CollectSummary()
    check_paths(paths)
    with (
        _writing(workspace),
        open_store(workspace) as store,
        staging_folder(workspace.derived) as staging,
    ):
        book = book or _known_book(store, paths)
        planned = plan(paths, book, staging)
        store.put_people(book.persons)
        store.put_consents(book.consents)
        sweep_unfinished(workspace.originals)
        recogniser = open_recogniser(workspace.config, models_folder())
        summary.left_out = [(left.relative, left.reason) for left in planned.left_out]
        for position, file in enumerate(planned.files):
            report.progress(f"Reading {file.relative}", position, len(planned.files))
            try:
                sha256 = fingerprint(file.path)
                store.refuse_generated_file(sha256)
                if store.knows_sha(sha256):
                    summary.already_here += 1
                    continue
                got = collect_file(file, book, workspace.originals, recogniser, contributor)
                with discarded_when_refused(source_file(workspace, got.source)):
                    store.add_source(got.source, got.passages, got.restrictions)
            except (CollectError, EngineError, StoreError) as error:
                summary.left_out.append((file.relative, str(error)))
                continue
            summary.new.append(file.relative)
            summary.passages += len(got.passages)
            summary.warnings += [(file.relative, warning) for warning in got.warnings]
        report.progress("Reading", len(planned.files), len(planned.files))
    return summary


@dataclass
class RememberSummary:
    """What was found in the passages."""

    new: int = 0
    total: int = 0
    narrators: dict[str, int] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)


def remember(workspace: Workspace, report: Report) -> RememberSummary:
    """Turn passages into memories that say who told them, and memories into vectors.

    Every source is one transaction. Sources nobody is named for are listed as waiting: without
    a narrator there is no memory (law 1).
    """
    summary = RememberSummary()
    with _writing(workspace), open_store(workspace) as store:
        view = store.reader(Custodian())
        extractor, sources = Extractor(view.people()), view.sources()
        for position, source in enumerate(sources):
            report.progress(f"Remembering {source.title}", position, len(sources))
            passages = view.passages(source_id=source.id)
            found = [
                item
                for _, unit in groupby(passages, key=lambda passage: passage.unit)
                for item in extractor.extract(list(unit), source)
            ]
            memories = [item.memory for item in found]
            citations = [citation for item in found for citation in item.citations]
            summary.new += store.add_memories(memories, citations)
            nobody = untold(passages, source)
            if nobody and not found:
                summary.waiting.append(f"{source.file_name}: name who wrote it in people.toml")
            elif nobody:
                summary.waiting.append(f"{source.file_name}: {nobody} passages are by nobody known")
        report.progress("Remembering", len(sources), len(sources))
        view = store.reader(Custodian())
        for memory in view.memories():
            summary.total += 1
            name = view.display_name(memory.narrator_id)
            summary.narrators[name] = summary.narrators.get(name, 0) + 1
        embedder = open_embedder(workspace.config, models_folder())
        if embedder is not None:
            what = partial(report.progress, "Learning what is near to what")
            VectorIndex.build(store.reader(Custodian()), embedder, workspace.derived, what)
    return summary


def train(
    workspace: Workspace,
    report: Report,
    *,
    name: str = "",
    audience: Sequence[str] = (),
    on_loss: Callable[[int, float], None] | None = None,
) -> Made:
    """Learn the manner of speaking and write a version. The same inputs give the same version.

    Args:
        workspace: the persona.
        report: told about steps, loss and time left.
        name: what the family calls this version.
        audience: ids of those who may use it; empty: every living adult of the archive.
        on_loss: called with step and loss.

    Raises:
        ConsentError: nobody entitled has agreed to training on these words.
        TrainError: training failed; what was reached is kept and goes on next time.
    """
    with _writing(workspace), open_store(workspace) as store:
        listeners = _listeners(store.reader(Custodian()), audience)
        voice = open_voice_or_spare(workspace.config, models_folder(), report.line)
        request = MakeVersion(
            workspace=workspace,
            models=models_folder(),
            view=store.reader(Audience(listeners)),
            archive=store.reader(Custodian()),
            audience=listeners,
            name=name,
            voice={"name": voice.name, "donor": voice.donor} if voice else {"name": "none"},
            prompts_sha256=phrases_sha256(),
        )
        return make_version(store, request, report, on_loss)


def _listeners(view: View, audience: Sequence[str]) -> tuple[str, ...]:
    """Return who may use the version, or say what is missing before there can be one."""
    if not view.memory_ids():
        raise TrainError(
            "Nothing is remembered yet, so there is nothing to make a version of. Run first: "
            "persona collect FOLDER, then persona remember"
        )
    people = {person.id: person for person in view.people()}
    for person_id in audience:
        if person_id not in people:
            raise TrainError(f"'{person_id}' is not one of: {', '.join(sorted(people))}.")
    return tuple(audience) or tuple(
        person.id
        for person in people.values()
        if person.living and not person.minor and not person.is_subject
    )


@dataclass(frozen=True)
class Engines:
    """The models of a conversation, opened once and used by every listener."""

    language_model: LanguageModel | None
    adapted: LanguageModel | None
    embedder: Embedder | None
    voice: Voice | None


def open_engines(workspace: Workspace, version: Version) -> Engines:
    """Open what a conversation with ``version`` needs, as it was when the version was made.

    The adapter is used only for listeners of the version's audience; others get the base model.

    Raises:
        VersionError: something of the version is missing or was changed (law 7).
        EngineError: a model cannot be opened.
    """
    models = models_folder()
    config = settings_of(workspace.config, verify_version(workspace.versions / version.id))
    adapter = workspace.versions / version.id / "adapter"
    return Engines(
        language_model=open_language_model(config, models),
        adapted=open_language_model(config, models, adapter) if adapter.is_dir() else None,
        embedder=open_embedder(config, models),
        voice=open_voice_or_spare(config, models),
    )


def start_talk(
    workspace: Workspace,
    store: Store,
    *,
    listener_id: str | None,
    version: str | None = None,
    purpose: str = "family",
    engines: Engines | None = None,
    seed: int = 0,
) -> Talk:
    """Begin a conversation: a listener, a version, and what this listener may know of it.

    Raises:
        VersionError: there is no such version, it may not be talked to, or it was changed.
        NotReadable: the listener is not a person of this archive.
    """
    reader: Reader = Stranger() if listener_id is None else Relative(listener_id)
    view = store.reader(reader, act=Act.QUOTE)
    chosen = talkable_version(view.versions(), version)
    folder = workspace.versions / chosen.id
    manifest = verify_version(folder)
    engines = engines or open_engines(workspace, chosen)
    started = datetime.now(UTC)
    conversation = Conversation(
        id=content_id("con", chosen.id, listener_id, started.isoformat()),
        version_id=chosen.id,
        listener_id=listener_id,
        purpose=purpose,
        seed=seed,
        started_at=started,
    )
    within = load_memory_ids(folder)
    index = _index(workspace, store, engines.embedder) if engines.embedder else None
    retriever = Retriever(view, index=index, embedder=engines.embedder, within=within)
    admitted = listener_id in manifest.audience and engines.adapted is not None
    store.start_conversation(conversation)
    return Talk(
        store,
        reader,
        retriever,
        version=chosen,
        listener_id=listener_id,
        config=settings_of(workspace.config, manifest),
        model=engines.adapted if admitted else engines.language_model,
        conversation=conversation,
        within=within,
        prompts_sha256=manifest.prompts_sha256,
    )


def speak_turn(
    workspace: Workspace,
    store: Store,
    turn_id: str,
    voice: Voice,
    reader: Reader,
    *,
    sentences: Sequence[AnswerSentence] | None = None,
) -> Path:
    """Return the spoken answer as a WAV file with its notice; made once, then kept.

    Args:
        workspace: the persona.
        store: its archive.
        turn_id: a turn of the persona.
        voice: the declared voice.
        reader: who listens.
        sentences: what was just said; only a stranger has to bring it, for everybody else the
            store is asked. Nobody can tell one stranger from another, so the store gives no
            stranger an earlier conversation.

    Raises:
        NotReadable: this reader has no such turn.
        EngineError: the voice failed.
    """
    out = workspace.conversations / f"{turn_id}.wav"
    with store.reader(reader) as view:
        if sentences is None or not isinstance(reader, Stranger):
            sentences = [resume_sentence(view, record) for record in view.sentences(turn_id)]
        if not (out.is_file() and out.with_suffix(".json").is_file()):
            language = sentences[0].language if sentences else "en"
            speak_answer(
                [SpeakableSentence(s.text, s.language, s.clip, s.quoted) for s in sentences],
                voice=voice,
                notice=phrase(language, "spoken_notice", name=view.subject().name),
                language=language,
                recording_of=lambda source_id: source_file(workspace, view.source(source_id)),
                is_acted=lambda source_id: view.source(source_id).synthetic,
                out=out,
            )
    # also for a file that is there already: a process may have been killed just before this
    store.add_generated_file(fingerprint(out), "spoken answer")
    store.set_turn_audio(turn_id, out.relative_to(workspace.root).as_posix())
    return out


def open_store(workspace: Workspace) -> Store:
    """Open the archive of a workspace; it is made when there is none yet."""
    return Store.open(workspace, create=True)


def source_file(workspace: Workspace, source: Source) -> Path:
    """Return where the original of a source lies."""
    return workspace.original(source.sha256)


@contextmanager
def _writing(workspace: Workspace) -> Iterator[None]:
    try:
        with FileLock(workspace.lock_file(), timeout=1):
            yield
    except Timeout as error:
        raise WorkspaceError(
            "Another step is writing to this persona. Wait until it has finished."
        ) from error


def _known_book(store: Store, paths: Sequence[Path]) -> FamilyBook:
    """Read the people.toml of what is collected, or go on with the people already known."""
    file = find_people_file(paths)
    if file is not None:
        return read_people(file)
    return FamilyBook.from_persons(store.reader(Custodian()).people())


def _index(workspace: Workspace, store: Store, embedder: Embedder) -> VectorIndex:
    """Open the vectors; they are a cache, so what is missing of them is made again."""
    index = VectorIndex.open(workspace.derived, embedder)
    with store.reader(Custodian()) as view:
        if all(memory_id in index for memory_id in view.memory_ids()):
            return index
        return VectorIndex.build(view, embedder, workspace.derived)

"""collect → remember → train → converse: the program on one page. READ FIRST.

    collect   files as they are        → originals kept, Sources and Passages
    remember  Passages                 → Memories with narrators and citations, vectors
    train     own words, memories      → a numbered, immutable Version
    converse  a listener, a version    → answers, sentence by sentence, with their standing

Each step can be interrupted at any moment and run again: what is done is not done twice. Only
this module chooses engines and hands them on; the packages of the steps do not know each other
and meet in the records.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from persona.collect.family.people import FamilyBook, read_people
from persona.collect.family.template import own_people_file
from persona.collect.journal import JOURNAL_FILE, Journal
from persona.collect.originals import sweep_unfinished
from persona.collect.plan import CollectPlan, check_paths, find_people_file, plan
from persona.collect.unpack import staging_folder
from persona.config import models_folder
from persona.converse.answer import AnswerSentence
from persona.converse.care import admit
from persona.converse.dispute import is_correction
from persona.converse.phrases import phrases_bytes, phrases_sha256, read_phrases
from persona.converse.saying import read_pronunciations
from persona.converse.talk import Talk
from persona.engines.opening import open_embedder
from persona.engines.protocols import Voice
from persona.errors import ConfigError, TrainError
from persona.opening import (
    Engines,
    open_engines,
    open_index,
    open_proposer,
    open_returning,
    open_senses,
    open_store,
    writing,
)
from persona.pictures import compare_pictures
from persona.progress import CollectSummary, RememberSummary, Report
from persona.records import Act, Conversation, SourceKind, VersionState, content_id
from persona.remember.conflicts.finding import find_conflicts
from persona.remember.extraction import Extractor
from persona.remember.kinship.trees import tend_trees
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from persona.remember.remembered import Remembered
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View
from persona.remembering import Remembering, waiting_for_a_name, waiting_in_tree
from persona.speaking import speak_live, spoken_whole
from persona.taking_in import TakingIn, share_of
from persona.train.few_shot import shown_manner
from persona.train.making import Made, MakeVersion, make_version
from persona.train.serving import TALKED_TO, settings_of, talkable_version
from persona.train.versions import load_version
from persona.train.voices.declared import chosen_voice
from persona.workspace import Workspace


def plan_collect(
    workspace: Workspace, paths: Sequence[Path], *, book: FamilyBook | None = None
) -> CollectPlan:
    """Say what a collect of these paths would take in, as what, and what not; keep nothing.

    Raises:
        CollectError, ConfigError: as `collect`.
    """
    check_paths(paths)
    with (
        writing(workspace),
        open_store(workspace) as store,
        staging_folder(workspace.derived) as staging,
    ):
        return plan(paths, book or _known_book(workspace, store, paths), staging)


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
    check_paths(paths)
    with (
        writing(workspace),
        open_store(workspace) as store,
        staging_folder(workspace.derived) as staging,
        Journal(workspace.root / JOURNAL_FILE) as journal,
    ):
        book = book or _known_book(workspace, store, paths)
        _check_subject(store, book)
        planned = plan(paths, book, staging)
        store.put_people(book.persons)
        store.put_consents(book.consents)
        store.put_known_names(book.known_names())
        store.put_kinships(book.kinships)
        sweep_unfinished(workspace.originals)
        senses = open_senses(workspace, report.line)
        returning = open_returning(workspace, report.line)
        taking = TakingIn(workspace, store, journal, book, senses, returning, contributor)
        taking.leave_out(planned)
        for position, file in enumerate(planned.files):
            report.progress(f"Reading {file.relative}", position, len(planned.files))
            taking.take(file, share_of(report, file, position, len(planned.files)))
        report.progress("Reading", len(planned.files), len(planned.files))
        taking.leave_alone()
        taking.tie_attachments()
        compare_pictures(workspace, store, senses.face_finder, report)
        return taking.summary


def remember(workspace: Workspace, report: Report) -> RememberSummary:
    """Turn passages into memories that say who told them, and memories into vectors.

    A source that was gone through before is passed over unless something changed by which it is
    understood. Sources nobody is named for are listed as waiting: without a narrator there is
    no memory (law 1).
    """
    with writing(workspace), open_store(workspace) as store:
        view = store.reader(Custodian())
        sources, people = view.sources(), view.people()
        going = Remembering(
            store,
            view,
            extractor := Extractor(people),
            workspace.config.remember,
            open_proposer(workspace, extractor),
        )
        summary = going.summary
        done = Remembered(workspace.derived, people, workspace.config.remember.model_dump_json())
        try:
            for position, source in enumerate(sources):
                report.progress(f"Remembering {source.title}", position, len(sources))
                if source.kind is SourceKind.FAMILY_TREE or is_correction(source):
                    continue
                voices = view.voices(source.id)
                found = done.outcome(source.id, voices)
                if found is None:
                    found = going.source(source)
                    done.set_done(source.id, voices, found)
                summary.waiting += waiting_for_a_name(source, found)
        finally:
            done.save()
        for tree in tend_trees(store):
            summary.new += tree.memories
            summary.waiting += waiting_in_tree(tree)
        report.progress("Remembering", len(sources), len(sources))
        summary.disagreements = store.put_conflicts(find_conflicts(store.reader(Custodian())))
        view = store.reader(Custodian())
        for narrator_id, count in view.told().items():
            summary.total += count
            name = view.display_name(narrator_id)
            summary.narrators[name] = summary.narrators.get(name, 0) + count
        embedder = open_embedder(workspace.config, models_folder())
        if embedder is not None:
            what = partial(report.progress, "Learning what is near to what")
            VectorIndex.build(store.reader(Custodian()), embedder, workspace.derived, what)
        store.reader(Custodian()).searchable()  # the first question need not wait for the index
    return summary


def train(
    workspace: Workspace,
    report: Report,
    *,
    name: str = "",
    audience: Sequence[str] = (),
    draft: bool = False,
    voice: str = "",
    on_loss: Callable[[int, float], None] | None = None,
) -> Made:
    """Learn the manner of speaking and write a version. The same inputs give the same version.

    Args:
        workspace: the persona.
        report: told about steps, loss and time left.
        name: what the family calls this version.
        audience: ids of those who may use it; empty: every living adult of the archive.
        draft: only whoever looks after the archive tries it, until it is made ready.
        voice: id of a voice that was made, or an engine's name; empty: as persona.toml says.
        on_loss: called with step and loss.

    Raises:
        ConsentError: nobody entitled has agreed to training on these words.
        TrainError: training failed; what was reached is kept and goes on next time.
        VersionError: the name or the voice cannot be used.
    """
    with writing(workspace), open_store(workspace) as store:
        listeners = _listeners(store.reader(Custodian()), audience)
        archive = store.reader(Custodian())
        heard = store.reader(Audience(listeners))
        workspace, spoken = chosen_voice(
            workspace, models_folder(), archive, voice, report.line, listeners=heard
        )
        if said := read_pronunciations(workspace):
            spoken["pronunciations"] = said
        request = MakeVersion(
            workspace=workspace,
            models=models_folder(),
            view=heard,
            archive=archive,
            audience=listeners,
            name=name,
            voice=spoken,
            prompts_sha256=phrases_sha256(),
            phrases=phrases_bytes(),
            draft=draft,
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


def start_talk(
    workspace: Workspace,
    store: Store,
    *,
    listener_id: str | None,
    version: str | None = None,
    purpose: str = "family",
    engines: Engines | None = None,
    seed: int = 0,
    conversation: Conversation | None = None,
    states: Collection[VersionState] = TALKED_TO,
) -> Talk:
    """Begin a conversation: a listener, a version, and what this listener may know of it.

    ``conversation``: one that was begun before; `Talk.take_up` then tells what was said in it.
    ``states``: of versions that may be asked; more than the active ones for the keeper alone.

    Raises:
        VersionError: there is no such version, it may not be talked to, or it was changed.
        NotReadable: the listener is not a person of this archive.
        ConsentError: a child listens, and the law profile or the guardian is against it.
    """
    reader: Reader = Stranger() if listener_id is None else Relative(listener_id)
    view = store.reader(reader, act=Act.QUOTE)
    chosen = talkable_version(view.versions(), version, states)
    admit(store, listener_id, workspace.config.care)
    folder = workspace.versions / chosen.id
    loaded = load_version(folder)
    manifest, within = loaded.manifest, loaded.memory_ids
    engines = engines or open_engines(workspace, chosen, manifest)
    started = datetime.now(UTC)
    begun = conversation or Conversation(
        id=content_id("con", chosen.id, listener_id, started.isoformat()),
        version_id=chosen.id,
        listener_id=listener_id,
        purpose=purpose,
        seed=seed,
        started_at=started,
    )
    index = open_index(workspace, store, engines.embedder) if engines.embedder else None
    retriever = Retriever(view, index=index, embedder=engines.embedder, within=within)
    admitted = listener_id in manifest.audience and engines.adapted is not None
    if conversation is None:
        store.start_conversation(begun)
    return Talk(
        store,
        reader,
        retriever,
        version=chosen,
        listener_id=listener_id,
        config=settings_of(workspace.config, manifest),
        model=engines.adapted if admitted else engines.language_model,
        conversation=begun,
        within=within,
        prompts_sha256=manifest.prompts_sha256,
        phrases=read_phrases(loaded.phrases) if loaded.phrases else None,
        manner=shown_manner(
            view,
            folder,
            view.subject(),
            view.people(),
            listener_id=listener_id,
            training=manifest.settings.get("training", {}),
        ),
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
    return spoken_whole(speak_live(workspace, store, turn_id, voice, reader, sentences=sentences))


def _check_subject(store: Store, book: FamilyBook) -> None:
    """Refuse a people.toml that is about somebody else than this archive."""
    view = store.reader(Custodian())
    subject = next((person for person in view.people() if person.is_subject), None)
    if subject is not None and subject.id != book.subject.id:
        raise ConfigError(
            f"This archive is about {subject.name} ('{subject.id}'), and people.toml is about "
            f"{book.subject.name} ('{book.subject.id}'). Give them the id '{subject.id}' there if "
            "they are one person; else take the folder of the other persona."
        )


def _known_book(workspace: Workspace, store: Store, paths: Sequence[Path]) -> FamilyBook:
    """Read the people.toml of what is collected, else the persona's own, else who is known."""
    view = store.reader(Custodian())
    people = view.people()
    file = find_people_file(paths) or own_people_file(
        workspace.root,
        workspace.config.name,
        subject_known=any(person.is_subject for person in people),
    )
    if file is not None:
        return read_people(file)
    return FamilyBook.from_archive(people, view.known_names())

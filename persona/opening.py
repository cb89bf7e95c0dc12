"""Opens what the steps work with: the store, and the engines that persona.toml names.

Everything else receives an engine as an argument; only this module and `persona.steps` choose.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from persona.collect.importer import Senses
from persona.config import models_folder
from persona.converse.phrases import notices
from persona.converse.saying import well_spoken
from persona.engines.opening import (
    open_diariser,
    open_embedder,
    open_face_finder,
    open_language_model,
    open_recogniser,
    open_text_reader,
    open_voice_or_spare,
)
from persona.engines.protocols import Embedder, LanguageModel, Voice
from persona.errors import ConfigError, EngineError, WorkspaceError
from persona.export.marking_return import Returning
from persona.records import Manifest, Source, Version
from persona.remember.extraction import Extractor
from persona.remember.proposing import Proposer
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.vector_index import VectorIndex
from persona.remember.view import View
from persona.train.serving import settings_of
from persona.train.versions import load_voice, read_manifest, verify_version
from persona.train.voices.declared import is_heard
from persona.workspace import Workspace

_Engine = TypeVar("_Engine")


@contextmanager
def writing(workspace: Workspace) -> Iterator[None]:
    """Hold the lock of a workspace, so that two steps never write at once.

    Raises:
        WorkspaceError: another step holds it.
    """
    try:
        with FileLock(workspace.lock_file(), timeout=1):
            yield
    except Timeout as error:
        raise WorkspaceError(
            "Another step is writing to this persona. Wait until it has finished."
        ) from error


def open_store(workspace: Workspace) -> Store:
    """Open the archive of a workspace; it is made when there is none yet."""
    return Store.open(workspace, create=True)


def source_file(workspace: Workspace, source: Source) -> Path:
    """Return where the original of a source lies."""
    return workspace.original(source.sha256)


def open_senses(workspace: Workspace, say: Callable[[str], None]) -> Senses:
    """Open what hears and sees for the importers, as persona.toml says; models load when used.

    What is missing costs only itself: the originals are kept, and ``say`` is told one sentence.
    """
    config, models = workspace.config, models_folder()

    def opened(open_engine: Callable[[], _Engine | None]) -> _Engine | None:
        try:
            return open_engine()
        except EngineError as error:
            say(str(error))
            return None

    return Senses(
        recogniser=opened(lambda: open_recogniser(config, models)),
        diariser=opened(lambda: open_diariser(config, models)),
        text_reader=opened(lambda: open_text_reader(config, models)),
        face_finder=opened(lambda: open_face_finder(config, models, workspace.derived / "faces")),
    )


def open_returning(workspace: Workspace, say: Callable[[str], None]) -> Returning:
    """Open what knows files that a program made; ``say`` is told what cannot be looked for."""
    own = workspace.config.simulation_notice
    return Returning(models_folder(), [*notices(), own], say)


def open_proposer(workspace: Workspace, extractor: Extractor) -> Proposer | None:
    """Open the model that proposes memories, if persona.toml wants one.

    Raises:
        EngineError: it cannot be opened.
    """
    if not workspace.config.remember.proposals:
        return None
    model = open_language_model(workspace.config, models_folder())
    return Proposer(model, extractor) if model is not None else None


@dataclass(frozen=True)
class Engines:
    """The models of a conversation, opened once and used by every listener."""

    language_model: LanguageModel | None
    adapted: LanguageModel | None
    embedder: Embedder | None


def open_engines(
    workspace: Workspace, version: Version, manifest: Manifest | None = None
) -> Engines:
    """Open what a conversation with ``version`` needs, as it was when the version was made.

    The adapter is used only for listeners of the version's audience; others get the base model.

    Args:
        workspace: the persona.
        version: as recorded.
        manifest: of the version, verified a moment ago; None: it is verified here.

    Raises:
        VersionError: something of the version is missing or was changed (law 7).
        EngineError: a model cannot be opened.
    """
    models = models_folder()
    manifest = manifest or verify_version(workspace.versions / version.id)
    config = settings_of(workspace.config, manifest)
    adapter = workspace.versions / version.id / "adapter"
    try:
        return Engines(
            language_model=open_language_model(config, models),
            adapted=open_language_model(config, models, adapter) if adapter.is_dir() else None,
            embedder=open_embedder(config, models),
        )
    except (ConfigError, EngineError) as error:
        raise EngineError(
            f"Version {version.number} cannot answer as it did. {error} What is set in "
            "persona.toml counts from the next version on; make it with: persona train"
        ) from error


def may_hear_its_voice(workspace: Workspace, version: Version, view: View) -> bool:
    """Say whether the listener of ``view`` may hear a version with its own voice today.

    Raises:
        VersionError: its manifest was changed.
    """
    return is_heard(view, read_manifest(workspace.versions / version.id).voice)


def open_voice_of_version(workspace: Workspace, version: Version, *, own: bool) -> Voice | None:
    """Open the voice that somebody hears a version with; None: they can only read.

    Args:
        workspace: the persona.
        version: as recorded.
        own: `may_hear_its_voice`; where not, it is the plain voice of the version's settings.

    Raises:
        VersionError: something of the version is missing or was changed (law 7).
        EngineError: the voice cannot be opened.
    """
    folder = workspace.versions / version.id
    manifest = verify_version(folder)
    voice = open_voice_or_spare(
        settings_of(workspace.config, manifest),
        models_folder(),
        made=load_voice(folder) if own else None,
        donor=str(manifest.voice.get("donor", "")),
    )
    return well_spoken(voice, manifest.voice)


def open_index(workspace: Workspace, store: Store, embedder: Embedder) -> VectorIndex:
    """Open the vectors; they are a cache, so what is missing of them is made again."""
    index = VectorIndex.open(workspace.derived, embedder)
    with store.reader(Custodian()) as view:
        if all(memory_id in index for memory_id in view.memory_ids(earlier=True)):
            return index
        return VectorIndex.build(view, embedder, workspace.derived)

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
from persona.errors import EngineError, WorkspaceError
from persona.records import Manifest, Source, Version, VoiceState
from persona.remember.extraction import Extractor
from persona.remember.proposing import Proposer
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.vector_index import VectorIndex
from persona.train.serving import settings_of
from persona.train.versions import load_voice, verify_version
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
    voice: Voice | None


def open_engines(workspace: Workspace, version: Version) -> Engines:
    """Open what a conversation with ``version`` needs, as it was when the version was made.

    The adapter is used only for listeners of the version's audience; others get the base model.

    Raises:
        VersionError: something of the version is missing or was changed (law 7).
        EngineError: a model cannot be opened.
    """
    models = models_folder()
    manifest = verify_version(workspace.versions / version.id)
    config = settings_of(workspace.config, manifest)
    adapter = workspace.versions / version.id / "adapter"
    voice = open_voice_or_spare(
        config,
        models,
        made=_voice_folder(workspace, version, manifest),
        donor=str(manifest.voice.get("donor", "")),
    )
    return Engines(
        language_model=open_language_model(config, models),
        adapted=open_language_model(config, models, adapter) if adapter.is_dir() else None,
        embedder=open_embedder(config, models),
        voice=well_spoken(voice, manifest.voice),
    )


def _voice_folder(workspace: Workspace, version: Version, manifest: Manifest) -> Path | None:
    """Return the folder of the voice made for a version, while everybody still agrees to it.

    Without that agreement the version is heard with the plain voice of the settings.
    """
    voice_id = manifest.voice.get("voice_id")
    if voice_id is None:
        return None
    with open_store(workspace) as store, store.reader(Custodian()) as view:
        allowed = {one.id for one in view.made_voices() if one.state is VoiceState.ACTIVE}
    return load_voice(workspace.versions / version.id) if voice_id in allowed else None


def open_index(workspace: Workspace, store: Store, embedder: Embedder) -> VectorIndex:
    """Open the vectors; they are a cache, so what is missing of them is made again."""
    index = VectorIndex.open(workspace.derived, embedder)
    with store.reader(Custodian()) as view:
        if all(memory_id in index for memory_id in view.memory_ids()):
            return index
        return VectorIndex.build(view, embedder, workspace.derived)

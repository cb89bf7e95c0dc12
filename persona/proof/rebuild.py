"""A version made again from the same inputs: the same adapter, byte for byte (law 7).

    manifest + list of examples ─► the same examples, from the sources that it names
                                └► trained again in training/again/ver_… ─► the same bytes?

What came into the archive since is left out: only the sources that the version names are read. The
folder is removed when the comparison is done, and stays when it was interrupted, to go on from.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from persona.config import models_folder
from persona.engines.base_weights import transformers_folder
from persona.errors import ConsentError, EngineError, TrainError, VersionError
from persona.progress import Check, Report
from persona.proof.hashes import Looked
from persona.records import Act, Passage, Source
from persona.remember.readers import Audience
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.dataset import Example, build_examples
from persona.train.lora import TrainProgress, train_adapter
from persona.train.version_inputs import training_of
from persona.train.versions import load_examples
from persona.workspace import Workspace


def make_again(looked: Looked, store: Store, report: Report) -> Check:
    """Train a version again from what its manifest names, and compare the bytes."""
    what = "It was made again from the same inputs"
    manifest = looked.manifest
    if manifest.adapter_sha256 is None:
        return Check(f"{what}: nothing was trained, so there is nothing to compare.")
    try:
        learnt, held_out, lost = _examples(looked, store)
        if lost:
            fault = (
                f"{lost} of the examples of version {looked.version.number} cannot be made the "
                "same again: what they were made from was taken back or changed since."
            )
            return Check("It cannot be made again.", (fault,))
        found = _trained(looked, learnt, held_out, report)
    except (ConsentError, EngineError, TrainError, VersionError) as error:
        return Check("It cannot be made again.", (str(error),))
    if found == manifest.adapter_sha256:
        return Check(f"{what}: the same bytes, and the same id {manifest.id}.")
    fault = (
        f"Made again, version {looked.version.number} has other bytes than those that lie here. "
        f"It was made by {manifest.code_version}, perhaps on another kind of machine."
    )
    return Check(f"{what}: not the same.", (fault,))


@dataclass(frozen=True)
class _Named:
    """The material of a version: what its audience may read, of the sources that it names."""

    view: View
    names: frozenset[str]

    def passages(self) -> Sequence[Passage]:
        return [one for one in self.view.passages() if one.source_id in self.names]

    def sources(self) -> Sequence[Source]:
        return [one for one in self.view.sources() if one.id in self.names]

    def may(self, act: Act, person_id: str) -> bool:
        return self.view.may(act, person_id)


def _examples(looked: Looked, store: Store) -> tuple[list[Example], list[Example], int]:
    """Return what was trained on and measured with, in its order, and how many are lost."""
    listed = load_examples(looked.workspace.versions / looked.version.id)
    names = frozenset(source for one in listed for source in one["sources"])
    settings = training_of(looked.workspace, looked.manifest).config.training
    audience = Audience(looked.manifest.audience)
    with store.reader(audience) as view, store.reader(audience, act=Act.TRAIN_TEXT) as learnable:
        made = build_examples(
            _Named(learnable, names), view.subject(), view.people(), max_tokens=settings.max_tokens
        )
    known = {example.id: example for example in made}
    groups = [
        [known[one["id"]] for one in listed if one["held_out"] is held and one["id"] in known]
        for held in (False, True)
    ]
    lost = sum(one["id"] not in known for one in listed)
    return groups[0], groups[1], lost


def _trained(
    looked: Looked, learnt: Sequence[Example], held_out: Sequence[Example], report: Report
) -> str:
    """Return the hash of the adapter that comes out."""
    manifest = looked.manifest
    again: Workspace = training_of(looked.workspace, manifest)
    folder = looked.workspace.training / "again" / manifest.id

    def heard(progress: TrainProgress) -> None:
        report.progress(
            f"Making version {looked.version.number} again", progress.step, progress.steps
        )

    trained = train_adapter(
        learnt,
        held_out,
        transformers_folder(manifest.base_model, models_folder()),
        again.config.training,
        folder,
        on_progress=heard,
        threads=int(manifest.settings["engines"]["threads"]),
    )
    shutil.rmtree(folder, ignore_errors=True)
    return trained.adapter_sha256

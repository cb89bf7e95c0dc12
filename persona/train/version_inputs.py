"""What a version is made from, before it is trained; the same inputs have the same hash (law 7)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from persona import __version__
from persona.config import Config, Training
from persona.errors import VersionError
from persona.records import Manifest, Person, Version
from persona.train.dataset import Example, own_words
from persona.train.serving import settings_of
from persona.workspace import Workspace


class Archive(Protocol):
    """What of a view (`persona.remember`) a version is planned from."""

    def memory_ids(self) -> frozenset[str]:
        """Return the ids of the memories that may be evidence."""
        ...


@dataclass(frozen=True)
class VersionInputs:
    """All that a version is made from, before it is trained.

    ``base`` is the manifest as it would be without an adapter. ``trains`` says whether there are
    enough own words for an adapter; with fewer the manner is shown by examples in the prompt.
    """

    base: Manifest
    memory_ids: frozenset[str]
    examples: tuple[Example, ...]
    held_out: tuple[Example, ...]
    trains: bool

    @property
    def inputs_sha256(self) -> str:
        """Return the hash of the inputs.

        The parent is left out: when nothing changed, the version that exists is found again,
        although by then it would be its own parent.
        """
        orphan = self.base.model_copy(update={"parent": None})
        return hashlib.sha256(orphan.canonical()).hexdigest()

    def manifest(self, adapter_sha256: str | None) -> Manifest:
        """Return the manifest of the finished version.

        Raises:
            VersionError: an adapter is missing where one was planned, or the reverse.
        """
        if (adapter_sha256 is not None) != self.trains:
            raise VersionError("The training of this version is not finished. Run: persona train")
        return self.base.model_copy(update={"adapter_sha256": adapter_sha256})


def plan_version(
    view: Archive,
    config: Config,
    subject: Person,
    audience: Iterable[str],
    examples: Sequence[Example],
    *,
    held_out: Sequence[Example],
    base_sha: str,
    voice: Mapping[str, Any],
    portrait_source_id: str | None,
    prompts_sha256: str,
    parent_id: str | None,
    words_available: int | None = None,
) -> VersionInputs:
    """Gather what a version is made from.

    Args:
        view: its memories are those that the version may use; which of them a listener hears
            of is decided again in each conversation.
        config: its training, conversation and engine settings are part of the version.
        subject: the person who died.
        audience: ids of the persons who may talk with the version.
        examples: trained on; readable by the whole audience.
        held_out: measured only.
        base_sha: SHA-256 of the base model's weights.
        voice: engine, voice and donor, as plain values.
        portrait_source_id: the photo that is shown, if any.
        prompts_sha256: hash of the prompts that the conversation uses.
        parent_id: the version that this one follows.
        words_available: own words that could be trained on, where the steps are too few to use
            them all; None: those of ``examples``.
    """
    words = own_words(examples) if words_available is None else words_available
    trains = words >= config.training.minimum_words and bool(examples)
    kept = view.memory_ids()
    base = Manifest(
        persona=subject.id,
        parent=parent_id,
        memory_ids_sha256=_memories_sha256(kept),
        memory_count=len(kept),
        audience=tuple(sorted(audience)),
        base_model=config.training.base_model,
        base_model_sha256=base_sha,
        adapter_sha256=None,
        example_sources={example.id: example.source_ids for example in examples},
        held_out_units=tuple(sorted({example.unit for example in held_out})),
        voice=dict(voice),
        portrait_source_id=portrait_source_id,
        prompts_sha256=prompts_sha256,
        settings=_settings(config),
        seed=config.training.seed,
        code_version=__version__,
    )
    return VersionInputs(base, kept, tuple(examples), tuple(held_out), trains)


def _settings(config: Config) -> dict[str, Any]:
    """Return the settings that change what a version says or how; not what helps the family."""
    return {
        "training": config.training.model_dump(mode="json"),
        "conversation": config.conversation.model_dump(mode="json", exclude={"help_contact"}),
        "engines": config.engines.model_dump(mode="json", exclude={"recogniser"}),
    }


def make_version_row(
    manifest: Manifest,
    number: int,
    inputs_sha: str,
    parent: str | None,
    report: Mapping[str, Any],
) -> Version:
    """Return the row that lists the version; the time is here and not in the manifest."""
    return Version(
        id=manifest.id,
        number=number,
        parent_id=parent,
        inputs_sha256=inputs_sha,
        created_at=datetime.now(UTC),
        report=dict(report),
    )


def training_of(workspace: Workspace, manifest: Manifest) -> Workspace:
    """Return a workspace whose settings for training and talking are those of a version.

    A setting that there was not yet when the version was made has its default.
    """
    config = settings_of(workspace.config, manifest)
    return replace(workspace, config=config.model_copy(update={"training": trained_with(manifest)}))


def trained_with(manifest: Manifest) -> Training:
    """Return the settings that a version was trained with, as far as there are such settings."""
    known = manifest.settings.get("training", {})
    fields = {name: known[name] for name in Training.model_fields if name in known}
    return Training.model_validate(fields)


def memories_bytes(memory_ids: Iterable[str]) -> bytes:
    """Return the list of memories as a version keeps it: sorted, one a line."""
    return "".join(f"{memory_id}\n" for memory_id in sorted(memory_ids)).encode()


def _memories_sha256(memory_ids: Iterable[str]) -> str:
    return hashlib.sha256(memories_bytes(memory_ids)).hexdigest()

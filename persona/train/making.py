"""From own words to a version: examples, training, manifest, folder, row. In this order.

    Audience view ─► examples ─► split ─► inputs hash ──known?──► the version that exists
                                              │ no
                                              ▼
                     adapter (resumes) ─► manifest ─► versions/ver_…/ ─► row

The row is written last: a version that is listed is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from persona.engines.base_weights import transformers_folder, weights_sha256
from persona.records import Act, Manifest, Person, Version, VersionState
from persona.remember.readers import Audience
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.adapter import TrainedAdapter
from persona.train.dataset import Example, build_examples, own_words, preferred, split
from persona.train.lora import TrainProgress, train_adapter
from persona.train.portrait import choose_portrait
from persona.train.report import loss_curve_svg, report_card
from persona.train.serving import checked_name
from persona.train.version_inputs import VersionInputs, make_version_row, plan_version
from persona.train.versions import files_of, is_whole, write_version
from persona.workspace import Workspace


class Progress(Protocol):
    """What of a report the making of a version uses."""

    def line(self, text: str) -> None:
        """Say one sentence."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Say how far it is."""
        ...


@dataclass(frozen=True)
class MakeVersion:
    """What is asked for.

    ``view`` reads what every listener of the version may read, to retrieve and to quote it;
    what is trained on is read by a narrower one, for that act.
    ``archive`` reads all memories: which of them a listener may know is decided at each question.
    ``phrases`` are the bytes that ``prompts_sha256`` is the hash of, kept with the version.
    A ``draft`` is for whoever looks after the archive until it is made ready.
    """

    workspace: Workspace
    models: Path
    view: View
    archive: View
    audience: tuple[str, ...]
    name: str
    voice: dict[str, Any]
    prompts_sha256: str
    phrases: bytes = b""
    draft: bool = False


@dataclass(frozen=True)
class Made:
    """The version, whether it is new, and what to say about it."""

    version: Version
    new: bool
    sentences: tuple[str, ...]


def make_version(
    store: Store,
    wanted: MakeVersion,
    report: Progress,
    on_loss: Callable[[int, float], None] | None = None,
) -> Made:
    """Make a version, or find the one that the same inputs made before.

    Raises:
        ConsentError: nobody entitled has agreed to training on these words.
        TrainError: training failed; it goes on from the last checkpoint next time.
        VersionError: the folder cannot be written, or the name cannot be used.
    """
    settings = wanted.workspace.config.training
    subject = wanted.view.subject()
    with store.reader(Audience(wanted.audience), act=Act.TRAIN_TEXT) as learnable:
        examples = build_examples(
            learnable, subject, wanted.view.people(), max_tokens=settings.max_tokens
        )
    train, held_out = split(examples, settings.held_out_share, settings.seed)
    words = own_words(train)
    train = preferred(train, settings.steps * settings.batch_size, settings.seed)
    base = transformers_folder(settings.base_model, wanted.models)
    existing = wanted.archive.versions()
    inputs = _inputs(wanted, subject, train, held_out, weights_sha256(base), existing, words)
    same = [one for one in existing if _is_the_same(one, inputs)]
    folders = wanted.workspace.versions
    for version in same:
        if is_whole(folders / version.id, version):
            return Made(version, False, (_unchanged(version),))
    name = checked_name(wanted.name, ())  # the newest of a name is the one that is meant
    trained = _train(wanted, inputs, base, report, on_loss)
    for version in same:
        if _mended(wanted, version, inputs, trained):
            return Made(version, False, (_whole_again(version),))
    return _finish(store, replace(wanted, name=name), inputs, trained, existing)


def _is_the_same(version: Version, inputs: VersionInputs) -> bool:
    blocked = version.state is VersionState.BLOCKED
    return version.inputs_sha256 == inputs.inputs_sha256 and not blocked


def _inputs(
    wanted: MakeVersion,
    subject: Person,
    train: list[Example],
    held_out: list[Example],
    base_sha: str,
    existing: list[Version],
    words: int,
) -> VersionInputs:
    return plan_version(
        wanted.archive,
        wanted.workspace.config,
        subject,
        wanted.audience,
        train,
        held_out=held_out,
        base_sha=base_sha,
        voice=wanted.voice,
        portrait_source_id=choose_portrait(wanted.view),
        prompts_sha256=wanted.prompts_sha256,
        parent_id=existing[-1].id if existing else None,
        words_available=words,
    )


def _train(
    wanted: MakeVersion,
    inputs: VersionInputs,
    base: Path,
    report: Progress,
    on_loss: Callable[[int, float], None] | None,
) -> TrainedAdapter | None:
    if not inputs.trains:
        return None

    steps: list[int] = []

    def heard(progress: TrainProgress) -> None:
        steps.append(progress.step)
        loss = f", loss {progress.loss:.2f}" if progress.loss is not None else ""
        kept = f", kept aside {progress.held_out:.2f} bits" if progress.held_out else ""
        report.progress(f"Learning the words{loss}{kept}", progress.step, progress.steps)
        if on_loss is not None and progress.loss is not None:
            on_loss(progress.step, progress.loss)

    report.line(
        f"        {own_words(inputs.examples)} own words in {len(inputs.examples)} examples; "
        f"{len(inputs.held_out)} kept aside to measure with"
    )
    config = wanted.workspace.config
    trained = train_adapter(
        inputs.examples,
        inputs.held_out,
        base,
        config.training,
        wanted.workspace.training,
        on_progress=heard,
        threads=config.engines.threads,
    )
    if not steps:
        report.line("        The same was learnt before, so it is not learnt again.")
    return trained


def _write(
    wanted: MakeVersion,
    manifest: Manifest,
    inputs: VersionInputs,
    trained: TrainedAdapter | None,
    *,
    mend: bool = False,
) -> Path:
    return write_version(
        wanted.workspace,
        manifest,
        trained.path if trained else None,
        inputs.memory_ids,
        examples=inputs.examples,
        held_out=inputs.held_out,
        losses=trained.losses if trained else (),
        phrases=wanted.phrases,
        mend=mend,
    )


def _mended(
    wanted: MakeVersion, damaged: Version, inputs: VersionInputs, trained: TrainedAdapter | None
) -> bool:
    """Write a version anew that was damaged or emptied; False: it came out as another one."""
    planned = replace(inputs, base=inputs.base.model_copy(update={"parent": damaged.parent_id}))
    manifest = planned.manifest(trained.adapter_sha256 if trained else None)
    if manifest.id != damaged.id:
        return False
    _write(wanted, manifest, planned, trained, mend=True)
    return True


def _finish(
    store: Store,
    wanted: MakeVersion,
    inputs: VersionInputs,
    trained: TrainedAdapter | None,
    existing: list[Version],
) -> Made:
    manifest = inputs.manifest(trained.adapter_sha256 if trained else None)
    folder = _write(wanted, manifest, inputs, trained)
    subject = wanted.view.subject()
    card = report_card(inputs, wanted.view.memories(), trained, subject.id)
    card["files"] = files_of(folder)
    if trained:
        card["loss_curve_svg"] = loss_curve_svg(trained.losses)
    number = max((version.number for version in existing), default=0) + 1
    row = make_version_row(manifest, number, inputs.inputs_sha256, manifest.parent, card)
    row.name = wanted.name
    row.state = VersionState.DRAFT if wanted.draft else VersionState.ACTIVE
    store.add_version(row)
    return Made(row, True, tuple(_sentences(row, trained)))


def _unchanged(version: Version) -> str:
    """Say that a version like this is there already, and how the family gets it."""
    return f"Nothing has changed since version {version.number}.{_how_to_get(version)}"


def _how_to_get(version: Version) -> str:
    number = version.number
    if version.state is VersionState.DRAFT:
        return f" It is a draft; let the family have it with: persona versions activate {number}"
    if version.state is VersionState.RETIRED:
        return (
            " It was retired; if that was a mistake, bring it back with: persona versions "
            f"activate {number} --again"
        )
    return ""


def _whole_again(version: Version) -> str:
    return (
        f"Version {version.number} was not whole any more. It was made again from the same "
        f"inputs, byte for byte, and is whole.{_how_to_get(version)}"
    )


def _sentences(row: Version, trained: TrainedAdapter | None) -> list[str]:
    said = [f"Version {row.number} is made: {row.id}, {row.report['memories']} memories."]
    if row.state is VersionState.DRAFT:
        said.append(
            f"It is a draft. Try it with: persona chat --version {row.number}; let the family "
            f"have it with: persona versions activate {row.number}"
        )
    if trained is None:
        return [*said, str(row.report["manner_note"])]
    said.append(f"Trained {trained.steps} steps in {trained.seconds:.0f} s.")
    before, after = trained.held_out_before, trained.held_out_after
    if before is not None and after is not None:
        said.append(
            f"Words that were kept aside: {before:.2f} bits per character before, "
            f"{after:.2f} after (fewer is nearer to the person)."
        )
    return said

"""One planned file → its Source, Passages and Restrictions; the original is kept first.

What the family says in ``people.toml`` wins over what the file says of itself.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from persona.collect.decoding import well_formed
from persona.collect.family.people import PEOPLE_FILE, FamilyBook
from persona.collect.family.people_toml import FileRule, RestrictEntry
from persona.collect.importer import Reading, Request, Senses, Sidecar
from persona.collect.originals import KeptOriginal, discard_original, keep_original
from persona.collect.photos.names import RESTORED, origin_of
from persona.collect.plan import PlannedFile
from persona.collect.registry import importer_named
from persona.collect.takeout import add_service_data
from persona.records import (
    Face,
    Kinship,
    KnownName,
    PassageFields,
    Person,
    Restriction,
    Source,
    SourceKind,
    content_id,
)
from persona.records.source import SET_ASIDE


@dataclass
class Collected:
    """What came of one file. ``source.details["sidecars"]`` names the files kept with it.

    ``passages`` is a list, or, for material too long for memory, something to go through once;
    ``passage_count`` says how many there were when that has been done; ``kept`` are the
    originals: the file, then those that belong to it.
    """

    source: Source
    passages: Iterable[PassageFields]
    restrictions: list[Restriction] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    kinships: list[Kinship] = field(default_factory=list)
    faces: list[Face] = field(default_factory=list)
    known_names: list[KnownName] = field(default_factory=list)
    passage_count: int = 0
    kept: list[KeptOriginal] = field(default_factory=list)


def collect_file(
    planned: PlannedFile,
    book: FamilyBook,
    originals: Path,
    senses: Senses,
    contributor: str = "",
    *,
    derived: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Collected:
    """Keep an original and read it. The same bytes always give the same ids.

    Args:
        planned: one file of a `CollectPlan`.
        book: the people of the archive.
        originals: the folder of originals; see `Workspace.originals`.
        senses: the engines that hear and see; what is None is not heard or seen.
        contributor: who hands the file in, where no rule says so.
        derived: where work that takes long is kept until it is done; None: nowhere.
        progress: told which share of a long file has been read, 0 to 1.

    Raises:
        CollectError: this file cannot be taken in; nothing of it is left behind.
        EngineError: one of the engines failed.
    """
    origin = origin_of(planned.path, planned.relative, planned.rule.restored_from)
    with _kept(planned, originals) as kept:
        request = _request(planned, kept[0], book, senses)
        request = replace(request, derived=derived, progress=progress)
        reading = importer_named(planned.importer).read(request)
        add_service_data(reading, request)
    source = _source(planned, kept, reading, contributor)
    if origin is not None:
        source.derived_from, source.activity = origin, RESTORED
    known = _said_of_all(reading, planned.rule)
    _warn(source, reading, planned.rule)
    collected = Collected(
        source=source,
        passages=(),
        restrictions=restrictions_of(source.id, planned.rule.restrict) + reading.restrictions,
        warnings=reading.warnings,
        persons=reading.persons,
        kinships=reading.kinships,
        faces=reading.faces,
        known_names=reading.known_names,
        kept=kept,
    )
    collected.passages = _with(reading, known, collected)
    return collected


def set_aside_file(
    planned: PlannedFile, originals: Path, reason: str, contributor: str = ""
) -> Collected:
    """Keep an original that a program made, and read nothing in it.

    Args:
        planned: one file of a `CollectPlan`.
        originals: the folder of originals.
        reason: one sentence that says why.
        contributor: who hands the file in, where no rule says so.

    Raises:
        CollectError: it cannot be kept; nothing of it is left behind.
    """
    with _kept(planned, originals) as kept:
        rule = planned.rule.model_dump(mode="json", exclude_unset=True)
        details = {SET_ASIDE: {"reason": reason, "rule": rule}}
        source = _source(planned, kept, Reading(planned.kind, details=details), contributor)
    source.synthetic = True
    restrictions = restrictions_of(source.id, planned.rule.restrict)
    return Collected(source, (), restrictions, kept=kept)


def planned_again(source: Source, original: Callable[[str], Path]) -> PlannedFile:
    """Return how a file that was set aside was to be read, with the rule that held for it.

    Args:
        source: what `set_aside_file` made of it.
        original: SHA-256 → where the original lies.
    """
    sidecars = tuple(
        Sidecar(original(one["sha256"]), one["file_name"], one["role"])
        for one in source.details.get("sidecars", ())
    )
    return PlannedFile(
        original(source.sha256),
        source.file_name,
        source.media_type,
        source.kind,
        source.details["importer"],
        FileRule.model_validate(source.details[SET_ASIDE]["rule"]),
        sidecars,
    )


@contextmanager
def _kept(planned: PlannedFile, originals: Path) -> Iterator[list[KeptOriginal]]:
    """Keep a file and those that belong to it; take them away again when they cannot be read."""
    kept = [keep_original(planned.path, originals)]
    try:
        kept += [keep_original(sidecar.path, originals) for sidecar in planned.sidecars]
        yield kept
    except BaseException:  # an interruption too: nothing would name what was kept
        for one in kept:
            discard_original(one)
        raise


def _request(planned: PlannedFile, kept: KeptOriginal, book: FamilyBook, senses: Senses) -> Request:
    return Request(
        path=kept.path,
        relative=planned.relative,
        source_id=content_id("src", kept.sha256),
        media_type=planned.media_type,
        book=book,
        rule=planned.rule,
        sidecars=planned.sidecars,
        senses=senses,
    )


def _source(
    planned: PlannedFile, kept: list[KeptOriginal], reading: Reading, contributor: str
) -> Source:
    rule, original = planned.rule, kept[0]
    if planned.sidecars:
        reading.details["sidecars"] = [
            {"file_name": sidecar.relative, "role": sidecar.role, "sha256": one.sha256}
            for sidecar, one in zip(planned.sidecars, kept[1:], strict=True)
        ]
    return Source(
        id=content_id("src", original.sha256),
        sha256=original.sha256,
        kind=rule.kind or reading.kind,
        media_type=planned.media_type,
        title=well_formed(rule.title or reading.title or _title(planned.relative)),
        file_name=planned.relative,
        size_bytes=original.size_bytes,
        created_edtf=rule.created or reading.created_edtf,
        created_words=well_formed(reading.created_words),
        received_at=datetime.now(UTC),
        narrator_id=rule.narrator or reading.narrator_id,
        contributor=rule.contributor or contributor,
        custodian=rule.custodian or "",
        rights=rule.rights or "",
        place=well_formed(rule.place or reading.place),
        synthetic=bool(rule.synthetic),
        rate_hz=reading.rate_hz,
        duration_s=reading.duration_s,
        details=well_formed(reading.details) | {"importer": planned.importer},
    )


def _title(relative: str) -> str:
    return " ".join(PurePosixPath(relative).stem.replace("_", " ").split()) or relative


def _said_of_all(reading: Reading, rule: FileRule) -> dict[str, Any]:
    """Return what the family says of the whole file and of every passage in it."""
    known: dict[str, Any] = {"language": rule.language, "addressee_id": rule.addressee}
    if not _dated(reading) or (len({p.unit for p in reading.passages}) == 1 and not reading.stream):
        known |= {"created_edtf": rule.created, "place": rule.place}
    return {name: value for name, value in known.items() if value}


def _with(reading: Reading, known: dict[str, Any], collected: Collected) -> Iterable[PassageFields]:
    """Return the passages with what is known of all of them."""
    collected.passage_count = len(reading.passages)
    for passage in reading.passages:
        _tell(passage, known)
    return _streamed(reading, known, collected) if reading.stream else reading.passages


def _streamed(
    reading: Reading, known: dict[str, Any], collected: Collected
) -> Iterator[PassageFields]:
    yield from reading.passages
    for passage in reading.stream:
        collected.passage_count += 1
        yield _tell(passage, known)


def _tell(passage: PassageFields, known: dict[str, Any]) -> PassageFields:
    keep_well_formed(passage)
    for name, value in known.items():
        setattr(passage, name, value)
    return passage


_SAID = ("speaker_name", "addressee_words", "created_words", "place", "message_id", "reply_to")


def keep_well_formed(passage: PassageFields) -> None:
    """Mend what a passage says beside its words, which are mended where they are read."""
    for name in _SAID:
        said = getattr(passage, name)
        if not said.isascii():
            setattr(passage, name, well_formed(said))


def _dated(reading: Reading) -> bool:
    return reading.dated or any(passage.created_edtf for passage in reading.passages)


def _warn(source: Source, reading: Reading, rule: FileRule) -> None:
    several = reading.kind in {SourceKind.CHAT, SourceKind.TRANSCRIPT, SourceKind.FAMILY_TREE}
    written = reading.kind in {SourceKind.LETTER, SourceKind.BOOK, SourceKind.DIARY}
    dated = source.created_edtf or rule.created or _dated(reading)
    if not dated and not several:
        reading.warnings.append("Its date is not known. Say created = … in people.toml.")
    spoken = reading.speakers or any(passage.speaker_id for passage in reading.passages)
    if source.narrator_id is None and not spoken and written:
        reading.warnings.append("Who wrote it is not known. Say narrator = … in people.toml.")


def restrictions_of(
    source_id: str, rule: RestrictEntry | Literal[False] | None
) -> list[Restriction]:
    """Return what a rule forbids about a source: everything derived from it inherits it."""
    if not rule:
        return []
    parts = rule.model_dump(mode="json")
    return [
        Restriction(
            id=content_id("rst", source_id, parts),
            target_id=source_id,
            any_groups=list(rule.any),
            all_groups=list(rule.all),
            allow=list(rule.allow),
            deny=list(rule.deny),
            acts=[str(act) for act in rule.acts],
            until=rule.until,
            set_by=PEOPLE_FILE,
        )
    ]

"""One planned file → its Source, Passages and Restrictions; the original is kept first.

What the family says in ``people.toml`` wins over what the file says of itself.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from persona.collect.importer import Reading, Request
from persona.collect.originals import KeptOriginal, discard_original, keep_original
from persona.collect.people import PEOPLE_FILE, FamilyBook
from persona.collect.people_file import FileRule, RestrictEntry
from persona.collect.plan import PlannedFile
from persona.collect.registry import importer_named
from persona.engines.protocols import Recogniser
from persona.errors import PersonaError
from persona.records import Passage, Restriction, Source, SourceKind, content_id


@dataclass(frozen=True)
class Collected:
    """What came of one file. ``source.details["sidecars"]`` names the files kept with it."""

    source: Source
    passages: list[Passage]
    restrictions: list[Restriction] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def collect_file(
    planned: PlannedFile,
    book: FamilyBook,
    originals: Path,
    recogniser: Recogniser | None,
    contributor: str = "",
) -> Collected:
    """Keep an original and read it. The same bytes always give the same ids.

    Args:
        planned: one file of a `CollectPlan`.
        book: the people of the archive.
        originals: the folder of originals; see `Workspace.originals`.
        recogniser: hears recordings that have no transcript; None: they keep no words.
        contributor: who hands the file in, where no rule says so.

    Raises:
        CollectError: this file cannot be taken in; nothing of it is left behind.
        EngineError: the recogniser failed.
    """
    kept = [keep_original(planned.path, originals)]
    try:
        kept += [keep_original(sidecar.path, originals) for sidecar in planned.sidecars]
        reading = importer_named(planned.importer).read(
            _request(planned, kept[0], book, recogniser)
        )
    except PersonaError:
        for one in kept:
            discard_original(one)
        raise
    if planned.sidecars:
        reading.details["sidecars"] = [
            {"file_name": sidecar.relative, "role": sidecar.role, "sha256": one.sha256}
            for sidecar, one in zip(planned.sidecars, kept[1:], strict=True)
        ]
    source = _source(planned, kept[0], reading, contributor)
    _apply_rule(reading, planned.rule)
    _warn(source, reading)
    return Collected(
        source=source,
        passages=reading.passages,
        restrictions=_restrictions(source.id, planned.rule.restrict),
        warnings=reading.warnings,
    )


def _request(
    planned: PlannedFile, kept: KeptOriginal, book: FamilyBook, recogniser: Recogniser | None
) -> Request:
    return Request(
        path=kept.path,
        relative=planned.relative,
        source_id=content_id("src", kept.sha256),
        media_type=planned.media_type,
        book=book,
        rule=planned.rule,
        sidecars=planned.sidecars,
        recogniser=recogniser,
    )


def _source(planned: PlannedFile, kept: KeptOriginal, reading: Reading, contributor: str) -> Source:
    rule = planned.rule
    return Source(
        id=content_id("src", kept.sha256),
        sha256=kept.sha256,
        kind=rule.kind or reading.kind,
        media_type=planned.media_type,
        title=rule.title or reading.title or _title(planned.relative),
        file_name=planned.relative,
        size_bytes=kept.size_bytes,
        created_edtf=rule.created or reading.created_edtf,
        created_words=reading.created_words,
        received_at=datetime.now(UTC),
        narrator_id=rule.narrator or reading.narrator_id,
        contributor=rule.contributor or contributor,
        custodian=rule.custodian or "",
        rights=rule.rights or "",
        place=rule.place or reading.place,
        synthetic=bool(rule.synthetic),
        rate_hz=reading.rate_hz,
        duration_s=reading.duration_s,
        details=reading.details | {"importer": planned.importer},
    )


def _title(relative: str) -> str:
    return " ".join(PurePosixPath(relative).stem.replace("_", " ").split()) or relative


def _apply_rule(reading: Reading, rule: FileRule) -> None:
    """Give every passage what the family says of the whole file."""
    undated = {p.created_edtf for p in reading.passages} == {None}
    for passage in reading.passages:
        known: dict[str, Any] = {"language": rule.language, "addressee_id": rule.addressee}
        if undated or len({p.unit for p in reading.passages}) == 1:
            known["created_edtf"] = rule.created
            known["place"] = rule.place
        for name, value in known.items():
            if value:
                setattr(passage, name, value)


def _warn(source: Source, reading: Reading) -> None:
    several = reading.kind in {SourceKind.CHAT, SourceKind.TRANSCRIPT}
    written = reading.kind in {SourceKind.LETTER, SourceKind.BOOK}
    dated = source.created_edtf or any(p.created_edtf for p in reading.passages)
    if not dated and not several:
        reading.warnings.append("Its date is not known. Say created = … in people.toml.")
    spoken = any(passage.speaker_id for passage in reading.passages)
    if source.narrator_id is None and not spoken and written:
        reading.warnings.append("Who wrote it is not known. Say narrator = … in people.toml.")


def _restrictions(source_id: str, rule: RestrictEntry | None) -> list[Restriction]:
    """A restriction on the source: everything derived from it inherits it."""
    if rule is None:
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

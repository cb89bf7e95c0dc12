"""What one file is: an original, made by a program, or without a sign of either.

    hash        is it an original of this archive, or a file that this persona made?
    seal        what does a signed list inside it say, and is it whole?         (C2PA)
    watermark   did a program speak in it, also after it was sent and saved anew?

What is found are signs of a program. Nothing proves that a file is real: only an original of the
archive is known to be what was handed in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from persona.atomic import file_sha256
from persona.engines.sound_opening import opened_sound
from persona.errors import CollectError, EngineError, MissingModel, UnreadableSource
from persona.export.marking import open_watermark
from persona.export.marking_seal import Seal, SealState, read_seal
from persona.export.marking_signs import MarkFound, find_mark
from persona.records import Source
from persona.remember.view import View

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")


class FileKind(StrEnum):
    """What a file is, as far as can be told."""

    ORIGINAL = "original"
    MADE = "made by a program"
    NO_SIGN = "no sign"


@dataclass(frozen=True)
class Verdict:
    """What a file is, in sentences; the first says it all."""

    kind: FileKind
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class _Signs:
    """All that was found out: what the archive knows, the seal, the watermark or why not."""

    name: str
    archive: tuple[FileKind, str] | None
    seal: Seal
    mark: MarkFound | None
    unheard: str

    @property
    def is_marked(self) -> bool:
        return self.mark is not None and bool(self.mark.stretches)

    @property
    def is_sealed(self) -> bool:
        return self.seal.state in (SealState.OURS, SealState.WHOLE) and self.seal.synthetic


def what_is(file: Path, view: View | None, root: bytes, models: Path) -> Verdict:
    """Say what a file is.

    Args:
        file: sound, a picture, or anything else.
        view: of the custodian; None outside an archive.
        root: certificate of the archive's seals; empty where it has none.
        models: folder of models, for the watermark; without its weights that is said.

    Raises:
        CollectError: it cannot be read, is empty, or is a recording that is damaged.
    """
    try:
        if not file.is_file():
            raise CollectError(f"There is no file {file}. Look at its name and folder.")
        if file.stat().st_size == 0:
            raise CollectError(f"{file.name} is empty. Copy it again from where it came.")
        archive = _in_archive(file, view) if view is not None else None
        mark, unheard = _mark(file, models, known=archive is not None)
        signs = _Signs(file.name, archive, read_seal(file, root), mark, unheard)
    except OSError as error:
        raise CollectError(f"{file.name} cannot be read: {error.strerror}.") from error
    kind = _kind(signs)
    sentences = [_headline(kind, signs), *_details(signs)]
    if view is None:
        sentences.append("No archive was found here, so it was compared with no originals.")
    return Verdict(kind, tuple(sentences))


def _in_archive(file: Path, view: View) -> tuple[FileKind, str] | None:
    """Return what the archive knows of exactly these bytes."""
    sha256 = file_sha256(file)
    for source in view.sources():
        if source.sha256 == sha256:
            return _as_source(source)
        if any(one["sha256"] == sha256 for one in source.details.get("sidecars", ())):
            return FileKind.ORIGINAL, f"is kept beside an original of this archive ({source.id})."
    if view.was_generated(sha256):
        return FileKind.MADE, "was made by the persona, and is as it left the program."
    if any(sha256 in one.original_sha256s for one in view.withdrawals()):
        return FileKind.ORIGINAL, "was an original of this archive and was taken back."
    return None


def _as_source(source: Source) -> tuple[FileKind, str]:
    where = f"of this archive ({source.id})"
    if source.synthetic:
        return FileKind.MADE, f"was made by a program; it is kept as a source {where}."
    if source.derived_from or source.details.get("restored"):
        return FileKind.ORIGINAL, f"is a source {where}; somebody restored or changed it before."
    return FileKind.ORIGINAL, f"is an original {where}, unchanged."


def _mark(file: Path, models: Path, *, known: bool) -> tuple[MarkFound | None, str]:
    """Look for the watermark; else say why that cannot be done."""
    with file.open("rb") as opened:
        if opened.read(16).startswith(_PICTURES):
            return None, ""
    try:
        with opened_sound(file):
            pass
    except UnreadableSource:
        if known or not _sounds_by_name(file):
            return None, ""
        raise
    try:
        return find_mark(file, open_watermark(models)), ""
    except MissingModel as error:
        return None, f"The watermark could not be looked for. {error}"
    except (UnreadableSource, EngineError):
        if known:
            return None, ""
        raise


def _sounds_by_name(file: Path) -> bool:
    endings = ".wav .mp3 .m4a .ogg .opus .oga .flac .aac .amr .silk .slk .wma .webm"
    return file.suffix.lower() in endings.split()


def _kind(signs: _Signs) -> FileKind:
    if signs.archive is not None:
        return signs.archive[0]
    return FileKind.MADE if signs.is_sealed or signs.is_marked else FileKind.NO_SIGN


def _headline(kind: FileKind, signs: _Signs) -> str:
    if signs.archive is not None:
        return f"{signs.name} {signs.archive[1]}"
    if kind is FileKind.MADE:
        return f"{signs.name} was made by a program: somebody's recording it is not."
    return (
        f"No sign of a program was found in {signs.name}. That does not prove that it is real: "
        "other programs leave other signs or none, and a sign can be lost."
    )


def _details(signs: _Signs) -> Iterator[str]:
    seal, made = signs.seal, signs.archive is not None and signs.archive[0] is FileKind.MADE
    if seal.state in (SealState.OURS, SealState.WHOLE):
        yield from _sealed(seal)
    elif seal.state is SealState.BROKEN:
        yield (
            "It carries a seal that does not fit it: the file was changed after it was sealed, or "
            "the seal was. Nothing that it says can be believed."
        )
    elif signs.is_marked and not made:
        yield "It has no seal any more: that is lost whenever a file is saved anew or sent on."
    if signs.mark is not None:
        yield from _heard(signs.mark)
        if signs.is_marked and signs.archive and signs.archive[0] is FileKind.ORIGINAL:
            yield "Ask whoever handed it in where it came from: an original should hold no mark."
    elif signs.unheard:
        yield signs.unheard
    elif seal.state is SealState.NONE and signs.archive is None:
        yield "In a file of this kind only a seal can be looked for, and it has none."


def _sealed(seal: Seal) -> Iterator[str]:
    """Say what a whole seal says."""
    by = "this archive" if seal.state is SealState.OURS else "a key that this archive does not know"
    says = "a program made it" if seal.synthetic else "nothing about a program having made it"
    program = f" ({seal.program})" if seal.program else ""
    yield f"Its seal is whole, signed by {by}{program}, and says: {says}."
    if made_with := str(seal.made.get("version") or ""):
        what = "voice" if made_with.startswith("voi_") else "version"
        yield f"It was made with the {what} {made_with}."
    for part in seal.made.get("parts", ()):
        if not part.get("synthetic", True):
            yield (
                f"From {part['start_s']:.1f} to {part['end_s']:.1f} s it is a real recording: "
                f"{part.get('source', 'of a source')}."
            )


def _heard(mark: MarkFound) -> Iterator[str]:
    """Say what was found of the watermark."""
    if mark.stretches:
        where = ", ".join(f"{begin:.0f}–{end:.0f} s" for begin, end in mark.stretches)
        yield f"The watermark of synthetic speech was found (score {mark.score:.2f}): {where}."
    elif mark.looked_s == 0:
        yield "It is silent or too short to look for a watermark."
    else:
        yield f"No watermark was found in {mark.looked_s:.0f} s of sound (score {mark.score:.2f})."

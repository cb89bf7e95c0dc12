"""Photos: when and where, how large and how good, what the caption says, whose faces.

    file ──▶ pixels (upright) ──▶ quality, likeness, faces, a date printed in the corner
        ╰──▶ EXIF, XMP, IPTC  ──▶ date, place, title, caption

The caption is the passage; its selector is the whole picture. The date is the first of: what the
family wrote beside it, the camera's moment of exposure, what was written into the file, a date in
the caption, a date printed in the corner. A restored or enlarged picture is never searched for
faces: what a program drew recognises nobody.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona.collect.importer import Reading, Request
from persona.collect.kinds import is_picture, media_type
from persona.collect.photos.alike import likeness_of
from persona.collect.photos.captions import read_captions, read_writing
from persona.collect.photos.exif import CameraData, read_exif
from persona.collect.photos.faces import face_records
from persona.collect.photos.names import front_of, looks_restored
from persona.collect.photos.quality import quality_of
from persona.collect.photos.stamp import LONGEST, Stamp, find_stamp
from persona.collect.photos.written import Written, read_written
from persona.engines.picture_file import BROKEN, Seen, opened, see
from persona.engines.protocols import TextReader
from persona.errors import CollectError, EngineError
from persona.records import SourceKind

_LONGEST = 1024
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class Picture:
    """What a picture file says and shows of itself; all sizes as it is meant to be seen."""

    seen: Seen
    camera: CameraData
    written: Written
    damaged_data: bool
    details: dict[str, Any]


class Photo:
    """Reads pictures."""

    name = "photo"
    kinds = (SourceKind.PHOTO,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Accept everything whose content is a picture."""
        return is_picture(media_type(head, name), name)

    def read(self, request: Request) -> Reading:
        """Read a picture's data, its caption and, where there are senses for it, what it shows."""
        reader = request.senses.text_reader
        picture = look_at(request.path, request.relative, for_reading=reader is not None)
        reading = _reading(request, picture)
        read_captions(reading, request, picture.seen, picture.written)
        front = front_of(request.relative)
        if front is not None:
            reading.details["back_of"] = front
            read_writing(reading, request, picture.seen)
        elif reader is not None and (reading.created_edtf or "?").endswith("?"):
            _read_stamp(reading, request, picture.seen, reader)
        if not restored(request):
            _find_faces(reading, request)
        if not reading.passages:
            reading.warnings.append(
                "This photo has no caption, so nothing can be told from it yet."
            )
        return reading


def look_at(path: Path, name: str, *, for_reading: bool = False) -> Picture:
    """Open a picture, decode all of it, and read what was written into it.

    Args:
        path: the file.
        name: what to call it.
        for_reading: keep pictures without a date large enough to read a date in their corner.

    Raises:
        UnreadableSource: it is damaged, or no picture.
        UnsafeSource: it is too large to open safely.
    """
    with opened(path, name) as image:
        try:
            camera, damaged = read_exif(image.getexif()), False
        except BROKEN:
            camera, damaged = CameraData(), True
        written = read_written(image)
        turned = _orientation(image, damaged)
        wanted = LONGEST if for_reading and camera.taken.edtf is None else _LONGEST
        seen = see(image, wanted)
    details = camera.details | {"width": seen.width, "height": seen.height}
    if turned:
        details["orientation"] = turned
    if seen.pages > 1:
        details["pages"] = seen.pages
    details["quality"] = quality_of(seen.small, seen.width, seen.height)
    details["alike"] = likeness_of(seen.small)
    return Picture(seen, camera, written, damaged, details)


def restored(request: Request) -> bool:
    """Tell whether this is not what a camera saw: restored, enlarged, drawn, or a rule says so."""
    rule = request.rule
    made = rule.restored_from is not None or rule.kind is SourceKind.DERIVED
    return made or bool(rule.synthetic) or looks_restored(request.relative)


def _orientation(image: Any, damaged: bool) -> int:
    turned = 0 if damaged else image.getexif().get(_ORIENTATION, 0)
    return turned if isinstance(turned, int) and 1 <= turned <= 8 else 0


def _reading(request: Request, picture: Picture) -> Reading:
    camera, written = picture.camera, picture.written
    dated = camera.taken.edtf or written.edtf
    reading = Reading(
        SourceKind.DERIVED if request.rule.restored_from else SourceKind.PHOTO,
        title=written.title,
        narrator_id=request.rule.narrator,
        created_edtf=dated,
        created_words=camera.words if camera.taken.edtf else written.date_words or camera.words,
        place=written.place or camera.place,
        details=dict(picture.details),
    )
    for name in ("creator", "caption_writer"):
        if value := getattr(written, name):
            reading.details[name] = value
    _warn(reading, request, picture)
    return reading


def _warn(reading: Reading, request: Request, picture: Picture) -> None:
    if picture.damaged_data:
        reading.warnings.append("What the camera wrote into this photo is damaged; it is left out.")
    if picture.camera.taken.doubt:
        reading.warnings.append(f"Its date is doubtful: {picture.camera.taken.doubt}.")
    if picture.seen.pages > 1 and request.media_type == "image/tiff":
        reading.warnings.append(
            f"It has {picture.seen.pages} pages; only the first is looked at. All are kept."
        )
    if restored(request) and not request.rule.synthetic:
        reading.details["restored"] = True
        if request.rule.restored_from is None:
            reading.warnings.append(
                "Its name says that it was restored or enlarged, so nobody is recognised in it. "
                "Say restored_from = … in people.toml."
            )


def _read_stamp(reading: Reading, request: Request, seen: Seen, reader: TextReader) -> None:
    """Take the date printed in a corner, where nothing surer is known."""
    try:
        stamp: Stamp | None = find_stamp(seen.small, reader, request.rule.day_first)
    except (EngineError, CollectError) as error:
        reading.warnings.append(f"A date printed in its corner was not looked for. {error}")
        return
    if stamp is None:
        return
    reading.details["stamp"] = {
        "words": stamp.words,
        "confidence": stamp.confidence,
        "read_by": stamp.read_by,
    }
    reading.created_edtf = stamp.edtf or reading.created_edtf
    reading.created_words = stamp.words
    for passage in reading.passages:
        if passage.created_edtf is None:
            passage.created_edtf, passage.created_words = stamp.edtf, stamp.words


def _find_faces(reading: Reading, request: Request) -> None:
    """Look for faces; a missing engine costs the faces, never the photo."""
    finder = request.senses.face_finder
    if finder is None:
        return
    try:
        found = finder.find(request.path)
    except (EngineError, CollectError) as error:
        reading.warnings.append(f"Faces were not looked for. {error}")
        return
    reading.faces = face_records(request.source_id, found)
    reading.details["faces_by"] = finder.name

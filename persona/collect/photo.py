"""Photos: when and where (EXIF 2.32), how large, and what the caption says.

The caption is the passage; its selector is the whole picture. Only the moment of exposure counts
as the date: the day a print was scanned is not the day it was taken.
"""

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from persona.collect.dates import find_date, to_edtf, valid_edtf
from persona.collect.decoding import decode
from persona.collect.importer import Reading, Request, Sidecar
from persona.collect.kinds import is_picture, media_type
from persona.collect.language import guess_language
from persona.collect.selectors import whole_picture
from persona.collect.sidecars import caption_row
from persona.errors import UnreadableSource, UnsafeSource
from persona.records import SourceKind

MAX_PIXELS = 250_000_000
_ORIENTATION, _FILE_DATE, _EXIF, _GPS = 0x0112, 0x0132, 0x8769, 0x8825
_EXPOSED, _DESCRIPTION, _MAKE, _MODEL = 0x9003, 0x010E, 0x010F, 0x0110
_CAPTION_COLUMNS = ("caption", "caption_from_book", "description", "text", "title")


@dataclass(frozen=True)
class Picture:
    """What a picture file says of itself; ``width`` and ``height`` as it is meant to be seen."""

    width: int
    height: int
    taken: str | None = None
    place: str = ""
    details: dict[str, Any] = field(default_factory=dict)


class Photo:
    """Reads pictures."""

    name = "photo"
    kinds = (SourceKind.PHOTO,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Accept everything whose content is a picture."""
        return is_picture(media_type(head, name), name)

    def read(self, request: Request) -> Reading:
        """Read a picture's data and its caption."""
        picture = look_at(request.path, request.relative)
        reading = Reading(
            SourceKind.PHOTO,
            narrator_id=request.rule.narrator,
            created_edtf=picture.taken,
            created_words=str(picture.details.get("taken", "")),
            place=picture.place,
            details=picture.details | {"width": picture.width, "height": picture.height},
        )
        for sidecar in request.sidecars:
            _read_caption(reading, request, sidecar, picture)
        if not reading.passages:
            reading.warnings.append(
                "This photo has no caption, so nothing can be told from it yet."
            )
        return reading


def look_at(path: Path, name: str) -> Picture:
    """Open a picture, decode all of it, and read its EXIF data.

    Raises:
        UnreadableSource: it is damaged, or no picture.
        UnsafeSource: it has more than 250 million pixels.
    """
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is checked, damaged EXIF is not fatal
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise UnsafeSource(f"{name} is too large to open ({image.size} pixels).")
                exif = image.getexif()
                turned = exif.get(_ORIENTATION, 1)
                image.load()
                return _picture(image.size, turned, exif)
    except Image.DecompressionBombError as error:
        raise UnsafeSource(f"{name} is too large to open.") from error
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, IndexError) as error:
        raise UnreadableSource(
            f"{name} is damaged, or not a picture that can be opened."
        ) from error
    except (ZeroDivisionError, KeyError, TypeError, OverflowError) as error:
        raise UnreadableSource(
            f"{name} has damaged picture data. Open and save it again."
        ) from error


def _picture(size: tuple[int, int], turned: object, exif: Any) -> Picture:
    details: dict[str, Any] = {}
    width, height = size
    if isinstance(turned, int) and 1 <= turned <= 8:
        details["orientation"] = turned
        if turned >= 5:
            width, height = height, width
    inner, gps = dict(exif.get_ifd(_EXIF)), dict(exif.get_ifd(_GPS))
    for key, value in (
        ("camera", " ".join(_words(exif.get(tag)) for tag in (_MAKE, _MODEL))),
        ("file_date", _words(exif.get(_FILE_DATE))),
        ("description", _words(exif.get(_DESCRIPTION))),
        ("taken", _words(inner.get(_EXPOSED))),
    ):
        if value.strip():
            details[key] = value.strip()
    return Picture(width, height, exif_date(details.get("taken", "")), _place(gps), details)


def _words(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return text.replace("\x00", " ").strip()


def exif_date(words: str) -> str | None:
    """Return the EDTF of ``2008:10:22 16:28:39``; cameras without a clock say 0000:00:00."""
    match = re.match(r"(\d{4})[:/-](\d\d)[:/-](\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?", words)
    if match is None or match[1] == "0000":
        return None
    day, clock = "-".join(match.groups()[:3]), ":".join(part or "" for part in match.groups()[3:])
    full = f"{day}T{clock}"
    return full if valid_edtf(full) else day if valid_edtf(day) else None


def _place(gps: Mapping[int, Any]) -> str:
    """Return ``lat, lon`` in degrees (WGS 84), or nothing."""
    try:
        latitude, longitude = _degrees(gps[2], gps[1], "S"), _degrees(gps[4], gps[3], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return ""
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return f"{latitude:.5f}, {longitude:.5f}" if inside and (latitude or longitude) else ""


def _degrees(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
    value = degrees + minutes / 60 + seconds / 3600
    if math.isnan(value):
        raise ValueError("no position")
    return -value if _words(side).upper().startswith(negative) else value


def _read_caption(reading: Reading, request: Request, sidecar: Sidecar, picture: Picture) -> None:
    row: Mapping[str, str] = {}
    if sidecar.role == "captions":
        row = caption_row(sidecar, request.relative)
        text = next((row[name] for name in _CAPTION_COLUMNS if row.get(name)), "")
        reading.details["caption_columns"] = {
            key: value for key, value in row.items() if value and value != text and key != "file"
        }
    else:
        text = decode(sidecar.path.read_bytes(), sidecar.relative).text.strip()
    if not text:
        return
    _date_from_caption(reading, request, row.get("date", ""), text)
    speaker = request.rule.captioner or request.rule.narrator
    reading.add(
        request,
        whole_picture(picture.width, picture.height),
        text,
        "",
        speaker_id=speaker,
        speaker_confidence=1.0 if speaker else 0.0,
        created_edtf=reading.created_edtf,
        created_words=reading.created_words,
        language=request.rule.language or guess_language(text, request.book.languages),
        transcript_version=f"file {sidecar.relative.rsplit('/', 1)[-1]}",
    )


def _date_from_caption(reading: Reading, request: Request, column: str, text: str) -> None:
    """What people wrote about the date of a photo is believed before the camera's clock."""
    edtf = to_edtf(column, request.rule.day_first) if column else None
    if edtf or column:
        reading.created_edtf, reading.created_words = edtf or reading.created_edtf, column
    elif reading.created_edtf is None:
        found = find_date(text, request.rule.day_first)
        if found is not None and found.edtf:
            reading.created_edtf, reading.created_words = found.edtf, found.words

"""What a photo service knew about a picture or film: the JSON beside it in a Google Takeout.

    IMG_1.jpg   ◀── IMG_1.jpg.json, IMG_1.jpg.supplemental-metadata.json (cut to 46 characters)
    IMG_1(2).jpg ◀─ IMG_1.jpg(2).json        IMG_1-edited.jpg ◀── IMG_1.jpg.json

Its date is what the service made of the file: for a scan, often the day of the upload. So it
fills a gap, and is marked as doubtful (EDTF ``?``); what the camera or the family says wins. Its
names of people are what a machine or somebody's telephone thought: kept, and used for nobody.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.photos.exif import in_degrees
from persona.collect.selectors import whole_picture
from persona.records import SourceKind

TAKEOUT = "takeout"
"""Role of such a sidecar."""

MAX_BYTES = 1 << 20
CUT_AT = 46
_MARK = b'"photoTakenTime"'
_NUMBER = re.compile(r"\(\d{1,4}\)$")
_TAIL = ".supplemental-metadata"
_EDITED = ("-edited", "-bearbeitet", "-modifié", "-editado", "-已修改", "-編集済み")


@dataclass(frozen=True)
class ServiceData:
    """What the service says. ``place``: degrees, as with photos; empty: it does not know."""

    edtf: str | None = None
    words: str = ""
    place: str = ""
    description: str = ""
    people: tuple[str, ...] = ()


def media_names(relative: str) -> list[str]:
    """Return what the picture of a JSON file would be called, most likely first."""
    path = PurePosixPath(relative)
    base = path.name[: -len(".json")]
    number = _NUMBER.search(base)
    base = base[: number.start()] if number else base
    head, dot, tail = base.rpartition(".")
    named = head if dot and _TAIL.startswith(f".{tail}") and "." in head else base
    wanted = PurePosixPath(named)
    stem, suffix = wanted.stem, wanted.suffix
    names = [f"{stem}{number[0] if number else ''}{suffix}"]
    names += [f"{stem}{word}{number[0] if number else ''}{suffix}" for word in _EDITED]
    return [str(path.with_name(name)) for name in names if name]


def is_cut(relative: str) -> bool:
    """Tell whether a JSON file's name may have been cut short."""
    return len(PurePosixPath(relative).name) >= CUT_AT + len(".json")


def is_takeout(path: Path) -> bool:
    """Tell whether a JSON file is about one picture of a photo service."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return False
        return _MARK in path.read_bytes()
    except OSError:
        return False


def read_takeout(path: Path) -> ServiceData:
    """Read one such file; what is damaged in it says nothing."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return ServiceData()
    if not isinstance(data, dict):
        return ServiceData()
    edtf = _day(data.get("photoTakenTime"))
    people = data.get("people")
    names = [one.get("name") for one in people or () if isinstance(one, dict)]
    return ServiceData(
        edtf=f"{edtf}?" if edtf else None,
        words=str(_of(data.get("photoTakenTime"), "formatted") or "")[:60],
        place=_place(data.get("geoData")) or _place(data.get("geoDataExif")),
        description=_words(data.get("description")),
        people=tuple(name for name in names if isinstance(name, str) and name),
    )


def add_service_data(reading: Reading, request: Request) -> None:
    """Fill the gaps of a reading with what the service says, and keep all of it beside it."""
    beside = next((one for one in request.sidecars if one.role == TAKEOUT), None)
    if beside is None:
        return
    said = read_takeout(beside.path)
    if reading.created_edtf is None and said.edtf:
        reading.created_edtf, reading.created_words = said.edtf, said.words
        for passage in reading.passages:
            if passage.created_edtf is None:
                passage.created_edtf, passage.created_words = said.edtf, said.words
    reading.place = reading.place or said.place
    known = {"date": said.edtf, "place": said.place, "people": list(said.people)}
    reading.details["photo_service"] = {name: value for name, value in known.items() if value}
    told = {passage.text.strip() for passage in reading.passages}
    if reading.kind is SourceKind.PHOTO and said.description and said.description not in told:
        reading.warnings = [one for one in reading.warnings if "has no caption" not in one]
        reading.add(
            request,
            whole_picture(reading.details["width"], reading.details["height"]),
            said.description,
            "",
            speaker_id=request.rule.captioner,
            speaker_confidence=1.0 if request.rule.captioner else 0.0,
            created_edtf=reading.created_edtf,
            created_words=reading.created_words,
            language=request.rule.language
            or guess_language(said.description, request.book.languages),
            transcript_version=f"file {PurePosixPath(beside.relative).name}",
        )


def _day(taken: Any) -> str | None:
    try:
        moment = datetime.fromtimestamp(int(_of(taken, "timestamp")), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment.date().isoformat() if moment.year >= 1800 else None


def _place(where: Any) -> str:
    north, east = _of(where, "latitude"), _of(where, "longitude")
    if not all(isinstance(one, float | int) for one in (north, east)) or not (north or east):
        return ""
    return in_degrees(north, east) if abs(north) <= 90 and abs(east) <= 180 else ""


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _words(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""

"""What a camera wrote into a picture (EXIF 2.32): the moment of exposure and the place.

Only the moment of exposure counts as the date: the day a print was scanned is not the day it was
taken. Clocks that were never set say 1 January at midnight; such a date is kept, as uncertain.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from persona.collect.dates import valid_edtf

_FILE_DATE, _EXIF, _GPS = 0x0132, 0x8769, 0x8825
_EXPOSED, _EXPOSED_ZONE, _MAKE, _MODEL = 0x9003, 0x9011, 0x010F, 0x0110
_EPOCHS = frozenset({"0000-00-00", "0001-01-01", "1601-01-01", "1904-01-01", "1970-01-01"})
"""Days from which machines count: never the day of a photo of this family by a camera's clock."""


@dataclass(frozen=True)
class CameraDate:
    """When a camera says that a picture was taken, and why that may be wrong."""

    edtf: str | None = None
    doubt: str = ""


@dataclass(frozen=True)
class CameraData:
    """What the EXIF data of a picture say; empty where they say nothing."""

    taken: CameraDate = CameraDate()
    words: str = ""
    place: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def read_exif(exif: Any) -> CameraData:
    """Return what EXIF data (Pillow's ``Exif``) say of the moment and the place.

    Raises:
        ValueError, TypeError, KeyError … on damaged data: see `picture_file.BROKEN`.
    """
    inner, gps = dict(exif.get_ifd(_EXIF)), dict(exif.get_ifd(_GPS))
    words, zone = plain_words(inner.get(_EXPOSED)), plain_words(inner.get(_EXPOSED_ZONE))
    taken = camera_date(words, zone)
    details: dict[str, Any] = {
        "camera": " ".join(plain_words(exif.get(tag)) for tag in (_MAKE, _MODEL)).strip(),
        "file_date": plain_words(exif.get(_FILE_DATE)),
        "taken": words,
        "time_zone": zone if _zone(zone) else "",
        "date_doubt": taken.doubt,
    }
    position = degrees_of(gps)
    if position is not None:
        details["gps"] = "{:.5f},{:.5f}".format(*position)
    place = in_degrees(*position) if position is not None else ""
    return CameraData(taken, words, place, {key: v for key, v in details.items() if v})


def camera_date(words: str, zone: str = "") -> CameraDate:
    """Return the EDTF of ``2008:10:22 16:28:39``.

    Args:
        words: as EXIF has it; cameras without a clock say ``0000:00:00 00:00:00``.
        zone: ``+02:00``, where the camera knew; anything else is left out.
    """
    match = re.match(r"(\d{4})[:/.-](\d\d)[:/.-](\d\d)(?:[ T](\d\d):(\d\d):(\d\d))?", words.strip())
    if match is None:
        return CameraDate()
    day = "-".join(match.groups()[:3])
    clock = ":".join(part or "" for part in match.groups()[3:])
    if day in _EPOCHS or not valid_edtf(day):
        return CameraDate(doubt="the camera's clock was not set")
    if datetime.fromisoformat(day) > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=2):
        return CameraDate(doubt="the camera's clock was ahead of today")
    if _never_set(day, clock):
        return CameraDate(f"{day}?", "the camera's clock seems not to have been set")
    full = f"{day}T{clock}{_zone(zone)}"
    return CameraDate(full if valid_edtf(full) else day)


def _never_set(day: str, clock: str) -> bool:
    """Tell a clock that starts at New Year from a photo of New Year's Day."""
    first_hour = clock.startswith("00:") or clock == "::"
    return day.endswith("-01-01") and (first_hour or day[:4] in {"1980", "2000"})


def _zone(words: str) -> str:
    zone = words.strip()
    if zone in {"Z", "+00:00"}:
        return "Z"
    return zone if re.fullmatch(r"[+-](0\d|1[0-4]):[0-5]\d", zone) else ""


def degrees_of(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees (WGS 84), or None; 0, 0 is a device's nothing."""
    try:
        latitude = _signed(gps[2], gps[1], "S", 90)
        longitude = _signed(gps[4], gps[3], "W", 180)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, OverflowError):
        return None
    return (latitude, longitude) if latitude or longitude else None


def in_degrees(latitude: float, longitude: float) -> str:
    """Return ``43.46824° N, 11.88017° E``: a place for people, without asking any service."""
    north, east = "NS"[latitude < 0], "EW"[longitude < 0]
    return f"{abs(latitude):.5f}° {north}, {abs(longitude):.5f}° {east}"


def _signed(parts: Any, side: Any, negative: str, limit: float) -> float:
    degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
    value = degrees + minutes / 60 + seconds / 3600
    if math.isnan(value) or not -limit <= value <= limit:
        raise ValueError("no position")
    return -value if plain_words(side).upper().startswith(negative) else value


def plain_words(value: object) -> str:
    """Return a field's text: bytes decoded, without padding and control characters."""
    if value is None:
        return ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text).strip()

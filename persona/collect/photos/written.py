"""What people wrote into a picture file: caption, title, creator, date and place.

    XMP (ISO 16684-1)   dc:description  dc:title  dc:creator  photoshop:DateCreated, City, Country
    IPTC-IIM 4.2        2:120           2:05      2:80        2:55 + 2:60           2:90, 2:101
    EXIF 2.32           ImageDescription, UserComment; XPTitle, XPComment, XPSubject of Windows

The same words in several fields are one caption. Words that a camera writes into every picture
("OLYMPUS DIGITAL CAMERA") are nobody's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFile, IptcImagePlugin

from persona.collect.dates import valid_edtf
from persona.collect.photos.exif import plain_words
from persona.engines.picture_file import BROKEN

_DESCRIPTION, _COMMENT, _EXIF = 0x010E, 0x9286, 0x8769
_ARTIST, _XP_TITLE, _XP_COMMENT, _XP_SUBJECT = 0x013B, 0x9C9B, 0x9C9C, 0x9C9F
_LONGEST = 20_000
_OF_CAMERAS = re.compile(
    r"(?:\w+[ -])*digital (?:still )?camera|sony dsc|exif[_ ]jpeg(?:[_ ]picture)?|jpeg|dcim.*|"
    r"(?:dsc|img|dscn?|pict|p|mvc)[-_ ]?\d+(?:\.\w+)?|created with (?:the )?gimp.*|binary comment|"
    r"lead technologies inc.*|screenshot|untitled|default|cof|oznor\w*|edf|ptr|sdr|hdr|mde|rhdr|"
    r"dav|ascii|charset=\w+.*|processed with .*|\W*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class WrittenCaption:
    """A caption inside a file, and the field it stands in."""

    text: str
    field: str


@dataclass(frozen=True)
class Written:
    """What was written into a picture file; empty where nothing was."""

    captions: tuple[WrittenCaption, ...] = ()
    title: str = ""
    creator: str = ""
    caption_writer: str = ""
    date_words: str = ""
    edtf: str | None = None
    place: str = ""


def read_written(image: Image.Image) -> Written:
    """Return what people wrote into an opened picture. Damaged fields are as good as empty."""
    xmp, iptc, exif = _lenient(_xmp, image), _lenient(_iptc, image), _lenient(_exif, image)
    captions: dict[str, str] = {}
    for field, text in (
        ("XMP dc:description", xmp.get("description", "")),
        ("IPTC 2:120", iptc.get("caption", "")),
        *((f"EXIF {name}", exif.get(name, "")) for name in ("ImageDescription", "UserComment")),
        *((f"EXIF {name}", exif.get(name, "")) for name in ("XPComment", "XPSubject")),
    ):
        words = text[:_LONGEST].strip()
        if words and not _OF_CAMERAS.fullmatch(words):
            captions.setdefault(words, field)
    date_words = xmp.get("date", "") or iptc.get("date", "")
    places = (xmp.get(name) or iptc.get(name) or "" for name in ("spot", "city", "state", "land"))
    return Written(
        tuple(WrittenCaption(text, field) for text, field in captions.items()),
        title=xmp.get("title") or iptc.get("title") or exif.get("XPTitle", ""),
        creator=xmp.get("creator") or iptc.get("creator") or exif.get("Artist", ""),
        caption_writer=xmp.get("writer") or iptc.get("writer") or "",
        date_words=date_words,
        edtf=written_date(date_words),
        place=", ".join(dict.fromkeys(place for place in places if place)),
    )


def written_date(words: str) -> str | None:
    """Return the EDTF of an XMP or IPTC date: ``1956``, ``1956-07``, ``1956-07-04T10:00``."""
    text = words.strip()
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    if compact:
        year, month, day = compact.groups()
        text = "-".join(part for part in (year, month, day) if part != "00")
    match = re.match(
        r"(?P<day>\d{4}(?:-\d\d(?:-\d\d)?)?)"
        r"(?:T(?P<clock>\d\d:\d\d)(?P<seconds>:\d\d)?(?:\.\d+)?(?P<zone>Z|[+-]\d\d:\d\d)?)?$",
        text,
    )
    if match is None or match["day"].startswith("0000") or not valid_edtf(match["day"]):
        return None
    clock = f"T{match['clock']}{match['seconds'] or ':00'}" if match["clock"] else ""
    full = f"{match['day']}{clock}{match['zone'] or ''}"
    return full if clock and valid_edtf(full) else match["day"]


def _lenient(read: Any, image: Image.Image) -> dict[str, str]:
    try:
        found: dict[str, str] = read(image)
    except BROKEN:
        return {}
    return {name: text for name, text in found.items() if text}


def _xmp(image: Image.Image) -> dict[str, str]:
    names = {
        "description": "description",
        "title": "title",
        "creator": "creator",
        "writer": "CaptionWriter",
        "spot": "Location",
        "city": "City",
        "state": "State",
        "land": "Country",
    }
    blocks = list(_blocks(image.getxmp() if hasattr(image, "getxmp") else {}))
    found = {ours: _first(blocks, theirs) for ours, theirs in names.items()}
    found["date"] = _first(blocks, "DateCreated") or _first(blocks, "DateTimeOriginal")
    return found


def _blocks(xmp: Any) -> Iterator[dict[str, Any]]:
    """Yield the rdf:Description blocks, of which there may be one or many."""
    if isinstance(xmp, dict):
        described = xmp.get("Description")
        for one in described if isinstance(described, list) else [described]:
            if isinstance(one, dict):
                yield one
        for key in ("xmpmeta", "xapmeta", "RDF"):
            yield from _blocks(xmp.get(key))


def _first(blocks: list[dict[str, Any]], name: str) -> str:
    return next((text for block in blocks if (text := _text(block.get(name)))), "")


def _text(value: Any) -> str:
    """Return the words of an XMP value: plain, or in a list of languages or of people."""
    if isinstance(value, str):
        return plain_words(value)
    if isinstance(value, dict):
        for key in ("Alt", "Seq", "Bag", "li", "text"):
            if key in value:
                return _text(value[key])
        return ""
    if isinstance(value, list):
        default = [v for v in value if isinstance(v, dict) and v.get("lang") == "x-default"]
        several = dict.fromkeys(text for v in default or value if (text := _text(v)))
        return ", ".join(several)
    return ""


def _iptc(image: Image.Image) -> dict[str, str]:
    if not isinstance(image, ImageFile.ImageFile):
        return {}
    records: Any = IptcImagePlugin.getiptcinfo(image) or {}
    unicode = records.get((1, 90)) == b"\x1b%G"
    numbers = {"caption": 120, "title": 5, "creator": 80, "writer": 122}
    places = {"spot": 92, "city": 90, "state": 95, "land": 101, "date": 55}
    found = {}
    for name, number in (numbers | places).items():
        value = records.get((2, number), b"")
        value = b", ".join(value) if isinstance(value, list) else value
        found[name] = plain_words(_decoded(value, unicode))
    return found


def _decoded(value: bytes, unicode: bool) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("utf-8" if unicode else "cp1252", "replace")


def _exif(image: Image.Image) -> dict[str, str]:
    exif = image.getexif()
    found = {
        "ImageDescription": plain_words(exif.get(_DESCRIPTION)),
        "Artist": plain_words(exif.get(_ARTIST)),
        "UserComment": _comment(exif.get_ifd(_EXIF).get(_COMMENT)),
    }
    for name, tag in (
        ("XPTitle", _XP_TITLE),
        ("XPComment", _XP_COMMENT),
        ("XPSubject", _XP_SUBJECT),
    ):
        value = exif.get(tag)
        if isinstance(value, tuple):
            value = bytes(value)
        if isinstance(value, bytes):
            found[name] = plain_words(value.decode("utf-16-le", "replace"))
    return found


def _comment(value: object) -> str:
    """Return a UserComment without its 8 bytes that name the character set."""
    if not isinstance(value, bytes) or len(value) <= 8:
        return value.strip() if isinstance(value, str) else ""
    head, rest = value[:8], value[8:]
    if head == b"UNICODE\0":
        both = (rest.decode(order, "replace") for order in ("utf-16-le", "utf-16-be"))
        return plain_words(max(both, key=_in_use).replace("\ufeff", ""))
    if head in {b"ASCII\0\0\0", b"JIS\0\0\0\0\0", b"\0" * 8}:
        return plain_words(rest.decode("utf-8", "ignore").replace("\0", ""))
    return ""


def _in_use(text: str) -> float:
    """Return the share of signs that people use: programs do not agree on the order of bytes."""
    used = sum(
        sign < "\u0600" or "\u3000" <= sign <= "\u30ff" or "\u4e00" <= sign <= "\u9fff"
        for sign in text
    )
    return used / (len(text) or 1)

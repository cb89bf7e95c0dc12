"""The date that a camera printed into the corner of a photo: ``'98 12 25``.

    corners of the upright picture ──▶ one sheet ──TextReader──▶ lines ──▶ stamp ──▶ EDTF with "?"

Reading takes seconds, so only pictures are read in whose corners something glows as orange, red
or yellow as those dates do. One sheet holds the four corners; it is also read turned, because
cameras were held upright too.
Every such date is marked uncertain: clocks were wrong and readers misread. What could be read
in two ways keeps its words and loses what is not known, down to the year.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image

from persona.collect.dates import valid_edtf
from persona.engines.protocols import ReadLine, TextReader
from persona.records.months import MONTH_STARTS

LONGEST = 2048
"""Pixels of the longer side at which a stamp can still be read."""

_WIDE, _HIGH, _MARGIN = 0.42, 0.16, 24
_LEAST_CONFIDENCE = 0.5
_LEAST_GLOWING = 30
_Day = tuple[int, int, int]
_MONTHS = [name.lower() for name in MONTH_STARTS]
_LOOKS_LIKE = str.maketrans("OoQDIl|SsBZ", "00001115582")
_MARK = r"['’‘`´\"″′]"
_GAP = r"\s*[\s.,/:_-]\s*"
_CLOCK = r"(?:\s+\d{1,2}:\d\d(?::\d\d)?\s*(?:[ap]m)?)?"
_NUMBERS = re.compile(
    rf"(?P<mark>{_MARK})?\s?(?P<first>\d{{1,4}}){_GAP}(?P<second>\d{{1,2}}){_GAP}"
    rf"(?P<late>{_MARK})?\s?(?P<third>\d{{1,4}}){_CLOCK}",
    re.IGNORECASE,
)
_HAN = re.compile(r"(?P<y>\d{2}|\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]")
_NAMED = re.compile(
    rf"(?P<d>\d{{1,2}}){_GAP}(?P<n>{'|'.join(_MONTHS)})[a-z]*\.?{_GAP}{_MARK}?\s?(?P<y>\d{{4}}|\d\d)"
    rf"|(?P<n2>{'|'.join(_MONTHS)})[a-z]*\.?{_GAP}(?P<d2>\d{{1,2}}){_GAP}{_MARK}?\s?"
    rf"(?P<y2>\d{{4}}|\d\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stamp:
    """A printed date: its words, EDTF as far as it can be known, and how surely it was read."""

    words: str
    edtf: str | None
    confidence: float
    read_by: str


def find_stamp(
    picture: Image.Image, reader: TextReader, day_first: bool | None = None
) -> Stamp | None:
    """Read the corners of an upright picture.

    Args:
        picture: upright RGB, its longer side about `LONGEST` pixels.
        reader: reads print; gets a temporary file that is removed at once.
        day_first: the order of ``6 7 '98``; None: not known.

    Raises:
        EngineError: the reader failed.
    """
    sheet = corner_sheet(picture)
    if not glows(sheet):
        return None
    with tempfile.TemporaryDirectory(prefix="persona-") as folder:
        for turn in (0, 90, 270):
            path = Path(folder) / f"corners-{turn}.png"
            sheet.rotate(turn, expand=True).save(path)
            found = stamp_among(reader.read(path), reader.name, day_first)
            if found is not None:
                return found
    return None


def corner_sheet(picture: Image.Image) -> Image.Image:
    """Return the four corners one below the other, on grey."""
    width = max(1, round(picture.width * _WIDE))
    height = max(1, round(picture.height * _HIGH))
    right, low = picture.width - width, picture.height - height
    corners = [(right, low), (0, low), (right, 0), (0, 0)]
    tall = (height + _MARGIN) * len(corners) + _MARGIN
    sheet = Image.new("RGB", (width + 2 * _MARGIN, tall), (96, 96, 96))
    for position, (x, y) in enumerate(corners):
        crop = picture.crop((x, y, x + width, y + height))
        sheet.paste(crop, (_MARGIN, _MARGIN + position * (height + _MARGIN)))
    return sheet


def glows(sheet: Image.Image) -> bool:
    """Tell whether some pixels, not half of them, have the colour of a date printed by light."""
    pixels = np.asarray(sheet, dtype=np.int16)
    warm = (pixels[..., 0] > 180) & (pixels[..., 0] - pixels[..., 2] > 80)
    return _LEAST_GLOWING <= int(warm.sum()) <= warm.size // 2


def stamp_among(
    lines: Sequence[ReadLine], reader: str, day_first: bool | None = None
) -> Stamp | None:
    """Return the surest line that is a date and nothing else."""
    for line in sorted(lines, key=lambda one: -one.confidence):
        if line.confidence < _LEAST_CONFIDENCE:
            break
        read = read_stamp(line.text, day_first)
        if read is not None:
            words, edtf = read
            return Stamp(words, edtf, round(line.confidence, 3), reader)
    return None


def read_stamp(line: str, day_first: bool | None = None) -> tuple[str, str | None] | None:
    """Return the words and the EDTF of a printed date; None when the line is none.

    ``'98 12 25`` → 1998-12-25?   ``12 25 '98`` → 1998-12-25?   ``6 7 '98`` → 1998?
    ``95 8 3`` → 1995-08-03?      ``01 02 03`` → None (its words are kept)
    """
    words = " ".join(line.split())
    real = sorted({day for day in _readings(words, day_first) if _possible(day)})
    return (words, _common(real)) if real else None


def _readings(words: str, day_first: bool | None) -> list[_Day]:
    """Return every (year, month, day) that a line can mean."""
    han, named = _HAN.fullmatch(words), _NAMED.fullmatch(words)
    if han is not None:
        return [(_year(han["y"]), int(han["m"]), int(han["d"]))]
    if named is not None:
        month = (named["n"] or named["n2"]).lower()
        day, year = named["d"] or named["d2"], named["y"] or named["y2"]
        return [(_year(year), _MONTHS.index(month) + 1, int(day))]
    match = _NUMBERS.fullmatch(words) or _NUMBERS.fullmatch(words.translate(_LOOKS_LIKE))
    return list(_orders(match, day_first)) if match is not None else []


def _orders(match: re.Match[str], day_first: bool | None) -> Iterator[_Day]:
    parts = (match["first"], match["second"], match["third"])
    long = [len(part) for part in parts]
    if 3 in long or (long[0] > 2 and long[2] > 2):
        return
    year_first = bool(match["mark"]) or long[0] == 4
    year_last = bool(match["late"]) or long[2] == 4
    first, second, third = (int(part) for part in parts)
    if not year_last and long[0] > 1:
        yield _year(parts[0]), second, third
    if not year_first and long[2] > 1:
        year = _year(parts[2])
        if day_first is not True:
            yield year, first, second
        if day_first is not False:
            yield year, second, first


def _year(digits: str) -> int:
    """Cameras printed dates from 1978 on: two digits from 70 are of that century."""
    year = int(digits)
    if len(digits) == 4:
        return year
    return 1900 + year if year >= 70 else 2000 + year


def _possible(day: _Day) -> bool:
    try:
        return date(1970, 1, 1) <= date(*day) <= date.today()
    except ValueError:
        return False


def _common(days: Sequence[_Day]) -> str | None:
    """Return what all readings agree on: the day, the month, the year, or nothing."""
    for length, form in ((3, "{:04d}-{:02d}-{:02d}?"), (2, "{:04d}-{:02d}?"), (1, "{:04d}?")):
        if len({day[:length] for day in days}) == 1:
            edtf = form.format(*days[0][:length])
            return edtf if valid_edtf(edtf) else None
    return None

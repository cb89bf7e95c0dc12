"""Pictures of writing: scanned or photographed letters and diaries, and scanned pages of a pdf.

    picture ─▶ lines with places and confidence ─▶ paragraphs ─▶ letters, diary or book
    a transcription that the family typed (letter.txt beside letter.jpg) is read instead

A passage's selector is the rectangle around its lines, so that it is shown beside the picture.
What could hardly be read says so: ``text_confidence`` stands at each passage, and the family is
asked to look. A picture that turns out to be no writing is read as a photo.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from persona.collect.decoding import decode
from persona.collect.importer import Reading, Request
from persona.collect.kinds import is_picture, media_type
from persona.collect.photos.photo import Photo
from persona.collect.writing.extracted import Extracted, SeenLine
from persona.collect.writing.page_layout import PlacedLine, laid_out
from persona.collect.writing.pdf_text import draw_page
from persona.collect.writing.registry import WRITINGS, read_writing
from persona.engines.picture_file import see_file
from persona.engines.protocols import ReadLine, TextReader
from persona.errors import CollectError, UnreadableSource
from persona.records import SourceKind

DOUBTFUL = 0.6
"""Mean confidence below which nobody should rely on the words before a person has looked."""

CHECKED = 0.85
"""Mean confidence below which a person is asked to compare the words with the picture."""

LINES = 4
"""Lines, and `LETTERS` letters, from which a picture without a rule is writing."""

LETTERS = 80
AREA = 0.04
"""Share of the picture that its lines must cover, so that a street with signs is no letter."""

PAGE_LETTERS = 12
"""Letters in the text of a pdf page below which the page is looked at as a picture."""

_WORDS = (
    "letter letters diary diaries journal journals postcard postcards manuscript manuscripts "
    "handwriting handwritten notebook notebooks correspondence scan scans scanned page pages "
    "document documents note notes telegram"
)
_NAMED = re.compile(
    rf"(?<![a-z])(?:{'|'.join(_WORDS.split())})(?![a-z])"
    "|信件|书信|書信|家书|家書|家信|来信|來信|手稿|手书|手迹|日记|日記|扫描|掃描|明信片|笔记|电报|稿|(?<![微短通])信(?![息任])",
    re.IGNORECASE,
)


class Scan:
    """Reads pictures that are called letters, diaries or scans, or that a rule says are."""

    name = "scan"
    kinds = WRITINGS

    def recognises(self, head: bytes, name: str) -> bool:
        """Accept pictures whose own name, or whose folder's, speaks of writing."""
        return is_picture(media_type(head, name), name) and bool(_NAMED.search(name))

    def read(self, request: Request) -> Reading:
        """Read the writing in a picture, or the picture as a photo if there is none."""
        forced = request.rule.kind in WRITINGS
        typed = next((one for one in request.sidecars if one.role == "caption"), None)
        if typed is not None and forced:
            return _typed(request, typed.path, typed.relative)
        reader = request.senses.text_reader
        if reader is None:
            return _unread(request) if forced else Photo().read(request)
        width, height = _size(request)
        lines = reader.read(request.path)
        if not forced and not is_writing(lines, width, height):
            return Photo().read(request)
        if typed is not None:
            return _typed(request, typed.path, typed.relative)
        taken = seen_text(lines)
        if not any(sign.isalnum() for sign in taken.text):
            raise UnreadableSource(f"{request.relative} shows no writing that can be read.")
        details = {"text_reader": reader.name, "width": width, "height": height}
        return _told_how_sure(read_writing(request, replace(taken, details=details)), taken)


def is_writing(lines: Sequence[ReadLine], width: int, height: int) -> bool:
    """Tell whether a picture is a page of writing rather than a photo with some words in it."""
    sure = [line for line in lines if line.confidence >= DOUBTFUL / 2]
    letters = sum(sign.isalnum() for line in sure for sign in line.text)
    han = sum("\u4e00" <= sign <= "\u9fff" for line in sure for sign in line.text)
    area = sum(line.box[2] * line.box[3] for line in sure)
    return (
        len(sure) >= LINES
        and letters + 2 * han >= LETTERS  # a Chinese character says about as much as three letters
        and area >= AREA * width * height
    )


def seen_text(lines: Sequence[ReadLine], page: int = 0, at: int = 0) -> Extracted:
    """Return the text of lines in reading order, with paragraphs; positions begin at ``at``."""
    placed = laid_out(_as_read(lines))
    seen = [
        SeenLine(at + start, at + end, page, line.box, line.confidence)
        for line, (start, end) in zip(lines, placed.spans, strict=True)
    ]
    return Extracted(placed.text, seen=seen)


def _as_read(lines: Sequence[ReadLine]) -> list[PlacedLine]:
    """Return the places of lines on the page as it is read, though it may lie on its side.

    The reader gives lines in reading order: where they stand on end, or go up the picture, the
    order tells which way the page was turned.
    """
    right = max((line.box[0] + line.box[2] for line in lines), default=0)
    bottom = max((line.box[1] + line.box[3] for line in lines), default=0)
    on_end = sum(line.box[3] > 1.5 * line.box[2] for line in lines) * 2 > len(lines)
    across = lines[-1].box[0] - lines[0].box[0] if on_end else 0
    up = not on_end and len(lines) > 1 and lines[-1].box[1] < lines[0].box[1]
    placed: list[PlacedLine] = []
    for line in lines:
        x, y, width, height = line.box
        if across > 0:
            x, y, width, height = bottom - y - height, x, height, width
        elif across < 0:
            x, y, width, height = y, right - x - width, height, width
        elif up:
            x, y = right - x - width, bottom - y - height
        placed.append(PlacedLine(line.text, x, y, width, height))
    return placed


def with_scanned_pages(request: Request, data: bytes, taken: Extracted) -> Extracted:
    """Return the text of a pdf with those of its pages read that are only pictures.

    Without a text reader they stay unread, with a warning. A page that cannot be drawn or read
    costs only itself.
    """
    ends = [*taken.pages[1:], len(taken.text)]
    pages = [taken.text[start:end].strip() for start, end in zip(taken.pages, ends, strict=True)]
    bare = [n for n, text in enumerate(pages, start=1) if _letters(text) < PAGE_LETTERS]
    reader = request.senses.text_reader
    if not bare or reader is None:
        missing = [f"{len(bare)} pages are only pictures and were not read."] if bare else []
        return replace(taken, warnings=[*taken.warnings, *missing])
    seen: dict[int, Extracted] = {}
    failed: list[int] = []
    for number in bare:
        try:
            seen[number] = seen_text(_read_page(reader, data, number, request.name), number)
        except CollectError:
            failed.append(number)
    joined = _joined(taken, pages, seen)
    warnings = _how_sure(joined) + (
        [f"Pages that could not be read: {', '.join(map(str, failed))}."] if failed else []
    )
    details = {**taken.details, "text_reader": reader.name} if seen else taken.details
    return replace(joined, details=details, warnings=[*taken.warnings, *warnings])


def _joined(taken: Extracted, pages: Sequence[str], seen: dict[int, Extracted]) -> Extracted:
    """Put what was seen in place of bare pages; without any, the text stays as it was."""
    if not any(one.text for one in seen.values()):
        return taken
    text = ""
    begins: list[int] = []
    lines: list[SeenLine] = []
    for number, page in enumerate(pages, start=1):
        text += "\n\n" if text else ""
        begins.append(len(text))
        found = seen.get(number)
        if found is not None and found.text:
            lines += [
                replace(one, start=one.start + len(text), end=one.end + len(text))
                for one in found.seen
            ]
        text += found.text if found is not None and found.text else page
    return Extracted(text, taken.details, begins, lines)


def _read_page(reader: TextReader, data: bytes, number: int, name: str) -> Sequence[ReadLine]:
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / f"page-{number}.png"
        drawn.write_bytes(draw_page(data, number, name))
        return reader.read(drawn)


def _typed(request: Request, path: Path, name: str) -> Reading:
    """Read what the family typed up from the picture: better than any reading by a program."""
    width, height = _size(request)
    text = decode(path.read_bytes(), name).text
    whole = SeenLine(0, len(text), 0, (0, 0, width, height), 1.0)
    details = {"text_reader": f"typed: {name}", "width": width, "height": height}
    return read_writing(request, Extracted(text, details, seen=[whole]))


def _unread(request: Request) -> Reading:
    width, height = _size(request)
    return Reading(
        request.rule.kind or SourceKind.LETTER,
        details={"width": width, "height": height},
        warnings=["It is kept, but nothing here reads writing in pictures: set text_reader."],
    )


def _size(request: Request) -> tuple[int, int]:
    """Return width and height as it is meant to be seen; all of the picture is decoded."""
    seen = see_file(request.path, 256, request.relative)
    return seen.width, seen.height


def _told_how_sure(reading: Reading, taken: Extracted) -> Reading:
    reading.warnings += _how_sure(taken)
    return reading


def _how_sure(taken: Extracted) -> list[str]:
    """Return the sentence that asks the family to look, if they should."""
    sure = taken.confidence(0, len(taken.text))
    if sure < DOUBTFUL:
        return [
            "This writing could hardly be read. Please look, and type it into a .txt beside it."
        ]
    weak = sum(1 for line in taken.seen if line.confidence < CHECKED)
    if weak:
        return [
            f"{weak} of {len(taken.seen)} lines were read with doubt. Please compare them with "
            "the picture."
        ]
    return []


def _letters(text: str) -> int:
    return sum(sign.isalnum() for sign in text)

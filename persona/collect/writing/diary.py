"""Diaries: one entry a dated heading; every entry is a unit with its own date.

The words are those of whoever kept the diary: whom the rule names, or the only person whom the
title or the file's name can mean ("Diary of Henry Lin", 海生日记). Headings are no passages: they
stand in ``source.details["entries"]``.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import PurePosixPath

from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.kinds import may_be_writing
from persona.collect.language import guess_language
from persona.collect.writing.diary_dates import Stamp, dated, in_order, stamps_in, year_in_name
from persona.collect.writing.extracted import Extracted, text_of
from persona.collect.writing.letter_form import is_separator, salutation_of
from persona.collect.writing.letters_text import span_of
from persona.collect.writing.paragraphs import Block, blocks
from persona.errors import UnreadableSource
from persona.records import Person, SourceKind

ENTRIES = 3
"""Dated headings, in order, from which a text is a diary; two where its name says so."""

_LOOKED_AT = 1 << 18
_NAMED = re.compile(r"diar(?:y|ies)|journal|tagebuch|日记|日記|日誌|日志", re.IGNORECASE)
_OWNER = (
    re.compile(r"(?:diary|journal|日记)\s+(?:of|by)\s+(?P<name>[^\n,;:()\d]{2,40})", re.IGNORECASE),
    re.compile(
        r"^\W*(?P<name>[^\n,;:()\d]{2,40}?)(?:['’]s)?[\s_-]+(?:diary|journal)\b", re.IGNORECASE
    ),
    re.compile(r"^\W*(?P<name>[\u4e00-\u9fff·]{2,8}?)的?(?:日记|日記|日誌|日志)"),
)


class Diary:
    """Reads diaries in plain text."""

    name = "diary"
    kinds = (SourceKind.DIARY,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for dated headings in order."""
        return may_be_writing(name) and looks_like_diary(decode_head(head), name)

    def read(self, request: Request) -> Reading:
        """Read every entry of a file."""
        return read_diary(request, text_of(request))


def looks_like_diary(text: str, name: str = "", day_first: bool | None = None) -> bool:
    """Tell whether a text has dated headings in order, and is not a pile of letters."""
    head = text[:_LOOKED_AT]
    stamps = stamps_in(head)
    entries = dated(stamps, year=year_in_name(name) or 2000, day_first=day_first)
    named = bool(_NAMED.search(name) or _NAMED.search(head[:300]))
    if len(entries) < (2 if named else ENTRIES):
        return False
    full = sum(stamp.is_full for stamp, _ in entries)
    greeted = [salutation_of(line) for line in head.split("\n") if 2 < len(line) < 60]
    letters = sum(1 for one in greeted if one and not _NAMED.search(one.words))
    dates = [edtf for _, edtf in entries]
    known = sum(1 for one in dates if one)
    return (
        full * 2 >= len(entries)
        and letters * 3 <= len(entries)
        and (known < 2 or in_order(dates) >= 0.8)
        and (known >= 2 or named)
    )


def read_diary(request: Request, taken: Extracted) -> Reading:
    """Read every entry of a text. Raises `UnreadableSource` when it holds no words."""
    text = taken.text
    year = year_in_name(request.name)
    stamps = stamps_in(text)
    entries = dated(stamps, year=year, day_first=request.rule.day_first)
    reading = Reading(SourceKind.DIARY, details={**taken.details, "entries": []})
    owner = _owner(request, text[: entries[0][0].start] if entries else text[:400])
    reading.narrator_id = owner.id if owner else None
    edges = [*(stamp.start for stamp in stamps), len(text)]
    _add_preface(reading, request, taken, edges[0], owner)
    for number, (stamp, edtf) in enumerate(entries, start=1):
        end = edges[bisect_right(edges, stamp.start)]
        _add_entry(reading, request, taken, (stamp, edtf, end, f"entry-{number}"), owner)
    if not reading.passages:
        raise UnreadableSource(f"{request.relative} holds no words to keep.")
    _describe(reading, [edtf for _, edtf in entries])
    reading.warnings += taken.warnings
    return reading


def _owner(request: Request, title: str) -> Person | None:
    """Return who kept the diary: the rule, else the only person whom its title or name means."""
    if request.rule.narrator:
        return request.book.person(request.rule.narrator)
    stem = PurePosixPath(request.name).stem.replace("_", " ")
    found: dict[str, Person] = {}
    for line in [*title.split("\n")[:6], stem]:
        for match in filter(None, (pattern.search(line.strip(" #*_")) for pattern in _OWNER)):
            person = request.book.person_for(match["name"].strip())
            if person is not None:
                found[person.id] = person
    return next(iter(found.values())) if len(found) == 1 else None


def _add_preface(
    reading: Reading, request: Request, taken: Extracted, end: int, owner: Person | None
) -> None:
    """Add what stands before the first heading; short lines there are a title."""
    found = list(blocks(taken.text, 0, end))
    titles = [block for block in found if len(block.flat) <= 60]
    undated = end == len(taken.text)
    reading.title = titles[0].flat.strip(" #*_") if titles and not undated else ""
    for block in found:
        if undated or len(block.flat) > 60:
            _add(reading, request, taken, block, "entry-0", owner)


def _add_entry(
    reading: Reading,
    request: Request,
    taken: Extracted,
    entry: tuple[Stamp, str | None, int, str],
    owner: Person | None,
) -> None:
    stamp, edtf, end, unit = entry
    for block in blocks(taken.text, stamp.body, end):
        _add(reading, request, taken, block, unit, owner, edtf, stamp.words)
    reading.details["entries"].append(
        {"unit": f"{request.source_id}/{unit}", "heading": stamp.line}
    )


def _add(
    reading: Reading,
    request: Request,
    taken: Extracted,
    block: Block,
    unit: str,
    owner: Person | None,
    edtf: str | None = None,
    words: str = "",
) -> None:
    if not block.has_words or is_separator(block):
        return
    reading.add(
        request,
        taken.selector(block.start, block.end),
        block.text,
        unit,
        speaker_id=owner.id if owner else None,
        speaker_confidence=1.0 if owner else 0.0,
        created_edtf=edtf,
        created_words=words,
        language=guess_language(block.text, request.book.languages),
        text_confidence=taken.confidence(block.start, block.end),
    )


def _describe(reading: Reading, dates: Sequence[str | None]) -> None:
    plain = sorted(edtf.strip("?~") for edtf in dates if edtf)
    reading.created_edtf = span_of(plain)
    undated = sum(1 for edtf in dates if edtf is None)
    if undated:
        reading.warnings.append(
            f"{undated} of {len(dates)} entries have no year or day that is sure. Put the year "
            "into the file's name, or say day_first = … in people.toml."
        )
    doubtful = sum(1 for edtf in dates if edtf and edtf.endswith("?"))
    if doubtful:
        reading.warnings.append(f"{doubtful} dates do not fit their weekday and are marked with ?.")

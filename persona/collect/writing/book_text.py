"""Books in plain text, as Project Gutenberg gives them out: memoirs, biographies.

    licence header │ title page, contents │ PREFACE … CHAPTER I … │ index │ licence footer
       skipped            skipped              units of passages    skipped     skipped

Letters and other documents that a book shows are nobody's until a person says whose (`shown`). A
preface or introduction by an editor is the editor's. In an edited book of letters only what
follows a dated heading or a salutation is the author's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.shown import UNSIGNED, shown_in, without_mark
from persona.collect.writing.document_forms import form_of
from persona.collect.writing.extracted import Extracted, text_of
from persona.collect.writing.letter_form import Heading, heading_of, salutation_of
from persona.collect.writing.paragraphs import Block, blocks
from persona.errors import UnreadableSource
from persona.records import SourceKind

_GUTENBERG = re.compile(r"Project Gutenberg", re.IGNORECASE)
_START = re.compile(
    r"\*\*\*\s*START OF (?:THE|THIS) PROJECT GUTENBERG[^*]*\*\*\*"
    r"|\*END\*\s*THE SMALL PRINT![^\n]*\*END\*|\*END\*?THE SMALL PRINT[^\n]*",
    re.IGNORECASE,
)
_END = re.compile(
    r"\*\*\*\s*END OF (?:THE|THIS) PROJECT GUTENBERG|^End of (?:the |this )?Project Gutenberg",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHOR = re.compile(r"^(?:Author:\s*|by\s+)(?=[A-Z])(?P<name>[^\n,;]{3,80})$", re.MULTILINE)
_TITLE = re.compile(r"^Title:\s*(?P<title>[^\n]+(?:\n[ \t]+\S[^\n]*)*)", re.MULTILINE)
_OLD_TITLE = re.compile(r"Project Gutenberg E(?:text|book),? (?:of )?(?P<title>[^\n\[]+)", re.I)
_EDITOR = re.compile(
    r"^[ \t]*(?:Edited|Introduction|With an introduction) by (?P<name>[^\n]{3,60})$", re.M | re.I
)
_CHAPTER = re.compile(
    r"^(?:CHAPTER\b|BOOK [IVXLC\d]|PART [IVXLC\d]|PREFACE|FOREWORD|INTRODUCTION|INTRODUCTORY"
    r"|PROLOGUE|EPILOGUE|APPENDIX|[IVXLC]{1,7}\.?$|第[〇一二三四五六七八九十百\d]+[章回节]|序|前言)",
    re.IGNORECASE,
)
_SKIPPED = re.compile(
    r"^(?:(?:TABLE OF )?CONTENTS|(?:LIST OF )?ILLUSTRATIONS|ABBREVIATIONS|INDEX|FOOTNOTES?:?"
    r"|TRANSCRIBER.?S.? NOTES?:?|BIBLIOGRAPHY|目录)\.?$",
    re.IGNORECASE,
)
_BY_EDITOR = re.compile(r"^(?:INTRODUCTION|INTRODUCTORY|PREFACE|FOREWORD|EDITOR)", re.IGNORECASE)
_FOOTNOTE = re.compile(r"^\*\s*\S.{0,40}$")


@dataclass
class _Section:
    """Paragraphs under one heading."""

    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)


class BookText:
    """Reads books in plain text."""

    name = "book"
    kinds = (SourceKind.BOOK,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for Gutenberg's header, or for an author and chapters."""
        return not form_of(head) and looks_like_book(decode_head(head))

    def read(self, request: Request) -> Reading:
        """Read every chapter, without licence, title page, contents and index."""
        return read_book(request, text_of(request))


def looks_like_book(text: str) -> bool:
    """Tell whether a text has Gutenberg's header, or an author and chapters."""
    if _GUTENBERG.search(text[:4000]):
        return True
    chapters = re.findall(
        r"(?m)^[ \t\u3000]*(?:CHAPTER [IVXLC\d]+|第[一二三四五六七八九十百\d]+章)", text[:262_144]
    )
    return len(chapters) >= 2 or bool(chapters and _AUTHOR.search(text[:4000]))


def read_book(request: Request, taken: Extracted) -> Reading:
    """Read every chapter of a text. Raises `UnreadableSource` when it holds no paragraphs."""
    text = taken.text
    start, end = _body(text)
    front = text[: start + 3000]
    author, editor = _name(_AUTHOR, front), _name(_EDITOR, text[start : start + 3000])
    sections = list(_sections(list(blocks(text, start, end))))
    reading = Reading(
        SourceKind.BOOK,
        title=_title(front),
        details={**taken.details, "author": author, "units": {}},
    )
    narrator = request.rule.narrator or _id_of(request, author)
    reading.narrator_id = narrator
    writer = _Writer(narrator, author, editor, _is_letter_book(sections))
    for number, section in enumerate(sections, start=1):
        unit = f"section-{number}"
        if writer.letters:
            _add_letters(reading, request, section, unit, writer, taken)
        else:
            _add_narration(reading, request, section, unit, writer, taken)
    if not reading.passages:
        raise UnreadableSource(f"{request.relative} holds no paragraphs that can be read.")
    if author and _id_of(request, author) is None and not request.rule.narrator:
        reading.warnings.append(f"The author, {author}, is not in people.toml.")
    if editor:
        reading.details["editor"] = editor
    reading.warnings += taken.warnings
    return reading


@dataclass
class _Writer:
    """Whose words a paragraph is, in a book that may have an editor."""

    narrator_id: str | None
    author: str
    editor: str
    letters: bool

    def of(self, section: _Section, in_letter: bool) -> tuple[str | None, str, float]:
        """Return speaker id, speaker name and how sure."""
        edited = bool(self.editor) and bool(_BY_EDITOR.match(section.title))
        if edited or (self.letters and self.editor and not in_letter):
            return None, self.editor, 0.0
        return self.narrator_id, self.author, 1.0 if self.narrator_id else 0.0


def _body(text: str) -> tuple[int, int]:
    started = list(_START.finditer(text[:100_000]))
    start = started[-1].end() if started else 0
    ended = _END.search(text, start)
    return start, ended.start() if ended else len(text)


def _name(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found["name"].strip(" .") if found else ""


def _title(front: str) -> str:
    found = _TITLE.search(front) or _OLD_TITLE.search(front)
    return " ".join(found["title"].split()).strip(" ,") if found else ""


def _id_of(request: Request, name: str) -> str | None:
    person = request.book.person_for(name) if name else None
    return person.id if person else None


def _sections(everything: Sequence[Block]) -> Iterator[_Section]:
    """Yield chapters; title page, contents, lists and notes of the transcriber are passed by."""
    section: _Section | None = None
    skipping = ""
    shown = list(_without_illustrations(everything))
    chapters = any(_is_heading(b) and _CHAPTER.match(b.flat) for b in shown)
    pending: list[str] = []
    for position, block in enumerate(shown):
        title = _is_heading(block)
        if title and _SKIPPED.match(block.flat):
            skipping, pending = block.flat, []
        elif title:
            pending = [block.flat] if _CHAPTER.match(block.flat) else [*pending, block.flat]
            if not _leads_to_prose(shown, position):
                continue
            named = next((one for one in pending if _CHAPTER.match(one)), "")
            if section is None and chapters and not named:
                pending = []
                continue
            if skipping.upper().startswith("INDEX") and not named:
                continue
            if section is not None and section.blocks:
                yield section
            section, skipping = _Section(" · ".join(pending[-3:])), ""
            pending = []
        elif not skipping and (section is not None or not chapters):
            section = section or _Section()
            if block.has_words and not _FOOTNOTE.match(block.flat):
                section.blocks.append(block)
    if section is not None and section.blocks:
        yield section


def _without_illustrations(everything: Sequence[Block]) -> Iterator[Block]:
    """Pass by ``[Illustration: …]``, which may hold several paragraphs."""
    inside = False
    for block in everything:
        if not inside and re.match(r"\[(?:Illustration|Facsimile|图)", block.text):
            inside = True
        if not inside:
            yield block
        elif block.text.count("]") > block.text.count("[") or (
            block.text.endswith("]") and block.text.count("]") >= block.text.count("[")
        ):
            inside = False


def _is_heading(block: Block) -> bool:
    """Tell whether a block is a heading: a few short lines in capitals, or a chapter's number."""
    flat = block.flat
    if len(flat) > 120 or len(block.lines) > 3 or salutation_of(flat):
        return False
    if _SKIPPED.match(flat):
        return True
    if _CHAPTER.match(flat) and (len(flat) < 80 and not flat.endswith((",", ";"))):
        return block.blank_lines >= 1
    plain = flat.rstrip("'\"’”_ ")
    letters = [sign for sign in flat if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    return bool(letters) and capitals == len(letters) and not plain.endswith((":", ",", ";", "."))


def _leads_to_prose(everything: Sequence[Block], position: int) -> bool:
    """Tell whether a heading stands before text, not before another line of a table."""
    for block in everything[position + 1 : position + 4]:
        if _is_heading(block):
            return False
        if salutation_of(block.flat) or heading_of(block.flat) or re.match(r"\(To ", block.flat):
            return True
        return len(block.flat) > 60 and not re.search(r"\s{2,}[\dxvi]+$", block.text, re.M)
    return False


def _is_letter_book(sections: Sequence[_Section]) -> bool:
    greetings = sum(1 for s in sections for block in s.blocks if salutation_of(block.flat))
    return greetings >= 10 and greetings * 3 >= len(sections)


def _add_narration(
    reading: Reading,
    request: Request,
    section: _Section,
    unit: str,
    writer: _Writer,
    taken: Extracted,
) -> None:
    """Add a chapter: what it tells, and the documents it shows without a speaker."""
    reading.details["units"][f"{request.source_id}/{unit}"] = section.title
    speaker_id, speaker_name, sure = writer.of(section, in_letter=False)

    def by_narrator(signed: str) -> bool:
        return bool(signed) and speaker_id is not None and _id_of(request, signed) == speaker_id

    shown = shown_in(section.blocks, taken.text, by_narrator)
    for block, document in zip(section.blocks, shown, strict=True):
        if document is not None and not document.speech:
            continue
        told = without_mark(block)
        reading.add(
            request,
            taken.selector(told.start, told.end),
            told.text,
            unit,
            speaker_id=speaker_id if document is None else None,
            speaker_name=speaker_name if document is None else document.signed or UNSIGNED,
            speaker_confidence=sure if document is None else 0.0,
            language=guess_language(told.text, request.book.languages),
            text_confidence=taken.confidence(told.start, told.end),
        )


def _add_letters(
    reading: Reading,
    request: Request,
    section: _Section,
    unit: str,
    writer: _Writer,
    taken: Extracted,
) -> None:
    """Add a chapter of an edited book of letters: each letter with its addressee and date."""
    reading.details["units"][f"{request.source_id}/{unit}"] = section.title
    heading, addressee = Heading("", "", None), ""
    in_letter = False
    for block in section.blocks:
        found = heading_of(block.flat, request.rule.day_first)
        greeting = salutation_of(block.flat)
        to = re.match(r"^\(To (.+)\)$", block.flat)
        if found or greeting or to:
            in_letter = True
            heading = found or heading
            if greeting or to:
                addressee = greeting.name if greeting else to[1] if to else ""
            continue
        if block.blank_lines >= 3 and section.blocks[0] is not block:
            in_letter = False
        speaker_id, speaker_name, sure = writer.of(section, in_letter)
        person = request.book.person_called(addressee) if addressee and in_letter else None
        reading.add(
            request,
            taken.selector(block.start, block.end),
            block.text,
            unit,
            speaker_id=speaker_id,
            speaker_name=speaker_name,
            speaker_confidence=sure,
            addressee_id=person.id if person else None,
            addressee_words=addressee if in_letter else "",
            created_edtf=heading.edtf if in_letter else None,
            created_words=heading.words if in_letter else "",
            place=heading.place if in_letter else "",
            language=guess_language(block.text, request.book.languages),
            text_confidence=taken.confidence(block.start, block.end),
        )

"""Letters in plain text: one in a file, or several one after another.

    Oyster Bay, Dec. 8, 1900.     heading: place and date    → Passage.place, created_edtf
    Dear Ruth,                    salutation                 → addressee
    …                             paragraphs                 → passages
    Your loving father,
    Dad                           closing and signature      → narrator, if no rule names one

Salutation and signature are no passages: they stand in ``source.details["letters"]``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from persona.collect.decoding import decode, decode_head
from persona.collect.importer import Reading, Request
from persona.collect.kinds import TEXT_SUFFIXES
from persona.collect.language import guess_language
from persona.collect.letter_form import (
    Heading,
    Salutation,
    heading_of,
    is_note,
    is_separator,
    salutation_of,
    signature_start,
    signed_name,
)
from persona.collect.paragraphs import Block, blocks
from persona.collect.selectors import text_span
from persona.errors import UnreadableSource
from persona.records import Person, SourceKind


@dataclass
class Letter:
    """One letter taken apart."""

    heading: Heading | None = None
    salutation: Salutation | None = None
    body: list[Block] = field(default_factory=list)
    closing: list[Block] = field(default_factory=list)

    @property
    def signature(self) -> str:
        """Return the name at its foot."""
        return signed_name(self.closing)


class LettersText:
    """Reads any plain text as letters; the last importer to be asked."""

    name = "letters"
    kinds = (SourceKind.LETTER,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Accept text files that no other importer wanted."""
        suffix = PurePosixPath(name.lower()).suffix
        return suffix in TEXT_SUFFIXES - {".json", ".jsonl", ".ndjson"} and bool(decode_head(head))

    def read(self, request: Request) -> Reading:
        """Read every letter of a file."""
        decoded = decode(request.path.read_bytes(), request.name)
        reading = Reading(SourceKind.LETTER, details={"encoding": decoded.encoding, "letters": []})
        letters = split_letters(decoded.text, request)
        if not any(letter.body for letter in letters):
            raise UnreadableSource(f"{request.relative} holds no words to keep.")
        for number, letter in enumerate(letters, start=1):
            _add_letter(reading, request, letter, f"letter-{number}")
        _describe(reading, letters)
        return reading


def split_letters(text: str, request: Request) -> list[Letter]:
    """Cut a text into letters: at lines of dashes, and at headings and salutations."""
    groups: list[list[Block]] = [[]]
    everything = _loose_heads((one for one in blocks(text) if not is_note(one)), request)
    for position, block in enumerate(everything):
        if is_separator(block):
            groups.append([])
            continue
        if _begins(everything, position, groups[-1], request):
            groups.append([])
        groups[-1].append(block)
    return [_take_apart(group, request) for group in groups if group]


def _loose_heads(found: Iterable[Block], request: Request) -> list[Block]:
    """Give heading and salutation lines that touch the body a block of their own."""
    loose: list[Block] = []
    for block in found:
        loose += _split_head(block, request)
    return loose


def _split_head(block: Block, request: Request) -> list[Block]:
    lines = block.text.split("\n")
    cut = 0
    while cut < len(lines) - 1 and cut < 3 and _is_head(lines[cut], request):
        cut += 1
    if cut == 0:
        return [block]
    pieces: list[Block] = []
    start = block.start
    for line in [*lines[:cut], "\n".join(lines[cut:])]:
        inner = len(line) - len(line.lstrip())
        text = line.strip()
        gap = block.blank_lines if not pieces else 0
        pieces.append(Block(text, start + inner, start + inner + len(text), gap))
        start += len(line) + 1
    return pieces


def _is_head(line: str, request: Request) -> bool:
    return (
        heading_of(line, request.rule.day_first) is not None
        or _salutation(line, request) is not None
    )


def _salutation(line: str, request: Request) -> Salutation | None:
    plain = salutation_of(line)
    if plain is not None:
        return plain
    bare = salutation_of(line, bare_names=True)
    return bare if bare and request.book.person_called(bare.name) else None


def _begins(
    everything: Sequence[Block], position: int, current: Sequence[Block], request: Request
) -> bool:
    """Tell whether a new letter begins here: a salutation, or a heading right before one."""
    seen = any(_salutation(block.flat, request) for block in current)
    body = any(not _is_head(block.flat, request) for block in current)
    if not (seen or body) or not current:
        return False
    block = everything[position]
    if _salutation(block.flat, request):
        alone = all(heading_of(one.flat, request.rule.day_first) for one in current)
        return not alone and (seen or body)
    following = everything[position + 1] if position + 1 < len(everything) else None
    return (
        heading_of(block.flat, request.rule.day_first) is not None
        and following is not None
        and _salutation(following.flat, request) is not None
    )


def _take_apart(group: list[Block], request: Request) -> Letter:
    letter = Letter()
    rest = list(group)
    while rest and (letter.heading is None or letter.salutation is None):
        salutation = _salutation(rest[0].flat, request)
        heading = None if salutation else heading_of(rest[0].flat, request.rule.day_first)
        if salutation and letter.salutation is None:
            letter.salutation = salutation
        elif heading and letter.heading is None:
            letter.heading = heading
        else:
            break
        rest.pop(0)
    keep = signature_start(rest)
    letter.body, letter.closing = rest[:keep], rest[keep:]
    if letter.heading is None:
        dates = (heading_of(line) for block in letter.closing for line in block.lines)
        letter.heading = next((found for found in dates if found), None)
    return letter


def addressee_of(request: Request, letter: Letter, writer: Person | None) -> Person | None:
    """Return to whom a letter is written: the rule, else whom the salutation must mean."""
    if request.rule.addressee:
        return request.book.person(request.rule.addressee)
    if letter.salutation is None:
        return None
    return request.book.person_called(letter.salutation.name, by=writer)


def writer_of(request: Request, letter: Letter) -> Person | None:
    """Return who wrote a letter: the rule, else whom the signature must mean."""
    if request.rule.narrator:
        return request.book.person(request.rule.narrator)
    return request.book.person_called(letter.signature) if letter.signature else None


def _add_letter(reading: Reading, request: Request, letter: Letter, unit: str) -> None:
    writer = writer_of(request, letter)
    addressee = addressee_of(request, letter, writer)
    heading = letter.heading or Heading("", "", None)
    for block in letter.body:
        if not block.has_words:
            continue
        reading.add(
            request,
            text_span(block.start, block.end),
            block.text,
            unit,
            speaker_id=writer.id if writer else None,
            speaker_name="" if writer and not letter.signature else letter.signature,
            speaker_confidence=1.0 if writer else 0.0,
            addressee_id=addressee.id if addressee else None,
            addressee_words=letter.salutation.name if letter.salutation else "",
            created_edtf=heading.edtf,
            created_words=heading.words,
            place=heading.place,
            language=guess_language(block.text, request.book.languages),
        )
    reading.details["letters"].append(
        {
            "unit": f"{request.source_id}/{unit}",
            "salutation": letter.salutation.words if letter.salutation else "",
            "signature": letter.signature,
        }
    )
    if writer is not None and reading.narrator_id is None:
        reading.narrator_id = writer.id


def _describe(reading: Reading, letters: Sequence[Letter]) -> None:
    """Give the file the date, place and title of its only letter, or the span of all."""
    dated = sorted(
        letter.heading.edtf for letter in letters if letter.heading and letter.heading.edtf
    )
    undated = sum(1 for letter in letters if not letter.heading)
    if len(letters) == 1 and letters[0].heading:
        heading = letters[0].heading
        reading.created_edtf, reading.created_words = heading.edtf, heading.words
        reading.place = heading.place
    elif dated:
        reading.created_edtf = span_of(dated)
    if undated and len(letters) > 1:
        reading.warnings.append(f"{undated} of {len(letters)} letters have no date.")
    writers = {passage.speaker_id for passage in reading.passages}
    if len(writers) > 1:
        reading.narrator_id = None
        reading.warnings.append("The letters of this file are by several people or unsigned.")


def span_of(dates: Sequence[str]) -> str | None:
    """Return the EDTF interval from the first to the last of some dates in order."""
    plain = [date for date in dates if date[:4].isdigit() and "/" not in date]
    if not plain:
        return None
    return plain[0] if plain[0] == plain[-1] else f"{plain[0]}/{plain[-1]}"

"""Letters in plain text: one in a file, or several one after another.

    14 Clonard Road / Dublin 12   address                    → Passage.place, if it has none
    Oyster Bay, Dec. 8, 1900.     heading: place and date    → Passage.place, created_edtf
    Dear Ruth,                    salutation                 → addressee
    …                             paragraphs                 → passages
    Your loving father,
    Dad                           closing and signature      → narrator, if no rule names one

Salutation and signature are no passages: they stand in ``source.details["letters"]``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.kinds import may_be_writing
from persona.collect.language import guess_language
from persona.collect.writing.extracted import Extracted, text_of
from persona.collect.writing.letter_address import is_address, place_of
from persona.collect.writing.letter_form import (
    Heading,
    Salutation,
    closing_line,
    heading_of,
    is_note,
    is_separator,
    names_in,
    own_name,
    postscript_start,
    salutation_of,
    signature_start,
    signed_name,
)
from persona.collect.writing.paragraphs import Block, blocks
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
        return may_be_writing(name) and bool(decode_head(head))

    def read(self, request: Request) -> Reading:
        """Read every letter of a file."""
        return read_letters(request, text_of(request))


def read_letters(request: Request, taken: Extracted) -> Reading:
    """Read every letter of a text. Raises `UnreadableSource` when it holds no words."""
    reading = Reading(SourceKind.LETTER, details={**taken.details, "letters": []})
    letters = split_letters(taken.text, request)
    if not any(block.has_words for letter in letters for block in letter.body):
        raise UnreadableSource(f"{request.relative} holds no words to keep.")
    for number, letter in enumerate(letters, start=1):
        _add_letter(reading, request, taken, letter, f"letter-{number}")
    _describe(reading, letters)
    reading.warnings += taken.warnings
    return reading


def split_letters(text: str, request: Request) -> list[Letter]:
    """Cut a text into letters: at lines of dashes, and at headings and salutations."""
    groups = [_Group()]
    everything = _loose_heads((one for one in blocks(text) if not is_note(one)), request)
    for number, block in enumerate(everything):
        if is_separator(block):
            groups.append(_Group())
            continue
        salutation = _salutation(block.flat, request) is not None
        head = not salutation and _heads(everything, number, request)
        if salutation:
            begins = groups[-1].greeted or groups[-1].body
        else:
            greets = head and _greets(everything, number + 1, request)
            begins = greets and (groups[-1].greeted or groups[-1].body)
        if begins:
            groups.append(_Group())
        groups[-1].blocks.append(block)
        groups[-1].greeted = groups[-1].greeted or salutation
        groups[-1].body = groups[-1].body or not (salutation or head)
    return [_take_apart(group.blocks, request) for group in groups if group.blocks]


def _heads(found: Sequence[Block], number: int, request: Request) -> bool:
    """Tell whether a block is a heading, or the address above a heading or a salutation."""
    if _heading(found[number].flat, request):
        return True
    below = found[number + 1].flat if number + 1 < len(found) else ""
    return is_address(found[number].lines) and bool(below) and _is_head(below, request)


def _greets(found: Sequence[Block], number: int, request: Request) -> bool:
    """Tell whether a salutation stands here, or below the heading that stands here."""
    here = [one.flat for one in found[number : number + 2]]
    if here and _heading(here[0], request) and _salutation(here[0], request) is None:
        here = here[1:]
    return bool(here) and _salutation(here[0], request) is not None


@dataclass
class _Group:
    """The paragraphs of one letter; whether it has greeted anybody and said anything yet."""

    blocks: list[Block] = field(default_factory=list)
    greeted: bool = False
    body: bool = False


def take_apart(found: Sequence[Block], request: Request) -> Letter:
    """Take the paragraphs of one letter apart."""
    return _take_apart(_loose_heads(found, request), request)


def _loose_heads(found: Iterable[Block], request: Request) -> list[Block]:
    """Give heading, salutation and closing lines that touch the body a block of their own."""
    loose: list[Block] = []
    for block in found:
        for piece in _split_head(block, request):
            for paragraph in _split_indented(piece):
                cut = closing_line(paragraph) or _signed_line(paragraph, request)
                loose += _split_at(paragraph, [cut])
    return loose


def _signed_line(block: Block, request: Request) -> int:
    """Return which line at the end of a paragraph is only the name of somebody known; or 0."""
    lines = block.lines
    last = len(lines) - 1
    if last > 1 and heading_of(lines[last], request.rule.day_first):
        last -= 1
    short = last > 0 and len(lines[last]) <= 25 and lines[last - 1][-1:] in ".!?。！？…"
    return last if short and request.book.person_called(own_name(lines[last])) else 0


def _split_indented(block: Block) -> list[Block]:
    """Cut where a line begins with the two wide spaces of a Chinese paragraph."""
    lines = block.text.split("\n")
    return _split_at(block, [n for n, line in enumerate(lines) if n and line[:2] == "\u3000\u3000"])


def _split_at(block: Block, cuts: Sequence[int]) -> list[Block]:
    """Cut a block before some of its lines (0 is no cut)."""
    lines = block.text.split("\n")
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(lines)}), len(lines)]
    pieces: list[Block] = []
    start = block.start
    for first, last in pairwise(edges):
        whole = "\n".join(lines[first:last])
        inner = len(whole) - len(whole.lstrip())
        text = whole.strip()
        gap = block.blank_lines if not pieces else 0
        if text:
            pieces.append(Block(text, start + inner, start + inner + len(text), gap))
        start += len(whole) + 1
    return pieces


def _split_head(block: Block, request: Request) -> list[Block]:
    lines = block.text.split("\n")
    above = _address_above(lines, request)
    cut = above
    while cut < len(lines) - 1 and cut < above + 3 and _is_head(lines[cut], request):
        cut += 1
    return _split_at(block, [above, *range(above + 1, cut + 1)])


def _address_above(lines: Sequence[str], request: Request) -> int:
    """Return how many lines at the front are an address with a heading right below; or 0."""
    heads = (number for number, line in enumerate(lines) if _is_head(line, request))
    above = next(heads, 0)
    return above if is_address([line.strip() for line in lines[:above]]) else 0


def _is_head(line: str, request: Request) -> bool:
    return _heading(line, request) or _salutation(line, request) is not None


def _salutation(line: str, request: Request) -> Salutation | None:
    plain = salutation_of(line)
    if plain is not None:
        return plain
    bare = salutation_of(line, bare_names=True)
    return bare if bare and request.book.person_called(bare.name) else None


def _heading(line: str, request: Request) -> bool:
    return heading_of(line, request.rule.day_first) is not None


def _take_apart(group: list[Block], request: Request) -> Letter:
    letter = Letter()
    rest = list(group)
    address = rest.pop(0).lines if len(rest) > 1 and _is_address(rest, request) else []
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
    end = postscript_start(rest)
    keep = signature_start(rest[:end])
    letter.body, letter.closing = rest[:keep] + rest[end:], rest[keep:end]
    if letter.heading is None:
        lines = (line for block in letter.closing for line in block.lines)
        dates = (heading_of(line, request.rule.day_first) for line in lines)
        letter.heading = next((found for found in dates if found), None)
    if address:
        heading = letter.heading or Heading("", "", None)
        letter.heading = replace(heading, place=heading.place or place_of(address))
    return letter


def _is_address(found: Sequence[Block], request: Request) -> bool:
    is_heading = _is_head(found[0].flat, request)
    return not is_heading and _heads(found, 0, request)


def addressee_of(request: Request, letter: Letter, writer: Person | None) -> Person | None:
    """Return to whom a letter is written: the rule, else whom the salutation must mean."""
    if request.rule.addressee:
        return request.book.person(request.rule.addressee)
    if letter.salutation is None:
        return None
    called = (request.book.person_called(one, by=writer) for one in names_in(letter.salutation))
    return next((person for person in called if person is not None), None)


def writer_of(request: Request, letter: Letter) -> Person | None:
    """Return who wrote a letter: the rule, else whom the signature must mean."""
    if request.rule.narrator:
        return request.book.person(request.rule.narrator)
    return request.book.person_called(letter.signature) if letter.signature else None


def _add_letter(
    reading: Reading, request: Request, taken: Extracted, letter: Letter, unit: str
) -> None:
    writer = writer_of(request, letter)
    addressee = addressee_of(request, letter, writer)
    heading = letter.heading or Heading("", "", None)
    for block in letter.body:
        if not block.has_words:
            continue
        reading.add(
            request,
            taken.selector(block.start, block.end),
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
            text_confidence=taken.confidence(block.start, block.end),
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

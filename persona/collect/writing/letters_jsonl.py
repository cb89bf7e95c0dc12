"""Letters as JSON lines: one record a line.

    {"author": "…", "to": "…", "date": "1898-05-20", "place": "…", "salutation": "…", "text": "…"}

The words of a letter stand escaped in the file, so a passage is found by its line and by
characters of the record's ``text`` (see `persona.collect.selectors`). Records cut out of a book
by a script can run on into the next heading: what follows three blank lines, or a heading in
capitals after two, is not taken for the writer's words.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from persona.collect.dates import to_edtf
from persona.collect.decoding import decode, decode_head, well_formed
from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.selectors import record_span
from persona.collect.writing.extracted import check_size
from persona.collect.writing.letter_form import salutation_of, signature_start, signed_name
from persona.collect.writing.letters_text import span_of
from persona.collect.writing.paragraphs import blocks
from persona.errors import UnreadableSource
from persona.records import Person, SourceKind

_END = re.compile(r"\n[ \t]*(?:\n[ \t]*){3}(?=\S)|\n[ \t]*\n[ \t]*\n[ \t]*(?=[^a-z\n]+(?:\n|$))")
_AUTHOR, _TO = ("author", "from", "narrator"), ("to", "addressee", "recipient")


@dataclass(frozen=True)
class _Record:
    line: int
    data: dict[str, Any]

    def word(self, *names: str) -> str:
        """Return the first of these fields that is set, as text."""
        return next((str(self.data[name]) for name in names if self.data.get(name)), "")


class LettersJsonLines:
    """Reads letters that stand one record a line."""

    name = "letters-jsonl"
    kinds = (SourceKind.LETTER,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for an object with a ``text`` on the first line."""
        if not name.lower().endswith((".jsonl", ".ndjson", ".json", ".txt")):
            return False
        lines = decode_head(head).lstrip().split("\n")
        first = lines[0] if lines else ""
        try:
            record = json.loads(first)
        except (ValueError, RecursionError):  # a first record longer than the head that was read
            return name.lower().endswith(("jsonl", "ndjson")) and first.startswith("{")
        return isinstance(record, dict) and isinstance(record.get("text"), str)

    def read(self, request: Request) -> Reading:
        """Read every record; a damaged line is left out with a warning."""
        check_size(request.path.stat().st_size, request.relative)
        decoded = decode(request.path.read_bytes(), request.name)
        reading = Reading(SourceKind.LETTER, details={"encoding": decoded.encoding, "letters": []})
        trimmed = 0
        records, damaged = _records(decoded.text)
        for record in records:
            trimmed += _add_record(reading, request, record)
        if not reading.passages:
            raise UnreadableSource(f"{request.relative} holds no letters that can be read.")
        _warn(reading, damaged, trimmed, records)
        _describe(reading)
        return reading


def _records(text: str) -> tuple[list[_Record], list[int]]:
    records: list[_Record] = []
    damaged: list[int] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            data = well_formed(json.loads(line))
        except (ValueError, RecursionError):
            damaged.append(number)
            continue
        if isinstance(data, dict) and isinstance(data.get("text"), str):
            records.append(_Record(number, data))
        else:
            damaged.append(number)
    return records, damaged


def _add_record(reading: Reading, request: Request, record: _Record) -> bool:
    """Add the paragraphs of a record; tell whether something after the letter was cut off."""
    text = str(record.data["text"])
    cut = _END.search(text.rstrip())
    body = list(blocks(text, 0, cut.start() if cut else None))
    salutation = salutation_of(body[0].flat, bare_names=True) if body else None
    opening = record.word("salutation")
    if body and (salutation or body[0].flat.casefold() == opening.casefold() != ""):
        body.pop(0)
    keep = signature_start(body)
    signature = signed_name(body[keep:])
    writer = _writer(request, record, signature)
    said = opening or (salutation.words if salutation else "")
    addressee = _addressee(request, record, said, writer)
    unit = f"line-{record.line}"
    for block in body[:keep]:
        if not block.has_words:
            continue
        reading.add(
            request,
            record_span(record.line, block.start, block.end),
            block.text,
            unit,
            speaker_id=writer.id if writer else None,
            speaker_name=record.word(*_AUTHOR) or signature,
            speaker_confidence=1.0 if writer else 0.0,
            addressee_id=addressee.id if addressee else None,
            addressee_words=record.word(*_TO) or said,
            created_edtf=to_edtf(record.word("date"), request.rule.day_first),
            created_words=record.word("date_words", "date"),
            place=record.word("place"),
            language=record.word("language") or guess_language(block.text, request.book.languages),
            message_id=record.word("id"),
        )
    letter = {"unit": f"{request.source_id}/{unit}", "salutation": said, "signature": signature}
    reading.details["letters"].append(letter)
    return cut is not None


def _writer(request: Request, record: _Record, signature: str) -> Person | None:
    named = record.word(*_AUTHOR)
    if named:  # the record says who wrote it: a rule for the whole file must not overrule that
        return request.book.person_for(named)
    if request.rule.narrator:
        return request.book.person(request.rule.narrator)
    return request.book.person_called(signature) if signature else None


def _addressee(
    request: Request, record: _Record, said: str, writer: Person | None
) -> Person | None:
    """Return the only person whom the record names: "Ethel", or "Ethel, at Sagamore Hill"."""
    if request.rule.addressee:
        return request.book.person(request.rule.addressee)
    named = record.word(*_TO)
    if not named:
        salutation = salutation_of(said, bare_names=True)
        return request.book.person_called(salutation.name, by=writer) if salutation else None
    whole = request.book.person_for(named)
    found = [request.book.person_for(part) for part in named.split(",")]
    ids = {person.id: person for person in found if person is not None}
    return whole or (next(iter(ids.values())) if len(ids) == 1 else None)


def _warn(reading: Reading, damaged: list[int], trimmed: int, records: list[_Record]) -> None:
    if damaged:
        first = ", ".join(str(line) for line in damaged[:5])
        reading.warnings.append(f"{len(damaged)} lines are no letters and were left out: {first}.")
    if trimmed:
        reading.warnings.append(
            f"In {trimmed} of {len(records)} records something follows the letter after blank "
            "lines (a heading, or another letter); it was left out."
        )
        reading.details["trimmed_records"] = trimmed


def _describe(reading: Reading) -> None:
    dates = sorted({p.created_edtf for p in reading.passages if p.created_edtf})
    reading.created_edtf = span_of(dates)
    undated = {p.unit for p in reading.passages if not p.created_edtf}
    if undated:
        reading.warnings.append(f"{len(undated)} letters have no date that can be read.")
    writers = {p.speaker_id for p in reading.passages}
    if len(writers) == 1:
        reading.narrator_id = writers.pop()
    unknown = {p.speaker_name for p in reading.passages if p.speaker_id is None}
    if unknown:
        names = ", ".join(sorted(name or "nobody named" for name in unknown))
        reading.warnings.append(f"Not in people.toml, so not attributed: {names}.")

"""Captions: beside a picture, inside its file, or written on its back.

Each text is a passage of the whole picture. What stands in a file beside it was written by the
family; who wrote into the file itself is known only when a rule or the file says so.
"""

from collections.abc import Mapping

from persona.collect.dates import find_date, to_edtf
from persona.collect.decoding import decode
from persona.collect.importer import Reading, Request, Sidecar
from persona.collect.language import guess_language
from persona.collect.photos.written import Written
from persona.collect.selectors import whole_picture
from persona.collect.sidecars import caption_row
from persona.collect.takeout import TAKEOUT
from persona.engines.picture_file import Seen
from persona.errors import CollectError, EngineError

_CAPTION_COLUMNS = ("caption", "caption_from_book", "description", "text", "title")
_DATE_COLUMNS = ("date", "created", "when", "year")


def read_captions(reading: Reading, request: Request, seen: Seen, written: Written) -> None:
    """Add a passage for every different caption, those beside the picture first."""
    told: set[str] = set()
    for sidecar in (one for one in request.sidecars if one.role != TAKEOUT):
        row, text = _beside(reading, request, sidecar)
        _date(reading, request, next((row[c] for c in _DATE_COLUMNS if row.get(c)), ""), text)
        if text and text not in told:
            told.add(text)
            name = sidecar.relative.rsplit("/", 1)[-1]
            _add(reading, request, seen, text, f"file {name}", speaker=request.rule.narrator)
    writer = request.book.person_for(written.caption_writer)
    for caption in written.captions:
        if caption.text not in told:
            told.add(caption.text)
            _date(reading, request, "", caption.text)
            _add(
                *(reading, request, seen, caption.text, caption.field),
                speaker=writer.id if writer else None,
                written_by=written.caption_writer,
            )


def read_writing(reading: Reading, request: Request, seen: Seen) -> None:
    """Read what is written on the back of a picture; nobody knows yet who wrote it."""
    reader = request.senses.text_reader
    if reader is None:
        return
    try:
        lines = reader.read(request.path)
    except (EngineError, CollectError) as error:
        reading.warnings.append(f"The writing on this back was not read. {error}")
        return
    text = "\n".join(line.text for line in lines).strip()
    if not text:
        return
    _date(reading, request, "", text)
    _add(reading, request, seen, text, reader.name)
    sure = sum(line.confidence for line in lines) / len(lines)
    reading.passages[-1].text_confidence = round(min(1.0, max(0.0, sure)), 3)


def _beside(reading: Reading, request: Request, sidecar: Sidecar) -> tuple[Mapping[str, str], str]:
    if sidecar.role != "captions":
        return {}, decode(sidecar.path.read_bytes(), sidecar.relative).text.strip()
    row = caption_row(sidecar, request.relative)
    text = next((row[name] for name in _CAPTION_COLUMNS if row.get(name)), "")
    reading.details["caption_columns"] = {
        key: value for key, value in row.items() if value and value != text and key != "file"
    }
    return row, text


def _add(
    reading: Reading,
    request: Request,
    seen: Seen,
    text: str,
    found_in: str,
    *,
    speaker: str | None = None,
    written_by: str = "",
) -> None:
    """Add a passage; a rule that says who wrote the captions wins."""
    speaker = request.rule.captioner or speaker
    reading.add(
        request,
        whole_picture(seen.width, seen.height),
        text,
        "",
        speaker_id=speaker,
        speaker_name=written_by,
        speaker_confidence=1.0 if speaker else 0.0,
        created_edtf=reading.created_edtf,
        created_words=reading.created_words,
        language=request.rule.language or guess_language(text, request.book.languages),
        transcript_version=found_in,
    )


def _date(reading: Reading, request: Request, column: str, text: str) -> None:
    """What people wrote about the date of a photo is believed before the camera's clock."""
    edtf = to_edtf(column, request.rule.day_first) if column else None
    if edtf or column:
        reading.created_edtf, reading.created_words = edtf or reading.created_edtf, column
    elif reading.created_edtf is None or reading.created_edtf.endswith("?"):
        found = find_date(text, request.rule.day_first)
        if found is not None and found.edtf:
            reading.created_edtf, reading.created_words = found.edtf, found.words

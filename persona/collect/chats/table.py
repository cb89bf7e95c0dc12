"""Chats as tables (CSV): WeChat's exporters, iMazing, and others with telling column names."""

import csv
import json
from collections.abc import Iterator
from functools import partial

from persona.collect.chats.fields import Fields, fields_of, is_chat, program_of
from persona.collect.chats.reading import read_chat
from persona.collect.chats.rows import Row, RowChat, is_moment
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import cell_span, delimiter_of
from persona.collect.text_stream import TextStream, open_text
from persona.errors import UnreadableSource
from persona.records import SourceKind

_SUFFIXES = (".csv", ".tsv", ".txt")


class ChatTable:
    """Reads a chat that stands one message a row."""

    name = "chat-table"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for columns that say who, when and what."""
        if not name.lower().endswith(_SUFFIXES):
            return False
        first, _, rest = decode_head(head[:20_000]).lstrip("\n").partition("\n")
        fields = fields_of(_cells(first))
        return is_chat(fields) and (not rest.strip() or _is_dated(first, rest, fields))

    def read(self, request: Request) -> Reading:
        """Read every row; rows of the program and bare attachments are only counted."""
        stream = open_text(request.path, request.name)
        head = next((line for _, line in stream.lines() if line.strip()), "")
        fields = fields_of(_cells(head))
        if not is_chat(fields):
            raise UnreadableSource(
                f"{request.relative} has no columns that say who wrote, when and what. "
                "Name them sender, time and text."
            )
        details = {"encoding": stream.encoding}
        chat = RowChat(program_of(_cells(head)), partial(_rows, stream, fields, head), details)
        return read_chat(request, chat.export(request))


def _is_dated(head: str, rest: str, fields: Fields) -> bool:
    """Tell whether the time of the first row is a day, and not the seconds of a recording."""
    columns = _cells(head)
    reader = csv.reader(rest.split("\n"), delimiter=delimiter_of(head))
    cells = next((row for row in reader if row), [])
    times = [columns.index(one) for one in fields["time"]]
    return any(at < len(cells) and is_moment(cells[at].strip()) for at in times)


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter_of(line)), [])


def _rows(stream: TextStream, fields: Fields, head: str) -> Iterator[Row]:
    columns = _cells(head)
    places = {
        name: tuple(columns.index(one) for one in names) for name, names in fields.items() if names
    }
    empty = dict.fromkeys(fields, "")
    lines = (f"{line}\n" for _, line in stream.lines())
    reader = csv.reader(lines, delimiter=delimiter_of(head))
    found_head = False
    try:
        for number, cells in enumerate(reader, start=1):
            if not found_head:
                found_head = bool(cells)
            elif cells:
                yield _row(number, cells, places, empty)
    except csv.Error as error:
        raise UnreadableSource(
            f"{stream.name} is no table from beginning to end: a quotation mark is not closed, "
            "or a cell is far too long. Export it again."
        ) from error


def _row(
    number: int, cells: list[str], places: dict[str, tuple[int, ...]], empty: dict[str, str]
) -> Row:
    found = empty.copy()
    width = len(cells)
    for name, indexes in places.items():
        for index in indexes:
            if index < width and (cell := cells[index].strip()):
                found[name] = cell
                break
    column = next((one for one in places["text"] if one < width and cells[one].strip()), 0)
    found["text"] = text = cells[column] if found["text"] else ""
    files = (found["files"],) if found["files"] and "://" not in found["files"] else ()
    row = Row(found, partial(cell_span, number, column + 1), files)
    return _unwrapped(row) if text.startswith('{"') else row


def _unwrapped(row: Row) -> Row:
    """Look into the JSON that older versions of PyWxDump put into the cell of the words.

    The words stand escaped in it, so only those without an escape can be pointed to; others
    are kept as they stand there.
    """
    text = row.cells["text"]
    try:
        inside = json.loads(text)
        words, file = str(inside["msg"]), str(inside.get("src") or "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return row
    escaped = json.dumps(words, ensure_ascii=False)[1:-1]
    start = text.find(f'"{escaped}"') + 1
    if not start:
        escaped = json.dumps(words)[1:-1]
        start = text.find(f'"{escaped}"') + 1
    if not start:
        return row
    span = row.span
    cells = {**row.cells, "text": escaped}
    return Row(cells, lambda a, b: span(start + a, start + b), (file,) if file else ())

"""Chats as JSON or JSON lines whose messages say who, when and what.

    [MESSAGE, …]   {"messages": [MESSAGE, …]}   {"data": [MESSAGE, …]}   one MESSAGE a line

as chatlog, WeFlow, ChatLab and signal-export write them; names of keys as in
`persona.collect.chats.fields`.
"""

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from persona.collect.chats.fields import Fields, fields_of, is_chat, program_of, text_of
from persona.collect.chats.reading import read_chat
from persona.collect.chats.rows import Row, RowChat, is_moment
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.json_stream import escaped, json_items
from persona.collect.selectors import Selector, json_span, plain_text, record_span
from persona.collect.text_stream import TextStream, open_text
from persona.errors import UnreadableSource
from persona.records import SourceKind

_SPINE = ("messages", "data", "items", "records", "chats", "list", "conversations", "conversation")
_FIRST = re.compile(r'(?:^|"(?:messages|data|items|records|conversation)"\s*:\s*)\[\s*(?=\{)')
_FILES = ("attachments", "media", "files")


class ChatJson:
    """Reads a chat that is a list of objects."""

    name = "chat-json"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look at the first object: does it say who, when and what?"""
        text = decode_head(head).strip("\ufeff \t\r\n")
        if text[:1] not in ("{", "["):
            return False
        found = _FIRST.search(text)
        candidates = [_first_line(text), _object_at(text, found.end()) if found else None]
        return any(one is not None and _is_message(one) for one in candidates)

    def read(self, request: Request) -> Reading:
        """Read every message. Raises `UnreadableSource` when the file is not JSON."""
        stream = open_text(request.path, request.name)
        rows = partial(_line_rows if _is_lines(stream) else _item_rows, stream)
        keys = next((set(row.cells) | _keys(row) for row in rows()), set[str]())
        if not keys:
            raise UnreadableSource(f"{request.relative} holds no messages that can be read.")
        head = next(stream.pieces(), "")[:4000]
        program = "WeChat" if '"weflow"' in head else program_of(keys)
        chat = RowChat(program, rows, {"encoding": stream.encoding}, '"chatlab"' in head)
        return read_chat(request, chat.export(request))


def _is_message(value: dict[str, Any]) -> bool:
    """Tell a message from a letter, and from a line of a transcript, whose time is no day."""
    fields = fields_of(value)
    dated = any(is_moment(text_of(value[column]).strip()) for column in fields["time"])
    return dated and "salutation" not in value and is_chat(fields)


def _keys(row: Row) -> set[str]:
    return set(row.cells["keys"].split("\n"))


def _first_line(text: str) -> dict[str, Any] | None:
    line, parted, _ = text.partition("\n")
    if not parted and not text.endswith("}"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _object_at(text: str, at: int) -> dict[str, Any] | None:
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(text, at)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_lines(stream: TextStream) -> bool:
    first = _first_line(next(stream.pieces(), "").lstrip()[:200_000])
    return first is not None and is_chat(fields_of(first))


def _line_rows(stream: TextStream) -> Iterator[Row]:
    for number, (_, line) in enumerate(stream.lines(), start=1):
        try:
            value = json.loads(line, strict=False) if line.strip() else None
        except (ValueError, RecursionError) as error:
            raise UnreadableSource(f"Line {number} of {stream.name} is not JSON.") from error
        if isinstance(value, dict) and (row := _row(value, partial(_in_line, number))):
            yield row


def _item_rows(stream: TextStream) -> Iterator[Row]:
    for pointer, value in json_items(stream, _SPINE):
        if isinstance(value, dict) and (row := _row(value, partial(_in_file, pointer))):
            yield row


def _in_line(number: int, key: str, start: int, end: int) -> Selector:
    return record_span(number, start, end, f"/{escaped(key)}")


def _in_file(pointer: str, key: str, start: int, end: int) -> Selector:
    return json_span(f"{pointer}/{escaped(key)}", start, end)


def _row(value: dict[str, Any], span: Any) -> Row | None:
    """Return the cells of an object; None: it is not a message."""
    fields = _fields(tuple(value))
    if not is_chat(fields):
        return None
    cells = {name: _first(value, columns) for name, columns in fields.items()}
    column = next((one for one in fields["text"] if _words(value[one])), fields["text"][0])
    cells["text"] = _words(value[column])
    cells["keys"] = "\n".join(value)
    return Row(cells, partial(span, column), tuple(_files(value)))


_KNOWN: dict[tuple[str, ...], Fields] = {}


def _fields(keys: tuple[str, ...]) -> Fields:
    if keys not in _KNOWN:
        if len(_KNOWN) > 1000:
            _KNOWN.clear()
        _KNOWN[keys] = fields_of(keys)
    return _KNOWN[keys]


def _first(value: dict[str, Any], columns: tuple[str, ...]) -> str:
    return next((text for column in columns if (text := text_of(value[column]).strip())), "")


def _words(value: Any) -> str:
    try:
        return plain_text(value)
    except UnreadableSource:
        return ""


def _files(value: dict[str, Any]) -> Iterator[str]:
    for key in _FILES:
        found = value.get(key)
        for item in found if isinstance(found, list) else [found]:
            file = text_of(item)
            if file:
                yield file.rsplit("/", 1)[-1]

"""Where a passage stands in its source: W3C Web Annotation selectors (REC 2017-02-23).

    text file            {"type": "TextPositionSelector", "start": 120, "end": 480}
    record of JSON lines {"type": "FragmentSelector", "value": "line=12",
                          "refinedBy": {"type": "TextPositionSelector", "start": 0, "end": 90}}
    string in a JSON file    … "value": "/chats/list/0/messages/7/text" …    RFC 6901
    string in a record       … "value": "line=12/body" …                     both
    cell of a table (CSV)    … "value": "cell=12,7" …                        RFC 7111, from 1
    recording            {"type": "FragmentSelector", "value": "t=12.30,30.10"}     seconds
    picture              {"type": "FragmentSelector", "value": "xywh=0,0,640,480"}  pixels
    pdf with text            … "value": "page=3" …                           RFC 8118
    scanned pdf          {"type": "FragmentSelector", "value": "page=3&xywh=0,0,640,480"}
    body of a mail           … "value": "message=2" …

Positions count characters of the decoded text (see `persona.collect.decoding`), of the string
that is pointed to, or of the ``text`` field of the record on that line, the first line being 1;
in a document, of the text that `collect.writing.documents` takes out of it, always the same.
Those of a pdf count from the beginning of that page, and may run on to the next one.
A list that is pointed to (a text with bold words and links) counts as its pieces, joined; a link
straight after a marked word is parted from it by a space. With
``"charset": "latin-1"`` the string holds UTF-8 that was written as Latin-1 (the exports of
Instagram and Messenger do that) and counts as mended.
"""

import csv
import io
import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from persona.collect.decoding import decode
from persona.errors import UnreadableSource

if TYPE_CHECKING:
    from persona.collect.writing.extracted import Extracted

Selector = dict[str, Any]

LONGEST_CELL = 1 << 20
"""Characters of a cell; a table whose quotation mark is never closed ends there."""

csv.field_size_limit(LONGEST_CELL)

_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_TEXT = "This selector points to nothing in its source that has characters."


def text_span(start: int, end: int) -> Selector:
    """Select characters of a text."""
    return {"type": "TextPositionSelector", "start": start, "end": end}


def record_span(line: int, start: int, end: int, pointer: str = "") -> Selector:
    """Select characters of the text of one record of a JSON lines file; lines count from 1."""
    return _refined(f"line={line}{pointer}", start, end)


def json_span(pointer: str, start: int, end: int, charset: str = "") -> Selector:
    """Select characters of a string, or of a list of pieces of text, in a JSON file."""
    made = _refined(pointer, start, end)
    return made | {"charset": charset} if charset else made


def cell_span(row: int, column: int, start: int, end: int) -> Selector:
    """Select characters of a cell of a table; its head is row 1, its first column column 1."""
    return _refined(f"cell={row},{column}", start, end)


def time_span(start_s: float, end_s: float) -> Selector:
    """Select seconds of a recording (W3C Media Fragments)."""
    return {"type": "FragmentSelector", "value": f"t={start_s:.2f},{end_s:.2f}"}


def whole_picture(width: int, height: int) -> Selector:
    """Select all pixels of a picture (W3C Media Fragments)."""
    return {"type": "FragmentSelector", "value": f"xywh=0,0,{width},{height}"}


def page_span(page: int, start: int, end: int) -> Selector:
    """Select characters of a pdf, counted from the beginning of a page; pages count from 1."""
    return _refined(f"page={page}", start, end)


def message_span(message: int, start: int, end: int) -> Selector:
    """Select characters of the body of a message; the messages of a mailbox count from 1."""
    return _refined(f"message={message}", start, end)


def picture_region(box: tuple[int, int, int, int], page: int = 0) -> Selector:
    """Select x, y, width, height in pixels of a picture, or of a page drawn as a picture."""
    where = "xywh=" + ",".join(str(part) for part in box)
    return {"type": "FragmentSelector", "value": f"page={page}&{where}" if page else where}


def _refined(value: str, start: int, end: int) -> Selector:
    return {"type": "FragmentSelector", "value": value, "refinedBy": text_span(start, end)}


class Original:
    """A text original that is asked for many passages: decoded and parsed once."""

    def __init__(self, source_bytes: bytes, encoding: str = "") -> None:
        self._bytes, self._encoding = source_bytes, encoding

    def words(self, selector: Selector) -> str:
        """Return the characters that a selector spans.

        Raises:
            UnreadableSource: the selector does not fit this original.
        """
        span = selector.get("refinedBy", selector)
        if span.get("type") != "TextPositionSelector":
            raise UnreadableSource("This selector names a time or a region, not characters.")
        text = self._pointed(str(selector.get("value", "")))
        if selector.get("charset") == "latin-1":
            text = mended(text)
        start, end = int(span["start"]), int(span["end"])
        if not 0 <= start < end <= len(text):
            raise UnreadableSource("This selector reaches beyond the end of its source.")
        return text[start:end]

    def _pointed(self, value: str) -> str:
        if value.startswith("line="):
            number, _, pointer = value.removeprefix("line=").partition("/")
            return self._record(int(number), f"/{pointer or 'text'}")
        if value.startswith("cell="):
            row, _, column = value.removeprefix("cell=").partition(",")
            return self._cell(int(row), int(column))
        if value.startswith("/"):
            return plain_text(_follow(self._json, value))
        name, _, number = value.partition("=")
        if name == "message":
            return self._message(int(number))
        return self._page(int(number)) if name == "page" else self._document.text

    def _message(self, number: int) -> str:
        from persona.collect.writing.mailbox import body_of

        return body_of(self._bytes, number)

    def _page(self, number: int) -> str:
        pages = self._document.pages
        if not 0 < number <= len(pages):
            raise UnreadableSource(_NO_TEXT)
        return self._document.text[pages[number - 1] :]

    @cached_property
    def _document(self) -> "Extracted":
        from persona.collect.writing.documents import taken_out  # which makes selectors itself

        return taken_out(self._bytes, "This source", self._encoding)

    @cached_property
    def _text(self) -> str:
        return decode(self._bytes, encoding=self._encoding).text

    def _record(self, line: int, pointer: str) -> str:
        try:
            record = json.loads(self._lines[line - 1], strict=False)
        except (IndexError, ValueError, RecursionError) as error:
            raise UnreadableSource(f"Line {line} of this source holds no record.") from error
        return plain_text(_follow(record, pointer))

    def _cell(self, row: int, column: int) -> str:
        try:
            return self._rows[row - 1][column - 1]
        except IndexError as error:
            raise UnreadableSource(_NO_TEXT) from error

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def _rows(self) -> list[list[str]]:
        delimiter = delimiter_of(self._text.split("\n", 1)[0])
        try:
            return list(csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise UnreadableSource("This source is not a table that can be read.") from error

    @cached_property
    def _json(self) -> Any:
        try:
            return json.loads(self._text, strict=False)
        except (ValueError, RecursionError) as error:
            raise UnreadableSource("This source is not JSON.") from error


def locate(source_bytes: bytes, selector: Selector, encoding: str = "") -> str:
    """Return the characters of an original that a selector spans; `Original` is for many.

    Args:
        source_bytes: the original.
        selector: of a text, a record, a string or a cell; recordings and pictures have none.
        encoding: ``source.details["encoding"]``; empty: found again.

    Raises:
        UnreadableSource: the selector does not fit this original.
    """
    return Original(source_bytes, encoding).words(selector)


def plain_text(value: Any) -> str:
    """Return the characters of a JSON value: a string, or pieces of text that are joined.

    Halves of a broken pair of code units, which no file can hold, become U+FFFD.

    Raises:
        UnreadableSource: the value has no characters.
    """
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return _joined(value)
    if isinstance(value, dict) and "text" in value:
        return plain_text(value["text"])
    raise UnreadableSource(_NO_TEXT)


def _joined(pieces: list[Any]) -> str:
    text, marked = "", False
    for piece in pieces:
        kind = piece.get("type") if isinstance(piece, dict) else "plain"
        if kind == "link" and marked and not text[-1:].isspace():
            text += " "
        text += plain_text(piece)
        marked = kind != "plain"
    return text


def mended(text: str) -> str:
    """Return a text whose UTF-8 was written as Latin-1 as it was meant; others unchanged."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def delimiter_of(head: str) -> str:
    """Return what parts the cells of a table, judged by its first line."""
    return max(",;\t|", key=head.count)


def _follow(value: Any, pointer: str) -> Any:
    """Follow a JSON pointer (RFC 6901). Raises `UnreadableSource` when it leads nowhere."""
    try:
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise UnreadableSource(_NO_TEXT) from error
    return value

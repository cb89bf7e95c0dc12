"""Mail (RFC 5322, MIME) and mailboxes (mbox, RFC 4155) → messages, however damaged.

A mailbox is read message by message, because those of a whole life are larger than memory. The
body of a message is always the same text for the same bytes, so that positions in it stay true:
its plain text, else its HTML made plain, with ``>`` before each line that is quoted.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import IO

from persona.collect.decoding import decode
from persona.collect.writing.html_text import html_text
from persona.errors import UnreadableSource

MAX_MESSAGE_BYTES = 64 * 2**20
MAX_BODY_BYTES = 8 * 2**20
MAX_PARTS = 500
MAX_HEADER = 8000
"""Characters of a header that are looked at: some thirty addressees with their names."""

_LINE_BYTES = 1 << 20
_FROM_LINE = re.compile(rb"From \S+.{0,40}\d{2}:\d{2}|From (?:\S+@\S+|-|MAILER-DAEMON)\s*\d*\s*$")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?")
_KNOWN = re.compile(
    rb"(?im)^(?:from|to|date|subject|message-id|received|mime-version|return-path|delivered-to"
    rb"|x-gm-thrid|x-mozilla-status|content-type|reply-to):"
)
_ODD = (
    *(LookupError, ValueError, TypeError, AttributeError, AssertionError),
    *(MessageError, RecursionError),
)
"""What the email package raises for headers and parts that are not what they should be."""


@dataclass(frozen=True)
class Address:
    """A name and an address of a header; either may be empty."""

    name: str
    address: str

    @property
    def shown(self) -> str:
        """Return the name, or the address where there is none."""
        return self.name or self.address


@dataclass(frozen=True)
class Attachment:
    """A file in a message."""

    name: str
    media_type: str
    part: Message


@dataclass(frozen=True)
class Mail:
    """One message, with what its headers say."""

    number: int
    message: Message

    def header(self, name: str) -> str:
        """Return a header in plain words, or nothing."""
        return _plain_header(self.message.get(name, ""))

    def addresses(self, *names: str) -> list[Address]:
        """Return everybody in these headers, in order."""
        raw = [str(one)[:MAX_HEADER] for name in names for one in self.message.get_all(name, [])]
        try:
            pairs = getaddresses(raw)
        except _ODD:
            return []
        return [Address(_plain_header(name), address) for name, address in pairs if name or address]

    @property
    def sent(self) -> datetime | None:
        """Return when it was sent, in the sender's own time; None when it does not say."""
        try:
            return parsedate_to_datetime(str(self.message.get("Date", ""))[:200])
        except (*_ODD, OverflowError):
            return None

    @property
    def body(self) -> str:
        """Return its text."""
        return _body(self.message)

    def attachments(self) -> list[Attachment]:
        """Return the files in it, but not the pictures that only decorate its HTML."""
        found: list[Attachment] = []
        for part in _parts(self.message):
            name = _file_name(part)
            kind = part.get_content_type()
            hidden = "attachment" not in str(part.get("Content-Disposition", "")).lower()
            if name and not (hidden and part.get("Content-ID") and kind.startswith("image/")):
                found.append(Attachment(name, kind, part))
        return found


def is_mailbox(head: bytes) -> bool:
    """Tell whether the first bytes are those of an mbox."""
    return bool(_FROM_LINE.match(head.lstrip(b"\r\n")[:200])) and bool(_KNOWN.search(head[:20_000]))


def is_mail(head: bytes) -> bool:
    """Tell whether the first bytes are the headers of a message."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n")[:20_000]
    first = start.split(b"\n", 1)[0]
    if not _HEADER.match(first):
        return False
    headers = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    return len({found.lower() for found in _KNOWN.findall(headers)}) >= 3


def mails_in(file: IO[bytes]) -> Iterator[Mail]:
    """Yield the messages of an mbox or of a single mail; the first is number 1.

    A message of more than 64 MB is cut there: its words come first, its files after them.
    """
    head = file.read(1 << 16)
    file.seek(0)
    if not is_mailbox(head):
        yield Mail(1, _parsed(file.read(MAX_MESSAGE_BYTES).lstrip(b"\xef\xbb\xbf\r\n")))
        return
    for number, data in enumerate(_cut(file), start=1):
        yield Mail(number, _parsed(data))


def body_of(data: bytes, number: int) -> str:
    """Return the body of a message. Raises `UnreadableSource` when there is no such message."""
    for mail in mails_in(io.BytesIO(data)):
        if mail.number == number:
            return mail.body
    raise UnreadableSource(f"This source has no message {number}.")


def payload(part: Message) -> bytes:
    """Return the bytes of a part; none when it cannot be decoded."""
    try:
        data = part.get_payload(decode=True)
    except _ODD:
        return b""
    return data if isinstance(data, bytes) else b""


def _cut(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the bytes of each message of an mbox, without its ``From `` line."""
    lines: list[bytes] = []
    size, started, blank = 0, False, True
    while line := file.readline(_LINE_BYTES):
        if blank and _FROM_LINE.match(line[:200]):
            if started:
                yield b"".join(lines)
            lines, size, started = [], 0, True
        elif size < MAX_MESSAGE_BYTES:
            # mboxrd and mboxo put ">" before lines of a message that begin with "From "
            lines.append(line[1:] if re.match(rb">+From ", line) else line)
            size += len(line)
        blank = not line.strip()
    if started:
        yield b"".join(lines)


def _parsed(data: bytes) -> Message:
    try:
        return message_from_bytes(data, policy=policy.compat32)
    except _ODD:
        return Message()


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something, not those of forwarded messages inside."""
    waiting, count = [message], 0
    while waiting and count < MAX_PARTS:
        part = waiting.pop(0)
        count += 1
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_maintype() != "message":
            waiting = [one for one in inner if isinstance(one, Message)] + waiting
        else:
            yield part


def _body(message: Message) -> str:
    plain, page = "", ""
    for part in _parts(message):
        kind = part.get_content_type()
        if _file_name(part) and "attachment" in str(part.get("Content-Disposition", "")).lower():
            continue
        if kind == "text/plain" and not plain.strip():
            plain = _text(part)
        elif kind == "text/html" and not page:
            page = _text(part)
    if plain.strip():
        return plain.strip("\n")
    return html_text(page) if page else ""


def _text(part: Message) -> str:
    data = payload(part)[:MAX_BODY_BYTES]
    charset = str(part.get_param("charset", "") or "") if part.get("Content-Type") else ""
    text = ""
    for encoding in (charset.strip("\"'"), ""):
        try:
            text = decode(data, encoding=encoding).text
            break
        except (UnreadableSource, *_ODD):
            continue
    else:
        text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    flowed = str(part.get_param("format", "") or "").lower() == "flowed"
    return _unflowed(text) if flowed else text


def _unflowed(text: str) -> str:
    """Join the lines that only the sender's program broke (RFC 3676)."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1] if lines else ""
        depth = len(line) - len(line.lstrip(">"))
        same = depth == len(before) - len(before.lstrip(">"))
        if before.endswith(" ") and before != "-- " and same and line != "-- ":
            lines[-1] = before + line[depth:].removeprefix(" " if depth else "")
        else:
            lines.append(line if depth else line.removeprefix(" "))
    return "\n".join(lines)


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except _ODD:
        return ""
    return _plain_header(name).replace("\\", "/").rsplit("/", 1)[-1].strip()


def _plain_header(raw: object) -> str:
    """Return a header's words; encoded words (RFC 2047) are decoded, bad ones kept as they are."""
    text = str(raw)[:MAX_HEADER]
    try:
        pieces = decode_header(text)
    except _ODD:
        pieces = [(text, None)]
    words = ""
    for piece, charset in pieces:
        words += piece if isinstance(piece, str) else _decoded(piece, charset or "")
    return " ".join(words.split())


def _decoded(piece: bytes, charset: str) -> str:
    for encoding in (charset, "utf-8", "gb18030", "latin-1"):
        try:
            return piece.decode(encoding)
        except (LookupError, ValueError):
            continue
    return piece.decode("ascii", "replace")

"""Apple's Messages as imessage-exporter writes them as text (``-f txt``).

    May 17, 2022  5:29:42 PM (Read by them after 1 hour, 49 seconds)
    Me
    the words, on one line or more
    attachments/AB/IMG_1234.HEIC
    Tapbacks:
    Loved by Ruth
    This message responded to an earlier message.

Answers stand a second time, set in, below what they answer; only the first place is read.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from persona.collect.chats.messages import MARKS, ChatExport, ChatMessage
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import text_span
from persona.collect.text_stream import TextStream, open_text
from persona.records import SourceKind
from persona.records.months import MONTH_STARTS

_HEAD = re.compile(
    rf"^[{MARKS}]*(?P<month>{'|'.join(MONTH_STARTS)}) +(?P<day>\d{{1,2}}), (?P<year>\d{{4}}) +"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d) (?P<half>[AP])M(?P<rest>.*)$"
)
_RECEIPT = re.compile(r" ?(?:\((?:Read|Delivered|Edited)[^)]*\) ?)*")
_FILE = re.compile(r"^(?:~?/|attachments/|\.{1,2}/|[A-Z]:\\)[^\n]*\.\w{2,5}$")
_REPLY = "This message responded to an earlier message."
_AFTER = re.compile(
    r"^(?:Tapbacks:|Reactions:|This message responded to an earlier message\."
    r"|This message was deleted from the conversation!|Sent with [A-Z][\w ]{2,20}"
    r"|Attachment missing!|Edited .{1,40} later: .*| {4}.*)$"
)
_UNSENT = re.compile(r"^.{1,60} unsent (?:a message|this message part)\b.*$")


class IMessageText:
    """Reads the text export of imessage-exporter."""

    name = "imessage"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for a moment on the first line that is not empty."""
        lines = [line for line in decode_head(head[:5_000]).split("\n") if line.strip()]
        found = _HEAD.match(lines[0]) if lines else None
        return found is not None and len(lines) > 1

    def read(self, request: Request) -> Reading:
        """Read every message; lines of the program and bare attachments are only counted."""
        stream = open_text(request.path, request.name)
        details: dict[str, Any] = {"encoding": stream.encoding, "system_lines": 0}
        export = ChatExport("iMessage", lambda: _messages(stream, export), details)
        title = request.name.rsplit(".", 1)[0]
        export.chat("").title = title
        export.chat("").group = "," in title
        return read_chat(request, export)


def _messages(stream: TextStream, export: ChatExport) -> Iterator[ChatMessage]:
    system_lines = 0
    for found, lines in _blocks(stream):
        message = _message(found, lines)
        if message is None:
            system_lines += 1
        else:
            yield message
    export.details["system_lines"] = system_lines


def _blocks(stream: TextStream) -> Iterator[tuple[re.Match[str], list[tuple[int, str]]]]:
    """Yield each moment with the lines below it."""
    found: re.Match[str] | None = None
    lines: list[tuple[int, str]] = []
    blank, size = True, 0
    for position, line in stream.lines():
        match = _HEAD.match(line) if blank else None
        if match is not None:
            if found is not None:
                yield found, lines
            found, lines, size = match, [], 0
        else:
            lines.append((position, line))
            size += len(line) + 1
        stream.check_message(size)
        blank = not line.strip()
    if found is not None:
        yield found, lines


def _message(found: re.Match[str], lines: list[tuple[int, str]]) -> ChatMessage | None:
    """Return the message below a moment; None: the program speaks, on the same line."""
    rest = _RECEIPT.sub("", found["rest"], count=1).strip()
    if rest or not lines or not lines[0][1].strip():
        return None
    body = lines[1:]
    end = next((at for at, (_, line) in enumerate(body) if _AFTER.match(line)), len(body))
    files = [line.strip() for _, line in body if _FILE.match(line)]
    words = [one for one in body[:end] if not _FILE.match(one[1])]
    if words:  # words in one piece: those before a file that stands between them
        first = body.index(words[0])
        stop = next((at for at in range(first, end) if _FILE.match(body[at][1])), end)
        words = body[first:stop]
    text = "\n".join(line for _, line in words)
    if _UNSENT.match(text):
        text = ""
    inner = text.strip()
    start = words[0][0] + text.index(inner) if inner else 0
    at = _moment(found)
    return ChatMessage(
        lines[0][1].strip(MARKS + " "),
        inner,
        text_span(start, start + len(inner)) if inner else None,
        at,
        at.isoformat() if at else None,
        found[0][: found.start("rest")].strip(MARKS + " "),
        files=tuple(file.replace("\\", "/").rsplit("/", 1)[-1] for file in files),
        omitted=not inner and not files,
    )


def _moment(found: re.Match[str]) -> datetime | None:
    hour = int(found["hour"]) % 12 + (12 if found["half"] == "P" else 0)
    month = MONTH_STARTS.index(found["month"]) + 1
    year, day, minute, second = (int(found[name]) for name in ("year", "day", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None

r"""Messages of Instagram and of Facebook Messenger, from the archive that Meta sends as JSON.

    {"participants": [{"name": "Ruth"}], "title": "Ruth", "thread_path": "inbox/ruth_1",
     "messages": [{"sender_name": "Ruth", "timestamp_ms": 1577186580000, "content": "…",
                   "photos": [{"uri": "…/1.jpg"}], "audio_files": …, "share": …}]}

    Messenger's own export of encrypted chats: senderName, timestamp, text, media, isUnsent

The newest message stands first. Letters that are not ASCII are spoiled (each byte of UTF-8 as
one ``\u00xx``); they are read as they were meant and the selector says so.
"""

import re
from collections.abc import Iterator
from typing import Any

from persona.collect.chats.messages import ChatExport, ChatMessage, from_unix
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.json_stream import json_items
from persona.collect.selectors import json_span, mended, plain_text
from persona.collect.text_stream import TextStream, open_text
from persona.records import SourceKind

_MEDIA = ("photos", "videos", "audio_files", "gifs", "files", "sticker", "media")
_NOTICE = re.compile(
    r"(?:Reacted .{1,12} to your message ?|Liked a message"
    r"|You (?:sent an attachment|missed .* call)\.?"
    r"|.{1,60} (?:sent an attachment|missed (?:a|your) (?:video |voice )?(?:call|chat)( from .*)?"
    r"|(?:named|left|created) the group.*|started (?:a|an) (?:video |audio )?(?:call|chat))\.?"
    r"|(?:The )?(?:audio|video) call ended\.?|.{1,60} unsent a message)",
)


class MetaMessages:
    """Reads ``message_1.json`` of Instagram or Facebook."""

    name = "meta-messages"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for a sender's name and a time in milliseconds."""
        text = decode_head(head).lstrip("\ufeff \t\r\n")
        if not text.startswith("{"):
            return False
        archive = '"sender_name"' in text and '"timestamp_ms"' in text
        encrypted = '"senderName"' in text and '"threadName"' in text and '"isUnsent"' in text
        return archive or encrypted

    def read(self, request: Request) -> Reading:
        """Read every message; what Meta writes itself is only counted."""
        stream = open_text(request.path, request.name)
        details = {"encoding": stream.encoding, "system_lines": 0}
        export = ChatExport(_program(request), lambda: _messages(stream, export), details)
        return read_chat(request, export)


def _program(request: Request) -> str:
    return "Instagram" if "instagram" in request.relative.casefold() else "Messenger"


def _messages(stream: TextStream, export: ChatExport) -> Iterator[ChatMessage]:
    system_lines = 0
    for pointer, value in json_items(stream, {"messages"}):
        if pointer.startswith("/messages/") and isinstance(value, dict):
            message = _message(pointer, value)
            if message is None:
                system_lines += 1
            else:
                yield message
        elif pointer in {"/title", "/threadName"} and isinstance(value, str):
            export.chat("").title = mended(value)
        elif pointer == "/participants" and isinstance(value, list):
            export.chat("").group = len(value) > 2
            export.chat("").private = len(value) == 2
    export.details["system_lines"] = system_lines


def _message(pointer: str, value: dict[str, Any]) -> ChatMessage | None:
    sender = value.get("sender_name") or value.get("senderName")
    stamp = value.get("timestamp_ms") or value.get("timestamp") or ""
    at, edtf = from_unix(stamp) if isinstance(stamp, int | float) else (None, None)
    key = "content" if "content" in value else "text"
    raw = plain_text(value[key]) if isinstance(value.get(key), str) else ""
    text = mended(raw)
    if not isinstance(sender, str) or not sender or _NOTICE.fullmatch(text):
        return None
    files = tuple(_files(value))
    unsent = bool(value.get("is_unsent") or value.get("isUnsent"))
    spoken = bool(text.strip()) and not unsent
    charset = "latin-1" if text != raw else ""
    return ChatMessage(
        mended(sender),
        text if spoken else "",
        json_span(f"{pointer}/{key}", 0, len(text), charset) if spoken else None,
        at,
        edtf,
        edtf or "",
        files=files,
        omitted=unsent,
    )


def _files(value: dict[str, Any]) -> Iterator[str]:
    for key in _MEDIA:
        found = value.get(key)
        for item in found if isinstance(found, list) else [found]:
            if isinstance(item, dict) and isinstance(item.get("uri"), str):
                yield mended(item["uri"])

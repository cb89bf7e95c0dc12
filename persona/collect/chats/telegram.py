"""Telegram Desktop's export as JSON: one chat, or a whole account.

    one chat   {"name": "Alice", "type": "personal_chat", "id": 1, "messages": [MESSAGE, …]}
    account    {"personal_information": …, "chats": {"list": [CHAT, …]}, "left_chats": …}
    MESSAGE    {"id": 7, "type": "message", "date": …, "date_unixtime": …, "from": "Alice",
                "from_id": "user9", "reply_to_message_id": 6, "forwarded_from": "Bob",
                "photo" | "file" | "media_type" | "poll" …, "text": "…" or [PIECE, …]}

Each chat of an account is on its own: its people, its units. Forwarded words are their first
author's, never the forwarder's. Times have a zone where local and Unix time are both told.
"""

import re
from collections.abc import Iterator
from typing import Any

from persona.collect.chats.messages import Chat, ChatExport, ChatMessage, with_zone
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.json_stream import json_items
from persona.collect.selectors import json_span, plain_text
from persona.collect.text_stream import TextStream, open_text
from persona.errors import UnreadableSource
from persona.records import SourceKind

_SPINE = frozenset({"chats", "left_chats", "list", "messages"})
_MESSAGE = re.compile(
    r'"messages"\s*:\s*\[\s*(?:\{(?=[^{}\[\]]*"(?:date_unixtime|from_id|text_entities|text)"\s*:)'
    r"(?=[^{}\[\]]*\"type\"\s*:\s*\"(?:message|service)\")|\])"
)
_PRIVATE = {"personal_chat", "bot_chat"}
_MEDIA = frozenset({"photo", "file", "thumbnail", "media_type"})
_NOT_THERE = "(File"
FORWARDED = "forwarded, author unknown"
"""``speaker_name`` of forwarded words whose author the export does not name."""


class TelegramJson:
    """Reads ``result.json`` of Telegram Desktop."""

    name = "telegram"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for Telegram's messages, or for the chats of an account."""
        text = decode_head(head).lstrip("\ufeff \t\r\n")
        if not text.startswith("{"):
            return False
        account = re.search(r'"(?:personal_information|left_chats)"\s*:\s*\{', text)
        chats = re.search(r'"chats"\s*:\s*\{[^{}\[\]]*"list"\s*:\s*\[', text)
        return bool(_MESSAGE.search(text) or chats or (account and '"user_id"' in text))

    def read(self, request: Request) -> Reading:
        """Read every message of every chat; service lines are only counted."""
        stream = open_text(request.path, request.name)
        details = {"encoding": stream.encoding, "system_lines": 0, "locations": []}
        export = ChatExport("Telegram", lambda: _messages(stream, export), details)
        return read_chat(request, export)


def _messages(stream: TextStream, export: ChatExport) -> Iterator[ChatMessage]:
    """Go through the file; what stands before a chat's messages says what chat it is."""
    system_lines, owner = 0, ""
    export.details["locations"] = []
    place, chat, container = "", "", ""
    for pointer, value in json_items(stream, _SPINE):
        where, _, last = pointer.rpartition("/")
        if where != place:
            place, (above, _, container) = where, where.rpartition("/")
            chat = _key(above)
        if container == "messages" and isinstance(value, dict):
            message = _message(pointer, value, export, chat, owner)
            if message is None:
                system_lines += 1
            else:
                yield message
        elif last in {"name", "type", "id"}:
            _describe(export.chat(_key(where)), last, value)
        elif pointer == "/personal_information" and isinstance(value, dict):
            export.owner, owner = _owner(value), f"user{value.get('user_id')}"
    export.details["system_lines"] = system_lines


def _key(pointer: str) -> str:
    """Return the key of a chat: ``chats.list.0`` in an account, nothing in a file of one chat."""
    return pointer.strip("/").replace("/", ".")


def _describe(chat: Chat, key: str, value: Any) -> None:
    if key == "name" and isinstance(value, str):
        chat.title = chat.partner = value
    elif key == "type" and isinstance(value, str):
        chat.private = value in _PRIVATE
        chat.group = "group" in value or "channel" in value
        if value == "saved_messages":
            chat.title, chat.group = "Saved Messages", True


def _owner(information: dict[str, Any]) -> str:
    names = (str(information.get(part) or "") for part in ("first_name", "last_name"))
    return " ".join(name for name in names if name)


def _message(
    pointer: str, value: dict[str, Any], export: ChatExport, chat: str, owner: str
) -> ChatMessage | None:
    """Return a message; None: a line of the program, or of nobody."""
    sender = value.get("from") or value.get("author") or ""
    account = str(value.get("from_id") or "")
    if value.get("type", "message") != "message" or not (sender or account):
        return None
    at, edtf = with_zone(str(value.get("date") or ""), str(value.get("date_unixtime") or ""))
    where, text = _words(value)
    if isinstance(place := value.get("location_information"), dict):
        spot = f"{place.get('latitude')},{place.get('longitude')}"
        export.details["locations"].append({"by": sender, "at": edtf, "place": spot})
    files = _files(value)
    has_media = not _MEDIA.isdisjoint(value)
    number = value.get("id")
    return ChatMessage(
        str(sender or account),
        text,
        json_span(f"{pointer}/{where}", 0, len(text)) if text else None,
        at,
        edtf,
        str(value.get("date") or ""),
        chat,
        account,
        own=bool(owner) and account == owner,
        message_id="" if number is None else str(number),
        reply_to=str(value.get("reply_to_message_id") or ""),
        files=files,
        omitted=has_media and not files,
        author=_author(value),
    )


def _words(value: dict[str, Any]) -> tuple[str, str]:
    """Return where the words of a message stand in it, and the words."""
    said = value.get("text")
    if isinstance(said, str) and said.isascii() and said.strip():
        return "text", said
    poll = value.get("poll")
    for where, found in (
        ("text", said),
        ("text_entities", value.get("text_entities")),
        ("poll/question", poll.get("question") if isinstance(poll, dict) else None),
    ):
        try:
            text = plain_text(found) if found else ""
        except UnreadableSource:
            continue
        if text.strip():
            return where, text
    return "", ""


def _files(value: dict[str, Any]) -> tuple[str, ...]:
    if "photo" not in value and "file" not in value:
        return ()
    paths = (str(value.get(key) or "") for key in ("photo", "file"))
    return tuple(path for path in paths if path and not path.startswith(_NOT_THERE))


def _author(value: dict[str, Any]) -> str:
    """Return who wrote forwarded words, or the bot whose words were sent through somebody."""
    if "forwarded_from" in value or "forwarded_from_id" in value or "saved_from" in value:
        return str(value.get("forwarded_from") or value.get("saved_from") or FORWARDED)
    return str(value.get("via_bot") or "")

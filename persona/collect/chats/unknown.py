"""Chats in forms that cannot be read: said in one sentence, instead of taken for a letter."""

import re
from collections.abc import Sequence

from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.errors import UnreadableSource
from persona.records import SourceKind

_PAGE = re.compile(
    r"<(?:!doctype html|html)\b.*?(?:class=\"(?:from_name|pull_right date details|message default)"
    r"|<title>(?:Exported Data|Facebook|Instagram|WhatsApp)|_a6-p|imessage)",
    re.IGNORECASE | re.DOTALL,
)
_KEYS = re.compile(r'"(?:sender|messages|msgs|talker|sender_name|senderName|from_me|fromMe)"\s*:')
FORMS = (
    "WhatsApp, LINE, Signal and iMessage as text; Telegram, Instagram and Messenger as JSON; "
    "WeChat and others as CSV or JSON with columns for sender, time and text"
)


class UnknownChat:
    """Recognises what looks like a chat and that nobody else can read."""

    name = "chat-unknown"
    kinds: Sequence[SourceKind] = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for JSON that speaks of messages, or for a messenger's web page."""
        text = decode_head(head[:100_000]).strip("\ufeff \t\r\n")
        if name.lower().endswith((".html", ".htm")) or text[:1] == "<":
            return _PAGE.search(text) is not None
        return text[:1] in ("{", "[") and _KEYS.search(text) is not None

    def read(self, request: Request) -> Reading:
        """Say which forms can be read. Raises `UnreadableSource`, always."""
        raise UnreadableSource(
            f"{request.relative} looks like a chat in a form that is not known. Export it again: "
            f"{FORMS} can be read."
        )

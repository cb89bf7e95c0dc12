"""Chats as text with a line of its own above each message, as QQ and WeChat's exporters write.

    2016-01-25 19:02:11 小雨                小雨(10001) 2016/1/25 19:02
    外婆你吃饭了吗                           外婆你吃饭了吗

    2016-01-25 19:05:43 外婆                外婆<a@qq.com> 2016年1月25日 19:05
    吃了 面条                                吃了 面条

What stands above the first message (QQ: a name, lines of ``=``) is nobody's words.
"""

import re
from collections.abc import Iterator
from typing import Any

from persona.collect.chats.heads import (
    YEAR_FIRST,
    DateOrder,
    Head,
    WrittenDay,
    find_order,
    read_named_head,
)
from persona.collect.chats.messages import UNSURE_ORDER, ChatExport, ChatMessage
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import text_span
from persona.collect.text_stream import TextStream, open_text
from persona.records import SourceKind

_ACCOUNT = re.compile(
    r"^(?P<name>.*?)\s*[(（<](?P<account>\d{4,12}|wxid_\w+|[^\s()<>]+@[^\s()<>]+)[)）>]$"
)
_PROGRAM = frozenset({"系统消息", "系統訊息", "system message", "system"})
_BARE = re.compile(
    r"^\[(?:图片|表情|语音|视频|文件|动画表情|位置|红包|转账|语音通话|视频通话|photo|video|voice|sticker|file)[^\]]*\]$",
    re.I,
)
_ENOUGH = 2
"""Heads, each with words below it, from which a text is a chat."""

_LONGEST_NAME = 60
_OF_A_LETTER = 12
"""Lines to a head beyond which it is a diary or a letter with dates in it."""


class HeadedText:
    """Reads chats whose messages have their heads on lines of their own."""

    name = "chat-headed"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for two heads with words below them, and for the same name twice or two names."""
        if "." in name and not name.lower().endswith((".txt", ".text")):
            return False
        lines = [line for line in decode_head(head[:20_000]).split("\n") if line.strip()]
        heads = [at for at, line in enumerate(lines) if _named_head(line) is not None]
        spoken = [at for at in heads if at + 1 < len(lines) and at + 1 not in heads]
        return len(spoken) >= _ENOUGH and len(lines) <= _OF_A_LETTER * len(heads)

    def read(self, request: Request) -> Reading:
        """Read every message; lines of the program and bare pictures are only counted."""
        stream = open_text(request.path, request.name)
        details: dict[str, Any] = {"encoding": stream.encoding, "system_lines": 0}
        days: list[WrittenDay] = []
        for head, _, _ in _blocks(stream):
            if not days or days[-1] != head.day:
                days.append(head.day)
        order = find_order(days, request.rule.day_first) if days else YEAR_FIRST
        export = ChatExport("Chat", lambda: _messages(stream, export, order), details)
        export.chat("").title = request.name.rsplit(".", 1)[0]
        export.sure_dates = order.sure
        if not order.sure:
            export.warnings.append(UNSURE_ORDER)
        return read_chat(request, export)


def _named_head(line: str) -> tuple[Head, str] | None:
    found = read_named_head(line) if len(line) <= 2 * _LONGEST_NAME else None
    return found if found is not None and len(found[1]) <= _LONGEST_NAME else None


def _blocks(stream: TextStream) -> Iterator[tuple[Head, str, list[tuple[int, str]]]]:
    """Yield each head and name with the lines below them."""
    found: tuple[Head, str] | None = None
    lines: list[tuple[int, str]] = []
    size = 0
    for position, line in stream.lines():
        named = _named_head(line)
        if named is not None:
            if found is not None:
                yield *found, lines
            found, lines, size = named, [], 0
        else:
            lines.append((position, line))
            size += len(line) + 1
        stream.check_message(size)
    if found is not None:
        yield *found, lines


def _messages(stream: TextStream, export: ChatExport, order: DateOrder) -> Iterator[ChatMessage]:
    system_lines = 0
    for head, name, lines in _blocks(stream):
        told = _ACCOUNT.match(name)
        account = told["account"] if told else ""
        sender = (told["name"] if told else name) or account
        if sender.casefold() in _PROGRAM:
            system_lines += 1
        else:
            yield _message(head, sender, account, lines, order)
    export.details["system_lines"] = system_lines


def _message(
    head: Head, sender: str, account: str, lines: list[tuple[int, str]], order: DateOrder
) -> ChatMessage:
    text = "\n".join(line for _, line in lines)
    inner = "" if _BARE.match(text.strip()) else text.strip()
    start = lines[0][0] + text.index(inner) if inner else 0
    at = order.moment(head)
    return ChatMessage(
        sender,
        inner,
        text_span(start, start + len(inner)) if inner else None,
        at,
        None if at is None else at.isoformat() if order.sure else f"{at:%Y-%m-%d}?",
        head.words,
        account=account,
        omitted=not inner,
    )

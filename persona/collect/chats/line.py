"""LINE's exported text, from telephones and from computers, in English, Chinese and Japanese.

    [LINE] Chat history with Ruth        [LINE] 与小茹的聊天记录      [LINE] ルースとのトーク履歴
    Saved on: 2019/01/31 10:00           保存日期：…                保存日時：…

    2019/01/30(水)                       2019.01.30 Wednesday   Wed, 1/30/2019   2019/1/30（三）
    20:49<TAB>Ruth<TAB>words             下午08:49<TAB>…          08:49PM<TAB>…    20:49 Ruth words
    20:50<TAB>Ruth<TAB>"two
    lines"

Where a space stands between name and words (computers), the name is what all lines of one person
begin with.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from persona.collect.chats.heads import YEAR_FIRST, DateOrder, WrittenDay, find_order, read_moment
from persona.collect.chats.messages import MARKS, UNSURE_ORDER, ChatExport, ChatMessage
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import text_span
from persona.collect.text_stream import TextStream, open_text
from persona.records import SourceKind

_TITLE = re.compile(
    rf"^[{MARKS}]*\[LINE\] ?(?:Chat history (?P<link>with|in) (?P<en>.+)"
    r"|(?P<ja>.+?)(?P<to>と)?のトーク履歴(?:.*)|(?P<with>[与與和])?(?P<zh>.+?)的(?:聊天记录|聊天記錄|聊天紀錄).*"
    r"|(?P<other>.+))$"
)
_DATE = re.compile(
    r"^(?:[^\W\d]{2,12}\.?,? )?(?P<date>\d{1,4} ?[./年\-] ?\d{1,2} ?[./月\-] ?\d{1,4}日?)"
    r" ?[（(]?[^\W\d]{0,12}[）)]?\.?$"
)
_CLOCK = r"(?P<clock>(?:上午|下午|午前|午後|凌晨|中午|晚上)?\d{1,2}:\d{2}(?: ?[AaPp][Mm])?)"
_TABBED = re.compile(rf"^{_CLOCK}\t(?P<name>[^\t]*)(?:\t(?P<text>.*))?$", re.DOTALL)
_SPACED = re.compile(rf"^{_CLOCK} (?P<text>\S.*)$", re.DOTALL)
_MEDIA = re.compile(
    r"\[?(?:Photo|Video|Sticker|File|Location|Voice message|Contact|Album|Notes?|GIF"
    r"|照片|圖片|图片|视频|影片|贴图|貼圖|文件|檔案|位置|位置訊息|语音信息|語音訊息|联系信息|聯絡資訊|記事本|记事本"
    r"|写真|動画|スタンプ|ファイル|位置情報|ボイスメッセージ|連絡先|アルバム|ノート)\]?"
)
_NOTICE = re.compile(
    r"☎|\S.* unsent a message\.?$|.*(?:撤回了一条消息|已收回訊息|送信を取り消しました)。?$"
)


_ENOUGH = 3
"""Lines of one person before more than the first word is taken for their name."""


@dataclass(frozen=True, slots=True)
class _Block:
    """What follows a clock: name and words, or words of the program (no name)."""

    day: WrittenDay | None
    clock: str
    name: str
    text: str
    start: int


class LineText:
    """Reads LINE's text export."""

    name = "line"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for LINE's title, or for a day with clocks and tabs below it."""
        if not name.lower().endswith((".txt", ".text", ".csv")) and "." in name:
            return False
        lines = [line for line in decode_head(head[:20_000]).split("\n") if line.strip()][:12]
        if not lines:
            return False
        if lines[0].lstrip(MARKS).startswith("[LINE]"):
            return True
        days = sum(_DATE.match(line) is not None for line in lines)
        tabbed = sum(
            (found := _TABBED.match(line)) is not None and "\t" in line[found.end("name") :]
            for line in lines
        )
        return days > 0 and tabbed > 0

    def read(self, request: Request) -> Reading:
        """Read every message; lines of the program and stickers are only counted."""
        stream = open_text(request.path, request.name)
        return read_chat(request, _LineChat(stream).export(request))


@dataclass
class _LineChat:
    """One export: names and the order of dates are found first."""

    stream: TextStream
    tabbed: bool = True
    names: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    order: DateOrder = YEAR_FIRST

    def export(self, request: Request) -> ChatExport:
        """Go through the file once and return what can be read."""
        details: dict[str, Any] = {"encoding": self.stream.encoding, "system_lines": 0}
        export = ChatExport("LINE", lambda: self._messages(export), details)
        head = [line for _, (_, line) in zip(range(12), self.stream.lines(), strict=False)]
        self._describe(head, export)
        self.tabbed = not any(_SPACED.match(line) for line in head) or any(
            _TABBED.match(line) for line in head
        )
        days: list[WrittenDay] = []
        for block in self._blocks():
            if block.day is not None and (not days or days[-1] != block.day):
                days.append(block.day)
            if not self.tabbed and not self._is_partner(block.text, export):
                self._learn(block.text)
        for first, count in self.seen.items():
            if count < _ENOUGH:
                self.names[first] = first
        if days:
            self.order = find_order(days, request.rule.day_first)
        export.sure_dates = self.order.sure
        if not self.order.sure:
            export.warnings.append(UNSURE_ORDER)
        return export

    def _describe(self, head: list[str], export: ChatExport) -> None:
        found = _TITLE.match(head[0]) if head else None
        if found is None:
            return
        chat = export.chat("")
        chat.title = next(
            (found[name] for name in ("en", "ja", "zh", "other") if found[name]), ""
        ).strip()
        chat.private = bool(found["link"] == "with" or found["to"] or found["with"])
        chat.group = not chat.private and found["other"] is None
        chat.partner = chat.title if chat.private else ""
        if chat.partner:
            self.names[chat.partner.split(" ")[0]] = chat.partner

    def _is_partner(self, text: str, export: ChatExport) -> bool:
        partner = export.chat("").partner
        return bool(partner) and text.startswith(f"{partner} ")

    def _learn(self, text: str) -> None:
        """Keep the words with which all lines of one person begin: their name."""
        first, *more = text.split("\n", 1)[0].split(" ")
        self.seen[first] += 1
        known = self.names.get(first)
        if known is None:
            self.names[first] = " ".join([first, *more[:-1]][:4])
            return
        common = []
        for ours, theirs in zip(known.split(" "), [first, *more[:-1]], strict=False):
            if ours != theirs:
                break
            common.append(ours)
        self.names[first] = " ".join(common) or first

    def _messages(self, export: ChatExport) -> Iterator[ChatMessage]:
        system_lines = 0
        for block in self._blocks():
            name, text, start = self._named(block)
            if not name or _NOTICE.match(text):
                system_lines += 1
                continue
            head = read_moment(f"2000/1/1 {block.clock}")
            at = self._at(block.day, head.clock if head else None)
            edtf = None
            if at is not None:
                edtf = at.isoformat() if self.order.sure else f"{at:%Y-%m-%d}?"
            media = _MEDIA.fullmatch(text) is not None
            yield ChatMessage(
                name,
                "" if media else text,
                None if media or not text else text_span(start, start + len(text)),
                at,
                edtf,
                f"{at:%Y-%m-%d} {block.clock}" if at else block.clock,
                omitted=media,
            )
        export.details["system_lines"] = system_lines

    def _at(self, day: WrittenDay | None, clock: time | None) -> datetime | None:
        if day is None or clock is None:
            return None
        try:
            return datetime.combine(self.order.date(day), clock)
        except ValueError:
            return None

    def _named(self, block: _Block) -> tuple[str, str, int]:
        """Part name and words, and take away the quotation marks around several lines."""
        name, text, start = block.name, block.text, block.start
        if not self.tabbed:
            name = self.names.get(text.split("\n", 1)[0].split(" ")[0], "")
            if not text.startswith(f"{name} "):
                return "", text, start
            start += len(name) + 1
            text = text[len(name) + 1 :]
        if "\n" in text and text[:1] == '"' and text[-1:] == '"':
            text, start = text[1:-1], start + 1
        inner = text.lstrip()
        return name, inner.rstrip(), start + len(text) - len(inner)

    def _blocks(self) -> Iterator[_Block]:
        """Yield what stands between two clocks; a day that stands between them is the next's."""
        pattern = _TABBED if self.tabbed else _SPACED
        day: WrittenDay | None = None
        lines: list[tuple[int, str]] = []
        size = 0
        for position, line in self.stream.lines():
            size += len(line) + 1
            if pattern.match(line):
                if lines:
                    block, day = self._block(lines, day)
                    yield from block
                lines, size = [], len(line)
            lines.append((position, line))
            self.stream.check_message(size)
        if lines:
            yield from self._block(lines, day)[0]

    def _block(
        self, lines: list[tuple[int, str]], day: WrittenDay | None
    ) -> tuple[list[_Block], WrittenDay | None]:
        """Return the message of these lines, if they hold one, and the day after them."""
        found = (_TABBED if self.tabbed else _SPACED).match(lines[0][1])
        last = _last_of_message(lines, found["text"] or "") if found else -1
        following = [
            read_moment(match["date"])
            for _, line in lines[last + 1 :]
            if (match := _DATE.match(line))
        ]
        next_day = next((head.day for head in reversed(following) if head), day)
        if found is None:
            return [], next_day
        if self.tabbed and found["text"] is None:
            return [_Block(day, found["clock"], "", found["name"], 0)], next_day
        text = "\n".join([found["text"], *(line for _, line in lines[1 : last + 1])])
        name = found["name"].strip(MARKS + " ") if self.tabbed else ""
        start = lines[0][0] + found.start("text")
        return [_Block(day, found["clock"], name, text.rstrip(), start)], next_day


def _last_of_message(lines: list[tuple[int, str]], first: str) -> int:
    """Return the last line that belongs to the message which begins on the first one."""
    if first.startswith('"'):
        closed = [at for at, (_, line) in enumerate(lines) if at and line.rstrip().endswith('"')]
        if closed:
            return closed[-1]
    for at, (_, line) in enumerate(lines):
        if at and _DATE.match(line):
            return at - 1
    return len(lines) - 1

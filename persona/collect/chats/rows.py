"""Rows of a table, or objects of a JSON file, → messages: see `persona.collect.chats.fields`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from persona.collect.chats.fields import Part, is_own, part_of
from persona.collect.chats.heads import YEAR_FIRST, DateOrder, WrittenDay, find_order, read_moment
from persona.collect.chats.messages import UNSURE_ORDER, ChatExport, ChatMessage, from_unix
from persona.collect.importer import Request
from persona.collect.selectors import Selector

_OWNER = {"WeChat": "我"}


class Row(NamedTuple):
    """One row: its cells by field, and how its words are pointed to."""

    cells: Mapping[str, str]
    span: Callable[[int, int], Selector]
    files: tuple[str, ...] = ()


@dataclass
class RowChat:
    """A file of rows, which can be read again and again."""

    program: str
    rows: Callable[[], Iterator[Row]]
    details: dict[str, Any]
    chatlab: bool = False
    order: DateOrder = YEAR_FIRST
    owner_is_shown_as_other: bool = False

    def export(self, request: Request) -> ChatExport:
        """Go through the rows once, for the order of dates and the owner's name."""
        days: list[WrittenDay] = []
        own: set[str] = set()
        others: set[str] = set()
        for row in self.rows():
            part = self._part(row)
            if part.end > part.start:
                (own if self._own(row) else others).add(row.cells["sender"])
            words = row.cells["time"]
            if _iso(words) is None and not _is_number(words):
                head = read_moment(words)
                if head is not None and (not days or days[-1] != head.day):
                    days.append(head.day)
        self.owner_is_shown_as_other = bool(own & others)
        self.order = find_order(days, request.rule.day_first) if days else YEAR_FIRST
        details = self.details | {"system_lines": 0}
        export = ChatExport(self.program, lambda: self._messages(export), details)
        export.sure_dates = self.order.sure
        export.owner = next(iter(own)) if len(own) == 1 and not own & others else ""
        if not self.order.sure:
            export.warnings.append(UNSURE_ORDER)
        return export

    def _messages(self, export: ChatExport) -> Iterator[ChatMessage]:
        system_lines = 0
        for row in self.rows():
            message = self._message(row, export)
            if message is None:
                system_lines += 1
            else:
                yield message
        export.details["system_lines"] = system_lines

    def _message(self, row: Row, export: ChatExport) -> ChatMessage | None:
        cells, own = row.cells, self._own(row)
        text, part = cells["text"], self._part(row)
        sender = self._sender(cells["sender"], own) or cells["account"]
        if part.notice or not sender:
            return None
        at, edtf = self._when(cells["time"])
        if cells["room"] == "1" or cells["chat"].endswith("@chatroom"):
            export.chat(cells["chat"]).group = True
        if cells["title"]:
            export.chat(cells["chat"]).title = cells["title"]
        inner = text[part.start : part.end].lstrip()
        start = part.end - len(inner)
        inner = inner.rstrip()
        return ChatMessage(
            part.who or sender,
            inner,
            row.span(start, start + len(inner)) if inner else None,
            at,
            edtf,
            cells["written"] or ("" if _is_number(cells["time"]) else cells["time"]),
            cells["chat"],
            part.who or ("" if cells["account"] == sender else cells["account"]),
            own,
            cells["id"],
            cells["reply"],
            row.files,
            part.omitted and not row.files,
            heard=self.program if part.heard else "",
        )

    def _part(self, row: Row) -> Part:
        """Return what of the row's text somebody wrote."""
        cells = row.cells
        return part_of(
            cells["text"],
            cells["type"],
            cells["subtype"],
            chatlab=self.chatlab,
            tagged=self.program == "WeChat" and not self._own(row),
        )

    def _own(self, row: Row) -> bool:
        return is_own(row.cells["own"]) or row.cells["type"].casefold() == "outgoing"

    def _sender(self, name: str, own: bool) -> str:
        """Return who sent it; some exporters show the other one's name on the owner's rows."""
        if own and (self.owner_is_shown_as_other or not name):
            return _OWNER.get(self.program, "Me")
        return name

    def _when(self, words: str) -> tuple[datetime | None, str | None]:
        if _is_number(words):
            return from_unix(float(words))
        moment = _iso(words)
        if moment is not None:
            edtf = moment.replace(microsecond=0).isoformat().replace("+00:00", "Z")
            return moment.replace(tzinfo=None, microsecond=0), edtf
        head = read_moment(words)
        at = self.order.moment(head) if head is not None else None
        if at is None:
            return None, None
        return at, at.isoformat() if self.order.sure else f"{at:%Y-%m-%d}?"


def is_moment(words: str) -> bool:
    """Tell whether a cell says a day, and not the seconds of a recording."""
    return _is_number(words) or _iso(words) is not None or read_moment(words) is not None


def _is_number(words: str) -> bool:
    return words.replace(".", "", 1).isdigit() and len(words) >= 9


def _iso(words: str) -> datetime | None:
    """Read ISO 8601 with a clock, such as 2024-10-04 11:42:00 or 2024-10-04T11:42:00Z."""
    if words[4:5] != "-" or len(words) < 16:
        return None
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        return None

"""WhatsApp's exported text, and other exports whose lines look the same (Signal).

    30/01/19, 20:49 - Ruth: words          Android, day first     (or month first, or year first)
    [30.01.19, 20:49:11] Ruth: words       iPhone                 (or 8:49 PM, 8:49 p. m., 下午8:49)
    and a second line of the same message
    [2019-01-30 20:49:11] Me: words        Signal, by signal-export (Markdown)

If neither a number above 12 nor the order of the messages tells the order of day and month, the
dates are marked uncertain (``2019-02-01?``) and a warning says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from persona.collect.chats.heads import (
    SPACES,
    YEAR_FIRST,
    DateOrder,
    Head,
    WrittenDay,
    find_order,
    read_head,
)
from persona.collect.chats.messages import MARKS, ChatExport, ChatMessage
from persona.collect.chats.notices import Words, names_nobody, words_of
from persona.collect.chats.reading import read_chat
from persona.collect.decoding import decode_head
from persona.collect.importer import Reading, Request
from persona.collect.selectors import text_span
from persona.collect.text_stream import TextStream, open_text
from persona.records import SourceKind

_NAME = re.compile(rf"[{MARKS}]*(?P<name>[^:\n]{{1,80}}?):(?:{SPACES}|[{MARKS}]|$)")
_GROUP = re.compile(
    r"created (?:this )?group|创建了|建立了|群组|群組|added you|were added|joined using|this group"
    r"|hat die Gruppe|creó el grupo|a créé le groupe|criou (?:o |este )?grupo",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?:\s*>[^\n]*(?:\n|$))+")
_AFTERWARDS = re.compile(
    r"\s*(?:\n\(- .* -\)\s*|!?\[(?P<name>[^\]\n]*)\]\((?P<file>[^)\n]+)\)\s*)$"
)


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A head and what follows it, before it is known what of that somebody wrote."""

    head: Head
    name: str
    text: str
    start: int


class WhatsAppText:
    """Reads WhatsApp's text export, and Signal's."""

    name = "whatsapp"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for message heads on the first lines."""
        text = decode_head(head[:20_000])
        lines = [line for line in text.split("\n") if line.strip(MARKS + " \t")][:8]
        heads = [read_head(line) is not None for line in lines]
        return any(heads[:2]) or sum(heads) >= 3

    def read(self, request: Request) -> Reading:
        """Read every message; lines of the program and bare attachments are only counted."""
        stream = open_text(request.path, request.name)
        chat = _TextChat(stream, markdown=request.relative.lower().endswith(".md"))
        return read_chat(request, chat.export(request))


def raw_messages(stream: TextStream) -> Iterator[RawMessage]:
    """Yield everything that has a head; ``name`` is empty on the program's own lines.

    Raises:
        UnreadableSource: a message is longer than any message can be.
    """
    head: Head | None = None
    start, size = 0, 0
    lines: list[str] = []
    for position, line in stream.lines():
        found = read_head(line)
        if found is None:
            size += len(line) + 1
            if head is not None:
                lines.append(line)
            if head is not None:
                stream.check_message(size)
            continue
        if head is not None:
            yield _raw(head, "\n".join(lines) if len(lines) > 1 else lines[0], start)
        head, lines, start, size = found, [line[found.end :]], position + found.end, len(line)
    if head is not None:
        yield _raw(head, "\n".join(lines), start)


def _raw(head: Head, text: str, start: int) -> RawMessage:
    named = _NAME.match(text)
    if named is None or names_nobody(named["name"]):
        return RawMessage(head, "", text, start)
    end = named.end() - (text[named.end() - 1] in MARKS)
    name = named["name"].strip(MARKS + " \u00a0\u202f~")
    return RawMessage(head, name, text[end:], start + end)


@dataclass
class _TextChat:
    """One text export: the order of its dates is found first, then its messages are read."""

    stream: TextStream
    markdown: bool
    order: DateOrder = YEAR_FIRST
    places: list[dict[str, str | None]] = field(default_factory=list)

    def export(self, request: Request) -> ChatExport:
        """Go through the file once for its dates and return what can be read."""
        days: list[WrittenDay] = []
        for _, line in self.stream.lines():
            head = read_head(line)
            if head is not None and (not days or head.day is not days[-1]):
                days.append(head.day)
        self.order = find_order(days, request.rule.day_first)
        program = "Signal" if self.markdown else "WhatsApp"
        details = {
            "encoding": self.stream.encoding,
            "date_order": self.order.order,
            "system_lines": 0,
            "locations": self.places,
        }
        export = ChatExport(program, lambda: self._messages(export), details)
        export.sure_dates = self.order.sure
        export.chat("").title = _title(request)
        if not self.order.sure:
            export.warnings.append(_doubt(self.order))
        return export

    def _messages(self, export: ChatExport) -> Iterator[ChatMessage]:
        system_lines = 0
        self.places.clear()
        for raw in raw_messages(self.stream):
            words = self._words(raw.text) if raw.name else Words(0, 0, notice=True)
            if words.notice:
                system_lines += 1
                export.chat("").group |= _GROUP.search(raw.text) is not None
                continue
            at = self.order.moment(raw.head)
            edtf = None
            if at is not None:
                edtf = at.isoformat() if self.order.sure else f"{at:%Y-%m-%d}?"
            if words.place:
                self.places.append({"by": raw.name, "at": edtf, "place": words.place})
            start, end = raw.start + words.start, raw.start + words.end
            yield ChatMessage(
                raw.name,
                raw.text[words.start : words.end],
                text_span(start, end),
                at,
                edtf,
                raw.head.words,
                files=words.files,
                omitted=words.omitted,
            )
        export.details["system_lines"] = system_lines

    def _words(self, text: str) -> Words:
        return _signal_words(text) if self.markdown else words_of(text)


def _signal_words(text: str) -> Words:
    """Leave out what signal-export puts around a message: a quoted one, files, reactions."""
    if text.strip() in {"(This message was deleted)", ""}:
        return Words(0, 0, omitted=True)
    quoted = _QUOTED.match(text)
    start, end = quoted.end() if quoted else 0, len(text)
    files: list[str] = []
    while (tail := _AFTERWARDS.search(text, start, end)) is not None and tail.start() < end:
        end = tail.start()
        files[:0] = [tail["file"].rsplit("/", 1)[-1]] if tail["file"] else []
    inner = text[start:end].lstrip(MARKS + " \t\n")
    start = end - len(inner)
    return Words(start, start + len(inner.rstrip(MARKS + " \t\n")), tuple(files))


def _title(request: Request) -> str:
    """Return the chat's name: an iPhone's ``_chat.txt`` has only that of its zip."""
    path = PurePosixPath(request.relative)
    if path.stem.casefold() in {"_chat", "chat", "index"}:
        path = path.parent
    stem = path.name.removesuffix(".zip").removesuffix(".txt").removesuffix(".md")
    named = re.fullmatch(r"(?:WhatsApp Chat (?:with|-) |与|與)?(.*?)(?:的 ?WhatsApp ?.{2})?", stem)
    return (named[1] if named else stem).strip()


def _doubt(order: DateOrder) -> str:
    if order.order == "dmy":
        return (
            "The order of day and month cannot be told from this chat; day first was assumed "
            "and its dates are marked uncertain. Say day_first = true or false in people.toml."
        )
    return "Some dates of this chat do not exist; its dates are marked uncertain."

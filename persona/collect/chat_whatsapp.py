"""WhatsApp's exported text: ``_chat.txt`` or "WhatsApp Chat with ….txt".

    30/01/19, 20:49 - Ruth: words          Android, day first     (or month first, or year first)
    [30.01.19, 20:49:11] Ruth: words       iPhone                 (or 8:49 PM, 8:49 p. m., 下午8:49)
    and a second line of the same message

The order of day and month is not in the file. It is found over the whole of it: a number above
12 decides, else the order in which the messages stay in time order. If neither tells, the dates
are marked uncertain (``2019-02-01?``) and a warning says so.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from persona.collect.decoding import decode, decode_head
from persona.collect.importer import Reading, Request
from persona.collect.language import guess_language
from persona.collect.selectors import text_span
from persona.errors import UnreadableSource
from persona.records import SourceKind

_MARKS = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_SPACES = r"[ \u00a0\u202f\u2009]"
_HALF = r"a\.?[ \u00a0\u202f]?m\.?|p\.?[ \u00a0\u202f]?m\.?|上午|下午|凌晨|早上|中午|晚上|午前|午後"
_DATE = (
    rf"(?P<a>\d{{1,4}}){_SPACES}?(?P<mark>[./\-年]){_SPACES}?(?P<b>\d{{1,2}})"
    rf"{_SPACES}?[./\-月]{_SPACES}?(?P<c>\d{{1,4}})日?\.?"
)
_TIME = (
    rf"(?P<before>{_HALF})?{_SPACES}?(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}}))?{_SPACES}?(?P<after>{_HALF})?"
)
_HEAD = re.compile(
    rf"^[{_MARKS}]*(?:(?P<open>\[){_DATE},?{_SPACES}+{_TIME}\]{_SPACES}?"
    rf"|{_DATE.replace('?P<', '?P<d')},?{_SPACES}+{_TIME.replace('?P<', '?P<d')}"
    rf"{_SPACES}[-–]{_SPACES})",
    re.IGNORECASE,
)
_NAME = re.compile(rf"^[{_MARKS}]*(?P<name>[^:\n]{{1,80}}?):(?:{_SPACES}|$)")
_SYSTEM = re.compile(
    r"end-to-end encrypted|created group|created this group|changed (?:the|this|their|to)\b"
    r"|\badded\b.*\bto\b|security code|joined using|[“\"].*[”\"]",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    rf"^[{_MARKS}]*(?:<[^<>\n]*(?:omitted|weggelassen|omitido|omis|omessi|省略|略过|忽略)[^<>\n]*>"
    r"|(?:image|video|audio|sticker|GIF|document|Contact card|media|voice message)s? omitted"
    r"|(?:图像|图片|视频|音频|语音|贴图|文件|文档)(?:已省略|已忽略|省略|忽略)"
    r"|(?:This message was deleted|You deleted this message|此消息已删除|您删除了此消息)\.?"
    rf")[{_MARKS}]*$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    rf"^[{_MARKS}]*(?:<(?:attached|附件|adjunto|angehängt|pièce jointe)\s*[:：]"
    r"\s*(?P<new>[^<>\n]+)>"
    r"|(?P<old>[^\n/]{1,120}\.\w{2,5}) "
    r"\((?:file attached|文件附件|Datei angehängt|archivo adjunto)\))",
    re.IGNORECASE,
)
_EDITED = re.compile(rf"[{_MARKS}]*<(?:This message was edited|此消息已编辑)>[{_MARKS}]*$", re.I)
_GAP = timedelta(hours=6)
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}


@dataclass(frozen=True)
class Message:
    """One message, or one line of the program (``name`` is empty)."""

    numbers: tuple[int, int, int]
    year_first: bool
    dotted: bool
    clock: tuple[int, int, int]
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class DateOrder:
    """How dates of a file are read, and whether the file itself proves it."""

    order: str
    sure: bool

    def moment(self, message: Message) -> datetime:
        """Return when a message was sent, in the phone's own time. Raises ValueError."""
        year, month, day = (message.numbers[place] for place in _ORDERS[self.order])
        return datetime(year + (2000 if year < 100 else 0), month, day, *message.clock)


class WhatsAppText:
    """Reads WhatsApp's text export."""

    name = "whatsapp"
    kinds = (SourceKind.CHAT,)

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for a message head on the first lines."""
        lines = [line for line in decode_head(head[:20_000]).split("\n") if line.strip()][:5]
        return any(_HEAD.match(line) for line in lines[:2]) or (
            sum(bool(_HEAD.match(line)) for line in lines) >= 3
        )

    def read(self, request: Request) -> Reading:
        """Read every message; lines of the program and bare attachments are only counted."""
        decoded = decode(request.path.read_bytes(), request.name)
        messages = list(parse(decoded.text))
        spoken = [message for message in messages if message.name]
        if not spoken:
            raise UnreadableSource(f"{request.relative} holds no messages that can be read.")
        order = find_order(messages, request.rule.day_first)
        reading = Reading(
            SourceKind.CHAT,
            details={
                "encoding": decoded.encoding,
                "date_order": order.order,
                "system_lines": len(messages) - len(spoken),
                "media_omitted": 0,
                "attachments": [],
                "people": sorted({message.name for message in spoken}),
            },
        )
        _add_messages(reading, request, decoded.text, spoken, order)
        _describe(reading, request, spoken, order)
        return reading


def parse(text: str) -> Iterator[Message]:
    """Yield messages with the positions of their words; empty words have start == end."""
    heads: list[tuple[int, re.Match[str]]] = []
    position = 0
    for line in text.split("\n"):
        match = _HEAD.match(line)
        if match is not None and _possible(match):
            heads.append((position, match))
        position += len(line) + 1
    for index, (start, match) in enumerate(heads):
        end = heads[index + 1][0] - 1 if index + 1 < len(heads) else len(text)
        yield _message(text, start, end, match)


def find_order(messages: Sequence[Message], day_first: bool | None = None) -> DateOrder:
    """Find the order of day, month and year over a whole file.

    Args:
        messages: all messages in the order of the file.
        day_first: what the family says, used only where the file does not tell.
    """
    if messages and all(message.year_first for message in messages):
        return DateOrder("ymd", True)
    possible = [order for order in ("dmy", "mdy") if _valid(messages, order)]
    if not possible and _valid(messages, "ymd"):
        return DateOrder("ymd", True)
    if not possible:
        possible = ["dmy", "mdy"]  # some lines are damaged: the order that breaks fewer
        possible.sort(key=lambda order: sum(not _valid([one], order) for one in messages))
        return DateOrder(possible[0], False)
    if len(possible) == 1:
        return DateOrder(possible[0], True)
    if messages and all(message.dotted for message in messages) and "dmy" in possible:
        return DateOrder("dmy", True)
    backward = {order: _steps_back(messages, order) for order in possible}
    fewest = min(backward.values())
    best = [order for order in possible if backward[order] == fewest]
    if len(best) == 1:
        return DateOrder(best[0], True)
    wanted = "dmy" if day_first is None or day_first else "mdy"
    return DateOrder(wanted if wanted in best else best[0], day_first is not None)


def _possible(match: re.Match[str]) -> bool:
    part = _parts(match)
    years = [len(part[name]) for name in "ac"]
    clock_fits = int(part["hour"]) < 24 and int(part["minute"]) < 60
    return clock_fits and (years[0] in {1, 2, 4}) and (years[1] in {1, 2, 4}) and years != [4, 4]


def _parts(match: re.Match[str]) -> dict[str, str]:
    prefix = "" if match["open"] else "d"
    names = ("a", "b", "c", "mark", "before", "hour", "minute", "second", "after")
    return {name: match[prefix + name] or "" for name in names}


def _message(text: str, start: int, end: int, match: re.Match[str]) -> Message:
    part = _parts(match)
    begin = start + match.end()
    named = _NAME.match(text[begin : min(end, begin + 120)].split("\n", 1)[0])
    name = ""
    if named is not None and not _SYSTEM.search(named["name"]):
        name = named["name"].strip(_MARKS + " \u00a0\u202f~")
        begin += named.end()
    words = text[begin:end].lstrip(_MARKS + " \t\n")
    begin = max(begin, end - len(words))
    edited = _EDITED.search(words)
    kept = (words[: edited.start()] if edited else words).rstrip(_MARKS + " \t\n")
    return Message(
        numbers=(int(part["a"]), int(part["b"]), int(part["c"])),
        year_first=len(part["a"]) == 4,
        dotted=part["mark"] == ".",
        clock=_clock(part),
        name=name,
        start=begin,
        end=begin + len(kept),
    )


def _clock(part: dict[str, str]) -> tuple[int, int, int]:
    hour = int(part["hour"])
    half = (part["before"] or part["after"]).lower()
    if half.startswith("p") or half in {"下午", "晚上", "午後", "中午"}:
        hour = hour + 12 if hour < 12 and not (half == "中午" and hour == 11) else hour
    elif (half.startswith("a") or half in {"上午", "凌晨", "早上", "午前"}) and hour == 12:
        hour = 0
    return hour, int(part["minute"]), min(59, int(part["second"] or 0))


def _valid(messages: Iterable[Message], order: str) -> bool:
    guess = DateOrder(order, False)
    try:
        for message in messages:
            guess.moment(message)
            if order == "ymd" and message.numbers[2] > 31:
                return False
    except ValueError:
        return False
    return True


def _steps_back(messages: Sequence[Message], order: str) -> int:
    """Count how often time runs backwards by more than a day in this order."""
    moments = [DateOrder(order, False).moment(message) for message in messages]
    return sum(later < earlier - timedelta(days=1) for earlier, later in pairwise(moments))


def _add_messages(
    reading: Reading, request: Request, text: str, spoken: Sequence[Message], order: DateOrder
) -> None:
    others = _partners(request, spoken)
    unit, last = "", None
    for message in spoken:
        moment = _moment(message, order)
        if moment is not None and (last is None or _new_unit(unit, last, moment)):
            unit = f"{moment:%Y-%m-%dT%H%M}"
        last = moment or last
        start = _after_attachment(reading, text, message)
        words = text[start : message.end]
        if not words.strip():
            continue
        if _MEDIA.match(words):
            reading.details["media_omitted"] += 1
            continue
        person = request.book.person_for(message.name)
        reading.add(
            request,
            text_span(start, message.end),
            words,
            unit or "undated",
            speaker_id=person.id if person else None,
            speaker_name=message.name,
            speaker_confidence=1.0 if person else 0.0,
            addressee_id=others.get(message.name),
            created_edtf=_edtf(moment, order),
            created_words=moment.isoformat(" ", "minutes") if moment else "",
            language=guess_language(words, request.book.languages),
        )


def _moment(message: Message, order: DateOrder) -> datetime | None:
    try:
        return order.moment(message)
    except ValueError:
        return None


def _edtf(moment: datetime | None, order: DateOrder) -> str | None:
    if moment is None:
        return None
    return moment.isoformat() if order.sure else f"{moment:%Y-%m-%d}?"


def _new_unit(unit: str, last: datetime, moment: datetime) -> bool:
    """A pause of six hours ends a unit; so does midnight, once a unit has lasted a day."""
    began = datetime.strptime(unit, "%Y-%m-%dT%H%M") if unit else moment
    return abs(moment - last) > _GAP or (
        moment.date() != last.date() and moment - began > timedelta(days=1)
    )


def _after_attachment(reading: Reading, text: str, message: Message) -> int:
    """Return where the words begin after the name of an attached file, which is noted."""
    words = text[message.start : message.end]
    found = _ATTACHED.match(words)
    if found is None:
        return message.start
    file = (found["new"] or found["old"]).strip(_MARKS + " ")
    reading.details["attachments"].append({"file": file, "by": message.name})
    rest = words[found.end() :]
    return message.start + found.end() + len(rest) - len(rest.lstrip(_MARKS + " \n\t"))


def _partners(request: Request, spoken: Sequence[Message]) -> dict[str, str | None]:
    """In a chat of two, each one writes to the other."""
    names = sorted({message.name for message in spoken})
    if len(names) != 2:
        return {}
    found = [request.book.person_for(name) for name in names]
    ids = [person.id if person else None for person in found]
    return {names[0]: ids[1], names[1]: ids[0]}


def _describe(
    reading: Reading, request: Request, spoken: Sequence[Message], order: DateOrder
) -> None:
    moments = sorted(one for one in (_moment(m, order) for m in spoken) if one)
    if moments and order.sure:
        first, last = moments[0].date().isoformat(), moments[-1].date().isoformat()
        reading.created_edtf = first if first == last else f"{first}/{last}"
    if not order.sure:
        reading.warnings.append(
            "The order of day and month cannot be told from this chat; day first was assumed "
            "and its dates are marked uncertain. Say day_first = true or false in people.toml."
            if order.order == "dmy"
            else "Some dates of this chat do not exist; its dates are marked uncertain."
        )
    names = {message.name for message in spoken}
    unknown = sorted(name for name in names if request.book.person_for(name) is None)
    if unknown:
        reading.warnings.append(
            f"Who is this? Add [[speakers]] to people.toml for: {', '.join(unknown)}."
        )

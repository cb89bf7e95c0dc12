"""What every messenger's export comes down to: messages, in chats, told apart by who sent them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from persona.collect.selectors import Selector

_EPOCH = datetime(1970, 1, 1)
_LATEST = 1e21
_FAR = 10**11

OWNER_WORDS = frozenset(
    "me you i myself 我 自己 本人 私 自分 ich du yo tú tu moi toi vous io eu você ik jij ja".split()
)
"""What exports call the one from whose telephone they come, instead of a name."""

UNSURE_ORDER = (
    "The order of day and month cannot be told from this chat; say day_first in people.toml."
)

MARKS = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Marks without width that exports put around names and words."""


class ChatMessage(NamedTuple):
    """One message that somebody sent.

    Attributes:
        sender: the name that the export shows.
        text: the words, exactly those that ``selector`` spans; empty for a bare photo or voice.
        selector: None when there are no words.
        at: when it was sent; without a zone, in one clock for a whole file.
        edtf: the same as EDTF, with the zone where the export tells it.
        written_at: the date as the export writes it.
        chat: key of the chat in an export of many; see `ChatExport.chats`.
        account: the sender's number or id in the program; empty when it is not told.
        own: whether the owner of the export sent it, where the export says so.
        files: names of attached files.
        omitted: something was sent that is not in the export.
        author: who wrote forwarded words; empty: the sender did.
        heard: the program that wrote down a spoken message; empty: the words were written.
    """

    sender: str
    text: str = ""
    selector: Selector | None = None
    at: datetime | None = None
    edtf: str | None = None
    written_at: str = ""
    chat: str = ""
    account: str = ""
    own: bool = False
    message_id: str = ""
    reply_to: str = ""
    files: tuple[str, ...] = ()
    omitted: bool = False
    author: str = ""
    heard: str = ""


@dataclass
class Chat:
    """A conversation. ``private`` and ``group``: what the export says; both False: nothing."""

    title: str = ""
    private: bool = False
    group: bool = False
    partner: str = ""


@dataclass
class ChatExport:
    """One exported file: its messages, which can be read again and again, and its chats.

    ``chats`` and ``details`` are complete once the messages have been read for the first time.
    """

    program: str
    messages: Callable[[], Iterator[ChatMessage]]
    details: dict[str, Any]
    chats: dict[str, Chat] = field(default_factory=dict)
    owner: str = ""
    sure_dates: bool = True
    warnings: list[str] = field(default_factory=list)

    def chat(self, key: str) -> Chat:
        """Return the chat with this key."""
        return self.chats.setdefault(key, Chat())


def from_unix(seconds: float) -> tuple[datetime | None, str | None]:
    """Return a moment in UTC (without zone) and its EDTF; milli- and microseconds are noticed."""
    if not abs(seconds) < _LATEST:  # infinite, no number, or in no calendar
        return None, None
    while abs(seconds) > 1e11:
        seconds /= 1000
    try:
        moment = datetime.fromtimestamp(int(seconds // 1), UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError):
        return None, None
    return moment, f"{moment.isoformat()}Z"


def with_zone(local: str, unix: str) -> tuple[datetime | None, str | None]:
    """Return a moment whose local time and Unix time are both told, with the zone between them.

    Args:
        local: ``2023-01-15T10:30:00``, or nothing.
        unix: seconds since 1970, or nothing.
    """
    try:
        moment = datetime.fromisoformat(local)
        seconds = int(unix) if unix else None
    except ValueError:
        told = re.fullmatch(r"-?\d{1,20}", unix)
        return from_unix(int(unix)) if told else (None, None)
    if moment.tzinfo is not None or moment.microsecond:
        moment = moment.replace(tzinfo=None, microsecond=0)
    if seconds is None or abs(seconds) > _FAR:
        return moment, moment.isoformat()
    return moment, moment.isoformat() + _zone(moment - _EPOCH - timedelta(seconds=seconds))


@lru_cache(maxsize=256)
def _zone(offset: timedelta) -> str:
    """Return ``+01:00`` or ``Z``; nothing when no place on earth has this offset."""
    if abs(offset) > timedelta(hours=15) or offset % timedelta(minutes=15):
        return ""
    minutes = int(offset.total_seconds()) // 60
    return (
        f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
        if minutes
        else "Z"
    )

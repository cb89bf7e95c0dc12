"""What one pass over a chat tells: names, days, files; and who each name is."""

from dataclasses import dataclass, field
from datetime import datetime

from persona.collect.chats.messages import OWNER_WORDS, ChatMessage
from persona.collect.importer import Request
from persona.records import Person


@dataclass
class Survey:
    """What one pass over all messages tells."""

    senders: dict[str, dict[str, bool]] = field(default_factory=dict)
    accounts: dict[str, set[str]] = field(default_factory=dict)
    first: datetime | None = None
    last: datetime | None = None
    dated: bool = False
    messages: int = 0
    passages: int = 0
    omitted: int = 0
    forwarded: set[str] = field(default_factory=set)
    attached: list[tuple[ChatMessage, int]] = field(default_factory=list)
    forward: int = 0
    backward: int = 0

    def add(self, message: ChatMessage) -> None:
        """Count one message."""
        self.messages += 1
        self.senders.setdefault(message.chat, {})[message.sender] = message.own
        if message.account:
            self.accounts.setdefault(message.sender, set()).add(message.account)
        if message.author:
            self.forwarded.add(message.author)
        if message.files:
            self.attached.append((message, self.passages))
        self.omitted += message.omitted
        self.passages += bool(message.text)
        if message.at is not None:
            self._date(message.at)

    def _date(self, at: datetime) -> None:
        self.dated = True
        if self.first is None or self.last is None:
            self.first = self.last = at
            return
        self.forward += at > self.last
        self.backward += at < self.first
        self.first, self.last = min(self.first, at), max(self.last, at)

    @property
    def newest_first(self) -> bool:
        """Tell whether the file runs from the newest message to the oldest."""
        return self.backward > self.forward

    def place(self, number: int) -> int:
        """Return the position of the passage that is the n-th in the file."""
        return self.passages - 1 - number if self.newest_first else number


class Senders:
    """Who a name of the export is; every name is looked up once."""

    def __init__(self, request: Request, survey: Survey) -> None:
        self._book, self._narrator = request.book, request.rule.narrator
        self._shared = {name for name, ids in survey.accounts.items() if len(ids) > 1}
        self._found: dict[tuple[str, str, bool], tuple[Person | None, str]] = {}

    def of(self, message: ChatMessage) -> tuple[Person | None, str]:
        """Return the sender of a message, and the name by which a person can be asked for."""
        return self.named(message.sender, message.account, message.own)

    def share(self, name: str) -> bool:
        """Tell whether two accounts of the export show this name."""
        return name in self._shared

    def named(self, name: str, account: str = "", own: bool = False) -> tuple[Person | None, str]:
        """Return who a name is, and the name, with the account where two people share it."""
        key = (name, account, own)
        if key not in self._found:
            self._found[key] = self._look(name, account, own)
        return self._found[key]

    def _look(self, name: str, account: str, own: bool) -> tuple[Person | None, str]:
        shared = name in self._shared and bool(account)
        shown = f"{name} ({account})" if shared else name
        if own and self._narrator:
            return self._book.person(self._narrator), shown
        found = self._book.person_for(shown) or self._book.person_for(account)
        if found is None and name.casefold() in OWNER_WORDS and self._narrator:
            found = self._book.person(self._narrator)
        return found, shown

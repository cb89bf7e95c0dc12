"""Mail: one message a unit; who sent it, to whom and when its headers say.

    From  → speaker, if name and address mean one person    Date → EDTF, with offset
    To    → addressee, if it is one person                  body → own words (`mail_parts`)

What a sender quotes is not theirs: it is the quoted person's if the mail names them, else
nobody's. What stands elsewhere in the same mailbox is not kept twice. A signature that means
somebody else than the sender (a shared address) makes the words nobody's: a person decides.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from persona.collect.dates import find_date, valid_edtf
from persona.collect.importer import Reading, Request, passage
from persona.collect.language import guess_language
from persona.collect.selectors import message_span
from persona.collect.writing.letters_text import Letter, addressee_of, span_of, take_apart
from persona.collect.writing.mail_parts import Part, parts_of
from persona.collect.writing.mailbox import Address, Mail, is_mail, is_mailbox, mails_in
from persona.collect.writing.paragraphs import Block, blocks
from persona.errors import UnreadableSource
from persona.records import Passage, PassageFields, Person, SourceKind

WHOLE_BYTES = 32 * 2**20
"""Size of a mailbox from which its messages are streamed rather than held in memory."""

LISTED = 200
"""Messages and files of a mailbox that ``source.details`` names; the rest is counted."""

_SUFFIXES = frozenset({".eml", ".mbox", ".mbx", ".mht", ".txt", ".text", ""})


class MailFile:
    """Reads single mails and mailboxes."""

    name = "mail"
    kinds = (SourceKind.LETTER,)

    def recognises(self, head: bytes, name: str) -> bool:
        """Look for the headers of a message, or the first line of a mailbox."""
        return is_mail_file(head, name)

    def read(self, request: Request) -> Reading:
        """Read every message; one that cannot be read costs only itself."""
        large = request.path.stat().st_size > WHOLE_BYTES
        first = _Reader(request)
        found = [] if large else list(first.passages())
        if large:
            for _ in first.passages():
                pass
        if not first.count:
            raise UnreadableSource(f"{request.relative} holds no words to keep.")
        reading = Reading(SourceKind.LETTER, details=first.details())
        reading.passages = [Passage(**one.model_dump()) for one in found]
        if large:
            reading.stream = _Reader(request).passages()
        reading.dated = bool(first.dates)
        reading.speakers = frozenset(first.speakers)
        reading.created_edtf = span_of(sorted(first.dates))
        if len(first.messages) == 1:
            _describe_one(reading, first)
        elif len(first.senders) == 1:
            reading.narrator_id = next(iter(first.senders))
        reading.warnings += first.warnings()
        return reading


def is_mail_file(head: bytes, name: str) -> bool:
    """Tell whether a file is a mail or a mailbox, by its first bytes and its name's end."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in _SUFFIXES:
        return False
    return is_mailbox(head) or is_mail(head)


def _describe_one(reading: Reading, read: "_Reader") -> None:
    only = read.messages[0]
    reading.title = only["subject"]
    reading.created_words = only["date"]
    reading.created_edtf = next(iter(read.full_dates), None)
    reading.narrator_id = next(iter(read.senders), None) if len(read.senders) == 1 else None


@dataclass
class _Reader:
    """Reads the messages of one file in order, and remembers what the family should know."""

    request: Request
    count: int = 0
    dates: set[str] = field(default_factory=set)
    full_dates: list[str] = field(default_factory=list)
    speakers: set[str] = field(default_factory=set)
    senders: set[str | None] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    file_count: int = 0
    message_count: int = 0
    shared: int = 0
    _kept: set[bytes] = field(default_factory=set)

    def passages(self) -> Iterator[PassageFields]:
        """Yield the passages of every message."""
        with self.request.path.open("rb") as file:
            for mail in mails_in(file):
                yield from self._message(mail)

    def details(self) -> dict[str, Any]:
        """Return what ``source.details`` holds of the messages."""
        return {
            "messages": self.messages,
            "message_count": self.message_count,
            "attachments": self.files,
        }

    def warnings(self) -> list[str]:
        """Return a sentence for each thing that a person should look at."""
        said: list[str] = []
        if self.file_count:
            names = ", ".join(self.files[:5]) + (" …" if self.file_count > 5 else "")
            said.append(f"{self.file_count} files are attached ({names}) and are kept inside it.")
        if self.unknown:
            names = ", ".join(list(self.unknown)[:10])
            said.append(f"Who is this? Add [[speakers]] to people.toml for: {names}.")
        if self.shared:
            said.append(
                f"{self.shared} messages are signed by somebody else than their sender, so they "
                "are nobody's until you say whose."
            )
        return said

    def _message(self, mail: Mail) -> Iterator[PassageFields]:
        self.message_count += 1
        sender = next(iter(mail.addresses("From", "Sender")), Address("", ""))
        writer = self._person(sender)
        if not sender.shown and self.request.rule.narrator:
            writer = self.request.book.person(self.request.rule.narrator)
        body = mail.body
        parts = list(parts_of(body))
        letter = _own_letter(body, parts, self.request)
        if writer is not None and self._signed_by_another(letter, writer):
            self.shared += 1
            writer = None
        self._note(mail, sender, writer, letter)
        known = self._known(mail, sender, writer, letter)
        for block in letter.body:
            if block.has_words:
                yield self._passage(mail, block, f"message-{mail.number}", known)
        for part in parts:
            if part.role == "quoted":
                yield from self._quoted(mail, body, part)

    def _passage(self, mail: Mail, block: Block, unit: str, known: dict[str, Any]) -> PassageFields:
        self._kept.add(_digest(block.text))
        made = passage(
            self.request,
            self.count,
            message_span(mail.number, block.start, block.end),
            block.text,
            unit,
            language=guess_language(block.text, self.request.book.languages),
            **known,
        )
        self.count += 1
        if made.speaker_id:
            self.speakers.add(made.speaker_id)
        return made

    def _quoted(self, mail: Mail, body: str, part: Part) -> Iterator[PassageFields]:
        """Yield what a message quotes, if it does not stand elsewhere in the mailbox."""
        person = self._person(Address(part.who, part.address))
        found = find_date(part.when)
        known = {
            "speaker_id": person.id if person else None,
            "speaker_name": part.who or part.address,
            "speaker_confidence": 0.8 if person else 0.0,
            "created_edtf": found.edtf if found else None,
            "created_words": part.when[:200],
        }
        for block in blocks(body, part.start, part.end):
            if block.has_words and _digest(block.text) not in self._kept:
                yield self._passage(mail, block, f"message-{mail.number}-quoted", known)

    def _person(self, one: Address) -> Person | None:
        """Return the only person whom a name and an address mean together."""
        named = [self.request.book.person_for(words) for words in (one.name, one.address) if words]
        ids = {person.id: person for person in named if person is not None}
        return next(iter(ids.values())) if len(ids) == 1 else None

    def _signed_by_another(self, letter: Letter, writer: Person) -> bool:
        signed = self.request.book.person_called(letter.signature) if letter.signature else None
        return signed is not None and signed.id != writer.id

    def _known(
        self, mail: Mail, sender: Address, writer: Person | None, letter: Letter
    ) -> dict[str, Any]:
        """Return what is known of all own words of a message."""
        to = mail.addresses("To")
        edtf = _edtf(mail)
        addressee = self._addressee(to, letter, writer)
        words = ", ".join(one.shown for one in to)[:200]
        return {
            "speaker_id": writer.id if writer else None,
            "speaker_name": sender.shown,
            "speaker_confidence": 1.0 if writer else 0.0,
            "addressee_id": addressee.id if addressee else None,
            "addressee_words": words or (letter.salutation.name if letter.salutation else ""),
            "created_edtf": edtf,
            "created_words": mail.header("Date")[:100],
            "message_id": mail.header("Message-ID")[:250],
            "reply_to": mail.header("In-Reply-To")[:250],
        }

    def _addressee(
        self, to: Sequence[Address], letter: Letter, writer: Person | None
    ) -> Person | None:
        greeted = addressee_of(self.request, letter, writer)
        if self.request.rule.addressee or len(to) != 1:
            return greeted
        named = self._person(to[0])
        both = {one.id: one for one in (named, greeted) if one is not None}
        return next(iter(both.values())) if len(both) == 1 else None

    def _note(self, mail: Mail, sender: Address, writer: Person | None, letter: Letter) -> None:
        """Remember what is said of a message as a whole."""
        edtf = _edtf(mail)
        if edtf:
            self.dates.add(edtf[:10])
            self.full_dates = self.full_dates[:1] or [edtf]
        self.senders.add(writer.id if writer else None)
        if writer is None and self._person(sender) is None and sender.shown:
            self.unknown.setdefault(sender.shown, None)
        files = [one.name for one in mail.attachments()]
        self.file_count += len(files)
        self.files += files[: max(0, LISTED - len(self.files))]
        if len(self.messages) < LISTED:
            self.messages.append(
                {
                    "unit": f"{self.request.source_id}/message-{mail.number}",
                    "subject": mail.header("Subject")[:300],
                    "date": mail.header("Date")[:100],
                    "salutation": letter.salutation.words if letter.salutation else "",
                    "signature": letter.signature,
                }
            )


def _own_letter(body: str, parts: Sequence[Part], request: Request) -> Letter:
    """Take the sender's own words apart: salutation, paragraphs, signature."""
    own = [
        block
        for part in parts
        if part.role == "own"
        for block in blocks(body, part.start, part.end)
    ]
    return take_apart(own, request) if own else Letter()


def _edtf(mail: Mail) -> str | None:
    sent = mail.sent
    if sent is None or not 1970 < sent.year < 2200:
        return None
    text = sent.replace(microsecond=0).isoformat()
    return text if valid_edtf(text) else sent.date().isoformat()


def _digest(text: str) -> bytes:
    """Return what two copies of the same words share, quoted or not, however broken."""
    bare = re.sub(r"[\s>|｜]+", "", text)
    return hashlib.blake2b(bare.encode("utf-8", "surrogatepass"), digest_size=12).digest()

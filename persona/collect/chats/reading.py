"""A `ChatExport` → `Reading`: who is who, what belongs together, in two passes.

first pass   names, chats, first and last day, attachments      (small, whatever the file)
second pass  passages, one at a time: a list, or from `STREAM_FROM` messages on a stream
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from persona.collect.chats.messages import ChatExport, ChatMessage
from persona.collect.chats.survey import Senders, Survey
from persona.collect.importer import Reading, Request, passage
from persona.collect.language import guess_language
from persona.errors import UnreadableSource
from persona.records import Passage, PassageFields, Person, SourceKind, content_id

STREAM_FROM = 5_000
"""Messages. Fewer are simply a list; more are never in memory at the same time."""

_HEARD_BY_MACHINE = 0.8
_ENOUGH = 200
_REPORT_EVERY = 1000
_GAP = timedelta(hours=6)
_DAY = timedelta(days=1)


def read_chat(request: Request, export: ChatExport) -> Reading:
    """Make the reading of an export.

    Raises:
        UnreadableSource: it holds no message of anybody.
    """
    survey = Survey()
    for message in export.messages():
        survey.add(message)
    if not survey.messages:
        raise UnreadableSource(f"{request.relative} holds no messages that can be read.")
    people = Senders(request, survey)
    reading = Reading(SourceKind.CHAT, warnings=list(export.warnings), dated=survey.dated)
    reading.details = _details(request, export, survey, people)
    titles = {chat.title for chat in export.chats.values() if chat.title}
    reading.title = f"{export.program}: {titles.pop()}" if len(titles) == 1 else ""
    reading.created_edtf = _range(survey) if export.sure_dates else None
    unknown, known = _who(survey, people)
    reading.speakers = frozenset(person.id for person in known)
    if unknown:
        reading.warnings.append(
            f"Who is this? Add [[speakers]] to people.toml for: {', '.join(unknown)}."
        )
    stream = _passages(request, export, survey, people)
    if survey.messages >= STREAM_FROM:
        reading.stream = stream
    else:
        made = [Passage(**one.model_dump()) for one in stream]
        reading.passages = sorted(made, key=lambda one: one.position)
    return reading


def _who(survey: Survey, people: Senders) -> tuple[list[str], list[Person]]:
    """Return the names that nobody is known by, and the people who are known."""
    found = [people.named(name) for name in survey.forwarded]
    for senders in survey.senders.values():
        for name, own in senders.items():
            accounts = survey.accounts.get(name) or {""}
            found += [people.named(name, account, own) for account in accounts]
    unknown = sorted({shown for person, shown in found if person is None})
    return unknown, [person for person, _ in found if person is not None]


def _range(survey: Survey) -> str | None:
    if survey.first is None or survey.last is None:
        return None
    first, last = survey.first.date().isoformat(), survey.last.date().isoformat()
    return first if first == last else f"{first}/{last}"


def _details(
    request: Request, export: ChatExport, survey: Survey, people: Senders
) -> dict[str, Any]:
    attachments = [
        attachment
        for message, position in survey.attached
        for attachment in _attachments(request, message, survey.place(position), people)
    ]
    names = sorted({name for senders in survey.senders.values() for name in senders})
    details = export.details | {
        "program": export.program,
        "messages": survey.messages,
        "media_omitted": survey.omitted,
        "attachments": attachments,
        "people": names,
    }
    if len(survey.senders) > 1:
        details["chats"] = [
            {"chat": key, "title": export.chat(key).title, "people": sorted(senders)}
            for key, senders in survey.senders.items()
        ]
    return details


def _attachments(
    request: Request, message: ChatMessage, position: int, people: Senders
) -> Iterator[dict[str, Any]]:
    """Say which file belongs to which message: its passage, or the place where it would stand."""
    person, shown = people.of(message)
    words = (message.selector, message.text)
    for file in message.files:
        yield {
            "file": file,
            "by": shown,
            "speaker_id": person.id if person else None,
            "at": message.edtf,
            "message_id": message.message_id,
            "passage_id": content_id("psg", request.source_id, *words) if message.text else None,
            "position": position,
        }


def _passages(
    request: Request, export: ChatExport, survey: Survey, people: Senders
) -> Iterator[PassageFields]:
    addressees = _addressees(export, survey, people)
    language = _Languages(request.book.languages)
    units = _Units(many=len(survey.senders) > 1)
    number = 0
    for message in export.messages():
        unit = units.of(message)
        if not message.text or message.selector is None:
            continue
        person, shown = people.named(message.author) if message.author else people.of(message)
        to = None if message.author else addressees.get((message.chat, message.sender))
        yield passage(
            request,
            survey.place(number),
            message.selector,
            message.text,
            unit,
            speaker_id=person.id if person else None,
            speaker_name=shown,
            speaker_confidence=1.0 if person else 0.0,
            addressee_id=to,
            created_edtf=message.edtf,
            created_words=message.written_at,
            language=language.of(message.text),
            message_id=message.message_id,
            reply_to=message.reply_to,
            transcript_version=message.heard,
            text_confidence=_HEARD_BY_MACHINE if message.heard else 1.0,
        )
        number += 1
        if request.progress is not None and number % _REPORT_EVERY == 0:
            request.progress(number / survey.passages)


class _Languages:
    """Guesses languages by script alone; ASCII, the usual case, costs next to nothing."""

    def __init__(self, spoken: Sequence[str]) -> None:
        self._spoken = spoken
        self._latin = guess_language("a", spoken)

    def of(self, text: str) -> str:
        """Return ISO 639-1 of a message, or nothing."""
        if text.isascii():
            return self._latin if text.upper() != text.lower() else ""
        return guess_language(text[:_ENOUGH], self._spoken)


class _Units:
    """Groups messages: a pause of six hours ends a unit; so does midnight after a whole day."""

    def __init__(self, many: bool) -> None:
        self._many = many
        self._unit = ""
        self._began: datetime | None = None
        self._last: datetime | None = None
        self._chat: str | None = None

    def of(self, message: ChatMessage) -> str:
        """Return the unit of the next message."""
        at = message.at
        if message.chat != self._chat:
            self._chat, self._last = message.chat, None
            self._unit = self._name("undated") if at is None else self._unit
        if at is not None:
            if self._last is None or self._began is None or self._ends(at):
                self._began, self._unit = at, self._name(f"{at:%Y-%m-%dT%H%M}")
            self._last = at
        return self._unit

    def _ends(self, at: datetime) -> bool:
        assert self._last is not None
        assert self._began is not None
        if abs(at - self._last) > _GAP:
            return True
        return at.date() != self._last.date() and abs(at - self._began) > _DAY

    def _name(self, name: str) -> str:
        return f"{self._chat}/{name}" if self._many else name


def _addressees(
    export: ChatExport, survey: Survey, people: Senders
) -> dict[tuple[str, str], str | None]:
    """Say to whom each one writes: in a chat of two, to the other; in a group, to nobody alone."""
    found: dict[tuple[str, str], str | None] = {}
    for key, senders in survey.senders.items():
        chat = export.chat(key)
        if chat.group or (len(senders) != 2 and not chat.private):
            continue
        if any(people.share(name) for name in (*senders, chat.partner)):
            continue
        for name, own in senders.items():
            others = [(other, mine) for other, mine in senders.items() if other != name]
            if len(others) != 1:
                to_owner = not own and name == chat.partner
                others = [(export.owner, True) if to_owner else (chat.partner, False)]
            accounts = survey.accounts.get(others[0][0]) or {""}
            account = next(iter(accounts)) if len(accounts) == 1 else ""
            person, _ = people.named(others[0][0], account, others[0][1])
            found[key, name] = person.id if person else None
    return found

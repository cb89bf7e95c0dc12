"""What is put before the person's own words in training: who listens, and what was said before.

The prompt of an example says no fact that its passage's reader could not see beside it: the
listener, the form of address that belongs to this pair, the date and the place. People come from
a view, which has already named them as they may be named.
"""

from dataclasses import dataclass

from persona.engines.protocols import Message
from persona.records import Passage, Person, SourceKind
from persona.train.own_words import estimated_tokens

_SETTINGS = {
    SourceKind.LETTER: "You are writing a letter to {listener}.",
    SourceKind.BOOK: "You are writing a book.",
}
_TALKING = "You are talking with {listener}."


@dataclass(frozen=True)
class Occasion:
    """When and to whom the person spoke, and what others had just said."""

    kind: SourceKind
    first: Passage
    before: tuple[Passage, ...]
    listener: Person | None


def prompt_messages(occasion: Occasion, subject: Person, room: int) -> tuple[Message, Message]:
    """Return the system and the user message; the latter takes at most ``room`` tokens."""
    setting = _SETTINGS.get(occasion.kind, _TALKING).format(listener=_listener_words(occasion))
    system = f"You are {subject.name}. {setting}{_address_words(occasion.listener)}"
    user = _said_before(occasion.before, room) or _invitation(occasion)
    return Message(role="system", content=system), Message(role="user", content=user)


def _listener_words(occasion: Occasion) -> str:
    listener = occasion.listener
    if listener is None:
        return occasion.first.addressee_words or "somebody"
    relation = f", your {listener.relation}" if listener.relation else ""
    return f"{listener.name}{relation}"


def _address_words(listener: Person | None) -> str:
    if listener is None or not listener.called_by_subject:
        return ""
    return f" You call them {' or '.join(listener.called_by_subject)}."


def _said_before(before: tuple[Passage, ...], room: int) -> str:
    """Return the latest words of others that fit, oldest first."""
    taken: list[str] = []
    for said in reversed(before):
        text = " ".join(said.text.split())
        if estimated_tokens(" ".join((text, *taken))) > room:
            break
        taken.insert(0, text)
    return "\n".join(taken)


def _invitation(occasion: Occasion) -> str:
    first = occasion.first
    when = first.created_words or first.created_edtf
    place = ", ".join(part for part in (first.place, when) if part)
    verb = "Write" if occasion.kind in _SETTINGS else "Speak"
    return f"{verb}. ({place})" if place else f"{verb}."

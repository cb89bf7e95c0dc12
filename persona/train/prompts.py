"""What is put before the person's own words in training: who listens, and what was said before.

The prompt of an example says no fact that its passage's reader could not see beside it: the
listener, the form of address that belongs to this pair, the date and the place. People come from
a view, which has already named them as they may be named. A prompt is in the language of the
words that answer it, English or Chinese, and begins as the prompts of a conversation do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from persona.engines.protocols import Message
from persona.records import Passage, Person, SourceKind
from persona.remember.language import MOSTLY
from persona.remember.search_text import hanzi_share
from persona.remember.words import load_words
from persona.train.own_words import estimated_tokens

Language = Literal["en", "zh"]

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "who": "You are {name}. ",
        SourceKind.LETTER: "You are writing a letter to {listener}.",
        SourceKind.BOOK: "You are writing a book.",
        SourceKind.DIARY: "You are writing in your diary.",
        "talking": "You are talking with {listener}.",
        "somebody": "somebody",
        "relation": "{name}, your {relation}",
        "address": " You call them {forms}.",
        "or": " or ",
        "write": "Write.",
        "speak": "Speak.",
        "where": " ({where})",
        "comma": ", ",
        "go on": "Go on.",
    },
    "zh": {
        "who": "你是{name}。",
        SourceKind.LETTER: "你在给{listener}写信。",
        SourceKind.BOOK: "你在写一本书。",
        SourceKind.DIARY: "你在写日记。",
        "talking": "你在和{listener}说话。",
        "somebody": "某个人",
        "relation": "{name}，你的{relation}，",
        "address": "你叫对方{forms}。",
        "or": "或",
        "write": "写吧。",
        "speak": "说吧。",
        "where": "（{where}）",
        "comma": "，",
        "go on": "接着说。",
    },
}
_WRITTEN = frozenset({SourceKind.LETTER, SourceKind.BOOK, SourceKind.DIARY})
_SURE_RELATIONS = frozenset({"father", "mother", "son", "daughter", "wife", "husband", "friend"})
"""Relations with one Chinese word: a brother is an elder or a younger one."""


@dataclass(frozen=True)
class Occasion:
    """When and to whom the person spoke, in which language, and what others had just said."""

    kind: SourceKind
    first: Passage
    before: tuple[Passage, ...]
    listener: Person | None
    language: Language = "en"


def spoken_language(texts: Sequence[str]) -> Language:
    """Return in which of the two languages the prompt of these words is."""
    return "zh" if hanzi_share(" ".join(texts)) >= MOSTLY else "en"


def prompt_messages(occasion: Occasion, subject: Person, room: int) -> tuple[Message, Message]:
    """Return the system and the user message; the latter takes at most ``room`` tokens."""
    words = _WORDS[occasion.language]
    setting = words.get(occasion.kind, words["talking"]).format(listener=_listener(occasion))
    who = words["who"].format(name=subject.name)
    system = f"{who}{setting}{_address(occasion)}"
    user = _said_before(occasion.before, room) or _invitation(occasion)
    return Message(role="system", content=system), Message(role="user", content=user)


def go_on(language: Language) -> Message:
    """Return what asks for the next part of a long letter."""
    return Message(role="user", content=_WORDS[language]["go on"])


def _listener(occasion: Occasion) -> str:
    words, listener = _WORDS[occasion.language], occasion.listener
    if listener is None:
        return occasion.first.addressee_words or words["somebody"]
    relation = _relation(listener.relation, occasion.language)
    if not relation:
        return listener.name
    return words["relation"].format(name=listener.name, relation=relation)


def _relation(relation: str, language: Language) -> str:
    if language == "en" or hanzi_share(relation) > 0:
        return relation
    return _chinese_relations().get(relation.casefold(), "")


@cache
def _chinese_relations() -> dict[str, str]:
    groups = load_words()["kin"]["groups"]
    return {
        group[0]: next(word for word in group if hanzi_share(word) > 0)
        for group in groups
        if group[0] in _SURE_RELATIONS
    }


def _address(occasion: Occasion) -> str:
    words, listener = _WORDS[occasion.language], occasion.listener
    forms = listener.called_by_subject if listener is not None else []
    if occasion.language == "zh":
        forms = [form for form in forms if hanzi_share(form) > 0] or forms
    return words["address"].format(forms=words["or"].join(forms)) if forms else ""


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
    words, first = _WORDS[occasion.language], occasion.first
    when = first.created_words or first.created_edtf
    where = words["comma"].join(part for part in (first.place, when) if part)
    verb = words["write" if occasion.kind in _WRITTEN else "speak"]
    return verb + (words["where"].format(where=where) if where else "")

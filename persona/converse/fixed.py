"""Sentences that no model writes: help, honesty about what this is, courtesies, pauses.

    Concern or key ─► the phrase in the listener's language, with name, address, help lines

Help lines are those of the family, else of its country, else of several (``help_lines.toml``).
"""

import tomllib
from functools import cache
from pathlib import Path

from persona.config import Config
from persona.converse.answer import AnswerSentence
from persona.converse.dates import date_clause, spoken_date
from persona.converse.listener import Listener
from persona.converse.phrases import phrase
from persona.converse.safeguard import Concern
from persona.records import Person, Standing

_FILE = Path(__file__).with_name("help_lines.toml")


class FixedSentences:
    """The fixed sentences of one conversation."""

    def __init__(self, subject: Person, listener: Listener, config: Config) -> None:
        self._subject, self._listener, self._config = subject, listener, config

    def of(self, concern: Concern, language: str) -> AnswerSentence:
        """Return the sentence that answers a concern."""
        if concern is Concern.GREETING:
            known = self._listener.person is not None
            return self.sentence("greeting_known" if known else "greeting_stranger", language)
        return self.sentence(concern.value, language)

    def sentence(self, key: str, language: str) -> AnswerSentence:
        """Return the phrase ``key`` as small talk: it claims nothing about anybody."""
        text = phrase(language, key, **self._values(language))
        return AnswerSentence(text, Standing.SMALL_TALK, language=language)

    def _values(self, language: str) -> dict[str, str]:
        address = self._listener.address_in(language)
        died = spoken_date(self._subject.died, language)
        when = date_clause(self._subject.died, language)
        contact = self._config.conversation.help_contact.strip()
        care = self._config.care
        return {
            "name": self._subject.name,
            "comma_address": f", {address}" if address else "",
            "address_comma": f"{address}，" if address else "",
            "address": address,
            "died": phrase(language, "stance_died", date=died, when=when) if died else "",
            "contact": phrase(language, "crisis_contact", contact=contact) if contact else "",
            "emergency": emergency_number(care.country, language),
            "lines": help_lines(care.country, care.help_lines, language),
        }


def emergency_number(country: str, language: str) -> str:
    """Return whom to call in danger, in words; for no or an unlisted country in general."""
    return str(_numbers(country)["emergency"][language])


def help_lines(country: str, own: tuple[str, ...], language: str) -> str:
    """Return the crisis lines as a sentence: the family's own, else those of the country."""
    if own:
        return " ".join(own) if language == "en" else "；".join(own) + "。"
    return str(_numbers(country)["lines"][language])


def _numbers(country: str) -> dict[str, dict[str, str]]:
    known = _tables()
    return known.get(country, known["several"])


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))

"""Small rules that read from a sentence who told it, how they know, and what kind it is.

The words are in ``words.toml``. A rule that does not find anything says so; nothing is guessed.
"""

import re
from functools import cached_property

from persona.records import MemoryKind, Modality, Person
from persona.remember.naming import HANZI_KIN, LATIN_KIN, People
from persona.remember.words import load_words

_TELLING = load_words()["telling"]
_ADVERBS = _TELLING["told_adverbs"]
_VERBS = _TELLING["told_verbs"]
_WHO = (
    rf"(?P<who>(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er)\s+(?:\w+\s+)?(?:{LATIN_KIN})"
    r"|(?!(?:He|She|They|It|We|You|I|This|That|There|Who|And|But|One|Everyone|Everybody|Nobody)\b)"
    r"[A-Z][\w’'.-]+(?:\s+[A-Z][\w’'.-]+){0,3})"
)
_TOLD = re.compile(rf"\b{_WHO},?\s+(?:(?:{_ADVERBS})\s+){{0,2}}(?:{_VERBS})\b")
_AS_TOLD = re.compile(
    rf"\b(?:[Aa]s\s+{_WHO}\s+(?:{_VERBS})\b|[Aa]ccording to\s+{_WHO.replace('who', 'whom')}"
    rf"|told (?:me|us) by\s+{_WHO.replace('who', 'by')})"
)
_TOLD_ZH = re.compile(
    rf"(?P<who>(?:我(?:的)?)?(?:{HANZI_KIN})|[\u4e00-\u9fff]{{2,3}}(?=告诉|总说|常说|跟我说))"
    r"(?:总是|常常|经常|总|常|后来|曾经|也)?(?:告诉过?我们?|对我们?说|跟我们?说|说过?|讲过?)"
)


def _any_of(rules: list[str]) -> re.Pattern[str]:
    """Return what finds any of these rules; Latin ones at the beginning of a word."""
    return re.compile(
        "|".join(rf"\b(?:{rule})" if rule[-1].isascii() else rule for rule in rules), re.IGNORECASE
    )


_HEARSAY = _any_of(_TELLING["hearsay"])
_GUESSES = _any_of(_TELLING["guesses"])
_BELIEVES = _any_of(_TELLING["believes"])
_HIS_MANNER = re.compile(
    r"\b(?:always|often|used to|would|liked to|fond of)\b|常|总|老是|爱说", re.IGNORECASE
)


class Teller:
    """The rules for one archive: names and forms of address are its own."""

    def __init__(self, people: People) -> None:
        self._people = people

    def told_by(self, sentence: str, narrator: Person) -> list[str]:
        """Return who told the narrator: a person's id, else the words that say who.

        Empty when the narrator tells it at first hand. What the subject used to say is not
        hearsay about him, so he is not named unless he told it to the narrator.
        """
        for rule in (_TOLD, _AS_TOLD, _TOLD_ZH):
            match = rule.search(sentence)
            if match is None:
                continue
            who = next(words for words in match.groups() if words)
            person_id = self._people.resolve(who, narrator, sure=True)
            if person_id == narrator.id or self._is_manner(person_id, match[0]):
                return []
            if person_id is None and rule is _TOLD and not self._is_somebody(who):
                return []
            return [person_id or re.sub(r"\s+", " ", who)]
        match = _HEARSAY.search(sentence)
        return [match[0]] if match else []

    def claim(self, sentence: str) -> tuple[str, str] | None:
        """Return (who told the narrator, what they told), where a sentence begins with that."""
        match = _TOLD.search(sentence) or _TOLD_ZH.search(sentence)
        if match is None:
            return None
        claim = re.sub(r"^\s*[,，]?\s*(?:once\s+)?(?:that|how)?\b", "", sentence[match.end() :])
        return match["who"], claim

    def _is_manner(self, person_id: str | None, words: str) -> bool:
        """Say whether these words are a habit of the subject: 'Dad always said …'."""
        subject = self._people.subject
        if subject is None or person_id != subject.id:
            return False
        return bool(_HIS_MANNER.search(words)) or not re.search(r"\b(?:me|us)\b|我", words)

    def _is_somebody(self, who: str) -> bool:
        """Say whether words name a person: a kinship word, or somebody of the archive."""
        kin = re.search(rf"\b(?:{LATIN_KIN})\b", who, re.IGNORECASE)
        return kin is not None or bool(self._people.mentions(who))

    def modality(self, sentence: str, told_by: list[str]) -> Modality:
        """Return how the narrator knows; at first hand unless the words say otherwise."""
        if told_by:
            return Modality.WAS_TOLD
        if _GUESSES.search(sentence):
            return Modality.GUESSES
        if _BELIEVES.search(sentence):
            return Modality.BELIEVES
        return Modality.WITNESSED

    def kind(self, sentence: str) -> MemoryKind:
        """Return what sort of thing a sentence about the subject tells; an event if in doubt."""
        for kind, rule in self._kinds.items():
            if rule.search(sentence):
                return kind
        return MemoryKind.EVENT

    @cached_property
    def _kinds(self) -> dict[MemoryKind, re.Pattern[str]]:
        """Return the rules of ``words.toml`` with the subject's names and kinship words in."""
        subject = self._people.subject
        names = set(self._people.names[subject.id]) if subject else set()
        for person in self._people.everybody:
            names.update(person.calls_subject)
        him = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "he"
        kin = f"{LATIN_KIN}|{HANZI_KIN}"
        return {
            MemoryKind(kind): re.compile(
                "|".join(rule.replace("{him}", him).replace("{kin}", kin) for rule in rules),
                re.IGNORECASE,
            )
            for kind, rules in _TELLING["kinds"].items()
        }

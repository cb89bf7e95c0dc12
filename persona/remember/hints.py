"""What a question hints at besides its words: who told it, to whom, and when it was.

    "What did David say about the boat?"            told by David
    "What did you write to Kermit in 1908?"         told to Kermit, in 1908
    "What did you do in the summer of 1911?"        of June to August 1911
    "Did my mother ever tell you?"                  told by the mother of the one who asks

A hint moves memories up and leaves none out: people err about years.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from persona.records import Kinship, Person
from persona.remember.kinship.kin import KIN_GROUPS, Kin
from persona.remember.naming import People, kin_group
from persona.remember.search_text import hanzi_runs, simplified
from persona.remember.when import Months, asked_time

_TO = re.compile(r"(?:\b(?:to|told|for)|给|跟|对|告诉)\s*(?:my |your |the )?$", re.IGNORECASE)
_TO_ME = re.compile(r"\b(?:to|told|wrote|write) me\b|给我|跟我|告诉我", re.IGNORECASE)
_MINE = re.compile(r"\bmy\s+(?:dear |own |late )?$|我的?$", re.IGNORECASE)
_HANZI_KIN = sorted((w for g in KIN_GROUPS for w in g if hanzi_runs(w)), key=len, reverse=True)
_KIN_WORD = re.compile(r"[A-Za-z]+|" + "|".join(_HANZI_KIN))


@dataclass(frozen=True)
class Hints:
    """Whom and when a question means.

    Attributes:
        narrators: ids of people who may have told it.
        addressees: ids of people to whom it was told or written.
        when: the months it asks about, or None.
        when_words: the words of the question that say so.
    """

    narrators: frozenset[str] = frozenset()
    addressees: frozenset[str] = frozenset()
    when: Months | None = None
    when_words: str = ""


def hints_of(
    question: str,
    people: Sequence[Person],
    listener: Person | None,
    kinships: Sequence[Kinship] = (),
) -> Hints:
    """Return what a question hints at.

    Args:
        question: in English, Chinese or both.
        people: of the archive, as this reader knows them.
        listener: who asks; "my mother" is theirs.
        kinships: who is whose parent or spouse.
    """
    question = simplified(question)
    known = People.of(people)
    subject = known.subject
    narrators: set[str] = set()
    addressees: set[str] = set()
    for place, person_ids in _meant(question, known, Kin(known, kinships), listener):
        wanted = addressees if _TO.search(question[:place]) else narrators
        wanted.update(person_ids - ({subject.id} if subject else set()))
    if listener and _TO_ME.search(question):
        addressees.add(listener.id)
    asked = asked_time(question, subject.born if subject else None)
    months, words = asked or (None, "")
    return Hints(frozenset(narrators), frozenset(addressees), months, words)


def _meant(
    question: str, people: People, kin: Kin, listener: Person | None
) -> list[tuple[int, set[str]]]:
    found = [(mention.start, {mention.person_id}) for mention in people.mentions(question)]
    for match in _KIN_WORD.finditer(question):
        if kin_group(match[0]) is not None:
            mine = bool(_MINE.search(question[: match.start()]))
            found.append((match.start(), kin.meant(match[0], listener if mine else None)))
    return found

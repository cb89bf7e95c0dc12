"""Of which time an answer is asked for, and what may be said of it.

    Talk.as_of = "1985"              nothing of later than 1985 is his; what is of 1985 comes first
    "What did you do back in 1985?"  what is of another year steps back, if anything is of 1985
    "when you were thirty", "as a child", "年轻的时候"        the same, by the date of birth
    a time after the death           nothing of his own: what others tell of it is theirs

A date is that of what happened, or else that of the writing; what has neither is of any time.
Dates are EDTF (ISO 8601-2).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from persona.errors import ConverseError
from persona.records import MemoryKind, Person
from persona.remember.retrieval import Evidence
from persona.remember.when import Months, asked_time, months_of

_TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_DECADES = tuple(f"{word[:-1]}ies" for word in _TENS)
_ONES = "one two three four five six seven eight nine".split()
_AGE = re.compile(
    rf"\b(?:when|while|as) (?:you|he|she|i) (?:were|was|turned) (?:only |just |about )?"
    rf"(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<ones>{'|'.join(_ONES)}))?\b(?! (?:of|in|at)\b)"
    rf"|\bin (?:your|his|her) (?:early |late )?(?P<decade>{'|'.join(_DECADES)})\b"
    rf"|(?P<zh>[二三四五六七八九]?十[一二三四五六七八九]?)(?:来|多|几)岁",
    re.IGNORECASE,
)
_STAGES: tuple[tuple[str, int, int], ...] = (
    (
        r"\b(?:as|when you were|when he was|when she was) (?:a |an )?(?:little |small |young )?"
        r"(?:child|boy|girl|kid|little|small)\b|\bin your (?:childhood|boyhood|girlhood)\b"
        r"|小时候|小的时候|童年|儿时",
        0,
        14,
    ),
    (
        r"\bwhen you were young\b|\bas a young (?:man|woman)\b|\bin your youth\b"
        r"|年轻的?时候|年轻时",
        14,
        30,
    ),
    (r"\bwhen you were old\b|\bin your (?:old age|last years)\b|老了以后|晚年|年纪大了", 60, 120),
)
_OF_THEN = 1
_UNDATED = 0
_OF_ANOTHER_TIME = -1


class Stance(StrEnum):
    """How the time that is asked about lies to the life."""

    LIVED = "lived"
    BEFORE_BIRTH = "before_birth"
    AFTER_DEATH = "after_death"


@dataclass(frozen=True)
class Times:
    """The time that a question is about.

    Attributes:
        asked: the months it names; None: any.
        words: its words for them.
        until: the last month that may be known ("as of 1985"); None: all.
        stance: whether the subject lived then.
        stage: the time is a stage of life, and was not named by a year.
    """

    asked: Months | None = None
    words: str = ""
    until: int | None = None
    stance: Stance = Stance.LIVED
    stage: bool = False

    def among(self, found: Sequence[Evidence], subject: Person) -> list[Evidence]:
        """Return what may be told of that time; what is dated in it comes first.

        The person's own words of after the death are left out always: nobody writes then.
        """
        died = months_of(subject.died)
        kept = [item for item in found if not self._impossible(item, died)]
        if self.asked is None:
            return kept
        if self.stance is Stance.AFTER_DEATH:
            return [item for item in kept if not is_his(item) and self.place(item) == _OF_THEN]
        return sorted(kept, key=lambda item: -self.place(item))

    def place(self, item: Evidence) -> int:
        """Return 1 for what is of the time asked about, 0 where that is not known, else -1."""
        if self.asked is None:
            return _UNDATED
        happened = months_of(item.memory.event_edtf)
        months = happened or (months_of(written(item)) if is_his(item) else None)
        if months is None:
            return _UNDATED
        apart = months.last < self.asked.first or months.first > self.asked.last
        if apart and happened is None and months.last >= self.asked.first:
            return _UNDATED  # written later: it may well be about then
        return _OF_ANOTHER_TIME if apart else _OF_THEN

    def _impossible(self, item: Evidence, died: Months | None) -> bool:
        happened, made = months_of(item.memory.event_edtf), months_of(written(item))
        if is_his(item) and made is not None and died is not None and made.first > died.last:
            return True
        if self.until is None:
            return False
        if happened is not None:
            return happened.first > self.until
        return is_his(item) and made is not None and made.first > self.until


def time_of(words: str, subject: Person, as_of: str | None = None) -> Times:
    """Return of which time a question asks.

    Args:
        words: the question.
        subject: the one who is asked; ages count from the birth.
        as_of: EDTF; the answer is to be that of this time.
    """
    until = months_of(as_of)
    found, stage = asked_time(words, subject.born), False
    if found is None:
        found, stage = _age(words, subject), True
    if found is None and until is not None:
        return Times(asked=until, words=as_of or "", until=until.last, stage=True)
    if found is None:
        return Times()
    months, said = found
    last = until.last if until is not None else None
    return Times(months, said, last, _stance(months, subject), stage)


def asked_as_of(words: str | None, subject: Person) -> str | None:
    """Return the time as of which answers are wanted, as EDTF; None for no such wish.

    Args:
        words: "1985", "1985-06", "198X"; empty or None: any time.
        subject: the one who is asked.

    Raises:
        ConverseError: it is no time, or not one of their life.
    """
    edtf = (words or "").strip()
    if not edtf:
        return None
    months = months_of(edtf)
    if months is None:
        raise ConverseError(f"'{edtf[:40]}' is no time that is understood: say a year, as 1985.")
    if _stance(months, subject) is not Stance.LIVED:
        first, last = years_of_life(subject)
        lived = f"from {first}" if last is None else f"to {last}" if first is None else ""
        lived = lived or f"from {first} to {last}"
        raise ConverseError(f"{subject.name} lived {lived}: choose a time in these years.")
    return edtf


def years_of_life(subject: Person) -> tuple[int | None, int | None]:
    """Return the years of birth and death, each None where it is not known."""
    born, died = months_of(subject.born), months_of(subject.died)
    return born.first // 12 if born else None, died.last // 12 if died else None


def is_his(item: Evidence) -> bool:
    """Say whether evidence is in the subject's own words."""
    return item.memory.kind is MemoryKind.OWN_WORDS


def written(item: Evidence) -> str | None:
    """Return when evidence was written or said, as EDTF."""
    return item.passage.created_edtf or item.source.created_edtf or item.memory.told_at_edtf


def _stance(months: Months, subject: Person) -> Stance:
    born, died = months_of(subject.born), months_of(subject.died)
    if died is not None and months.first > died.last:
        return Stance.AFTER_DEATH
    if born is not None and months.last < born.first:
        return Stance.BEFORE_BIRTH
    return Stance.LIVED


def _age(words: str, subject: Person) -> tuple[Months, str] | None:
    born = months_of(subject.born)
    if born is None:
        return None
    match = _AGE.search(words)
    if match is not None:
        years, span = _years(match)
        return Months(born.first + 12 * years, born.last + 12 * (years + span) + 11), match[0]
    for pattern, first, last in _STAGES:
        if (said := re.search(pattern, words, re.IGNORECASE)) is not None:
            return Months(born.first + 12 * first, born.last + 12 * last + 11), said[0]
    return None


def _years(match: re.Match[str]) -> tuple[int, int]:
    """Return the age that is meant, and over how many years more it goes."""
    if match["tens"]:
        ones = _ONES.index(match["ones"].lower()) + 1 if match["ones"] else 0
        return _TENS[match["tens"].lower()] + ones, 0
    if match["decade"]:
        return _TENS[match["decade"].lower().removesuffix("ies") + "y"], 9
    tens = "一二三四五六七八九".find(match["zh"][0]) + 1 or 1
    return tens * 10, 9

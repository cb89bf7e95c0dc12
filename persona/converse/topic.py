"""Several questions in one turn, and questions that lean on the turn before.

    "And then?"  "tell me more"  "还有呢"     go on with what was just told
    "Why?"  "What was her name?"  "为什么？"   the question before, and this one
    anything else                            stands by itself

Only words are added to a search. What a listener may not read is not there to be found, however
a question was arrived at.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from persona.converse.near import Near
from persona.converse.telling import Telling
from persona.records import Person
from persona.remember.question import Terms, Unit, units_of
from persona.remember.search_text import hanzi_runs

LONGEST_FOLLOWING = 12
"""Words of a question that may still lean on the one before."""

_END = re.compile(r"[?？][?？!！]*[\"'”’)）]*\s*")
_MORE = re.compile(
    r"^\W*(?:(?:and |so |but |ok(?:ay)?,? |please,? |yes,? |oh,? )*"
    r"(?:(?:can you |could you |will you |would you )?(?:please )?(?:tell|say)(?: me| us)? "
    r"(?:a (?:little|bit) )?(?:some )?more(?: about (?:that|it|this|him|her|them))?"
    r"|(?:and |so )?then(?: what)?|what (?:happened|came) (?:next|then|after(?: that)?|afterwards)"
    r"|what happened|go on|carry on|continue|more(?: please)?|what else|anything else"
    r"|and after(?: that)?"
    r"|and next|next)(?:,? (?:please|dad|mum|mom|grandpa|grandma|papa|father|mother))?"
    r"|(?:那|那么)?(?:然后|后来|接着|之后|接下来)(?:呢|怎么样了?|怎样了?)?"
    r"|(?:还有|别的|其他的?)(?:呢|吗|什么)?|(?:请)?(?:继续|接着)(?:说|讲)?(?:吧|下去)?"
    r"|(?:再|多)(?:说|讲)(?:一点|点|一些|些|说|讲讲))\W*$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:say|tell|read|repeat|quote)\b[^?]{0,24}\b(?:again|once more)\b|\brepeat (?:that|it)\b"
    r"|再(?:说|讲|念|读)一(?:遍|次)|重复一(?:遍|次)",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:he|him|his|she|her|hers|it|its|they|them|their|that|this|those|these|there|then)\b"
    r"|[他她它]们?|那[个时里天次位儿]|这[个时里天次位儿]|当时",
    re.IGNORECASE,
)
_STARTS_AGAIN = re.compile(r"^\W*(?:and|but|so|or|那|那么|可是|但是)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """One question as it is looked for.

    Attributes:
        words: as it was asked.
        search: what to search for: with the question before where it leans on it.
        own: what the words themselves ask for.
        before: what only the question before asked for.
        goes_on: more of what was just told is wanted.
        again: what was said may be said once more.
    """

    words: str
    search: str
    own: tuple[Unit, ...] = ()
    before: tuple[Unit, ...] = ()
    goes_on: bool = False
    again: bool = False


MOST_WORDS_LEANING = 2
"""Content words with which a question that says "it" or "she" still means what was asked before."""


@dataclass
class Thread:
    """What a conversation is about, and what was quoted in it."""

    topic: str = ""
    last: Telling | None = None
    quoted: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    offered: dict[str, Near] = field(default_factory=dict)
    """By the words that ask for it: what was offered to look at."""

    def asked(
        self, words: str, terms: Terms, people: Sequence[Person], listener: Person | None
    ) -> Asked:
        """Return a question as it is to be looked for.

        Args:
            words: one question.
            terms: cuts and stems words as the index does.
            people: of the archive, as this listener may know them.
            listener: who asks.
        """
        own = tuple(units_of(words, terms, people, listener))
        again = _AGAIN.search(words) is not None
        if not self.topic:
            return Asked(words, words, own, again=again)
        before = units_of(self.topic, terms, people, listener)
        if _MORE.match(words) or (again and not self._names_more(words, terms, people)):
            return Asked(words, self.topic, tuple(before), (), not again, again)
        if not self._leans_back(words, own):
            return Asked(words, words, own, again=again)
        known = {unit.word for unit in own}
        rest = tuple(unit for unit in before if unit.word not in known)
        return Asked(words, f"{words} {self.topic}", own, rest, again=again)

    def answered(self, asked: Asked, tellings: Sequence[Telling]) -> None:
        """Keep what was asked, and what was quoted."""
        if not asked.goes_on and not asked.again:
            self.topic = asked.search[-400:] if asked.before else asked.words[-400:]
        self.shown(tellings)
        if not tellings and not asked.goes_on:
            self.last = None

    def shown(self, tellings: Sequence[Telling]) -> None:
        """Keep what was quoted; the question it came from stays what this is about."""
        for telling in tellings:
            citation = telling.lead.citation
            self.quoted.setdefault(telling.lead.passage.id, []).append(
                (citation.start, citation.end)
            )
        if tellings:
            self.last = tellings[0]

    @staticmethod
    def _names_more(words: str, terms: Terms, people: Sequence[Person]) -> bool:
        """Say whether a wish to hear it again says what, too."""
        return bool(units_of(_AGAIN.sub(" ", words), terms, people, None))

    def _leans_back(self, words: str, own: Sequence[Unit]) -> bool:
        plain = [unit for unit in own if not unit.faint]
        if not plain:
            return True
        if len(words.split()) > LONGEST_FOLLOWING or sum(map(len, hanzi_runs(words))) > 16:
            return False
        # "Why did you leave the lighthouse, was it the fog?" points back at its own words.
        refers = _BACK.search(words) is not None and len(plain) <= MOST_WORDS_LEANING
        return refers or (_STARTS_AGAIN.match(words) is not None and len(plain) <= 1)


def split_questions(words: str) -> list[str]:
    """Return the questions in a turn, each with what was said before it; at least one."""
    parts: list[str] = []
    start = 0
    for match in _END.finditer(words):
        part = words[start : match.end()].strip()
        if any(character.isalnum() for character in part):
            parts.append(part)
            start = match.end()
    rest = words[start:].strip()
    if not parts:
        return [words]
    if any(character.isalnum() for character in rest):
        if _asks(rest):
            parts.append(rest)
        else:
            parts[-1] = f"{parts[-1]} {rest}"
    return parts


def _asks(text: str) -> bool:
    """Say whether words without a question mark still ask for something."""
    return (
        re.match(
            r"\W*(?:(?:and|also|please) )*(?:tell|describe|explain|what|who|when|where|why|how"
            r"|which|did|do|were|was|are|请|讲|说说|告诉)",
            text,
            re.IGNORECASE,
        )
        is not None
    )

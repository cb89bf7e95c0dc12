"""Who a name in a transcript is; nobody is guessed.

"Interviewer", "Q"           asks the questions, and tells nothing
"Interviewee", "A"           whoever people.toml names as the narrator of this recording
"Speaker 2", "说话人 2"       a number given by a program: it means another person in every file
any other name               the one person of the family it can mean, or somebody to ask about
"""

import re
from dataclasses import dataclass, field

from persona.collect.importer import Request
from persona.collect.transcripts.lines import Transcribed

ANSWERER_CONFIDENCE = 0.9
"""For what the one who is interviewed says, where the family says who that is."""

_ASKERS = frozenset(
    "interviewer interviewerin q question host moderator 采访者 记者 问 主持人 采访人 提问".split()
)
_ANSWERERS = frozenset(
    "a answer interviewee narrator respondent informant 受访者 答 被采访者 受访人 讲述人".split()
)
_NUMBERED = re.compile(
    r"(?:speaker|spk|sprecher|person|voice|channel|participant|unknown speaker|unidentified|unknown"
    r"|说话人|发言人|讲话人|讲者)[ _\-#]*(?:\d{1,3}|[a-z])?|[sp]\d{1,3}",
    re.IGNORECASE,
)


def is_asker(name: str) -> bool:
    """Tell whether a name only says that somebody asks the questions."""
    return _plain(name) in _ASKERS


def is_numbered(name: str) -> bool:
    """Tell whether a name is a number that a program gave: ``Speaker 1``, ``SPEAKER_00``."""
    return _NUMBERED.fullmatch(name.strip(" .:：")) is not None


def _plain(name: str) -> str:
    return re.sub(r"[ \t]*\d+$", "", name.strip(" .:：").casefold())


@dataclass(frozen=True)
class Voice:
    """Who says a line: a person or nobody known, the name in the transcript, and how sure."""

    person_id: str | None
    name: str
    confidence: float


@dataclass
class Voices:
    """Finds out who speaks in one transcript, and remembers whom to ask about."""

    request: Request
    unnamed_confidence: float
    full_names: dict[str, str] = field(default_factory=dict)
    askers: frozenset[str] = frozenset()
    only_numbered: bool = False
    unknown: set[str] = field(default_factory=set)
    numbered: set[str] = field(default_factory=set)
    unnamed: bool = False

    @classmethod
    def of(cls, request: Request, read: Transcribed, unnamed_confidence: float) -> "Voices":
        """Look at all names of a transcript first: a single number is the narrator."""
        names = {line.name for line in read.lines} - {""}
        telling = {name for name in names if not (is_asker(name) or name in read.askers)}
        numbers = {name for name in telling if is_numbered(name)}
        return cls(
            request,
            unnamed_confidence,
            read.full_names,
            read.askers,
            only_numbered=len(numbers) == 1 and numbers == telling,
        )

    def who(self, name: str) -> Voice:
        """Return who a line's name is."""
        narrator = self.request.rule.narrator
        if not name or (self.only_numbered and is_numbered(name) and narrator):
            self.unnamed |= narrator is not None
            return Voice(narrator, name, self.unnamed_confidence if narrator else 0.0)
        if is_asker(name) or name in self.askers:
            return Voice(None, name, 0.0)
        if is_numbered(name):
            self.numbered.add(name)
            return Voice(None, name, 0.0)
        if _plain(name) in _ANSWERERS and narrator:
            return Voice(narrator, name, ANSWERER_CONFIDENCE)
        book = self.request.book
        person = book.person_for(name) or book.person_for(self.full_names.get(name, ""))
        if person is None:
            self.unknown.add(name)
        return Voice(person.id if person else None, name, 1.0 if person else 0.0)

    def warnings(self) -> list[str]:
        """Return whom the family should be asked about."""
        asked: list[str] = []
        if self.unknown:
            names = ", ".join(sorted(self.unknown))
            asked.append(f"Who is this? Add [[speakers]] to people.toml for: {names}.")
        if self.numbered:
            names = ", ".join(sorted(self.numbered))
            asked.append(f"Its voices have numbers, not names: say who each of them is ({names}).")
        if self.unnamed:
            asked.append("Lines without a name are put down to its narrator: confirm them.")
        return asked

"""What a memory claims, in pieces that can be compared: who did or was what, and when.

    memory ──► sentences ──► clauses: person + verb + other words + polarity
           ──► ages, years, numbers, the question it answers, the reason it gives

Rules only: what they cannot read they leave out. Words are compared by their stems and by the
groups of ``other_words.toml`` that mean one thing, Hanzi by pairs of characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from persona.records import Memory, Person
from persona.records.months import CALENDAR
from persona.remember.conflicts.numbers import NUMBER, ages_in, number_of
from persona.remember.naming import People
from persona.remember.questions import is_question
from persona.remember.search_text import bigrams, hanzi_runs, hanzi_share
from persona.remember.spoken_of import Identity, SpokenOf
from persona.remember.telling import Teller
from persona.remember.words import load_conflict_words, load_other_words, load_words

_WORDS = load_conflict_words()
CUES = {
    name: re.compile(rf"(?<![A-Za-z])(?:{rule})", re.IGNORECASE)
    for name, rule in _WORDS["cues"].items()
    if not name.startswith(("zh_", "not_", "person_"))
}
_QUESTION = load_words()["question"]
_STOP = frozenset(_QUESTION["stop"])
_FAINT = frozenset(_QUESTION["faint"])
_STOP_ZH = re.compile("|".join(sorted(map(re.escape, _QUESTION["stop_zh"]), key=len, reverse=True)))
_PHRASES = [(re.compile(rf"(?:{a})", re.IGNORECASE), b) for a, b in _WORDS["phrases"]]
_NEGATED = re.compile(rf"(?<!\w)(?:{_WORDS['cues']['negation']})(?!\w)|n['’]t\b", re.IGNORECASE)
_NOT_NEGATED_ZH = re.compile(_WORDS["cues"]["not_negation"])
_NEGATED_ZH = re.compile(_WORDS["cues"]["zh_negation"])
_INTRODUCES = re.compile(
    r"\W?$|(?:as|in|at|later|then|once|for|after|before|on|that|by|until|with|now|oh|yes|no|well)"
    r"\b(?:(?! (?:he|she|i|they|we|you|was|were|had|did)\b)[^,]){0,30}$",
    re.IGNORECASE,
)
_PERSON_ZH = re.compile(_WORDS["cues"]["person_zh"])
_CLAUSE = re.compile(
    r"[.!?;:,…。！？；：，、\n—]+|--+|\b(?:and|but|because|when|while|who|which|although|though|so)\b",
    re.IGNORECASE,
)
_HELPERS = frozenset(
    "was were is am are be been had has have did do does would could can will shall should might "
    "may must used to not never always often really just also still even ever once only simply "
    "usually sometimes rarely hardly scarcely quite almost nearly already then later first "
    "certainly indeed himself herself cannot couldn't wouldn't didn't doesn't don't can't won't "
    "wasn't isn't hadn't hasn't haven't aren't weren't shouldn't".split()
)
_BE = frozenset("was were is am are been be wasn't isn't weren't aren't".split())
_HAD = frozenset("had has have hadn't hasn't haven't".split())
TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:,\d{3})*")
_COUNT = re.compile(rf"\b(?P<n>{NUMBER})\s+(?P<unit>[a-z]{{3,}})\b")
_CALENDAR = frozenset(word.lower() for word in CALENDAR)
_UNITS_OF_TIME = frozenset("year month week day hour minute o'clock time".split())


@dataclass(frozen=True)
class Clause:
    """One claim of a memory.

    Attributes:
        memory_id: where it stands.
        person_id: who did or was it; ``?`` and words for a relative whom the archive does not know.
        verb: its concept; "" in Chinese, where ``words`` hold it too.
        words: concepts of the other words.
        negated: whether it denies that.
        general: whether it is said of always or never, not of one time.
        text: the words themselves.
        numbers: (unit, number) pairs.
        sentence: the sentence in which it stands.
        against: whom it was not, where the sentence says who it was ("my uncle, not him"): a
            person's id, "" for anybody else; None where nothing is said against anybody.
    """

    memory_id: str
    person_id: str
    verb: str
    words: frozenset[str]
    negated: bool
    general: bool
    text: str
    numbers: tuple[tuple[str, int], ...] = ()
    sentence: str = ""
    against: str | None = None


def grouped(word: str) -> str | None:
    """Return the first of the group of words that mean the same; None: it is in no group."""
    low = word.lower()
    return _concepts().get(low) or _concepts().get(_irregular().get(low) or _stem(low))


@cache
def concept(word: str) -> str:
    """Return by what a word is compared: the first of its group, else its stem."""
    low = word.lower().replace("’", "'").removesuffix("'s").strip("'")
    stem = _irregular().get(low) or _stem(low)
    return _concepts().get(low) or _concepts().get(stem) or stem


def content(text: str) -> frozenset[str]:
    """Return the concepts of the words of a text that say something."""
    meant = _meant(text)
    found = set()
    for token in TOKEN.findall(meant):
        low = token.lower().replace("’", "'")
        if low not in _STOP and low not in _HELPERS and len(low) > 1 and low.isascii():
            found.add(concept(low))
    for run in hanzi_runs(meant):
        for piece in _STOP_ZH.split(run):
            found.update(bigrams(piece) if len(piece) > 1 else [])
    return frozenset(found)


def _meant(text: str) -> str:
    """Return a text on one line, with phrases in other words: 'came ashore' left the sea."""
    meant = re.sub(r"\s+", " ", text)
    for rule, meaning in _PHRASES:
        meant = rule.sub(meaning, meant)
    return meant


def is_faint(word: str) -> bool:
    """Say whether a concept is too common to show that two texts are about one thing."""
    return word in _FAINT or word.isdigit() or len(word) < 2


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the shorter set that both have, 0 to 1."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


class ClauseReader:
    """Reads clauses; the names and forms of address of one archive are its own."""

    def __init__(self, people: Sequence[Person]) -> None:
        self._people = People.of(people)
        self._spoken = SpokenOf(self._people)
        self._teller = Teller(self._people)

    def clauses(self, memory: Memory, before: str = "") -> list[Clause]:
        """Return the claims of a memory whose person is sure.

        Args:
            memory: what was told.
            before: what the narrator said just before: 'he' may mean somebody named there.
        """
        narrator = self._people.by_id.get(memory.narrator_id)
        if narrator is None:
            return []
        return list(self._clauses(memory, narrator, before))

    def _clauses(self, memory: Memory, narrator: Person, before: str) -> Iterator[Clause]:
        last = re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", before.strip()))[-1]
        for sentence in re.split(r"(?<=[.!?。！？…])\s*", _meant(memory.quote)):
            if not sentence or is_question(sentence) or _is_quoted(sentence):
                continue
            identity = None if narrator.is_subject else self._spoken.identity(sentence, narrator)
            sure = identity is None and self._pronoun_is_subject(sentence, last, narrator)
            last = sentence
            _, said = (None if narrator.is_subject else self._teller.claim(sentence)) or ("", "")
            # "When I was small Dad hated dogs" says nothing of me.
            plain = identity.plain if identity else said or sentence
            plain = CUES["young"].sub(" ", plain).strip()
            pieces = _CLAUSE.split(plain)
            for place, piece in enumerate(pieces):
                clause = self._clause(piece.strip(), memory, narrator, sure)
                if identity is not None and place == 0:
                    clause = _of_identity(clause, identity)
                if clause is not None:
                    yield replace(clause, sentence=sentence)

    def _pronoun_is_subject(self, sentence: str, last: str, narrator: Person) -> bool:
        """Say whether 'he' can only mean the one who died: nobody else is named before it.

        Args:
            sentence: in which the pronoun stands.
            last: the sentence before it.
            narrator: who says it.
        """
        if narrator.is_subject:
            return False
        pronoun = self._people.pronouns.search(sentence)
        if pronoun is None:
            return False
        before = f"{last[1:]} {sentence[1 : pronoun.start()]}"
        named = set(re.findall(r"(?<![.!?] )\b[A-Z][a-z]+", before)) - self._own_names
        named = {word for word in named if word.lower() not in _CALENDAR}
        return not named and not self._people.names_another(before, narrator)

    @cached_property
    def _own_names(self) -> set[str]:
        subject = self._people.subject
        names = set(self._people.names[subject.id]) if subject else set()
        names |= {word for person in self._people.everybody for word in person.calls_subject}
        return {part for name in names for part in name.split()}

    def _clause(self, piece: str, memory: Memory, narrator: Person, sure: bool) -> Clause | None:
        if hanzi_share(piece) > 0.5:
            return self._clause_zh(piece, memory, narrator)
        found = self._who(piece, memory, narrator, sure)
        if found is None:
            return None
        person_id, rest = found
        tokens = TOKEN.findall(rest)
        place = 0
        while place < len(tokens) and tokens[place].lower().replace("’", "'") in _HELPERS:
            place += 1
        helpers = {token.lower().replace("’", "'") for token in tokens[:place]}
        verb, after = self._verb(tokens, place, helpers)
        if not verb:
            return None
        return Clause(
            memory_id=memory.id,
            person_id=person_id,
            verb=verb,
            words=content(after) - {verb},
            negated=len(_NEGATED.findall(piece)) % 2 == 1,
            general=bool(CUES["general"].search(piece)),
            text=piece,
            numbers=tuple(_counts(piece)),
        )

    def _verb(self, tokens: Sequence[str], place: int, helpers: set[str]) -> tuple[str, str]:
        """Return the concept of the verb, and the words after it."""
        rest = tokens[place:]
        modal = helpers - _BE - _HAD
        if helpers & _BE and not modal & {"would", "could"}:
            participle = rest and re.search(r"(?:ed|en|rn|ought|uilt|et)$", rest[0])
            return (concept(rest[0]), " ".join(rest[1:])) if participle else ("be", " ".join(rest))
        if helpers & _HAD and rest and not re.search(r"(?:ed|en|rn|ught|uilt)$", rest[0]):
            return "have", " ".join(rest)
        return (concept(rest[0]), " ".join(rest[1:])) if rest else ("", "")

    def _who(
        self, piece: str, memory: Memory, narrator: Person, sure: bool
    ) -> tuple[str, str] | None:
        """Return whose claim a clause is, and what follows; None when that is not sure."""
        subject = self._people.subject
        start = re.match(r"(?:[a-z]+\s+){0,3}?(?:I|[Hh]e|[Ss]he|[Yy]ou)\b", piece)
        if start is not None and subject is not None:
            word = start[0].split()[-1].lower()
            if word == "i":
                return narrator.id, piece[start.end() :]
            if word == "you":
                own = memory.addressee_id == subject.id
                return (subject.id, piece[start.end() :]) if own else None
            mine = self._people.pronouns.fullmatch(word)
            return (subject.id, piece[start.end() :]) if mine and sure else None
        own_word = self._people.narrator_words(narrator)
        called = own_word.search(piece) if own_word else None
        if called and subject is not None and _INTRODUCES.match(piece[: called.start()]):
            return subject.id, piece[called.end() :]
        for mention in self._people.mentions(piece)[:1]:
            first = _INTRODUCES.match(piece[: mention.start])
            if first and not piece[mention.end :].startswith(("'s", "’s")):
                return mention.person_id, piece[mention.end :]
        return self._spoken.begins_with(piece, narrator)

    def _clause_zh(self, piece: str, memory: Memory, narrator: Person) -> Clause | None:
        subject = self._people.subject
        person_id = narrator.id if piece.startswith("我") and narrator.is_subject else ""
        begun = None if narrator.is_subject else self._spoken.begins_with(piece, narrator)
        if begun is not None:
            person_id, piece = begun
        if not person_id and subject is not None and not re.match(r"我(?!爸|爷|父|妈|奶)", piece):
            person_id = subject.id
        if not person_id:
            return None
        plain = _NOT_NEGATED_ZH.sub("", piece)
        bare = _PERSON_ZH.sub("，", _NEGATED_ZH.sub("", plain))
        return Clause(
            memory_id=memory.id,
            person_id=person_id,
            verb="",
            words=content(bare),
            negated=len(_NEGATED_ZH.findall(plain)) % 2 == 1,
            general=bool(CUES["general"].search(piece)),
            text=piece,
        )


def _of_identity(clause: Clause | None, identity: Identity) -> Clause | None:
    """Return the clause of a sentence that says who it was: or who it was not."""
    if clause is None:
        return None
    if identity.who:
        return replace(clause, person_id=identity.person_id, against=identity.denied)
    return replace(clause, person_id="", against=identity.denied)


def same_age(one: Clause, other: Clause) -> bool:
    """Say whether the sentences of two clauses name one age: 'when he was seven'."""
    first, second = (ages_in(clause.sentence) for clause in (one, other))
    return bool(first & second)


def _counts(text: str) -> Iterator[tuple[str, int]]:
    for match in _COUNT.finditer(text.lower()):
        value = number_of(match["n"])
        unit = concept(match["unit"])
        if value is not None and value > 1 and unit not in _UNITS_OF_TIME and not is_faint(unit):
            yield unit, value


def _is_quoted(sentence: str) -> bool:
    """Say whether a sentence is mostly what somebody is quoted as saying."""
    return sentence.lstrip().startswith(("“", '"', "「", "‘"))


@cache
def _irregular() -> dict[str, str]:
    forms: dict[str, str] = {}
    for line in (*_QUESTION["irregular"], *_WORDS["forms"]):
        first, *others = line.split()
        forms |= dict.fromkeys([first, *others], first)
    return forms


@cache
def _concepts() -> dict[str, str]:
    groups: dict[str, str] = {}
    for line in load_other_words()["same"]:
        first, *others = line.split()
        for word in (first, *others):
            groups.setdefault(word, first)
            groups.setdefault(_stem(word), first)
    apart = {_stem(word) for pair in (*_WORDS["verbs"], *_WORDS["adjectives"]) for word in pair}
    return {word: first for word, first in groups.items() if _stem(word) not in apart}


@cache
def _stem(word: str) -> str:
    for ending, least in (("ies", 4), ("ied", 4)):
        if word.endswith(ending) and len(word) >= least + 1:
            return word[: -len(ending)] + "y"
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            base = word[: -len(ending)]
            if ending in ("ing", "ed") and len(base) > 3 and base[-1] == base[-2] not in "ls":
                base = base[:-1]
            return _ends(base)
    return _ends(word)


def _ends(base: str) -> str:
    return base[:-1] if base.endswith("e") and len(base) > 3 else base

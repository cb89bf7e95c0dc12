"""Which evidence carries which sentence of a draft (law 5).

A draft comes from a language model and is trusted with nothing. Each of its sentences is

    own_words   found character for character (white space apart) in the person's own words
    told        carried by one account, and naming who tells it
    inferred    carried by one memory, in other words
    small_talk  claims nothing: only function words and courtesies
    (removed)   anything else

"Carried by one memory" is checked without a model: every name, number and date of the sentence
occurs in that memory, at least `CARRIED` of its content words do, its first word among them (it
may be a name, which capitals don't show there), negation agrees, and no other person of that
memory is left out (else 'David burned his arm' could come out as 'I burned my
arm'). This is strict on purpose: what is wrongly removed costs a sentence, what is wrongly kept
is an invented memory. Entailment by a model is an optional engine of a later version; without it
the check is lexical, and is called so.
"""

import re
from collections.abc import Sequence

from persona.converse.answer import AnswerSentence, CitedSpan
from persona.converse.frames import cited, original_clip
from persona.converse.phrases import phrase
from persona.records import MemoryKind, Person, Standing
from persona.remember.question import Terms, Unit, units_of
from persona.remember.retrieval import Evidence

CARRIED = 0.8
"""Share of a sentence's content words that one memory must contain."""

LEAST_VERBATIM = 2
"""Content words that a sentence needs to count as a quotation; 'Yes, I was' is none."""

_NUMBER = re.compile(
    r"\d+|[二两兩三四五六七八九十百千万萬]|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|twice|second|third|fourth|fifth)\b"
)
_FIRST_WORD = re.compile(r"\W*([^\W_]+)")
_NAME = re.compile(r"(?<![.!?…]\s)(?<!^)(?<![“\"‘'(])\b[A-Z][\w’'-]+")
_NEGATION = re.compile(
    r"\b(not|never|no|nobody|nothing|none|without|\w+n['’]t)\b|不|没|無|无", re.I
)
_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b|[你您]", re.IGNORECASE)
_COURTESY = frozenset(
    "hello dear welcome thank thanks sorry glad ask sure course please good well yes indeed "
    "tell listen think 你好 谢谢 请 好".split()
)
_PERSONA_WORDS = frozenset({"I", "I'm", "I’m", "I've", "I’ve", "I'd", "I’d", "I'll", "I’ll"})


class StandingCheck:
    """Judges the sentences of a draft against the evidence that the model was given."""

    def __init__(
        self,
        evidence: Sequence[Evidence],
        people: Sequence[Person],
        subject: Person,
        address: str,
        language: str,
        terms: Terms,
    ) -> None:
        """Judge by ``evidence`` alone; ``terms`` cuts and stems words as the index does."""
        self._evidence = evidence
        self._everybody = people
        self._terms = terms
        self._people = [person for person in people if person.id != subject.id]
        self._address = address
        self._language = language

    def judge(self, text: str) -> AnswerSentence | None:
        """Return the sentence with its standing and citation, or None when it must go."""
        if phrase(self._language, "unknown").rstrip(".。") in text:
            return None  # whether enough is known was decided before the model was asked
        return self._verbatim(text) or self._carried(text) or self._small_talk(text)

    def _verbatim(self, text: str) -> AnswerSentence | None:
        words = _spaced(text).strip('“”"')
        if _YOU.search(words):
            return None  # to whom he said it stands in the frame of the quotation, not in a draft
        if len(self._units(words)) < LEAST_VERBATIM:
            return None
        for item in self._evidence:
            if item.memory.kind is not MemoryKind.OWN_WORDS:
                continue
            span = find_span(words, item.passage.text)
            if span is not None:
                return self._sentence(text, Standing.OWN_WORDS, item, span)
        return None

    def _carried(self, text: str) -> AnswerSentence | None:
        units = self._units(text)
        if not units:
            return None
        for item in self._evidence:
            if self._supports(item, text, units):
                own = item.memory.kind is MemoryKind.OWN_WORDS
                named = not own and item.narrator.name.split()[0] in text
                standing = Standing.TOLD if named else Standing.INFERRED
                return self._sentence(text, standing, item, None)
        return None

    def _units(self, text: str) -> list[Unit]:
        """Return the content words of a sentence, courtesies left out."""
        found = units_of(text, self._terms, self._everybody, None)
        return [unit for unit in found if unit.word not in _COURTESY]

    def _supports(self, item: Evidence, text: str, units: Sequence[Unit]) -> bool:
        carried = f"{item.memory.quote} {item.narrator.name} {' '.join(item.narrator.names)}"
        terms = set(self._terms([carried])[0])
        held = [unit for unit in units if any(terms.issuperset(a.terms) for a in unit.alternatives)]
        if len(held) < CARRIED * len(units):
            return False
        lowered = carried.casefold()
        if not set(_NUMBER.findall(text.casefold())) <= set(_NUMBER.findall(lowered)):
            return False
        first = _FIRST_WORD.match(text.casefold())
        if first and any(unit.word == first[1] for unit in units if unit not in held):
            return False
        if any(name.casefold() not in lowered for name in self._names_in(text)):
            return False
        if _YOU.search(text):
            return False  # 'I was shot' must not come out as 'you were shot', nor reach another
        if bool(_NEGATION.search(text)) != bool(_NEGATION.search(item.memory.quote)):
            return False
        return not self._leaves_somebody_out(item, text)

    def _names_in(self, text: str) -> set[str]:
        allowed = {self._address, *self._address.split(), *_PERSONA_WORDS}
        return {name for name in _NAME.findall(text) if name not in allowed}

    def _leaves_somebody_out(self, item: Evidence, text: str) -> bool:
        for person in self._people:
            if person.id == item.narrator.id:
                continue
            names = [person.name.split()[0], *person.names]
            told = any(name and name in item.memory.quote for name in names)
            if told and not any(name and name in text for name in names):
                return True
        return False

    def _small_talk(self, text: str) -> AnswerSentence | None:
        if _NUMBER.search(text.casefold()) or self._names_in(text):
            return None
        without_address = text.replace(self._address, " ") if self._address else text
        if self._units(without_address):
            return None
        return AnswerSentence(text=text, standing=Standing.SMALL_TALK, language=self._language)

    def _sentence(
        self, text: str, standing: Standing, item: Evidence, span: tuple[int, int] | None
    ) -> AnswerSentence:
        own = standing is Standing.OWN_WORDS
        citation = cited(item)
        if span is not None:
            citation = CitedSpan(
                citation.memory_id, citation.passage_id, citation.source_id, span[0], span[1]
            )
        return AnswerSentence(
            text=text,
            standing=standing,
            citations=(citation,),
            quoted=item.passage.text[span[0] : span[1]] if span else "",
            narrator_id=item.memory.narrator_id,
            clip=original_clip(item) if own else None,
            language=self._language,
        )


def find_span(words: str, text: str) -> tuple[int, int] | None:
    """Return where ``words`` stands in ``text``, white space apart; None when it does not."""
    parts = words.split()
    if not parts:
        return None
    match = re.search(r"\s+".join(re.escape(part) for part in parts), text)
    return (match.start(), match.end()) if match else None


def _spaced(text: str) -> str:
    return " ".join(text.split())

"""First questions that have an answer, for somebody who does not know how to begin.

A question is made from what both this listener *and a stranger* may know: a screen is seen by
the whole room, and a suggestion must not point at a secret.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice, zip_longest

from persona.records import Memory, MemoryKind, Person
from persona.records.months import CALENDAR
from persona.screens.words import phrase

COUNT = 3
_INSIDE_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{3,}(?: [A-Z][a-z]+)?")
_NOUN = re.compile(
    r"\b(?:the|a|an|my|our|his|her) (?:[a-z]+ )?([a-z]{4,})"
    r"(?=[.,;:!?]| (?:is|was|on|in|at|of|and|for|that|with|to|from|every)\b)"
)
_DULL = frozenset(
    "time times same first last next other others rest whole moment morning evening night "
    "afternoon year years month months week weeks hour hours minute minutes thing things "
    "back side sides half more most middle left right place people person bottom front "
    "letter letters photograph picture story word words question answer kind sort part".split()
)
_BY_KIND = (
    MemoryKind.PREFERENCE,
    MemoryKind.SAYING,
    MemoryKind.OWN_WORDS,
    MemoryKind.TRAIT,
    MemoryKind.RELATION,
    MemoryKind.EVENT,
)


def first_questions(
    memories: Sequence[Memory],
    people: Sequence[Person],
    listener_id: str | None,
    language: str,
    answerable: Callable[[str], bool],
) -> list[str]:
    """Return up to three questions.

    Args:
        memories: those that may be pointed at in front of everybody.
        people: of the archive; a person is a topic when a memory names them.
        listener_id: who listens; they are no topic themselves.
        language: ``en`` or ``zh``.
        answerable: whether what everybody may know answers a question.
    """
    questions: list[str] = []
    if listener_id and any(one.addressee_id == listener_id for one in memories):
        questions.append(phrase(language, "topic.letter_to_me"))
    topics = _topics(memories, people, listener_id, language)
    questions += [phrase(language, "topic.about", topic=topic) for topic in topics]
    present = {memory.kind for memory in memories}
    questions += [phrase(language, f"topic.{kind.value}") for kind in _BY_KIND if kind in present]
    wanted = dict.fromkeys(questions)
    return list(islice((one for one in wanted if answerable(one)), COUNT))


def _topics(
    memories: Sequence[Memory], people: Sequence[Person], listener_id: str | None, language: str
) -> list[str]:
    """Return the places, things and people that most memories speak of, in turn."""
    spoken = [memory.quote for memory in memories if memory.language in ("", language)]
    named: Counter[str] = Counter()
    for person in people:
        if not person.is_subject and person.id != listener_id:
            for name in (_first(form) for form in (person.name, *person.names)):
                named[name] = sum(name in quote for quote in spoken)
    things: Counter[str] = Counter()
    places: Counter[str] = Counter()
    if language == "en":
        forbidden = CALENDAR | {part for one in people for name in _names(one) for part in name}
        for quote in spoken:
            things.update(f"the {thing}" for thing in set(_NOUN.findall(quote)) - _DULL)
            found = set(_INSIDE_NAME.findall(quote))
            places.update(name for name in found if not forbidden & set(name.split()))
    often = ([n for n, c in one.most_common(4) if c > 1] for one in (things, places, named))
    return [name for turn in zip_longest(*often) for name in turn if name]


def _names(person: Person) -> list[list[str]]:
    forms = [person.name, *person.names, *person.called_by_subject, *person.calls_subject]
    return [form.split() for form in forms]


def _first(name: str) -> str:
    return name.split(maxsplit=1)[0]

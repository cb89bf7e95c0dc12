"""When there is not enough to answer with: it is said so, and who might know is named.

An unanswered question is worth keeping: it is the next interview.
"""

from collections.abc import Sequence

from persona.converse.answer import AnswerSentence
from persona.converse.listener import Listener
from persona.converse.phrases import phrase
from persona.records import Person, Standing
from persona.remember.kinship.relations import Relations
from persona.remember.retrieval import Evidence

NEAR_KIN = 2
"""Steps (parent, child, couple) from the person up to which relatives might know."""


def unknown(
    might_know: Sequence[str], language: str, key: str = "unknown"
) -> tuple[AnswerSentence, AnswerSentence]:
    """Return the two sentences that say so, naming who might know.

    Args:
        might_know: names to show.
        language: of the sentences.
        key: ``unknown``, or ``no_more`` when something was told and more is asked for.
    """
    second = phrase(language, "unknown_kept")
    if might_know:
        names = phrase(language, "and").join(might_know)
        second = phrase(language, "unknown_ask", names=names)
    return (
        AnswerSentence(phrase(language, key), Standing.UNKNOWN, language=language),
        AnswerSentence(second, Standing.SMALL_TALK, language=language),
    )


def who_might_know(
    found: Sequence[Evidence],
    people: Sequence[Person],
    listener: Listener,
    *,
    words: str = "",
    relations: Relations | None = None,
) -> list[Person]:
    """Return up to two living people to ask.

    Whom the question names, who told the nearest things, whom those things are about, near
    relatives of the one who died, then elders. Only what this listener may read is looked at,
    so that a name never points to a secret.

    Args:
        found: the nearest evidence.
        people: whom this listener may know of.
        listener: is never sent to themselves.
        words: the question.
        relations: who is whose parent or spouse.
    """
    living = {
        person.id: person
        for person in people
        if person.living and not person.is_subject and not person.minor and person.id != listener.id
    }
    subject = next((person.id for person in people if person.is_subject), "")
    kin = relations.within(subject, NEAR_KIN) if relations is not None and subject else set()
    named = [one for one in living if living[one].name.split()[0].casefold() in _words(words)]
    near = [item.memory.narrator_id for item in found]
    there = [person_id for item in found for person_id in item.memory.subject_ids]
    elders = sorted(living, key=lambda one: (one not in kin, living[one].born or "9999", one))
    asked = dict.fromkeys([*named, *near, *there, *elders])
    return [living[person_id] for person_id in asked if person_id in living][:2]


def _words(text: str) -> set[str]:
    return {word.strip(".,!?;:'\"’”").casefold() for word in text.split()}

"""Who has to agree before a voice is made of somebody's speech, and for as long as it is used.

the one who died      a right-holder or heir: a living adult of the archive, never the dead
a relative            that relative, living and of age, and nobody for them
a designed voice      nobody: it is nobody's
"""

from collections.abc import Mapping, Sequence

from persona.errors import ConsentError
from persona.records import Act, Consent, Person
from persona.remember.access import Rights, consented, newest_consents


def voice_consent(
    person_id: str, people: Mapping[str, Person], consents: Sequence[Consent], rights: Rights
) -> Consent:
    """Return the entry by which a voice may be made of this person's speech, for these readers.

    Args:
        person_id: whose speech.
        people: everybody, by id.
        consents: the whole record, in its order.
        rights: for whom the voice is, and the day.

    Raises:
        ConsentError: there is none, it has ended, or who gave it was not entitled to.
    """
    person = people.get(person_id)
    if person is None:
        raise ConsentError(f"'{person_id}' is nobody in this archive, so nobody can agree.")
    newest = newest_consents(consents).get((person_id, Act.TRAIN_VOICE))
    if newest is None or not consented(newest, Act.TRAIN_VOICE, rights):
        raise ConsentError(
            f"Nobody has agreed that a voice is made of the speech of {person.name}, or not any "
            f"more. {_who(person)}"
        )
    check_giver(person, people.get(newest.given_by))
    return newest


def check_giver(person: Person, giver: Person | None) -> None:
    """Refuse a consent for the voice of a person by somebody who may not give it.

    Raises:
        ConsentError: it is not theirs to give.
    """
    if not _entitled(person, giver):
        raise ConsentError(
            f"The consent for the voice of {person.name} was not given by somebody who may. "
            f"{_who(person)}"
        )


def _entitled(person: Person, giver: Person | None) -> bool:
    if giver is None or giver.minor or not giver.living or giver.is_subject:
        return False
    return person.is_subject or (person.living and not person.minor and giver.id == person.id)


def _who(person: Person) -> str:
    if person.is_subject:
        return (
            "A living, grown-up heir can record it: "
            f"persona consent {person.id} train_voice --by WHO"
        )
    if person.minor or not person.living:
        return "Only a living, grown-up relative can lend their voice; choose somebody else."
    return (
        "Only they themselves can record it: "
        f"persona consent {person.id} train_voice --by {person.id}"
    )

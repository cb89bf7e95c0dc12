"""How people appear to a reader: by name, by pseudonym, or not named at all.

The custodian and the persons themselves see the real names. What a quotation says inside is
left as it was said.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from persona.records import Passage, Person, ShownAs, Source

_NOT_NAMED = {"en": "someone who is not named", "zh": "一位不具名的人"}


@dataclass(frozen=True)
class Names:
    """The people of the archive as one reader may know them.

    Attributes:
        people: the real records by id.
        open_to: whose real names are shown whatever they chose; None: everybody's (custodian).
    """

    people: Mapping[str, Person]
    open_to: frozenset[str] | None

    def is_open(self, person: Person) -> bool:
        """Say whether this reader may know the real name."""
        named = person.shown_as is ShownAs.NAMED
        return named or self.open_to is None or person.id in self.open_to

    def display_name(self, person: Person, language: str = "en") -> str:
        """Return the name to show: the name, the pseudonym, or that there is none."""
        if self.is_open(person):
            return person.name
        if person.shown_as is ShownAs.PSEUDONYM and person.pseudonym:
            return person.pseudonym
        return _NOT_NAMED.get(language, _NOT_NAMED["en"])

    def person(self, person: Person) -> Person:
        """Return the record as this reader may know it."""
        if self.is_open(person):
            return person
        return Person(
            id=person.id,
            name=self.display_name(person),
            is_subject=person.is_subject,
            relation=person.relation,
            shown_as=person.shown_as,
            groups=person.groups,
            minor=person.minor,
            living=person.living,
            languages=person.languages,
        )

    def passage(self, passage: Passage) -> Passage:
        """Return the passage with the speaker and the addressee named as they may be."""
        speaker = self.people.get(passage.speaker_id or "")
        if speaker and not self.is_open(speaker):
            passage.speaker_name = self.display_name(speaker)
        addressee = self.people.get(passage.addressee_id or "")
        if addressee and not self.is_open(addressee):
            passage.addressee_words = self.display_name(addressee)
        return passage

    def source(self, source: Source) -> Source:
        """Return the source without a contributor's name that is not to be shown."""
        for person in self.people.values():
            if not self.is_open(person) and source.contributor in (person.name, *person.names):
                source.contributor = self.display_name(person)
        return source

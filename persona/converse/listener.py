"""Who is listening: forms of address and language belong to a pair of people.

The documented failure this prevents: fed with the brother's memories, the father took the
daughter for the brother. So a form of address is only ever read from the record of the person
who is listening, and a text with another person's form of address is not spoken to this one.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from persona.errors import ConverseError
from persona.records import Person
from persona.remember.search_text import hanzi_runs, hanzi_share

QUESTION_LIMIT = 4000
"""Characters of a question that are read; more is refused with a sentence."""

WHO_CHANGED = (
    "This conversation cannot go on, because who is listening has changed in the archive. What "
    "was said is kept. Please say again who is here, and begin anew."
)
"""What is said when the listener was renamed or taken out in the middle of a talk."""


@dataclass(frozen=True)
class Listener:
    """The person who listens, or a stranger (``person`` is None), and everybody's address.

    ``private_forms`` maps a person id to the forms of address that only this person is given.
    """

    person: Person | None
    private_forms: dict[str, tuple[str, ...]]

    @property
    def id(self) -> str | None:
        """Return the person's id; None for a stranger."""
        return self.person.id if self.person else None

    @property
    def address(self) -> str:
        """Return what the subject called this listener; empty when nobody knows."""
        if self.person is None:
            return ""
        forms = self.person.called_by_subject
        return forms[0] if forms else _first_name(self.person.name)

    def address_in(self, language: str) -> str:
        """Return the form of address written in the script of ``language``, else the first."""
        forms = self.person.called_by_subject if self.person else []
        for form in forms:
            if bool(hanzi_runs(form)) == (language == "zh"):
                return form
        return self.address

    def another_persons_form(self, text: str) -> bool:
        """Whether ``text`` contains a form of address that belongs to somebody else."""
        folded = _folded(text)
        mine = {_folded(form) for form in self.private_forms.get(self.id or "", ())}
        for person_id, forms in self.private_forms.items():
            if person_id == self.id:
                continue
            for form in forms:
                if _folded(form) not in mine and _contains(folded, _folded(form)):
                    return True
        return False


def make_listener(person: Person | None, people: Sequence[Person]) -> Listener:
    """Return the listener with the private forms of address of all ``people``.

    A form that is simply part of somebody's name is no secret between two people, nor is a
    form that the subject used with several.
    """
    plain = {_folded(part) for other in people for part in _names(other)}
    forms: dict[str, tuple[str, ...]] = {}
    for other in people:
        own = [form for form in other.called_by_subject if _folded(form) not in plain]
        if own:
            forms[other.id] = tuple(own)
    return Listener(person=person, private_forms=forms)


def language_of(text: str, preferred: Sequence[str] = ()) -> str:
    """Return ``zh`` or ``en``: the script of a question, else what the listener prefers."""
    if any(character.isalpha() for character in text):
        return "zh" if hanzi_share(text) * 3 >= 1 else "en"
    return "zh" if preferred and preferred[0] == "zh" else "en"


def has_words(text: str) -> bool:
    """Say whether there is a letter or a digit in a text at all."""
    return any(character.isalnum() for character in text)


def can_be_read(text: str) -> bool:
    """Say whether a question is in English or Chinese, as far as its script and words show.

    Other scripts are certain. Another language in Latin letters is only said to be one when at
    least two of its small words stand there and none of English: a French name changes nothing.
    """
    letters = [character for character in text if character.isalpha()]
    strange = sum(_OTHER_SCRIPT.match(character) is not None for character in letters)
    if strange * 2 > len(letters) or _KANA_OR_HANGUL.search(text):
        return False
    words = re.findall(r"[^\W\d_]+", text.casefold())
    foreign = {word for word in words if word in _FOREIGN}
    return len(foreign) < 2 or any(word in _ENGLISH for word in words)


_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_OTHER_SCRIPT = re.compile("[\u0370-\u1fff\u2c00-\u2dff\ua4d0-\uabff\ud7b0-\uf8ff\ufb00-\ufeff]")
_ENGLISH = frozenset(
    "the is are were what who where when why how did do does you your and of to she they his "
    "my tell about that this with for have had".split()
)
_FOREIGN = frozenset(
    "est que qui quoi où comment pourquoi tu vous as avez était étais une le la les des du dans "
    "et avec ce sur ton ta tes votre mon ma mes pas ne peint aimais ist was wer wo wie warum sie "
    "ihr hast haben bist der die das ein eine und mit nicht von dein deine mein meine war warst "
    "es qué quién dónde cómo cuándo tú usted tienes el los las una y con por para mi fue eras "
    "è che chi dove come perché sei hai il gli della con non tuo mio era eri o os as um uma onde "
    "quem foi você seu sua meu minha não het een en van wat wie waar hoe waarom je jij niet met "
    "mijn jouw jest co kto gdzie jak dlaczego nie z".split()
)
"""Small words of French, German, Spanish, Italian, Portuguese, Dutch and Polish."""


def _names(person: Person) -> list[str]:
    whole = [person.name, *person.names]
    return whole + [part for name in whole for part in name.split()]


def _first_name(name: str) -> str:
    return name if hanzi_runs(name) else name.split(maxsplit=1)[0]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _contains(text: str, form: str) -> bool:
    """Whether a form of address stands in a text.

    A form of one ordinary word ('Captain') counts where somebody is addressed with it, because
    elsewhere it is only the word; longer forms ('Little Sparrow') count anywhere.
    """
    escaped = re.escape(form)
    if hanzi_runs(form):
        return form in text
    if " " in form:
        return re.search(rf"(?<!\w){escaped}(?!\w)", text) is not None
    before, after = (
        r"(?:^|[,;:!?.“\"—–-]\s*|\b(?:dear|dearest|my|oh|well)\s+)",
        r"(?=\s*[,;:!?.”\"—–-]|$)",
    )
    return re.search(rf"{before}{escaped}{after}", text) is not None


def checked_question(question: str) -> str:
    """Return what a listener typed, as it is read. Raises `ConverseError`: empty, or far too long.

    Control characters are left out.
    """
    words = "".join(c for c in question if c.isprintable() or c in "\n\t").strip()
    if not words:
        raise ConverseError("Ask a question in a few words.")
    if len(words) > QUESTION_LIMIT:
        raise ConverseError(
            f"That is longer than {QUESTION_LIMIT} characters: ask one thing at a time."
        )
    return words

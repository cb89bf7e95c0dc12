"""The end of a version, on the family's own terms: a last conversation, then retirement.

    hold_farewell   the closing of a conversation, in the person's own last words
    retire          afterwards, when the family is ready; it can always be put off

Nothing is lost by it: the archive, the sources and the conversations stay.
"""

from collections.abc import Iterator
from datetime import date

from persona.converse.answer import AnswerSentence
from persona.converse.phrases import phrase
from persona.converse.talk import Talk
from persona.records import Version, VersionState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.train.serving import talkable_version

KIND_REASON = (
    "the family said goodbye to it on {day}. What it was made from is kept, and can be read at "
    "any time"
)
"""What somebody reads who asks for this version later."""


def opening_words(talk: Talk) -> str:
    """Return what is said before a last conversation begins."""
    return phrase(talk.language, "farewell_begin", name=talk.subject.name)


def hold_farewell(talk: Talk) -> Iterator[AnswerSentence]:
    """Yield the closing of a last conversation; the version itself is not retired by it."""
    return talk.farewell()


def retire(store: Store, reference: str, day: date | None = None, reason: str = "") -> Version:
    """Retire a version after its farewell; return it.

    Args:
        store: the archive.
        reference: number, id or name.
        day: of the farewell; None: today.
        reason: in the family's own words; empty: a kind sentence.

    Raises:
        VersionError: there is no such version, or it is retired or blocked already.
    """
    with store.reader(Custodian()) as view:
        version = talkable_version(view.versions(), reference)
    words = reason or KIND_REASON.format(day=f"{day or date.today():%Y-%m-%d}")
    store.set_version_state(version.id, VersionState.RETIRED, words)
    return version

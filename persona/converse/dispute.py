"""A sentence that somebody says is not right, with what it stands on beside it.

What the listener then says is new testimony by that person (`persona.keeper.correction`): never an
edit, and never the persona's own words coming back (law 3), so nothing here is offered as text
to be sent again.
"""

from dataclasses import dataclass

from persona.converse.answer import AnswerSentence, CitedSpan
from persona.converse.places import place_words
from persona.errors import ConverseError, NotReadable
from persona.records import Source
from persona.remember.view import View

AROUND = 300
"""Characters of the source that are shown on each side of the quoted words."""


CORRECTION = "correction/1"
"""What a correction is extracted and imported by: a person accepts it, no rule."""


@dataclass(frozen=True)
class Beside:
    """What a source really says at the place that is cited."""

    span: CitedSpan
    place: str
    before: str
    quoted: str
    after: str


@dataclass(frozen=True)
class Disputed:
    """A sentence, what it stands on, and who disputes it.

    ``memory_id`` is the memory that is told differently now; None when the sentence stood on
    nothing, and what is said becomes testimony all the same.
    """

    sentence: AnswerSentence
    beside: tuple[Beside, ...]
    memory_id: str | None
    by: str


def is_correction(source: Source) -> bool:
    """Say whether a source is a correction: it was remembered when it was said."""
    return source.details.get("importer") == CORRECTION


def disputed(view: View, sentence: AnswerSentence, by: str | None) -> Disputed:
    """Return a sentence with its sources beside it, as the one who disputes it may read them.

    Raises:
        ConverseError: nobody knows who disputes it: testimony needs a name.
    """
    if by is None:
        raise ConverseError(
            "Whoever says that it was different has to be somebody of this archive, so that the "
            "words can be kept with a name. Choose who you are, then say it again."
        )
    beside = [one for span in sentence.citations if (one := _beside(view, span)) is not None]
    return Disputed(
        sentence=sentence,
        beside=tuple(beside),
        memory_id=beside[0].span.memory_id if beside else None,
        by=by,
    )


def _beside(view: View, span: CitedSpan) -> Beside | None:
    try:
        passage, source = view.passage(span.passage_id), view.source(span.source_id)
    except NotReadable:
        return None  # closed or taken back meanwhile
    text = passage.text
    return Beside(
        span=span,
        place=place_words(source, passage, view.display_name),
        before=text[max(0, span.start - AROUND) : span.start],
        quoted=text[span.start : span.end],
        after=text[span.end : span.end + AROUND],
    )

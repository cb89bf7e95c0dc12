"""Evidence → sentences: the person's own words, and accounts with their narrators.

    own_words   frame + “the span, character for character”      I wrote to you on …: “…”
    told        narrator + “the span, character for character”   My sister … tells it like this: “…”

A frame says only what the records say: who, to whom, when, in what. A narrator is named by the
relation to the subject, which is certain, and never by a relation to the listener, which would
have to be inferred and could take one relative for another.
"""

import re
from collections.abc import Callable

from persona.converse.answer import AnswerSentence, CitedSpan, OriginalClip
from persona.converse.dates import date_clause
from persona.converse.listener import Listener
from persona.converse.phrases import phrase, relation_word
from persona.converse.telling import Telling
from persona.records import (
    MemoryKind,
    Modality,
    Passage,
    Person,
    Source,
    SourceKind,
    Standing,
)
from persona.remember.retrieval import Evidence

DisplayName = Callable[[str], str]
"""Person id → the name that this listener may see."""


class Framer:
    """Puts evidence into sentences for one listener, in one language."""

    def __init__(
        self, listener: Listener, language: str, name_of: DisplayName, people: dict[str, Person]
    ) -> None:
        self._listener = listener
        self._language = language
        self._name_of = name_of
        self._people = people

    def sentence(self, telling: Telling, *, follows_account: bool = False) -> AnswerSentence:
        """Return the sentence for a telling: own words, or an account.

        The first citation spans all that is quoted, the others are the memories in it.

        Args:
            telling: one stretch of a passage.
            follows_account: another narrator has just been quoted, so this one is joined on.
        """
        evidence = telling.lead
        own = evidence.memory.kind is MemoryKind.OWN_WORDS
        frame = self._own(evidence) if own else self._told(evidence, follows_account)
        clip = original_clip(evidence) if own else None
        return AnswerSentence(
            text=frame,
            standing=Standing.OWN_WORDS if own else Standing.TOLD,
            citations=(cited(evidence), *_besides(telling)),
            quoted=evidence.citation.exact,
            narrator_id=evidence.memory.narrator_id,
            clip=clip,
            language=self._language,
        )

    def _own(self, evidence: Evidence) -> str:
        passage, source = evidence.passage, evidence.source
        kind, addressee = source.kind, evidence.memory.addressee_id or passage.addressee_id
        values = {"date": self._date(evidence), "quote": quotable(evidence.citation.exact)}
        if kind in (SourceKind.INTERVIEW, SourceKind.VOICE_CLIP):
            return self._say("own_spoken", **values)
        if kind is SourceKind.CHAT:
            return self._say("own_chat", **values)
        if kind is SourceKind.BOOK:
            return self._say("own_book", title=source.title, quote=values["quote"])
        if addressee is not None and addressee == self._listener.id:
            return self._say("own_letter_you", **values)
        to = self.person(addressee, "to_relation") if addressee else passage.addressee_words
        if to:
            return self._say("own_letter", addressee=to, **values)
        return self._say("own_letter_nobody", **values)

    def _told(self, evidence: Evidence, follows_account: bool) -> str:
        memory = evidence.memory
        values = {"quote": quotable(evidence.citation.exact)}
        if memory.narrator_id == self._listener.id:
            return self._say("told_you", **values)
        values["narrator"] = self.person(memory.narrator_id, "my_relation")
        if memory.told_by:
            return self._say("told_by", source=self._told_by(memory.told_by[0]), **values)
        kind = evidence.source.kind
        if kind is SourceKind.PHOTO:
            return self._say("told_caption", **values)
        if kind is SourceKind.BOOK:
            values["narrator"] = self.person(memory.narrator_id, "my_relation", whole_name=True)
            return self._say("told_book", title=evidence.source.title, **values)
        if kind in (SourceKind.LETTER, SourceKind.CHAT):
            return self._say("told_letter", date=self._date(evidence), **values)
        if memory.modality in (Modality.BELIEVES, Modality.GUESSES):
            return self._say("told_believes", **values)
        if follows_account:
            values["narrator"] = self.person(memory.narrator_id, "to_relation")
            return self._say("told_also", **values)
        return self._say("told", **values)

    def person(self, person_id: str, key: str, *, whole_name: bool = False) -> str:
        """Return ``My sister Corinne``; only the name where no relation is recorded."""
        name = self._name_of(person_id) if whole_name else self._short_name(person_id)
        person = self._people.get(person_id)
        relation = relation_word(self._language, person.relation) if person else ""
        return self._say(key, relation=relation, name=name) if relation else name

    def _short_name(self, person_id: str) -> str:
        """Return the first name where only one person of the archive has it, else all of it."""
        name = self._name_of(person_id)
        first = name.split()[0]
        same = [other for other in self._people if self._name_of(other).split()[0] == first]
        return first if same == [person_id] and first.isascii() else name

    def _told_by(self, who: str) -> str:
        return self.person(who, "to_relation") if who in self._people else who

    def _date(self, evidence: Evidence) -> str:
        passage, source = evidence.passage, evidence.source
        edtf = passage.created_edtf or source.created_edtf
        return date_clause(edtf, self._language)

    def _say(self, key: str, **values: str) -> str:
        return phrase(self._language, key, **values)


def _besides(telling: Telling) -> tuple[CitedSpan, ...]:
    lead = telling.lead.memory.id
    return tuple(cited(part) for part in telling.parts if part.memory.id != lead)


def quotable(exact: str) -> str:
    """Return a span as it is said: line breaks become spaces, all other characters stay."""
    return re.sub(r"\s*\n\s*", " ", exact).strip()


def cited(evidence: Evidence) -> CitedSpan:
    """Return the span that carries the evidence."""
    return CitedSpan(
        memory_id=evidence.memory.id,
        passage_id=evidence.passage.id,
        source_id=evidence.source.id,
        start=evidence.citation.start,
        end=evidence.citation.end,
    )


def original_clip(evidence: Evidence) -> OriginalClip | None:
    """Return where the person can be heard saying it."""
    citation = evidence.citation
    return clip_of(evidence.source, evidence.passage, citation.start, citation.end)


def clip_of(source: Source, passage: Passage, start: int, end: int) -> OriginalClip | None:
    """Return the seconds of characters ``start:end``, to the word where word times are known."""
    if source.kind not in (SourceKind.VOICE_CLIP, SourceKind.INTERVIEW):
        return None
    spoken = [word for word in passage.words if word[0] < end and word[1] > start]
    if spoken:
        return OriginalClip(source.id, float(spoken[0][2]), float(spoken[-1][3]))
    match = re.match(r"t=([\d.]+),([\d.]+)", str(passage.selector.get("value", "")))
    if match is None:
        return None
    return OriginalClip(source.id, float(match[1]), float(match[2]))

"""Passages → memories with citations, by rules (law 1: testimony, not truth).

    passage ──► body (no salutation, closing, signature, media marker)
            ──► sentences ──► runs of 1 to 4, about 60 words ──► memory + citation

The subject's own passages become ``own_words``. Passages of others become memories where they
speak about the subject: by name, by the narrator's word for them, by a pronoun carried over
from the sentence before, by "you" in a letter or chat to them, or as an answer in an interview,
where the subject is what people are asked about. The narrator is whoever
speaks the passage; a passage that nobody is known to have said makes no memory (`untold`).
What a narrator says of another relative is not the subject's story (`spoken_of`): "it was my
uncle who fell, not him" is kept as being of the uncle, and where "she" may be the mother who told
it, the memory waits for a person.
A memory never crosses passages, and a question is nobody's testimony.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from persona.records import (
    Citation,
    Memory,
    MemoryKind,
    Passage,
    Person,
    Review,
    Source,
    SourceKind,
    content_id,
)
from persona.records.source import INTERVIEWS
from persona.remember.acceptance import review_of
from persona.remember.body import body_of, is_fragment, is_noise
from persona.remember.event_dates import event_date
from persona.remember.language import language_of
from persona.remember.naming import People
from persona.remember.questions import is_question
from persona.remember.runs import Taken, Told, free_of, runs_of, waits
from persona.remember.sentences import Span, inside_quotation, split_sentences
from persona.remember.spoken_of import Of, SpokenOf
from persona.remember.telling import Teller

RULES = "rules/2"
"""Name and version of these rules; part of every memory's id.

Raise it with any change by which a passage can be read otherwise: every source is then gone
through again, and what is read otherwise takes the place of what was (`recutting`).
"""

_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b|你|您", re.IGNORECASE)
_ADDRESSED = frozenset({SourceKind.LETTER, SourceKind.CHAT, SourceKind.VOICE_CLIP})


@dataclass(frozen=True)
class Extracted:
    """One memory with what carries it.

    ``waits``: a person has to say first of whom it tells, however sure the words are.
    """

    memory: Memory
    citations: tuple[Citation, ...]
    waits: bool = False


def extract(
    passages: Sequence[Passage], source: Source, people: Sequence[Person]
) -> list[Extracted]:
    """Return the memories in the passages of one unit (one letter, chat day or recording).

    The same passages and people always give the same memories with the same ids.
    """
    return Extractor(people).extract(passages, source)


def untold(passages: Sequence[Passage], source: Source) -> int:
    """Return how many passages make no memory because nobody is known to have said them."""
    return sum(
        narrator_id(passage, source) is None and not is_fragment(passage.text)
        for passage in passages
    )


class Extractor:
    """`extract` for many units: the patterns for the people's names are made once."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = People.of(people)
        self._teller = Teller(self.people)
        self._spoken = SpokenOf(self.people)

    def narrator(self, passage: Passage, source: Source) -> Person | None:
        """Return whoever says a passage, if somebody is known to."""
        return self.people.by_id.get(narrator_id(passage, source) or "")

    def asks_only(self, narrator: Person, passage: Passage, source: Source) -> bool:
        """Say whether the speaker only asks the questions in this source."""
        return _interviews(narrator, passage, source)

    def memory_of(
        self, span: tuple[int, int], passage: Passage, source: Source
    ) -> Extracted | None:
        """Return the memory of one span that somebody (or a model) points to.

        None when nobody is known to have said it.
        """
        narrator = self.narrator(passage, source)
        if narrator is None:
            return None
        spans = split_sentences(passage.text[slice(*span)])
        told_by = {who for one in spans for who in self._told_by(one, narrator)}
        another = all(self._of(one, narrator) is Of.ANOTHER for one in spans)
        of = Of.ANOTHER if spans and another else Of.ANYBODY
        told = Told(Span(*span, passage.text[slice(*span)]), tuple(sorted(told_by)), of)
        return self._memory([told], passage, source, narrator)

    def extract(
        self, passages: Sequence[Passage], source: Source, taken: Taken | None = None
    ) -> list[Extracted]:
        """Return the memories in the passages of one unit, in their order.

        Args:
            passages: of one letter, chat day or recording.
            source: where they stand.
            taken: stretches of which no memory is made: a person has decided about them.
        """
        found: list[Extracted] = []
        interview = source.kind in INTERVIEWS
        topic = interview or self._is_asked_for(passages, source)
        for passage in passages:
            narrator = self.narrator(passage, source)
            if narrator is None or _interviews(narrator, passage, source):
                topic = interview  # a new question is about the subject again
                continue
            sentences, topic = self._sentences(passage, source, narrator, topic)
            open_ones = free_of(sentences, (taken or {}).get(passage.id, ()))
            runs = runs_of(open_ones, passage.text)
            found.extend(self._memory(run, passage, source, narrator) for run in runs)
        return found

    def spans(self, passage: Passage, source: Source, narrator: Person) -> list[Span]:
        """Return the sentences of a passage without salutation, closing, signature, and so on.

        What stands inside quotation marks in a book is somebody else's.
        """
        names = {narrator.name, *narrator.names, *narrator.called_by_subject}
        if narrator.is_subject:
            names.update(word for p in self.people.everybody for word in p.calls_subject)
        start, end = body_of(passage.text, names)
        spans = [
            Span(span.start + start, span.end + start, span.text)
            for span in split_sentences(passage.text[start:end])
        ]
        if source.kind is SourceKind.BOOK:
            spans = [span for span in spans if not inside_quotation(passage.text, span.start)]
        return spans

    def _sentences(
        self, passage: Passage, source: Source, narrator: Person, topic: bool
    ) -> tuple[list[Told], bool]:
        """Return the sentences of a passage that become memories, and what comes next."""
        spans = self.spans(passage, source, narrator)
        if narrator.is_subject:
            kept = [span for span in spans if not _is_marker(span)]
            return [Told(span, tuple(self._told_by(span, narrator))) for span in kept], topic
        if source.kind in INTERVIEWS or self._is_asked_for([passage], source):
            return self._answers(spans, narrator, topic)
        goes_on = topic and source.kind is SourceKind.LETTER
        return self._about_subject(spans, passage, source, narrator, goes_on)

    def _is_asked_for(self, passages: Sequence[Passage], source: Source) -> bool:
        """Say whether a relative's e-mail is about the subject, as its subject line says.

        "Things about your grandad": people are asked for them, as in an interview.
        """
        if source.details.get("importer") != "mail" or not passages:
            return False
        writer = self.narrator(passages[0], source)
        to = self.people.by_id.get(passages[0].addressee_id or "")
        if writer is None or writer.is_subject or (to is not None and to.is_subject):
            return False
        return self._who(source.title, writer, to)[0]

    def _answers(
        self, spans: Sequence[Span], narrator: Person, topic: bool
    ) -> tuple[list[Told], bool]:
        """Return what an interviewed relative tells of the subject, and whether that goes on.

        People are asked about the subject there, so what they tell is about the subject, until
        they name somebody else whom "he" (or "she") could mean as well.
        """
        told: list[Told] = []
        for span in spans:
            if is_question(span.text):
                topic = True
                continue
            one, topic = self._answer(span, narrator, topic)
            if one is not None and not is_noise(span.text, answers=span is spans[0]):
                told.append(one)
        return told, topic

    def _answer(self, span: Span, narrator: Person, topic: bool) -> tuple[Told | None, bool]:
        """Return a sentence of an interview if it tells of the subject, and what comes next."""
        read = self._read(span, narrator)
        if read.identity is not None:
            return (read if topic or self._is_of_subject(read, narrator) else None), (
                read.identity.person_id == self._subject_id
            )
        if self._who(span.text, narrator)[0]:
            return read, True
        if read.of is Of.UNSURE:
            return (read if topic else None), False
        if topic and (another := self._of_another(read, narrator)):
            return another, False
        if self.people.names_another(span.text, narrator):
            about = topic and read.of is Of.ANYBODY and self._spoken.meets_subject(span.text)
            return (read if about else None), False
        return (read if topic else None), topic

    def _read(self, span: Span, narrator: Person) -> Told:
        identity = None if narrator.is_subject else self._spoken.identity(span.text, narrator)
        by = tuple(self._told_by(span, narrator))
        if identity is None:
            return Told(span, by, self._of(span, narrator))
        read = Told(span, by, Of.ANOTHER, identity)
        return replace(read, of=Of.ANYBODY) if self._is_of_subject(read, narrator) else read

    def _of(self, span: Span, narrator: Person) -> Of:
        """Return of whom a sentence of a relative tells, as far as its own words say."""
        if narrator.is_subject:
            return Of.ANYBODY
        teller, claim = self._teller.claim(span.text) or ("", None)
        return self._spoken.tells_of(span.text, claim, teller, narrator)

    def _of_another(self, read: Told, narrator: Person) -> Told | None:
        """Return a sentence apart that tells of another what others may tell of the subject.

        It is kept as the other's, and waits for a person: whose story it is, the narrators may
        tell differently ("Uncle Simon fell in", "Henry fell in").
        """
        _, claim = self._teller.claim(read.span.text) or ("", None)
        happened = self._spoken.happened_to_another(claim or read.span.text, narrator)
        event = self._teller.kind(read.span.text) is MemoryKind.EVENT
        another = read.of is Of.ANOTHER and happened and event
        return replace(read, apart=True) if another else None

    def _is_of_subject(self, told: Told, narrator: Person) -> bool:
        """Say whether a sentence that says who it was names the one who died."""
        identity, subject_id = told.identity, self._subject_id
        if identity is None or subject_id in (identity.person_id, identity.denied):
            return identity is not None
        named, _ = self._who(told.span.text, narrator)
        return named or self._spoken.meets_subject(told.span.text)

    @property
    def _subject_id(self) -> str:
        return self.people.subject.id if self.people.subject else ""

    def _told_by(self, span: Span, narrator: Person) -> list[str]:
        return self._teller.told_by(span.text, narrator)

    def _about_subject(
        self,
        spans: Sequence[Span],
        passage: Passage,
        source: Source,
        narrator: Person,
        carried: bool,
    ) -> tuple[list[Told], bool]:
        """Return what somebody tells of the subject unasked, and whether "he" still is he."""
        subject = self.people.subject
        if subject is None:
            return [], False
        to = self.people.by_id.get(passage.addressee_id or "")
        to_subject = passage.addressee_id == subject.id and source.kind in _ADDRESSED
        shown, chat = source.kind is SourceKind.PHOTO, source.kind is SourceKind.CHAT
        told: list[Told] = []
        for span in spans:
            read = self._read(span, narrator)
            aside = carried and not to_subject and source.kind in _ADDRESSED
            another = self._of_another(read, narrator) if aside else None
            about, carried = self._mentions(span, read, narrator, to, carried)
            about, read = about or another is not None, another or read
            about = about or shown or (to_subject and bool(_YOU.search(span.text)))
            if about and not is_question(span.text, typed=chat) and not is_noise(span.text):
                told.append(read)
        return told, carried

    def _mentions(
        self, span: Span, read: Told, narrator: Person, to: Person | None, carried: bool
    ) -> tuple[bool, bool]:
        """Return whether a sentence is about the subject, and whether "he" is he after it."""
        named, others = self._who(span.text, narrator, to)
        if read.identity is not None:
            is_he = read.identity.person_id == self._subject_id
            return named or (carried and self._is_of_subject(read, narrator)), is_he
        another = bool(others) and self.people.names_another(span.text, narrator)
        another = another or read.of is Of.ANOTHER
        pronoun = carried and not another and bool(self.people.pronouns.search(span.text))
        return named or pronoun, named or (pronoun and read.of is Of.ANYBODY)

    def _who(self, text: str, narrator: Person, to: Person | None = None) -> tuple[bool, bool]:
        """Return whether the subject is named, and whether others (not the narrator) are.

        "Da" names him who is the narrator's; "your grandad" in words ``to`` somebody, theirs.
        """
        subject = self.people.subject
        ids = {mention.person_id for mention in self.people.mentions(text)}
        own_word = self.people.narrator_words(narrator)
        named = subject is not None and subject.id in ids
        named = named or bool(own_word and own_word.search(text))
        said_to = self.people.words_to(to) if to is not None else None
        named = named or bool(said_to and said_to.search(text))
        return named, bool(ids - {narrator.id, subject.id if subject else ""})

    def _memory(
        self, run: Sequence[Told], passage: Passage, source: Source, narrator: Person
    ) -> Extracted:
        start, end = run[0].span.start, run[-1].span.end
        quote = passage.text[start:end]
        told_by = list(dict.fromkeys(who for told in run for who in told.told_by))
        edtf, words = event_date(quote)
        memory = Memory(
            id=content_id("mem", passage.id, start, end, RULES),
            narrator_id=narrator.id,
            told_by=told_by,
            subject_ids=self._subjects(run, quote, narrator),
            kind=MemoryKind.OWN_WORDS if narrator.is_subject else self._kind(run),
            statement=re.sub(r"\s+", " ", quote),
            quote=quote,
            addressee_id=passage.addressee_id,
            language=passage.language or language_of(quote, self.people.everybody),
            event_edtf=edtf,
            event_words=words,
            told_at_edtf=passage.created_edtf or source.created_edtf,
            modality=self._teller.modality(quote, told_by),
            extracted_by=RULES,
        )
        memory.review = review_of(memory, [passage], "rules")
        unsure = waits(run)
        if unsure:
            memory.review = Review.UNREVIEWED
        citation = Citation(
            id=content_id("cit", memory.id, passage.id, start, end),
            memory_id=memory.id,
            passage_id=passage.id,
            start=start,
            end=end,
            exact=quote,
        )
        return Extracted(memory, (citation,), unsure)

    def _kind(self, run: Sequence[Told]) -> MemoryKind:
        kinds = [self._teller.kind(told.span.text) for told in run]
        return next((kind for kind in kinds if kind is not MemoryKind.EVENT), MemoryKind.EVENT)

    def _subjects(self, run: Sequence[Told], quote: str, narrator: Person) -> list[str]:
        """Return whom a memory is about: the subject first, then who else is named.

        What is told of somebody else is not about the subject, nor surely what may be.
        """
        subject = self.people.subject
        ids = {mention.person_id for mention in self.people.mentions(quote)}
        for told in run:
            _, claim = self._teller.claim(told.span.text) or ("", "")
            begun = self._spoken.begins_with(claim or told.span.text, narrator)
            found = [told.identity.person_id if told.identity else "", begun[0] if begun else ""]
            ids.update(one for one in found if one in self.people.by_id)
        his = subject is not None and any(told.of is Of.ANYBODY for told in run)
        first = [subject.id] if subject and his else []
        return [*first, *sorted(ids - {narrator.id, self._subject_id})]


def narrator_id(passage: Passage, source: Source) -> str | None:
    """Return who says a passage. A photo's source names who took it, not who says what."""
    if passage.speaker_id:
        return passage.speaker_id
    written = source.kind in (SourceKind.LETTER, SourceKind.BOOK, SourceKind.VOICE_CLIP)
    return source.narrator_id if written and not passage.speaker_name else None


def _interviews(narrator: Person, passage: Passage, source: Source) -> bool:
    """Say whether the speaker only asks the questions here."""
    asks = source.details.get("interviewer")
    named = asks is not None and asks in (narrator.id, narrator.name, passage.speaker_name)
    return named or narrator.relation.lower() == "interviewer"


def _is_marker(span: Span) -> bool:
    """Say whether a sentence of the subject is no speech; a short one may join its neighbours."""
    return is_noise(span.text) and not is_fragment(span.text)

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
from persona.remember.acceptance import review_of
from persona.remember.body import body_of, hanzi_count, is_fragment, is_noise, size
from persona.remember.event_dates import event_date
from persona.remember.language import language_of
from persona.remember.naming import People
from persona.remember.sentences import Span, inside_quotation, split_sentences
from persona.remember.spoken_of import Identity, Of, SpokenOf
from persona.remember.telling import Teller

RULES = "rules/1"
"""Name and version of these rules; part of every memory's id."""

MOST_SENTENCES = 4
MOST_IN_LIST_ITEM = 8
MOST_WORDS = 60
MOST_HANZI = 120

_YOU = re.compile(r"\b(?:you|your|yours|yourself)\b|你|您", re.IGNORECASE)
_ASKED = frozenset({SourceKind.INTERVIEW, SourceKind.TRANSCRIPT})
_ADDRESSED = frozenset({SourceKind.LETTER, SourceKind.CHAT, SourceKind.VOICE_CLIP})
_LIST_ITEM = re.compile(r"\(?\d{1,2}[.)、]\s*")
_BLANK = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Extracted:
    """One memory with what carries it."""

    memory: Memory
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class _Told:
    """A sentence that is worth keeping, with what its own words say."""

    span: Span
    told_by: tuple[str, ...] = ()
    of: Of = Of.ANYBODY
    identity: Identity | None = None


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
        told = _Told(Span(*span, passage.text[slice(*span)]), tuple(sorted(told_by)), of)
        return self._memory([told], passage, source, narrator)

    def extract(self, passages: Sequence[Passage], source: Source) -> list[Extracted]:
        """Return the memories in the passages of one unit, in their order."""
        found: list[Extracted] = []
        interview = source.kind in _ASKED
        topic = interview
        for passage in passages:
            narrator = self.narrator(passage, source)
            if narrator is None or _interviews(narrator, passage, source):
                topic = interview  # a new question is about the subject again
                continue
            sentences, topic = self._sentences(passage, source, narrator, topic)
            runs = _runs(sentences, passage.text)
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
    ) -> tuple[list[_Told], bool]:
        """Return the sentences of a passage that become memories, and what comes next."""
        spans = self.spans(passage, source, narrator)
        if narrator.is_subject:
            kept = [span for span in spans if not _is_marker(span)]
            return [_Told(span, tuple(self._told_by(span, narrator))) for span in kept], topic
        if source.kind in _ASKED:
            return self._answers(spans, narrator, topic)
        return self._about_subject(spans, passage, source, narrator), topic

    def _answers(
        self, spans: Sequence[Span], narrator: Person, topic: bool
    ) -> tuple[list[_Told], bool]:
        """Return what an interviewed relative tells of the subject, and whether that goes on.

        People are asked about the subject there, so what they tell is about the subject, until
        they name somebody else whom "he" (or "she") could mean as well.
        """
        told: list[_Told] = []
        for span in spans:
            if span.text.rstrip("\"'”’)」』").endswith(("?", "？")):
                topic = True
                continue
            one, topic = self._answer(span, narrator, topic)
            if one is not None and not is_noise(span.text):
                told.append(one)
        return told, topic

    def _answer(self, span: Span, narrator: Person, topic: bool) -> tuple[_Told | None, bool]:
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
        if self.people.names_another(span.text, narrator):
            about = topic and read.of is Of.ANYBODY and self._spoken.meets_subject(span.text)
            return (read if about else None), False
        return (read if topic else None), topic

    def _read(self, span: Span, narrator: Person) -> _Told:
        identity = None if narrator.is_subject else self._spoken.identity(span.text, narrator)
        by = tuple(self._told_by(span, narrator))
        if identity is None:
            return _Told(span, by, self._of(span, narrator))
        read = _Told(span, by, Of.ANOTHER, identity)
        return replace(read, of=Of.ANYBODY) if self._is_of_subject(read, narrator) else read

    def _of(self, span: Span, narrator: Person) -> Of:
        """Return of whom a sentence of a relative tells, as far as its own words say."""
        if narrator.is_subject:
            return Of.ANYBODY
        teller, claim = self._teller.claim(span.text) or ("", None)
        return self._spoken.tells_of(span.text, claim, teller, narrator)

    def _is_of_subject(self, told: _Told, narrator: Person) -> bool:
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
        self, spans: Sequence[Span], passage: Passage, source: Source, narrator: Person
    ) -> list[_Told]:
        subject = self.people.subject
        if subject is None:
            return []
        to_subject = passage.addressee_id == subject.id and source.kind in _ADDRESSED
        shown = source.kind is SourceKind.PHOTO
        told: list[_Told] = []
        carried = False
        for span in spans:
            read = self._read(span, narrator)
            about, carried = self._mentions(span, read, narrator, carried)
            about = about or shown or (to_subject and bool(_YOU.search(span.text)))
            asks = span.text.rstrip("\"'”’)」』").endswith(("?", "？"))
            if about and not asks and not is_noise(span.text):
                told.append(read)
        return told

    def _mentions(
        self, span: Span, read: _Told, narrator: Person, carried: bool
    ) -> tuple[bool, bool]:
        """Return whether a sentence is about the subject, and whether "he" is he after it."""
        named, others = self._who(span.text, narrator)
        if read.identity is not None:
            is_he = read.identity.person_id == self._subject_id
            return named or (carried and self._is_of_subject(read, narrator)), is_he
        another = bool(others) and self.people.names_another(span.text, narrator)
        another = another or read.of is Of.ANOTHER
        pronoun = carried and not another and bool(self.people.pronouns.search(span.text))
        return named or pronoun, named or (pronoun and read.of is Of.ANYBODY)

    def _who(self, text: str, narrator: Person) -> tuple[bool, bool]:
        """Return whether the subject is named, and whether others (not the narrator) are."""
        subject = self.people.subject
        ids = {mention.person_id for mention in self.people.mentions(text)}
        own_word = self.people.narrator_words(narrator)
        named = subject is not None and subject.id in ids
        named = named or bool(own_word and own_word.search(text))
        return named, bool(ids - {narrator.id, subject.id if subject else ""})

    def _memory(
        self, run: Sequence[_Told], passage: Passage, source: Source, narrator: Person
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
        if _waits(run):
            memory.review = Review.UNREVIEWED
        citation = Citation(
            id=content_id("cit", memory.id, passage.id, start, end),
            memory_id=memory.id,
            passage_id=passage.id,
            start=start,
            end=end,
            exact=quote,
        )
        return Extracted(memory, (citation,))

    def _kind(self, run: Sequence[_Told]) -> MemoryKind:
        kinds = [self._teller.kind(told.span.text) for told in run]
        return next((kind for kind in kinds if kind is not MemoryKind.EVENT), MemoryKind.EVENT)

    def _subjects(self, run: Sequence[_Told], quote: str, narrator: Person) -> list[str]:
        """Return whom a memory is about: the subject first, then who else is named.

        What is told of somebody else is not about the subject, nor surely what may be.
        """
        subject = self.people.subject
        ids = {mention.person_id for mention in self.people.mentions(quote)}
        for told in run:
            begun = self._spoken.begins_with(told.span.text, narrator)
            found = [told.identity.person_id if told.identity else "", begun[0] if begun else ""]
            ids.update(one for one in found if one in self.people.by_id)
        his = subject is not None and any(told.of is Of.ANYBODY for told in run)
        first = [subject.id] if subject and his else []
        return [*first, *sorted(ids - {narrator.id, self._subject_id})]


def _waits(run: Sequence[_Told]) -> bool:
    """Say whether a person has to say first of whom this tells."""
    if any(told.of is Of.UNSURE for told in run):
        return True
    return all(told.of is Of.ANOTHER and told.identity is None for told in run)


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


def _runs(sentences: Sequence[_Told], text: str) -> list[list[_Told]]:
    """Group sentences that follow each other into runs short enough to be one memory."""
    runs: list[list[_Told]] = []
    for told in sentences:
        if runs and _belongs(runs[-1], told, text):
            runs[-1].append(told)
        else:
            runs.append([told])
    for run in runs:
        # "He wrote to me:" announces what follows, and tells nothing without it.
        while run and run[-1].span.text.rstrip().endswith((":", "：")):
            run.pop()
    whole = [run for run in runs if run]
    return [run for run in whole if not is_fragment(text[run[0].span.start : run[-1].span.end])]


def _belongs(run: Sequence[_Told], told: _Told, text: str) -> bool:
    gap = text[run[-1].span.end : told.span.start]
    if _LIST_ITEM.match(told.span.text):
        return False  # a list is quoted by its items, never from the middle of one
    most = MOST_IN_LIST_ITEM if _LIST_ITEM.match(run[0].span.text) else MOST_SENTENCES
    if len(run) >= most or gap.strip() or _BLANK.search(gap):
        return False
    if told.told_by != run[-1].told_by or _stands_alone(told) or _stands_alone(run[-1]):
        return False
    whole = text[run[0].span.start : told.span.end]
    return size(whole) <= MOST_WORDS and hanzi_count(whole) <= MOST_HANZI


def _stands_alone(told: _Told) -> bool:
    return told.identity is not None or told.of is Of.UNSURE

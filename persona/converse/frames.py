"""Evidence → sentences: the person's own words, and accounts with their narrators.

    own_words   frame + “the span, character for character”      I wrote to you on …: “…”
    told        narrator + “the span, letter for letter”         Your aunt …: “…”
    told        narrator + what a family tree says, in words     My son … in the family tree: …

A frame says only what the records say: who, to whom, when, in what. A narrator is named by what
they are to the listener where the archive states that ("your aunt"), else by what they are to the
one who died; a relation is never guessed, because that could take one relative for another. What
is quoted in another language than the frame says so.
"""

import re
from collections.abc import Callable
from enum import StrEnum

from persona.converse.answer import AnswerSentence, CitedSpan, OriginalClip
from persona.converse.as_of import written
from persona.converse.dates import date_clause, spoken_date
from persona.converse.listener import Listener, language_of
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
from persona.remember.kinship.relations import Relations
from persona.remember.naming import kin_group
from persona.remember.retrieval import Evidence
from persona.remember.when import months_of

DisplayName = Callable[[str], str]
"""Person id → the name that this listener may see."""

_SPOKEN = (SourceKind.INTERVIEW, SourceKind.VOICE_CLIP)


_PLAIN = frozenset(("great-aunt", "great-uncle", "stepmother", "stepfather", "half-sister"))
"""Relations people call each other by, besides `kin_group`; 'grandparent's wife' is none."""

_WRITTEN = {
    SourceKind.PHOTO: "told_caption",
    SourceKind.BOOK: "told_book",
    SourceKind.LETTER: "told_letter",
    SourceKind.CHAT: "told_letter",
    SourceKind.DIARY: "told_letter",
}


class Joint(StrEnum):
    """How a sentence is joined to the one before it."""

    NONE = ""
    ALSO = "told_also"
    DIFFERS = "told_differs"
    CORRECTION = "corrected"
    BEFORE_CORRECTION = "before_correction"
    OF_ITS_TIME = "of_its_time"


class Framer:
    """Puts evidence into sentences for one listener, in one language."""

    def __init__(
        self,
        listener: Listener,
        language: str,
        name_of: DisplayName,
        people: dict[str, Person],
        relations: Relations | None = None,
    ) -> None:
        """Frame for one listener.

        Args:
            listener: who hears it.
            language: ``en`` or ``zh``.
            name_of: names as this listener may see them.
            people: of the archive, by id, as this listener may know them.
            relations: who is what to whom; None: only what people are to the one who died.
        """
        self._listener = listener
        self._language = language
        self._name_of = name_of
        self._people = people
        self._relations = relations
        self._died = next((p.died for p in people.values() if p.is_subject), None)

    def sentence(self, telling: Telling, joint: Joint = Joint.NONE) -> AnswerSentence:
        """Return the sentence for a telling: own words, or an account.

        The first citation spans all that is quoted, the others are the memories in it.

        Args:
            telling: one stretch of a passage.
            joint: how it stands to the telling before it.
        """
        evidence = telling.lead
        if evidence.source.kind is SourceKind.FAMILY_TREE:
            return self._of_tree(telling)
        own = evidence.memory.kind is MemoryKind.OWN_WORDS
        frame = self._own(evidence) if own else self._told(evidence, joint)
        frame = self._joined(frame, evidence, joint) + self._language_note(evidence)
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

    def _of_tree(self, telling: Telling) -> AnswerSentence:
        """Return what a family tree says, in words: its lines are for programs."""
        evidence = telling.lead
        memory = evidence.memory
        own = memory.narrator_id in self._people and self._people[memory.narrator_id].is_subject
        you = memory.narrator_id == self._listener.id
        key = "tree_own" if own else "tree_you" if you else "tree"
        said = memory.statement.strip()
        values = {"statement": said if said.endswith((".", "。", "!", "?")) else f"{said}."}
        if key == "tree":
            values["narrator"] = self.person(memory.narrator_id, "my_relation")
        return AnswerSentence(
            text=self._say(key, **values),
            standing=Standing.INFERRED if own else Standing.TOLD,
            citations=(cited(evidence),),
            narrator_id=memory.narrator_id,
            language=self._language,
        )

    def _own(self, evidence: Evidence) -> str:
        passage, source = evidence.passage, evidence.source
        kind, addressee = source.kind, evidence.memory.addressee_id or passage.addressee_id
        values = {"date": self._date(evidence), "quote": quotable(evidence.citation.exact)}
        if kind in _SPOKEN:
            return self._say("own_spoken", **values)
        if kind is SourceKind.CHAT:
            return self._own_message(addressee, values)
        if kind is SourceKind.DIARY:
            return self._say("own_diary", **values)
        if kind is SourceKind.BOOK:
            return self._say("own_book", title=source.title, quote=values["quote"])
        if addressee is not None and addressee == self._listener.id:
            return self._say("own_letter_you", **values)
        to = self.person(addressee, "to_relation") if addressee else passage.addressee_words
        if to:
            return self._say("own_letter", addressee=to, **values)
        return self._say("own_letter_nobody", **values)

    def _own_message(self, addressee: str | None, values: dict[str, str]) -> str:
        """Return the frame of a message: to the listener, to another, or to several."""
        if addressee is None:
            return self._say("own_chat", **values)
        if addressee == self._listener.id:
            return self._say("own_chat_you", **values)
        to = self.person(addressee, "to_relation")
        return self._say("own_chat_to", addressee=to, **values)

    def _told(self, evidence: Evidence, joint: Joint) -> str:
        memory, title = evidence.memory, evidence.source.title
        key = self._told_key(evidence, joint)
        values = {"quote": quotable(evidence.citation.exact), "title": title}
        if memory.told_by:
            values["source"] = self._told_by(memory.told_by[0])
        inside = "to_relation" if key == Joint.ALSO.value else "my_relation"
        values["narrator"] = self.person(memory.narrator_id, inside, whole_name=key == "told_book")
        return self._say(key, date=self._date(evidence), **values)

    def _told_key(self, evidence: Evidence, joint: Joint) -> str:
        """Return which frame an account stands in."""
        memory, kind = evidence.memory, evidence.source.kind
        if memory.narrator_id == self._listener.id:
            return "told_you"
        if memory.told_by:
            return "told_by"
        if kind in _WRITTEN:
            return _WRITTEN[kind]
        if memory.modality in (Modality.BELIEVES, Modality.GUESSES):
            return "told_believes"
        if joint in (Joint.DIFFERS, Joint.ALSO):
            return joint.value
        return "told_later" if self._after_death(evidence) else "told"

    def _joined(self, frame: str, evidence: Evidence, joint: Joint) -> str:
        """Put before a sentence how it stands to another: put right, or true of its own time."""
        if joint in (Joint.CORRECTION, Joint.BEFORE_CORRECTION):
            return self._say(joint.value, sentence=frame)
        if joint is Joint.DIFFERS and self._told_key(evidence, joint) != joint.value:
            return self._say("differs", sentence=frame)
        if joint is Joint.OF_ITS_TIME:
            time = spoken_date(evidence.memory.event_edtf, self._language)
            return self._say("of_its_time", time=time, sentence=frame) if time else frame
        return frame

    def person(self, person_id: str, key: str, *, whole_name: bool = False) -> str:
        """Return ``Your aunt Corinne``, else ``My sister Corinne``, else only the name.

        Args:
            person_id: who.
            key: ``my_relation`` where a sentence begins with it, ``to_relation`` inside one.
            whole_name: the surname too, as on a title page.
        """
        name = self._name_of(person_id) if whole_name else self._short_name(person_id)
        person = self._people.get(person_id)
        yours = self._to_listener(person_id)
        if yours:
            return self._say(key.replace("relation", "relation_yours"), relation=yours, name=name)
        relation = relation_word(self._language, person.relation) if person else ""
        return self._say(key, relation=relation, name=name) if relation else name

    def _to_listener(self, person_id: str) -> str:
        """Return what somebody is to the listener, where the archive states it."""
        listener = self._listener.id
        if self._relations is None or listener is None or listener == person_id:
            return ""
        relation = self._relations.relation_between(person_id, listener, self._language)
        return relation if kin_group(relation) or relation in _PLAIN else ""

    def _short_name(self, person_id: str) -> str:
        """Return the first name where only one person of the archive has it, else all of it."""
        name = self._name_of(person_id)
        first = name.split()[0]
        same = [other for other in self._people if self._name_of(other).split()[0] == first]
        return first if same == [person_id] and first.isascii() else name

    def _told_by(self, who: str) -> str:
        return self.person(who, "to_relation") if who in self._people else who

    def _date(self, evidence: Evidence) -> str:
        return date_clause(written(evidence), self._language)

    def _after_death(self, evidence: Evidence) -> bool:
        made, died = months_of(written(evidence)), months_of(self._died)
        return made is not None and died is not None and made.first > died.last

    def _language_note(self, evidence: Evidence) -> str:
        """Return a note on the language of a quotation that is not that of the frame."""
        quoted = language_of(evidence.citation.exact, (self._language,))
        if quoted == self._language:
            return ""
        spoken = evidence.source.kind in _SPOKEN
        letter = evidence.source.kind is SourceKind.LETTER
        return self._say("spoken_in" if spoken else "letter_in" if letter else "written_in")

    def _say(self, key: str, **values: str) -> str:
        return phrase(self._language, key, **values)


def _besides(telling: Telling) -> tuple[CitedSpan, ...]:
    lead = telling.lead
    inside = (part for part in telling.parts if part.memory.id != lead.memory.id)
    return tuple(cited(part) for part in inside)


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

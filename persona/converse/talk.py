"""One listener talking with one version: the turn, in the order of ARCHITECTURE.md.

    listener → safeguard → search in what this listener may read → enough? → sentences with
    standing and citations → recorded with evidence, seed and timings

The turn is recorded sentence by sentence as it was said, also when the listener walks away in
the middle. Nothing that is said here can become a memory (law 3): the store keeps fingerprints.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property

from persona.config import Config
from persona.converse.answer import Answer, AnswerSentence
from persona.converse.dates import spoken_date
from persona.converse.frames import Framer
from persona.converse.listener import Listener, language_of, make_listener
from persona.converse.phrases import phrase, phrases_sha256
from persona.converse.prompt import build_prompt
from persona.converse.recording import sentence_record
from persona.converse.reply import (
    Chosen,
    DraftReport,
    checked_draft,
    choose,
    draft,
    quotations,
    unknown,
    who_might_know,
)
from persona.converse.safeguard import Concern, concern_of
from persona.converse.sayings import find_sayings
from persona.converse.standing import StandingCheck
from persona.engines.protocols import LanguageModel, Message
from persona.errors import ConverseError
from persona.records import (
    Act,
    Conversation,
    OpenQuestion,
    Person,
    ShownAs,
    Speaker,
    Standing,
    Turn,
    Version,
    content_id,
)
from persona.remember.readers import Reader
from persona.remember.retrieval import Evidence, Retriever
from persona.remember.store import Store
from persona.remember.view import View

QUESTION_LIMIT = 4000
"""Characters of a question that are read; more is refused with a sentence."""


class Talk:
    """A conversation that is going on."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        retriever: Retriever,
        *,
        version: Version,
        listener_id: str | None,
        config: Config,
        model: LanguageModel | None,
        conversation: Conversation,
        within: frozenset[str],
        prompts_sha256: str,
    ) -> None:
        self._store = store
        self._view: View = store.reader(reader, act=Act.QUOTE)
        self._retriever = retriever
        self._config = config
        self._model = model
        self._within = within
        self._as_made = prompts_sha256 == phrases_sha256()
        self._last_saying = ""
        self._position = 0
        self._earlier: list[Message] = []
        self.version = version
        self.conversation = conversation
        self._people = list(self._view.people())
        self.subject: Person = self._view.subject()
        person = next((p for p in self._people if p.id == listener_id), None)
        self.audience: Listener = make_listener(person, self._people)
        self.last_turn_id: str | None = None
        self.last_answer: Answer | None = None

    @property
    def conversation_id(self) -> str:
        """Return the id under which this conversation is recorded."""
        return self.conversation.id

    @property
    def listener(self) -> Person | None:
        """Return who listens; None for somebody who has not said."""
        return self.audience.person

    @property
    def language(self) -> str:
        """Return the language the listener prefers, ``en`` or ``zh``."""
        person = self.audience.person
        if person is None or not person.languages:
            return self._config.language
        return language_of("", person.languages)

    @property
    def notice(self) -> str:
        """Return the sentence that says what this is, shown before the first word."""
        own = self._config.simulation_notice
        notice = own or phrase(self.language, "notice", name=self.subject.name)
        if self._as_made:
            return notice
        # Law 7: a version that cannot answer exactly as it did says so, and why.
        return notice + phrase(self.language, "notice_changed", number=str(self.version.number))

    @property
    def greeting(self) -> str:
        """Return the first words: they name the listener only when the listener is known."""
        if self.audience.person is None:
            return phrase(self.language, "greeting_stranger")
        address = self.audience.address_in(self.language)
        return phrase(self.language, "greeting_known", address=address)

    def ask(self, question: str) -> Iterator[AnswerSentence]:
        """Yield the sentences of the answer as they are ready; the turn is recorded at the end.

        Raises:
            ConverseError: the question is empty or far too long, or the conversation is over.
            EngineError: a model failed; what was said before is kept.
        """
        words = self._checked(question)
        self._record_listener(words)
        return self._answer(words)

    def end(self) -> None:
        """End the conversation."""
        self._store.end_conversation(self.conversation.id)

    def _checked(self, question: str) -> str:
        words = "".join(c for c in question if c.isprintable() or c in "\n\t").strip()
        if not words:
            raise ConverseError("Ask a question in a few words.")
        if len(words) > QUESTION_LIMIT:
            raise ConverseError(
                f"That is longer than {QUESTION_LIMIT} characters: ask one thing at a time."
            )
        return words

    def _answer(self, words: str) -> Iterator[AnswerSentence]:
        started = time.perf_counter()
        said: list[AnswerSentence] = []
        answer = _Making()
        try:
            for sentence in self._sentences(words, answer):
                if not said:
                    answer.timings["first_sentence"] = _ms(started)
                said.append(sentence)
                yield sentence
        finally:
            answer.timings["whole"] = _ms(started)
            if said:
                self._record_answer(words, said, answer)

    def _sentences(self, words: str, making: "_Making") -> Iterator[AnswerSentence]:
        person = self.audience.person
        language = language_of(words, person.languages if person else ())
        calls = person.calls_subject if person else []
        concern = concern_of(words, [self.subject.name, *self.subject.names, *calls])
        if concern is not None:
            yield self._safeguarded(concern, language)
            return
        started = time.perf_counter()
        limit = self._config.conversation.evidence_limit
        found = self._retriever.search(words, limit=limit)
        making.timings["search"] = _ms(started)
        chosen = choose(found, self.audience, self._config.conversation)
        making.evidence = [item.memory.id for item in chosen.evidence]
        if not chosen.tellings:
            yield from self._unknown(words, found, language)
            return
        yield from self._told(words, chosen, language, making)

    def _told(
        self, words: str, chosen: Chosen, language: str, making: "_Making"
    ) -> Iterator[AnswerSentence]:
        people = {person.id: person for person in self._people}
        framer = Framer(self.audience, language, self._name_of, people)
        if self._model is None or not self._model.follows_evidence:
            said = []
            for sentence in quotations(chosen.tellings, framer):
                said.append(sentence)
                yield sentence
            yield from self._closing(words, said, language, making)
            return
        first = chosen.own_words[:1]
        yield from quotations(first, framer)
        report = DraftReport()
        yield from self._drafted(words, chosen, language, making, report)
        # What others tell always follows; his further own words only where no draft stood.
        rest = [telling for telling in chosen.tellings if telling not in first]
        own = chosen.own_words if report.kept else ()
        yield from quotations([telling for telling in rest if telling not in own], framer)

    def _closing(
        self, words: str, said: list[AnswerSentence], language: str, making: "_Making"
    ) -> Iterator[AnswerSentence]:
        """Yield one of the person's own sayings, if the model would end with one.

        Only after words of his own in English, and not with what was just said: beside an
        account of somebody else it would sound like a comment on it.
        """
        if self._model is None or language != "en" or not said:
            return
        if any(sentence.standing is not Standing.OWN_WORDS for sentence in said):
            return
        text = " ".join(sentence.quoted for sentence in said)
        sayings = {s.text: s for s in self._sayings if s.text not in text}
        if not sayings:
            return
        messages = build_prompt(
            words, (), subject=self.subject, listener=self.audience, language=language
        )
        messages.append({"role": "assistant", "content": " ".join(text.split())})
        making.prompt = _as_text(messages)
        seed = self.conversation.seed + self._position
        chosen = self._model.choose(messages, list(sayings), seed=seed)
        if chosen in sayings and chosen != self._last_saying:
            self._last_saying = chosen
            yield sayings[chosen]

    @cached_property
    def _sayings(self) -> list[AnswerSentence]:
        return find_sayings(self._view, self.subject.id, self.audience, self._within)

    def _drafted(
        self,
        words: str,
        chosen: Chosen,
        language: str,
        making: "_Making",
        report: DraftReport,
    ) -> Iterator[AnswerSentence]:
        assert self._model is not None
        settings = self._config.conversation
        messages = build_prompt(
            words,
            chosen.evidence,
            subject=self.subject,
            listener=self.audience,
            language=language,
            earlier=self._earlier,
        )
        making.prompt = _as_text(messages)
        address = self.audience.address_in(language)
        check = StandingCheck(
            chosen.evidence, self._people, self.subject, address, language, self._view.terms
        )
        sentences = draft(self._model, messages, settings, self.conversation.seed + self._position)
        said = [telling.exact for telling in chosen.tellings]
        for sentence in checked_draft(sentences, check, report, settings.sentence_limit, said):
            if not self.audience.another_persons_form(sentence.text):
                yield sentence
        making.removed = report.removed

    def _unknown(
        self, words: str, found: list[Evidence], language: str
    ) -> Iterator[AnswerSentence]:
        known = [person for person in self._people if person.shown_as is not ShownAs.HIDDEN]
        might = who_might_know(found, known, self.audience)
        self._store.add_question(
            OpenQuestion(
                id=content_id("que", self.conversation.id, self._position),
                question=words,
                listener_id=self.audience.id,
                conversation_id=self.conversation.id,
                might_know=[person.id for person in might],
                asked_at=datetime.now(UTC),
            )
        )
        yield from unknown([self._name_of(person.id) for person in might], language)

    def _safeguarded(self, concern: Concern, language: str) -> AnswerSentence:
        contact = self._config.conversation.help_contact
        address = self.audience.address_in(language)
        died = spoken_date(self.subject.died, language)
        values = {
            "name": self.subject.name,
            "contact": phrase(language, "crisis_contact", contact=contact) if contact else "",
            "comma_address": f", {address}" if address else "",
            "address_comma": f"{address}，" if address else "",
            "address": address,
            "died": phrase(language, "stance_died", date=died) if died else "",
        }
        key = concern.value
        if concern is Concern.GREETING:
            key = "greeting_known" if self.audience.person else "greeting_stranger"
        return AnswerSentence(
            phrase(language, key, **values), Standing.SMALL_TALK, language=language
        )

    def _name_of(self, person_id: str) -> str:
        known = any(person.id == person_id for person in self._people)
        return self._view.display_name(person_id) if known else person_id

    def _record_listener(self, words: str) -> None:
        turn = self._turn(Speaker.LISTENER, words)
        self._store.add_turn(turn, [])
        self._position += 1

    def _record_answer(self, words: str, said: list[AnswerSentence], making: "_Making") -> None:
        answer = Answer(
            sentences=tuple(said),
            evidence=tuple(making.evidence),
            prompt=making.prompt,
            timings_ms=making.timings,
            removed=making.removed,
        )
        turn = self._turn(Speaker.PERSONA, answer.text)
        turn.prompt = answer.prompt
        turn.evidence = list(answer.evidence)
        turn.timings_ms = {**answer.timings_ms, "removed_sentences": answer.removed}
        self._store.add_turn(turn, [sentence_record(turn.id, n, s) for n, s in enumerate(said)])
        self._position += 1
        self._earlier += [
            {"role": "user", "content": words},
            {"role": "assistant", "content": answer.text},
        ]
        self.last_turn_id, self.last_answer = turn.id, answer

    def _turn(self, speaker: Speaker, text: str) -> Turn:
        return Turn(
            id=content_id("trn", self.conversation.id, self._position),
            conversation_id=self.conversation.id,
            position=self._position,
            speaker=speaker,
            text=text,
            created_at=datetime.now(UTC),
        )


class _Making:
    """What becomes known while an answer is made."""

    def __init__(self) -> None:
        self.evidence: list[str] = []
        self.prompt = ""
        self.timings: dict[str, float] = {}
        self.removed = 0


def _as_text(messages: Sequence[Message]) -> str:
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

"""One listener talking with one version: the turn, in the order of ARCHITECTURE.md.

    listener → safeguard → search in what this listener may read → enough? → sentences with
    standing and citations → recorded with evidence, seed and timings

The turn is recorded sentence by sentence as it was said, also when the listener walks away in
the middle. Nothing that is said here can become a memory (law 3): the store keeps fingerprints.
Nothing is said that nobody asked for, and help is given whatever else fails.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from persona.config import Config
from persona.converse.answer import Answer, AnswerSentence
from persona.converse.answering import Answering, Making
from persona.converse.as_of import asked_as_of
from persona.converse.care import Pace, admit, minutes_on
from persona.converse.dispute import Disputed, disputed
from persona.converse.fixed import FixedSentences
from persona.converse.listener import (
    WHO_CHANGED,
    Listener,
    can_be_read,
    checked_question,
    has_words,
    language_of,
    make_listener,
)
from persona.converse.near import Near, places_of
from persona.converse.personal import Personal
from persona.converse.phrases import Phrases, phrase, phrases_sha256, spoken_with
from persona.converse.resuming import restore_thread
from persona.converse.safeguard import URGENT, Concern, concern_of, is_heavy, says_who
from persona.converse.topic import Asked
from persona.converse.turns import NOT_KEPT, TurnLog, plain_errors
from persona.engines.protocols import LanguageModel, Message
from persona.errors import ConverseError, NotReadable, VersionError
from persona.records import (
    Act,
    Conversation,
    Person,
    Sentence,
    ShownAs,
    Turn,
    Version,
    VersionState,
)
from persona.remember.readers import Reader
from persona.remember.retrieval import Evidence, Retriever
from persona.remember.store import Store
from persona.remember.view import View


def _now() -> datetime:
    return datetime.now().astimezone()


class Talk:
    """A conversation that is going on. ``ended``: it is over, and answers nothing any more."""

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
        phrases: Phrases | None = None,
        manner: Sequence[Message] = (),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._view: View = store.reader(reader, act=Act.QUOTE)
        self._retriever = retriever
        self._config = config
        self._phrases = phrases
        self._as_made = phrases is not None or prompts_sha256 == phrases_sha256()
        self._clock = clock
        self._listener_id = listener_id
        self._check_in = False
        self._as_of: str | None = None
        self.ended = False
        self.version = version
        self.conversation = conversation
        self._log = TurnLog(store, conversation)
        self._know_everybody()
        self._pace = Pace(config.care, clock(), self._spent_today())
        self._answering = Answering(
            self._view,
            retriever,
            subject=self.subject,
            people=self._people,
            listener=self.audience,
            settings=config.conversation,
            model=model,
            within=within,
            embedder=retriever.embedder,
            manner=manner,
        )
        self._personal = Personal(
            self._view, retriever, self.subject, self.audience, self._answering.framer
        )
        self.last_turn_id: str | None = None
        self.last_answer: Answer | None = None

    @property
    def as_of(self) -> str | None:
        """Of which time answers are wanted, as EDTF; None: of any. It is kept with each turn.

        Raises:
            ConverseError: it is no time, or not one of the life.
        """
        return self._as_of

    @as_of.setter
    def as_of(self, time_words: str | None) -> None:
        self._as_of = asked_as_of(time_words, self.subject)

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
        return self.notice_in(self.language)

    def notice_in(self, language: str) -> str:
        """Return the notice in ``en`` or ``zh``; the family's own words as they wrote them."""
        own = self._config.simulation_notice
        notice = own or phrase(language, "notice", name=self.subject.name)
        if self._as_made:
            return notice
        # Law 7: a version that cannot answer exactly as it did says so, and why.
        return notice + phrase(language, "notice_changed", number=str(self.version.number))

    @property
    def greeting(self) -> str:
        """Return the first words: they name the listener only when the listener is known."""
        return self._fixed.of(Concern.GREETING, self.language).text

    def take_up(self, turns: Sequence[Turn], said: Sequence[Sentence]) -> None:
        """Go on after what was recorded before: its turns, and the persona's sentences in order."""
        self._log.take_up(turns)
        self._check_in = any(turn.text == NOT_KEPT for turn in turns[-2:])
        sayings = {saying.text for saying in self._answering.sayings} if said else set()
        last = next((s.text for s in reversed(said) if s.text in sayings), "")
        self._answering.last_saying = last
        self._as_of = turns[-1].as_of if turns else None
        thread, view = self._answering.thread, self._view

        def read(words: str) -> Asked:
            return thread.asked(words, view.terms, self._people, self.audience.person)

        if not thread.topic:
            spoken = [one for one in said if one.text not in sayings]
            restore_thread(thread, view, turns, spoken, read, self._asks_archive, self._places)

    def ask(self, question: str) -> Iterator[AnswerSentence]:
        """Yield the sentences of the answer as they are ready; the turn is recorded at the end.

        Raises:
            ConverseError: the question is empty or far too long, the conversation is over, or
                whoever listens is not in the archive any more.
            VersionError: the version was retired or blocked meanwhile.
            ConsentError: a child listens, and nobody allows it any more.
            StoreError: the archive cannot be written; nothing was said.
            EngineError: a model failed; what was said before is kept.
        """
        concern = self._concern(question)
        if concern in URGENT:
            return self._help(concern, question)
        words = checked_question(question)
        with plain_errors():
            self._look_around()
            self._log.listener(words, self.as_of)
        return self._record(words, lambda making: self._sentences(words, concern, making))

    def farewell(self) -> Iterator[AnswerSentence]:
        """Yield the closing of a last conversation, in the person's own words; then it is over.

        Raises:
            ConverseError, VersionError, StoreError: as `ask`.
        """
        with plain_errors():
            self._look_around()
            self._log.listener("[farewell]")
        self.ended = True
        return self._record(
            "", lambda making: self._personal.farewell(self.language, self._fixed, making)
        )

    def end(self) -> None:
        """End the conversation."""
        self.ended = True
        self._store.end_conversation(self.conversation.id)

    def disputed(self, number: int, sentence: AnswerSentence | None = None) -> Disputed:
        """Return a sentence with its sources beside it, for somebody who says it is not right.

        What is said then is kept by `persona.keeper.correction.keep_correction`.

        Args:
            number: of the sentence in the last answer, from 0.
            sentence: another one, that was said earlier in this conversation.

        Raises:
            ConverseError: there is no such sentence, or nobody knows who is listening.
        """
        said = self.last_answer.sentences if self.last_answer else ()
        if sentence is None and not 0 <= number < len(said):
            raise ConverseError("There is no such sentence in the last answer.")
        return disputed(self._view, sentence or said[number], self.audience.id)

    def _know_everybody(self) -> None:
        """Read who is who: somebody may be renamed or taken out while they talk."""
        self._people = list(self._view.people())
        self.subject: Person = self._view.subject()
        person = next((p for p in self._people if p.id == self._listener_id), None)
        self.audience: Listener = make_listener(person, self._people)
        self._fixed = FixedSentences(self.subject, self.audience, self._config)

    def _look_around(self) -> None:
        """Make sure that this conversation may still go on."""
        if self.ended:
            raise ConverseError("This conversation is over. Begin a new one when you like.")
        try:
            versions = self._view.versions()
            self._know_everybody()
        except NotReadable as error:
            raise ConverseError(WHO_CHANGED) from error
        if self._listener_id is not None and self.audience.person is None:
            raise ConverseError(WHO_CHANGED)
        version = next((one for one in versions if one.id == self.version.id), None)
        if version is None or version.state not in (VersionState.ACTIVE, self.version.state):
            raise VersionError(
                "This version is not talked to any more: it was retired or blocked a moment ago. "
                "What was said is kept, and the memories can still be read."
            )
        if self.audience.person is not None and self.audience.person.minor:
            admit(self._store, self._listener_id, self._config.care)

    def _spent_today(self) -> float:
        if not self._config.care.daily_minutes or self._listener_id is None:
            return 0.0
        own = [c for c in self._view.conversations() if c.listener_id == self._listener_id]
        return minutes_on(self._clock(), [self._view.turns(one.id) for one in own])

    def _names_of_subject(self) -> list[str]:
        person = self.audience.person
        calls = person.calls_subject if person else []
        return [self.subject.name, *self.subject.names, *calls]

    def _offered(self, words: str) -> Near | None:
        """Return the place that these words ask for, if it was offered in this conversation."""
        return self._answering.thread.offered.get(words.strip())

    def _places(self, found: Sequence[Evidence], words: str) -> Sequence[Near]:
        return places_of(found, self._language_of(words), self._answering.name_of)

    def _concern(self, words: str) -> Concern | None:
        """Return what has to be answered outside the model; our own words ask for no such thing."""
        return None if self._offered(words) else concern_of(words, self._names_of_subject())

    def _language_of(self, words: str) -> str:
        person = self.audience.person
        return language_of(words, person.languages if person else ())

    def _help(self, concern: Concern, question: str) -> Iterator[AnswerSentence]:
        """Yield the card with help: nothing stands before it, and nothing can fail after it."""
        card = self._fixed.of(concern, self._language_of(question))
        self._check_in = True
        try:
            yield card
        finally:
            with contextlib.suppress(Exception):  # a full disk, a retired version: help goes first
                self._log.listener(NOT_KEPT)
                self.last_turn_id, self.last_answer = self._log.persona("", [card], Making())
                self._store.audit("converse", "care.help", "", {"times": 1})

    def _record(
        self, words: str, make: Callable[[Making], Iterator[AnswerSentence]]
    ) -> Iterator[AnswerSentence]:
        """Yield what ``make`` makes, and record as much of it as was said."""
        started = time.perf_counter()
        said: list[AnswerSentence] = []
        making = Making()
        try:
            with plain_errors():
                for sentence in spoken_with(self._phrases, make(making)):
                    if not said:
                        making.timings["first_sentence"] = _ms(started)
                    said.append(sentence)
                    yield sentence
        finally:
            making.timings["whole"] = _ms(started)
            if said:
                self.last_turn_id, self.last_answer = self._log.persona(words, said, making)
            if self.ended:
                self.end()

    def _sentences(
        self, words: str, concern: Concern | None, making: Making
    ) -> Iterator[AnswerSentence]:
        language, now = self._language_of(words), self._clock()
        self._pace.note(now)
        if self._check_in:
            self._check_in = making.may_offer = False
            yield self._fixed.sentence("check_in", language)
        over = "" if concern is Concern.GOODBYE else self._pace.over(now)
        if over:
            self.ended = True
            yield self._fixed.sentence(over, language)
            return
        yield from self._heard(words, self._meant(words, concern), language, making)
        reminder = "" if self.ended else self._pace.reminder()
        if reminder:
            yield self._fixed.sentence(reminder, language)

    def _meant(self, words: str, concern: Concern | None) -> Concern | None:
        """Return the concern, or that somebody says to be another person than was chosen."""
        if concern not in (None, Concern.GREETING) or self._offered(words):
            return concern
        person = self.audience.person
        own = [person.name, *person.names, *person.called_by_subject] if person else []
        named = [p for p in self._people if p.shown_as is ShownAs.NAMED and not p.is_subject]
        others = [name for p in named for name in (p.name, p.name.split()[0], *p.names)]
        return Concern.IDENTITY if says_who(words, own, others) else concern

    def _heard(
        self, words: str, concern: Concern | None, language: str, making: Making
    ) -> Iterator[AnswerSentence]:
        offered = self._offered(words)
        if offered is not None:
            yield from self._answering.show(offered, making, self._log.as_of)
        elif concern is Concern.FEELING:
            limit = self._config.conversation.evidence_limit
            yield from self._personal.feeling(words, language, self._fixed, making, limit)
        elif concern is Concern.PAST_SUICIDE:
            making.may_offer = False
            yield self._fixed.of(concern, language)
            yield from self._from_archive(words, language, making)
            yield self._fixed.sentence("past_suicide_after", language)
        elif concern is not None:
            self.ended = concern is Concern.GOODBYE
            yield self._fixed.of(concern, language)
        elif not has_words(words):
            yield self._fixed.sentence("no_words", language)
        else:
            yield from self._from_archive(words, language, making)
            if making.evidence and self._pace.may_leave(is_heavy(words)):
                yield self._fixed.sentence("pacing", language)

    def _from_archive(self, words: str, language: str, making: Making) -> Iterator[AnswerSentence]:
        enough = self._config.conversation.enough
        if not can_be_read(words) and self._retriever.coverage(words) < enough:
            yield self._fixed.sentence("languages", self.language)
            return
        yield from self._answering.answer(
            words,
            language,
            making,
            keep=self._log.question,
            as_of=self._log.as_of,
            earlier=self._log.earlier,
            seed=self.conversation.seed + self._log.position,
        )

    def _asks_archive(self, words: str) -> bool:
        """Say whether words were a question to the archive, not a greeting or a cry for help."""
        concern = self._meant(words, self._concern(words))
        return concern in (None, Concern.PAST_SUICIDE) and has_words(words)


def _ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)

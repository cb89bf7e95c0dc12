"""One question → the sentences of an answer, in the order of ARCHITECTURE.md's turn.

    words ─► single questions ─► what it is about (the turns before) ─► of which time
          ─► search in what this listener may read ─► silence where the family wants it
          ─► enough? ─► own words, accounts side by side ─► else: unknown, and an open question

What was said before only ever adds words to a search: evidence comes from the same readable set
each time, so no chain of questions reaches anything that one question could not.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from persona.config import Conversation as Settings
from persona.converse.answer import AnswerSentence
from persona.converse.as_of import Stance, time_of
from persona.converse.dates import date_clause, spoken_date
from persona.converse.disagreement import Disagreements
from persona.converse.enough import Weighing
from persona.converse.frames import Framer
from persona.converse.listener import Listener
from persona.converse.near import MOST, Near, nearest, places_of
from persona.converse.not_knowing import unknown, who_might_know
from persona.converse.phrases import phrase
from persona.converse.prompt import build_prompt
from persona.converse.reply import (
    Asking,
    Chosen,
    DraftReport,
    checked_draft,
    choose,
    draft,
    quotations,
    tellable,
    was_said,
    with_sides,
)
from persona.converse.safeguard import claims_life
from persona.converse.sayings import find_sayings
from persona.converse.standing import StandingCheck
from persona.converse.telling import join_neighbours
from persona.converse.topic import Asked, Thread, split_questions
from persona.engines.entailment import judge_of
from persona.engines.protocols import Embedder, LanguageModel, Message
from persona.records import Person, ShownAs, Standing
from persona.remember.kinship.relations import Relations
from persona.remember.retrieval import Evidence, Retriever
from persona.remember.view import View

AT_ONCE = 3
"""Questions of one turn that are answered."""

FURTHER = 3
"""How many times as much is searched when more of one thing is wanted."""

KeepQuestion = Callable[[str, Sequence[Person]], None]
"""Keeps an open question with the people who might know."""


@dataclass
class Making:
    """What becomes known while an answer is made.

    ``may_offer``: where nothing is enough, places to look at may be offered (``near``).
    """

    evidence: list[str] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    may_offer: bool = True
    prompt: str = ""
    timings: dict[str, Any] = field(default_factory=dict)
    report: DraftReport = field(default_factory=DraftReport)

    @property
    def removed(self) -> int:
        """Return how many sentences of drafts were removed."""
        return self.report.removed


class Answering:
    """Answers the questions of one conversation."""

    def __init__(
        self,
        view: View,
        retriever: Retriever,
        *,
        subject: Person,
        people: Sequence[Person],
        listener: Listener,
        settings: Settings,
        model: LanguageModel | None,
        within: frozenset[str],
        embedder: Embedder | None = None,
        manner: Sequence[Message] = (),
    ) -> None:
        """Answer for one listener; nothing but ``view`` and ``retriever`` is ever asked."""
        self._view = view
        self._retriever = retriever
        self._subject = subject
        self._people = people
        self._by_id = {person.id: person for person in people}
        self._listener = listener
        self._settings = settings
        self._model = model
        self._within = within
        self._embedder = embedder
        self._judge = judge_of(model)
        self._manner = manner
        self.thread = Thread()
        self.last_saying = ""

    def answer(
        self,
        words: str,
        language: str,
        making: Making,
        *,
        keep: KeepQuestion,
        as_of: str | None = None,
        earlier: Sequence[Message] = (),
        seed: int = 0,
    ) -> Iterator[AnswerSentence]:
        """Yield the sentences that answer all questions in ``words``, one after the other.

        Args:
            words: what the listener said.
            language: ``en`` or ``zh``, of the frames.
            making: filled in on the way.
            keep: called for what nobody told.
            as_of: EDTF; what came later is left out. None: no such wish.
            earlier: messages of this conversation, for a model that writes drafts.
            seed: decides what chance decides: of the conversation, and of the turn.
        """
        singles = split_questions(words)
        for single in singles[:AT_ONCE]:
            asked = self.thread.asked(single, self._view.terms, self._people, self._listener.person)
            one = _Question(self, asked, language, making, as_of, earlier, seed)
            yield from one.answer(keep)
        if len(singles) > AT_ONCE:
            yield AnswerSentence(
                phrase(language, "too_many"), Standing.SMALL_TALK, language=language
            )

    def show(
        self, near: Near, making: Making, as_of: str | None = None
    ) -> Iterator[AnswerSentence]:
        """Yield what stands in a place that was offered, as far as it may still be told.

        Args:
            near: the place.
            making: filled in on the way.
            as_of: EDTF; what came later is left out.
        """
        found = self._retriever.named(near.memory_ids)
        found = time_of("", self._subject, as_of).among(found, self._subject)
        disagreements = Disagreements.of(self._view, found, self._within)
        may = tellable(disagreements.told(found), self._listener, disagreements)
        wanted = [replace(one, coverage=1.0) for one in may if one.memory.id in near.memory_ids]
        order = join_neighbours(wanted, wanted)
        tellings = with_sides(order, may, disagreements, self._settings.sentence_limit)
        making.evidence += [part.memory.id for one in tellings for part in one.parts]
        if tellings:
            yield from quotations(tellings, self.framer(near.language), disagreements)
        else:
            yield unknown((), near.language)[0]
        self.thread.shown(tellings)

    @cached_property
    def sayings(self) -> list[AnswerSentence]:
        """Return what the person used to say, as this listener may hear it."""
        return find_sayings(self._view, self._subject.id, self._listener, self._within)

    @cached_property
    def relations(self) -> Relations:
        """Return who is what to whom, as far as this listener may know."""
        return Relations.of(self._people, self._view.kinships())

    def name_of(self, person_id: str) -> str:
        """Return the name that this listener may see; an id that is nobody's as it is."""
        known = person_id in self._by_id
        return self._view.display_name(person_id) if known else person_id

    def framer(self, language: str) -> Framer:
        """Return what puts evidence into sentences."""
        return Framer(self._listener, language, self.name_of, self._by_id, self.relations)

    def might_know(self, words: str, found: Sequence[Evidence]) -> list[Person]:
        """Return who might know what ``words`` ask."""
        known = [person for person in self._people if person.shown_as is not ShownAs.HIDDEN]
        return who_might_know(found, known, self._listener, words=words, relations=self.relations)


class _Question:
    """One question of a turn."""

    def __init__(
        self,
        of: Answering,
        asked: Asked,
        language: str,
        making: Making,
        as_of: str | None,
        earlier: Sequence[Message],
        seed: int,
    ) -> None:
        self._of = of
        self._asked = asked
        self._language = language
        self._making = making
        self._earlier = earlier
        self._seed = seed
        self._time = time_of(asked.words, of._subject, as_of)

    def answer(self, keep: KeepQuestion) -> Iterator[AnswerSentence]:
        """Yield the sentences of the answer."""
        started = time.perf_counter()
        found = self._found()
        disagreements = Disagreements.of(self._of._view, found, self._of._within)
        found = disagreements.told(found)
        asking = Asking(
            Weighing.of(self._asked, found, self._of._view),
            self._of._view.terms,
            disagreements,
            self._time,
            said={} if self._asked.again else self._of.thread.quoted,
            follow=self._of.thread.last if self._asked.goes_on else None,
        )
        chosen = choose(found, self._of._listener, self._of._settings, asking)
        self._timed("search", started)
        self._making.evidence += [item.memory.id for item in chosen.evidence]
        out_of_time = self._out_of_time()
        if out_of_time is not None:
            yield out_of_time
        if not chosen.tellings:
            self._offer()
            yield from self._unknown(found, keep, said=out_of_time is not None)
        elif out_of_time is not None and out_of_time.standing is Standing.UNKNOWN:
            keep(self._asked.words, self._of.might_know(self._asked.words, found))
            yield from self._told(chosen)
        else:
            yield from self._once_more(self._told(chosen), again=chosen.again)
        self._of.thread.answered(self._asked, chosen.tellings)

    def _found(self) -> list[Evidence]:
        limit = self._of._settings.evidence_limit * (FURTHER if self._asked.goes_on else 1)
        found = self._of._retriever.search(self._asked.search, limit=limit)
        return self._time.among(found, self._of._subject)

    def _out_of_time(self) -> AnswerSentence | None:
        """Return the sentence that says that it did not live to see this, or not yet."""
        stance = self._time.stance
        if stance is Stance.LIVED:
            return None
        key = "after_death" if stance is Stance.AFTER_DEATH else "before_birth"
        edtf = self._of._subject.died if key == "after_death" else self._of._subject.born
        date = spoken_date(edtf, self._language) or str(edtf)
        when = date_clause(edtf, self._language)
        when = when or phrase(self._language, "in_time", words=str(edtf))
        text = phrase(self._language, key, date=date, when=when, words=self._time.words)
        standing = Standing.UNKNOWN if key == "after_death" else Standing.SMALL_TALK
        return AnswerSentence(text, standing, language=self._language)

    def _once_more(
        self, sentences: Iterator[AnswerSentence], *, again: bool
    ) -> Iterator[AnswerSentence]:
        """Say before the first sentence that it was said before, where it was."""
        for place, sentence in enumerate(sentences):
            if again and place == 0 and sentence.citations and not self._asked.again:
                text = phrase(self._language, "said_before", sentence=sentence.text)
                yield replace(sentence, text=text)
            else:
                yield sentence

    def _told(self, chosen: Chosen) -> Iterator[AnswerSentence]:
        framer, model = self._of.framer(self._language), self._of._model
        if model is None or not model.follows_evidence:
            said = []
            for sentence in quotations(chosen.tellings, framer, chosen.disagreements):
                said.append(sentence)
                yield sentence
            yield from self._closing(said)
            return
        first = chosen.own_words[:1]
        yield from quotations(first, framer)
        kept = self._making.report.kept
        yield from self._drafted(chosen)
        # What others tell always follows; his further own words only where no draft stood.
        rest = [telling for telling in chosen.tellings if telling not in first]
        own = chosen.own_words if self._making.report.kept > kept else ()
        left = [telling for telling in rest if telling not in own or chosen.disputed(telling)]
        yield from quotations(left, framer, chosen.disagreements, after=first)

    def _closing(self, said: list[AnswerSentence]) -> Iterator[AnswerSentence]:
        """Yield one of the person's own sayings, if the model would end with one.

        Only after words of his own in English, and not with what was just said: beside an
        account of somebody else it would sound like a comment on it.
        """
        of = self._of
        if of._model is None or self._language != "en" or not said:
            return
        if any(sentence.standing is not Standing.OWN_WORDS for sentence in said):
            return
        text = " ".join(sentence.quoted for sentence in said)
        sayings = {s.text: s for s in of.sayings if s.text not in text}
        if not sayings:
            return
        messages = build_prompt(
            self._asked.words,
            (),
            subject=of._subject,
            listener=of._listener,
            language=self._language,
            manner=of._manner,
        )
        messages.append({"role": "assistant", "content": " ".join(text.split())})
        self._making.prompt = _as_text(messages)
        chosen = of._model.choose(messages, list(sayings), seed=self._seed)
        if chosen in sayings and chosen != of.last_saying:
            of.last_saying = chosen
            yield sayings[chosen]

    def _drafted(self, chosen: Chosen) -> Iterator[AnswerSentence]:
        of, model, report = self._of, self._of._model, self._making.report
        assert model is not None
        messages = build_prompt(
            self._asked.words,
            chosen.evidence,
            subject=of._subject,
            listener=of._listener,
            language=self._language,
            earlier=self._earlier,
            manner=of._manner,
        )
        self._making.prompt = _as_text(messages)
        check = StandingCheck(
            chosen.evidence,
            of._people,
            of._subject,
            of._listener.address_in(self._language),
            self._language,
            of._view.terms,
            embedder=of._embedder,
            judge=of._judge,
        )
        sentences = draft(model, messages, of._settings, self._seed)
        said = [telling.exact for telling in chosen.tellings]
        limit = of._settings.sentence_limit
        for sentence in checked_draft(sentences, check, report, limit, said):
            wrong = of._listener.another_persons_form(sentence.text)
            if not wrong and not claims_life(sentence.text):
                yield sentence
        self._making.timings["entailment"] = of._judge.name if of._judge else "not checked"
        self._making.timings["guessed_sentences"] = report.guessed

    def _unknown(
        self, found: list[Evidence], keep: KeepQuestion, *, said: bool
    ) -> Iterator[AnswerSentence]:
        might = self._of.might_know(self._asked.words, found)
        names = [self._of.name_of(person.id) for person in might]
        nothing_more = self._asked.goes_on and self._of.thread.last is not None
        key = "no_more" if nothing_more else "unknown"
        keep(self._asked.search if self._asked.goes_on else self._asked.words, might)
        sentences = unknown(names, self._language, key)
        after_death = said and self._time.stance is Stance.AFTER_DEATH
        yield from sentences[1:] if after_death else sentences  # it was said that nothing can be

    def _offer(self) -> None:
        """Offer places to look at, unless the question goes on, or is of a time not lived."""
        if not self._making.may_offer or self._asked.goes_on:
            return
        if self._time.stance is not Stance.LIVED:
            return
        of, offered = self._of, self._making.near
        found = self._time.among(of._retriever.nearest(self._asked.search), of._subject)
        disagreements = Disagreements.of(of._view, found, of._within)
        may = tellable(disagreements.told(found), of._listener, disagreements)
        new = [one for one in may if not was_said(one, of.thread.quoted)]
        places = places_of(nearest(new), self._language, of.name_of)
        offered += places[: MOST - len(offered)]
        of.thread.offered.update((one.ask, one) for one in offered)

    def _timed(self, what: str, started: float) -> None:
        spent = (time.perf_counter() - started) * 1000
        timings = self._making.timings
        timings[what] = round(float(timings.get(what, 0.0)) + spent, 1)


def _as_text(messages: Sequence[Message]) -> str:
    return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)

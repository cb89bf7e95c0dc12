"""Evidence → an answer: own words first, then accounts with their names, else 'I don't know'.

    evidence ──enough?──no──► "I don't know that" + an open question naming who might know
        │yes
        ▼
    the person's own words, verbatim ─► what the model drafts, sentence by sentence, as far as
    it is carried by evidence ─► accounts of others, each with its narrator, side by side

The draft is made only by models that the catalogue says can follow evidence; the embedded model
cannot (benchmarks/answers), so its answers are made of quotations and frames alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from persona.config import Conversation as Settings
from persona.converse.answer import AnswerSentence
from persona.converse.as_of import Times, is_his
from persona.converse.disagreement import Disagreements
from persona.converse.enough import Weighing
from persona.converse.frames import Framer, Joint
from persona.converse.listener import Listener
from persona.converse.standing import StandingCheck
from persona.converse.telling import Telling, join_neighbours
from persona.converse.window import pointed
from persona.engines.protocols import LanguageModel, Message
from persona.records import ConflictKind
from persona.remember.question import Terms
from persona.remember.retrieval import Evidence
from persona.remember.sentences import split_sentences

OWN_WORDS_LIMIT = 2
NEAR_RANK = 6
ACCOUNTS_RANK = 4
"""Place among all that was found up to which an account is told after own words."""
ACCOUNTS_LEAD = 1.25
"""How much better accounts must have been found to be told before own words."""
BESIDE_BEST = 0.7
"""Share of the best coverage that further evidence must have."""


@dataclass(frozen=True)
class Chosen:
    """What an answer is made of, in the order in which it is said.

    Attributes:
        tellings: empty where nothing is enough.
        disagreements: what is told side by side.
        again: nothing answers but what was quoted before.
    """

    tellings: tuple[Telling, ...]
    disagreements: Disagreements = field(default_factory=Disagreements)
    again: bool = False

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the evidence of all tellings."""
        return tuple(part for telling in self.tellings for part in telling.parts)

    @property
    def own_words(self) -> tuple[Telling, ...]:
        """Return the person's own words."""
        return tuple(telling for telling in self.tellings if is_his(telling.lead))

    def disputed(self, telling: Telling) -> bool:
        """Say whether a telling is one side of a disagreement: it is never left out alone."""
        return any(part.memory.id in self.disagreements.by_memory for part in telling.parts)


@dataclass(frozen=True)
class Asking:
    """What is known of a question besides its evidence.

    Attributes:
        weighing: what of it stands in each memory.
        terms: cuts and stems words as the index does.
        disagreements: what is told side by side.
        times: of which time it asks.
        said: passage id → stretches that were quoted before, and are not again.
        follow: more of what stands there is wanted.
    """

    weighing: Weighing
    terms: Terms
    disagreements: Disagreements = field(default_factory=Disagreements)
    times: Times = field(default_factory=Times)
    said: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    follow: Telling | None = None


def choose(
    found: Sequence[Evidence], listener: Listener, settings: Settings, asking: Asking
) -> Chosen:
    """Return what to answer with; nothing when the evidence is not enough (`enough`).

    Own words come before accounts, what was said to this listener before what was said to
    others, and each narrator is heard once; of a time that is asked for, what is dated in it
    first. Accounts lead only where relatives were asked this very question and his own words
    merely touch it. All sides of a disagreement are told, or none. A span with a form of address
    that belongs to somebody else is left out. What was quoted before is told again only where
    nothing else answers, and with a word that says so.
    """
    may = tellable(found, listener, asking.disagreements)
    answers = [item for item in may if asking.weighing.enough(item, settings.enough)]
    new = [item for item in may if not was_said(item, asking.said)]
    enough = _as_good(answers, new, asking)
    if asking.follow is not None:
        enough = _going_on(asking.follow, new) or enough
    again = not enough and asking.follow is None
    if again:
        new, enough = may, answers
    if not enough:
        return Chosen(())
    order = _ordered(_in_time(enough, asking), may, new, listener, asking)
    tellings = with_sides(order, new, asking.disagreements, settings.sentence_limit)
    return Chosen(tellings, asking.disagreements, again)


def tellable(
    found: Sequence[Evidence], listener: Listener, disagreements: Disagreements
) -> list[Evidence]:
    """Return what this listener may be told: nobody else's form of address, and both sides."""
    may = [item for item in found if not listener.another_persons_form(item.citation.exact)]
    return [item for item in may if disagreements.complete(item, may)]


def with_sides(
    order: Sequence[Telling], found: Sequence[Evidence], disagreements: Disagreements, limit: int
) -> tuple[Telling, ...]:
    """Return tellings in their order, each with the other sides of its disagreements.

    Args:
        order: what is to be told.
        found: where the other sides are.
        disagreements: which they are.
        limit: tellings after which nothing new is begun.
    """
    groups = [_sides(telling, found, disagreements) for telling in order]
    tellings: list[Telling] = []
    told: set[str] = set()
    for group in groups:
        left = [one for one in group if one.lead.memory.id not in told]
        if len(group) == 1 and _heard(group[0], tellings):
            continue  # as one side of a disagreement
        if tellings and len(tellings) + len(left) > limit:
            break
        tellings += left
        told.update(part.memory.id for one in left for part in one.parts)
    return tuple(tellings)


def _as_good(
    answers: Sequence[Evidence], new: Sequence[Evidence], asking: Asking
) -> list[Evidence]:
    """Return what was not quoted before, if it is about as good an answer as what was."""
    covered = asking.weighing.covered
    best = max((covered(item) for item in answers), default=0.0)
    return [item for item in answers if item in new and covered(item) >= BESIDE_BEST * best]


def _ordered(
    enough: Sequence[Evidence],
    may: Sequence[Evidence],
    new: Sequence[Evidence],
    listener: Listener,
    asking: Asking,
) -> list[Telling]:
    """Return own words and accounts in the order in which they are told."""
    covered = asking.weighing.covered
    best = max(covered(item) for item in enough)
    near = _unique([item for item in enough if covered(item) >= BESIDE_BEST * best])
    own = [item for item in near if is_his(item)]
    place = asking.times.place
    own.sort(key=lambda i: (-place(i), -round(covered(i), 1), not _said_to(i, listener), -i.score))
    own = own[:1] + [item for item in own[1:] if _is_near(item)]
    told = [item for item in near if not is_his(item)]
    leads = bool(told) and bool(own) and told[0].score > ACCOUNTS_LEAD * own[0].score
    if own and not leads and own[0].asked <= 1:
        told = [item for item in told if item in may[:ACCOUNTS_RANK]]
    if asking.follow is not None:
        own, told, leads = own[:1], told[:1] if not own else [], False
    ours = _pointed(join_neighbours(own, new), asking)[:OWN_WORDS_LIMIT]
    theirs = _one_a_narrator(_pointed(join_neighbours(told, new), asking))
    return [*theirs, *ours[:1]] if leads else [*ours, *theirs]


def _heard(telling: Telling, before: Sequence[Telling]) -> bool:
    """Say whether a relative was quoted before in this answer."""
    narrator = telling.lead.memory.narrator_id
    return not is_his(telling.lead) and any(o.lead.memory.narrator_id == narrator for o in before)


def _pointed(tellings: Sequence[Telling], asking: Asking) -> list[Telling]:
    if asking.follow is not None:
        return list(tellings)
    return [pointed(telling, asking.weighing, asking.terms) for telling in tellings]


def _in_time(enough: Sequence[Evidence], asking: Asking) -> list[Evidence]:
    """Return what is of the time asked about, or undated, if anything is of that time."""
    places = [asking.times.place(item) for item in enough]
    if 1 not in places:
        return list(enough)
    return [item for item, place in zip(enough, places, strict=True) if place >= 0]


def _sides(
    telling: Telling, found: Sequence[Evidence], disagreements: Disagreements
) -> list[Telling]:
    """Return a telling with the other sides of its disagreements, in the order of telling."""
    sides: dict[str, Evidence] = {}
    for part in telling.parts:
        for other in disagreements.beside(part, found):
            if all(other.memory.id != mine.memory.id for mine in telling.parts):
                sides[other.memory.id] = other
    if not sides:
        return [telling]
    by_id = {one: Telling(other, (other,)) for one, other in sides.items()}
    by_id[telling.lead.memory.id] = telling
    order = disagreements.in_order([telling.lead, *sides.values()])
    return [by_id[item.memory.id] for item in order]


def was_said(item: Evidence, said: Mapping[str, Sequence[tuple[int, int]]]) -> bool:
    """Say whether most of a memory was quoted before in this conversation.

    Args:
        item: the memory.
        said: passage id → stretches that were quoted.
    """
    start, end = item.citation.start, item.citation.end
    quoted = sum(
        max(0, min(end, last) - max(start, first)) for first, last in said.get(item.passage.id, ())
    )
    return quoted * 2 > end - start


def _going_on(last: Telling, found: Sequence[Evidence]) -> list[Evidence]:
    """Return what stands after the last telling in the same place, the nearest first."""
    end = last.lead.citation.end
    after = [
        item
        for item in found
        if item.passage.source_id == last.lead.passage.source_id
        and item.passage.unit == last.lead.passage.unit
        and item.memory.narrator_id == last.lead.memory.narrator_id
        and (item.passage.position, item.citation.start) >= (last.lead.passage.position, end)
    ]
    after.sort(key=lambda item: (item.passage.position, item.citation.start))
    return after[:1]


def quotations(
    tellings: Sequence[Telling],
    framer: Framer,
    disagreements: Disagreements | None = None,
    after: Sequence[Telling] = (),
) -> Iterator[AnswerSentence]:
    """Yield tellings as sentences, in their order, each joined to the one before it.

    Args:
        tellings: in the order in which they are told.
        framer: puts them into sentences.
        disagreements: which of them contradict each other.
        after: what was said just before.
    """
    before = after[-1] if after else None
    for telling in tellings:
        yield framer.sentence(telling, joint(telling, before, disagreements or Disagreements()))
        before = telling


def joint(telling: Telling, before: Telling | None, disagreements: Disagreements) -> Joint:
    """Return how a telling is joined to the one before it."""
    kind = _between(telling, before, disagreements) if before is not None else None
    corrects = disagreements.corrects(telling.lead)
    if kind is ConflictKind.CORRECTION:
        return Joint.BEFORE_CORRECTION
    if corrects:
        return Joint.CORRECTION
    if kind is ConflictKind.BOTH_TRUE or _has_kind(telling, ConflictKind.BOTH_TRUE, disagreements):
        return Joint.OF_ITS_TIME
    if kind is not None:
        return Joint.DIFFERS
    if before is not None and not is_his(before.lead) and not is_his(telling.lead):
        return Joint.ALSO
    return Joint.NONE


def _between(
    telling: Telling, before: Telling, disagreements: Disagreements
) -> ConflictKind | None:
    pairs = ((one, other) for one in before.parts for other in telling.parts)
    kinds = (disagreements.kind(one, other) for one, other in pairs)
    return next((kind for kind in kinds if kind is not None), None)


def _has_kind(telling: Telling, kind: ConflictKind, disagreements: Disagreements) -> bool:
    conflicts = disagreements.by_memory.get(telling.lead.memory.id, ())
    return any(conflict.kind is kind for conflict in conflicts)


def draft(
    model: LanguageModel, messages: Sequence[Message], settings: Settings, seed: int
) -> Iterator[str]:
    """Yield the sentences of a draft as soon as each is complete."""
    pending = ""
    for piece in model.generate(
        messages, max_tokens=settings.max_tokens, temperature=settings.temperature, seed=seed
    ):
        pending += piece
        sentences = split_sentences(pending)
        for sentence in sentences[:-1]:
            yield sentence.text
        if len(sentences) > 1:
            pending = pending[sentences[-1].start :]
    if pending.strip():
        yield pending.strip()


@dataclass
class DraftReport:
    """How many sentences of drafts were kept, kept as a guess that says so, and removed."""

    kept: int = 0
    guessed: int = 0
    removed: int = 0


def checked_draft(
    sentences: Iterator[str],
    check: StandingCheck,
    report: DraftReport,
    limit: int,
    said: Sequence[str] = (),
) -> Iterator[AnswerSentence]:
    """Yield the sentences that evidence carries and that were not ``said`` yet."""
    before = [_letters(text) for text in said]
    kept = 0
    for text in sentences:
        sentence = check.judge(text)
        if sentence is None or any(_letters(text) in told for told in before):
            report.removed += 1
            continue
        before.append(_letters(text))
        kept += 1
        report.kept += 1
        report.guessed += sentence.text != text
        yield sentence
        if kept >= limit:
            return


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _one_a_narrator(tellings: Sequence[Telling]) -> list[Telling]:
    """Return the best telling of each narrator."""
    heard: dict[str, Telling] = {}
    for telling in tellings:
        heard.setdefault(telling.lead.memory.narrator_id, telling)
    return list(heard.values())


def _is_near(item: Evidence) -> bool:
    """Say whether further evidence is near in meaning too, or among the best by its words."""
    by_meaning = item.dense_rank is not None and item.dense_rank <= NEAR_RANK
    by_words = item.lexical_rank is not None and item.lexical_rank <= 2
    return by_meaning or by_words


def _said_to(item: Evidence, listener: Listener) -> bool:
    return listener.id is not None and listener.id in (
        item.memory.addressee_id,
        item.passage.addressee_id,
    )


def _unique(items: Sequence[Evidence]) -> list[Evidence]:
    seen: set[str] = set()
    kept = []
    for item in items:
        key = "".join(item.citation.exact.split()).casefold()
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return kept

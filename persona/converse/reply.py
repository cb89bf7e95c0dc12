"""Evidence → an answer: own words first, then accounts with their names, else 'I don't know'.

    evidence ──enough?──no──► "I don't know that" + an open question naming who might know
        │yes
        ▼
    the person's own words, verbatim ─► what the model drafts, sentence by sentence, as far as
    it is carried by evidence ─► accounts of others, each with its narrator, side by side

The draft is made only by models that the catalogue says can follow evidence; the embedded model
cannot (benchmarks/answers), so its answers are made of quotations and frames alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from persona.config import Conversation as Settings
from persona.converse.answer import AnswerSentence
from persona.converse.frames import Framer
from persona.converse.listener import Listener
from persona.converse.phrases import phrase
from persona.converse.standing import StandingCheck
from persona.converse.telling import Telling, join_neighbours
from persona.engines.protocols import LanguageModel, Message
from persona.records import MemoryKind, Person, Standing
from persona.remember.retrieval import Evidence
from persona.remember.sentences import split_sentences

OWN_WORDS_LIMIT = 2
SHORT_QUESTION = 3
LONG_QUESTION_SHARE = 0.6
NEAR_RANK = 6
ACCOUNTS_RANK = 4
"""Place among all that was found up to which an account is told after own words."""
ACCOUNTS_LEAD = 1.25
"""How much better accounts must have been found to be told before own words."""
BESIDE_BEST = 0.7
"""Share of the best coverage that further evidence must have."""


@dataclass(frozen=True)
class Chosen:
    """What an answer is made of, in the order in which it is said."""

    tellings: tuple[Telling, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Return the evidence of all tellings."""
        return tuple(part for telling in self.tellings for part in telling.parts)

    @property
    def own_words(self) -> tuple[Telling, ...]:
        """Return the person's own words."""
        return tuple(telling for telling in self.tellings if _is_own(telling.lead))


def choose(found: Sequence[Evidence], listener: Listener, settings: Settings) -> Chosen:
    """Return what to answer with; nothing when the evidence is not enough.

    Evidence is enough when it covers at least ``settings.enough`` of the question's weight, and
    holds each thing that a short question asks for, or most of what a longer one does.
    Own words come before accounts, what was said to this listener before what was said to
    others, and each narrator is heard once. Accounts lead only where relatives were asked this
    very question and his own words merely touch it. A span with a form of address that belongs
    to somebody else is left out.
    """
    may = [item for item in found if not listener.another_persons_form(item.citation.exact)]
    enough = [item for item in may if _is_enough(item, settings)]
    if not enough:
        return Chosen(())
    best = max(item.coverage for item in enough)
    near = _unique([item for item in enough if item.coverage >= BESIDE_BEST * best])
    own = [item for item in near if _is_own(item)]
    own.sort(key=lambda item: (-round(item.coverage, 1), not _said_to(item, listener), -item.score))
    own = own[:1] + [item for item in own[1:] if _is_near(item)]
    told = [item for item in near if not _is_own(item)]
    leads = bool(told) and bool(own) and told[0].score > ACCOUNTS_LEAD * own[0].score
    if own and not leads and own[0].asked <= 1:
        told = [item for item in told if item in may[:ACCOUNTS_RANK]]
    ours = join_neighbours(own, may)[: min(OWN_WORDS_LIMIT, settings.sentence_limit)]
    theirs = _one_a_narrator(join_neighbours(told, may))
    order = [*theirs, *ours[:1]] if leads else [*ours, *theirs]
    return Chosen(tuple(order[: settings.sentence_limit]))


def quotations(tellings: Sequence[Telling], framer: Framer) -> Iterator[AnswerSentence]:
    """Yield tellings as sentences, in their order."""
    accounts = 0
    for telling in tellings:
        own = _is_own(telling.lead)
        yield framer.sentence(telling, follows_account=not own and accounts > 0)
        accounts += not own


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
    """How many sentences of a draft were kept and removed."""

    kept: int = 0
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
    for text in sentences:
        sentence = check.judge(text)
        if sentence is None or any(_letters(text) in told for told in before):
            report.removed += 1
            continue
        before.append(_letters(text))
        report.kept += 1
        yield sentence
        if report.kept >= limit:
            return


def unknown(might_know: Sequence[str], language: str) -> tuple[AnswerSentence, AnswerSentence]:
    """Return the two sentences that say so, naming who might know."""
    second = phrase(language, "unknown_kept")
    if might_know:
        names = phrase(language, "and").join(might_know)
        second = phrase(language, "unknown_ask", names=names)
    return (
        AnswerSentence(phrase(language, "unknown"), Standing.UNKNOWN, language=language),
        AnswerSentence(second, Standing.SMALL_TALK, language=language),
    )


def who_might_know(
    found: Sequence[Evidence], people: Sequence[Person], listener: Listener
) -> list[Person]:
    """Return up to two living people to ask: those who told the nearest things, then elders.

    Only what this listener may read is looked at, so that a name never points to a secret.
    """
    living = {
        person.id: person
        for person in people
        if person.living and not person.is_subject and not person.minor and person.id != listener.id
    }
    near = [item.memory.narrator_id for item in found if item.memory.narrator_id in living]
    elders = sorted(living, key=lambda person_id: (living[person_id].born or "9999", person_id))
    return [living[person_id] for person_id in dict.fromkeys([*near, *elders])][:2]


def _is_enough(item: Evidence, settings: Settings) -> bool:
    """Say whether evidence may answer: one rare word of two is a coincidence, not an answer."""
    if item.coverage < settings.enough or (item.asked and not item.in_text):
        return False  # words that only stand around it are no reason to quote it
    needed = item.asked if item.asked <= SHORT_QUESTION else LONG_QUESTION_SHARE * item.asked
    return item.held >= needed or (item.held >= needed - 1 > 0 and _both_agree(item))


def _both_agree(item: Evidence) -> bool:
    """Say whether words and meaning both put it at the top: then one other word may be missing."""
    words, meaning = item.lexical_rank, item.dense_rank
    return words is not None and words <= 3 and meaning is not None and meaning <= 5


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _is_own(item: Evidence) -> bool:
    return item.memory.kind is MemoryKind.OWN_WORDS


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

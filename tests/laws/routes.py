"""Every public method of a view, with how to get all out of it that it gives (law 4)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from persona.errors import ConsentError, NotReadable
from persona.records import Act, ConflictState, WithdrawalScope
from persona.remember.view import View

Route = Callable[[View], Iterator[object]]


@dataclass(frozen=True)
class Keys:
    """Ids that a reader could try, also such as they may not know."""

    sources: Sequence[str]
    passages: Sequence[str]
    memories: Sequence[str]
    people: Sequence[str]
    conflicts: Sequence[str] = ()
    talks: Sequence[str] = ()
    turns: Sequence[str] = ()
    words: Sequence[str] = ()


def each(ask: Callable[[Any], object], keys: Sequence[Any]) -> Iterator[object]:
    """Yield the answers, and the words of the refusals."""
    for key in keys:
        try:
            yield ask(key)
        except (NotReadable, ConsentError) as error:
            yield str(error)


def once(ask: Callable[[], object]) -> Iterator[object]:
    """Yield one answer, or the words of its refusal."""
    yield from each(lambda _: ask(), [None])


def reached(view: View, key: tuple[str, str]) -> object:
    return view.reach(WithdrawalScope(key[0]), key[1])


def routes(keys: Keys) -> dict[str, Route]:
    """Return the routes by the name of the method.

    Numbers of memories (``memoryindex.doc``) leave the view for the retriever alone and are
    shown to nobody; what is compared is which memories they stand for.
    """
    targets = [
        *(("memory", one) for one in keys.memories),
        *(("source", one) for one in keys.sources),
        *(("narrator", one) for one in keys.people),
    ]
    return {
        "people": lambda v: iter(v.people()),
        "person": lambda v: each(v.person, keys.people),
        "subject": lambda v: iter([v.subject()]),
        "display_name": lambda v: each(v.display_name, keys.people),
        "sources": lambda v: iter(v.sources()),
        "source": lambda v: each(v.source, keys.sources),
        "may_open": lambda v: each(lambda one: (one, v.may_open(one)), keys.sources),
        "passages": lambda v: iter(
            [*v.passages(), *(v.passages(s) for s in keys.sources), *v.passages(unit="u")]
        ),
        "passage": lambda v: each(v.passage, keys.passages),
        "units": lambda v: (list(v.units(one)) for one in keys.sources),
        "decided": lambda v: iter(v.decided(keys.passages)),
        "told": lambda v: iter([v.told()]),
        "voices": lambda v: each(v.voices, keys.sources),
        "surroundings": lambda v: iter(list(v.surroundings())),
        "memories": lambda v: iter(
            [
                *v.memories(),
                *v.memories(ids=keys.memories),
                *(m for n in keys.people for m in v.memories(narrator_id=n)),
            ]
        ),
        "memory": lambda v: each(v.memory, keys.memories),
        "citations": lambda v: each(v.citations, keys.memories),
        "supports": lambda v: iter(v.supports(keys.memories).items()),
        "memory_ids": lambda v: iter(sorted(v.memory_ids())),
        "kinships": lambda v: iter(v.kinships()),
        "conflicts": lambda v: iter([*v.conflicts(), *v.conflicts(keys.memories)]),
        "conflict_members": lambda v: each(v.conflict_members, keys.conflicts),
        "disagreements": lambda v: (v.disagreements(s) for s in (None, *ConflictState)),
        "review_page": lambda v: once(v.review_page),
        "review_counts": lambda v: once(v.review_counts),
        "may": lambda v: iter([v.may(act, one) for act in Act for one in keys.people]),
        "consents": lambda v: iter(v.consents()),
        "restrictions": lambda v: iter(v.restrictions()),
        "audit_events": lambda v: iter(v.audit_events()),
        "versions": lambda v: iter(v.versions()),
        "version": lambda v: each(v.version, [1, "ver_1", "never"]),
        "conversations": lambda v: iter(v.conversations()),
        "turns": lambda v: each(v.turns, keys.talks),
        "sentences": lambda v: each(v.sentences, keys.turns),
        "open_questions": lambda v: iter(v.open_questions()),
        "counts": lambda v: iter([v.counts()]),
        "terms": lambda v: iter(v.terms(["harbour"])),
        "postings": lambda v: iter([p for word in keys.words for p in v.postings(word)]),
        "lengths": lambda v: iter(v.lengths().items()),
        "at_once": lambda v: iter(()),  # a transaction: it returns nothing
        "searchable": lambda v: iter([int(v.searchable().usable.sum())]),
        "numbers": lambda v: iter([list(v.numbers()), list(v.numbers(keys.memories))]),
        "numbers_by_language": lambda v: iter([one.tolist() for one in v.numbers_by_language()]),
        "numbered": lambda v: iter(v.numbered(range(1000)).values()),
        "reach": lambda v: each(lambda key: reached(v, key), targets),
        "traces": lambda v: once(lambda: v.traces(reached(v, targets[0]))),  # type: ignore[arg-type]
        "withdrawals": lambda v: iter(v.withdrawals()),
        "faces": lambda v: iter([*v.faces(), *(v.faces(source_id=one) for one in keys.sources)]),
        "face_questions": lambda v: once(v.face_questions),
        "comparable_faces": lambda v: once(v.comparable_faces),
        "withdrawn_faces": lambda v: once(v.withdrawn_faces),
        "alternates": lambda v: iter([*v.alternates(), *(v.alternates(s) for s in keys.sources)]),
        "known_names": lambda v: iter([v.known_names(), *map(v.known_names, keys.sources)]),
        "unnamed": lambda v: iter(v.unnamed().items()),
        "unknown_names": lambda v: once(v.unknown_names),
        "sample_lines": lambda v: each(lambda one: v.sample_lines(one, "Eve"), keys.sources),
        "waiting_passages": lambda v: once(v.waiting_passages),
        "everybody": lambda v: once(lambda: dict(v.everybody())),
        "trees": lambda v: once(v.trees),
        "voice_clips": lambda v: iter(
            [*v.voice_clips(), *v.voice_clips(for_training=True)]
            + [c for s in keys.sources for c in v.voice_clips(source_id=s)]
        ),
        "made_voices": lambda v: iter(v.made_voices()),
        "usable_voices": lambda v: iter(v.usable_voices()),
        "made_voice": lambda v: each(v.made_voice, ["voi_1", "voi_2", "never"]),
        "voice_consent": lambda v: each(v.voice_consent, keys.people),
        "judgements": lambda v: iter(v.judgements()),
        "spoken_answers": lambda v: iter(v.spoken_answers()),
        "store_faults": lambda v: once(v.store_faults),
        "version_of_turn": lambda v: each(v.version_of_turn, keys.turns),
        "was_generated": lambda v: iter([v.was_generated("0" * 64)]),
    }

"""What may be about a question that is not answered: places to look at, never an answer.

    not enough ─► the nearest in meaning of what this listener may read ─► so near by chance?
                                                                yes: nothing │ no
    "Show me this: letter to Ruth, 15 October 1989" ◄─ places, three at most ◄┘
          └─► what stands there, as own words or as told, with its citation: an answer as any other

How near is measured as how many memories of that language would be as near by chance alone
(`Retriever.nearest`; a Bonferroni bound): the nearest of them has to pass `FIRST`, the others then
`FURTHER`. Both were found with ``benchmarks/family/nearby.py``. A place claims nothing and quotes
nothing: it is said in the program's voice, outside the persona's sentences. It is found in the
readable set alone, as all evidence is, so what a listener may not read changes neither what is
offered nor how much.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from persona.converse.places import place_words
from persona.remember.retrieval import Evidence

FIRST = 0.5
"""How many memories chance may bring as near as the nearest, where anything is offered at all."""

FURTHER = 3.0
"""The same for what is offered beside it."""

MOST = 3
"""Places that are offered at once."""

_ASKS = {"en": "Show me this: {title}", "zh": "给我看这个：{title}"}


@dataclass(frozen=True)
class Near:
    """A place that may be about what was asked.

    Attributes:
        title: which letter, chat or recording, in words.
        ask: the words by which it is asked for; whoever says them is told what stands there.
        language: of title and answer.
        memory_ids: what stands there, the nearest first.
        source_id: where it stands.
        passage_id: of the nearest.
        start: its first character there.
    """

    title: str
    ask: str
    language: str
    memory_ids: tuple[str, ...]
    source_id: str
    passage_id: str
    start: int


def nearest(found: Iterable[Evidence]) -> list[Evidence]:
    """Return what is nearer in meaning than chance would have it, the nearest first.

    Args:
        found: what this listener may be told, as `Retriever.nearest` finds it.
    """
    ranked = sorted(found, key=lambda item: (item.by_chance, item.memory.id))
    if not ranked or ranked[0].by_chance > FIRST:
        return []
    return [item for item in ranked if item.by_chance <= FURTHER]


def places_of(
    found: Sequence[Evidence], language: str, name_of: Callable[[str], str]
) -> tuple[Near, ...]:
    """Return the places where evidence stands, that with one title together.

    Args:
        found: the nearest first.
        language: ``en`` or ``zh``.
        name_of: person id → the name this listener may see.
    """
    by_title: dict[str, list[Evidence]] = {}
    for one in found:
        title = place_words(one.source, one.passage, name_of, language)
        by_title.setdefault(title, []).append(one)
    return tuple(
        Near(
            title=title,
            ask=_ASKS[language].format(title=title),
            language=language,
            memory_ids=tuple(one.memory.id for one in there),
            source_id=there[0].source.id,
            passage_id=there[0].passage.id,
            start=there[0].citation.start,
        )
        for title, there in list(by_title.items())[:MOST]
    )

"""A conversation that goes on after a break: what it was about, from the turns that are kept.

"And then?" after a restart means what was told last, as it would have without one. What this
listener may not know any more is left out, as if it had not been said.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from persona.converse.near import Near
from persona.converse.telling import Telling
from persona.converse.topic import Asked, Thread, split_questions
from persona.converse.turns import NOT_KEPT
from persona.errors import NotReadable
from persona.records import Citation, Sentence, Speaker, Standing, Turn
from persona.remember.retrieval import Evidence
from persona.remember.view import View

_QUOTING = (Standing.OWN_WORDS, Standing.TOLD)


def restore_thread(
    thread: Thread,
    view: View,
    turns: Sequence[Turn],
    said: Sequence[Sentence],
    read: Callable[[str], Asked],
    asks_archive: Callable[[str], bool],
    places: Callable[[Sequence[Evidence], str], Sequence[Near]],
) -> None:
    """Bring a thread where it was after these turns.

    Args:
        thread: a new one; it is changed.
        view: of the listener.
        turns: of the conversation, in their order.
        said: sentences of the persona in them, in their order, without its habitual sayings.
        read: a question as it is looked for, by the thread as it then is.
        asks_archive: whether words were a question that the archive was searched for.
        places: what was offered to look at for evidence and the words that were asked.
    """
    by_turn: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in said:
        by_turn[sentence.turn_id].append(sentence)
    for question, answer in pairwise(turns):
        both = (question.speaker, answer.speaker) == (Speaker.LISTENER, Speaker.PERSONA)
        if not both or question.text == NOT_KEPT or not asks_archive(question.text):
            continue
        tellings = [one for s in by_turn[answer.id] if (one := _telling(view, s)) is not None]
        if question.text in thread.offered:
            thread.shown(tellings)
            continue
        *before, last = split_questions(question.text)
        for single in before:
            thread.answered(read(single), ())
        thread.answered(read(last), tellings)
        near = places(_near(view, answer, by_turn[answer.id]), question.text)
        thread.offered.update((one.ask, one) for one in near)


def _near(view: View, answer: Turn, said: Sequence[Sentence]) -> list[Evidence]:
    """Return what was offered to look at: the evidence of a refusal that no sentence cites."""
    if not any(sentence.standing is Standing.UNKNOWN for sentence in said):
        return []
    cited = {span["memory_id"] for sentence in said for span in sentence.citations}
    supports = view.supports([one for one in answer.evidence if one not in cited])
    found = []
    for one in answer.evidence:
        if (support := supports.get(one)) is not None:
            span = support.citations[0]
            place = {"passage_id": span.passage_id, "source_id": support.source.id}
            stretch = {"start": span.start, "end": span.end}
            found.append(_evidence(view, {"memory_id": one, **place, **stretch}))
    return [one for one in found if one is not None]


def _telling(view: View, sentence: Sentence) -> Telling | None:
    """Return what a sentence quoted; None where it quoted nothing that may be known today."""
    if sentence.standing not in _QUOTING or not sentence.citations:
        return None
    spans = [one for cited in sentence.citations if (one := _evidence(view, cited)) is not None]
    return Telling(spans[0], tuple(spans)) if spans else None


def _evidence(view: View, cited: dict[str, object]) -> Evidence | None:
    start, end = int(str(cited["start"])), int(str(cited["end"]))
    try:
        memory = view.memory(str(cited["memory_id"]))
        passage = view.passage(str(cited["passage_id"]))
        source = view.source(str(cited["source_id"]))
        narrator = view.person(memory.narrator_id)
    except NotReadable:
        return None
    citation = Citation(
        id="",
        memory_id=memory.id,
        passage_id=passage.id,
        start=start,
        end=end,
        exact=passage.text[start:end],
    )
    return Evidence(
        memory=memory,
        citation=citation,
        passage=passage,
        source=source,
        narrator=narrator,
        score=0.0,
        coverage=0.0,
        held=0,
        in_text=0,
        asked=0,
        lexical_rank=None,
        dense_rank=None,
        conflict_id=None,
    )

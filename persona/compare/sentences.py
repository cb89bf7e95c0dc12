"""Two answers to one question, sentence by sentence, and which memory explains each difference.

same       word for word in both
restated   the other answer has the same memory, in other words or with another standing
new, gone  only one of them has it; ``why`` says what lies behind that:
           memory_new      it was not there when the first was made
           memory_edited   it was put in other words since
           memory_gone     the second may not use it any more
           chosen          both know the memory, and only one of them put it forward
           unknown         one of them knows no answer
           around          what the program says around it, which claims nothing
           wording         the same memory or none, in other words
"""

from collections.abc import Sequence
from typing import Any

from persona.compare.differences import WentIn
from persona.evaluation.probe import Said, SaidSentence
from persona.records import Standing

Values = dict[str, Any]


def side_by_side(question: str, first: Said, second: Said, went_in: WentIn) -> Values:
    """Return one question with both answers; each sentence with what is different about it."""
    sides = (first.sentences, second.sentences)
    return {
        "question": question,
        "same": [s.text for s in sides[0]] == [s.text for s in sides[1]],
        "first": [_sentence(one, sides[1], went_in, later=False) for one in sides[0]],
        "second": [_sentence(one, sides[0], went_in, later=True) for one in sides[1]],
        "failed": [first.failed, second.failed],
    }


def plain(said: SaidSentence) -> Values:
    """Return one sentence as plain values, with what it takes to speak it."""
    memories = dict.fromkeys(one.memory_id for one in said.cited if one.memory_id)
    return {
        "text": said.text,
        "standing": said.standing,
        "quoted": said.quoted,
        "memories": list(memories),
    }


def _sentence(
    said: SaidSentence, other: Sequence[SaidSentence], went_in: WentIn, *, later: bool
) -> Values:
    values = plain(said)
    memories = values["memories"]
    known = [went_in.known[one] for one in memories if one in went_in.known]
    mark, why = _difference(said, memories, other, went_in, later)
    return {
        **values,
        "mark": mark,
        "why": why,
        "rests_on": [went_in.line(memory) for memory in known],
    }


def _difference(
    said: SaidSentence,
    memories: Sequence[str],
    other: Sequence[SaidSentence],
    went_in: WentIn,
    later: bool,
) -> tuple[str, str]:
    twins = [one for one in other if one.text == said.text]
    if twins:
        same = any(one.standing == said.standing for one in twins)
        return ("same", "") if same else ("restated", "standing")
    theirs = {cited.memory_id for one in other for cited in one.cited}
    if set(memories) & theirs:
        return "restated", "wording"
    return ("new" if later else "gone"), _why(said, memories, went_in, later)


def _why(said: SaidSentence, memories: Sequence[str], went_in: WentIn, later: bool) -> str:
    if said.standing == Standing.UNKNOWN.value:
        return "unknown"
    if not memories:
        return "around" if said.standing == Standing.SMALL_TALK.value else "wording"
    edited = went_in.edited.keys() if later else set(went_in.edited.values())
    if set(memories) & set(edited):
        return "memory_edited"
    here, there = (went_in.second, went_in.first) if later else (went_in.first, went_in.second)
    if any(one in here and one not in there for one in memories):
        return "memory_new" if later else "memory_gone"
    return "chosen"

"""What the language model is given: a stable prefix first, evidence last and short.

    system      who speaks, to whom, and the rules       the same for a whole conversation,
                                                         so that its cache is used again
    manner      some of the person's own messages, where no manner was trained
    earlier     the last turns of this conversation      longer each turn, begun anew now and then
    user        numbered notes + the question            changes each turn

Notes are material, never instructions: they are numbered, in quotation marks, on one line each,
and whatever the model makes of them is checked by `persona.converse.standing` all the same.
"""

from collections.abc import Sequence

from persona.converse.listener import Listener
from persona.converse.phrases import phrase, relation_word
from persona.engines.protocols import Message
from persona.records import MemoryKind, Person, SourceKind
from persona.remember.retrieval import Evidence

EARLIER_TURNS = 4
"""Messages of the conversation that are repeated to the model, at least; at most half as many more.

What is repeated begins at the same message for several turns: its state is read once, and kept.
"""


def build_prompt(
    question: str,
    evidence: Sequence[Evidence],
    *,
    subject: Person,
    listener: Listener,
    language: str,
    earlier: Sequence[Message] = (),
    manner: Sequence[Message] = (),
) -> list[Message]:
    """Return the messages for one turn; ``manner`` shows how the person spoke."""
    notes = "\n".join(
        f"[{number}] {_teller(item, subject)}: “{' '.join(_words(item).split())}”"
        for number, item in enumerate(evidence, start=1)
    )
    user = f"{notes}\n\n{question}" if notes else question
    return [
        {"role": "system", "content": _system(subject, listener, language)},
        *manner,
        *_latest(earlier),
        {"role": "user", "content": user},
    ]


def _latest(earlier: Sequence[Message]) -> Sequence[Message]:
    """Return the last messages; where they begin moves on in steps, not with every turn."""
    return earlier[max(0, len(earlier) - EARLIER_TURNS) // EARLIER_TURNS * EARLIER_TURNS :]


def _words(item: Evidence) -> str:
    """Return what a note holds: lines of a family tree are for programs, so what they say."""
    tree = item.source.kind is SourceKind.FAMILY_TREE
    return item.memory.statement if tree else item.citation.exact


def _teller(item: Evidence, subject: Person) -> str:
    if item.memory.kind is MemoryKind.OWN_WORDS:
        return subject.name
    return item.narrator.name


def _system(subject: Person, listener: Listener, language: str) -> str:
    """Return the stable prefix; it begins like the prompts the manner was trained with."""
    person, address = listener.person, listener.address_in(language)
    who = phrase(language, "stranger")
    if person is not None:
        relation = relation_word(language, person.relation)
        who = person.name
        if relation:
            who = phrase(language, "system_relation", name=person.name, relation=relation)
    address = phrase(language, "system_address", address=address) if address else ""
    first = phrase(language, "system_who", name=subject.name, listener=who, address=address)
    return first + phrase(language, "system_rules")

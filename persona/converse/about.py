"""Of whom a question asks, and of whom a memory tells: what one did, the other did not do.

    "Did you fall in?"             of the one who died: a memory of Uncle Simon alone is no answer
    "Did Uncle Simon fall in?"     of him: it is one
    "Do you remember who fell?"    of anybody

Whom a memory is about stands in its ``subject_ids``; an account that has none tells of somebody who
is not in the archive. It only ever says no, as `answer_kind` does, and the other side of a
disagreement is told all the same.
"""

import re
from collections.abc import Sequence

from persona.converse.as_of import is_his
from persona.records import Memory
from persona.remember.naming import kin_group
from persona.remember.question import Unit
from persona.remember.retrieval import Evidence

_TO_SAY = re.compile(
    r"\b(?:do|did|can|could|will|would|have) you (?:(?:still|ever|even|please|perhaps) )*"
    r"(?:remember|recall|know|knew|tell|say|think|believe|hear|heard|mean)\b"
    r"|[你您](?:还|能|可以|会|有没有)*(?:记得|知道|告诉|说说|讲讲|觉得|听说)",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou(?:rself)?\b|[你您](?!们|的|家)|你自己", re.IGNORECASE)
_NAME = re.compile(r"(?<!^)(?<![.!?…]\s)\b(?!I\b)[A-Z][\w’'-]+")


def asks_of_him(words: str) -> bool:
    """Say whether a question asks what the one who died did, was or had."""
    return _YOU.search(_TO_SAY.sub(" ", words)) is not None


def of_another(item: Evidence, subject_id: str) -> bool:
    """Say whether evidence tells of others alone.

    Args:
        item: the evidence; his own words without a name in them are about himself.
        subject_id: the one who died.
    """
    memory: Memory = item.memory
    return subject_id not in memory.subject_ids and not (is_his(item) and not memory.subject_ids)


def names_of_people(words: str, units: Sequence[Unit]) -> list[Unit]:
    """Return what of a question names somebody: a name, a word for a relation.

    Args:
        words: the question.
        units: what it asks for.
    """
    named = {name.casefold() for name in _NAME.findall(words)}
    parts = {part for name in named for part in (name, re.sub(r"['’]s$", "", name))}
    return [u for u in units if kin_group(u.word) is not None or parts & set(u.word.split())]

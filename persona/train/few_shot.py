"""The manner by example: what is shown to the language model where nothing was trained.

With little text a training would teach the sentences and not the manner. Then a few of the
person's own messages stand before the question, as if they had been said a moment ago:

    system  who speaks, to whom        user  Write. (Leeds, 1962)     assistant  The lambs are here.
                                       user  …                        assistant  …
    then the question

They are the examples that the version lists, read through the view of whoever listens now: what
was taken back since, or what this listener may not read, is not shown. They are no evidence; what
a draft takes from them is checked like everything else.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from persona.engines.protocols import Message
from persona.errors import ConsentError
from persona.records import Person
from persona.train.dataset import Example, Material, build_examples
from persona.train.own_words import count_words, estimated_tokens
from persona.train.versions import ADAPTER, load_examples

ROOM = 360
"""Tokens of all exchanges together: a small model reads some 250 a second."""
SHORTEST_WORDS = 5


def shown_manner(
    view: Material,
    folder: Path,
    subject: Person,
    people: Iterable[Person],
    *,
    listener_id: str | None,
    training: Mapping[str, Any],
) -> list[Message]:
    """Return exchanges to put before a conversation; none where the manner was trained.

    Versions of earlier releases, whose settings know nothing of this, go on without (law 7).

    Args:
        view: of the listener.
        folder: of the version.
        subject: the person who died, as the view names them.
        people: the persons of the archive, as the view names them.
        listener_id: words to this person come first.
        training: the settings that the version was made with (`persona.config.Training`).

    Raises:
        VersionError: the list of examples is missing or was changed.
    """
    most = int(training.get("examples_shown", 0))
    if most == 0 or (folder / ADAPTER).is_dir():
        return []
    try:
        examples = build_examples(view, subject, people, max_tokens=training["max_tokens"])
    except ConsentError:
        return []
    listed = {one["id"] for one in load_examples(folder) if not one["held_out"]}
    known = [example for example in examples if example.id in listed]
    return _messages(_chosen(known, listener_id, most))


def _chosen(examples: Sequence[Example], listener_id: str | None, most: int) -> list[Example]:
    """Return words to this listener first, then to anybody, then to readers; a hash decides."""

    def rank(example: Example) -> tuple[bool, bool, bytes]:
        chance = hashlib.sha256(example.id.encode()).digest()
        to_another = example.listener_id != listener_id or listener_id is None
        return to_another, example.listener_id is None, chance

    chosen: list[Example] = []
    room = ROOM
    for example in sorted(examples, key=rank):
        asked, reply = example.messages[1]["content"], example.reply
        needed = estimated_tokens(asked + reply)
        if count_words([reply]) >= SHORTEST_WORDS and needed <= room and len(chosen) < most:
            chosen.append(example)
            room -= needed
    return chosen


def _messages(examples: Sequence[Example]) -> list[Message]:
    return [message for example in examples for message in example.messages[1:]]

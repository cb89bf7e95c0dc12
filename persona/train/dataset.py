"""Examples of how the person spoke, each naming the passages it came from.

    readable passages ─ own words only ─► runs (he speaks, uninterrupted)
                      ─ cut, packed    ─► replies that fit an example
                      ─ who was spoken to, what was said before ─► (system, user, assistant)

The view is opened for all listeners of a version at once, so a text that one of them may not
read is in no example (law 2). The words of others stand only in prompts, whose tokens are
masked in training, and only where they are readable and their speaker agreed to it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Protocol

from persona.engines.protocols import Message
from persona.errors import ConsentError
from persona.records import Act, Passage, Person, Source, SourceKind, content_id
from persona.train.boilerplate import is_notice
from persona.train.duplicates import first_occurrences
from persona.train.own_words import count_words, estimated_tokens, fitting, own_pieces
from persona.train.prompts import Occasion, go_on, prompt_messages, spoken_language

SURE_SPEAKER = 0.8
"""``Passage.speaker_confidence`` below which words are not taken for the person's own."""
SURE_TEXT = 0.6
"""``Passage.text_confidence`` below which words were read or heard too badly to be learnt from."""

NOT_SPEECH = frozenset({SourceKind.PHOTO, SourceKind.DERIVED, SourceKind.FAMILY_TREE})
CONVERSATIONS = frozenset(
    {SourceKind.CHAT, SourceKind.INTERVIEW, SourceKind.VOICE_CLIP, SourceKind.TRANSCRIPT}
)
CONTEXT_MESSAGES = 6


class Material(Protocol):
    """What of a view (`persona.remember`) the examples are made from."""

    def passages(self) -> Sequence[Passage]:
        """Return the passages that every listener may read."""
        ...

    def sources(self) -> Sequence[Source]:
        """Return the sources that every listener may read."""
        ...

    def may(self, act: Act, person_id: str) -> bool:
        """Say whether this act on this person's material is agreed to."""
        ...


@dataclass(frozen=True)
class Example:
    """One exchange, with the person's own words as its last message.

    ``id`` is the hash of the messages and their passages. ``messages`` are (system, user,
    assistant); the assistant's text is the person's, apart from white space and omissions.
    """

    id: str
    unit: str
    source_ids: tuple[str, ...]
    passage_ids: tuple[str, ...]
    listener_id: str | None
    messages: tuple[Message, Message, Message]

    @property
    def reply(self) -> str:
        """The person's own words."""
        return self.messages[2]["content"]


@dataclass(frozen=True)
class _Run:
    """Own passages with nothing between them, and what others said just before."""

    kind: SourceKind
    own: tuple[Passage, ...]
    before: tuple[Passage, ...]


def build_examples(
    view: Material, subject: Person, people: Iterable[Person], *, max_tokens: int = 256
) -> list[Example]:
    """Make the examples of one version.

    Args:
        view: opened with the audience of *all* listeners of the version, for the act
            ``train_text`` (so that a rule about training alone is heeded too).
        subject: the person who died, as the view names them.
        people: the persons of the archive, as the view names them.
        max_tokens: about how long an example may become, prompt included.

    Raises:
        ConsentError: nobody entitled agreed that the subject's words are trained on.
    """
    if not view.may(Act.TRAIN_TEXT, subject.id):
        raise ConsentError(
            f"Nobody entitled has agreed that the words of {subject.name} are used to train a "
            "manner of speaking with these listeners. Record the agreement with: persona consent"
        )
    named = {person.id: person for person in people}
    examples = [
        example
        for run in _runs(view, subject)
        for example in _examples_of_run(run, subject, named, max_tokens)
    ]
    kept = first_occurrences([example.reply for example in examples])
    return [examples[position] for position in kept]


def own_words(examples: Iterable[Example]) -> int:
    """Return how many of the person's own words the examples hold."""
    return count_words([example.reply for example in examples])


def split(
    examples: Sequence[Example], share: float, seed: int
) -> tuple[list[Example], list[Example]]:
    """Return (train, held out): whole units, chosen by a hash of seed and unit.

    About ``share`` of the units are held out: at least one when there are two, never all.
    A unit that is added later moves at most one other unit across.
    """
    units = sorted(
        {example.unit for example in examples},
        key=lambda unit: hashlib.sha256(f"{seed}:{unit}".encode()).digest(),
    )
    wanted = max(1, round(share * len(units))) if share > 0 else 0
    out = frozenset(units[: min(wanted, len(units) - 1)]) if units else frozenset()
    train = [example for example in examples if example.unit not in out]
    return train, [example for example in examples if example.unit in out]


def preferred(examples: Sequence[Example], wanted: int, seed: int) -> list[Example]:
    """Return the examples to train on when there are more than the steps can use.

    Words to somebody (letters, chats, speech) come before words to readers (books), because the
    persona talks to somebody; among equals a hash of seed and id decides.
    """

    def rank(example: Example) -> tuple[bool, bytes]:
        chance = hashlib.sha256(f"{seed}:{example.id}".encode()).digest()
        return example.listener_id is None, chance

    chosen = {example.id for example in sorted(examples, key=rank)[:wanted]}
    return [example for example in examples if example.id in chosen]


def _runs(view: Material, subject: Person) -> Iterator[_Run]:
    kinds = {source.id: source.kind for source in view.sources() if not _is_a_programs(source)}
    agreed = partial(_may_stand_before, view, {})
    ordered = sorted(view.passages(), key=lambda passage: (passage.source_id, passage.position))
    for (source_id, _), unit in groupby(ordered, key=lambda found: (found.source_id, found.unit)):
        kind = kinds.get(source_id)
        if kind is not None and kind not in NOT_SPEECH:
            yield from _runs_of_unit(kind, list(unit), subject.id, agreed)


def _is_a_programs(source: Source) -> bool:
    """Say whether a program wrote it (law 3); an acted recording speaks words that are real."""
    spoken = {SourceKind.VOICE_CLIP, SourceKind.INTERVIEW, SourceKind.TRANSCRIPT}
    return source.synthetic and source.kind not in spoken


def _runs_of_unit(
    kind: SourceKind, unit: list[Passage], subject_id: str, agreed: Callable[[Passage], bool]
) -> Iterator[_Run]:
    """Cut a unit where another speaks, where the listener changes and where a passage is hidden.

    A hidden passage ends the context too: what answers it must not seem to answer another.
    """
    before: list[Passage] = []
    own: list[Passage] = []
    last = None
    for passage in unit:
        gap = last is not None and passage.position != last.position + 1
        mine = _is_own(passage, subject_id)
        turned = bool(own) and passage.addressee_id != own[-1].addressee_id
        if own and (gap or turned or not mine):
            yield _Run(kind, tuple(own), tuple(before))
            own, before = [], []
        if gap:
            before = []
        if mine:
            own.append(passage)
        elif _gives_context(kind, passage, subject_id) and agreed(passage):
            before = [*before, passage][-CONTEXT_MESSAGES:]
        last = passage
    if own:
        yield _Run(kind, tuple(own), tuple(before))


def _is_own(passage: Passage, subject_id: str) -> bool:
    return (
        passage.speaker_id == subject_id
        and passage.speaker_confidence >= SURE_SPEAKER
        and passage.text_confidence >= SURE_TEXT
    )


def _gives_context(kind: SourceKind, passage: Passage, subject_id: str) -> bool:
    """Say whether these are words that he may have answered: another's, and not a program's."""
    return (
        kind in CONVERSATIONS and passage.speaker_id != subject_id and not is_notice(passage.text)
    )


def _may_stand_before(view: Material, asked: dict[str, bool], passage: Passage) -> bool:
    """Say whether another person's words may stand in a prompt that is trained with."""
    speaker = passage.speaker_id
    if speaker is None:
        return True
    if speaker not in asked:
        asked[speaker] = view.may(Act.TRAIN_TEXT, speaker)
    return asked[speaker]


def _examples_of_run(
    run: _Run, subject: Person, named: dict[str, Person], max_tokens: int
) -> Iterator[Example]:
    listener_id = run.own[0].addressee_id or next(
        (said.speaker_id for said in reversed(run.before) if said.speaker_id), None
    )
    language = spoken_language([passage.text for passage in run.own])
    listener = named.get(listener_id or "")
    occasion = Occasion(run.kind, run.own[0], run.before, listener, language)
    system, user = prompt_messages(occasion, subject, max_tokens // 3)
    room = max_tokens - estimated_tokens(system["content"] + user["content"]) - 16
    for position, pieces in enumerate(_packed(run, max(room, max_tokens // 3))):
        asked = user if position == 0 else go_on(language)
        passages = tuple(dict.fromkeys(passage.id for passage, _ in pieces))
        glue = "\n" if run.kind is SourceKind.CHAT else "\n\n"
        reply = Message(role="assistant", content=glue.join(text for _, text in pieces))
        messages = (system, asked, reply)
        yield Example(
            id=content_id("exm", passages, messages),
            unit=run.own[0].unit,
            source_ids=(run.own[0].source_id,),
            passage_ids=passages,
            listener_id=listener_id,
            messages=messages,
        )


def _packed(run: _Run, room: int) -> Iterator[list[tuple[Passage, str]]]:
    """Yield groups of (passage, text) that fit ``room`` tokens together."""
    group: list[tuple[Passage, str]] = []
    used = 0
    for passage in run.own:
        for piece in own_pieces(passage.text, keep_lines=run.kind is SourceKind.CHAT):
            for text in fitting(piece, room, estimated_tokens):
                needed = estimated_tokens(text)
                if group and used + needed > room:
                    yield group
                    group, used = [], 0
                group.append((passage, text))
                used += needed
    if group:
        yield group

"""The same question again, in the same state: the same answer, or why not (law 7).

version + listener + seed + what was said before + question + as of when + archive → answer

All of that is recorded, so an answer can be asked for again at any time. It is asked of an archive
that writes nothing down: a rehearsal leaves no turn, no open question and no fingerprint. Where the
answer differs, the links of the audit chain that came after it say what was changed since.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from persona import __version__, steps
from persona.converse.phrases import phrases_sha256
from persona.converse.recording import sentence_record
from persona.converse.talk import Talk
from persona.converse.turns import NOT_KEPT
from persona.errors import ConverseError
from persona.explain.chain import find_turn
from persona.opening import Engines
from persona.records import AuditEvent, Conversation, Sentence, Speaker, Standing, Turn
from persona.rehearsal import GOLDEN, rehearse, unpaced
from persona.remember.readers import Custodian
from persona.train.serving import BY_THE_KEEPER, REHEARSED
from persona.train.versions import load_phrases, read_manifest
from persona.workspace import Workspace

_CHANGES_NO_ANSWER = ("conversation.", "turn.", "question.", "file.", "version.")


@dataclass(frozen=True)
class Replayed:
    """What was said, what is said now, and what lies between.

    Attributes:
        same: sentences, standings and citations are the same.
        before: the sentences as they are recorded.
        after: the sentences as they are now.
        changed_since: what was written to the archive since, as ``action target``.
        reasons: sentences: what else is not as it was.
        offered: sentences: how what is offered beside a refusal differs. It is no part of what is
            said.
    """

    same: bool
    before: tuple[str, ...]
    after: tuple[str, ...]
    changed_since: tuple[str, ...]
    reasons: tuple[str, ...]
    offered: tuple[str, ...] = ()


def replay_turn(workspace: Workspace, turn_id: str, engines: Engines | None = None) -> Replayed:
    """Ask the question of a turn again and compare.

    Args:
        workspace: the persona.
        turn_id: a turn of the persona, or ``last``.
        engines: models to use; None: those of the version.

    Raises:
        NotReadable: there is no such turn, or its listener is not in the archive any more.
        ConverseError: there is none yet, or the question was not kept (words of distress).
        VersionError: its version may not be talked to any more.
    """
    with rehearse(workspace) as store, store.reader(Custodian()) as view:
        conversation, turns, turn = find_turn(view, turn_id)
        before = view.sentences(turn.id)
        earlier = [one for one in turns if one.position < turn.position]
        asked, earlier = earlier[-1], earlier[:-1]
        golden = conversation.purpose == GOLDEN  # held by nobody, so a farewell is not undone
        talk = steps.start_talk(
            unpaced(workspace) if golden else workspace,
            store,
            listener_id=conversation.listener_id,
            version=conversation.version_id,
            purpose=conversation.purpose,
            engines=engines,
            seed=conversation.seed,
            conversation=conversation,
            states=REHEARSED if golden else BY_THE_KEEPER,
        )
        if asked.text == NOT_KEPT:
            raise ConverseError("What was asked there is not kept, so it cannot be asked again.")
        _relive(talk, earlier, [s for one in earlier for s in view.sentences(one.id)])
        talk.as_of = asked.as_of
        after = [sentence_record(turn.id, n, s) for n, s in enumerate(talk.ask(asked.text))]
        return Replayed(
            same=[_compared(one) for one in before] == [_compared(one) for one in after],
            before=tuple(one.text for one in before),
            after=tuple(one.text for one in after),
            changed_since=_since(view.audit_events(), turn),
            reasons=_reasons(workspace, conversation, before, after),
            offered=_offered(turn, before, talk),
        )


def _relive(talk: Talk, earlier: Sequence[Turn], said: Sequence[Sentence]) -> None:
    """Bring a conversation where it was: its topic by asking again, the rest from the record."""
    for turn in earlier:
        if turn.speaker is Speaker.LISTENER and turn.text != NOT_KEPT:
            talk.as_of = turn.as_of
            deque(talk.ask(turn.text), maxlen=0)
    talk.take_up(earlier, said)


def _compared(sentence: Sentence) -> tuple[Any, ...]:
    return sentence.text, sentence.standing, sentence.citations


def _since(events: Sequence[AuditEvent], turn: Turn) -> tuple[str, ...]:
    """Return what was written after a turn and can change an answer."""
    at = [event.seq or 0 for event in events if event.target_id == turn.id]
    later = (event for event in events if at and (event.seq or 0) > at[0])
    changing = (event for event in later if not event.action.startswith(_CHANGES_NO_ANSWER))
    return tuple(f"{event.action} {event.target_id}".strip() for event in changing)


def _reasons(
    workspace: Workspace,
    conversation: Conversation,
    before: Sequence[Sentence],
    after: Sequence[Sentence],
) -> tuple[str, ...]:
    manifest = read_manifest(workspace.versions / conversation.version_id)
    found = []
    folder = workspace.versions / conversation.version_id
    if manifest.prompts_sha256 != phrases_sha256() and not load_phrases(folder):
        found.append("The program's fixed phrases are not those of this version.")
    if manifest.code_version != __version__:
        found.append(f"The version was made by {manifest.code_version}, this is {__version__}.")
    begins = [_compared(one) for one in before] == [_compared(one) for one in after[: len(before)]]
    if begins and len(before) < len(after):
        found.append("The answer was broken off at the time: its listener left, or a model failed.")
    was, now = _cited(before), _cited(after)
    found += [f"Not cited any more: {one}" for one in sorted((was - now).elements())]
    found += [f"Newly cited: {one}" for one in sorted((now - was).elements())]
    return tuple(found)


def _offered(turn: Turn, before: Sequence[Sentence], talk: Talk) -> tuple[str, ...]:
    """Return how what is offered beside a refusal differs."""
    if not any(sentence.standing is Standing.UNKNOWN for sentence in before):
        return ()
    was = set(turn.evidence) - set(_cited(before))
    near = talk.last_answer.near if talk.last_answer else ()
    now = {one for place in near for one in place.memory_ids}
    gone = [f"Not offered to look at any more: {one}" for one in sorted(was - now)]
    return (*gone, *(f"Newly offered to look at: {one}" for one in sorted(now - was)))


def _cited(sentences: Sequence[Sentence]) -> Counter[str]:
    return Counter(cited["memory_id"] for one in sentences for cited in one.citations)

"""Golden conversations: a few questions put to a version when it was made, and asked again later.

    made ──► questions whose answers are known, as its listeners ─► recorded in the store
    later ─► the same questions, of an archive that writes nothing ─► the same, or why not

They are recorded like any conversation, so that the words lie in the store alone and a withdrawal
reaches them; nobody but whoever looks after the archive is shown them. The audit chain keeps their
hashes, so that a record that was changed afterwards is not taken for what was said.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from persona import opening, steps
from persona.errors import PersonaError
from persona.evaluation.archive import open_archive
from persona.evaluation.probe import Kind, Probe
from persona.evaluation.questions import probes_of
from persona.explain.replay import Replayed, replay_turn
from persona.progress import Check, Report
from persona.proof.hashes import Looked
from persona.records import Conversation, OpenQuestion, Sentence, Speaker, Turn, Version
from persona.rehearsal import GOLDEN, unpaced
from persona.remember.readers import Custodian
from persona.remember.retold import TAKEN_BACK
from persona.remember.store import Store
from persona.remember.view import View
from persona.train.serving import BY_THE_KEEPER
from persona.workspace import Workspace

QUESTIONS = {Kind.KNOWN: 3, Kind.CONFLICT: 1, Kind.UNKNOWN: 1}
"""How many of each kind are kept: enough to see a change, few enough to cost a second."""
KEPT = "version.golden"
"""What the audit chain says when they were recorded: the turn and its hash."""
_DRAWN = 60


class _Quiet(Store):
    """An archive in which a conversation is recorded, and no question is left open by it."""

    def add_question(self, question: OpenQuestion) -> None:
        """Keep nothing: no family shall find our questions in its interview plan."""


def keep_golden(
    workspace: Workspace, version_id: str, report: Report, engines: opening.Engines | None = None
) -> tuple[str, ...]:
    """Put a few questions to a version and record the answers, once for each version.

    Args:
        workspace: the persona.
        version_id: a version that may be talked to, also a draft.
        report: told how far it is.
        engines: already open; None: those of the version.

    Returns:
        What to say about it; nothing when they are kept already.
    """
    with opening.writing(workspace), _Quiet.open(workspace) as store:
        with store.reader(Custodian()) as view:
            version = view.version(version_id)
            if version.state not in BY_THE_KEEPER or _recorded(view, version.id):
                return ()
        try:
            probes = _probes(store, version)
            engines = engines or opening.open_engines(workspace, version)
            for done, probe in enumerate(probes):
                report.progress("Keeping a few answers to compare with", done, len(probes))
                _ask(workspace, store, version, probe, engines)
            report.progress("Keeping a few answers to compare with", len(probes), len(probes))
        except PersonaError as error:  # the version is whole without them
            return (f"No answers were kept to compare with later: {error}",)
    return (f"{len(probes)} answers are kept, to compare with later: persona verify VERSION",)


def ask_again(looked: Looked, report: Report) -> Check:
    """Ask the golden questions of a version again; say what is another answer, and why."""
    try:
        engines = opening.open_engines(looked.workspace, looked.version)
    except PersonaError as error:
        return Check("Its answers cannot be compared.", (str(error),))
    kept = _recorded(looked.view, looked.version.id)
    if not kept:
        return Check("No answers were kept when it was made, so none are compared.")
    said, faults, same = [], [], 0
    for done, (turn_id, sha256) in enumerate(sorted(kept.items())):
        report.progress("Asking again what it was asked at first", done, len(kept))
        sentences = looked.view.sentences(turn_id)
        if any(TAKEN_BACK in one.text for one in sentences):
            said.append(f"{turn_id}: what it said there was taken back since")
        elif answer_sha256(sentences) != sha256:
            faults.append(f"The record of {turn_id} is not what was recorded: it was changed.")
        else:
            why = _why_not(looked, turn_id, engines)
            same += why == ""
            said += [f"{turn_id}: {why}"] if why.startswith("because") else []
            faults += [f"{turn_id}: {why}"] if why and not why.startswith("because") else []
    sentence = f"{same} of {len(kept)} answers that were kept are the same today"
    return Check("; ".join([sentence, *said]) + ".", tuple(faults))


def answer_sha256(sentences: Sequence[Sentence]) -> str:
    """Return the hash of an answer: its sentences, what they rest on, and in which turn."""
    parts = [[one.id, one.text, one.standing.value, one.citations] for one in sentences]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _probes(store: Store, version: Version) -> list[Probe]:
    archive = open_archive(store)
    if archive is None:
        return []
    drawn = probes_of(store, archive, version.id, _DRAWN, seed=0)
    return [
        probe
        for kind, wanted in QUESTIONS.items()
        for probe in _of_several_listeners([one for one in drawn if one.kind is kind])[:wanted]
    ]


def _of_several_listeners(probes: Sequence[Probe]) -> list[Probe]:
    """Return probes in an order in which as many listeners as possible come first."""
    heard: Counter[str | None] = Counter()
    ranked = []
    for place, probe in enumerate(probes):
        ranked.append((heard[probe.listener_id], place, probe))
        heard[probe.listener_id] += 1
    return [probe for _, _, probe in sorted(ranked, key=lambda one: one[:2])]


def _ask(
    workspace: Workspace, store: Store, version: Version, probe: Probe, engines: opening.Engines
) -> None:
    """Hold a conversation of one question, and note its hash in the audit chain."""
    talk = steps.start_talk(
        unpaced(workspace),
        store,
        listener_id=probe.listener_id,
        version=version.id,
        purpose=GOLDEN,
        engines=engines,
        states=BY_THE_KEEPER,
    )
    for _ in talk.ask(probe.question):
        pass
    talk.end()
    if talk.last_turn_id is not None:
        with store.reader(Custodian()) as view:
            sha256 = answer_sha256(view.sentences(talk.last_turn_id))
        store.audit("golden", KEPT, version.id, {talk.last_turn_id: sha256})


def _recorded(view: View, version_id: str) -> dict[str, str]:
    """Return turn → hash of the answers that were kept for a version."""
    golden = (c for c in view.conversations() if c.purpose == GOLDEN and c.version_id == version_id)
    turns = {turn.id for one in golden for turn in _said(view, one)}
    events = (e for e in view.audit_events() if e.action == KEPT and e.target_id == version_id)
    hashes = {turn: str(sha256) for event in events for turn, sha256 in event.counts.items()}
    return {turn: sha256 for turn, sha256 in hashes.items() if turn in turns}


def _said(view: View, conversation: Conversation) -> Iterator[Turn]:
    return (turn for turn in view.turns(conversation.id) if turn.speaker is Speaker.PERSONA)


def _why_not(looked: Looked, turn_id: str, engines: opening.Engines) -> str:
    """Return why an answer is another one today, beginning with ``because``; empty: the same."""
    try:
        replayed = replay_turn(looked.workspace, turn_id, engines)
    except PersonaError as error:
        return f"it cannot be asked again: {error}"
    if replayed.same:
        return ""
    reasons = _reasons(replayed)
    if not reasons:
        return "the answer is another one, and nothing explains it."
    return f"because {'; '.join(reasons)}"


def _reasons(replayed: Replayed) -> list[str]:
    changed = {one.partition(".")[0] for one in replayed.changed_since}
    said = dict.fromkeys(_CHANGES.get(one, "the archive was changed") for one in sorted(changed))
    known = [one.rstrip(".") for one in replayed.reasons if not one.startswith(("Not ", "Newly "))]
    return [*known, *(f"{one} since" for one in said)]


_MEMORIES, _PEOPLE = "memories were looked through", "people were named or put right"
_CHANGES = {
    "withdrawal": "something was taken back",
    "memories": "memories came in",
    **dict.fromkeys(("memory", "review"), _MEMORIES),
    **dict.fromkeys(("conflict", "conflicts"), "disagreements were found or settled"),
    "restrictions": "who may know what was changed",
    "consents": "what was agreed to was changed",
    **dict.fromkeys(("people", "person", "name", "names", "kinships", "tree"), _PEOPLE),
    **dict.fromkeys(("source", "attachments"), "material came in"),
}
"""First part of an action of the audit chain → what a person reads."""

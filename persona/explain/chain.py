"""The chain of every sentence of an answer, from what was said to the original on the disk.

    sentence ─► standing ─► memory ─► citation ─► passage ─► source ─► original
                            narrator   characters   selector   SHA-256   there, and unchanged

Each link is looked up again and compared with its neighbours; a link that does not hold is a
fault. A reader is shown what that reader may know and no more; the custodian is shown everything.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from persona.collect.originals import fingerprint
from persona.collect.selectors import Original
from persona.converse.frames import quotable
from persona.errors import CollectError, ConverseError, NotReadable, VersionError
from persona.records import (
    Conversation,
    Memory,
    Passage,
    Sentence,
    Source,
    SourceKind,
    Speaker,
    Standing,
    Turn,
    Version,
)
from persona.rehearsal import GOLDEN
from persona.remember.heard import NOT_TOLD_NOW
from persona.remember.view import View
from persona.train.versions import verify_version
from persona.workspace import Workspace

LAST = "last"
_QUOTED = re.compile("“(.*)”", re.DOTALL)
_TEXTS = (SourceKind.LETTER, SourceKind.DIARY, SourceKind.BOOK)
_CLAIMS = (Standing.OWN_WORDS, Standing.TOLD, Standing.INFERRED)


@dataclass(frozen=True)
class Link:
    """What one citation leads to; a part that is missing or closed is None."""

    memory: dict[str, Any] | None
    citation: dict[str, Any]
    passage: dict[str, Any] | None
    source: dict[str, Any] | None
    original: dict[str, Any] | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExplainedSentence:
    """One sentence with everything that it stands on."""

    text: str
    standing: str
    links: tuple[Link, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explained:
    """One turn of the persona, taken apart.

    Attributes:
        turn: its ids, question, seed, listener, purpose, times, prompt.
        version: number, id (the hash of its manifest), state.
        sentences: in the order in which they were said.
        unused: evidence that was considered and not cited.
        offered: what may be about it, where nothing was enough: places to look at.
        faults: what does not belong to one sentence.
    """

    turn: dict[str, Any]
    version: dict[str, Any]
    sentences: tuple[ExplainedSentence, ...]
    unused: tuple[dict[str, Any], ...] = ()
    offered: tuple[dict[str, Any], ...] = ()
    faults: tuple[str, ...] = field(default=())

    @property
    def all_faults(self) -> list[str]:
        """Return every broken link, in words."""
        found = list(self.faults)
        for number, sentence in enumerate(self.sentences, start=1):
            links = (fault for link in sentence.links for fault in link.faults)
            found += [f"sentence {number}: {fault}" for fault in (*sentence.faults, *links)]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**asdict(self), "broken": self.all_faults}


def find_turn(view: View, turn_id: str) -> tuple[Conversation, list[Turn], Turn]:
    """Return a turn of the persona with its conversation; ``last`` is the newest.

    Raises:
        NotReadable: this reader has no such turn.
        ConverseError: there is no turn yet, or it is the listener's.
    """
    for conversation in reversed(view.conversations()):
        if turn_id == LAST and conversation.purpose == GOLDEN:
            continue
        turns = view.turns(conversation.id)
        said = [turn for turn in turns if turn.speaker is Speaker.PERSONA]
        for turn in reversed(turns) if turn_id != LAST else said[-1:]:
            if turn_id not in (LAST, turn.id):
                continue
            if turn.speaker is not Speaker.PERSONA:
                raise ConverseError("That turn is the listener's question; name the answer's.")
            return conversation, turns, turn
    if turn_id == LAST:
        raise ConverseError("Nothing has been said yet. Talk first: persona chat")
    raise NotReadable("There is no such record here.")


def explain_turn(workspace: Workspace, view: View, turn_id: str) -> Explained:
    """Follow every sentence of a turn to its originals.

    Args:
        workspace: where the originals lie.
        view: of the reader who asks.
        turn_id: a turn of the persona, or ``last``.

    Raises:
        NotReadable: this reader has no such turn.
        ConverseError: there is no turn yet, or it is the listener's.
    """
    conversation, turns, turn = find_turn(view, turn_id)
    chain = _Chain(workspace, view)
    sentences = tuple(chain.sentence(record) for record in view.sentences(turn.id))
    cited = {link.citation["memory_id"] for one in sentences for link in one.links}
    left = [chain.memory(one) for one in turn.evidence if one not in cited]
    unused = tuple(one for one in left if one is not None)
    refused = any(one.standing == Standing.UNKNOWN.value for one in sentences)
    version, faults = _version(workspace, view, conversation)
    if not sentences:
        faults = (*faults, "the turn has no sentences")
    return Explained(
        turn=_about(conversation, turns, turn),
        version=version,
        sentences=sentences,
        unused=() if refused else unused,
        offered=unused if refused else (),
        faults=faults,
    )


class _Chain:
    """Follows citations; each original is hashed once."""

    def __init__(self, workspace: Workspace, view: View) -> None:
        self._workspace, self._view = workspace, view
        self._originals: dict[str, dict[str, Any]] = {}

    def sentence(self, record: Sentence) -> ExplainedSentence:
        """Return one sentence with its links."""
        if record.text == NOT_TOLD_NOW:  # a reader's view: closed to them since
            return ExplainedSentence(record.text, record.standing.value, ())
        links = tuple(self._link(record, n, cited) for n, cited in enumerate(record.citations))
        missing = record.standing in _CLAIMS and not links
        faults = ("it claims something and cites nothing",) if missing else ()
        return ExplainedSentence(record.text, record.standing.value, links, faults)

    def _link(self, record: Sentence, number: int, cited: dict[str, Any]) -> Link:
        memory = self.memory(cited["memory_id"])
        passage, source = self._passage(cited["passage_id"]), self._source(cited["source_id"])
        exact = passage.text[cited["start"] : cited["end"]] if passage else ""
        faults = list(_missing(memory, passage, source))
        if passage and not (0 <= cited["start"] < cited["end"] <= len(passage.text)):
            faults.append("the cited characters are not in the passage")
        elif passage and number == 0 and not _says(record, exact, passage.text):
            faults.append("the sentence does not say what stands in the passage")
        if passage and source and passage.source_id != source.id:
            faults.append("the passage is not of the cited source")
        if memory and passage and not self._carries(cited):
            faults.append("the memory does not cite this passage")
        original = self._original(source) if source else None
        faults += self._broken_original(source, passage) if source else []
        return Link(
            memory=memory,
            citation={**cited, "exact": exact},
            passage=_passage(self._view, passage) if passage else None,
            source=_source(source) if source else None,
            original=original,
            faults=tuple(faults),
        )

    def _broken_original(self, source: Source, passage: Passage | None) -> list[str]:
        original = self._original(source)
        if not original["open"]:
            return []
        if not original["unchanged"]:
            return ["the original was changed" if original["there"] else "the original is gone"]
        if passage is not None and not self._stands(source, passage):
            return ["the passage does not stand in its original"]
        return []

    def _stands(self, source: Source, passage: Passage) -> bool:
        """Look the passage up in an original of plain text; others are known by their hash."""
        if not passage.selector or source.kind not in _TEXTS or "extraction" in source.details:
            return True
        path = self._workspace.original(source.sha256)
        try:
            original = Original(path.read_bytes(), str(source.details.get("encoding", "")))
            return original.words(passage.selector) == passage.text
        except (CollectError, OSError, ValueError, KeyError, TypeError):
            return False

    def memory(self, memory_id: str) -> dict[str, Any] | None:
        """Return a memory with its narrator; None when there is none for this reader."""
        try:
            memory = self._view.memory(memory_id)
        except NotReadable:
            return None
        return _memory(self._view, memory)

    def _carries(self, cited: dict[str, Any]) -> bool:
        carried = self._view.citations(cited["memory_id"])
        return any(one.passage_id == cited["passage_id"] for one in carried)

    def _passage(self, passage_id: str) -> Passage | None:
        try:
            return self._view.passage(passage_id)
        except NotReadable:
            return None

    def _source(self, source_id: str) -> Source | None:
        try:
            return self._view.source(source_id)
        except NotReadable:
            return None

    def _original(self, source: Source) -> dict[str, Any]:
        """Return whether the original is there, unchanged, and open to this reader."""
        if source.id not in self._originals:
            path = self._workspace.original(source.sha256)
            is_open = self._view.may_open(source.id)
            there = path.is_file()
            unchanged = is_open and there and fingerprint(path) == source.sha256
            where = path.relative_to(self._workspace.root).as_posix() if is_open else ""
            self._originals[source.id] = {
                "path": where,
                "open": is_open,
                "there": there,
                "unchanged": unchanged,
            }
        return self._originals[source.id]


def _missing(
    memory: dict[str, Any] | None, passage: Passage | None, source: Source | None
) -> Iterator[str]:
    for what, found in (("memory", memory), ("passage", passage), ("source", source)):
        if found is None:
            yield f"the {what} is not in the archive any more"
    if memory is not None and memory["status"] == "withdrawn":
        yield "the memory was withdrawn"


def _says(record: Sentence, exact: str, passage: str) -> bool:
    """Say whether what a sentence quotes stands in the passage; `inferred` is in other words."""
    if record.standing not in (Standing.OWN_WORDS, Standing.TOLD) or quotable(exact) in record.text:
        return True
    marked = _QUOTED.search(record.text)
    if marked is None and record.standing is Standing.TOLD:
        return True
    return _plain(marked[1] if marked else record.text) in _plain(passage)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _memory(view: View, memory: Memory) -> dict[str, Any]:
    def name(person_id: str) -> str:
        try:
            return view.display_name(person_id)
        except NotReadable:
            return person_id

    return {
        "id": memory.id,
        "kind": memory.kind.value,
        "narrator": name(memory.narrator_id),
        "told_by": [name(one) for one in memory.told_by],
        "modality": memory.modality.value,
        "status": memory.status.value,
        "review": memory.review.value,
        "extracted_by": memory.extracted_by,
        "event": memory.event_edtf or memory.event_words,
        "quote": memory.quote,
    }


def _passage(view: View, passage: Passage) -> dict[str, Any]:
    speaker = passage.speaker_name
    if passage.speaker_id is not None:
        speaker = view.display_name(passage.speaker_id)
    return {
        "id": passage.id,
        "unit": passage.unit,
        "selector": passage.selector,
        "speaker": speaker,
        "speaker_confidence": passage.speaker_confidence,
        "text_confidence": passage.text_confidence,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "kind": source.kind.value,
        "file_name": source.file_name,
        "sha256": source.sha256,
        "received": source.received_at.isoformat(timespec="seconds"),
        "synthetic": source.synthetic,
    }


def _about(conversation: Conversation, turns: Sequence[Turn], turn: Turn) -> dict[str, Any]:
    before = [one for one in turns if one.position < turn.position]
    return {
        "id": turn.id,
        "conversation": conversation.id,
        "position": turn.position,
        "listener": conversation.listener_id,
        "purpose": conversation.purpose,
        "seed": conversation.seed,
        "question": before[-1].text if before else "",
        "as_of": turn.as_of,
        "said_at": turn.created_at.isoformat(timespec="seconds"),
        "timings_ms": turn.timings_ms,
        "prompt": turn.prompt,
    }


def _version(
    workspace: Workspace, view: View, conversation: Conversation
) -> tuple[dict[str, Any], tuple[str, ...]]:
    version: Version = view.version(conversation.version_id)
    about: dict[str, Any] = {
        "number": version.number,
        "id": version.id,
        "name": version.name,
        "state": version.state.value,
    }
    try:
        manifest = verify_version(workspace.versions / version.id)
    except VersionError:
        return about, ("the folder of the version is damaged or gone",)
    about |= {"code_version": manifest.code_version, "base_model": manifest.base_model}
    return about | {"language_model": manifest.settings["engines"]["language_model"]}, ()

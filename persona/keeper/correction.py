"""“That's not right”: what somebody says then is new testimony by that person (law 1).

    words ─► an original (a small text, law 6) ─► source, passage, narrator
          ─► a memory that waits for a person ─► a proposed conflict with what was disputed

Nothing is edited, nothing wins: until a person has looked at it, no answer changes by a letter.
The persona's own words are refused (law 3), and whoever may not know what was disputed may not
know the correction either.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from persona.collect.originals import KeptOriginal, discarded_unless_known, keep_original
from persona.converse.dispute import CORRECTION, Disputed
from persona.converse.listener import language_of
from persona.errors import ConverseError, StoreError
from persona.records import (
    Citation,
    ConflictKind,
    Memory,
    MemoryKind,
    Modality,
    Passage,
    Person,
    Restriction,
    Review,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.disputes import FoundConflict
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.view import View
from persona.workspace import Workspace

LONGEST = 4000
"""Characters of a correction."""


@dataclass(frozen=True)
class Correction:
    """What came of it."""

    source_id: str
    memory_id: str
    conflict_id: str | None
    kind: ConflictKind | None


def keep_correction(
    workspace: Workspace,
    store: Store,
    about: Disputed,
    words: str,
    *,
    knows: Modality = Modality.BELIEVES,
    at: datetime | None = None,
) -> Correction:
    """Keep what somebody says about a sentence that is not right.

    Args:
        workspace: whose archive.
        store: open.
        about: the sentence, see `Talk.disputed`.
        words: what the person says, in their own words.
        knows: how they know: they were there, were told, believe, or guess.
        at: when it was said; None: now.

    Raises:
        ConverseError: nothing was said, or far too much.
        StoreError: these are the persona's own words, or the archive cannot be written.
        CollectError: the disk is full.
    """
    text = _checked(words)
    at = at or datetime.now(UTC)
    with store.reader(Custodian()) as view:
        person = view.person(about.by)
        disputed = view.memory(about.memory_id) if about.memory_id else None
        rules = _rules(view, about)
        subject = view.subject()
    head = f"Correction said by {person.name} on {at:%Y-%m-%d %H:%M:%S} UTC\n"
    head += f"About: {about.memory_id or 'a sentence that stood on nothing'}\n\n"
    kept = _kept(workspace, head, text)
    source = _source(kept, person, at)
    passage = _passage(source, head, text, person)
    subjects = disputed.subject_ids if disputed else [subject.id]
    memory, citation = _memory(passage, disputed, subjects, knows)
    with discarded_unless_known([kept], store.knows_sha):
        store.add_source(source, [passage], [_copied(rule, source.id) for rule in rules])
    store.add_memories([memory], [citation])
    if disputed is None:
        return Correction(source.id, memory.id, None, None)
    same = disputed.narrator_id == person.id
    kind = ConflictKind.CORRECTION if same else ConflictKind.TWO_ACCOUNTS
    found = FoundConflict((disputed.id, memory.id), kind, about="", found_by=person.id)
    store.put_conflicts([found])
    return Correction(source.id, memory.id, found.id, kind)


def _checked(words: str) -> str:
    text = "".join(c for c in words if c.isprintable() or c == "\n").strip()
    if not any(character.isalnum() for character in text):
        raise ConverseError("Say in a few words of your own how it was.")
    if len(text) > LONGEST:
        raise ConverseError(
            f"That is longer than {LONGEST} characters. Hand it in as a letter instead: "
            "persona collect FILE"
        )
    return text


def _rules(view: View, about: Disputed) -> list[Restriction]:
    """Return the rules about what was disputed: they hold for what is said about it too."""
    targets = {about.memory_id}
    for beside in about.beside:
        span = beside.span
        targets |= {span.memory_id, span.passage_id, span.source_id}
        origin: str | None = span.source_id
        while origin is not None:
            origin = view.source(origin).derived_from
            targets.add(origin)
    return [rule for rule in view.restrictions() if rule.target_id in targets - {None}]


def _copied(rule: Restriction, source_id: str) -> Restriction:
    values = rule.model_dump() | {"target_id": source_id}
    return Restriction(**values | {"id": content_id("rst", source_id, rule.id)})


def _kept(workspace: Workspace, head: str, text: str) -> KeptOriginal:
    """Keep the words as an original; the file is whole before it is copied to its place."""
    handle, name = tempfile.mkstemp(prefix="correction-", suffix=".txt", dir=workspace.derived)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(f"{head}{text}\n")
        return keep_original(path, workspace.originals)
    except OSError as error:
        raise StoreError(
            "The correction cannot be kept: check that the disk is not full, and say it again."
        ) from error
    finally:
        path.unlink(missing_ok=True)


def _source(kept: KeptOriginal, person: Person, at: datetime) -> Source:
    return Source(
        id=content_id("src", kept.sha256),
        sha256=kept.sha256,
        kind=SourceKind.TRANSCRIPT,
        media_type="text/plain",
        title=f"Correction, {at:%Y-%m-%d}",
        file_name=f"corrections/{kept.sha256[:12]}.txt",
        size_bytes=kept.size_bytes,
        created_edtf=f"{at:%Y-%m-%d}",
        received_at=at,
        narrator_id=person.id,
        contributor=person.id,
        details={"importer": CORRECTION},
    )


def _passage(source: Source, head: str, text: str, person: Person) -> Passage:
    selector = {
        "type": "TextPositionSelector",
        "start": len(head),
        "end": len(head) + len(text),
    }
    return Passage(
        id=content_id("psg", source.id, selector, text),
        source_id=source.id,
        position=0,
        unit=source.id,
        selector=selector,
        text=text,
        speaker_id=person.id,
        speaker_name=person.name,
        created_edtf=source.created_edtf,
        language=language_of(text, person.languages),
        transcript_version="typed",
    )


def _memory(
    passage: Passage, disputed: Memory | None, subjects: Sequence[str], knows: Modality
) -> tuple[Memory, Citation]:
    own = disputed is None or disputed.kind is MemoryKind.OWN_WORDS
    memory = Memory(
        id=content_id("mem", passage.id, 0, len(passage.text), CORRECTION),
        narrator_id=passage.speaker_id or "",
        subject_ids=list(subjects),
        kind=MemoryKind.EVENT if own or disputed is None else disputed.kind,
        statement=passage.text,
        quote=passage.text,
        language=passage.language,
        told_at_edtf=passage.created_edtf,
        modality=knows,
        extracted_by=CORRECTION,
        review=Review.UNREVIEWED,
    )
    citation = Citation(
        id=content_id("cit", memory.id, passage.id, 0),
        memory_id=memory.id,
        passage_id=passage.id,
        start=0,
        end=len(passage.text),
        exact=passage.text,
    )
    return memory, citation

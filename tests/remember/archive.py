"""A small hand-made archive: Henry Lin, who died, and those who tell of him."""

import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from persona.records import (
    Act,
    Citation,
    Consent,
    ConsentState,
    Conversation,
    Memory,
    MemoryKind,
    Passage,
    Person,
    Restriction,
    Source,
    SourceKind,
    Version,
    content_id,
)
from persona.remember.store import Store
from persona.workspace import create_workspace

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

PEOPLE = [
    Person(id="henry", name="Henry Lin", names=["林亨利"], is_subject=True, languages=["en", "zh"]),
    Person(
        id="ruth",
        name="Ruth Lin",
        relation="daughter",
        calls_subject=["Dad", "爸爸"],
        groups=["family", "children"],
    ),
    Person(
        id="tom",
        name="Tom Lin",
        relation="son",
        calls_subject=["Dad"],
        groups=["family", "children"],
    ),
    Person(
        id="margaret",
        name="Margaret Lin",
        relation="wife",
        calls_subject=["Henry"],
        groups=["family"],
    ),
    Person(
        id="david",
        name="David Lin",
        relation="younger brother",
        calls_subject=["Harry", "my brother"],
        groups=["family"],
    ),
    Person(id="joe", name="Joe Marsh", relation="friend", calls_subject=["Henry"]),
]


def people() -> list[Person]:
    """Return fresh copies: rows of one archive never reach another."""
    return [Person(**person.model_dump()) for person in PEOPLE]


def make_source(
    title: str = "A letter",
    *,
    narrator: str | None = "ruth",
    kind: SourceKind = SourceKind.LETTER,
    **more: Any,
) -> Source:
    sha = hashlib.sha256(title.encode()).hexdigest()
    return Source(
        id=content_id("src", sha),
        sha256=sha,
        kind=kind,
        media_type="text/plain",
        title=title,
        file_name=f"{title}.txt",
        size_bytes=10,
        received_at=NOW,
        narrator_id=narrator,
        **more,
    )


def make_passage(source: Source, text: str, *, position: int = 0, **more: Any) -> Passage:
    values = {"speaker_id": source.narrator_id, "unit": source.id, **more}
    return Passage(
        id=content_id("psg", source.id, position, text),
        source_id=source.id,
        position=position,
        selector={"type": "TextPositionSelector", "start": 0, "end": len(text)},
        text=text,
        **values,
    )


def make_memory(passage: Passage, exact: str | None = None, **more: Any) -> tuple[Memory, Citation]:
    exact = passage.text if exact is None else exact
    start = passage.text.index(exact)
    values = {"narrator_id": passage.speaker_id, "kind": MemoryKind.EVENT, **more}
    memory = Memory(
        id=content_id("mem", passage.id, start, exact),
        statement=exact,
        quote=exact,
        subject_ids=["henry"],
        extracted_by="by hand",
        **values,
    )
    return memory, make_citation(memory, passage, start, exact)


def make_citation(memory: Memory, passage: Passage, start: int, exact: str) -> Citation:
    return Citation(
        id=content_id("cit", memory.id, passage.id, start),
        memory_id=memory.id,
        passage_id=passage.id,
        start=start,
        end=start + len(exact),
        exact=exact,
    )


def make_rule(target_id: str, **more: Any) -> Restriction:
    return Restriction(id=content_id("res", target_id, more), target_id=target_id, **more)


def make_consent(
    person_id: str, act: Act, state: ConsentState = ConsentState.GRANTED, **more: Any
) -> Consent:
    values = {"at": NOW, **more}
    return Consent(
        id=content_id("con", person_id, act, state, str(values)),
        person_id=person_id,
        given_by=person_id,
        act=act,
        state=state,
        text_shown="May we keep it?",
        text_sha256=hashlib.sha256(b"May we keep it?").hexdigest(),
        **values,
    )


def make_version(number: int = 1) -> Version:
    return Version(
        id=f"ver_{number}",
        number=number,
        name="second generation" if number == 2 else "",
        inputs_sha256="0" * 64,
        created_at=NOW,
    )


def make_conversation(listener_id: str | None = "ruth", number: int = 1) -> Conversation:
    return Conversation(
        id=f"con_{listener_id}_{number}",
        version_id="ver_1",
        listener_id=listener_id,
        started_at=NOW,
    )


class Archive:
    """A store with Henry's people in it, and short ways to fill it."""

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        """Make an archive in ``folder``; a copy of ``template`` saves the time of migrating."""
        self.workspace = create_workspace(folder, "Henry Lin")
        if template is not None:
            shutil.copy(template, self.workspace.database)
        self.store = Store.open(self.workspace, create=True)
        self.store.put_people(people())

    def tell(
        self, title: str, text: str, *, narrator: str = "ruth", **more: Any
    ) -> tuple[Source, Passage, Memory]:
        """Keep one source with one passage and one memory that is all of it."""
        source = make_source(title, narrator=narrator)
        passage = make_passage(source, text, **more)
        self.store.add_source(source, [passage])
        memory, citation = make_memory(passage)
        self.store.add_memories([memory], [citation])
        return source, passage, memory

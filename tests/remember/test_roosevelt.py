"""Real letters go in, and questions find the letter that answers them."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from persona.records import Passage, Person, Source, SourceKind, content_id
from persona.remember.extraction import extract
from persona.remember.readers import Relative
from persona.remember.retrieval import Retriever
from persona.remember.store import Store
from persona.workspace import create_workspace
from tests.remember.archive import NOW

QUESTIONS = [
    ("Did you go down in a submarine?", "Plunger"),
    ("Who was Tom Quartz?", "Tom Quartz"),
    ("What did you write about lizards?", "lizard"),
    ("Did you hunt bears?", "bear"),
    ("What happened in the Panama Canal?", "Panama|[Cc]anal"),
    ("What did Skip do?", "Skip"),
    ("Did you enjoy football?", "[Ff]ootball"),
    ("What did Quentin do with his snakes?", "snake"),
    ("Tell me about the pony Algonquin.", "Algonquin|pony"),
    ("How was the fishing?", "fish|tarpon"),
]
UNKNOWN = ["Did you ever play the saxophone?", "Did you like sushi?", "What was in your computer?"]


@pytest.mark.slow
def test_letters_to_his_children(shared_data: Path, tmp_path: Path) -> None:
    lines = (shared_data / "roosevelt" / "letters.jsonl").read_text(encoding="utf-8").splitlines()
    sha = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    people = [
        Person(id="theodore", name="Theodore Roosevelt", is_subject=True),
        Person(id="kermit", name="Kermit Roosevelt", relation="son", calls_subject=["Father"]),
    ]
    source = Source(
        id=content_id("src", sha),
        sha256=sha,
        kind=SourceKind.LETTER,
        media_type="application/jsonl",
        title="Letters to his children",
        file_name="letters.jsonl",
        size_bytes=1,
        received_at=NOW,
        narrator_id="theodore",
    )
    passages = [
        Passage(
            id=content_id("psg", source.id, place),
            source_id=source.id,
            position=place,
            unit=letter["id"],
            selector={},
            text=letter["text"],
            speaker_id="theodore",
            created_edtf=letter["date"],
        )
        for place, letter in enumerate(map(json.loads, lines))
    ]
    found = extract(passages, source, people)
    with Store.open(create_workspace(tmp_path, "TR"), create=True) as store:
        store.put_people(people)
        store.add_source(source, passages)
        citations = [citation for item in found for citation in item.citations]
        assert store.add_memories([item.memory for item in found], citations) > 800
        with store.reader(Relative("kermit")) as view:
            retriever = Retriever(view, index=None, embedder=None)
            first = ten = 0
            for question, answer in QUESTIONS:
                hits = [
                    bool(re.search(answer, e.memory.statement))
                    for e in retriever.search(question, limit=10)
                ]
                first, ten = first + hits[0], ten + any(hits)
            assert (first, ten) >= (8, 10)
            assert all(retriever.coverage(question) < 0.5 for question in UNKNOWN)

"""A letter of which nothing was reviewed yet."""

from typing import Any

from persona.keeper import review
from persona.records import Memory, Review
from tests.remember.archive import Archive, make_memory, make_passage, make_source

LETTER = (
    "Dad sang in the kitchen. He burned the soup. The cat ate it under the table.",
    "He went to the harbour at night. He counted the lights of the ferries.",
    "My mother owed money to the butcher. Dad paid it every Friday.",
)


def keep(archive: Archive, *texts: str, narrator: str = "ruth", **more: Any) -> list[Memory]:
    """Keep a letter of several passages, one memory for each sentence."""
    source = make_source(f"Letter {texts[0][:20]}", narrator=narrator)
    passages = [make_passage(source, t, position=n, **more) for n, t in enumerate(texts)]
    archive.store.add_source(source, passages)
    pairs = [
        make_memory(passage, f"{sentence}.", review=Review.UNREVIEWED)
        for passage in passages
        for sentence in passage.text.rstrip(".").split(". ")
    ]
    archive.store.add_memories([m for m, _ in pairs], [c for _, c in pairs])
    return [memory for memory, _ in pairs]


def open_ids(archive: Archive, limit: int = 50) -> list[str]:
    """Return what waits, in its order."""
    return [item.memory.id for item in review.next_items(archive.store, limit=limit)]

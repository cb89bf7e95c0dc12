"""One file in, one source out: the same bytes give the same ids, a failure concerns one file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from persona.collect.family.people import read_people
from persona.collect.importer import Senses
from persona.collect.plan import plan
from persona.collect.reading import collect_file
from persona.collect.registry import IMPORTERS
from persona.errors import MissingModel
from persona.records import SourceKind, content_id

CHAT = "30/01/19, 20:49 - Ruth: Hello\n30/01/19, 20:50 - Henry: 你好\n"


def test_collecting_twice_gives_the_same_ids(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    (folder / "letter.txt").write_text("Dear Ruth,\n\nThe boat is mended.\n\nHenry\n")
    (folder / "chat.txt").write_text(CHAT)
    (folder / "copy-of-chat.txt").write_text(CHAT)
    wav(folder / "talk.wav")
    (folder / "talk.txt").write_text("RUTH: The boat.\n")
    first, second = collect(), collect()
    assert len(first.passages) == 6
    assert [p.id for p in first.passages] == [p.id for p in second.passages]
    assert [c.source.id for c in first.done.values()] == [c.source.id for c in second.done.values()]
    assert first.done["chat.txt"].source.id == first.done["copy-of-chat.txt"].source.id
    kept = [path for path in first.originals.rglob("*") if path.is_file()]
    assert len(kept) == 4, "letter, chat, recording and its transcript"


def test_a_source_says_what_is_known(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "chat.txt").write_text(CHAT)
    source = collect().done["chat.txt"].source
    assert source.id == content_id("src", source.sha256)
    assert (source.kind, source.media_type) == (SourceKind.CHAT, "text/plain")
    assert (source.file_name, source.contributor) == ("chat.txt", "Ruth")
    assert source.size_bytes == len(CHAT.encode())
    assert source.received_at.utcoffset() is not None
    assert source.details["importer"] == "whatsapp"


def test_passages_of_a_source_are_told_apart_and_in_order(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "letter.txt").write_text("Ha!\n\nHa!\n\nHa!\n")
    passages = collect().done["letter.txt"].passages
    assert len({p.id for p in passages}) == 3
    assert [p.position for p in passages] == [0, 1, 2]


def test_one_bad_file_does_not_stop_the_others(
    folder: Path, collect: Callable[..., Any], wav: Callable[..., Path]
) -> None:
    (folder / "photo.jpg").touch()
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 broken")
    (folder / "broken.mp3").write_bytes(b"ID3\x04 broken")
    (folder / "strange.txt").write_bytes(b"\x81\x8d\x8f\x90\x9d" * 30 + b"\x00\x01")
    (folder / "chat.txt").write_text(CHAT)
    batch = collect()
    assert set(batch.done) == {"chat.txt"}
    reasons = batch.failed | {one.relative: one.reason for one in batch.plan.left_out}
    assert set(reasons) == {"photo.jpg", "broken.jpg", "broken.mp3", "strange.txt"}
    assert all(name in reason and reason.endswith(".") for name, reason in reasons.items())
    assert len([path for path in batch.originals.rglob("*") if path.is_file()]) == 1


def test_ignored_files_are_named(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "chat.txt").write_text(CHAT)
    batch = collect('[[files]]\nmatch = "chat.txt"\nignore = true\n')
    assert batch.done == {}
    assert "people.toml says" in batch.plan.left_out[0].reason


def test_nothing_is_kept_when_the_recogniser_fails(
    folder: Path, tmp_path: Path, wav: Callable[..., Path]
) -> None:
    class Gone:
        name = "gone"

        def transcribe(self, recording: Path, *, language: str | None = None) -> Any:
            raise MissingModel("Its weights are not here.")

    wav(folder / "talk.wav")
    book = read_people(folder / "people.toml")
    (planned,) = plan([folder], book, tmp_path / "staging").files
    with pytest.raises(MissingModel):
        collect_file(planned, book, tmp_path / "originals", Senses(recogniser=Gone()))
    assert [path for path in (tmp_path / "originals").rglob("*") if path.is_file()] == []


def test_importers_have_names_of_their_own() -> None:
    names = [importer.name for importer in IMPORTERS]
    assert len(set(names)) == len(names)
    assert IMPORTERS[-1].name == "letters", "the one that takes any text is asked last"

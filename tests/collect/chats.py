"""One call that reads a chat as `persona collect` would, and checks every selector."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Reading, Request
from persona.collect.kinds import media_type
from persona.collect.registry import IMPORTERS
from persona.collect.selectors import Original
from persona.errors import UnreadableSource
from persona.records import PassageFields, Person

FAMILY = (
    Person(id="henry", name="Henry Lin", names=["林海生"], is_subject=True, languages=["en", "zh"]),
    Person(id="ruth", name="Ruth Lin", names=["小茹"], languages=["en"]),
    Person(id="margaret", name="Margaret Lin", names=["Maggie"]),
)


@dataclass
class ReadChat:
    """What came of one file."""

    importer: str
    reading: Reading
    passages: list[PassageFields]

    @property
    def said(self) -> list[tuple[str | None, str, str]]:
        return [(p.created_edtf, p.speaker_name, p.text) for p in self.passages]

    @property
    def words(self) -> list[tuple[str, str]]:
        return [(p.speaker_name, p.text) for p in self.passages]

    @property
    def details(self) -> dict[str, Any]:
        return self.reading.details


def read_chat_file(
    path: Path, data: str | bytes, *, rule: FileRule | None = None, located: bool = True
) -> ReadChat:
    """Write a file, let the first importer that recognises it read it, and locate its words."""
    raw = data.encode() if isinstance(data, str) else data
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    found = [one for one in IMPORTERS if one.recognises(raw[: 1 << 18], path.name)]
    if not found:
        raise UnreadableSource("No importer recognises it.")
    importer = found[0]
    book = FamilyBook.from_archive(FAMILY)
    kind = media_type(raw[: 1 << 18], path.name)
    request = Request(path, path.name, "src_test", kind, book, rule or FileRule())
    reading = importer.read(request)
    passages: Sequence[PassageFields] = [*reading.passages, *reading.stream]
    if located:
        original = Original(raw, reading.details["encoding"])
        assert [original.words(p.selector) for p in passages] == [p.text for p in passages]
    assert len({p.id for p in passages}) == len(passages)
    return ReadChat(importer.name, reading, list(passages))

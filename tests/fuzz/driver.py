"""Gives bytes to one importer and says what must be true of whatever comes back.

A reader may refuse (`PersonaError`); it may not fail in any other way, hang, or return what the
archive could not keep: two passages with one id, text that is no Unicode, places outside the text.
"""

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from persona.collect.decoding import decode, well_formed
from persona.collect.family.people import FamilyBook, read_people
from persona.collect.family.people_toml import FileRule
from persona.collect.guard import guarded
from persona.collect.importer import Reading, Request
from persona.collect.kinds import media_type
from persona.collect.reading import keep_well_formed
from persona.collect.registry import IMPORTERS, importer_named
from persona.collect.selectors import locate
from persona.errors import EngineError, PersonaError
from persona.records import Passage, PassageFields
from tests.fuzz.seeds import NOISE, SEEDS

LONGEST_S = 20.0
PEOPLE = """
[subject]
id = "henry"
name = "Henry Lin"

[[people]]
id = "ruth"
name = "Ruth Lin"
relation = "daughter"
"""


class Reader:
    """Reads bytes as files, in one folder that is used again and again."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._place = Path(self._folder.name)
        (self._place / "people.toml").write_text(PEOPLE, encoding="utf-8")
        self._book: FamilyBook = read_people(self._place / "people.toml")

    def recognised(self, data: bytes, name: str) -> list[str]:
        """Return the importers that want a file; none may fail at it."""
        return [one.name for one in IMPORTERS if one.recognises(data[: 1 << 18], name)]

    def read(self, importer: str, data: bytes, name: str) -> Reading | None:
        """Read a file; None: it was refused in a sentence."""
        path = self._place / "original"
        path.write_bytes(data)
        request = Request(
            path=path,
            relative=name,
            source_id="src_1",
            media_type=media_type(data[: 1 << 18], name),
            book=self._book,
            rule=FileRule(),
        )
        try:
            with guarded(name, LONGEST_S):
                reading = importer_named(importer).read(request)
                passages = [*reading.passages, *reading.stream]
        except PersonaError as error:
            assert "stumbled" not in str(error), error.__cause__
            assert "takes too long" not in str(error), f"{importer} hangs"
            assert not isinstance(error, EngineError) or "memory" not in str(error)
            return None
        check_reading(importer, reading, passages, data)
        return reading


def check_reading(
    importer: str, reading: Reading, passages: list[PassageFields], data: bytes
) -> None:
    """Check that the archive could keep it, and that its selectors find its words."""
    ids = [one.id for one in passages]
    twice = data.count(b'"messages"') > 1  # one key twice in an object: nobody can cite both
    assert twice or len(set(ids)) == len(ids), "two passages with one id: the file is refused"
    encoding = reading.details.get("encoding")
    for one in passages:
        keep_well_formed(one)
        assert one.text.strip(), "a passage without words"
        Passage.model_validate(one.model_dump())
        said = (one.text, one.speaker_name, one.created_words, one.place, one.addressee_words)
        "".join(said).encode("utf-8")
        assert 0.0 <= one.speaker_confidence <= 1.0
        assert 0.0 <= one.text_confidence <= 1.0
        here = importer != "transcript" or one.text in decode(data, encoding=encoding or "").text
        if encoding and here and one.selector.get("type") == "TextPositionSelector":
            assert locate(data, one.selector, encoding) == one.text
    json.dumps(well_formed(reading.details), ensure_ascii=False).encode("utf-8")


def changed(numbers: random.Random, data: bytes) -> bytes:
    """Return a file with a few things cut out, doubled, moved or replaced by noise."""
    made = bytearray(data)
    for _ in range(numbers.randint(1, 6)):
        at = numbers.randint(0, len(made))
        end = min(len(made), at + numbers.choice((0, 1, 1, 2, 4, 16, 64)))
        what = numbers.randrange(6)
        if what == 0:
            del made[at:end]
        elif what == 1:
            made[at:at] = numbers.choice(NOISE)
        elif what == 2:
            made[at:end] = numbers.choice(NOISE)
        elif what == 3:
            made[at:at] = made[at:end] * numbers.choice((2, 3, 50))
        elif what == 4 and at < len(made):
            made[at] ^= 1 << numbers.randrange(8)
        else:
            made[at:at] = numbers.choice(NOISE) * numbers.choice((2, 30))
    return bytes(made)


def inputs(importer: str, count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield changed files of a form, the same ones for the same numbers."""
    numbers = random.Random(f"{importer} {seed}")
    for _ in range(count):
        name, data = numbers.choice(SEEDS[importer])
        other = numbers.choice(SEEDS[importer])[1]
        if numbers.random() < 0.1:
            cut = numbers.randint(0, len(data))
            data = data[:cut] + other[numbers.randint(0, len(other)) :]
        yield name, changed(numbers, data)

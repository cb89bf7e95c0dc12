"""Hearing that is interrupted goes on where it was, and gives the same transcript."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Request, Senses
from persona.collect.sound.heard_so_far import forget_heard, hear, heard_file
from persona.engines.protocols import (
    HeardBlock,
    HeardSegment,
    HeardWord,
    ResumableRecogniser,
    Transcript,
)
from persona.errors import CollectError, EngineError


def block(number: int) -> HeardBlock:
    start_s = 10.0 * number
    word = HeardWord(f" 第{number}", start_s, start_s + 1, 0.9)
    segment = HeardSegment(f"第{number}", start_s, start_s + 1, (word,), "zh")
    return HeardBlock(start_s + 10, "zh", (segment,))


@dataclass
class Interrupted:
    """A recogniser that stops at a block, as when somebody closes the lid."""

    stops_at: int = 99
    name: str = "interrupted"
    made_by: str = "interrupted 1"
    asked: list[tuple[float, str]] = field(default_factory=list)

    def transcribe(self, recording: Path, *, language: str | None = None) -> Transcript:
        raise AssertionError("it is heard bit by bit")

    def listen(
        self, recording: Path, *, language: str | None = None, from_s: float = 0, usual: str = ""
    ) -> Iterator[HeardBlock]:
        self.asked.append((from_s, usual))
        for number in range(round(from_s / 10), 6):
            if number == self.stops_at:
                raise EngineError("Stopped.")
            yield block(number)


def request_for(book: FamilyBook, derived: Path | None, recogniser: Interrupted) -> Request:
    path = Path("talk.wav")
    senses = Senses(recogniser=recogniser)
    return Request(path, "talk.wav", "src_1", "", book, FileRule(), senses=senses, derived=derived)


def test_an_interrupted_transcript_goes_on_where_it_was(family: FamilyBook, tmp_path: Path) -> None:
    derived = tmp_path / "derived"
    assert isinstance(Interrupted(), ResumableRecogniser)
    whole = hear(request_for(family, None, Interrupted()), 60.0)
    with pytest.raises(EngineError):
        hear(request_for(family, derived, Interrupted(stops_at=4)), 60.0)
    again = Interrupted()
    assert hear(request_for(family, derived, again), 60.0) == whole
    assert again.asked == [(40.0, "zh")]
    assert [s.text for s in whole.segments] == [f"第{n}" for n in range(6)]


def test_a_line_that_was_cut_off_is_heard_again(family: FamilyBook, tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        hear(request_for(family, tmp_path, Interrupted(stops_at=3)), 60.0)
    file = heard_file(tmp_path, "src_1")
    file.write_bytes(file.read_bytes()[:-20])
    again = Interrupted()
    assert len(hear(request_for(family, tmp_path, again), 60.0).segments) == 6
    assert again.asked == [(20.0, "zh")]
    third = Interrupted()
    assert len(hear(request_for(family, tmp_path, third), 60.0).segments) == 6
    assert third.asked == [(60.0, "zh")], "what was mended can be read again"


@pytest.mark.parametrize(
    "junk", [b"", b"no json\n", b'{"made_by": 1}\n', b"\xff\xfe\n\n", b"{}\n{}\n"]
)
def test_a_damaged_file_is_begun_anew(family: FamilyBook, tmp_path: Path, junk: bytes) -> None:
    heard_file(tmp_path, "src_1").write_bytes(junk)
    again = Interrupted()
    assert len(hear(request_for(family, tmp_path, again), 60.0).segments) == 6
    assert again.asked == [(0.0, "")]


def test_another_recogniser_begins_anew(family: FamilyBook, tmp_path: Path) -> None:
    hear(request_for(family, tmp_path, Interrupted()), 60.0)
    better = Interrupted(made_by="better 2")
    hear(request_for(family, tmp_path, better), 60.0)
    assert better.asked == [(0.0, "")]


def test_progress_is_told_and_the_file_can_be_forgotten(family: FamilyBook, tmp_path: Path) -> None:
    shares: list[float] = []
    request = request_for(family, tmp_path / "d", Interrupted())
    hear(replace(request, progress=shares.append), 60.0)
    assert shares == pytest.approx([1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1.0])
    assert heard_file(tmp_path / "d", "src_1").is_file()
    forget_heard(tmp_path / "d", "src_1")
    forget_heard(tmp_path / "d", "src_1")
    assert list((tmp_path / "d").iterdir()) == []


def test_a_full_disk_is_one_sentence(family: FamilyBook, tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("a file where a folder should be")
    with pytest.raises(CollectError, match="disk full"):
        hear(request_for(family, tmp_path / "derived", Interrupted()), 60.0)

"""Dates that cameras printed into the corner, and what is written on the back."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from persona.collect.family.people import FamilyBook
from persona.collect.importer import Senses
from persona.collect.photos.names import front_of, tie_backs
from persona.collect.photos.stamp import read_stamp
from persona.engines.protocols import ReadLine
from tests.collect.test_photos import read, scene


class CornerReader:
    """Reads what a script says, and keeps what it was shown."""

    name = "corners"

    def __init__(self, *texts: str, confidence: float = 0.9) -> None:
        self.texts, self.confidence, self.shown = list(texts), confidence, list[tuple[int, int]]()

    def read(self, picture: Path) -> Sequence[ReadLine]:
        with Image.open(picture) as image:
            self.shown.append(image.size)
        text = self.texts.pop(0) if self.texts else ""
        return [ReadLine(text, (0, 0, 10, 10), self.confidence)] if text else []


@pytest.mark.parametrize(
    ("line", "edtf"),
    [
        *(("'98 12 25", "1998-12-25?"), ("12 25 '98", "1998-12-25?"), ("25 12 '98", "1998-12-25?")),
        *(("1998.12.25", "1998-12-25?"), ("95 8 3", "1995-08-03?"), ("'01 2 3", "2001-02-03?")),
        *(("6 7 '98", "1998?"), ("8 3 95", "1995?"), ("01 02 03", None)),
        *(("DEC 25 '98", "1998-12-25?"), ("1998年12月25日", "1998-12-25?")),
        *(
            ("’O2 l 5", "2002-01-05?"),
            ("5 5 '97 10:33", "1997-05-05?"),
            ("31 12 99", "1999-12-31?"),
        ),
    ],
)
def test_dates_printed_by_cameras(line: str, edtf: str | None) -> None:
    assert read_stamp(line) == (" ".join(line.split()), edtf)


@pytest.mark.parametrize(
    "line",
    [
        *("98 2 30", "25 14:30", "10:42", "KODAK 5053", "555 12 34", "1998 13 45", "9 8 7"),
        *("2999 1 1", "", "12 25", "Henry 1998 12 25", "-5 10 98 4", "'98 '12 25"),
    ],
)
def test_what_is_no_printed_date(line: str) -> None:
    assert read_stamp(line) is None


def test_the_order_of_day_and_month_is_only_used_when_the_family_says_it() -> None:
    assert read_stamp("6 7 '98", day_first=True) == ("6 7 '98", "1998-07-06?")
    assert read_stamp("6 7 '98", day_first=False) == ("6 7 '98", "1998-06-07?")


def stamped(path: Path, colour: str = "orange") -> Path:
    image = scene(1200, 800).point(lambda value: value // 3)
    ImageDraw.Draw(image).rectangle((1000, 740, 1150, 770), fill=colour)
    image.save(path)
    return path


def test_a_date_in_the_corner_is_read_where_the_camera_says_none(
    tmp_path: Path, family: FamilyBook
) -> None:
    reader = CornerReader("", "'98 12 25")
    reading = read(stamped(tmp_path / "one.jpg"), family, Senses(text_reader=reader))
    assert (reading.created_edtf, reading.created_words) == ("1998-12-25?", "'98 12 25")
    assert reading.details["stamp"]["read_by"] == "corners"
    assert len(reader.shown) == 2, "read as it is, then turned"
    assert max(reader.shown[0]) < 1200, "only the corners"


def test_corners_are_not_read_when_they_do_not_glow_or_the_date_is_known(
    tmp_path: Path, family: FamilyBook
) -> None:
    reader = CornerReader("'98 12 25")
    dull = read(stamped(tmp_path / "one.jpg", "grey"), family, Senses(text_reader=reader))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2008:10:22 16:28:39"
    Image.open(stamped(tmp_path / "b.jpg")).save(tmp_path / "c.jpg", exif=exif)
    known = read(tmp_path / "c.jpg", family, Senses(text_reader=reader))
    assert (dull.created_edtf, known.created_edtf) == (None, "2008-10-22T16:28:39")
    assert reader.shown == []
    unsure = CornerReader("'98 12 25", confidence=0.3)
    path = stamped(tmp_path / "d.jpg")
    assert read(path, family, Senses(text_reader=unsure)).created_edtf is None


def test_an_ambiguous_stamp_keeps_its_words_and_invents_no_date(
    tmp_path: Path, family: FamilyBook
) -> None:
    reader = CornerReader("01 02 03")
    reading = read(stamped(tmp_path / "one.jpg"), family, Senses(text_reader=reader))
    assert (reading.created_edtf, reading.created_words) == (None, "01 02 03")


def test_the_back_of_a_photo(tmp_path: Path, family: FamilyBook) -> None:
    scene().save(tmp_path / "012_back.jpg")
    reader = CornerReader("Harry and Mum, June 3, 1960", confidence=0.7)
    path = tmp_path / "012_back.jpg"
    reading = read(path, family, Senses(text_reader=reader), narrator="ruth")
    (written,) = reading.passages
    assert reading.details["back_of"] == "012"
    assert (reading.created_edtf, written.text_confidence) == ("1960-06-03", 0.7)
    assert written.speaker_id is None, "whose hand it is, is not known"
    assert front_of("a/scan (verso).tif") == "a/scan" and front_of("12背面.png") == "12"
    for name in ("feedback.jpg", "back.jpg", "Back to school.jpg", "horseback.jpg"):
        assert front_of(name) is None
    assert tie_backs(["a/1.jpg", "a/1_back.png", "a/2_back.jpg"]) == {"a/1_back.png": "a/1.jpg"}

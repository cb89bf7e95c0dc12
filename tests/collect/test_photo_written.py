"""What cameras and people wrote into a picture file: date, place, caption."""

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from persona.collect.family.people import FamilyBook
from persona.collect.photos.exif import camera_date, degrees_of, in_degrees
from persona.collect.photos.written import read_written, written_date
from persona.engines.picture_file import opened
from tests.collect.test_photos import XMP, read, scene


def test_what_was_written_into_the_file(tmp_path: Path, family: FamilyBook) -> None:
    path = tmp_path / "one.jpg"
    exif = Image.Exif()
    exif[0x010E] = "Henry at the helm"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "在舵旁".encode("utf-16-le")
    xmp = XMP.format(writer="Maggie").encode()
    scene().save(path, exif=exif, xmp=xmp)
    reading = read(path, family)
    assert (reading.title, reading.place) == ("The boat", "Leeds, England")
    assert (reading.created_edtf, reading.created_words) == ("1956-07", "1956-07")
    assert reading.details["creator"] == "A. Weaver, B. Weaver"
    texts = {passage.text: passage for passage in reading.passages}
    assert list(texts) == ["Henry at the helm", "在舵旁"], "the same words are one caption"
    assert texts["Henry at the helm"].transcript_version == "XMP dc:description"
    assert texts["Henry at the helm"].speaker_id == "margaret"
    assert reading.narrator_id is None, "a name in a file took no photo for certain"


def test_a_caption_by_a_stranger_is_not_put_into_the_mouth_of_the_photographer(
    tmp_path: Path, family: FamilyBook
) -> None:
    scene().save(tmp_path / "one.jpg", xmp=XMP.format(writer="Somebody Else").encode())
    reading = read(tmp_path / "one.jpg", family, narrator="ruth")
    (caption,) = reading.passages
    assert (caption.speaker_id, caption.speaker_name) == (None, "Somebody Else")
    assert caption.speaker_confidence == 0.0


def test_iptc_captions_in_old_encodings(tmp_path: Path) -> None:
    fields = [(120, "Ölfleck im Garten".encode("cp1252")), (5, b"Garden"), (55, b"19620800")]
    blocks = b"".join(b"\x1c\x02" + bytes([n]) + struct.pack(">H", len(v)) + v for n, v in fields)
    iptc = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(blocks)) + blocks
    photoshop = b"Photoshop 3.0\0" + iptc + b"\0" * (len(iptc) % 2)
    whole = io.BytesIO()
    scene().save(whole, "JPEG")
    app13 = b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop
    path = tmp_path / "one.jpg"
    path.write_bytes(whole.getvalue()[:2] + app13 + whole.getvalue()[2:])
    with opened(path, "one") as image:
        written = read_written(image)
    assert [caption.text for caption in written.captions] == ["Ölfleck im Garten"]
    assert (written.title, written.edtf) == ("Garden", "1962-08")


@pytest.mark.parametrize(
    "words",
    ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "DSC_0001.JPG", "\0\0\0", "Exif_JPEG_PICTURE"],
)
def test_what_cameras_write_into_every_picture_is_no_caption(tmp_path: Path, words: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = words
    scene().save(tmp_path / "one.jpg", exif=exif)
    with opened(tmp_path / "one.jpg", "one") as image:
        assert read_written(image).captions == ()


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        *(("1956", "1956"), ("1956-07", "1956-07"), ("19560704", "1956-07-04")),
        *(("1956-07-04T10:00", "1956-07-04T10:00:00"), ("0000-00-00", None), ("1956-13", None)),
        *(
            ("2018-10-27T13:27:23.53Z", "2018-10-27T13:27:23Z"),
            ("soon", None),
            ("19560000", "1956"),
        ),
    ],
)
def test_written_dates(words: str, edtf: str | None) -> None:
    assert written_date(words) == edtf


@pytest.mark.parametrize(
    ("words", "zone", "edtf", "doubted"),
    [
        ("2008:10:22 16:28:39", "", "2008-10-22T16:28:39", False),
        ("2008:10:22 16:28:39", "+02:00", "2008-10-22T16:28:39+02:00", False),
        ("2008:10:22 16:28:39", "+00:00", "2008-10-22T16:28:39Z", False),
        ("2008:10:22 16:28:39", "+99:00", "2008-10-22T16:28:39", False),
        ("2008:10:22", "", "2008-10-22", False),
        ("2008:10:22 99:99:99", "", "2008-10-22", False),
        ("1956:07:04 12:00:00", "", "1956-07-04T12:00:00", False),
        ("2015:01:01 14:30:00", "", "2015-01-01T14:30:00", False),
        ("2000:01:01 14:30:00", "", "2000-01-01?", True),
        ("1998:01:01 00:00:00", "", "1998-01-01?", True),
        ("1970:01:01 01:00:00", "", None, True),
        ("0000:00:00 00:00:00", "", None, True),
        ("2008:13:40 10:00:00", "", None, True),
        ("2999:03:04 10:00:00", "", None, True),
        ("    :  :  ", "", None, False),
    ],
)
def test_dates_of_cameras(words: str, zone: str, edtf: str | None, doubted: bool) -> None:
    found = camera_date(words, zone)
    assert (found.edtf, bool(found.doubt)) == (edtf, doubted)


def test_places_are_said_in_degrees_and_nothing_is_not_a_place() -> None:
    gps = {1: "S", 2: (33.0, 51.0, 24.0), 3: "W", 4: (70.0, 30.0, 0.0)}
    assert degrees_of(gps) == pytest.approx((-33.856667, -70.5))
    assert in_degrees(-33.856667, -70.5) == "33.85667° S, 70.50000° W"
    assert degrees_of({1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)}) is None
    assert degrees_of({1: "N", 2: (95, 0, 0), 3: "E", 4: (1, 0, 0)}) is None
    assert degrees_of({1: "N", 2: (float("nan"), 0, 0), 3: "E", 4: (1, 0, 0)}) is None
    assert degrees_of({2: "x"}) is None


def test_damaged_camera_data_cost_the_data_and_not_the_photo(
    tmp_path: Path, family: FamilyBook
) -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x87\x69\x00\x04\xff\xff" * 40
    scene().save(tmp_path / "one.jpg", exif=exif)
    reading = read(tmp_path / "one.jpg", family)
    assert reading.details["width"] == 320
    assert reading.created_edtf is None

"""Photos: when, where, how large, and their captions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from persona.collect import photo
from persona.collect.photo import exif_date, look_at
from persona.errors import UnreadableSource, UnsafeSource


def picture(path: Path, taken: str = "", orientation: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0132] = "2019:01:01 10:00:00"
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    Image.new("RGB", (64, 48), "navy").save(path, exif=exif)
    return path


def test_a_photo_with_its_caption(folder: Path, collect: Callable[..., Any]) -> None:
    picture(folder / "photos" / "one.jpg", "1987:06:03 10:30:00", orientation=6)
    (folder / "photos" / "one.txt").write_text("Henry on the boat\n")
    batch = collect('[[files]]\nmatch = "photos/*"\ncaptioner = "ruth"\n')
    one = batch.done["photos/one.jpg"]
    assert one.source.created_edtf == "1987-06-03T10:30:00"
    assert (one.source.details["width"], one.source.details["height"]) == (48, 64)
    assert one.source.details["orientation"] == 6
    (passage,) = one.passages
    assert (passage.text, passage.speaker_id) == ("Henry on the boat", "ruth")
    assert passage.selector["value"] == "xywh=0,0,48,64"
    assert one.source.narrator_id is None, "who wrote the caption did not take the photo"


def test_the_day_of_scanning_is_not_the_day_of_the_photo(
    folder: Path, collect: Callable[..., Any]
) -> None:
    picture(folder / "scan.jpg")
    batch = collect()
    assert batch.done["scan.jpg"].source.created_edtf is None
    assert "date is not known" in batch.warnings and "no caption" in batch.warnings


def test_a_captions_file(folder: Path, collect: Callable[..., Any]) -> None:
    for name in ("one", "two", "three"):
        picture(folder / "photos" / f"{name}.jpg", "2019:01:01 10:00:00")
    (folder / "photos" / "captions.csv").write_text(
        "file,person,date,caption\n"
        'scans-a/one.jpg,Henry,c.1956,"Henry, aged about fifteen"\n'
        'scans-a/TWO.JPG,Henry,,"Henry, June 3, 1960"\n',
        encoding="utf-8-sig",
    )
    batch = collect()
    one, two, three = (batch.done[f"photos/{name}.jpg"] for name in ("one", "two", "three"))
    assert (one.source.created_edtf, one.source.created_words) == ("1956~", "c.1956")
    assert one.passages[0].text == "Henry, aged about fifteen"
    assert one.source.details["caption_columns"] == {"person": "Henry", "date": "c.1956"}
    assert two.passages[0].text == "Henry, June 3, 1960"
    assert two.source.created_edtf == "2019-01-01T10:00:00"
    assert three.passages == []


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("2008:10:22 16:28:39", "2008-10-22T16:28:39"),
        ("2008:10:22", "2008-10-22"),
        ("2008:10:22 99:99:99", "2008-10-22"),
        ("0000:00:00 00:00:00", None),
        ("2008:13:40 10:00:00", None),
        ("    :  :  ", None),
    ],
)
def test_dates_of_cameras(words: str, edtf: str | None) -> None:
    assert exif_date(words) == edtf


@pytest.mark.parametrize("cut", [10, 300, 700])
def test_a_damaged_photo_is_left_out_and_nothing_is_kept(
    folder: Path, collect: Callable[..., Any], cut: int
) -> None:
    whole = picture(folder / "one.jpg").read_bytes()
    (folder / "one.jpg").write_bytes(whole[: min(cut, len(whole) - 60)])
    batch = collect()
    assert "damaged" in batch.failed["one.jpg"]
    assert [path for path in batch.originals.rglob("*") if path.is_file()] == []


def test_a_photo_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    Image.new("1", (40_000, 8_000)).save(path)
    with pytest.raises(UnsafeSource, match="too large"):
        look_at(path, "huge.png")
    assert photo.MAX_PIXELS < 40_000 * 8_000


def test_real_photos(shared_data: Path) -> None:
    samples = shared_data / "exif-heic"
    placed = look_at(samples / "exif-samples" / "DSCN0029.jpg", "a")
    assert placed.place == "43.46824, 11.88017"
    assert placed.taken == "2008-10-22T16:46:53"
    for number in (5, 7, 8):
        turned = look_at(samples / "exif-samples" / f"portrait_{number}.jpg", "b")
        assert turned.height > turned.width, "as it is meant to be seen"
    heic = look_at(samples / "pillow_heif" / "pug.heic", "c")
    assert heic.taken == "2023-02-21T14:33:08" and heic.place
    with pytest.raises(UnreadableSource, match="damaged"):
        look_at(samples / "pillow_heif" / "corrupted.heic", "d")
    for path in sorted((samples / "exif-samples").glob("*.jp*g")):
        assert look_at(path, path.name).width > 0

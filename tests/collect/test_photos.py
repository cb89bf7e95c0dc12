"""Photos: when, where, how large, and their captions."""

import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Reading, Request, Senses, Sidecar
from persona.collect.photos.names import looks_restored
from persona.collect.photos.photo import Photo, look_at
from persona.collect.photos.quality import quality_of
from persona.engines.picture_file import MAX_PIXELS, see_file
from persona.engines.protocols import FoundFace
from persona.errors import UnreadableSource, UnsafeSource
from persona.records import SourceKind

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:DateCreated="1956-07"
  photoshop:City="Leeds" photoshop:Country="England" photoshop:CaptionWriter="{writer}">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">The boat</rdf:li></rdf:Alt></dc:title>
  <dc:description><rdf:Alt><rdf:li xml:lang="de">Am Ruder</rdf:li>
   <rdf:li xml:lang="x-default">Henry at the helm</rdf:li></rdf:Alt></dc:description>
  <dc:creator><rdf:Seq><rdf:li>A. Weaver</rdf:li><rdf:li>B. Weaver</rdf:li></rdf:Seq></dc:creator>
 </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def scene(width: int = 320, height: int = 240, seed: int = 7) -> Image.Image:
    """Return a picture with something in it."""
    rough = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(rough).resize((width, height), Image.Resampling.BICUBIC)


def picture(path: Path, taken: str = "", orientation: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x0132] = "2019:01:01 10:00:00"
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    Image.new("RGB", (64, 48), "navy").save(path, exif=exif)
    return path


def read(
    path: Path,
    family: FamilyBook,
    senses: Senses = Senses(),  # noqa: B008
    sidecars: tuple[Sidecar, ...] = (),
    relative: str = "",
    **rule: Any,
) -> Reading:
    request = Request(
        *(path, relative or path.name, "src_1", "image/jpeg", family, FileRule(**rule)),
        sidecars=sidecars,
        senses=senses,
    )
    return Photo().read(request)


class OneFace:
    """Finds one face in every picture, and counts how often it was asked."""

    name = "one-1"

    def __init__(self, error: Exception | None = None) -> None:
        self.asked, self.error = 0, error

    def find(self, picture: Path) -> Sequence[FoundFace]:
        self.asked += 1
        if self.error:
            raise self.error
        return [FoundFace((10, 20, 90, 90), 0.8, np.zeros(4, dtype=np.float32))]


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
    assert [passage.text for passage in one.passages] == ["Henry, aged about fifteen"]
    assert one.source.details["caption_columns"] == {"person": "Henry", "date": "c.1956"}
    assert [passage.text for passage in two.passages] == ["Henry, June 3, 1960"]
    assert two.source.created_edtf == "2019-01-01T10:00:00"
    assert list(three.passages) == []


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_picture_is_seen_upright(tmp_path: Path, form: str, orientation: int) -> None:
    upright = Image.new("RGB", (1500, 1000), "white")
    upright.paste("red", (0, 0, 600, 300))  # what should be at the top left
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    kept = upright
    if orientation > 1:
        kept = upright.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    kept.save(tmp_path / "one", form, exif=exif)
    seen = see_file(tmp_path / "one", 500)
    assert (seen.width, seen.height) == (1500, 1000)
    corner, opposite = seen.small.getpixel((20, 20)), seen.small.getpixel((480, 320))
    assert corner[1] < 60 and opposite[1] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    "make",
    [
        lambda path: scene().convert("CMYK").save(path, "JPEG"),
        lambda path: scene().convert("P").save(path, "GIF"),
        lambda path: scene().convert("LA").save(path, "PNG"),
        lambda path: scene().convert("1").save(path, "TIFF"),
        lambda path: Image.fromarray(np.asarray(scene().convert("L")).astype("<u2") * 257).save(
            path, "PNG"
        ),
        lambda path: Image.fromarray(np.asarray(scene().convert("L")) / np.float32(9)).save(
            path, "TIFF"
        ),
        lambda path: scene().save(path, "GIF", save_all=True, append_images=[scene(seed=2)]),
        lambda path: scene().save(path, "WEBP", save_all=True, append_images=[scene(seed=2)]),
        lambda path: scene().save(path, "TIFF", save_all=True, append_images=[scene(seed=2)]),
    ],
    ids=["cmyk", "palette", "alpha", "1 bit", "16 bit", "float", "gif", "webp", "pages"],
)
def test_every_form_of_pixels(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "wrong-ending.txt"
    make(path)
    seen = see_file(path, 200)
    grey = np.asarray(seen.small.convert("L").resize((16, 12)), dtype=float)
    truth = np.asarray(scene().convert("L").resize((16, 12)), dtype=float)
    assert np.corrcoef(grey.ravel(), truth.ravel())[0, 1] > 0.9, "not cut off, not inverted"


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
    assert MAX_PIXELS < 40_000 * 8_000
    head = path.read_bytes()
    path.write_bytes(head[:16] + struct.pack(">II", 13_400, 13_400) + head[24:])
    with pytest.raises((UnsafeSource, UnreadableSource)):
        look_at(path, "lies about its size")


def test_quality_says_which_of_two_copies_can_be_seen_better() -> None:
    sharp = Image.effect_noise((800, 600), 90).resize((200, 150)).resize((800, 600)).convert("RGB")
    good = quality_of(sharp, 3200, 2400)
    blurred = quality_of(sharp.resize((40, 30)).resize((800, 600)), 3200, 2400)
    small = quality_of(sharp, 320, 240)
    dark = quality_of(sharp.point(lambda value: value // 20), 3200, 2400)
    assert all(0 <= good[part] <= 1 for part in ("score", "sharpness", "exposure", "size"))
    assert good["score"] > 0.6
    assert blurred["sharpness"] < 0.3 and blurred["score"] < good["score"] - 0.2
    assert small["size"] < 0.4 and dark["exposure"] < 0.4
    assert quality_of(Image.new("RGB", (3, 3)), 3, 3)["score"] == 0


def test_faces_are_places_in_the_upright_picture(tmp_path: Path, family: FamilyBook) -> None:
    scene().save(tmp_path / "one.jpg")
    reading = read(tmp_path / "one.jpg", family, Senses(face_finder=OneFace()))
    (face,) = reading.faces
    assert face.selector == {"type": "FragmentSelector", "value": "xywh=10,20,90,90"}
    assert (face.source_id, face.person_id, face.quality) == ("src_1", None, 0.8)
    assert "vector" not in str(reading.details)
    broken = Senses(face_finder=OneFace(UnreadableSource("It cannot be read.")))
    without = read(tmp_path / "one.jpg", family, broken)
    assert without.faces == [] and "Faces were not looked for" in str(without.warnings)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("henry_restored.jpg", {}),
        ("海生_修复.jpg", {}),
        ("upscaled/henry.jpg", {}),
        ("henry.jpg", {"restored_from": "photos/henry.jpg"}),
        ("henry.jpg", {"synthetic": True}),
    ],
)
def test_nobody_is_recognised_in_a_restored_picture(
    tmp_path: Path, family: FamilyBook, name: str, rule: dict[str, Any]
) -> None:
    scene().save(tmp_path / "one.jpg")
    finder = OneFace()
    reading = read(tmp_path / "one.jpg", family, Senses(face_finder=finder), relative=name, **rule)
    assert (finder.asked, reading.faces) == (0, [])
    assert not looks_restored("The church.jpg") and not looks_restored("Esther.jpg")


def test_a_restored_picture_names_its_original(folder: Path, collect: Callable[..., Any]) -> None:
    for place in ("photos", "restored"):
        (folder / place).mkdir()
    scene().save(folder / "photos" / "henry.jpg")
    scene(seed=8).save(folder / "restored" / "henry.png")
    scene(seed=9).save(folder / "restored" / "lost.png")
    batch = collect('[[files]]\nmatch = "restored/*"\nrestored_from = "photos/*.jpg"\n')
    original, made = (batch.done[n].source for n in ("photos/henry.jpg", "restored/henry.png"))
    assert (made.derived_from, made.kind) == (original.id, SourceKind.DERIVED)
    assert "restored" in made.activity and original.derived_from is None
    assert "is not there" in batch.failed["restored/lost.png"]


@pytest.mark.parametrize("escape", ["../../secret.jpg", "/etc/hosts"])
def test_an_original_is_not_looked_for_outside(
    folder: Path, collect: Callable[..., Any], escape: str
) -> None:
    scene().save(folder / "one.jpg")
    scene(seed=3).save(folder.parent / "secret.jpg")
    batch = collect(f'[[files]]\nmatch = "one.jpg"\nrestored_from = "{escape}"\n')
    assert "is not there" in batch.failed["one.jpg"]


def test_real_photos(shared_data: Path) -> None:
    samples = shared_data / "exif-heic"
    placed = look_at(samples / "exif-samples" / "DSCN0029.jpg", "a")
    assert placed.camera.place == "43.46824° N, 11.88017° E"
    assert placed.details["gps"] == "43.46824,11.88017"
    assert placed.camera.taken.edtf == "2008-10-22T16:46:53"
    for number in (5, 7, 8):
        turned = look_at(samples / "exif-samples" / f"portrait_{number}.jpg", "b").seen
        assert turned.height > turned.width, "as it is meant to be seen"
    heic = look_at(samples / "pillow_heif" / "pug.heic", "c")
    assert heic.camera.taken.edtf == "2023-02-21T14:33:08+03:00" and heic.camera.place
    arrow = look_at(samples / "pillow_heif" / "arrow.heic", "c").seen
    assert (arrow.width, arrow.height) == (3024, 4032)
    with pytest.raises(UnreadableSource, match="damaged"):
        look_at(samples / "pillow_heif" / "corrupted.heic", "d")
    for path in sorted((samples / "exif-samples").glob("*.jp*g")):
        assert look_at(path, path.name).details["width"] > 0

"""Pictures that show the same are found in every form that families keep them in."""

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from persona.collect.photos.alike import PictureTraits, alternates, likeness_of, traits_of
from persona.engines.picture_file import see_file
from persona.records import Alternate, ProposalState, SourceKind
from tests.collect.test_photos import scene
from tests.remember.archive import make_source


def traits(source_id: str, picture: Image.Image, **more: object) -> PictureTraits:
    kept = likeness_of(picture)
    values = {"pixels": picture.width * picture.height} | more
    return PictureTraits(
        source_id,
        tuple(int(pose, 16) for pose in kept.get("poses", [])),
        bytes.fromhex(kept.get("grey", "")),
        **values,  # type: ignore[arg-type]
    )


def only(found: list[Alternate]) -> tuple[str, str, str]:
    (one,) = found
    return one.source_id, one.other_id, one.how


@pytest.mark.parametrize(
    "changed",
    [
        lambda image: image.resize((80, 60)),
        lambda image: image.rotate(90, expand=True).resize((60, 80)),
        lambda image: image.rotate(180).resize((80, 60)),
        lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((80, 60)),
        lambda image: image.convert("L").resize((100, 75)),
        lambda image: image.point(lambda value: min(255, int(value * 1.15))).resize((80, 60)),
    ],
    ids=["small", "turned", "upside down", "mirror image", "grey", "brighter"],
)
def test_a_copy_is_found_and_the_larger_is_the_better(changed: object) -> None:
    large = scene(640, 480)
    copy = changed(large)  # type: ignore[operator]
    found = alternates([traits("copy", copy)], [traits("large", large)])
    assert only(found) == ("copy", "large", "same_picture")
    assert found[0].state is ProposalState.PROPOSED, "a person decides"
    again = alternates([traits("large", large)], [traits("copy", copy)])
    assert only(again) == ("copy", "large", "same_picture"), "whichever came first"
    assert found[0].id == again[0].id


def test_among_equal_pixels_the_dated_one_is_the_better() -> None:
    picture = scene()
    dated, undated = traits("dated", picture, dated=True), traits("undated", picture, size_bytes=9)
    assert only(alternates([dated, undated])) == ("undated", "dated", "same_picture")


def test_three_copies_are_all_tied_to_the_best() -> None:
    best = scene(640, 480)
    copies = [traits(f"s{width}", best.resize((width, width * 3 // 4))) for width in (80, 160)]
    found = alternates([*copies, traits("best", best)])
    assert {(one.source_id, one.other_id) for one in found} == {("s80", "best"), ("s160", "best")}


def test_different_pictures_and_empty_ones_are_not_alike() -> None:
    different = [traits(f"s{seed}", scene(seed=seed)) for seed in range(40)]
    assert alternates(different) == []
    blank = Image.new("RGB", (400, 300), "white")
    page = blank.copy()
    page.paste("black", (40, 40, 60, 42))
    assert likeness_of(blank) == likeness_of(page) == {}, "nothing to compare: never alike"
    assert alternates([traits("a", blank), traits("b", page)]) == []
    assert alternates([], different) == [] and alternates([]) == []


def test_what_was_known_before_is_not_compared_with_itself() -> None:
    one, two = traits("one", scene()), traits("two", scene(640, 480))
    assert alternates([], [one, two]) == []
    assert len(alternates([one], [one, two])) == 1


def test_a_restored_picture_is_no_alternate_of_its_original() -> None:
    made = traits("made", scene(640, 480), derived_from="old")
    assert alternates([made], [traits("old", scene())]) == []


def test_traits_come_from_the_record() -> None:
    details = {"width": 320, "height": 240, "alike": likeness_of(scene())}
    source = make_source("photo", kind=SourceKind.PHOTO, details=details, created_edtf="1987")
    read = traits_of(source)
    assert read is not None and (read.pixels, read.dated, len(read.poses)) == (76800, True, 8)
    assert traits_of(make_source("letter")) is None
    assert traits_of(make_source("flat", kind=SourceKind.PHOTO, details={"alike": {}})) is None


def test_thousands_are_compared_in_seconds_and_strangers_are_not_asked_about() -> None:
    numbers = np.random.default_rng(5)
    many = [
        PictureTraits(
            f"s{number}",
            tuple(int(pose) for pose in numbers.integers(0, 2**63, 8, dtype=np.uint64)),
            numbers.integers(0, 255, 64, dtype=np.uint8).tobytes(),
            pixels=number,
        )
        for number in range(3000)
    ]
    twin = PictureTraits("twin", many[7].poses, many[7].grey, pixels=1)
    started = time.process_time()
    found = alternates([*many, twin])
    assert time.process_time() - started < 20
    assert [one.source_id for one in found] == ["twin"]


def test_real_photos(shared_data: Path) -> None:
    """Sisters in the same oval are a question at most; turned copies are found."""
    photos = sorted((shared_data / "roosevelt" / "photos").glob("*.jpg"))
    turned = sorted((shared_data / "exif-heic" / "exif-samples").glob("landscape_*.jpg"))
    seen = {path.stem: see_file(path, 512).small for path in (*photos, *turned)}
    found = alternates([traits(name, picture) for name, picture in seen.items()])
    sure = {one.source_id for one in found if one.how == "same_picture"}
    assert len(sure) == len(turned) - 1 and all(name.startswith("landscape") for name in sure)
    assert sum(one.how == "perhaps_same_picture" for one in found) <= 2

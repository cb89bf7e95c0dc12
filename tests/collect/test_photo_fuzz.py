"""Damaged pictures: a clear sentence or a reading, never anything else, and never a hang."""

import io
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from persona.collect.family.people import FamilyBook
from persona.collect.photos.exif import camera_date, degrees_of
from persona.collect.photos.stamp import read_stamp
from persona.collect.photos.written import written_date
from persona.errors import CollectError
from tests.collect.test_photos import XMP, read, scene

_FORMS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "HEIF", "BMP")
_PATIENCE_S = 10.0


def whole(form: str) -> bytes:
    """Return a small picture with everything in it that a picture can say of itself."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Henry at the helm"
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0x9011] = "1987:06:03 10:30:00", "+02:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 28.0, 5.0), 3: "E", 4: (11.0, 52.0, 48.0)})
    kept = io.BytesIO()
    more = {} if form in {"GIF", "BMP", "TIFF"} else {"xmp": XMP.format(writer="R").encode()}
    more |= {} if form in {"GIF", "BMP"} else {"exif": exif.tobytes()}
    scene(48, 36).save(kept, form, **more)
    return kept.getvalue()


WHOLE = {form: whole(form) for form in _FORMS}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return a picture with bytes changed, taken out, doubled or cut off."""
    data = bytearray(WHOLE[draw(st.sampled_from(_FORMS))])
    for _ in range(draw(st.integers(1, 6))):
        # the head says how large it is, and where everything lies: damage it more often
        last = draw(st.sampled_from((40, 400, len(data)))) - 1
        place = draw(st.integers(0, max(0, min(last, len(data) - 1))))
        how = draw(st.sampled_from(("change", "change", "fill", "cut", "out", "twice")))
        piece = draw(st.binary(min_size=1, max_size=8))
        if how == "change":
            data[place : place + len(piece)] = piece
        elif how == "fill":
            data[place : place + 4] = draw(st.sampled_from((b"\xff" * 4, b"\0" * 4, b"\x7f" * 4)))
        elif how == "cut" and place > 20:
            del data[place:]
        elif how == "out":
            del data[place : place + len(piece)]
        else:
            data[place:place] = data[place : place + 64]
    return bytes(data)


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=damaged())
def test_damaged_pictures_are_read_or_left_out(
    data: bytes, tmp_path: Path, family: FamilyBook
) -> None:
    path = tmp_path / "one"
    path.write_bytes(data)
    started = time.monotonic()
    try:
        reading = read(path, family)
    except CollectError as error:
        assert "one" in str(error) and len(str(error)) < 300
    else:
        assert 0 < reading.details["width"] * reading.details["height"] <= 178_000_000
    assert time.monotonic() - started < _PATIENCE_S


@pytest.mark.parametrize("form", _FORMS)
def test_the_pictures_that_are_damaged_here_are_sound(
    form: str, tmp_path: Path, family: FamilyBook
) -> None:
    (tmp_path / "one").write_bytes(WHOLE[form])
    reading = read(tmp_path / "one", family)
    if form not in {"GIF", "BMP"}:
        assert reading.created_edtf == "1987-06-03T10:30:00+02:00"
        assert reading.place.endswith(("E", "England"))
        assert "Henry at the helm" in [passage.text for passage in reading.passages]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.text(max_size=8))
def test_any_words_for_a_date(words: str, zone: str) -> None:
    camera_date(words, zone)
    written_date(words)
    for day_first in (None, True, False):
        read_stamp(words, day_first)


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.integers(0, 5), st.tuples(st.floats(), st.floats()) | st.text() | st.none())
)
def test_any_place_is_on_the_earth(gps: dict[int, object]) -> None:
    found = degrees_of(gps)
    assert found is None or (abs(found[0]) <= 90 and abs(found[1]) <= 180)

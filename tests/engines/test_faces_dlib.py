"""The face finder: what it finds, where, and what it says when it cannot."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from persona.config import Config, Engines
from persona.engines.describing import describe_engines
from persona.engines.faces_dlib import DlibFaces, distance, find_problem
from persona.engines.opening import open_face_finder
from persona.engines.picture_faces import KeptFaces
from persona.errors import ConfigError, MissingModel, UnreadableSource

PHOTO = "i_092a.jpg"


@pytest.fixture(scope="module")
def finder(models: Path) -> DlibFaces:
    if find_problem() or not (models / "dlib-faces").is_dir():
        pytest.skip("the face finder is not on this machine: persona fetch dlib-faces")
    return DlibFaces(models)


@pytest.fixture(scope="module")
def portrait(shared_data: Path) -> Path:
    return shared_data / "roosevelt" / "photos" / PHOTO


def test_a_face_is_found_where_it_is(finder: DlibFaces, portrait: Path) -> None:
    (face,) = finder.find(portrait)
    x, y, width, height = face.box
    assert x <= 130 <= x + width and y <= 190 <= y + height
    assert min(width, height) > 100 and 0.5 < face.quality <= 1
    assert face.vector.shape == (128,) and face.vector.dtype == np.float32


def test_turned_and_enlarged_copies_say_the_same_place_and_person(
    finder: DlibFaces, portrait: Path, tmp_path: Path
) -> None:
    (face,) = finder.find(portrait)
    with Image.open(portrait) as image:
        turned = image.convert("RGB").rotate(90, expand=True)
        exif = Image.Exif()
        exif[0x0112] = 6  # to be turned clockwise, back again
        turned.save(tmp_path / "turned.jpg", exif=exif, quality=95)
        large = ImageOps.scale(image.convert("RGB"), 6)
        large.save(tmp_path / "large.jpg")
    (again,) = finder.find(tmp_path / "turned.jpg")
    assert np.allclose(face.box, again.box, atol=12)
    assert distance(face.vector, again.vector) < 0.3
    (enlarged,) = finder.find(tmp_path / "large.jpg")
    assert np.allclose(np.array(face.box) * 6, enlarged.box, atol=90), "pixels of the original"
    assert distance(face.vector, enlarged.vector) < 0.4


def test_nothing_is_found_in_nothing(finder: DlibFaces, tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "white.png")
    Image.new("RGB", (3, 2), "white").save(tmp_path / "tiny.png")
    assert finder.find(tmp_path / "white.png") == []
    assert finder.find(tmp_path / "tiny.png") == []
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    with pytest.raises(UnreadableSource, match="damaged"):
        finder.find(tmp_path / "no.jpg")


def test_without_weights_it_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="persona fetch dlib-faces"):
        open_face_finder(Config(), tmp_path)
    lines = {one.job: one for one in describe_engines(Config(), tmp_path)}
    assert not lines["face finder"].ready
    assert "persona fetch dlib-faces" in lines["face finder"].sentence
    assert "CC0" in lines["face finder"].licence


def test_it_is_chosen_by_name(models: Path, tmp_path: Path, finder: DlibFaces) -> None:
    assert open_face_finder(Config(engines=Engines(face_finder="none")), tmp_path) is None
    with pytest.raises(ConfigError, match="dlib-faces or none"):
        open_face_finder(Config(engines=Engines(face_finder="eye")), tmp_path)
    kept = open_face_finder(Config(), models, keep=tmp_path)
    assert isinstance(kept, KeptFaces) and kept.name == finder.name

"""The embedded text reader on drawn pages: the words, their places, every way round."""

from pathlib import Path

import pytest
from PIL import Image

from persona.config import Config, Engines
from persona.engines.describing import describe_engines
from persona.engines.deterministic import ScriptedTextReader
from persona.engines.opening import open_text_reader
from persona.engines.protocols import ReadLine
from persona.engines.text_reader_rapidocr import RapidOcrReader, in_reading_order
from persona.errors import ConfigError, UnreadableSource
from tests.collect.writings import chinese_font, drawn

WORDS = ["Oyster Bay, Dec. 8, 1987.", "", "The boat is mended and painted blue", "as you asked."]
SAID = [line for line in WORDS if line]


@pytest.fixture(scope="module")
def reader() -> RapidOcrReader:
    return RapidOcrReader()


@pytest.mark.parametrize(
    "degrees",
    [0, 90, *(pytest.param(turned, marks=pytest.mark.slow) for turned in (180, 270))],
)
def test_a_page_is_read_whichever_way_it_lies(
    degrees: int, reader: RapidOcrReader, tmp_path: Path
) -> None:
    page = drawn(WORDS, (900, 320)).rotate(degrees, expand=True)
    page.save(tmp_path / "page.png")
    lines = reader.read(tmp_path / "page.png")
    assert [line.text for line in lines] == SAID
    for line in lines:
        x, y, width, height = line.box
        assert 0 <= x < x + width <= page.width and 0 <= y < y + height <= page.height
        assert (width > height) is (degrees % 180 == 0)
        assert 0.8 < line.confidence <= 1.0


def test_boxes_are_those_of_the_upright_picture(reader: RapidOcrReader, tmp_path: Path) -> None:
    page = drawn(WORDS, (900, 320))
    plain, turned = tmp_path / "plain.jpg", tmp_path / "turned.jpg"
    page.save(plain, quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown by turning it a quarter to the right
    page.rotate(90, expand=True).save(turned, quality=95, exif=exif)
    first, second = reader.read(plain), reader.read(turned)
    assert [line.text for line in second] == SAID
    for one, other in zip(first, second, strict=True):
        assert all(abs(a - b) <= 6 for a, b in zip(one.box, other.box, strict=True))


def test_chinese_is_read(reader: RapidOcrReader, tmp_path: Path) -> None:
    font = chinese_font()
    if font is None:
        pytest.skip("this machine has no font with Chinese signs")
    lines = ["小茹：", "你好吗？我很想你。", "一九八七年六月三日"]
    drawn(lines, (900, 260), font).save(tmp_path / "page.png")
    assert [
        line.text.replace(":", "：").replace("?", "？")
        for line in reader.read(tmp_path / "page.png")
    ] == lines


@pytest.mark.slow
def test_a_large_picture_keeps_its_own_pixels(reader: RapidOcrReader, tmp_path: Path) -> None:
    drawn(WORDS, (900, 320)).resize((5400, 1920)).save(tmp_path / "large.jpg")
    lines = reader.read(tmp_path / "large.jpg")
    assert [line.text for line in lines] == SAID
    assert max(line.box[0] + line.box[2] for line in lines) > 2600


def test_an_empty_page_has_no_lines(reader: RapidOcrReader, tmp_path: Path) -> None:
    Image.new("L", (500, 400), 230).save(tmp_path / "empty.png")
    assert list(reader.read(tmp_path / "empty.png")) == []


def test_what_is_no_picture_says_so(reader: RapidOcrReader, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(UnreadableSource):
        reader.read(tmp_path / "page.png")


def test_its_name_holds_library_version_and_models(reader: RapidOcrReader) -> None:
    assert reader.name.startswith("rapidocr-3.") and "PP-OCRv6" in reader.name


def test_lines_side_by_side_go_from_left_to_right() -> None:
    right = ReadLine("right", (400, 8, 80, 30), 1.0)
    left = ReadLine("left", (10, 12, 80, 30), 1.0)
    below = ReadLine("below", (200, 60, 80, 30), 1.0)
    over = ReadLine("over the left one", (12, 20, 90, 30), 1.0)
    assert in_reading_order([below, right, left]) == [left, right, below]
    assert in_reading_order([over, left]) == [left, over]


def test_the_settings_choose_it(tmp_path: Path) -> None:
    def config(name: str) -> Config:
        return Config(engines=Engines(text_reader=name))

    assert isinstance(open_text_reader(config("rapidocr"), tmp_path), RapidOcrReader)
    assert isinstance(open_text_reader(config("scripted"), tmp_path), ScriptedTextReader)
    assert open_text_reader(config("none"), tmp_path) is None
    with pytest.raises(ConfigError, match="no text reader eyes"):
        open_text_reader(config("eyes"), tmp_path)
    status = {one.job: one for one in describe_engines(Config(), tmp_path)}["text reader"]
    assert (status.ready, status.licence) == (True, "Apache-2.0")


def test_the_scripted_one_reads_its_script(tmp_path: Path) -> None:
    scripted = ScriptedTextReader({"a.png": "One\n\nTwo"}, confidence=0.5)
    lines = scripted.read(tmp_path / "a.png")
    assert [(line.text, line.box[1], line.confidence) for line in lines] == [
        ("One", 0, 0.5),
        ("Two", 80, 0.5),
    ]
    assert list(scripted.read(tmp_path / "b.png")) == []

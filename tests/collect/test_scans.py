"""Pictures of writing: read with places and confidence, or left a photo."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from persona.collect.family.people import read_people
from persona.collect.importer import Senses
from persona.collect.plan import plan
from persona.collect.reading import Collected, collect_file
from persona.collect.selectors import locate
from persona.collect.writing.scan import is_writing, seen_text
from persona.engines.protocols import ReadLine, TextReader
from persona.engines.text_reader_rapidocr import RapidOcrReader
from persona.errors import CollectError, UnreadableSource
from persona.records import SourceKind
from tests.collect.handing_in import PEOPLE
from tests.collect.writings import LINES, OWN, drawn, pdf, spaced

LETTER = spaced([*LINES[:2], "The boat is mended. I painted it\nblue, as you asked.", *LINES[3:]])
RULE = '[[files]]\nmatch = "*"\nkind = "letter"\n'


class Written:
    """A text reader that reads the same lines in every picture."""

    name = "written 1"

    def __init__(self, lines: Sequence[str], confidence: float = 0.95) -> None:
        self.lines, self.confidence, self.read_pictures = lines, confidence, 0

    def read(self, picture: Path) -> Sequence[ReadLine]:
        self.read_pictures += 1
        return [
            ReadLine(line, (90, 60 + 50 * n, 17 * len(line), 38), self.confidence)
            for n, line in enumerate(self.lines)
            if line
        ]


def page_lines() -> list[str]:
    return "\n".join(LETTER).split("\n")


@pytest.fixture
def take(folder: Path, tmp_path: Path) -> Callable[..., dict[str, Collected | str]]:
    """Collect the folder with a text reader: ``take(reader, rules)``."""

    def run(reader: TextReader | None, rules: str = "") -> dict[str, Collected | str]:
        (folder / "people.toml").write_text(PEOPLE + rules, encoding="utf-8")
        book = read_people(folder / "people.toml")
        done: dict[str, Collected | str] = {}
        for planned in plan([folder], book, tmp_path / "staging").files:
            try:
                done[planned.relative] = collect_file(
                    planned, book, tmp_path / "originals", Senses(text_reader=reader)
                )
            except CollectError as error:
                done[planned.relative] = str(error)
        return done

    return run


def test_a_scanned_letter(folder: Path, take: Callable[..., Any]) -> None:
    drawn(page_lines()).save(folder / "letter 1987.png")
    one = take(Written(page_lines()))["letter 1987.png"]
    assert one.source.kind is SourceKind.LETTER
    assert one.source.media_type == "image/png"
    assert [" ".join(p.text.split()) for p in one.passages] == OWN
    first = one.passages[0]
    assert (first.speaker_id, first.addressee_id) == ("henry", "ruth")
    assert (first.created_edtf, first.place) == ("1987-12-08", "Oyster Bay")
    assert first.text_confidence == 0.95
    # around its two lines, which are the fifth and sixth of the page
    assert first.selector["value"] == f"xywh=90,260,{17 * len(page_lines()[4])},88"
    assert one.source.details["text_reader"] == "written 1"
    assert one.warnings == []
    with pytest.raises(UnreadableSource, match="not characters"):
        locate(b"", first.selector)


@pytest.mark.parametrize(
    ("confidence", "sentence"), [(0.4, "could hardly be read"), (0.7, "read with doubt")]
)
def test_doubtful_reading_asks_a_person_to_look(
    confidence: float, sentence: str, folder: Path, take: Callable[..., Any]
) -> None:
    drawn(page_lines()).save(folder / "letter.png")
    one = take(Written(page_lines(), confidence))["letter.png"]
    assert {p.text_confidence for p in one.passages} == {confidence}
    assert sentence in "\n".join(one.warnings)


def test_a_photo_with_a_date_or_a_sign_stays_a_photo(
    folder: Path, take: Callable[..., Any]
) -> None:
    (folder / "scans").mkdir()
    drawn([]).save(folder / "scans" / "0001.png")
    for words in (["'98 12 25"], ["HARBOUR STREET", "Fish", "Open", "10-6"]):
        one = take(Written(words))["scans/0001.png"]
        assert one.source.kind is SourceKind.PHOTO


def test_a_picture_that_nothing_calls_writing_is_not_read(
    folder: Path, take: Callable[..., Any]
) -> None:
    drawn(page_lines()).save(folder / "IMG_0001.png")
    reader = Written(page_lines())
    assert take(reader)["IMG_0001.png"].source.kind is SourceKind.PHOTO
    one = take(reader, RULE.replace('"*"', '"*.png"'))["IMG_0001.png"]
    assert one.source.kind is SourceKind.LETTER and len(one.passages) == 2


@pytest.mark.parametrize(
    "name", ["信件/1.png", "家书 1987.png", "Diary p3.png", "postcard.png", "letters/a.png"]
)
def test_names_that_speak_of_writing(name: str, folder: Path, take: Callable[..., Any]) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    drawn(page_lines()).save(folder / name)
    assert take(Written(page_lines()))[name].source.kind is SourceKind.LETTER


@pytest.mark.parametrize("name", ["微信图片.png", "newsletter.png", "pageant.png", "短信.png"])
def test_names_that_do_not(name: str, folder: Path, take: Callable[..., Any]) -> None:
    drawn(page_lines()).save(folder / name)
    assert take(Written(page_lines()))[name].source.kind is SourceKind.PHOTO


def test_without_a_reader_the_picture_is_kept_and_says_so(
    folder: Path, take: Callable[..., Any]
) -> None:
    drawn(page_lines()).save(folder / "letter.png")
    one = take(None, RULE)["letter.png"]
    assert (one.source.kind, list(one.passages)) == (SourceKind.LETTER, [])
    assert "nothing here reads writing" in "\n".join(one.warnings)
    assert take(None)["letter.png"].source.kind is SourceKind.PHOTO


def test_what_the_family_typed_is_read_instead(folder: Path, take: Callable[..., Any]) -> None:
    drawn(page_lines(), (1240, 900)).save(folder / "letter.png")
    (folder / "letter.txt").write_text("\n\n".join(LINES))
    reader = Written(["wrong"])
    one = take(reader, RULE)["letter.png"]
    assert [p.text for p in one.passages] == OWN
    assert {p.selector["value"] for p in one.passages} == {"xywh=0,0,1240,900"}
    assert (one.passages[0].text_confidence, reader.read_pictures) == (1.0, 0)


def test_a_damaged_picture_is_named(folder: Path, take: Callable[..., Any]) -> None:
    made = io.BytesIO()
    drawn(page_lines()).save(made, "PNG")
    (folder / "letter.png").write_bytes(made.getvalue()[:900])
    assert "damaged" in take(Written(page_lines()), RULE)["letter.png"]


def test_scanned_pages_of_a_pdf(folder: Path, take: Callable[..., Any]) -> None:
    typed = pdf([wrapped := ["June 3, 1990", "", "Dear Maggie,", "", "The train", "was late."]])
    scanned = io.BytesIO()
    drawn(page_lines()).save(scanned, "PDF", resolution=150)
    (folder / "typed.pdf").write_bytes(typed)
    (folder / "scanned.pdf").write_bytes(scanned.getvalue())
    reader = Written(page_lines(), 0.5)
    done = take(reader)
    assert reader.read_pictures == 1 and wrapped
    one = done["scanned.pdf"]
    assert [" ".join(p.text.split()) for p in one.passages] == OWN
    assert one.passages[0].selector["value"].startswith("page=1&xywh=90,260,")
    assert one.passages[0].text_confidence == 0.5
    assert "could hardly be read" in "\n".join(one.warnings)
    assert done["typed.pdf"].passages[0].text_confidence == 1.0
    assert "holds only pictures of pages" in take(None)["scanned.pdf"]


def test_what_counts_as_writing() -> None:
    lines = Written(page_lines()).read(Path())
    assert is_writing(lines, 1240, 900)
    assert not is_writing(lines, 9000, 9000)
    assert not is_writing(lines[:3], 400, 300)
    assert not is_writing([], 1240, 900)
    han = [ReadLine("今天去了海边看船，很想你们大家", (0, 40 * n, 500, 36), 0.9) for n in range(5)]
    assert is_writing(han, 600, 400)


def test_lines_become_paragraphs_with_their_places() -> None:
    lines = [
        ReadLine("Oyster Bay,", (50, 10, 200, 30), 0.9),
        ReadLine("Dec. 8", (500, 12, 100, 30), 0.9),
        ReadLine("First line of a paragraph that goes", (50, 90, 600, 30), 0.8),
        ReadLine("on here.", (50, 130, 150, 30), 1.0),
        ReadLine("Second one, set in or not, begins on", (50, 170, 600, 30), 0.8),
        ReadLine("this line", (50, 210, 120, 30), 0.8),
    ]
    taken = seen_text(lines)
    assert taken.text == (
        "Oyster Bay, Dec. 8\n\nFirst line of a paragraph that goes\non here.\n\n"
        "Second one, set in or not, begins on\nthis line"
    )
    start = taken.text.index("First")
    end = taken.text.index("on here.") + len("on here.")
    assert taken.selector(start, end)["value"] == "xywh=50,90,600,70"
    assert taken.confidence(start, end) == pytest.approx((35 * 0.8 + 8 * 1.0) / 43, abs=1e-4)


def test_a_drawn_letter_is_really_read(folder: Path, take: Callable[..., Any]) -> None:
    drawn(page_lines()).rotate(90, expand=True).save(folder / "letter.jpg", quality=85)
    one = take(RapidOcrReader())["letter.jpg"]
    assert [" ".join(p.text.split()) for p in one.passages] == OWN
    assert one.passages[0].created_edtf == "1987-12-08"
    assert all(p.text_confidence > 0.9 for p in one.passages)
    x, y, width, height = map(int, one.passages[0].selector["value"][5:].split(","))
    with Image.open(folder / "letter.jpg") as picture:
        assert x + width <= picture.width and y + height <= picture.height
    assert height > width  # the page lies on its side, and so does the place on it

"""Letters in docx, odt, rtf, html and pdf are read like plain ones and can be found again."""

import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona.collect.dates import find_date
from persona.collect.selectors import locate
from persona.collect.writing.diary import looks_like_diary
from persona.collect.writing.document_forms import form_of
from persona.collect.writing.documents import taken_out
from persona.collect.writing.html_text import html_text
from persona.collect.writing.mail_parts import parts_of
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from persona.records import SourceKind
from tests.collect.writings import HAN_LINES, LINES, OWN, docx, html, odt, pdf, rtf, spaced, zipped

FORMS: dict[str, Callable[[], bytes]] = {
    "docx": lambda: docx(LINES),
    "odt": lambda: odt(LINES),
    "rtf": lambda: rtf(spaced(LINES)),
    "html": lambda: html(LINES),
    "pdf": lambda: pdf([wrapped()]),
}


def wrapped() -> list[str]:
    """Return the lines of the letter on paper, where a paragraph takes two."""
    lines = spaced(LINES)
    at = lines.index(OWN[0])
    return [
        *lines[:at],
        "The boat is mended. I painted it",
        "blue, as you asked.",
        *lines[at + 1 :],
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_letter_in_every_form(form: str, folder: Path, collect: Callable[..., Any]) -> None:
    data = FORMS[form]()
    (folder / f"letter.{form}").write_bytes(data)
    one = collect().done[f"letter.{form}"]
    assert [" ".join(p.text.split()) for p in one.passages] == OWN
    assert {(p.speaker_id, p.addressee_id) for p in one.passages} == {("henry", "ruth")}
    assert {(p.created_edtf, p.place) for p in one.passages} == {("1987-12-08", "Oyster Bay")}
    assert one.source.details["letters"][0]["signature"] == "Dad"
    assert one.source.kind is SourceKind.LETTER
    assert one.source.details["extraction"]["version"]
    for passage in one.passages:
        assert locate(data, passage.selector) == passage.text


@pytest.mark.parametrize("form", ["docx", "odt", "rtf", "html"])
def test_a_chinese_letter_in_every_form(
    form: str, folder: Path, collect: Callable[..., Any]
) -> None:
    make = {"docx": docx, "odt": odt, "rtf": lambda p: rtf(spaced(p)), "html": html}[form]
    (folder / f"信.{form}").write_bytes(make(HAN_LINES))
    one = collect('[[files]]\nmatch = "*"\nnarrator = "henry"\n').done[f"信.{form}"]
    assert [p.text for p in one.passages] == HAN_LINES[1:3]
    assert {(p.addressee_id, p.created_edtf) for p in one.passages} == {("ruth", "1987-06-03")}


def test_the_content_decides_what_a_document_is(folder: Path, collect: Callable[..., Any]) -> None:
    (folder / "letter.txt").write_bytes(docx(LINES))
    (folder / "other.doc").write_bytes(rtf(spaced(LINES)))
    batch = collect()
    assert [p.text for p in batch.done["letter.txt"].passages] == OWN
    assert [p.text for p in batch.done["other.doc"].passages] == OWN


def test_a_zip_of_documents_is_not_a_document() -> None:
    assert form_of(zipped({"a.docx": docx(LINES)}, zipfile.ZIP_STORED)) == ""
    assert form_of(zipped({"a.txt": b"hello"})) == ""
    assert form_of(b"Dear Ruth, 1 < 2 <p> is not a tag") == ""


def test_pages_of_a_pdf_and_a_paragraph_that_runs_over(
    folder: Path, collect: Callable[..., Any]
) -> None:
    data = pdf(
        [
            [
                "June 3, 1990",
                "",
                "Dear Maggie,",
                "",
                "It is cold and the",
                "train was late. We had to",
            ],
            ["wait for the whole of the night.", "", "The station was cold.", "", "Henry"],
        ]
    )
    (folder / "letter.pdf").write_bytes(data)
    one = collect().done["letter.pdf"]
    assert [(p.text, p.selector["value"]) for p in one.passages] == [
        (
            "It is cold and the\ntrain was late. We had to\nwait for the whole of the night.",
            "page=1",
        ),
        ("The station was cold.", "page=2"),
    ]
    for passage in one.passages:
        assert locate(data, passage.selector) == passage.text
    with pytest.raises(UnreadableSource):
        locate(data, {**one.passages[0].selector, "value": "page=9"})


def test_a_chinese_pdf(folder: Path, collect: Callable[..., Any]) -> None:
    lines = ["小茹：", "", "　　你好吗？家里今年的天气", "很冷，我很想你。", "", *HAN_LINES[2:]]
    (folder / "信.pdf").write_bytes(pdf([lines], "STSong-Light"))
    one = collect('[[files]]\nmatch = "*"\nnarrator = "henry"\n').done["信.pdf"]
    assert [p.text for p in one.passages] == [
        "你好吗？家里今年的天气\n很冷，我很想你。",
        "家里都好。",
    ]
    assert {p.created_edtf for p in one.passages} == {"1987-06-03"}


def test_words_that_are_not_the_writers_are_left_out() -> None:
    inner = (
        "<w:p><w:del><w:r><w:delText>struck</w:delText></w:r></w:del>"
        "<w:r><w:t>kept</w:t><w:tab/><w:t>tab</w:t><w:br/><w:t>line</w:t></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>left</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>inner</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "</w:tc></w:tr></w:tbl>"
    )
    note = docx(["a footnote"]).replace(b"", b"")
    with zipfile.ZipFile(__import__("io").BytesIO(note)) as opened:
        notes = opened.read("word/document.xml")
    data = docx(["First."], inner, {"word/footnotes.xml": notes, "word/comments.xml": notes})
    assert taken_out(data, "x").text == "First.\n\nkept\ttab\nline\n\nleft\n\ninner\n\na footnote"
    tracked = "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
    spaces = "<text:p>two<text:s text:c='2'/>spaces<text:span> in a\n span</text:span></text:p>"
    assert taken_out(odt([], tracked + spaces), "x").text == "two  spaces in a span"


def test_a_transcript_table_is_read_line_by_line() -> None:
    cells = "".join(
        f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
        for text in ("00:00:12", "Ruth", "He never went out.")
    )
    assert taken_out(docx([], f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), "x").text == (
        "00:00:12 Ruth: He never went out."
    )


def test_an_interview_in_a_document_is_a_transcript(
    folder: Path, collect: Callable[..., Any]
) -> None:
    lines = ["[00:12] Ruth: He never went out.", "[00:20] David: He did.", "[00:31] Ruth: Never."]
    (folder / "interview.docx").write_bytes(data := docx(lines))
    one = collect().done["interview.docx"]
    assert one.source.kind is SourceKind.TRANSCRIPT
    assert [(p.speaker_id, p.text) for p in one.passages] == [
        ("ruth", "He never went out."),
        ("david", "He did."),
        ("ruth", "Never."),
    ]
    assert all(locate(data, p.selector) == p.text for p in one.passages)


def test_lines_that_were_typed_as_paragraphs_stay_one_paragraph() -> None:
    lines = [
        "The boat is mended and I have painted it blue as",
        "you asked me to when we walked along the harbour",
        "and it was already getting dark in the evening so",
        "that we could not see it.",
    ]
    assert taken_out(docx(lines), "x").text == "\n".join(lines)


def test_pictures_inside_are_named(folder: Path, collect: Callable[..., Any]) -> None:
    media = {"word/media/image1.png": b"\x89PNG"}
    (folder / "a.docx").write_bytes(docx(LINES, extra=media))
    (folder / "b.docx").write_bytes(docx([], extra=media))
    batch = collect()
    assert "It holds 1 pictures" in "\n".join(batch.done["a.docx"].warnings)
    assert "pictures but no words" in batch.failed["b.docx"]


def test_a_rule_says_that_a_document_is_a_diary_or_a_book(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "d.docx").write_bytes(docx(["3 May 1943. Fine.", "It was a quiet day at home."]))
    (folder / "b.docx").write_bytes(docx(["Chapter I", "It was a long way to the sea that year."]))
    batch = collect(
        '[[files]]\nmatch = "d.docx"\nkind = "diary"\n[[files]]\nmatch = "b.docx"\nkind = "book"\n'
    )
    assert batch.done["d.docx"].source.kind is SourceKind.DIARY
    assert batch.done["d.docx"].passages[0].created_edtf == "1943-05-03"
    assert batch.done["b.docx"].source.kind is SourceKind.BOOK


# What is damaged, locked or made to do harm


def test_a_locked_pdf_says_so() -> None:
    with pytest.raises(UnreadableSource, match="locked with a password"):
        taken_out(pdf([LINES], password="secret"), "letter.pdf")


def test_old_and_locked_office_files_say_what_to_do(
    folder: Path, collect: Callable[..., Any]
) -> None:
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "Save it as .docx" in collect().failed["old.doc"]


def test_bombs_are_refused() -> None:
    xml = b"<w:document xmlns:w='x'><w:p>" + b" " * (60 * 2**20) + b"</w:p></w:document>"
    with pytest.raises(UnsafeSource, match="unpacks to more"):
        taken_out(zipped({"[Content_Types].xml": b"", "word/document.xml": xml}), "bomb.docx")
    laughs = (
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="x">'
        b"<w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:document>"
    )
    with pytest.raises(UnsafeSource, match="could do harm"):
        taken_out(zipped({"[Content_Types].xml": b"", "word/document.xml": laughs}), "bomb.docx")


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    kids = " ".join(["3 0 R"] * 3001)
    data = (
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        f"2 0 obj<</Type/Pages/Count 3001/Kids[{kids}]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF"
    ).encode()
    with pytest.raises(UnsafeSource, match="pages"):
        taken_out(data, "long.pdf")


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("persona.collect.writing.pdf_text.TEXT_LIMIT_S", 0.001)
    with pytest.raises(UnsafeSource, match="too long"):
        taken_out(pdf([LINES]), "slow.pdf")


def test_deep_nesting_harms_nobody() -> None:
    deep = "<w:p>" * 50_000
    with pytest.raises(CollectError):
        taken_out(docx([], deep), "deep.docx")
    assert taken_out(b"<html>" + b"<div>" * 100_000 + b"Hello", "deep.html").text == "Hello"
    assert taken_out(b"{\\rtf1 " + b"{" * 100_000 + b"Hello", "deep.rtf").text == "Hello"


HOSTILE = [
    "<div ",
    "<!--",
    "<",
    " ",
    "1/",
    ">\n",
    "a@",
    "On 3\n",
    "三月",
    "-----\n",
    "&",
    "\n\n1 May 1943\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_endless_repetition_takes_no_endless_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    began = time.monotonic()
    html_text(text)
    looks_like_diary(text)
    find_date(text)
    list(parts_of(text))
    form_of(text.encode())
    assert time.monotonic() - began < 20  # it takes under a second; quadratic time takes an hour


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sampled_from(["docx", "odt", "rtf", "html"]), st.data())
def test_damaged_documents_never_do_more_than_say_so(form: str, data: st.DataObject) -> None:
    whole = FORMS[form]()
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=40))
    cut = data.draw(st.integers(0, 60))
    try:
        taken_out(whole[:at] + junk + whole[at + cut :], "damaged")
    except CollectError as error:
        assert str(error).endswith(".")


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_damaged_pdf_files_never_do_more_than_say_so(data: st.DataObject) -> None:
    whole = FORMS["pdf"]()
    at = data.draw(st.integers(10, len(whole)))
    junk = data.draw(st.binary(max_size=40))
    try:
        taken_out(whole[:at] + junk + whole[at + len(junk) :], "damaged.pdf")
    except CollectError as error:
        assert str(error).endswith(".")

"""Bytes, characters and positions."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persona.collect.decoding import decode, decode_head, detect_encoding
from persona.collect.language import guess_language
from persona.collect.selectors import locate, record_span, text_span, time_span, whole_picture
from persona.collect.writing.paragraphs import blocks
from persona.errors import UnreadableSource

CHINESE = "亲爱的小茹：\n我昨天去了海边，天气很好，我很想你。家里的小狗也想你，每天在门口等着。\n"
TRADITIONAL = "親愛的小茹，今天下雨了，颱風過後屋頂漏水已經修好了。不要掛念。爸爸"
JAPANESE = "こんにちは、父は港で働いていました。"
WESTERN = "Chère Ruth,\nl’été dernier à la “Maison” — très bien, n’est-ce pas ?\n" * 3


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("plain words", "ascii", "utf-8"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8"),
        (CHINESE, "utf-16", "utf-16"),
        ("Dear Ruth, it is cold.", "utf-16-le", "utf-16-le"),
        ("Dear Ruth, it is cold.", "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"),
        (WESTERN, "cp1252", "cp1252"),
        (TRADITIONAL, "big5", "cp950"),
        (f"3 May 1987\n\nDear Ruth,\n\n{TRADITIONAL[8:16]}\n\nDad", "big5", "cp950"),
        (JAPANESE, "euc_jp", "euc_jis_2004"),
    ],
)
def test_encodings_are_found(text: str, encoding: str, found: str) -> None:
    data = text.encode(encoding)
    assert detect_encoding(data) == found
    assert decode(data).text == text
    assert decode(data, encoding=found).text == text


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnreadableSource, match=r"letter\.txt"):
        decode(bytes(range(256)) * 4, "letter.txt")
    with pytest.raises(UnreadableSource, match="UTF-8"):
        decode(b"\xff\xfe\x00", "letter.txt")
    with pytest.raises(UnreadableSource):
        decode("é".encode("cp1252"), "letter.txt", encoding="utf-8")


def test_a_head_cut_through_a_character_is_still_text() -> None:
    data = ("x" + CHINESE * 10).encode()
    for cut in range(100, 106):
        assert decode_head(data[:cut]).startswith("x亲爱的")
    assert decode_head(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") == ""


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_text_comes_back(text: str) -> None:
    assert decode(text.encode("utf-8-sig"), encoding="utf-8").text == text.removeprefix("\ufeff")


@given(st.lists(st.sampled_from(["word", " ", "\n", "\n\n", "\t", "字", "\n \n"]), max_size=40))
def test_paragraphs_stand_where_they_say(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = list(blocks(text))
    assert all(text[block.start : block.end] == block.text for block in found)
    assert all(block.text.strip() == block.text and "\n\n" not in block.text for block in found)
    assert "".join("".join(block.text.split()) for block in found) == "".join(text.split())


def test_blank_lines_before_a_paragraph_are_counted() -> None:
    assert [block.blank_lines for block in blocks("a\n\nb\n\n\n\nc")] == [0, 1, 3]


def test_a_selector_finds_its_words() -> None:
    data = "\ufeffDear Ruth,\r\nWords.\r\n".encode()
    assert locate(data, text_span(11, 17)) == "Words."
    record = json.dumps({"text": "One\n\nTwo \u2028 “three”"}, ensure_ascii=False)
    lines = f"{{}}\n{record}\n".encode()
    assert locate(lines, record_span(2, 5, 8)) == "Two"
    assert locate(lines, record_span(2, 11, 18)) == "“three”"


@pytest.mark.parametrize(
    "selector",
    [text_span(0, 99), time_span(1, 2), whole_picture(3, 4), record_span(7, 0, 1)],
)
def test_a_selector_that_does_not_fit_is_refused(selector: dict[str, object]) -> None:
    with pytest.raises(UnreadableSource):
        locate(b"words", selector)


def test_media_selectors_are_written_as_the_standard_says() -> None:
    assert time_span(12.3, 30.1)["value"] == "t=12.30,30.10"
    assert whole_picture(640, 480)["value"] == "xywh=0,0,640,480"


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("我很想你", (), "zh"),
        ("我很想你 darling", ("en",), "zh"),
        ("I miss you", ("en", "zh"), "en"),
        ("I miss you", ("en", "fr"), ""),
        ("I miss you", (), ""),
        ("こんにちは、元気", (), "ja"),
        ("12:30 !", ("en",), ""),
    ],
)
def test_the_script_tells_the_language(text: str, spoken: tuple[str, ...], language: str) -> None:
    assert guess_language(text, spoken) == language

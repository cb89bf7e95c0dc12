"""Transcripts as text, in the layouts that people and programs write."""

import pytest

from persona.collect.transcripts.file import looks_like_transcript, read_transcript
from persona.collect.transcripts.lines import Line, cut_long, seconds, with_ends
from persona.errors import UnreadableSource

Told = list[tuple[str, str, float | None]]


def told(text: str, name: str = "talk.txt") -> Told:
    read = read_transcript(text.encode(), name)
    for line in read.lines:
        assert read.text[line.start : line.end] == line.text, "it stands where it says"
    return [(line.name, line.text, line.start_s) for line in read.lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Just words.\n\nMore words.", [("", "Just words.", None), ("", "More words.", None)]),
        (
            "RUTH: He never.\nStill Ruth.\n\nAnd more.\nDAVID: Why?",
            [
                ("RUTH", "He never.\nStill Ruth.", None),
                ("RUTH", "And more.", None),
                ("DAVID", "Why?", None),
            ],
        ),
        ("Ruth: He said one thing: go.", [("Ruth", "He said one thing: go.", None)]),
        (
            "小茹：他从来不说。\n爸爸：好。",
            [("小茹", "他从来不说。", None), ("爸爸", "好。", None)],
        ),
        (
            "[00:12:31] Ruth: He never sold it.\n[00:12:40] Interviewer: Why?\n",
            [("Ruth", "He never sold it.", 751.0), ("Interviewer", "Why?", 760.0)],
        ),
        (
            "00:01 Ruth: The boat.\n1:02:03 - Tom: The dog.\n",
            [("Ruth", "The boat.", 1.0), ("Tom", "The dog.", 3723.0)],
        ),
        (
            "(00:01) The boat.\n(00:04) The dog.",
            [("", "The boat.", 1.0), ("", "The dog.", 4.0)],
        ),
        (  # Otter
            "Ruth Lin  0:03\nHe never sold it. \nNever.\n\nSpeaker 2  1:00:10\nWhy?\n\n"
            "Transcribed by https://otter.ai\n",
            [("Ruth Lin", "He never sold it. \nNever.", 3.0), ("Speaker 2", "Why?", 3610.0)],
        ),
        (  # time and name above the words
            "[00:05] Ruth:\nHe never.\nHe said:\nno.\n\n[00:12] Tom Lin:\nWhy?\n",
            [("Ruth", "He never.\nHe said:\nno.", 5.0), ("Tom Lin", "Why?", 12.0)],
        ),
        (
            "[00:05] 小茹：\n他从来不急。\n[00:12] 记者：\n为什么？\n",
            [("小茹", "他从来不急。", 5.0), ("记者", "为什么？", 12.0)],
        ),
        (  # the same without a colon
            "00:05 Ruth\nHe never.\n00:12 Tom\nWhy?\n00:15 Ruth\nThe sea.\n",
            [("Ruth", "He never.", 5.0), ("Tom", "Why?", 12.0), ("Ruth", "The sea.", 15.0)],
        ),
        (  # and in Markdown
            "**[00:05] Ruth:**\nHe never.\n\n**[00:12] Tom:** Why?\n",
            [("Ruth", "He never.", 5.0), ("Tom", "Why?", 12.0)],
        ),
        (  # the name first
            "Ruth: [00:05]\nHe never.\nTom: (00:12)\nWhy?\n",
            [("Ruth", "He never.", 5.0), ("Tom", "Why?", 12.0)],
        ),
        (  # words that are no names: each only once
            "[00:12] Never\n[00:15] Not once\nnot ever\n",
            [("", "Never", 12.0), ("", "Not once\nnot ever", 15.0)],
        ),
        (  # Rev
            "Speaker 1 (00:12):\nHe never.\nSpeaker 2 (01:12): Why?",
            [("Speaker 1", "He never.", 12.0), ("Speaker 2", "Why?", 72.0)],
        ),
        (  # Premiere, with frames: 25 a second
            "00:00:01:12 - 00:00:05:03\nSpeaker 1\nHe never.\n\n"
            "00:00:06:00 - 00:00:07:00\nRuth Lin\nNo.\n",
            [("Speaker 1", "He never.", 1.48), ("Ruth Lin", "No.", 6.0)],
        ),
        (  # whisper.cpp
            "[00:00:00.000 --> 00:00:04.000]   He never.\n[00:00:04.000 --> 00:00:06.500]   No.\n",
            [("", "He never.", 0.0), ("", "No.", 4.0)],
        ),
        (  # whisperX
            "[SPEAKER_00]: hello there\n[SPEAKER_01] hi\n",
            [("SPEAKER_00", "hello there", None), ("SPEAKER_01", "hi", None)],
        ),
        (  # 讯飞听见
            "说话人1 00:01\n他从来不说。\n\n说话人2 00:05\n为什么？\n",
            [("说话人1", "他从来不说。", 1.0), ("说话人2", "为什么？", 5.0)],
        ),
        (  # Descript, Markdown
            "[00:00:12] **Ruth:** The boat.\n**David (son):** The dog.\n",
            [("Ruth", "The boat.", 12.0), ("David", "The dog.", None)],
        ),
        (  # times inside what is said
            "[00:12] Ruth: The boat. [00:20] And the dog.\n",
            [("Ruth", "The boat.", 12.0), ("Ruth", "And the dog.", 20.0)],
        ),
        (  # what somebody mentions is no clock
            "10:30 we left.\n9:15 the day before we came.",
            [("", "10:30 we left.\n9:15 the day before we came.", None)],
        ),
        (
            "See https://example.org: it is there.",
            [("", "See https://example.org: it is there.", None)],
        ),
    ],
)
def test_layouts(text: str, lines: Told) -> None:
    assert told(text) == lines


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    read = read_transcript("\ufeffRuth: Hello\r\nTom: Hi\r\n".encode(), "a.txt")
    assert [(line.name, line.text) for line in read.lines] == [("Ruth", "Hello"), ("Tom", "Hi")]
    read = read_transcript("Ruth: Hello\nTom: Hi\n".encode("utf-16"), "a.txt")
    assert [(line.name, line.text) for line in read.lines] == [("Ruth", "Hello"), ("Tom", "Hi")]


def test_a_transcript_is_told_from_a_letter() -> None:
    assert looks_like_transcript("Ruth: a\nTom: b\nRuth: c\nTom: d\n")
    assert looks_like_transcript("Ruth Lin  0:03\nThe boat.\n\nTom  0:09\nThe dog.\n")
    assert not looks_like_transcript("Dear Ruth,\nthe boat is mended.\nNote: it is blue.\n")
    assert not looks_like_transcript("We left at 10:30.\nIt rained.\nWe came home.\nGood night.\n")


@pytest.mark.parametrize("text", ["\n\n", "---\n***\n", "00:01\n00:02\n00:03\n"])
def test_a_transcript_without_words_is_named(text: str) -> None:
    with pytest.raises(UnreadableSource, match=r"talk\.txt holds no words"):
        read_transcript(text.encode(), "talk.txt")


@pytest.mark.parametrize(
    ("clock", "rate", "wanted"),
    [
        ("02:03.25", 25.0, 123.25),
        ("01:02:03,5", 25.0, 3723.5),
        ("00:00:10:12", 24.0, 10.5),
        ("00:00:10:500", 24.0, 10.5),
        ("00:01:00;02", 29.97, 60.06),
        ("01:00:00;00", 29.97, 3600.0),
    ],
)
def test_clocks(clock: str, rate: float, wanted: float) -> None:
    assert seconds(clock, rate) == pytest.approx(wanted, abs=0.01)


def test_a_line_lasts_until_another_begins_later() -> None:
    lines = [Line("a", start_s=0.0), Line("b", start_s=0.0), Line("c"), Line("d", start_s=5.0)]
    assert [line.end_s for line in with_ends(lines)] == [5.0, 5.0, None, None]


def test_what_is_told_without_a_break_is_cut_at_sentences() -> None:
    sentence = "one two three four five six seven eight nine ten. "
    text = sentence * 40
    pieces = list(cut_long(Line(text.strip(), "Ruth", 7, 7 + len(text.strip()), 0.0, 100.0)))
    assert len(pieces) == 3
    assert all(len(one.text.split()) <= 150 and one.text.endswith("ten.") for one in pieces)
    assert [("." * 7 + text)[one.start : one.end] for one in pieces] == [p.text for p in pieces]
    assert pieces[0].start_s == 0.0
    assert [one.end_s for one in pieces[:2]] == [pytest.approx(37.5, 0.02), pytest.approx(75, 0.02)]


def test_a_word_document_with_times_is_read(docx: object) -> None:
    data = docx("Ruth Lin   0:03", "He never sold it.", "David Lin   0:09", "Why?")  # type: ignore[operator]
    read = read_transcript(data, "talk.docx")
    assert [(line.name, line.text, line.start_s) for line in read.lines] == [
        ("Ruth Lin", "He never sold it.", 3.0),
        ("David Lin", "Why?", 9.0),
    ]


def test_a_table_in_a_word_document_is_read(docx: object) -> None:
    rows = [("00:00:12", "Ruth", "He never sold it."), ("00:00:31", "David", "Why?")]
    read = read_transcript(docx(rows=rows), "talk.docx")  # type: ignore[operator]
    assert [(line.name, line.text, line.start_s) for line in read.lines] == [
        ("Ruth", "He never sold it.", 12.0),
        ("David", "Why?", 31.0),
    ]


@pytest.fixture
def docx() -> object:
    """Return a maker of Word documents: ``docx("a paragraph", rows=[("a", "row")])``."""
    import io
    import zipfile

    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    def paragraph(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    def make(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
        cells = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
        table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
        body = "".join(paragraph(one) for one in paragraphs) + (table if rows else "")
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as opened:
            xml = f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'
            opened.writestr("word/document.xml", xml)
        return made.getvalue()

    return make


@pytest.mark.parametrize("head", ["[{}] {}:", "{} {}", "({}) {}", "**[{}] {}:**", "【{}】{}："])
def test_long_answers_below_a_time_and_a_name_are_no_letter(head: str) -> None:
    turns = [("00:05", "Ruth"), ("03:12", "Tom"), ("04:15", "Ruth")]
    below = "\n".join(f"he rowed out to the {n}th ship of the morning" for n in range(12))
    text = "\n".join(f"{head.format(*turn)}\n{below}" for turn in turns)
    assert looks_like_transcript(text, "talk.txt")
    assert [name for name, _, _ in told(text)] == ["Ruth", "Tom", "Ruth"]

"""OHMS, TTML, ELAN, TextGrid and tables."""

import pytest

from persona.collect.transcripts.file import looks_like_transcript, read_transcript
from persona.errors import UnreadableSource

SPACE = 'xmlns="https://www.weareavp.com/nunncenter/ohms"'
OHMS_5 = f"""<?xml version="1.0" encoding="UTF-8"?>
<ROOT {SPACE}><record id="1"><version>5.4</version><title>Interview with Ruth Lin</title>
<interviewee>Lin, Ruth</interviewee><interviewer>Doug Boyd</interviewer>
<sync>1:|4(3)|7(2)</sync>
<transcript>BOYD: What did
he love?

LIN: The boat. He
loved the boat.[[footnote]]1[[/footnote]]

BOYD: Why?

LIN: I do not know.
[[footnotes]][[note]]Nobody says this.[[/note]][[/footnotes]]</transcript>
<index><point><time>60</time><title>Boats</title><synopsis>She tells of boats</synopsis></point>
</index></record></ROOT>"""
OHMS_6 = f"""<ROOT {SPACE}><record><version>6.0</version><title>Ruth</title>
<interviewee>Ruth Lin</interviewee><interviewer>Doug Boyd</interviewer><transcript/>
<vtt_transcript><![CDATA[WEBVTT

00:00:01.000 --> 00:00:03.000
<v Boyd>What did he love?</v>

00:00:03.000 --> 00:00:05.000
<v Ruth Lin>The boat.</v>
]]></vtt_transcript></record></ROOT>"""


def test_ohms_5_has_names_and_the_minutes_around_each_turn() -> None:
    read = read_transcript(OHMS_5.encode(), "a.xml")
    assert (read.form, read.title) == ("ohms", "Interview with Ruth Lin")
    assert [(line.name, line.text, line.start_s, line.end_s) for line in read.lines] == [
        ("BOYD", "What did\nhe love?", 0.0, 60.0),
        ("LIN", "The boat. He\nloved the boat.", 0.0, 120.0),
        ("BOYD", "Why?", 60.0, 120.0),
        ("LIN", "I do not know.", 120.0, None),
    ]
    assert read.full_names == {"LIN": "Ruth Lin"} and read.askers == {"BOYD"}
    assert read.facts["ohms_index"] == [
        {"time_s": 60.0, "title": "Boats", "synopsis": "She tells of boats"}
    ]


def test_what_an_archivist_wrote_is_never_what_was_said() -> None:
    said = " ".join(line.text for line in read_transcript(OHMS_5.encode(), "a.xml").lines)
    assert "tells of boats" not in said and "Nobody" not in said and "footnote" not in said


def test_ohms_6_holds_webvtt() -> None:
    read = read_transcript(OHMS_6.encode(), "a.xml")
    assert [(line.name, line.text, line.start_s) for line in read.lines] == [
        ("Boyd", "What did he love?", 1.0),
        ("Ruth Lin", "The boat.", 3.0),
    ]
    assert read.askers == {"Boyd"}


def test_ohms_with_an_index_only_says_so() -> None:
    start, end = OHMS_5.index("<transcript>"), OHMS_5.index("</transcript>")
    read = read_transcript((OHMS_5[:start] + "<transcript>" + OHMS_5[end:]).encode(), "a.xml")
    assert read.lines == [] and "index only" in read.warnings[0]


def test_a_name_that_could_be_either_is_nobodys() -> None:
    text = OHMS_5.replace("Doug Boyd", "Tom Lin")
    read = read_transcript(text.encode(), "a.xml")
    assert "LIN" not in read.full_names and "LIN" not in read.askers


def test_ttml() -> None:
    text = (
        '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" '
        'xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="50"><head>'
        '<ttm:agent xml:id="r" type="person"><ttm:name type="full">Ruth Lin</ttm:name></ttm:agent>'
        '</head><body><div><p begin="1.5s" end="00:00:03.250" ttm:agent="r">'
        "He never<br/>sold it</p>"
        '<p begin="00:00:04:25" dur="2s">No <span>way</span>.</p></div></body></tt>'
    )
    read = read_transcript(text.encode(), "a.ttml")
    assert [(line.name, line.text, line.start_s, line.end_s) for line in read.lines] == [
        ("Ruth Lin", "He never\nsold it", 1.5, 3.25),
        ("", "No way.", 4.5, 6.5),
    ]


def test_elan_tiers_are_speakers_and_translations_are_left_out() -> None:
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="t{n}" TIME_VALUE="{n}000"/>' for n in (1, 2, 3, 4))

    def one(words: str, first: int) -> str:
        return (
            f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="t{first}" '
            f'TIME_SLOT_REF2="t{first + 1}"><ANNOTATION_VALUE>{words}</ANNOTATION_VALUE>'
            "</ALIGNABLE_ANNOTATION></ANNOTATION>"
        )

    text = (
        f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>"
        f'<TIER TIER_ID="A@1" PARTICIPANT="David">{one("Why?", 3)}</TIER>'
        f'<TIER TIER_ID="Ruth">{one("The boat.", 1)}</TIER>'
        f'<TIER TIER_ID="Ruth-en" PARENT_REF="Ruth">{one("Das Boot.", 1)}</TIER>'
        "</ANNOTATION_DOCUMENT>"
    )
    read = read_transcript(text.encode(), "a.eaf")
    assert [(line.name, line.text, line.start_s) for line in read.lines] == [
        ("Ruth", "The boat.", 1.0),
        ("David", "Why?", 3.0),
    ]


LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "Ruth"
        xmin = 0
        xmax = 2.5
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "He said ""no"" in 1962"
        intervals [2]:
            xmin = 1.5
            xmax = 2.5
            text = ""
    item [2]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 2.5
        intervals: size = 1
        intervals [1]:
            xmin = 0
            xmax = 1.5
            text = "He"
"""
SHORT = (
    'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2.5\n<exists>\n1\n"IntervalTier"\n'
    '"Ruth"\n0\n2.5\n2\n0\n1.5\n"He said ""no"" in 1962"\n1.5\n2.5\n""\n'
)


@pytest.mark.parametrize("text", [LONG, SHORT], ids=["long", "short"])
def test_praat(text: str) -> None:
    (line,) = read_transcript(text.encode(), "a.TextGrid").lines
    assert (line.name, line.text) == ("Ruth", 'He said "no" in 1962')
    assert (line.start_s, line.end_s) == (0.0, 1.5)


@pytest.mark.parametrize(
    ("text", "name", "speaker"),
    [
        ("start\tend\ttext\n1000\t2500\tHe never\n", "a.tsv", ""),
        (
            "Speaker Name,Start Time,End Time,Text\nRuth,00:00:01,00:00:02.5,He never\n",
            "a.csv",
            "Ruth",
        ),
        ("说话人;开始;结束;内容\n小茹;1.0;2.5;He never\n", "a.csv", "小茹"),
    ],
)
def test_tables(text: str, name: str, speaker: str) -> None:
    assert looks_like_transcript(text, name)
    (line,) = read_transcript(text.encode(), name).lines
    assert (line.name, line.text, line.start_s, line.end_s) == (speaker, "He never", 1.0, 2.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<ROOT><record>", "damaged XML"),
        ("<html><p>Hello</p></html>", "not a transcript"),
        ('File type = "ooTextFile"\nObject class = "TextGrid"\n0\n', "damaged TextGrid"),
    ],
)
def test_other_files_are_named(text: str, message: str) -> None:
    with pytest.raises(UnreadableSource, match=message):
        read_transcript(text.encode(), "a.xml")

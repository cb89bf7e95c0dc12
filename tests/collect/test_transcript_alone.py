"""A transcript without its recording stands by itself; nobody in it is guessed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from persona.collect.family.people import FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.importer import Request
from persona.collect.transcripts.lines import Line, Transcribed
from persona.collect.transcripts.speakers import Voices, is_asker, is_numbered
from persona.collect.transcripts.text import TranscriptText, read_spoken
from persona.collect.writing.extracted import Extracted
from persona.errors import UnreadableSource
from persona.records import SourceKind


@pytest.fixture
def read(family: FamilyBook, tmp_path: Path) -> Callable[..., Any]:
    """Read a transcript that stands alone: ``read("talk.srt", text, narrator="ruth")``."""

    def run(name: str, text: str, **rule: Any) -> Any:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        request = Request(path, name, "src_1", "text/plain", family, FileRule(**rule))
        return TranscriptText().read(request)

    return run


def test_words_are_cited_where_they_stand(read: Callable[..., Any]) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ruth>The boat\n<v David>The dog\n"
    reading = read("talk.vtt", text)
    assert reading.kind is SourceKind.TRANSCRIPT
    assert [(p.speaker_id, p.text, p.speaker_confidence) for p in reading.passages] == [
        ("ruth", "The boat", 1.0),
        ("david", "The dog", 1.0),
    ]
    for passage in reading.passages:
        assert text[passage.selector["start"] : passage.selector["end"]] == passage.text
    assert "no recording beside" in " ".join(reading.warnings)


def test_words_inside_json_are_cited_by_their_seconds(read: Callable[..., Any]) -> None:
    segments = [
        {"start": 1.5, "end": 2.0, "text": "Yes.", "speaker": "Ruth"},
        {"start": 2.5, "end": 3.0, "text": "Yes.", "speaker": "Ruth"},
    ]
    reading = read("talk.json", json.dumps({"segments": segments}))
    assert [p.selector["value"] for p in reading.passages] == ["t=1.50,2.00", "t=2.50,3.00"]
    assert len({p.id for p in reading.passages}) == 2


def test_words_without_a_time_are_cited_where_they_stand(read: Callable[..., Any]) -> None:
    written = json.dumps({"segments": [{"text": "Yes."}, {"text": "Yes."}]})
    places = [(p.selector["start"], p.selector["end"]) for p in read("talk.json", written).passages]
    assert [written[start:end] for start, end in places] == ["Yes.", "Yes."]
    assert places[0] < places[1]


def test_an_archives_file_names_its_people(read: Callable[..., Any]) -> None:
    text = (
        '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record><title>Ruth Lin</title>'
        "<interviewee>Lin, Ruth</interviewee><interviewer>Doug Boyd</interviewer><sync>1:|1(1)"
        "</sync><transcript>BOYD: What did he love?\n\nLIN: The boat.</transcript></record></ROOT>"
    )
    reading = read("talk.xml", text)
    assert [(p.speaker_id, p.speaker_name) for p in reading.passages] == [
        (None, "BOYD"),
        ("ruth", "LIN"),
    ]
    assert reading.title == "Ruth Lin" and reading.details["transcript_form"] == "ohms"
    assert not any("Who is this" in warning for warning in reading.warnings)


def test_lin_alone_could_be_four_people(read: Callable[..., Any]) -> None:
    reading = read("talk.txt", "LIN: The boat.\nTOM: Why?\nLIN: It floats.\nTOM: Ah.\n")
    assert {p.speaker_id for p in reading.passages} == {None}
    assert "LIN, TOM" in " ".join(reading.warnings)


def test_questions_and_answers(read: Callable[..., Any]) -> None:
    text = "Q: What did he love?\nA: The boat.\nQ: Why?\nA: It floats.\n"
    told = [
        (p.speaker_id, p.speaker_confidence) for p in read("a.txt", text, narrator="ruth").passages
    ]
    assert told == [(None, 0.0), ("ruth", 0.9), (None, 0.0), ("ruth", 0.9)]
    assert {p.speaker_id for p in read("b.txt", text).passages} == {None}


def test_numbered_voices_are_nobody_even_with_a_narrator(read: Callable[..., Any]) -> None:
    text = "Speaker 1: The boat.\nSpeaker 2: Why?\nSpeaker 1: It floats.\nSpeaker 2: Ah.\n"
    reading = read("a.txt", text, narrator="ruth")
    assert {p.speaker_id for p in reading.passages} == {None}
    assert "Speaker 1, Speaker 2" in " ".join(reading.warnings)


def test_a_single_numbered_voice_is_the_narrator_until_somebody_confirms_it(
    read: Callable[..., Any],
) -> None:
    text = "Interviewer: Why?\nSpeaker 1: It floats.\nInterviewer: Ah.\nSpeaker 1: Yes.\n"
    told = [
        (p.speaker_id, p.speaker_confidence) for p in read("a.txt", text, narrator="ruth").passages
    ]
    assert told == [(None, 0.0), ("ruth", 0.6), (None, 0.0), ("ruth", 0.6)]
    assert read("b.txt", text).passages[1].speaker_id is None


def test_a_number_never_means_somebody_in_every_file(family: FamilyBook) -> None:
    book = FamilyBook(family.subject, family.persons, speakers={"speaker 1": "ruth"})
    request = Request(Path("a"), "a", "src", "", book, FileRule())
    lines = [Line("a", "Speaker 1"), Line("b", "Speaker 2")]
    voices = Voices.of(request, Transcribed(lines, "text"), 0.6)
    assert voices.who("Speaker 1").person_id is None


@pytest.mark.parametrize(
    "name", ["Speaker 1", "SPEAKER_00", "spk_1", "S2", "说话人 3", "发言人1", "Unknown Speaker"]
)
def test_numbers_are_known(name: str) -> None:
    assert is_numbered(name)


@pytest.mark.parametrize("name", ["Ruth", "Spencer", "Samuel", "Personne", "Grandma 2", "Q"])
def test_names_are_not_numbers(name: str) -> None:
    assert not is_numbered(name)


def test_those_who_ask() -> None:
    assert all(is_asker(name) for name in ("Q", "Interviewer:", "INTERVIEWER 2", "采访者", "Host"))
    assert not any(is_asker(name) for name in ("Ruth", "A", "Quentin", ""))


def test_text_taken_from_a_document_is_read_alike(family: FamilyBook) -> None:
    request = Request(Path("a"), "talk.docx", "src", "", family, FileRule())
    taken = Extracted("Ruth: The boat.\nDavid: Why?\n", {"form": "docx"}, warnings=["Its pictures"])
    reading = read_spoken(request, taken)
    assert [p.speaker_id for p in reading.passages] == ["ruth", "david"]
    assert reading.details["form"] == "docx" and "Its pictures" in reading.warnings


def test_an_index_alone_has_nothing_to_cite(read: Callable[..., Any]) -> None:
    text = (
        '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record><index><point><time>6'
        "</time><title>Boats</title></point></index></record></ROOT>"
    )
    with pytest.raises(UnreadableSource, match="no words that can be cited"):
        read("talk.xml", text)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.srt", "", True),
        ("a.json", '{"segments": [{"start": 1, "end": 2, "text": "He"}]}', True),
        ("a.json", '{"messages": []}', False),
        ("a.xml", '<tt xmlns="http://www.w3.org/ns/ttml"><body/></tt>', True),
        ("a.xml", "<html/>", False),
        ("a.csv", "Start,Text\n0,He\n", True),
        ("a.csv", "localId,TalkerId,StrContent\n1,2,He\n", False),
        ("a.txt", "Dear Ruth,\nThe boat is mended.\nHenry\n", False),
    ],
)
def test_what_is_recognised(name: str, text: str, wanted: bool) -> None:
    assert TranscriptText().recognises(text.encode(), name) is wanted

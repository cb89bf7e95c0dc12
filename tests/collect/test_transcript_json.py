"""JSON as recognisers write it: each layout gives the same words, seconds and speakers."""

import json
from typing import Any

import pytest

from persona.collect.transcripts.file import looks_like_transcript, read_transcript
from persona.collect.transcripts.lines import Line
from persona.errors import UnreadableSource


def lines(data: Any) -> list[Line]:
    return read_transcript(json.dumps(data).encode(), "talk.json").lines


def word(text: str, start: float, end: float, **more: Any) -> dict[str, Any]:
    return {"word": text, "start": start, "end": end, **more}


WHISPER = {
    "segments": [
        {
            "start": 1.0,
            "end": 2.0,
            "text": " He never.",
            "words": [word(" He", 1.0, 1.4, probability=0.5), word(" never.", 1.4, 2.0)],
        }
    ]
}
AMAZON_ITEM = {"type": "pronunciation", "alternatives": [{"content": "He", "confidence": "0.5"}]}
AMAZON = {
    "results": {
        "items": [
            AMAZON_ITEM | {"start_time": "1.0", "end_time": "1.4"},
            {
                "type": "pronunciation",
                "start_time": "1.4",
                "end_time": "2.0",
                "alternatives": [{"content": "never"}],
            },
            {"type": "punctuation", "alternatives": [{"content": "."}]},
        ],
        "speaker_labels": {
            "segments": [
                {
                    "speaker_label": "spk_0",
                    "items": [{"start_time": "1.0"}, {"start_time": "1.4"}],
                }
            ]
        },
    }
}
GOOGLE = {
    "results": [
        {"alternatives": [{"transcript": "He never.", "words": []}]},
        {
            "alternatives": [
                {
                    "words": [
                        {"word": "He", "startTime": "1.0s", "endTime": "1.4s", "speakerTag": 0},
                        {"word": "never.", "startTime": "1.400s", "endTime": "2s", "speakerTag": 0},
                    ]
                }
            ]
        },
    ]
}
ASSEMBLY = {
    "utterances": [
        {
            "speaker": "A",
            "start": 1000,
            "end": 2000,
            "text": "He never.",
            "words": [
                {"text": "He", "start": 1000, "end": 1400, "confidence": 0.5, "speaker": "A"},
                {"text": "never.", "start": 1400, "end": 2000, "confidence": 1, "speaker": "A"},
            ],
        }
    ]
}
DEEPGRAM = {
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "words": [
                            word("he", 1.0, 1.4, punctuated_word="He", speaker=0, confidence=0.5),
                            word("never", 1.4, 2.0, punctuated_word="never.", speaker=0),
                        ]
                    }
                ]
            }
        ]
    }
}
REV = {
    "monologues": [
        {
            "speaker": 0,
            "elements": [
                {"type": "text", "value": "He", "ts": 1.0, "end_ts": 1.4, "confidence": 0.5},
                {"type": "punct", "value": " "},
                {"type": "text", "value": "never", "ts": 1.4, "end_ts": 2.0},
                {"type": "punct", "value": "."},
            ],
        }
    ]
}
PREMIERE = {
    "segments": [
        {
            "start": 1.0,
            "duration": 1.0,
            "speaker": "id-1",
            "words": [
                {"text": "He", "start": 1.0, "duration": 0.4, "confidence": 0.5, "type": "word"},
                {"text": "never", "start": 1.4, "duration": 0.6, "type": "word"},
                {"text": ".", "start": 2.0, "duration": 0.0, "type": "punctuation"},
            ],
        }
    ],
    "speakers": [{"id": "id-1", "name": "Ruth"}],
}
SPEECHMATICS = {
    "results": [
        {
            "type": "word",
            "start_time": 1.0,
            "end_time": 1.4,
            "alternatives": [{"content": "He", "confidence": 0.5, "speaker": "S1"}],
        },
        {
            "type": "word",
            "start_time": 1.4,
            "end_time": 2.0,
            "alternatives": [{"content": "never", "speaker": "S1"}],
        },
        {"type": "punctuation", "alternatives": [{"content": ".", "speaker": "S1"}]},
    ]
}
WHISPER_CPP = {
    "transcription": [
        {
            "timestamps": {"from": "00:00:01,000", "to": "00:00:02,000"},
            "offsets": {"from": 1000, "to": 2000},
            "text": " He never.",
        }
    ]
}
AZURE = {
    "recognizedPhrases": [
        {
            "speaker": 1,
            "offsetInTicks": 10_000_000,
            "durationInTicks": 10_000_000,
            "nBest": [{"display": "He never."}],
        }
    ]
}
YOUTUBE = {
    "events": [
        {"tStartMs": 1000, "dDurationMs": 1000, "segs": [{"utf8": "He"}, {"utf8": " never."}]}
    ]
}
PODCAST = {"segments": [{"speaker": "Ruth", "startTime": 1.0, "endTime": 2.0, "body": "He never."}]}
PIPELINE = {"chunks": [{"timestamp": [1.0, 2.0], "text": " He never."}]}


@pytest.mark.parametrize(
    ("data", "speaker"),
    [
        (WHISPER, ""),
        (WHISPER["segments"], ""),
        (AMAZON, "spk_0"),
        (GOOGLE, "Speaker 0"),
        (ASSEMBLY, "Speaker A"),
        (DEEPGRAM, "Speaker 0"),
        (REV, "Speaker 0"),
        (PREMIERE, "Ruth"),
        (SPEECHMATICS, "Speaker S1"),
        (WHISPER_CPP, ""),
        (AZURE, "Speaker 1"),
        (YOUTUBE, ""),
        (PODCAST, "Ruth"),
        (PIPELINE, ""),
    ],
    ids=[
        *("whisper", "list", "amazon", "google", "assembly", "deepgram", "rev", "premiere"),
        *("speechmatics", "whisper.cpp", "azure", "youtube", "podcast", "pipeline"),
    ],
)
def test_layouts(data: Any, speaker: str) -> None:
    (line,) = lines(data)
    assert (line.text, line.name) == ("He never.", speaker)
    assert (line.start_s, line.end_s) == (1.0, 2.0)
    for text, start_s, end_s, sure in line.words:
        assert text.strip() in line.text + "." and 1.0 <= start_s <= end_s <= 2.0
        assert sure in (0.5, 1.0)
    assert looks_like_transcript(json.dumps(data), "talk.json")


def test_a_turn_ends_where_the_speaker_changes_or_pauses() -> None:
    said = [
        *(word("He", 0.0, 0.4, speaker="Ruth"), word("never.", 0.4, 1.0, speaker="Ruth")),
        word("Why?", 1.1, 1.5, speaker="David"),
        word("Later.", 9.0, 9.5, speaker="David"),
    ]
    found = [(line.name, line.text) for line in lines({"words": said})]
    assert found == [("Ruth", "He never."), ("David", "Why?"), ("David", "Later.")]


def test_a_segment_of_two_speakers_is_parted() -> None:
    words = [word("Yes.", 0.0, 0.4, speaker="A"), word("No.", 0.5, 0.9, speaker="B")]
    found = lines({"segments": [{"start": 0, "end": 1, "text": "Yes. No.", "words": words}]})
    assert [(line.name, line.text) for line in found] == [
        ("Speaker A", "Yes."),
        ("Speaker B", "No."),
    ]


def test_chinese_words_are_joined_without_spaces() -> None:
    words = [word(sign, n * 0.3, n * 0.3 + 0.3) for n, sign in enumerate("他从来不说")]
    assert lines({"words": words})[0].text == "他从来不说"


def test_times_that_no_clock_shows_are_left_out() -> None:
    text = (
        '{"segments": [{"start": NaN, "end": Infinity, "text": "He"}, {"start": -5, "text": "b"}]}'
    )
    found = read_transcript(text.encode(), "talk.json").lines
    assert [(line.text, line.start_s, line.end_s) for line in found] == [
        *(("He", None, None), ("b", None, None))
    ]


@pytest.mark.parametrize(
    "text",
    ['{"boat": 1}', "[{}]", '{"segments": 3}', '{"segments": [3]}', '{"segments": []}', "{"],
)
def test_other_json_is_named(text: str) -> None:
    with pytest.raises(UnreadableSource, match=r"talk\.json is JSON, but not a transcript"):
        read_transcript(text.encode(), "talk.json")


def test_chats_and_letters_are_not_taken_for_transcripts() -> None:
    chat = {"name": "Ruth", "messages": [{"id": 1, "from": "Ruth", "text": "Hello"}]}
    assert not looks_like_transcript(json.dumps(chat), "result.json")
    assert not looks_like_transcript(json.dumps([{"text": "Dear Ruth", "date": "1901"}]), "a.json")
    assert looks_like_transcript(json.dumps(WHISPER)[:60], "talk.json"), "only its first part"

"""Whatever is in a transcript or a recording: an answer or one clear sentence, and no hang.

Each transcript parser gets 300 mutations of its own form and 300 of anything, each recording
format 40 damaged copies; `--hypothesis-profile` can raise that.
"""

import json
import time
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona.collect.transcripts.file import (
    looks_like_transcript,
    read_transcript,
    transcribed_in,
)
from persona.engines.silk import is_silk, whole_packets
from persona.engines.sound_survey import survey_sound
from persona.errors import CollectError

FORMS = {
    "a.vtt": "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ruth>The boat\n<v David>The dog</v>\n",
    "a.srt": "1\n00:00:01,500 --> 00:00:03,000\n- Ruth: Hi\n- Hi\n\n2\n00:00:04,0 --> 0:05\nOn\n",
    "a.txt": "[00:12:31] Ruth: He never.\nRuth Lin  0:03\nThe boat.\n\n"
    "Speaker 1 (01:12): [01:13] Why\n",
    "b.txt": "00:00:01:12 - 00:00:05:03\nSpeaker 1\nHe never.\n\n"
    "00:00:06;00 - 00:00:07;00\nRuth\nNo.\n",
    "a.json": json.dumps(
        {
            "segments": [{"start": 1, "end": 2.5, "text": "He", "speaker": 0, "words": []}],
            "results": {"items": [{"start_time": "1", "alternatives": [{"content": "He"}]}]},
            "monologues": [{"speaker": 1, "elements": [{"type": "text", "value": "He", "ts": 1}]}],
        }
    ),
    "b.json": '[{"start": 1, "words": [{"word": "a", "start": 1, "end": 2, "speaker": "A"}]}]',
    "a.xml": '<ROOT xmlns="https://www.weareavp.com/nunncenter/ohms"><record><sync>1:|1(2)|3(4)'
    "</sync><transcript>LIN: The boat.\n\nBOYD: Why?</transcript><index><point><time>6</time>"
    "</point></index><interviewee>Lin, Ruth</interviewee></record></ROOT>",
    "a.ttml": '<tt xmlns="http://www.w3.org/ns/ttml"><body><p begin="1.5s" end="2f">He<br/>no</p>'
    "</body></tt>",
    "a.eaf": '<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="1"/>'
    '</TIME_ORDER><TIER TIER_ID="R"><ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="a">'
    "<ANNOTATION_VALUE>He</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>"
    "</ANNOTATION_DOCUMENT>",
    "a.TextGrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n'
    '"IntervalTier"\n"Ruth"\n0\n2\n1\n0\n2\n"He ""said"""\n',
    "a.tsv": "start\tend\ttext\n0\t4000\tHe never\n4000\t6000\tsold it.\n",
}
PIECES = [
    *"0123456789:;,.-<>[](){}\"'\n\t aR一：\x00",
    "-->",
    "00:00:01,5",
    "null",
    "[[",
    "NaN",
    "1e999",
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """Return a file's name, and its text with stretches taken out, doubled or replaced."""
    name = draw(st.sampled_from(sorted(FORMS)))
    text = FORMS[name]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        filling = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=6)))
        again = draw(st.sampled_from(["", text[start:stop] * 2]))
        text = text[:start] + filling + again + text[stop:]
    return name, text


def check(data: bytes, name: str) -> None:
    """Read a transcript: lines that stand where they say they stand, or one sentence."""
    began = time.monotonic()
    try:
        read = read_transcript(data, name)
    except CollectError as error:
        assert name in str(error) and str(error).endswith(".")
    else:
        for line in read.lines:
            assert line.text.strip()
            assert 0 <= line.start <= line.end <= len(read.text)
            assert line.start_s is None or 0 <= line.start_s <= (line.end_s or line.start_s) < 1e6
    assert time.monotonic() - began < 5


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_damaged_transcripts_are_read_or_named(made: tuple[str, str]) -> None:
    name, text = made
    looks_like_transcript(text, name)
    check(text.encode("utf-8", "replace"), name)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from([*FORMS, "a.docx"]))
def test_anything_is_read_or_named(data: bytes, name: str) -> None:
    check(data, name)
    check(b"PK\x03\x04" + data, name)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from("segments results words start end text speaker items".split()),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_named(data: object) -> None:
    check(json.dumps(data).encode(), "a.json")


@pytest.mark.parametrize(
    "text",
    [
        "a" * 3_000_000,
        "[00:01] " * 100_000,
        "Ruth: " * 100_000,
        "Ruth Lin " * 100_000 + "\n" + "A " * 200_000,
        "00:00 --> 00:01\n" * 50_000,
        "<v Ruth>" * 50_000 + "\n00:00 --> 00:01\n<v Ruth>" + "<v R>a" * 50_000,
        "[" * 100_000,
        '{"segments":' * 5_000,
        "<a>" * 20_000,
        '"' * 200_000,
    ],
    ids=range(10),
)
def test_endless_lines_do_not_hang(text: str) -> None:
    began = time.monotonic()
    try:
        transcribed_in(text, "a.txt")
        looks_like_transcript(text, "a.txt")
    except CollectError:
        pass
    assert time.monotonic() - began < 10


def test_xml_that_does_harm_is_refused() -> None:
    bomb = (
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<tt xmlns="http://www.w3.org/ns/ttml"><p>&b;</p></tt>'
    )
    outside = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><tt><p>&x;</p></tt>'
    for text in (bomb, outside):
        with pytest.raises(CollectError, match=r"a\.xml"):
            read_transcript(text.encode(), "a.xml")


def encoded(form: str, codec: str, rate_hz: int = 48_000) -> bytes:
    """Return a second of sound in a container."""
    made = BytesIO()
    with av.open(made, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate_hz)
        stream.layout = "mono"
        tone = (8000 * np.sin(np.arange(rate_hz) / 20))[None].astype(np.int16)
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.sample_rate = rate_hz
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return made.getvalue()


SOUNDS = {
    "wav": encoded("wav", "pcm_s16le"),
    "flac": encoded("flac", "flac"),
    "mp3": encoded("mp3", "libmp3lame"),
    "m4a": encoded("mp4", "aac"),
    "ogg": encoded("ogg", "libopus"),
    "aac": encoded("adts", "aac"),
}


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(sorted(SOUNDS)),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=5),
)
def test_damaged_recordings_are_measured_or_named(
    tmp_path: Path, form: str, kept_percent: int, damage: list[tuple[int, bytes]]
) -> None:
    data = bytearray(SOUNDS[form][: len(SOUNDS[form]) * kept_percent // 100])
    for at, junk in damage:
        place = at % (len(data) + 1)
        data[place : place + len(junk)] = junk
    path = tmp_path / f"talk.{form}"
    path.write_bytes(bytes(data))
    began = time.monotonic()
    try:
        measured = survey_sound(path)
    except CollectError as error:
        assert str(error).startswith(path.name) and str(error).endswith(".")
    else:
        assert 0 < measured.duration_s < 100_000 and 0 <= measured.peak <= 1
    assert time.monotonic() - began < 20


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_only_whole_packets_of_a_voice_message_are_decoded(data: bytes) -> None:
    message = b"\x02#!SILK_V3" + data
    packets = whole_packets(message)
    assert is_silk(message) and data.startswith(packets)
    position = 0
    while position < len(packets):
        length = int.from_bytes(packets[position : position + 2], "little")
        assert 0 < length <= 1250
        position += 2 + length
    assert position == len(packets)

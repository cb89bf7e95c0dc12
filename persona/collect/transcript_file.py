"""Transcripts that people or programs wrote: lines with names, SubRip, WebVTT, Whisper's JSON.

[00:12] Ruth: He never …        plain text with times
RUTH: He never …                plain text without times
00:00:12,000 --> 00:00:15,500   SubRip (.srt), WebVTT (.vtt, voices as <v Ruth>)
{"segments": [{"start": 12.0, "end": 15.5, "text": "…", "words": […]}]}
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from persona.collect.paragraphs import blocks
from persona.errors import UnreadableSource

_CLOCK = r"(?:(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?)"
_CUE = re.compile(rf"^\s*(?P<start>{_CLOCK})\s*-->\s*(?P<end>{_CLOCK})[^\n]*$", re.MULTILINE)
_NAME = (
    r"(?:[^\W\d_a-zß-öø-ÿ][^\s:：\[\]();,!?\"“”]*"
    r"(?:[ \t]+[^\W_a-zß-öø-ÿ][^\s:：\[\]();,!?\"“”]*){0,3})"
)
_LINE = re.compile(
    rf"^[ \t]*(?:[\[(]?(?P<time>{_CLOCK})(?:\s*[-–]\s*{_CLOCK})?[\])]?[ \t]*[-–:]?[ \t]*)?"
    rf"(?:(?P<name>{_NAME})[ \t]*[:：](?!//)[ \t]*)?(?P<text>\S.*)?$"
)
_VOICE = re.compile(r"<v(?:\.[^ >]+)?\s+(?P<name>[^>]+)>")
_TAG = re.compile(r"</?[^>\n]{1,60}>")
_NAMED_LINE = re.compile(rf"^(?P<name>{_NAME})[:：][ \t]*(?P<text>\S.*)$", re.DOTALL)


_ASKERS = frozenset("interviewer interviewerin q question host 采访者 记者 问 主持人".split())


def is_asker(name: str) -> bool:
    """Tell whether a name only says that somebody asks the questions."""
    return name.strip(" .:").casefold() in _ASKERS


@dataclass(frozen=True)
class Line:
    """What one speaker says without a break.

    ``start`` and ``end`` are characters of the transcript file, both 0 when its words do not
    stand there in one piece; times are None when the transcript has none.
    """

    text: str
    name: str = ""
    start: int = 0
    end: int = 0
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[tuple[str, float, float, float], ...] = ()


def read_transcript(text: str, name: str) -> list[Line]:
    """Return the lines of a transcript; its form is found in the text itself.

    Raises:
        UnreadableSource: it holds no words.
    """
    if text.lstrip().startswith("{") or text.lstrip().startswith("[{"):
        lines = list(_from_json(text, name))
    elif _CUE.search(text):
        lines = list(_from_cues(text))
    else:
        lines = list(_from_plain(text))
    lines = _with_ends([line for line in lines if line.text.strip()])
    if not lines:
        raise UnreadableSource(f"{name} holds no words. Delete it, and the recording is heard.")
    return lines


def looks_like_transcript(text: str) -> bool:
    """Tell whether a plain text is cues, or mostly lines with a speaker or a time."""
    if len(_CUE.findall(text)) >= 2 or text.startswith("WEBVTT"):
        return True
    lines = [match for match in map(_LINE.match, text.split("\n")) if match and match["text"]]
    timed = sum(1 for line in lines if line["time"])
    names = [line["name"] for line in lines if line["name"]]
    repeated = len(names) - len(set(names))
    return len(lines) >= 3 and (
        timed * 2 >= len(lines) or (len(names) * 2 >= len(lines) and repeated >= 2)
    )


def _from_plain(text: str) -> Iterator[Line]:
    """Yield plain lines; a line without a name goes on with the speaker before it."""
    if not any(m and (m["time"] or m["name"]) for m in map(_LINE.match, text.split("\n"))):
        for block in blocks(text):
            yield Line(block.text, start=block.start, end=block.end)
        return
    current: Line | None = None
    name, position = "", 0
    for raw in text.split("\n"):
        match = _LINE.match(raw)
        words = match["text"] if match else None
        if match and (match["time"] or match["name"] or not words) and current:
            yield current
            current = None
        if match and words:
            begin, end = position + match.start("text"), position + len(raw.rstrip())
            if current is None:
                name = match["name"] or name
                time = seconds(match["time"]) if match["time"] else None
                current = Line(text[begin:end], name, begin, end, start_s=time)
            else:
                current = replace(current, text=text[current.start : end], end=end)
        position += len(raw) + 1
    if current:
        yield current


def _from_cues(text: str) -> Iterator[Line]:
    """Yield one line a cue and voice: a cue may hold two speakers."""
    cues = list(_CUE.finditer(text))
    for index, cue in enumerate(cues):
        end = cues[index + 1].start() if index + 1 < len(cues) else len(text)
        body = text[cue.end() : end].strip("\n").split("\n\n", 1)[0]
        begin_s, end_s = seconds(cue["start"]), seconds(cue["end"])
        for name, words in _voices(body):
            found = text.find(words, cue.end(), end)
            start, stop = (found, found + len(words)) if found >= 0 else (0, 0)
            yield Line(words, name, start, stop, begin_s, end_s)


def _voices(body: str) -> Iterator[tuple[str, str]]:
    parts = _VOICE.split(body)
    if len(parts) > 1:
        for name, words in zip(parts[1::2], parts[2::2], strict=True):
            yield name.strip(), _TAG.sub("", words).strip()
        return
    plain = [re.sub(r"^[-–]\s*", "", _TAG.sub("", line)).strip() for line in body.split("\n")]
    pieces: list[tuple[str, str]] = []
    for line in plain:
        named = _NAMED_LINE.match(line)
        if named or not pieces:
            pieces.append((named["name"], named["text"]) if named else ("", line))
        else:
            pieces[-1] = (pieces[-1][0], f"{pieces[-1][1]}\n{line}")
    yield from pieces


def _from_json(text: str, name: str) -> Iterator[Line]:
    try:
        data = json.loads(text)
        segments = data if isinstance(data, list) else data["segments"]
        for segment in segments:
            words = tuple(_json_word(word) for word in segment.get("words", ()))
            yield Line(
                str(segment["text"]).strip(),
                str(segment.get("speaker") or ""),
                start_s=_number(segment.get("start")),
                end_s=_number(segment.get("end")),
                words=words,
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{name} is JSON, but not a transcript with segments.") from error


def _json_word(word: dict[str, Any]) -> tuple[str, float, float, float]:
    sure = float(word.get("probability", word.get("confidence", word.get("score", 1.0))))
    return (
        str(word.get("word", word.get("text", ""))),
        float(word["start"]),
        float(word["end"]),
        sure,
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def seconds(clock: str) -> float:
    """Return the seconds of ``1:02:03.5`` or ``02:03``."""
    total = 0.0
    for part in clock.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return total


def _with_ends(lines: list[Line]) -> list[Line]:
    """A line without an end lasts until the next one begins."""
    ended: list[Line] = []
    for index, line in enumerate(lines):
        following = lines[index + 1].start_s if index + 1 < len(lines) else None
        until = line.end_s
        if line.start_s is not None and until is None and following is not None:
            until = max(following, line.start_s)
        ended.append(replace(line, end_s=until))
    return ended

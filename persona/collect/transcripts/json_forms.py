"""Transcripts as JSON, in the layouts that recognisers write.

segments     Whisper and its kin, Premiere, podcasts: [{start, end, text, speaker, words}]
utterances   AssemblyAI, Deepgram · monologues  Rev · events  video sites
streams of words  Amazon, Google, Speechmatics: a turn ends where the speaker changes

Times are seconds, or milliseconds where a word would otherwise last a minute.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from persona.collect.transcripts.lines import Line, TimedWord, Transcribed, cut_long, seconds
from persona.errors import UnreadableSource

PAUSE_S = 2.0
LONGEST_TURN_WORDS = 60
_UNITS_A_WORD = 20.0
"""Nobody takes 20 seconds for a word, nor as little as 20 milliseconds."""

_LISTS = ("segments", "utterances", "transcription", "transcript", "monologues", "transcripts")
_LISTS_MORE = ("captions", "cues", "subtitles", "lines", "chunks", "body", "events", "paragraphs")
_TEXT = ("text", "transcript", "body", "content", "caption", "sentence", "line", "display")
_START = ("start", "start_time", "startTime", "begin", "from", "ts", "start_ts", "startTimeSeconds")
_END = ("end", "end_time", "endTime", "to", "end_ts", "endTimeSeconds", "stop")
_START_MS = ("tStartMs", "start_ms", "startMs", "startTimeMs", "startMillis")
_END_MS = ("end_ms", "endMs", "endTimeMs", "endMillis")
_SPEAKER = ("speaker", "speaker_name", "speakerName", "speaker_label", "speakerLabel", "speakerTag")
_SPEAKER_MORE = ("speaker_id", "speakerId", "channel_tag", "voice", "name", "author", "who")
_SURE = ("probability", "confidence", "score", "conf")
_TICKS = 10_000_000
_CLOSES = re.compile(r"^[,.!?;:…%)\]}”’，。！？；：、）】》]")
_HANZI = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")
_CUT_OFF = re.compile(
    r'"(?:segments|utterances|monologues|recognizedPhrases|transcription|alternatives)"'
    r"\s*:\s*\[\s*\{"
)
Json = Mapping[str, Any]


@dataclass(frozen=True)
class _Word:
    """A word of a stream: nothing is known of the time of a punctuation mark."""

    text: str
    start_s: float | None
    end_s: float | None
    sure: float
    speaker: str


def read_json(text: str, name: str) -> Transcribed:
    """Return the lines of a transcript in JSON. Raises `UnreadableSource`."""
    try:
        data = json.loads(text)
        lines = list(_lines(data))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise _not_a_transcript(name) from error
    if not any(line.text.strip() for line in lines):
        raise _not_a_transcript(name)
    named = [replace(line, name=_names(data).get(line.name, line.name)) for line in lines]
    whole = [piece for line in _in_seconds(named) for piece in _cut(line)]
    return Transcribed(whole, "json")


def looks_like_json_transcript(text: str, name: str) -> bool:
    """Tell a transcript from other JSON by its first part: it has segments with times."""
    try:
        return any(line.start_s is not None for line in read_json(text, name).lines)
    except UnreadableSource:
        return bool(_CUT_OFF.search(text)) and '"messages"' not in text


def _not_a_transcript(name: str) -> UnreadableSource:
    return UnreadableSource(f"{name} is JSON, but not a transcript with segments.")


def _cut(line: Line) -> Iterator[Line]:
    yield from (line,) if line.words else cut_long(line)


def _lines(data: Any) -> Iterator[Line]:
    if isinstance(data, list):
        yield from _segments(data)
        return
    results = data.get("results")
    if isinstance(results, Mapping):
        yield from _of_results(results)
    elif isinstance(results, list):
        yield from _of_result_list(results)
    elif isinstance(data.get("recognizedPhrases"), list):
        yield from (_phrase(one) for one in data["recognizedPhrases"])
    elif (found := _first_list(data)) is not None:
        yield from _segments(found)
    elif isinstance(data.get("words"), list):
        yield from _from_words(_word(one) for one in data["words"])
    else:
        raise KeyError("segments")


def _of_results(results: Json) -> Iterator[Line]:
    """Yield the lines of Amazon's or Deepgram's ``results``."""
    if isinstance(results.get("items"), list):
        labels = _amazon_labels(results)
        yield from _from_words(_amazon_word(one, labels) for one in results["items"])
    elif isinstance(results.get("utterances"), list):
        yield from _segments(results["utterances"])
    elif isinstance(results.get("channels"), list):
        for number, channel in enumerate(results["channels"]):
            several = f"Speaker {number}" if len(results["channels"]) > 1 else ""
            words = channel["alternatives"][0].get("words", ())
            yield from _from_words(_word(one, several) for one in words)
    else:
        yield from _segments(_first_list(results) or ())


def _of_result_list(results: Sequence[Json]) -> Iterator[Line]:
    """Yield the lines of Google's or Speechmatics' list of ``results``."""
    if any(one.get("type") in {"word", "punctuation"} for one in results):
        yield from _from_words(_stream_word(one) for one in results)
        return
    best = [one["alternatives"][0] for one in results if one.get("alternatives")]
    tagged = best and any("speakerTag" in one for one in best[-1].get("words", ()))
    if tagged and len(best) > 1:  # the last result repeats every word, now with its speaker
        best = best[-1:]
    for one in best:
        if one.get("words"):
            yield from _from_words(_word(word) for word in one["words"])
        elif one.get("transcript"):
            yield Line(str(one["transcript"]).strip())


def _first_list(data: Json) -> Sequence[Json] | None:
    for key in (*_LISTS, *_LISTS_MORE):
        found = data.get(key)
        if isinstance(found, list) and found and isinstance(found[0], Mapping):
            return found
        if isinstance(found, Mapping) and (inner := _first_list(found)) is not None:
            return inner
    for key in ("speech", "data", "result", "response", "output"):
        if isinstance(data.get(key), Mapping) and (inner := _first_list(data[key])) is not None:
            return inner
    return None


def _segments(segments: Iterable[Any]) -> Iterator[Line]:
    for segment in segments:
        if not isinstance(segment, Mapping):
            raise TypeError(type(segment))
        if isinstance(segment.get("elements"), list):
            speaker = _speaker(segment)
            yield from _from_words(_element(one, speaker) for one in segment["elements"])
            continue
        words = [_word(one) for one in segment.get("words") or () if isinstance(one, Mapping)]
        text = _text_of(segment)
        speakers = {word.speaker for word in words if word.speaker}
        if len(speakers) > 1 or (not text and words):
            yield from _from_words(
                replace(w, speaker=w.speaker or _speaker(segment)) for w in words
            )
            continue
        start_s, end_s = _times(segment)
        timed = tuple(_timed(word) for word in words if word.start_s is not None)
        known = _speaker(segment) or next(iter(speakers), "")
        yield Line(text, known, start_s=start_s, end_s=end_s, words=timed)


def _text_of(segment: Json) -> str:
    if isinstance(segment.get("segs"), list):
        return "".join(str(one.get("utf8", "")) for one in segment["segs"]).strip()
    found = _first(segment, _TEXT)
    return found.strip() if isinstance(found, str) else ""


def _from_words(words: Iterable[_Word]) -> Iterator[Line]:
    """Join a stream of words to turns: a new one at another speaker, a pause, or sixty words."""
    group: list[_Word] = []
    for word in words:
        if not word.text:
            continue
        mark = word.start_s is None or bool(_CLOSES.match(word.text))
        if group and not mark and _ends_before(group, word):
            yield _joined(group)
            group = []
        group.append(word)
    if group:
        yield _joined(group)


def _ends_before(group: Sequence[_Word], word: _Word) -> bool:
    last = next((one for one in reversed(group) if one.end_s is not None), None)
    scale = 1000.0 if _in_milliseconds(group) else 1.0
    pause = (
        last is not None
        and last.end_s is not None
        and word.start_s is not None
        and word.start_s - last.end_s > PAUSE_S * scale
    )
    full = len(group) >= LONGEST_TURN_WORDS and group[-1].text[-1:] in ".?!。？！"
    return word.speaker != group[0].speaker or pause or full or len(group) >= 2 * LONGEST_TURN_WORDS


def _in_milliseconds(group: Sequence[_Word]) -> bool:
    longest = [w.end_s - w.start_s for w in group if w.start_s is not None and w.end_s is not None]
    return bool(longest) and sorted(longest)[len(longest) // 2] > _UNITS_A_WORD


def _joined(group: Sequence[_Word]) -> Line:
    text = ""
    for word in group:
        tight = not text or _CLOSES.match(word.text) or _HANZI.match(word.text)
        text += word.text if tight else f" {word.text}"
    timed = [word for word in group if word.start_s is not None]
    return Line(
        text,
        group[0].speaker,
        start_s=timed[0].start_s if timed else None,
        end_s=timed[-1].end_s if timed else None,
        words=tuple(_timed(word) for word in timed),
    )


def _timed(word: _Word) -> TimedWord:
    start_s = word.start_s or 0.0
    return (word.text, start_s, start_s if word.end_s is None else word.end_s, word.sure)


def _word(word: Json, speaker: str = "") -> _Word:
    shown = _first(word, ("punctuated_word", "word", "text", "value", "content"))
    sure = _first(word, _SURE)
    start_s, end_s = _times(word)
    told = _speaker(word) or speaker
    return _Word(str(shown or "").strip(), start_s, end_s, _share(sure), told)


def _element(element: Json, speaker: str) -> _Word:
    word = _word(element, speaker)
    return word if element.get("type") == "text" else replace(word, start_s=None, text=word.text)


def _stream_word(item: Json) -> _Word:
    best = (item.get("alternatives") or [{}])[0]
    word = _word({**item, **best})
    return replace(word, start_s=None) if item.get("type") == "punctuation" else word


def _amazon_word(item: Json, labels: Mapping[float, str]) -> _Word:
    word = _stream_word(item)
    if word.speaker or word.start_s is None:
        return word
    return replace(word, speaker=labels.get(word.start_s, ""))


def _amazon_labels(results: Json) -> dict[float, str]:
    segments = (results.get("speaker_labels") or {}).get("segments") or ()
    return {
        float(item["start_time"]): _speaker(item) or _speaker(segment)
        for segment in segments
        for item in segment.get("items", ())
    }


def _phrase(phrase: Json) -> Line:
    """Return one of Azure's phrases: its times are in units of 100 nanoseconds."""
    start_s = float(phrase.get("offsetInTicks", 0)) / _TICKS
    end_s = start_s + float(phrase.get("durationInTicks", 0)) / _TICKS
    return Line(str(phrase["nBest"][0]["display"]), _speaker(phrase), start_s=start_s, end_s=end_s)


def _times(segment: Json) -> tuple[float | None, float | None]:
    if isinstance(segment.get("timestamps"), Mapping):
        segment = segment["timestamps"]
    elif isinstance(segment.get("timestamp"), list) and len(segment["timestamp"]) == 2:
        return _number(segment["timestamp"][0]), _number(segment["timestamp"][1])
    start_ms, end_ms = _first(segment, _START_MS), _first(segment, _END_MS)
    if start_ms is not None:
        start_s = float(start_ms) / 1000
        length = segment.get("dDurationMs")
        until = start_s + float(length) / 1000 if length is not None else None
        return start_s, until if end_ms is None else float(end_ms) / 1000
    start, end = _number(_first(segment, _START)), _number(_first(segment, _END))
    if end is None and start is not None and isinstance(segment.get("duration"), (int, float)):
        end = start + float(segment["duration"])
    return start, end


def _number(value: Any) -> float | None:
    """Return seconds: of a number, of ``"1.2s"`` or of a clock."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str) and ":" in value:
        return seconds(value)
    if isinstance(value, Mapping):  # Google's {"seconds": "1", "nanos": 200000000}
        return float(value.get("seconds", 0)) + float(value.get("nanos", 0)) / 1e9
    return float(str(value).strip().removesuffix("s"))


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return 1.0
    return min(1.0, max(0.0, float(value)))


def _speaker(segment: Json) -> str:
    found = _first(segment, (*_SPEAKER, *_SPEAKER_MORE))
    if isinstance(found, Mapping):
        found = _first(found, ("name", "label", "id"))
    if found is None or isinstance(found, (bool, list)):
        return ""
    said = str(found).strip()
    bare = isinstance(found, int) or re.fullmatch(r"[A-Z]|\d{1,3}|[Ss]\d{1,3}", said)
    return f"Speaker {said}" if bare else said


def _names(data: Any) -> dict[str, str]:
    """Return what ``speakers: [{id, name}]`` says of the labels."""
    listed = data.get("speakers") if isinstance(data, Mapping) else None
    if not isinstance(listed, list):
        return {}
    pairs = [(_speaker({"speaker": one.get("id")}), one.get("name")) for one in listed if one]
    return {label: str(name) for label, name in pairs if label and name}


def _first(data: Json, keys: Iterable[str]) -> Any:
    return next((data[key] for key in keys if data.get(key) is not None), None)


def _in_seconds(lines: Sequence[Line]) -> list[Line]:
    """Return the lines in seconds: a file in which a word would take a minute counts in ms."""
    paces = sorted(
        (line.end_s - line.start_s) / max(1, len(line.text.split()), len(line.text) // 8)
        for line in lines
        if line.start_s is not None and line.end_s is not None
    )
    if not paces or paces[len(paces) // 2] <= _UNITS_A_WORD:
        return list(lines)
    return [
        replace(
            line,
            start_s=None if line.start_s is None else line.start_s / 1000,
            end_s=None if line.end_s is None else line.end_s / 1000,
            words=tuple((w, a / 1000, b / 1000, sure) for w, a, b, sure in line.words),
        )
        for line in lines
    ]

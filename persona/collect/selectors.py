"""Where a passage stands in its source: W3C Web Annotation selectors (REC 2017-02-23).

    text file            {"type": "TextPositionSelector", "start": 120, "end": 480}
    record of JSON lines {"type": "FragmentSelector", "value": "line=12",
                          "refinedBy": {"type": "TextPositionSelector", "start": 0, "end": 90}}
    recording            {"type": "FragmentSelector", "value": "t=12.30,30.10"}     seconds
    picture              {"type": "FragmentSelector", "value": "xywh=0,0,640,480"}  pixels

Positions count characters of the decoded text (see `persona.collect.decoding`), or of the
``text`` field of the record on that line, the first line being 1.
"""

import json
from typing import Any

from persona.collect.decoding import decode
from persona.errors import UnreadableSource

Selector = dict[str, Any]


def text_span(start: int, end: int) -> Selector:
    """Select characters of a text."""
    return {"type": "TextPositionSelector", "start": start, "end": end}


def record_span(line: int, start: int, end: int) -> Selector:
    """Select characters of the text of one record of a JSON lines file; lines count from 1."""
    return {
        "type": "FragmentSelector",
        "value": f"line={line}",
        "refinedBy": text_span(start, end),
    }


def time_span(start_s: float, end_s: float) -> Selector:
    """Select seconds of a recording (W3C Media Fragments)."""
    return {"type": "FragmentSelector", "value": f"t={start_s:.2f},{end_s:.2f}"}


def whole_picture(width: int, height: int) -> Selector:
    """Select all pixels of a picture (W3C Media Fragments)."""
    return {"type": "FragmentSelector", "value": f"xywh=0,0,{width},{height}"}


def locate(source_bytes: bytes, selector: Selector, encoding: str = "") -> str:
    """Return the characters of an original that a selector spans.

    Args:
        source_bytes: the original.
        selector: of a text or of a record; recordings and pictures have no characters.
        encoding: ``source.details["encoding"]``; empty: found again.

    Raises:
        UnreadableSource: the selector does not fit this original.
    """
    text = decode(source_bytes, encoding=encoding).text
    span = selector
    value = str(selector.get("value", ""))
    if value.startswith("line="):
        text = _record_text(text, int(value.removeprefix("line=")))
        span = selector.get("refinedBy", {})
    if span.get("type") != "TextPositionSelector":
        raise UnreadableSource("This selector names a time or a region, not characters.")
    start, end = int(span["start"]), int(span["end"])
    if not 0 <= start < end <= len(text):
        raise UnreadableSource("This selector reaches beyond the end of its source.")
    return text[start:end]


def _record_text(text: str, line: int) -> str:
    try:
        record = json.loads(text.split("\n")[line - 1])
        return str(record["text"])
    except (IndexError, ValueError, KeyError, TypeError) as error:
        raise UnreadableSource(f"Line {line} of this source holds no record.") from error

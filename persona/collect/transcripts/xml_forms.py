"""Transcripts as XML: oral-history archives (OHMS 5 and 6), subtitles (TTML), ELAN.

OHMS  <sync>1:|13(3)|19(14)</sync>: after each minute, at which line (and word) it ends
OHMS 6  <vtt_transcript>: WebVTT inside; <index> is what an archivist wrote, never what was said
TTML  <p begin="1.5s" end="00:00:03.250" ttm:agent="ruth">   (W3C REC 2018-11-08)
EAF   tiers of annotations between time slots in milliseconds
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from persona.collect.transcripts.cues import read_cues
from persona.collect.transcripts.lines import Line, Transcribed, seconds
from persona.collect.transcripts.plain import read_plain
from persona.errors import UnreadableSource

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOTES = re.compile(r"\[\[footnotes?\]\].*?\[\[/footnotes?\]\]", re.DOTALL)
_STAMP = re.compile(r"(\d+)\((\d+)\)")
_OFFSET = re.compile(r"^(?P<number>\d+(?:\.\d+)?)(?P<unit>h|ms|m|s|f|t)$")
_UNIT_S = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


_MARKS = (
    *("weareavp.com/nunncenter/ohms", "<vtt_transcript", "<ANNOTATION_DOCUMENT"),
    *("http://www.w3.org/ns/ttml", "http://www.w3.org/2006/", "/ttaf1"),
)


def looks_like_xml_transcript(text: str) -> bool:
    """Tell by the first part of an XML file whether it is of a form that is read here."""
    return any(mark in text for mark in _MARKS)


def read_xml(text: str, name: str, frame_rate: float) -> Transcribed:
    """Return the lines of a transcript in XML. Raises `UnreadableSource`."""
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

    try:
        root = fromstring(text.lstrip().encode("utf-8", "replace"), forbid_dtd=False)
        readers = {"ANNOTATION_DOCUMENT": _read_elan, "tt": _read_ttml}
        tag = _local(root)
        if tag in readers:
            return readers[tag](root, frame_rate)
        if (record := _find(root, "record")) is not None:
            return _read_ohms(record, frame_rate)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise UnreadableSource(f"{name} is damaged XML. Export the transcript again.") from error
    raise UnreadableSource(f"{name} is XML, but not a transcript (OHMS, TTML or ELAN).")


def _local(element: "Element") -> str:
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def _find(root: "Element", name: str) -> "Element | None":
    return next((one for one in root.iter() if _local(one) == name), None)


def _said(root: "Element", name: str) -> str:
    found = _find(root, name)
    return "".join(found.itertext()).strip() if found is not None else ""


def _read_ohms(record: "Element", frame_rate: float) -> Transcribed:
    """Read a record of the Oral History Metadata Synchronizer."""
    # _said strips: the sync points count lines of the element as it stands
    found = _find(record, "transcript")
    written = "".join(found.itertext()).replace("\r\n", "\n") if found is not None else ""
    cues = _said(record, "vtt_transcript")
    if cues:
        read = read_cues(cues, frame_rate)
    else:
        cleaned = _NOTES.sub(lambda note: "\n" * note.group().count("\n"), written)
        read = read_plain(cleaned, frame_rate)
        read.lines = list(_synced(read.lines, cleaned, _said(record, "sync")))
    interviewees, askers = _people(record, "interviewee"), _people(record, "interviewer")
    read.form, read.title = "ohms", _said(record, "title")
    read.full_names, read.askers = _full_names(read.lines, interviewees, askers)
    index = list(_index(record))
    read.facts = {"ohms_index": index} if index else {}
    if not read.lines and index:
        read.warnings.append(
            "Its OHMS file holds an index only, no transcript: the recording is needed too."
        )
    return read


def _people(record: "Element", role: str) -> list[str]:
    said = ["".join(one.itertext()).strip() for one in record.iter() if _local(one) == role]
    return [name for one in said for name in re.split(r"[;\n]", one) if name.strip()]


def _full_names(
    lines: list[Line], interviewees: list[str], askers: list[str]
) -> tuple[dict[str, str], frozenset[str]]:
    """Match the names before the lines with those in the head: ``LIN:`` is Ruth Lin."""
    asking: set[str] = set()
    full: dict[str, str] = {}
    for name in {line.name for line in lines if line.name}:
        told = [one for one in interviewees if _means(name, one)]
        asked = [one for one in askers if _means(name, one)]
        if asked and not told:
            asking.add(name)
        elif len(told) == 1 and not asked:
            full[name] = _in_order(told[0])
    return full, frozenset(asking)


def _means(name: str, full: str) -> bool:
    parts = [part for part in re.split(r"[\s,.]+", full.casefold()) if part]
    said = [part for part in re.split(r"[\s,.]+", name.casefold()) if part]
    initials = "".join(part[0] for part in re.split(r"[\s.]+", _in_order(full).casefold()) if part)
    return bool(said) and (all(part in parts for part in said) or "".join(said) == initials)


def _in_order(name: str) -> str:
    """Return "Ruth Lin" for "Lin, Ruth"."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else name.strip()


def _synced(lines: list[Line], text: str, sync: str) -> Iterator[Line]:
    """Give each line the time between the marks around it: that stretch surely holds it."""
    every, _, stamps = sync.partition(":")
    step_s = 60.0 * float(every) if every.strip().isdigit() else 60.0
    marks = [
        (int(found[1]), place * step_s)
        for place, stamp in enumerate(stamps.split("|"))
        if (found := _STAMP.search(stamp))
    ]
    if not marks:
        yield from lines
        return
    for line in lines:
        first = text.count("\n", 0, line.start) + 1
        last = text.count("\n", 0, line.end) + 1
        before = max((at_s for number, at_s in marks if number < first), default=0.0)
        after = min((at_s for number, at_s in marks if number > last), default=None)
        yield replace(line, start_s=before, end_s=after)


def _index(record: "Element") -> Iterator[dict[str, object]]:
    for point in (one for one in record.iter() if _local(one) == "point"):
        clock = _said(point, "time")
        if clock:
            yield {
                "time_s": seconds(clock),
                "title": _said(point, "title"),
                "synopsis": _said(point, "synopsis"),
            }


def _read_ttml(root: "Element", frame_rate: float) -> Transcribed:
    rate = float(_attribute(root, "frameRate") or frame_rate)
    tick = float(_attribute(root, "tickRate") or 1.0)
    agents = {
        _attribute(one, "id"): _said(one, "name") for one in root.iter() if _local(one) == "agent"
    }
    lines: list[Line] = []
    for block in (one for one in root.iter() if _local(one) == "p"):
        begin_s = _offset(_attribute(block, "begin"), rate, tick)
        end_s = _offset(_attribute(block, "end"), rate, tick)
        length = _offset(_attribute(block, "dur"), rate, tick)
        if end_s is None and begin_s is not None and length is not None:
            end_s = begin_s + length
        label = _attribute(block, "agent")
        words = "\n".join(row.strip() for row in _ttml_text(block).split("\n") if row.strip())
        lines.append(Line(words, agents.get(label) or label, start_s=begin_s, end_s=end_s))
    return Transcribed(lines, "ttml")


def _ttml_text(block: "Element") -> str:
    said = re.sub(r"\s+", " ", block.text or "")
    for child in block:
        said += "\n" if _local(child) == "br" else _ttml_text(child)
        said += re.sub(r"\s+", " ", child.tail or "")
    return said


def _attribute(element: "Element", name: str) -> str:
    return next(
        (value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), ""
    )


def _offset(clock: str, rate: float, tick: float) -> float | None:
    if not clock:
        return None
    if found := _OFFSET.match(clock):
        per = {"f": 1.0 / max(rate, 1.0), "t": 1.0 / max(tick, 1.0)} | _UNIT_S
        return float(found["number"]) * per[found["unit"]]
    return seconds(clock, rate)


def _read_elan(root: "Element", frame_rate: float) -> Transcribed:  # noqa: ARG001
    slots = {
        one.get("TIME_SLOT_ID", ""): float(one.get("TIME_VALUE", "")) / 1000
        for one in root.iter("TIME_SLOT")
        if one.get("TIME_VALUE")
    }
    tiers = list(root.iter("TIER"))
    spoken = [tier for tier in tiers if tier.get("PARENT_REF") is None] or tiers
    lines = [line for tier in spoken for line in _tier(tier, slots)]
    return Transcribed(sorted(lines, key=lambda line: line.start_s or 0.0), "elan")


def _tier(tier: "Element", slots: dict[str, float]) -> Iterator[Line]:
    name = tier.get("PARTICIPANT") or tier.get("TIER_ID") or ""
    for one in tier.iter("ALIGNABLE_ANNOTATION"):
        words = _said(one, "ANNOTATION_VALUE")
        start_s = slots.get(one.get("TIME_SLOT_REF1", ""))
        end_s = slots.get(one.get("TIME_SLOT_REF2", ""))
        yield Line(words, "" if name == "default" else name, start_s=start_s, end_s=end_s)

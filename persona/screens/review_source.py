"""The source beside what is decided about: the letter, the picture, the stretch of sound."""

import io
import re
from pathlib import Path

import streamlit as st
from PIL import Image

from persona import opening
from persona.collect.writing.pdf_text import draw_page
from persona.errors import PersonaError
from persona.keeper.review import AROUND_CHARS, ReviewItem
from persona.records import Passage, Source, SourceKind
from persona.remember.view import View
from persona.screens import labels, visit
from persona.screens.markup import as_html, with_marks
from persona.screens.page import line, show
from persona.screens.portrait import picture
from persona.screens.recording import play_stretch
from persona.screens.words import say

_REGION = re.compile(r"(?:page=(\d+)&)?xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)")
_MARGIN = 0.15
"""Share of a region's longer side that is shown around it."""

_BREATH_S = 0.4
_UNSURE = 0.75
_PAGE_PX = 2600


def show_source(view: View, item: ReviewItem) -> None:
    """Show where a memory stands, with its words marked."""
    source, passage = item.source, item.passage
    title = labels.source_title(view, source, passage, item.citation.start)
    line(title, "label")
    if source.synthetic:
        spoken = source.kind in (SourceKind.INTERVIEW, SourceKind.VOICE_CLIP)
        line(say("source.acted" if spoken else "source.made_up"), "small")
    if view.may_open(source.id):
        _picture(source, passage)
        _sound(source, item)
    if passage.text_confidence < _UNSURE:
        line(say("look.words_unsure"), "small")
    style = "chat" if source.kind is SourceKind.CHAT else "paper"
    show(f'<div class="{style} beside" lang="{as_html(passage.language)}">{around(item)}</div>')


def around(item: ReviewItem) -> str:
    """Return the passage with its words marked, and apart from it what stands around it.

    Somebody else may have said what stands around it: it never gets this speaker's name.
    """
    passage, start, end = item.passage, item.citation.start, item.citation.end
    before = item.before.removesuffix(passage.text[:start]).strip() if start else item.before
    after = item.after.removeprefix(passage.text[end:]).strip()
    if start > AROUND_CHARS:
        before = ""
    if len(passage.text) - end > AROUND_CHARS:
        after = ""
    first = max(0, start - AROUND_CHARS)
    shown = passage.text[first : end + AROUND_CHARS]
    own = with_marks(shown, [(start - first, end - first)])
    known = passage.speaker_id == item.memory.narrator_id
    name = item.narrator if known and passage.speaker_name else passage.speaker_name
    said = f'<span class="speaker">{as_html(name)}</span>{own}' if name else own
    near = [f'<p class="near">{as_html(one)}</p>' if one else "" for one in (before, after)]
    return f"{near[0]}<p>{said}</p>{near[1]}"


def _sound(source: Source, item: ReviewItem) -> None:
    heard = labels.said_between(item.passage, item.citation.start, item.citation.end)
    if heard is None or not source.media_type.startswith(("audio/", "video/")):
        return
    try:
        play_stretch(source, max(0.0, heard[0] - _BREATH_S), heard[1] + _BREATH_S)
    except PersonaError:
        line(say("source.no_file"), "notice")


def _picture(source: Source, passage: Passage) -> None:
    """Show a photograph, or of a scanned letter the lines that were read."""
    file = opening.source_file(visit.archive().workspace, source)
    region = _REGION.match(str(passage.selector.get("value", "")))
    is_picture = source.media_type.startswith("image/")
    if not (is_picture or region) or not file.is_file():
        return
    if region is None or source.kind is SourceKind.PHOTO:
        image = picture(str(file))
    else:
        image = _lines(str(file), source.media_type, region[0])
    if image is not None:
        st.image(image, alt=say("source.photo", title=source.title), width="stretch")


@st.cache_data(show_spinner=False, max_entries=64)
def _lines(file: str, media_type: str, region: str) -> bytes | None:
    """Return the lines of a scan as a JPEG; None when they cannot be shown."""
    match = _REGION.match(region)
    assert match is not None
    page, box = int(match[1] or 0), tuple(int(part) for part in match.groups()[1:])
    if media_type == "application/pdf":
        try:
            drawn = draw_page(Path(file).read_bytes(), page or 1, "")
        except (PersonaError, OSError):
            return None
    else:
        drawn = picture(file, _PAGE_PX * 4) or b""
    return crop(drawn, box[0], box[1], box[2], box[3])


def crop(image: bytes, x: int, y: int, width: int, height: int) -> bytes | None:
    """Return a region of a picture, and a little around it, as a JPEG.

    Args:
        image: an upright picture file.
        x: left edge of the region in its pixels.
        y: upper edge.
        width: of the region.
        height: of the region.
    """
    margin = round(_MARGIN * max(width, height))
    try:
        with Image.open(io.BytesIO(image)) as opened:
            right = min(opened.width, x + width + margin)
            bottom = min(opened.height, y + height + margin)
            box = (max(0, x - margin), max(0, y - margin), right, bottom)
            cut = opened.convert("RGB").crop(box)
    except (OSError, ValueError):
        return None
    if not cut.width or not cut.height:
        return None
    out = io.BytesIO()
    cut.save(out, "JPEG", quality=88)
    return out.getvalue()

"""Where a sentence stands, in words: 'letter to Ruth Lin, 15 October 1989'; '0:31 in …'."""

from collections.abc import Callable

from persona.converse.dates import spoken_date
from persona.records import Passage, Source, SourceKind


def place_words(source: Source, passage: Passage, name_of: Callable[[str], str]) -> str:
    """Return a short description in English of the place a citation points to."""
    date = spoken_date(passage.created_edtf or source.created_edtf, "en")
    if source.kind is SourceKind.LETTER:
        to = name_of(passage.addressee_id) if passage.addressee_id else passage.addressee_words
        what = f"letter to {to}" if to else source.title
    else:
        what = source.title
    start = start_of(passage)
    if start is not None:
        what += f", at {int(start) // 60}:{int(start) % 60:02d}"
    return ", ".join(part for part in (what, date) if part)


def start_of(passage: Passage) -> float | None:
    """Return the second at which a passage of a recording starts; None for other passages."""
    value = str(passage.selector.get("value", ""))
    if not value.startswith("t="):
        return None
    return float(value[2:].split(",", maxsplit=1)[0])

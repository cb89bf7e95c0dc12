"""Where a sentence stands, in words: 'letter to Ruth Lin, 15 October 1989'; '…, at 0:31'."""

from collections.abc import Callable

from persona.converse.dates import spoken_date
from persona.records import Passage, Source, SourceKind

_WORDS = {
    "en": {"letter": "letter to {to}", "at": "{what}, at {time}", "and": ", "},
    "zh": {"letter": "写给{to}的信", "at": "{what}，{time}处", "and": "，"},
}


def place_words(
    source: Source, passage: Passage, name_of: Callable[[str], str], language: str = "en"
) -> str:
    """Return a short description of the place a citation points to.

    Args:
        source: the original.
        passage: where in it.
        name_of: person id → the name the reader may see.
        language: ``en`` or ``zh``.
    """
    words = _WORDS[language]
    date = spoken_date(passage.created_edtf or source.created_edtf, language)
    what = source.title
    if source.kind is SourceKind.LETTER:
        to = name_of(passage.addressee_id) if passage.addressee_id else passage.addressee_words
        what = words["letter"].format(to=to) if to else what
    start = start_of(passage)
    if start is not None:
        time = f"{int(start) // 60}:{int(start) % 60:02d}"
        what = words["at"].format(what=what, time=time)
    return words["and"].join(part for part in (what, date) if part)


def start_of(passage: Passage) -> float | None:
    """Return the second at which a passage of a recording starts; None for other passages."""
    value = str(passage.selector.get("value", ""))
    if not value.startswith("t="):
        return None
    return float(value[2:].split(",", maxsplit=1)[0])

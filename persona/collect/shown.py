"""Documents that a book shows: letters, reports and speeches that are not its narrator's words.

    narration │ dateline, address, salutation … body … closing, signature │ narration
    narration │ a paragraph that is set in                                │ narration
    narration │ "a paragraph that is quoted from end to end"              │ narration

An autobiography prints the letters of generals, a sister's book prints those of her father. Their
"I" is not the narrator's, so such paragraphs are nobody's until a person says whose they are. A
signature is kept as a name and decides nothing: father and son may both sign "Theodore
Roosevelt". Only what a narrator signs in their own book stays theirs.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from persona.collect.writing.letter_form import salutation_of
from persona.collect.writing.paragraphs import Block
from persona.records.months import MONTHS

SET_IN = 2
"""Spaces before a paragraph that make it set in, in a book whose paragraphs begin at the margin."""

LONGEST = 80
"""Paragraphs of a letter at the most; a head without a foot within them opens no document."""

UNSIGNED = "quoted in the book"
"""``speaker_name`` of shown paragraphs that nobody has signed."""

_MONTH = f"(?:{'|'.join(MONTHS)})"
_DATELINE = re.compile(
    rf".*\b(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH}|Eve)"
    r",? 1\d{3}\.?$"
)
_ADDRESSED = re.compile(
    r"^_?(?:(?:my )?dear|sir|gentlemen|madam)\b[^.!?]{0,50}[:,]_?(?:\s|$)", re.IGNORECASE
)
_CLOSING = re.compile(
    r"^(?:(?:very |most )?(?:sincerely|truly|respectfully|faithfully|affectionately|cordially)\b"
    r"|yours\b|i (?:am|have the honor to be),)",
    re.IGNORECASE,
)
_SIGNED_TAIL = re.compile(
    r"(?:sincerely|truly|respectfully|faithfully|affectionately)(?: yours)?,\s+"
    r"(?P<name>[A-Z][A-Z.]*(?: [A-Z][A-Z.]*)+)\.?$"
)
_CAPITALS = re.compile(r"[A-Z][A-Z.'’-]*(?: [A-Z][A-Z.'’-]*)+|[A-Z]{4,}")
_NAME_ONLY = re.compile(r"^[\"'“]*(?:\(Signed\) )?[A-Z][A-Z.'’ -]{3,40}(?:[.,]?[\"'”]*$|, [A-Z])")
_FOOTNOTE = re.compile(r"\[(?:\*+|\d+|[A-Z])\]\s*")


@dataclass(frozen=True)
class Shown:
    """What a paragraph is, in a document that the book shows.

    Attributes:
        speech: whether it is text, and not a dateline, an address or a signature.
        signed: the name at the foot of the document; empty when there is none.
    """

    speech: bool = True
    signed: str = ""


def shown_in(
    section: Sequence[Block], text: str, by_narrator: Callable[[str], bool]
) -> list[Shown | None]:
    """Return for each paragraph of a section what it shows; None for narration.

    Args:
        section: the paragraphs of one chapter, in order.
        text: the whole book, to see which paragraphs are set in.
        by_narrator: whether a signature is the narrator's own, in their own book.
    """
    found: list[Shown | None] = [None] * len(section)
    inner = [_is_set_in(block, text) for block in section]
    for position, block in enumerate(section):
        if inner[position]:
            found[position] = Shown(not (_is_head(block) or _is_foot(block)))
        elif _quoted_whole(block.flat):
            found[position] = Shown()
    for first, last, signed in _letters(section, inner):
        own = by_narrator(signed)
        for position in range(first, last + 1):
            frame = _is_frame(section[position])
            if frame or not own:
                found[position] = Shown(not frame, signed)
    return found


def without_mark(block: Block) -> Block:
    """Return a footnote's paragraph without its ``[*]``."""
    mark = _FOOTNOTE.match(block.text)
    if mark is None:
        return block
    start = block.start + mark.end()
    return Block(block.text[mark.end() :], start, block.end, block.blank_lines)


def _is_set_in(block: Block, text: str) -> bool:
    """Tell whether a paragraph is set in; a footnote is too, and is the narrator's."""
    if _FOOTNOTE.match(block.text):
        return False
    line = text.rfind("\n", 0, block.start) + 1
    return block.start - line >= SET_IN and text[line : block.start].isspace()


def _quoted_whole(flat: str) -> bool:
    """Tell whether a paragraph is inside quotation marks from its beginning to its end."""
    if flat[:1] == "“":
        closed = flat.find("”")
        nested = flat.count("“") > 1 and closed < len(flat) - 2
        return closed == -1 or (not nested and closed >= len(flat) - 2)
    marks = flat.count('"')
    return flat[:1] == '"' and (marks % 2 == 1 or (marks == 2 and flat.endswith('"')))


def _letters(section: Sequence[Block], inner: Sequence[bool]) -> list[tuple[int, int, str]]:
    """Return (first, last, name at the foot) of each letter that has a head and a foot.

    Only letters at the margin are looked for: those that are set in are known by that.
    """
    letters: list[tuple[int, int, str]] = []
    position = 0
    while position < len(section):
        opens = not inner[position] and _is_head(section[position])
        last = _foot(section, inner, position) if opens else None
        if last is not None:
            first = _first_of_head(section, position, letters[-1][1] if letters else -1)
            name = _name_at(section, last)
            last = _past_address(section, last)
            letters.append((first, last, name))
            position = last
        elif letters and (again := _second_foot(section, position, letters[-1])) is not None:
            letters.append((position, again, letters[-1][2]))
            position = again
        position += 1
    return letters


def _is_head(block: Block) -> bool:
    flat = block.flat
    dated = len(flat) <= 130 and _DATELINE.match(flat) and _is_address(flat)
    return bool(dated or _ADDRESSED.match(flat) or salutation_of(flat))


def _foot(section: Sequence[Block], inner: Sequence[bool], head: int) -> int | None:
    """Return where a letter is signed; None when another begins first, or none is near."""
    body = head
    while body < len(section) - 1 and len(section[body].flat) <= 140 and _is_frame(section[body]):
        body += 1
    for position in range(body, min(len(section), head + LONGEST)):
        if inner[position] or (position > body and _is_head(section[position])):
            return None
        if _is_foot(section[position]):
            return position
    return None


def _is_foot(block: Block) -> bool:
    flat = block.flat
    if _SIGNED_TAIL.search(flat):
        return True
    return len(flat) <= 170 and bool(_CLOSING.match(flat) or _NAME_ONLY.match(flat))


def _first_of_head(section: Sequence[Block], head: int, after: int) -> int:
    while head - 1 > after and _is_address(section[head - 1].flat):
        head -= 1
    return head


def _past_address(section: Sequence[Block], foot: int) -> int:
    """Return the last paragraph of a foot: name and address may follow the closing words."""
    while foot + 1 < len(section):
        following = section[foot + 1]
        if _is_head(following) or not (
            _NAME_ONLY.match(following.flat) and len(following.flat) <= 140
        ):
            break
        foot += 1
    return foot


def _second_foot(section: Sequence[Block], start: int, before: tuple[int, int, str]) -> int | None:
    """Return where the same person signs once more, when the next paper has no head."""
    if start != before[1] + 1 or not before[2]:
        return None
    for position in range(start, min(len(section), start + 6)):
        if _is_head(section[position]):
            return None
        if _is_foot(section[position]) and _signed_name(section[position].flat) == before[2]:
            return position
    return None


def _is_frame(block: Block) -> bool:
    """Tell whether a paragraph of a letter is its head or its foot, and not its text."""
    flat = block.flat
    short = len(flat) <= 170
    greets = _ADDRESSED.match(flat) is not None and flat.endswith((":", ",", ":_"))
    return short and bool(
        greets
        or salutation_of(flat)
        or _CLOSING.match(flat)
        or _NAME_ONLY.match(flat)
        or _is_address(flat)
    )


def _is_address(flat: str) -> bool:
    """Tell whether a line is place, date or addressee: nearly every longer word is a name."""
    words = [word for word in re.findall(r"[A-Za-z]+", flat) if len(word) > 3]
    capital = sum(word[0].isupper() for word in words)
    named = bool(words) or re.search(r"\d", flat) is not None
    return len(flat) <= 140 and named and capital >= 0.8 * len(words)


def _name_at(section: Sequence[Block], foot: int) -> str:
    name = _signed_name(section[foot].flat)
    if name or foot + 1 == len(section):
        return name
    return _signed_name(section[foot + 1].flat)


def _signed_name(flat: str) -> str:
    """Return the name in capitals at the end of a paragraph that signs something."""
    tail = _SIGNED_TAIL.search(flat)
    if tail:
        return tail["name"].strip(" .")
    if len(flat) > 170 or not (_CLOSING.match(flat) or _NAME_ONLY.match(flat)):
        return ""
    names = _CAPITALS.findall(flat.replace("(Signed)", " "))
    return names[0].strip(" .,'’\"") if names else ""

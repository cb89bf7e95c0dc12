"""The form of a letter: heading with place and date, salutation, closing and signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from persona.collect.dates import find_date, to_edtf
from persona.collect.paragraphs import Block

_GREETING = re.compile(
    r"^(?P<greeting>(?:my\s+)?(?:own\s+)?(?:dear(?:est)?|darling|blessed|beloved|precious|hello|hi"
    r"|dear\s+old)\b[\s,]*)(?P<name>[^.!?;\n]{0,60}?)\s*[,:;!—–-]*$",
    re.IGNORECASE,
)
_HAN_GREETING = re.compile(
    r"^(?P<greeting>(?:我?最?亲爱的|親愛的|我的|敬爱的|尊敬的)?)(?P<name>[\u4e00-\u9fff·、]{1,12})\s*[:：,，]$"
)
_BARE_NAME = re.compile(r"^(?P<name>[^\W\d_][\w'’ .-]{0,30})[,:，：]$")
_CLOSING = re.compile(
    r"^(?:(?:with\s+)?(?:all\s+my\s+|much\s+|lots\s+of\s+)?love|your(?:s)?\b|ever\b|affectionately"
    r"|sincerely|(?:best|kind|warm)\s+(?:wishes|regards)|faithfully|always\b|kisses|hugs|爱你的|你的"
    r"|祝|此致|敬礼)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"^(?:[-=_*~#•·]\s*){3,}$")
_PLACE_LIMIT = 60
_LINE_LIMIT = 90


@dataclass(frozen=True)
class Heading:
    """Place and date at the head of a letter, or a date at its foot."""

    place: str
    words: str
    edtf: str | None


@dataclass(frozen=True)
class Salutation:
    """A greeting line: the whole of it, and the name or form of address in it."""

    words: str
    name: str


def is_note(block: Block) -> bool:
    """Tell whether a block is a note by whoever typed the letter up, not the writer's words.

    A Markdown heading, or a paragraph that stands in brackets from end to end.
    """
    text = block.flat.strip("*_ ")
    if re.match(r"#{1,6} ", block.flat):
        return True
    whole = re.fullmatch(r"\[[^\[\]]*\]|\([^()]*\)", text) is not None
    return whole and (text.startswith("[") or block.flat[:1] in "*_")


def is_separator(block: Block) -> bool:
    """Tell whether a block is only a line between two letters."""
    return len(block.lines) == 1 and bool(_SEPARATOR.match(block.flat))


def heading_of(line: str, day_first: bool | None = None) -> Heading | None:
    """Read a line as a heading: little more than a place and a date."""
    text = line.strip()
    if len(text) > _LINE_LIMIT:
        return None
    found = find_date(text, day_first)
    if found is None:
        edtf = to_edtf(text, day_first) if len(text) <= 40 else None
        return Heading("", text.strip(" .,"), edtf) if edtf else None
    around = (text[: found.start], text[found.end :])
    place = " ".join(part.strip(" .,;:()[]—–-") for part in around).strip()
    if len(place) > _PLACE_LIMIT or re.search(r"[.!?]\s+\S+\s+\S", place):
        return None
    place = re.sub(r"(?i)^(?:date|on)\b:?\s*", "", place)
    return Heading(place, found.words, found.edtf)


def salutation_of(line: str, *, bare_names: bool = False) -> Salutation | None:
    """Read a line as a greeting: "Dear Ruth,", "小茹：", and "Kermit:" when bare names may do."""
    text = line.strip()
    if len(text) > _LINE_LIMIT:
        return None
    match = _GREETING.match(text)
    if match and (match["name"].strip() or text[-1:] in ",:;!—–-"):
        name = match["name"].strip(" ,:;")
        if name or not re.match(r"(?i)(hello|hi)\b", text):
            return Salutation(text, name or text.strip(" ,:;!"))
    match = _HAN_GREETING.match(text)
    if match is None and bare_names:
        match = _BARE_NAME.match(text)
    return Salutation(text, match["name"]) if match else None


def signature_start(letter: Sequence[Block]) -> int:
    """Return how many blocks at the front are the letter's own; the rest closes and signs it."""
    keep = len(letter)
    while keep > 1 and len(letter) - keep < 3:
        block = letter[keep - 1]
        short = all(len(line) <= 45 for line in block.lines) and len(block.lines) <= 4
        if not short or block.flat.endswith(("?", "!")) or "P.S" in block.flat.upper():
            break
        if not (_CLOSING.match(block.flat) or _looks_signed(block)):
            break
        keep -= 1
    return keep


def signed_name(closing: Sequence[Block]) -> str:
    """Return the name at the foot of a letter: the last line that is not a closing phrase."""
    lines = [line for block in closing for line in block.lines if line]
    for line in reversed(lines):
        name = re.sub(r"^(?:爱你的|你的)\s*", "", line).strip(" .,—–-")
        if name and not _CLOSING.match(line) and find_date(line) is None:
            return name
    return re.sub(r"^(?:爱你的|你的)\s*", "", lines[-1]).strip(" .,") if lines else ""


def _looks_signed(block: Block) -> bool:
    words = re.sub(r"\(.{0,30}\)$", "", block.flat.strip(" .—–-")).split()
    if len(block.lines) > 2 or not 0 < len(words) <= 5:
        return False
    if find_date(block.flat) is not None:
        return True
    if re.search(r"[\u4e00-\u9fff]", block.flat):
        return len(block.flat) <= 8 and not re.search(r"[。！？]$", block.flat)
    return all(word[:1].isupper() or word[:1] == "(" for word in words)

"""The form of a letter: heading with place and date, salutation, closing and signature."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from persona.collect.dates import find_date, to_edtf
from persona.collect.writing.paragraphs import Block

_GREETING = re.compile(
    r"^(?P<greeting>(?:my\s+)?(?:own\s+)?(?:dear(?:est)?|darling|blessed|beloved|precious|hello|hi"
    r"|dear\s+old)\b[\s,]*)(?P<name>[^.!?;\n]{0,60}?)\s*[,:;!—–-]*$",
    re.IGNORECASE,
)
_HAN_GREETING = re.compile(
    r"^(?P<greeting>(?:(?:致|给|給)?(?:我?最?亲爱的|我?最?親愛的|我的|敬爱的|敬愛的|尊敬的))?)"
    r"(?P<name>[\u4e00-\u9fff·、A-Za-z ]{1,20}?)\s*(?P<mark>[:：,，!！]?)$"
)
_HAN_ADDRESS = re.compile(
    r"(?:(?:大人)?(?:膝下|尊前|膝前|左右|足下|慈鉴|惠鉴|台鉴|臺鑒|大鉴|雅鉴|钧鉴|英鉴|亲鉴|青览|收览|收|鉴)"
    r"|大人|如晤|如握|如面|见字如面|見字如面|见信如晤|你好|您好|敬启|敬禀者|谨启)+$"
)
_HAN_POLITE = frozenset({"敬启者", "敬啟者", "谨启者", "启者", "此致", "敬礼"})
_HAN_SIGNED = re.compile(
    r"(?:敬上|敬启|謹啟|谨启|叩上|叩首|拜上|顿首|手书|手書|手泐|手草|手启|亲笔|草上|草|字|上|启|啟|书|泐)$"
)
_HAN_SELF = re.compile(
    r"^(?:永远)?(?:深)?(?:爱你的|愛你的|你的|想你的|念你的|您的|不孝|愚|弟子|学生)?"
    r"(?:(?:女儿|女兒|儿子|兒子|孙女|孫女|孙子|孫子|侄女|外孙女|外孙|弟弟|妹妹|哥哥|姐姐|儿|兒|男|女|父|母|弟|兄|姐|妹|夫|妻|孙|孫|侄|甥|友|叔|伯|姑|舅|媳|婿)(?=[\s:：]|[\u4e00-\u9fff]{2,3}$))?"
    r"[\s:：]*"
)
_BARE_NAME = re.compile(r"^(?P<name>[^\W\d_][\w'’ .-]{0,30})[,:，：]$")
_CLOSING = re.compile(
    r"^(?:(?:with\s+)?(?:all\s+my\s+|much\s+|lots\s+of\s+)?love|your(?:s)?\b|ever\b|affectionately"
    r"|sincerely|(?:best|kind|kindest|warm|warmest)\s+(?:wishes|regards)|faithfully|always\b|kisses"
    r"|hugs|xx+\b|god bless|until (?:then|soon)|yrs\b|(?:fondly|lovingly|cheers|take care)\b"
    r"|爱你的|愛你的|你的|祝|顺祝|順祝|敬祝|遥祝|此致|敬礼|敬禮|顺颂|順頌|即颂|即頌|敬颂|恭请|敬请|此颂"
    r"|专此|專此|匆此|草此|余言后叙|再谈|[\u4e00-\u9fff]{1,2}安[!！。]?$)",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"^(?:[-=_*~#•·]\s*){3,}$")
_BESIDE_PLACE = re.compile(
    r"(?i)\b(?:\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\b\.?|o['’]clock)|(?:early\s+|late\s+)?(?:morning"
    r"|evening|afternoon|night|noon|midnight)|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)"
    r"(?:day)?\b\.?)|(?:星期|周|礼拜)[一二三四五六日天]|[清凌]?[晨夜晚](?:间|上|里)?(?=$|[\s，,])|灯下|午后|午前|深夜"
)
_ENDEARING = re.compile(
    r"^(?:(?:(?:old|own|sweet|little|precious|beloved|darling|dear(?:est)?)\s+)+)|\s+(?:dear|darling)$",
    re.IGNORECASE,
)
_HAN_KIN = re.compile(
    r"(?:吾[儿兒女妻夫弟妹兄姐友孙孫]|贤[弟妹侄婿]|爱[妻女儿]|仁?兄|姐|弟|妹|先生|女士|同志|小姐|我儿|儿)$"
)
_HAN_NAME = 12
_PLACE_LIMIT = 60
_LINE_LIMIT = 90
_CLOSING_BLOCKS = 5
"""Paragraphs that may close a letter: in a document every line is one."""

_POSTSCRIPT = re.compile(
    r"^(?:p\.?\s*p?\.?\s*s\b|n\.?\s*b\.|附[:：言]|又及|又[:：])", re.IGNORECASE
)


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
    place = re.sub(
        r"(?i)^(?:date|on|the|dated|from|日期|写于|寫於|寄自|于|於|在)(?:\b|(?=\W|[\u4e00-\u9fff])):?\s*",
        "",
        place,
    )
    place = _BESIDE_PLACE.sub("", place).strip(" .,;:()[]—–-，。")
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
    if re.search(r"[\u4e00-\u9fff]", text):
        return _chinese_salutation(text)
    bare = _BARE_NAME.match(text) if bare_names else None
    return Salutation(text, bare["name"]) if bare else None


def _chinese_salutation(text: str) -> Salutation | None:
    match = _HAN_GREETING.match(text)
    if match is None or find_date(text):
        return None
    whole = match["name"].strip()
    name = _HAN_ADDRESS.sub("", whole).strip()
    if whole in _HAN_POLITE or not name:
        return Salutation(text, "") if whole.endswith("者") else None
    formal = bool(match["greeting"]) or (name != whole and bool(match["mark"]))
    if not formal and (match["mark"] not in {"：", ":", "，", ","} or len(whole) > _HAN_NAME):
        return None
    return Salutation(text, name)


def names_in(salutation: Salutation) -> tuple[str, ...]:
    """Return what a salutation may call its addressee by, the whole of it first."""
    name = salutation.name
    found = [name, _ENDEARING.sub("", name).strip(), _HAN_KIN.sub("", name).strip()]
    return tuple(dict.fromkeys(one for one in found if len(one) > 1 or one == name != ""))


def postscript_start(letter: Sequence[Block]) -> int:
    """Return how many blocks at the front stand before the first postscript."""
    return next(
        (n for n, one in enumerate(letter) if n and _POSTSCRIPT.match(one.flat)), len(letter)
    )


def closing_line(block: Block) -> int:
    """Return which line of a paragraph closes the letter that the ones before belong to; or 0.

    "…Come home soon. / Your loving father, / Dad": the second line, so 1.
    """
    lines = block.lines
    for number in range(max(1, len(lines) - 4), len(lines)):
        if _CLOSING.match(lines[number]) and all(len(line) <= 45 for line in lines[number:]):
            return number
    return 0


def signature_start(letter: Sequence[Block]) -> int:
    """Return how many blocks at the front are the letter's own; the rest closes and signs it."""
    keep = len(letter)
    while keep > 1 and len(letter) - keep < _CLOSING_BLOCKS:
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
    undated = [line for line in lines if find_date(line) is None]
    for line in reversed(undated):
        name = own_name(line)
        loving = name != line.strip(" .,—–-") and re.search(r"[\u4e00-\u9fff]", line)
        if name and (loving or not _CLOSING.match(line)):
            return name
    return own_name(undated[-1]) if undated else ""


def own_name(line: str) -> str:
    """Return the name in a signature: "爱你的爸爸" and "儿 海生 叩上" without what is around it."""
    plain = line.strip(" .,—–-，。")
    if not re.search(r"[\u4e00-\u9fff]", plain):
        return plain
    bare = _HAN_SIGNED.sub("", plain).strip(" ，,")
    return _HAN_SELF.sub("", bare).strip() or bare or plain


def _looks_signed(block: Block) -> bool:
    words = re.sub(r"\(.{0,30}\)$", "", block.flat.strip(" .—–-")).split()
    if len(block.lines) > 2 or not 0 < len(words) <= 5:
        return False
    if find_date(block.flat) is not None:
        return True
    if re.search(r"[\u4e00-\u9fff]", block.flat):
        return len(block.flat) <= 8 and not re.search(r"[。！？]$", block.flat)
    return all(word[:1].isupper() or word[:1] == "(" for word in words)

r"""Bytes → characters, always the same way, so that positions in a text stay true.

The decoded text of a file is: its bytes in the recorded encoding, without a byte order mark,
with every line end as ``\n``. All character positions of selectors count in this text.
"""

import codecs
import re
from dataclasses import dataclass
from typing import Any

from persona.errors import UnreadableSource

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


@dataclass(frozen=True)
class Decoded:
    """A text with the encoding that its bytes were in."""

    text: str
    encoding: str


def decode(data: bytes, name: str = "The file", encoding: str = "") -> Decoded:
    """Return the text of a file.

    Args:
        data: the whole file.
        name: what to call the file in an error.
        encoding: the encoding that was found earlier; empty: find it.

    Raises:
        UnreadableSource: no encoding makes this a text.
    """
    found = encoding or detect_encoding(data)
    if found == "gedcom":  # ANSEL, of old family trees: a codec that Python does not have
        import ansel

        ansel.register()
    try:
        text = data.decode(found) if found else ""
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableSource(f"{name} is not text in {found}. {_ADVICE}") from error
    if not found:
        raise UnreadableSource(f"{name} is in an encoding that cannot be recognised. {_ADVICE}")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(text, found)


_ADVICE = "Open it where it was written and save it as UTF-8."


def detect_encoding(data: bytes) -> str:
    """Return a Python codec name, or nothing.

    The order: byte order mark, UTF-8, UTF-16 without a mark (by its zero bytes), then Chinese
    against Western single-byte encodings by how readable the outcome is.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding if _decodes(data, encoding) else ""
    if _decodes(data, "utf-8") and b"\x00" not in data:
        return "utf-8"
    if b"\x00" in data[:4096]:
        return _utf16_without_mark(data)
    return _legacy(data)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return _controls(text) == 0


def well_formed(value: Any) -> Any:
    r"""Return a value in which no text holds half a character; the archive could not keep it.

    JSON may write half of a pair of code units (``\\ud83d``: a smiley that a program cut in two).
    Each becomes U+FFFD, so places in a text stay true. Lists and tables are gone through.
    """
    if isinstance(value, str):
        return value if value.isascii() else _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [well_formed(one) for one in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(one) for key, one in value.items()}
    return value


def decode_head(head: bytes) -> str:
    """Return the text of the first bytes of a file, or nothing if they are not text.

    A character that the cut went through is left away.
    """
    for cut in range(4):  # UTF-8 first: a cut through it must not look like another encoding
        piece = head[: len(head) - cut]
        if b"\x00" not in piece and _decodes(piece, "utf-8"):
            return decode(piece, encoding="utf-8").text
    for cut in range(4):
        try:
            return decode(head[: len(head) - cut]).text
        except UnreadableSource:
            continue
    return ""


def _controls(text: str) -> int:
    return len(_CONTROL.findall(text))


def _utf16_without_mark(data: bytes) -> str:
    if len(data) % 2:
        return ""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return encoding if max(even, odd) > len(data) // 8 and _decodes(data, encoding) else ""


def _legacy(data: bytes) -> str:
    """Choose between Chinese and Western encodings.

    A Chinese text decodes to common characters in its own encoding, GB 18030 or Big5; a Western
    text read as Chinese usually breaks, or gives rare ones. Otherwise charset-normalizer is
    asked, which takes a short letter in Big5 for Japanese.
    """
    gb = _common_chinese(data, "gb18030")
    big5 = _common_chinese(data, "cp950")
    if gb > 0.7 and gb >= big5:
        return "gb18030"
    if _decodes(data, "cp1252") and _western(data.decode("cp1252")):
        return "cp1252"
    if big5 > 0.7 and not _is_japanese(data):
        return "cp950"
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is not None and _decodes(data, best.encoding):
        return str(best.encoding)
    return ""


_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "cp950": ("cp950", 0xA4, 0xC6)}
"""Where each keeps its most used characters (3,755 and 5,401), by the first of two bytes."""


def _common_chinese(data: bytes, encoding: str) -> float:
    """Return the share of an encoding's most used characters among the non-ASCII ones."""
    if not _decodes(data, encoding):
        return 0.0
    foreign = [sign for sign in data.decode(encoding) if not sign.isascii()]
    codec, first, last = _COMMON[encoding]
    common = 0
    for sign in foreign:
        try:
            lead = sign.encode(codec)[0]
        except UnicodeEncodeError:
            continue
        common += first <= lead <= last or 0xA1 <= lead <= 0xA3  # punctuation, full width
    return common / len(foreign) if foreign else 0.0


def _is_japanese(data: bytes) -> bool:
    """Tell whether this is EUC-JP, whose hiragana are common Chinese characters in Big5."""
    if not _decodes(data, "euc_jp"):
        return False
    foreign = [sign for sign in data.decode("euc_jp") if not sign.isascii()]
    return sum("\u3041" <= sign <= "\u309f" for sign in foreign) > 0.35 * len(foreign)


def _western(text: str) -> bool:
    """Tell whether the non-ASCII signs are those of Western writing, and few."""
    foreign = [sign for sign in text if not sign.isascii()]
    usual = sum(sign.isalpha() or sign in "‘’“”–—…•«»°£€§ ¡¿·´½¼" for sign in foreign)
    return len(foreign) < 0.25 * len(text) and usual >= 0.9 * len(foreign)

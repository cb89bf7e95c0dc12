"""The characters of a family tree file: what its header says of its encoding, checked.

GEDCOM 5.5.1 names the encoding in ``HEAD.CHAR``; GEDCOM 7 is UTF-8. Programs often name the
wrong one: what is UTF-8 without a doubt is read as UTF-8 whatever the header says.
"""

import re

from persona.collect.decoding import Decoded, decode, detect_encoding
from persona.errors import UnreadableSource

_CLAIM = re.compile(rb"[\r\n][ \t]*1[ \t]+CHAR[ \t]+([^\r\n]{1,40})")
_NAMED = {
    "ANSEL": "gedcom",
    "ANSI": "cp1252",
    "WINDOWS": "cp1252",
    "CP1252": "cp1252",
    "LATIN1": "cp1252",
    "ISO88591": "cp1252",
    "IBMWINDOWS": "cp1252",
    "IBMPC": "cp437",
    "IBMDOS": "cp437",
    "IBM": "cp437",
    "MSDOS": "cp437",
    "OEM": "cp850",
    "MACINTOSH": "mac_roman",
    "MAC": "mac_roman",
    "GB18030": "gb18030",
    "GBK": "gb18030",
    "GB2312": "gb18030",
    "BIG5": "big5hkscs",
}
"""What programs write, without spaces and hyphens, and Python's name for it.

``gedcom`` is ANSEL (ANSI/NISO Z39.47) with the signs that GEDCOM adds; see the package `ansel`.
"""


def tree_text(data: bytes, name: str) -> Decoded:
    """Return the text of a family tree file, with the encoding that its bytes are in.

    Raises:
        UnreadableSource: no encoding makes this a text.
    """
    for encoding in _candidates(data):
        try:
            return decode(data, name, encoding)
        except UnreadableSource:
            continue
    return decode(data, name)


def _candidates(data: bytes) -> list[str]:
    found = detect_encoding(data)
    if found.startswith("utf"):
        return [found]
    claim = _CLAIM.search(data[:65_536])
    plain = re.sub(r"[\s_-]", "", claim[1].decode("ascii", "replace").upper()) if claim else ""
    named = _NAMED.get(plain) or _windows(plain)
    return [one for one in (named, found, "cp1252") if one]


def _windows(plain: str) -> str:
    """Return the code page of ``WINDOWS-1250`` and its like."""
    page = re.fullmatch(r"(?:WINDOWS|ANSI|CP)?(125[0-8])", plain)
    return f"cp{page[1]}" if page else ""

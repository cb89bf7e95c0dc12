"""What form a document has, by its first bytes, never by its name."""

from persona.collect.decoding import decode_head
from persona.collect.writing.html_text import looks_like_html

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCX_MARKS = (b"word/document.xml", b"word/_rels", b"word/styles.xml")
_FIRST_NAMES = (b"[Content_Types].xml", b"_rels/", b"word/", b"docProps/", b"customXml/")
_ODT = b"application/vnd.oasis.opendocument.text"
_HEAD_BYTES = 1 << 18


def form_of(data: bytes) -> str:
    """Return ``pdf``, ``docx``, ``odt``, ``rtf``, ``html``, ``doc`` or nothing, by first bytes."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_OLD_OFFICE):
        return "doc"
    if data.startswith(b"PK\x03\x04"):
        return _zipped_form(data)
    start = data[:4000].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return "html" if start[:1] == b"<" and looks_like_html(decode_head(data[:4000])) else ""


def _zipped_form(data: bytes) -> str:
    """Tell by the names in a zip's local headers: its directory is at the end, maybe not here.

    The first name must be an office document's, or a zip with a docx inside would pass for one.
    """
    head = data[:_HEAD_BYTES]
    first = head[30 : 30 + int.from_bytes(head[26:28], "little")]
    if first == b"mimetype":
        return "odt" if _ODT in head[30:200] else ""
    if not first.startswith(_FIRST_NAMES):
        return ""
    office = b"[Content_Types].xml" in head and b"xl/" not in head and b"ppt/" not in head
    return "docx" if office or any(mark in head for mark in _DOCX_MARKS) else ""

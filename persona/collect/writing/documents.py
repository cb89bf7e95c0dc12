"""Documents of word processors, pdf files and web pages, read as the writing that they hold.

    docx  odt            their XML                     (`office_text`)
    rtf                  striprtf
    html                 its text                      (`html_text`)
    pdf                  the text of its pages         (`pdf_text`); pages that are only pictures
                         are read by the text reader   (`scan`)

What a file is, its first bytes say, never its name. The text that is taken out is always the
same for the same file, so that positions in it stay true.
"""

import re
from importlib.metadata import version

from persona.collect.decoding import decode
from persona.collect.importer import Reading, Request
from persona.collect.writing.document_forms import form_of
from persona.collect.writing.extracted import Extracted, check_size
from persona.collect.writing.html_text import html_text
from persona.collect.writing.office_text import (
    DOCX_PARTS,
    ODT_PARTS,
    joined,
    office_text,
    pictures_in,
)
from persona.collect.writing.pdf_text import MAX_BYTES, pdf_text
from persona.collect.writing.registry import WRITINGS, read_writing
from persona.collect.writing.scan import with_scanned_pages
from persona.errors import UnreadableSource, UnsafeSource

EXTRACTION = "1"
"""Version of our own way to take text out of docx, odt and html; it is recorded."""


class Document:
    """Reads documents that are not plain text."""

    name = "document"
    kinds = WRITINGS

    def recognises(self, head: bytes, name: str) -> bool:  # noqa: ARG002
        """Look for the marks of a pdf, an office document, RTF or HTML."""
        return bool(form_of(head))

    def read(self, request: Request) -> Reading:
        """Read the letters, the diary or the book that a document holds."""
        if request.path.stat().st_size > MAX_BYTES:
            raise UnsafeSource(f"{request.relative} is too large to be read (512 MB). Cut it.")
        data = request.path.read_bytes()
        form = form_of(data)
        taken = taken_out(data, request.name)
        if form == "pdf":
            taken = with_scanned_pages(request, data, taken)
        if not any(sign.isalnum() for sign in taken.text):
            raise UnreadableSource(_no_words(request, data, form))
        reading = read_writing(request, taken)
        held = pictures_in(data) if form in {"docx", "odt"} else 0
        if held:
            reading.details["pictures_inside"] = held
            reading.warnings.append(
                f"It holds {held} pictures, which were not taken in. Save them beside it as files."
            )
        return reading


def taken_out(data: bytes, name: str, encoding: str = "") -> Extracted:
    """Return the text of a document, or of a plain text.

    Args:
        data: the whole file.
        name: what to call it in an error.
        encoding: of a plain text or web page, where it is known.

    Raises:
        UnreadableSource: it is damaged, locked, or of a kind that cannot be read.
        UnsafeSource: it is larger than any writing, or made to do harm.
    """
    form = form_of(data)
    if form == "pdf":
        return _from_pdf(data, name)
    if form == "doc":
        raise UnreadableSource(
            f"{name} is in Word's old form, or locked. Save it as .docx without a password."
        )
    if form in {"docx", "odt"}:
        parts = DOCX_PARTS if form == "docx" else ODT_PARTS
        return Extracted(office_text(data, parts, name), _by("persona", EXTRACTION))
    check_size(len(data), name)
    if form == "rtf":
        return Extracted(_rtf_text(data, name), _by("striprtf", version("striprtf")))
    decoded = decode(data, name, encoding)
    kept = {"encoding": decoded.encoding}
    if form != "html":
        return Extracted(decoded.text, kept)
    return Extracted(html_text(decoded.text), kept | _by("persona", EXTRACTION))


def _by(library: str, used: str) -> dict[str, object]:
    return {"extraction": {"library": library, "version": used}}


def _from_pdf(data: bytes, name: str) -> Extracted:
    taken = pdf_text(data, name)
    begins: list[int] = []
    text = ""
    for page in taken.pages:
        if text and page and not text.endswith("\n\n"):
            text += _between(text, page)
        begins.append(len(text))
        text += page
    return Extracted(text, _by(taken.library, taken.version), begins)


def _between(before: str, page: str) -> str:
    """Return what parts two pages: a paragraph that goes on over the page stays one."""
    last, first = before[-1:], page[:1]
    if _is_han(first):
        return "\n" if _is_han(last) or last in "，、；" else "\n\n"
    return "\n" if first.islower() and (last.isalnum() or last in ",;-") else "\n\n"


def _is_han(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"


def _rtf_text(data: bytes, name: str) -> str:
    from striprtf.striprtf import rtf_to_text

    rtf = re.sub(rb"\\bin\d+ ?", b"", data).decode("latin-1")
    try:
        text = str(rtf_to_text(rtf, encoding="cp1252", errors="replace"))  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, IndexError, KeyError, OverflowError) as error:
        raise UnreadableSource(f"{name} is damaged. Save it as .docx and collect that.") from error
    except RecursionError as error:
        raise UnreadableSource(f"{name} is damaged. Save it as .docx and collect that.") from error
    lines = [line.strip(" \t\x00") for line in text.replace("\r", "\n").split("\n")]
    return joined(lines)


def _no_words(request: Request, data: bytes, form: str) -> str:
    if form == "pdf" and request.senses.text_reader is None:
        return (
            f"{request.relative} holds only pictures of pages, and nothing here reads pictures. "
            "Set text_reader in persona.toml."
        )
    if form in {"docx", "odt"} and pictures_in(data):
        return f"{request.relative} holds pictures but no words. Save the pictures as files."
    return f"{request.relative} holds no words to keep."

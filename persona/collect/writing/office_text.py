"""Documents of office programs → their text: docx (ECMA-376) and odt (OASIS ODF 1.3).

Both are zips of XML. The XML is read as a stream, without entities or document types, and no
part is unpacked beyond `MAX_PART_BYTES`, so that a bomb cannot fill memory. Deleted words of
tracked changes, comments of others and field codes are not the writer's words and are left out.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise
from xml.etree.ElementTree import ParseError

from persona.errors import UnreadableSource, UnsafeSource

MAX_PART_BYTES = 48 * 2**20
DOCX_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
ODT_PARTS = ("content.xml",)

_PARAGRAPHS = frozenset({"p", "h"})
_ROWS = frozenset({"tr", "table-row"})
_CELLS = frozenset({"tc", "table-cell"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "line-break": "\n", "noBreakHyphen": "-"}
_SILENT = frozenset(
    "Fallback del moveFrom instrText delText tracked-changes annotation note-citation "
    "tracked-deletion sectPr pPr rPr automatic-styles styles scripts font-face-decls".split()
)
_CLOCK = re.compile(r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,:]\d{1,3})?[\])]?")
_SENTENCE_ENDS = tuple(".!?。！？:：”\"'’…")
_LOCKED = "Take off its password, or save it again, and collect that."


def office_text(data: bytes, parts: Sequence[str], name: str) -> str:
    """Return the text of an office document, paragraphs with an empty line between them.

    Args:
        data: the document.
        parts: the members of its zip that hold text, the first of which it must have.
        name: what to call the document in an error.

    Raises:
        UnreadableSource: it is damaged, or locked with a password.
        UnsafeSource: it unpacks to more than any document, or has XML that does harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            held = [part for part in parts if part in opened.namelist()]
            if parts[0] not in held:
                raise UnreadableSource(f"{name} has no text inside. {_LOCKED}")
            texts = [_parsed(_part(opened, part, name), name) for part in held]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise UnreadableSource(f"{name} is damaged, or locked. {_LOCKED}") from error
    except (NotImplementedError, RuntimeError, KeyError, IndexError, OverflowError) as error:
        raise UnreadableSource(f"{name} is damaged, or locked. {_LOCKED}") from error
    return "\n\n".join(text for text in texts if text)


def pictures_in(data: bytes) -> int:
    """Return how many pictures an office document holds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return sum(
                one.startswith(("word/media/", "Pictures/")) and not one.endswith("/")
                for one in opened.namelist()
            )
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0


def joined(paragraphs: Sequence[str]) -> str:
    """Return paragraphs as one text.

    An empty line stands between them, except where every line of the writing was typed as a
    paragraph of its own: a line that breaks off is then followed by one that goes on.
    """
    pairs = [(one, after) for one, after in pairwise(paragraphs) if one.strip() and after.strip()]
    long = [(one, after) for one, after in pairs if len(one) >= 40]
    broken = sum(not one.rstrip().endswith(_SENTENCE_ENDS) for one, _ in long)
    typed_by_line = len(long) >= 2 and broken * 2 > len(long)
    return ("\n" if typed_by_line else "\n\n").join(paragraphs).strip("\n")


def _part(opened: zipfile.ZipFile, part: str, name: str) -> bytes:
    with opened.open(part) as packed:
        data = packed.read(MAX_PART_BYTES + 1)
    if len(data) > MAX_PART_BYTES:
        raise UnsafeSource(f"{name} unpacks to more than any document holds and was left out.")
    return data


def _parsed(xml: bytes, name: str) -> str:
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import XMLParser  # type: ignore[import-untyped]

    reader = _Reader()
    parser = XMLParser(target=reader, forbid_dtd=True)
    try:
        parser.feed(xml)
        parser.close()
    except DefusedXmlException as error:
        raise UnsafeSource(f"{name} holds XML that could do harm and was left out.") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableSource(f"{name} is damaged, or locked. {_LOCKED}") from error
    return joined(reader.paragraphs)


class _Reader:
    """Collects paragraphs from the events of an XML parser; keeps no tree."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self._open: list[list[str]] = []
        self._rows: list[list[list[str]]] = []
        self._cells: list[list[str]] = []
        self._silent = 0
        self._word = 0
        self._odf = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        local = _local(tag)
        self._odf = self._odf or local == "document-content"
        if self._silent or (local in _SILENT and not (self._odf and local == "del")):
            self._silent += 1
        elif local in _PARAGRAPHS:
            self._open.append([])
        elif local in _ROWS:
            self._rows.append([])
        elif local in _CELLS:
            self._cells.append([])
        elif local in _BREAKS and self._open:
            self._open[-1].append(_BREAKS[local])
        elif local == "s" and self._open:
            count = next((n for key, n in attributes.items() if _local(key) == "c"), "1")
            self._open[-1].append(" " * min(int(count) if count.isdigit() else 1, 200))
        elif local == "t":
            self._word += 1

    def data(self, text: str) -> None:
        """Take characters: in docx only those of runs, in odt all of a paragraph."""
        if self._silent or not self._open:
            return
        if self._odf:
            self._open[-1].append(re.sub(r"\s+", " ", text))
        elif self._word:
            self._open[-1].append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        local = _local(tag)
        if self._silent:
            self._silent -= 1
        elif local in _PARAGRAPHS and self._open:
            text = "".join(self._open.pop()).replace("\r", "\n").strip(" \t\n")
            self._around().append(text)
        elif local in _CELLS and self._cells:
            cell = self._cells.pop()
            (self._rows[-1].append if self._rows else self._around().extend)(cell)
        elif local in _ROWS and self._rows:
            row = _row_text(self._rows.pop())
            self._around().extend(row)
        elif local == "t":
            self._word = max(0, self._word - 1)

    def _around(self) -> list[str]:
        """Return where a finished paragraph belongs: the open cell, or the document."""
        return self._cells[-1] if self._cells else self.paragraphs

    def close(self) -> None:
        """Nothing is left to do."""


def _row_text(cells: Sequence[Sequence[str]]) -> list[str]:
    """Return the paragraphs of a table's row: ``[00:12] Ruth: …`` where it is a transcript's."""
    flat = [" ".join(part for part in cell if part) for cell in cells]
    if len(flat) < 2 or not _CLOCK.fullmatch(flat[0].strip()):
        return [part for cell in cells for part in cell]
    if len(flat) >= 3 and flat[1] and not flat[1].endswith((":", "：")):
        flat[1] += ":"
    return [" ".join(part for part in flat if part)]


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]

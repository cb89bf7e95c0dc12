"""The other process in which PDFium looks at a pdf, so that a malformed one harms nobody.

    python pdf_worker.py text   < letter.pdf     → JSON: pages with their lines and places
    python pdf_worker.py draw 3 < letter.pdf     → page 3 as a PNG, at most 2,600 pixels a side

It stands alone on purpose: it imports PDFium and nothing of this package, and starts in a tenth
of a second. `persona.collect.writing.pdf_text` starts it, with a limit of time.
"""

import io
import json
import sys
from typing import Any

MAX_PAGES = 3000
MAX_MEMORY_BYTES = 3 * 2**30
MAX_CPU_S = 300
LONGEST_SIDE = 2600
DOTS_PER_INCH = 200
_HYPHENS = {"\x02": "-", "\xad": "-", "\ufffe": "-"}
LOCKED, DAMAGED, TOO_LONG = 3, 4, 5
"""Exit codes: needs a password, cannot be read, has more than `MAX_PAGES` pages."""


def main(job: str, page: int = 0) -> int:
    """Read a pdf from the standard input and write what was asked for to the standard output."""
    _limit()
    import pypdfium2 as pdfium  # type: ignore[import-untyped]

    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
    except pdfium.PdfiumError as error:
        return LOCKED if "assword" in str(error) else DAMAGED
    if len(document) > MAX_PAGES:
        return TOO_LONG
    try:
        made = _drawn(document, page) if job == "draw" else _text(document)
    except (pdfium.PdfiumError, ValueError, MemoryError, OSError):
        return DAMAGED
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _limit() -> None:
    """Give up memory and time beyond what any letter needs, where the system can do that."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or hard >= most:
            resource.setrlimit(what, (most, hard))


def _text(document: Any) -> bytes:
    import pypdfium2.version as installed  # type: ignore[import-untyped]

    pages = [_page(document, number) for number in range(len(document))]
    versions = {"library": "pypdfium2", "version": str(installed.PYPDFIUM_INFO)}
    return json.dumps(versions | {"pages": pages}).encode()


def _page(document: Any, number: int) -> list[Any]:
    """Return the lines of a page as [text, x, y, width, height], y from the top, in points."""
    from pypdfium2 import raw

    try:
        page = document[number]
        height = page.get_height()
        opened = page.get_textpage()
    except Exception:  # noqa: BLE001 - one damaged page must not cost the others
        return []
    lines: list[Any] = []
    line: list[tuple[str, tuple[float, float, float, float]]] = []
    for index in range(opened.count_chars()):
        sign = _sign(raw.FPDFText_GetUnicode(opened.raw, index))
        if sign in "\r\n":
            _add(lines, line, height)
            line = []
        elif sign:
            line.append((sign, opened.get_charbox(index, loose=True)))
    _add(lines, line, height)
    return lines


def _sign(code: int) -> str:
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return ""
    sign = chr(code)
    sign = _HYPHENS.get(sign, sign)
    return sign if sign.isprintable() or sign in "\r\n" else " "


def _add(lines: list[Any], line: list[Any], page_height: float) -> None:
    """Add a line; signs without a place (spaces that PDFium adds) count for its text only."""
    text = "".join(sign for sign, _ in line).strip()
    placed = [box for sign, box in line if sign.strip() and box[2] > box[0]]
    if not text:
        return
    if not placed:
        lines.append([text, 0.0, 0.0, 0.0, 0.0])
        return
    left, right = min(box[0] for box in placed), max(box[2] for box in placed)
    bottom, top = min(box[1] for box in placed), max(box[3] for box in placed)
    lines.append(
        [text, *(round(part, 2) for part in (left, page_height - top, right - left, top - bottom))]
    )


def _drawn(document: Any, number: int) -> bytes:
    page = document[number - 1]
    longest = max(page.get_width(), page.get_height(), 1.0)
    scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / longest)
    picture = page.render(scale=scale).to_pil().convert("RGB")
    made = io.BytesIO()
    picture.save(made, "PNG", compress_level=1)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))

"""Pdf (ISO 32000) → the text of its pages, or a picture of one; PDFium works in another process.

A pdf is the most dangerous file a family can hand in: what crashes, hangs or fills memory does
so in `persona.collect.writing.pdf_worker`, and costs one sentence.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from persona.collect.writing import pdf_worker
from persona.collect.writing.page_layout import PlacedLine, laid_out, usual_step
from persona.errors import UnreadableSource, UnsafeSource

TEXT_LIMIT_S = 120
DRAW_LIMIT_S = 60
MAX_BYTES = 512 * 2**20
_WORKER = Path(pdf_worker.__file__)


@dataclass(frozen=True)
class PdfText:
    """The text of each page, and what took it out."""

    pages: tuple[str, ...]
    library: str
    version: str


def pdf_text(data: bytes, name: str) -> PdfText:
    """Return the text of every page; empty for a page that is only a picture.

    Raises:
        UnreadableSource: it is damaged, or locked with a password.
        UnsafeSource: it has more than 3,000 pages, or takes more than two minutes.
    """
    made = json.loads(_work(data, name, TEXT_LIMIT_S, "text"))
    placed = [[PlacedLine(str(line[0]), *line[1:]) for line in page] for page in made["pages"]]
    usual = usual_step(placed)
    pages = tuple(laid_out(lines, usual).text for lines in placed)
    return PdfText(pages, made["library"], made["version"])


def draw_page(data: bytes, page: int, name: str) -> bytes:
    """Return a page (the first is 1) as a PNG at 200 dots an inch, 2,600 pixels at the most.

    Raises:
        UnreadableSource: the page cannot be drawn.
        UnsafeSource: it takes more than a minute.
    """
    return _work(data, name, DRAW_LIMIT_S, "draw", str(page))


def _work(data: bytes, name: str, limit_s: float, *job: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise UnsafeSource(f"{name} is too large to be read (512 MB). Cut it into parts.")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER), *job],
            input=data,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnsafeSource(f"{name} takes too long to be read and was left out.") from error
    except OSError as error:
        raise UnreadableSource(f"{name} could not be read: {error.strerror}.") from error
    if done.returncode == pdf_worker.LOCKED:
        raise UnreadableSource(
            f"{name} is locked with a password. Save it without one and collect that."
        )
    if done.returncode == pdf_worker.TOO_LONG:
        raise UnsafeSource(f"{name} has more than {pdf_worker.MAX_PAGES} pages. Cut it into parts.")
    if done.returncode != 0 or not done.stdout:
        raise UnreadableSource(f"{name} is damaged, or no pdf. Print it to a new pdf.")
    return done.stdout

"""Web pages and HTML mails → their text. What stands quoted keeps a ``>`` before each line."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol li table tr section article header footer blockquote pre "
    "address dl dt dd hr figure figcaption body html center form fieldset".split()
)
_SPACED = frozenset("p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre section article hr".split())
_SILENT = frozenset("script style head title noscript template svg math object iframe".split())
_NO_TAG = re.compile(r"<(?![a-zA-Z/!?][^<>]{0,20000}>)")
_STARTS = re.compile(
    r"^(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype\s+html|html|head|body|meta|title|div|p|h[1-6]"
    r"|table|span|font|center|br)\b",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_html(text: str) -> bool:
    """Tell whether a text begins like a web page."""
    return text.lstrip("\ufeff \t\r\n")[:1] == "<" and bool(_STARTS.match(text[:4000]))


def html_text(page: str) -> str:
    """Return the text of a page, with an empty line between its paragraphs."""
    reader = _Reader()
    reader.feed(_tamed(page))
    reader.close()
    text = "\n".join(reader.finished())
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _tamed(page: str) -> str:
    """Return a page without comments and without ``<`` that begin no tag.

    The parser of the standard library looks at those again and again, for hours if they are many.
    """
    pieces: list[str] = []
    position = 0
    while (start := page.find("<!--", position)) >= 0:
        pieces.append(page[position:start])
        end = page.find("-->", start + 4)
        if end < 0:
            pieces.append(page[start + 4 :].replace("<!--", ""))
            position = len(page)
            break
        position = end + 3
    pieces.append(page[position:])
    return _NO_TAG.sub("&lt;", "".join(pieces))


# ruff: noqa: ARG002 - the parser hands over more than is needed


class _Reader(HTMLParser):
    """Collects lines from the events of the parser; damaged HTML is read as far as it goes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._quoted = 0
        self._kept = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag == "br":
            self._break()
        if tag in _BLOCKS:
            self._end_line()
            if tag in _SPACED:
                self._gap()
            self._quoted += tag == "blockquote"
            self._kept += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCKS:
            self._end_line()
            if tag in _SPACED:
                self._gap()
            self._quoted = max(0, self._quoted - (tag == "blockquote"))
            self._kept = max(0, self._kept - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        """Take characters."""
        if self._silent:
            return
        if self._kept:
            for number, line in enumerate(data.split("\n")):
                if number:
                    self._break()
                self._line.append(line)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f\xa0]+", " ", data))

    def finished(self) -> list[str]:
        """Return the lines."""
        self._end_line()
        return self._lines

    def _break(self) -> None:
        if self._line:
            self._end_line()
        else:
            self._gap()

    def _end_line(self) -> None:
        text = re.sub(r" {2,}", " ", "".join(self._line)).strip()
        self._line = []
        if text:
            self._lines.append("> " * min(self._quoted, 9) + text)

    def _gap(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

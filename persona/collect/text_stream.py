"""Long texts as a stream of lines or pieces, so that a chat of a gigabyte fits into memory.

    file ─ encoding (found in one cheap pass) ─▶ (position, line)   chat exports in text
                                             ╰─▶ pieces of 1 MiB    JSON (see `json_stream`)

The characters are those of `persona.collect.decoding`: no byte order mark, every line end as a
line feed. So positions that are counted here are positions of selectors.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from persona.collect.decoding import detect_encoding
from persona.errors import UnreadableSource

LONGEST_LINE = 1 << 20
"""Characters. Messengers cut messages at 65,536; a longer line is no message."""

_PIECE = 1 << 20
_SAMPLE = 4 << 20


@dataclass(frozen=True)
class TextStream:
    """A text file that is read from its beginning as often as needed, never as a whole."""

    path: Path
    name: str
    encoding: str

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield (position of its first character, line without its end).

        Raises:
            UnreadableSource: a line is longer than any message, or the encoding breaks.
        """
        position = 0
        try:
            with self.path.open(encoding=self.encoding, newline=None) as file:
                if file.read(1) != "\ufeff":
                    file.seek(0)
                while line := file.readline(LONGEST_LINE + 1):
                    if len(line) > LONGEST_LINE:
                        raise UnreadableSource(
                            f"{self.name} holds a line of more than {LONGEST_LINE:,} characters, "
                            "which no chat has. Export the chat again."
                        )
                    yield position, line[:-1] if line[-1] == "\n" else line
                    position += len(line)
        except UnicodeError as error:
            raise self._broken() from error

    def check_message(self, size: int) -> None:
        """Refuse a message of so many characters as no chat has. Raises `UnreadableSource`."""
        if size > LONGEST_LINE:
            raise UnreadableSource(
                f"{self.name} holds a message of more than {LONGEST_LINE:,} characters, which no "
                "chat has. Export the chat again."
            )

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of about a million characters. Raises `UnreadableSource`."""
        try:
            with self.path.open(encoding=self.encoding, newline=None) as file:
                first = file.read(_PIECE).removeprefix("\ufeff")
                if first:
                    yield first
                while piece := file.read(_PIECE):
                    yield piece
        except UnicodeError as error:
            raise self._broken() from error

    def _broken(self) -> UnreadableSource:
        return UnreadableSource(
            f"{self.name} is not text in {self.encoding} from beginning to end. "
            "Save it as UTF-8, or export it again."
        )


def open_text(path: Path, name: str) -> TextStream:
    """Find the encoding of a text of any length.

    UTF-8 is checked over the whole file, piece by piece; other encodings are found from its
    first 4 MiB. Control characters do not spoil a text: people paste them into messages.

    Raises:
        UnreadableSource: the file is not text in any encoding that can be recognised.
    """
    with path.open("rb") as file:
        head = file.read(4)
    marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not marked and _is_utf8(path):
        return TextStream(path, name, "utf-8")
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if len(sample) == _SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    encoding = detect_encoding(sample)
    if not encoding:
        raise UnreadableSource(
            f"{name} is in an encoding that cannot be recognised. "
            "Open it where it was written and save it as UTF-8."
        )
    return TextStream(path, name, encoding)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                if b"\x00" in piece:
                    return False
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True

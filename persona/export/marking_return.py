"""Whether what is handed in left a program before: what it made comes back, and is no evidence.

    sound    seal (C2PA) ─▶ watermark     also where it was cut, sent on or saved anew
    text     which program wrote it ─▶ the notices in its words     also renamed, printed, copied

Exact copies and sentences of conversations are known to the archive (`persona.remember.generated`);
here is what no archive need know, because the file says it. No sign proves that a file is real.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from persona.errors import EngineError, MadeByProgram, MissingModel, UnreadableSource
from persona.export.compare_words import words as compare_words
from persona.export.marking import open_watermark
from persona.export.marking_seal import SealState, read_seal
from persona.export.marking_signs import MarkFound, find_mark
from persona.export.report_wording import word as report_word
from persona.records import PassageFields
from persona.remember.generated import normalised

_HEAD_BYTES = 1 << 22
_WRITTEN_BY = re.compile(
    rb'<meta\s[^<>]*name=["\']?generator["\']?[^<>]*content=["\']?memorial-persona\b'
    rb'|"made_by"\s*:\s*"memorial-persona\b',
    re.IGNORECASE,
)
_RECORD = re.compile(r"\b(?:trn|sen|con|mem|psg|src|ver|wdr)_[0-9a-f]{20}\b")
"""An id as only this program makes them (`persona.records.ids`)."""

_BLANK = re.compile(r"\{\w+\}")
_NAME = ".{1,80}?"  # what stands in a blank: a name, a number
_TAIL = 400  # letters that are looked at again with the next passage: a notice cut in two
_SHORTEST = 24  # letters of a notice that nobody says by chance
_ANCHOR = 16
_LEAST_S = 1.5
"""Seconds of watermark on which a recording is set aside: what the persona says is longer, its
spoken notice alone is; a second of a pure tone was once taken for a mark."""

_USED = "It is kept and set aside: nothing in it becomes anybody's words."
_SEALED = f"A seal inside it says that a program made it, or a part of it. {_USED}"
_SPOKEN = "A program speaks in it: it carries the watermark of synthetic speech ({where})."
_WRITTEN = f"This program wrote it: it holds what a simulation said, or figures about it. {_USED}"
_NOTICE = f"It holds the notice that stands before what a simulation says. {_USED}"
_UNHEARD = "Recordings come in without a look for the watermark of synthetic speech. {error}"


class Returning:
    """Looks for the signs of a program in what comes in; one for each collect."""

    def __init__(self, models: Path, notices: Iterable[str], say: Callable[[str], None]) -> None:
        """Remember what is looked for.

        Args:
            models: folder of models, for the watermark. Without its weights only seals are read,
                and ``say`` is told one sentence with the first recording.
            notices: sentences that stand before what a simulation says, with ``{blanks}``; those
                of pages that this program writes are known here.
            say: where that sentence goes.
        """
        self._models, self._say, self._deaf = models, say, False
        self._notices = [_pattern(one) for one in {*notices, *_page_notices()} if _telling(one)]

    def refuse_file(self, file: Path, *, is_sound: bool) -> None:
        """Refuse a file that says itself that a program made it.

        Args:
            file: of any kind.
            is_sound: a recording or a film: it is listened to (25 ms for a second of sound).

        Raises:
            MadeByProgram: it does, in one sentence that says where the sign was found.
            OSError: the file cannot be read.
        """
        if not is_sound:
            if _is_written_here(file):
                raise MadeByProgram(_WRITTEN)
            return
        seal = read_seal(file)
        if seal.state in (SealState.OURS, SealState.WHOLE) and seal.synthetic:
            raise MadeByProgram(_SEALED)
        mark = self._heard(file)
        if mark is not None and sum(end - begin for begin, end in mark.stretches) >= _LEAST_S:
            where = ", ".join(f"{begin:.0f}–{end:.0f} s" for begin, end in mark.stretches[:5])
            raise MadeByProgram(f"{_SPOKEN.format(where=where)} {_USED}")

    def watched(self, passages: Iterable[PassageFields]) -> Iterator[PassageFields]:
        """Yield passages as they are.

        Raises:
            MadeByProgram: they hold a notice of the program, also one that is spread over several.
        """
        tail = ""
        for passage in passages:
            letters = tail + normalised(passage.text)
            if any(anchor in letters and one.search(letters) for anchor, one in self._notices):
                raise MadeByProgram(_NOTICE)
            if "_" in passage.text and _RECORD.search(passage.text):
                raise MadeByProgram(_WRITTEN)
            tail = letters[-_TAIL:]
            yield passage

    def _heard(self, file: Path) -> MarkFound | None:
        """Look for the watermark; None where nothing can be heard, or nothing can listen."""
        if self._deaf:
            return None
        try:
            return find_mark(file, open_watermark(self._models))
        except MissingModel as error:
            self._deaf = True
            self._say(_UNHEARD.format(error=error))
        except (UnreadableSource, EngineError):
            pass  # whoever reads it next says what is wrong with it
        return None


def _page_notices() -> Iterator[str]:
    """Yield the sentences by which pages that this program writes say what they are."""
    yield from compare_words()["simulation"]
    yield from report_word("lead")


def _is_written_here(file: Path) -> bool:
    """Say whether a page or data names this program as what wrote it."""
    with file.open("rb") as opened:
        start = opened.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start not in (b"<", b"{", b"["):
            return False
        opened.seek(0)
        return bool(_WRITTEN_BY.search(opened.read(_HEAD_BYTES)))


def _letters(template: str) -> list[str]:
    """Return the letters and digits between the blanks of a notice, without empty ends."""
    pieces = [normalised(piece) for piece in _BLANK.split(template)]
    while pieces and not pieces[-1]:
        pieces.pop()
    while pieces and not pieces[0]:
        pieces.pop(0)
    return pieces


def _telling(template: str) -> bool:
    """Say whether a notice is long enough to be nobody else's by chance; a Hanzi says more."""
    letters = "".join(_letters(template))
    return sum(1 if one.isascii() else 2 for one in letters) >= _SHORTEST


def _pattern(template: str) -> tuple[str, re.Pattern[str]]:
    """Return the beginning of the longest piece of a notice, and what finds all of it."""
    pieces = _letters(template)
    return max(pieces, key=len)[:_ANCHOR], re.compile(_NAME.join(map(re.escape, pieces)))

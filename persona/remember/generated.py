"""What the program itself said or made is never evidence (law 3).

    what the persona said ─► sentences that nobody said before ─► whole, and runs of words
    what is handed in     ─► sentences, clauses and runs, also across messages and lines ─┐
                                                    one fingerprint that is known refuses it ◄┘

A fingerprint is the SHA-256 of the letters and digits of a text (NFKC, without case): other
punctuation, quotation marks, line breaks or capitals change nothing. A run is `RUN` words in a
row (a Hanzi counts three quarters of a word): one is kept every `RUN_STEP` words, and all runs
of what is handed in are compared, so fifteen words copied out of a longer sentence are found,
wherever they were put. Sentences shorter than that are found where they stand between marks.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from persona.errors import MadeByProgram, StoreError
from persona.records import PassageFields, Sentence, Standing
from persona.records.fingerprint import GeneratedFingerprint
from persona.remember.sentences import split_sentences
from persona.remember.writing import existing, table_of

MINIMUM_WORDS = 8
MINIMUM_HANZI = 12
WINDOW = 4
"""Sentences in a row: the persona's idea of a sentence can differ from the splitter's."""
CLAUSES = 6
"""Pieces between marks in a row: a sentence that was typed again with commas in it."""
RUN = 12.0
"""Words in a row that two people do not say by chance."""
RUN_STEP = 4
TAIL_CHARS = 400
"""What is looked at again with the next passage of a unit: a sentence cut into messages."""

_HANZI_WEIGHT = 0.75
_APOSTROPHE = re.compile("['\u2018\u2019\u02bc`]")
_TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
_MARKS = re.compile(r"[^\w\s'\u2019-]+|\s*\n\s*")


def normalised(text: str) -> str:
    """Return only the letters and digits of ``text``, casefolded (NFKC)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def fingerprint(text: str) -> str:
    """Return the SHA-256 of `normalised` text, in hexadecimal."""
    return _digest(normalised(text))


def is_telling(text: str) -> bool:
    """Say whether a sentence is long enough to be nobody else's by chance."""
    hanzi = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return len(text.split()) >= MINIMUM_WORDS or hanzi >= MINIMUM_HANZI


def generated_texts(
    text: str, sentences: Sequence[Sentence], quotes: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) of what must not come back as a source.

    Args:
        text: the whole turn.
        sentences: its sentences with their standings.
        quotes: what people said to it: the memories that it was given, and the listener. A
            sentence or run that only repeats them was said by a person and leaves no trace.
    """
    said = [normalised(quote) for quote in quotes]
    made = False
    for sentence in sentences:
        if sentence.standing is Standing.OWN_WORDS:
            continue
        parts = {sentence.text, *(part.text for part in split_sentences(sentence.text))}
        for part in sorted(parts):
            if is_telling(part) and not any(normalised(part) in quote for quote in said):
                made = True
                yield "sentence", part
        everything = [run for run in runs(sentence.text) if run != normalised(sentence.text)]
        for run in dict.fromkeys([*everything[::RUN_STEP], *everything[-1:]]):
            if not any(run in quote for quote in said):
                yield "run", run
    if made or (not sentences and is_telling(text)):
        yield "turn", text


def runs(text: str) -> Iterator[str]:
    """Yield the letters of each run of `RUN` words, one beginning at every word."""
    folded = unicodedata.normalize("NFKC", _APOSTROPHE.sub("", text)).casefold()
    tokens = _TOKEN.findall(folded)
    weights = [_HANZI_WEIGHT if "\u3400" <= one <= "\u9fff" else 1.0 for one in tokens]
    end, held = 0, 0.0
    for start, weight in enumerate(weights):
        while held < RUN and end < len(tokens):
            held += weights[end]
            end += 1
        if held < RUN:
            return
        yield "".join(tokens[start:end])
        held -= weight


def windows(text: str) -> Iterator[str]:
    """Yield what a text may have been copied from: sentences, clauses and runs of them."""
    yield text
    parts = split_sentences(text)
    for first in range(len(parts)):
        for last in range(first, min(first + WINDOW, len(parts))):
            yield text[parts[first].start : parts[last].end]
    pieces = [piece for piece in _MARKS.split(text) if piece.strip()]
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + CLAUSES, len(pieces)) + 1):
            yield " ".join(pieces[first:last])


class Watch:
    """Looks at material that comes in, passage after passage; opened once a source."""

    def __init__(self, connection: Connection) -> None:
        """Read the fingerprints of this archive: 64 letters for each, and no words."""
        table = table_of(GeneratedFingerprint)
        self._known: frozenset[str] = frozenset(
            connection.execute(sa.select(table.c.sha256)).scalars()
        )
        self._unit = ""
        self._tail = ""

    def refuse(self, passages: Iterable[PassageFields]) -> None:
        """Refuse what the persona said, also where it is spread over several passages.

        Raises:
            MadeByProgram: one of them repeats it.
        """
        if not self._known:
            return
        for passage in passages:
            unit = f"{passage.source_id} {passage.unit}"
            before = self._tail if unit == self._unit else ""
            joined = f"{before}\n{passage.text}" if before else passage.text
            if self.knows(passage.text) or (before and self.knows(joined)):
                raise MadeByProgram(
                    "This material repeats what the persona said in a conversation, so it is no "
                    "evidence of anything. Take those sentences out, or hand in an original."
                )
            self._unit, self._tail = unit, joined[-TAIL_CHARS:]

    def knows(self, text: str) -> bool:
        """Say whether a text holds anything that the persona said."""
        if not self._known:
            return False
        found = (_digest(run) for run in runs(text))
        if any(digest in self._known for digest in found):
            return True
        telling = (window for window in windows(text) if is_telling(window))
        return any(fingerprint(window) in self._known for window in telling)


def refuse_generated_text(connection: Connection, texts: Iterable[str]) -> None:
    """Refuse words that a person wrote into the archive if the persona said them before.

    Raises:
        StoreError: one of the texts repeats what the persona said.
    """
    watch = Watch(connection)
    if any(watch.knows(text) for text in texts):
        raise StoreError(
            "These words are what the persona said in a conversation, so they are no evidence. "
            "Write what the source says."
        )


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()


def trace(sha256: str, kind: str, turn_id: str | None) -> GeneratedFingerprint:
    """Return the record of one thing that the program made just now."""
    return GeneratedFingerprint(sha256=sha256, kind=kind, turn_id=turn_id, at=datetime.now(UTC))


def refuse_generated_file(connection: Connection, sha256: str) -> None:
    """Refuse a file that the persona itself made.

    Raises:
        StoreError: this is such a file.
    """
    if existing(connection, table_of(GeneratedFingerprint), [sha256]):
        raise StoreError(
            "This file was made by the persona itself, so it is no evidence of anything. "
            "Hand in an original instead."
        )

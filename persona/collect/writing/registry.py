"""Which reader a text is for: letters, a diary, a book, a transcript. A rule's kind wins."""

from persona.collect.importer import Reading, Request
from persona.collect.transcripts.file import looks_like_transcript
from persona.collect.transcripts.text import read_spoken
from persona.collect.writing.book_text import looks_like_book, read_book
from persona.collect.writing.diary import looks_like_diary, read_diary
from persona.collect.writing.extracted import Extracted
from persona.collect.writing.letters_text import read_letters
from persona.records import SourceKind

WRITINGS = (SourceKind.LETTER, SourceKind.DIARY, SourceKind.BOOK, SourceKind.TRANSCRIPT)


def read_writing(request: Request, taken: Extracted) -> Reading:
    """Read a text as what it is. Raises `UnreadableSource` when it holds no words."""
    kind = request.rule.kind
    if kind is None and looks_like_transcript(taken.text, ""):
        kind = SourceKind.TRANSCRIPT
    elif kind is None and looks_like_book(taken.text):
        kind = SourceKind.BOOK
    elif kind is None and looks_like_diary(taken.text, request.name, request.rule.day_first):
        kind = SourceKind.DIARY
    if kind is SourceKind.TRANSCRIPT:
        return read_spoken(request, taken)
    if kind is SourceKind.BOOK:
        return read_book(request, taken)
    return read_diary(request, taken) if kind is SourceKind.DIARY else read_letters(request, taken)

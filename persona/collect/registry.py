"""The importers, in the order in which they are asked; the one for any text comes last."""

from persona.collect.book_text import BookText
from persona.collect.chat_whatsapp import WhatsAppText
from persona.collect.importer import Importer
from persona.collect.letters_jsonl import LettersJsonLines
from persona.collect.letters_text import LettersText
from persona.collect.photo import Photo
from persona.collect.recording import Recording
from persona.collect.transcript_text import TranscriptText

IMPORTERS: tuple[Importer, ...] = (
    Recording(),
    Photo(),
    LettersJsonLines(),
    WhatsAppText(),
    BookText(),
    TranscriptText(),
    LettersText(),
)


def importer_named(name: str) -> Importer:
    """Return the importer with this name. Raises StopIteration when there is none."""
    return next(importer for importer in IMPORTERS if importer.name == name)

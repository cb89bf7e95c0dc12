"""The importers, in the order in which they are asked; the one for any text comes last."""

from persona.collect.chats.headed import HeadedText
from persona.collect.chats.imessage import IMessageText
from persona.collect.chats.json_chats import ChatJson
from persona.collect.chats.line import LineText
from persona.collect.chats.meta import MetaMessages
from persona.collect.chats.table import ChatTable
from persona.collect.chats.telegram import TelegramJson
from persona.collect.chats.unknown import UnknownChat
from persona.collect.chats.whatsapp import WhatsAppText
from persona.collect.importer import Importer
from persona.collect.photos.photo import Photo
from persona.collect.sound.recording import Recording
from persona.collect.transcripts.text import TranscriptText
from persona.collect.trees.gedcom import Gedcom
from persona.collect.writing.book_text import BookText
from persona.collect.writing.diary import Diary
from persona.collect.writing.documents import Document
from persona.collect.writing.letters_jsonl import LettersJsonLines
from persona.collect.writing.letters_text import LettersText
from persona.collect.writing.mail import MailFile
from persona.collect.writing.scan import Scan

IMPORTERS: tuple[Importer, ...] = (
    Recording(),
    Scan(),
    Photo(),
    Gedcom(),
    MailFile(),
    TelegramJson(),
    MetaMessages(),
    ChatJson(),
    LettersJsonLines(),
    ChatTable(),
    LineText(),
    IMessageText(),
    WhatsAppText(),
    HeadedText(),
    UnknownChat(),
    BookText(),
    TranscriptText(),
    Document(),
    Diary(),
    LettersText(),
)


def importer_named(name: str) -> Importer:
    """Return the importer with this name. Raises StopIteration when there is none."""
    return next(importer for importer in IMPORTERS if importer.name == name)

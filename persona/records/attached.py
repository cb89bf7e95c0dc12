"""Which file came with which message: found at collecting, kept with its source."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attached:
    """A file that was sent with a message.

    Attributes:
        sha256: of the file.
        chat_id: the source that holds the message.
        file: as the message names it.
        passage_id: the message; None: it has no words of its own.
        by: who sent it, as the chat names them.
        speaker_id: who that is.
        spoken: it is a voice message, so whoever sent it is heard in it.
        at: when it was sent, EDTF.
    """

    sha256: str
    chat_id: str
    file: str
    passage_id: str | None = None
    by: str = ""
    speaker_id: str | None = None
    spoken: bool = False
    at: str | None = None

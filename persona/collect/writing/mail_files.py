"""Files attached to mails → files in a staging folder, so that they are taken in themselves."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from persona.collect.unpack import Budget, Unpacked
from persona.collect.writing.mailbox import Attachment, mails_in, payload
from persona.errors import CollectError, UnreadableSource, UnsafeSource

DECORATION_BYTES = 15_000
"""Size below which a picture is a logo or a smiley, not a photo."""


def unpack_mail(path: Path, relative: str, staging: Path, budget: Budget) -> Iterator[Unpacked]:
    """Yield the files of every message, under a number, never under their own name.

    What cannot be unpacked goes to ``budget.refuse``; the mail keeps it all the same.

    Raises:
        UnreadableSource: the file cannot be opened.
    """
    staging.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("rb") as file:
            for mail in mails_in(file):
                for number, one in enumerate(mail.attachments(), start=1):
                    inside = f"{relative}/{mail.number}-{number} {one.name}"
                    target = staging / f"{mail.number:06d}-{number:03d}{_suffix(one.name)}"
                    try:
                        if _write(one, target, budget, inside):
                            yield Unpacked(target, inside)
                    except CollectError as error:
                        budget.refuse(inside, error)
    except OSError as error:
        raise UnreadableSource(f"{relative} cannot be read: {error.strerror}.") from error


def _write(one: Attachment, target: Path, budget: Budget, inside: str) -> bool:
    data = payload(one.part)
    if not data or (one.media_type.startswith("image/") and len(data) < DECORATION_BYTES):
        return False
    budget.members -= 1
    budget.total_bytes -= len(data)
    if budget.members < 0 or budget.total_bytes < 0:
        raise UnsafeSource(f"{inside} would unpack to more than can be taken in.")
    try:
        target.write_bytes(data)
    except OSError as error:
        raise CollectError(f"{inside} could not be unpacked: {error.strerror}.") from error
    return True


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) < 12 else ""

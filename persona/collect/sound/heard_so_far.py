"""What was heard of a long recording so far, kept until the recording itself is kept.

    derived/SOURCE_ID.heard.jsonl
        {"made_by": "faster-whisper …", "language": ""}       what would make it another transcript
        {"end_s": 118.2, "language": "en", "segments": […]}   a line a block, written at once

An hour takes a quarter of an hour to hear. When the machine sleeps, is switched off or the
person stops, the next collect goes on where this one was. The file holds words that somebody
said: `forget_heard` takes it away as soon as they are in the archive.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from persona.collect.importer import Request
from persona.engines.protocols import (
    HeardBlock,
    HeardSegment,
    HeardWord,
    ResumableRecogniser,
    Transcript,
)
from persona.errors import CollectError

_END = ".heard.jsonl"


def hear(request: Request, duration_s: float) -> Transcript:
    """Return what the request's recogniser hears, going on where an earlier try ended.

    Raises:
        UnreadableSource: the recording is damaged.
        EngineError: recognition failed; what was heard before is kept.
        CollectError: the disk is full.
    """
    recogniser, language = request.senses.recogniser, request.rule.language
    assert recogniser is not None
    if not isinstance(recogniser, ResumableRecogniser):
        return recogniser.transcribe(request.path, language=language)
    head = {"made_by": recogniser.made_by, "language": language or ""}
    file = None if request.derived is None else heard_file(request.derived, request.source_id)
    blocks = _read(file, head) if file is not None else []
    last = blocks[-1] if blocks else HeardBlock(0.0, "", ())
    for block in recogniser.listen(
        request.path, language=language, from_s=last.end_s, usual=last.language
    ):
        blocks.append(block)
        if file is not None:
            _append(file, head if len(blocks) == 1 else None, block)
        if request.progress is not None:
            request.progress(min(1.0, block.end_s / max(duration_s, 0.001)))
    segments = tuple(one for block in blocks for one in block.segments)
    usual = blocks[-1].language if blocks else ""
    return Transcript(language or usual, duration_s, segments, recogniser.made_by)


def heard_file(derived: Path, source_id: str) -> Path:
    """Return where the unfinished transcript of a source lies, if there is one."""
    return derived / f"{source_id}{_END}"


def forget_heard(derived: Path, source_id: str) -> None:
    """Take away the unfinished transcript of a source: it is in the archive, or withdrawn."""
    heard_file(derived, source_id).unlink(missing_ok=True)


def _read(file: Path, head: dict[str, str]) -> list[HeardBlock]:
    """Return the blocks of an earlier try; a last line that was cut off does not count."""
    try:
        lines = file.read_text(encoding="utf-8").split("\n")[:-1]
        if not lines or json.loads(lines[0]) != head:
            return _start_anew(file)
        return list(_blocks(lines[1:]))
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        return _start_anew(file)


def _start_anew(file: Path) -> list[HeardBlock]:
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
    return []


def _blocks(lines: list[str]) -> Iterator[HeardBlock]:
    for line in lines:
        said: dict[str, Any] = json.loads(line)
        segments = (
            HeardSegment(**{**one, "words": tuple(HeardWord(**word) for word in one["words"])})
            for one in said["segments"]
        )
        yield HeardBlock(float(said["end_s"]), str(said["language"]), tuple(segments))


def _append(file: Path, head: dict[str, str] | None, block: HeardBlock) -> None:
    """Write a block down for good; with ``head``, begin the file."""
    rows = [json.dumps(one, ensure_ascii=False) for one in (head, asdict(block)) if one]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _mend(file, anew=head is not None)
        with file.open("a", encoding="utf-8") as opened:
            opened.write("".join(f"{row}\n" for row in rows))
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise CollectError(
            "What was heard cannot be written down: is the disk full? Free some space and "
            "collect again; hearing goes on from here."
        ) from error


def _mend(file: Path, *, anew: bool) -> None:
    """Take away a line that was cut off, so that the next one does not continue it."""
    if anew:
        file.unlink(missing_ok=True)
        return
    with file.open("rb+") as opened:
        whole = opened.read().rfind(b"\n") + 1
        opened.truncate(whole)

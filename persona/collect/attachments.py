"""Which file was sent with which message: the photos and voice messages of a chat.

    a chat's details["attachments"]   file, by, at, passage
    names of everything handed in     the journal: name → SHA-256
             ╰──▶ Attached: this source came with that message

A name alone is weak: ``photo_1.jpg`` is in every telephone. So only files of the chat's own zip
or folder are tied: beside it under the same name, under the path that the export gives, or below
it where the name has a long number that no other file has. Two files that both could be it tie
nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from persona.collect.names import plain_path
from persona.records import Attached, Source, SourceKind

_LONG_NUMBER = re.compile(r"\d{6}|\d{3,}-|[0-9a-f]{12}")
_SPOKEN = re.compile(r"ptt|voice|语音|語音|audio.*\.opus$", re.IGNORECASE)
_SPOKEN_SUFFIXES = frozenset(".opus .ogg .oga .amr .silk .slk .aud".split())


class HandedIn:
    """Every name under which something was handed in."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a name and a SHA-256."""
        self._by_base: dict[str, dict[str, str]] = defaultdict(dict)
        self._names: dict[str, list[str]] = defaultdict(list)
        for name, sha256 in names:
            self._by_base[_base(name)][name] = sha256
            self._names[sha256].append(name)

    def names(self, sha256: str) -> list[str]:
        """Return every name of a file: a second copy has another."""
        return self._names.get(sha256, [])

    def sent_with(self, chat: str, file: str) -> str | None:
        """Return the SHA-256 of a file that a chat names, where it can be only one.

        Args:
            chat: the name under which the chat was handed in.
            file: the file as the chat names it.
        """
        folder = chat.rpartition("/")[0]
        wanted = _folded(file)
        below = {
            _folded(name[len(folder) + 1 if folder else 0 :]): sha256
            for name, sha256 in self._by_base.get(_base(file), {}).items()
            if not folder or name.startswith(f"{folder}/")
        }
        found = {sha for name, sha in below.items() if name in {wanted, _base(file)}}
        if not found and "/" in wanted:
            found = {sha for name, sha in below.items() if wanted.endswith(f"/{name}")}
        if not found and _LONG_NUMBER.search(_base(file)):
            found = set(below.values())
        return found.pop() if len(found) == 1 else None


def ties_of(chat: Source, handed_in: HandedIn) -> Iterator[Attached]:
    """Yield the files that were sent with a chat's messages and are here."""
    attached = chat.details.get("attachments") if chat.kind is SourceKind.CHAT else None
    if not isinstance(attached, list):
        return
    names = handed_in.names(chat.sha256) or [chat.file_name]
    for one in attached:
        if not isinstance(one, Mapping) or not isinstance(one.get("file"), str):
            continue
        found = {sha for name in names if (sha := handed_in.sent_with(name, one["file"]))}
        if len(found) == 1:
            yield Attached(
                sha256=found.pop(),
                chat_id=chat.id,
                file=one["file"],
                passage_id=one.get("passage_id"),
                by=str(one.get("by") or ""),
                speaker_id=one.get("speaker_id"),
                spoken=_is_spoken(one["file"]),
                at=one.get("at"),
            )


def _is_spoken(file: str) -> bool:
    path = PurePosixPath(_folded(file))
    return path.suffix in _SPOKEN_SUFFIXES or bool(_SPOKEN.search(str(path)))


def _folded(name: str) -> str:
    return plain_path(name.replace("\\", "/")).removeprefix("./").casefold()


def _base(name: str) -> str:
    return _folded(name).rpartition("/")[2]

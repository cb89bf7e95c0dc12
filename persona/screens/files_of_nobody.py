"""Letters, diaries and recordings that nobody is named for, asked about a folder at a time.

Without somebody who wrote or told it there is no memory (law 1): a box of letters without a
name would wait in silence. The files of one folder are mostly by one hand, so they are asked
about together; one by one where they are not.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from persona.keeper import who
from persona.records import Source, SourceKind
from persona.remember.unknown_names import Candidate
from persona.remember.view import View
from persona.screens import visit
from persona.screens.words import say

_KINDS = (
    SourceKind.LETTER,
    SourceKind.DIARY,
    SourceKind.BOOK,
    SourceKind.INTERVIEW,
    SourceKind.VOICE_CLIP,
    SourceKind.TRANSCRIPT,
)
_SAMPLES = 2
_LONGEST = 300


@dataclass(frozen=True)
class FilesOfNobody:
    """Files of one folder and kind of which nobody knows who made them."""

    folder: str
    kind: SourceKind
    sources: tuple[Source, ...]
    samples: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()

    @property
    def key(self) -> str:
        """Return what tells this question from others."""
        if len(self.sources) == 1:
            return f"file {self.sources[0].id}"
        return f"files {self.folder} {self.kind}"

    def question(self) -> str:
        """Return what is asked."""
        written = self.kind in (SourceKind.LETTER, SourceKind.DIARY, SourceKind.BOOK)
        key = "who.ask_wrote" if written else "who.ask_spoke"
        if len(self.sources) == 1:
            return say(f"{key}_one", title=self.sources[0].title)
        return say(key, count=len(self.sources), folder=self.folder or "—")


def files_of_nobody(view: View, singly: Collection[str] = ()) -> list[FilesOfNobody]:
    """Return the questions, those about most files first.

    Args:
        view: of the keeper.
        singly: keys of the questions that are to be asked one file at a time.
    """
    groups: dict[tuple[str, SourceKind], list[Source]] = {}
    for source in view.sources():
        if source.kind in _KINDS and source.narrator_id is None and _is_nobodys(view, source):
            folder = PurePosixPath(source.file_name).parent.name
            groups.setdefault((folder, source.kind), []).append(source)
    found = [
        FilesOfNobody(folder, kind, tuple(sources), _samples(view, sources))
        for (folder, kind), sources in groups.items()
    ]
    asked: list[FilesOfNobody] = []
    for one in found:
        if one.key in singly:
            asked += [
                FilesOfNobody(one.folder, one.kind, (source,), _samples(view, [source]))
                for source in one.sources
            ]
        else:
            asked.append(one)
    return sorted(asked, key=lambda one: (-len(one.sources), one.folder))


def count_questions(view: View) -> int:
    """Return how many questions of who is who wait, about names and about files."""
    return len(view.unknown_names()) + len(files_of_nobody(view))


def _is_nobodys(view: View, source: Source) -> bool:
    """Tell whether passages wait for a name, and the file itself gives none to ask about."""
    if not view.voices(source.id).get(""):
        return False
    return not any(
        one.speaker_name for one in view.passages(source_id=source.id) if one.speaker_id is None
    )


def _samples(view: View, sources: list[Source]) -> tuple[str, ...]:
    lines = []
    for source in sources[:_SAMPLES]:
        first = next((one for one in view.passages(source_id=source.id) if one.text.strip()), None)
        if first is not None:
            text = " ".join(first.text.split())
            lines.append(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
    return tuple(lines)


def name_files(asked: FilesOfNobody, person_id: str | None) -> None:
    """Say who made all of them; None: nobody knows, after all. Raises `StoreError`."""
    for source in asked.sources:
        who.name_narrator(visit.archive().workspace, source.id, person_id)

"""Which files are taken in, as what, and which are left out and why: before anything is read.

folders, files, zips  →  found files  →  kinds (content, then name)  →  CollectPlan
                                    ╰→  sidecars: a transcript beside its recording,
                                        captions beside their pictures
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from persona.collect import registry
from persona.collect.family.people import PEOPLE_FILE, FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.guard import LOOK_S, guarded
from persona.collect.importer import Importer, Sidecar
from persona.collect.kinds import TEXT_SUFFIXES, is_picture, is_quiet, is_recording, media_type
from persona.collect.sidecars import Found, pair_sidecars
from persona.collect.unpack import MAX_DEPTH, Budget, unpack
from persona.collect.walking import walk
from persona.collect.writing.document_forms import form_of
from persona.collect.writing.extracted import check_size
from persona.collect.writing.mail import is_mail_file
from persona.collect.writing.mail_files import unpack_mail
from persona.collect.writing.scan import Scan
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from persona.records import SourceKind

HEAD_BYTES = 1 << 18
_READ_WHOLE = frozenset({"letters", "letters-jsonl", "diary", "book"})
"""Importers of writing: what is too large for them is left out before it is copied."""

_PACKED = frozenset(".rar .7z .tar .tgz .gz .bz2 .xz .zst .iso .dmg".split())
_ELSEWHERE = frozenset(
    {".icloud", ".crdownload", ".part", ".gdoc", ".gsheet", ".url", ".webloc", ".lnk"}
)
"""Endings of files that only say where something is: clouds, links, unfinished downloads."""


@dataclass(frozen=True)
class PlannedFile:
    """A file to take in: what it is, who reads it, and the files that belong to it."""

    path: Path
    relative: str
    media_type: str
    kind: SourceKind
    importer: str
    rule: FileRule
    sidecars: tuple[Sidecar, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A file that is not taken in, and why, in one sentence."""

    relative: str
    reason: str


@dataclass(frozen=True)
class CollectPlan:
    """What a collect will do. ``quiet``: number of files that say nothing about anybody."""

    files: tuple[PlannedFile, ...]
    left_out: tuple[LeftOut, ...]
    quiet: int = 0


@dataclass
class _Search:
    """What has been found so far."""

    book: FamilyBook
    staging: Path
    found: list[Found] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    quiet: int = 0

    def leave(self, relative: str, error: CollectError) -> None:
        """Leave a file out, with its reason."""
        self.left_out.append(LeftOut(relative, str(error)))


def plan_lines(made: CollectPlan) -> list[str]:
    """Return a plan in words: kinds with counts and sizes, then what is left out and why."""
    sizes: dict[SourceKind, list[int]] = {}
    for file in made.files:
        sizes.setdefault(file.kind, []).append(
            file.path.stat().st_size if file.path.exists() else 0
        )
    lines = [
        f"{len(found):7d}  {kind.value.replace('_', ' '):12}  {sum(found) / 1e6:10.1f} MB"
        for kind, found in sorted(sizes.items(), key=lambda item: -len(item[1]))
    ]
    lines.append(f"{len(made.files):7d}  to take in, {len(made.left_out)} left out")
    return lines + [f"  left out  {one.relative}: {one.reason}" for one in made.left_out]


def find_people_file(paths: Sequence[Path]) -> Path | None:
    """Return the ``people.toml`` at the top of the first collected folder that has one."""
    for path in paths:
        candidate = path / PEOPLE_FILE if path.is_dir() else path
        if candidate.name == PEOPLE_FILE and candidate.is_file():
            return candidate
    return None


def check_paths(paths: Sequence[Path]) -> None:
    """Refuse paths that hold no file at all, before anything is asked of the family.

    Raises:
        CollectError: there is nothing at any of them, or only empty folders.
    """
    if not any(path.exists() for path in paths):
        raise CollectError(f"There is nothing at {paths[0]}. Check the path.")
    if not any(one.path.is_file() for path in paths for one in walk(path, None)):
        raise CollectError("There is nothing to collect there: the folder is empty.")


def plan(paths: Sequence[Path], book: FamilyBook, staging: Path) -> CollectPlan:
    """Look through folders, files and zips in a fixed order and say what can be taken in.

    Args:
        paths: folders, files or zip files.
        book: people and rules; a rule's glob is relative to the folder of ``people.toml``, or,
            for files elsewhere, to the folder that is collected.
        staging: an empty folder for what is unpacked; the caller removes it afterwards.
    """
    search = _Search(book, staging)
    budget = Budget(refuse=search.leave)
    seen: set[str] = set()
    for path in paths:
        for one in walk(path, book.folder):
            if one.error is not None:
                search.leave(one.relative, one.error)
            elif one.is_link:
                search.quiet += 1  # what it points to is collected by its own name
            elif str(one.path) not in seen:
                seen.add(str(one.path))
                _take(Found(one.path, one.relative), search, budget, depth=0)
    paired = pair_sidecars(search.found)
    search.left_out += [LeftOut(name, reason) for name, reason in paired.unused]
    files: list[PlannedFile] = []
    for found in paired.files:
        beside = paired.sidecars.get(found.relative, ())
        try:
            with guarded(found.relative, LOOK_S):
                files.append(_planned(found, beside, search.book))
        except CollectError as error:
            search.leave(found.relative, error)
    return CollectPlan(tuple(files), tuple(search.left_out), search.quiet)


def _take(found: Found, search: _Search, budget: Budget, depth: int) -> None:
    """Sort one file: quiet, ignored, empty, a zip to open, or something to plan."""
    if is_quiet(found.relative):
        search.quiet += 1
        return
    try:
        with guarded(found.relative, None):
            _sort(found, search, budget, depth)
    except CollectError as error:
        search.leave(found.relative, error)


def _sort(found: Found, search: _Search, budget: Budget, depth: int) -> None:
    head = _head(found)
    zipped = found.path.suffix.lower() == ".zip" or head[:4] == b"PK\x03\x04"
    if zipped and not _is_office(found.relative, head):
        _open_zip(found, search, budget, depth)
        return
    search.found.append(Found(found.path, found.relative, media_type(head, found.relative)))
    if is_mail_file(head, found.relative):
        _take_attached(found, search, budget, depth)


def _open_zip(found: Found, search: _Search, budget: Budget, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise UnsafeSource(f"{found.relative} is a zip inside zips. Unpack it by hand first.")
    if depth == 0:
        budget.begin(found.path)
    key = hashlib.sha256(found.relative.encode()).hexdigest()[:16]
    before, members = len(search.left_out), 0
    for member in unpack(found.path, found.relative, search.staging / key, budget):
        _take(Found(member.path, member.relative), search, budget, depth + 1)
        members += 1
    if not members and len(search.left_out) == before:
        raise UnreadableSource(f"{found.relative} is a zip with nothing in it. Make it again.")


def _take_attached(found: Found, search: _Search, budget: Budget, depth: int) -> None:
    """Take in the files that are attached to mails; the mail itself keeps them too."""
    if depth > MAX_DEPTH:
        return
    key = hashlib.sha256(found.relative.encode()).hexdigest()[:16]
    for member in unpack_mail(found.path, found.relative, search.staging / key, budget):
        _take(Found(member.path, member.relative), search, budget, depth + 1)


def _is_office(relative: str, head: bytes) -> bool:
    """Tell whether a zip is a document of an office program."""
    suffix = PurePosixPath(relative.lower()).suffix
    return form_of(head) in {"docx", "odt"} or suffix in {
        ".docx",
        ".odt",
        ".xlsx",
        ".ods",
        ".pptx",
        ".odp",
        ".epub",
        ".pages",
    }


def _head(found: Found) -> bytes:
    try:
        with found.path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise UnreadableSource(f"{found.relative} cannot be read: {error.strerror}.") from error
    if not head:
        raise UnreadableSource(f"{found.relative} is empty (0 bytes). Look for another copy of it.")
    return head


def _planned(found: Found, sidecars: tuple[Sidecar, ...], book: FamilyBook) -> PlannedFile:
    rule = book.rule_for(found.relative)
    if rule.ignore:
        raise CollectError(f"{found.relative} is left out, as people.toml says.")
    importer = _importer(found, rule)
    if importer.name in _READ_WHOLE:
        check_size(found.path.stat().st_size, found.relative)
    kind = rule.kind or importer.kinds[0]
    return PlannedFile(
        found.path, found.relative, found.media_type, kind, importer.name, rule, sidecars
    )


def _importer(found: Found, rule: FileRule) -> Importer:
    name = found.relative
    able = [one for one in registry.IMPORTERS if rule.kind is None or rule.kind in one.kinds]
    head = _head(found)  # read again: the heads of a whole family's photos fill the memory
    for importer in able:
        if importer.recognises(head, name):
            return importer
    if rule.kind is not None and able and found.media_type.startswith("text/"):
        return able[-1]
    if rule.kind in Scan.kinds and is_picture(found.media_type, name):
        return next(one for one in able if one.name == Scan.name)
    if is_recording(found.media_type, name) or is_picture(found.media_type, name):
        raise UnreadableSource(f"{name} cannot be taken in as a {rule.kind}. Mend its rule.")
    raise UnreadableSource(_unknown(name))


def _unknown(name: str) -> str:
    """Say what to do about a file of a kind that is not known."""
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in _PACKED:
        return f"{name} is packed in a way that cannot be opened here. Unpack it and collect that."
    if suffix in _ELSEWHERE:
        return f"{name} only says where something is. Download the file itself and collect that."
    if suffix in {".json", ".jsonl", ".ndjson"}:
        return (
            f"{name} holds data in a form that is not known here. If somebody's words are in it, "
            "save them as text (.txt) and collect that."
        )
    if suffix in TEXT_SUFFIXES:
        return f"{name} is no text that can be read. Open it and save it as UTF-8, then collect it."
    suffix = PurePosixPath(name).suffix or "without an ending"
    return (
        f"{name} is of a kind ({suffix}) that cannot be read yet. Save it in a common form "
        "(.txt, .mp3, .jpg) and collect that."
    )

"""Proves that an archive is what it was: `persona verify`.

    originals      each is there, with its SHA-256 and size; nothing else lies beside them
    passages       the words of every passage stand in its original, where it says
    store          SQLite's own check, the schema, citations character for character, the index
    audit chain    unbroken, and it still holds the links that receipts name
    versions       manifests, memory lists and adapters hash to what they say
    voices         their files hash to what they say; a voice that is blocked has none
    caches         hold nothing that is gone
    spoken         every sound file in conversations/ is known to be the persona's
    withdrawals    finished, each with its receipt

Nothing is changed. Caches that are missing are no fault: they are made again.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from persona.atomic import file_sha256, folder_sha256
from persona.collect.selectors import Original
from persona.collect.writing.documents import taken_out
from persona.config import models_folder
from persona.errors import CollectError, VersionError
from persona.export.marking_keys import known_root
from persona.export.marking_verdict import Verdict, what_is
from persona.progress import Check, Report, VerifyResult
from persona.records import MadeVoice, Passage, Source, Version, VoiceState
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.vector_index import stale_vectors
from persona.remember.view import View
from persona.remember.withdrawn import KEPT, SILENCED
from persona.train.serving import emptied_on_purpose
from persona.train.versions import load_examples, strangers, verify_listed
from persona.workspace import Workspace


def verify_archive(workspace: Workspace, report: Report) -> VerifyResult:
    """Look at everything; nothing is changed.

    Args:
        workspace: the persona.
        report: told how far it is.

    Raises:
        WorkspaceError: the archive cannot be opened at all.
    """
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        sources = view.sources()
        checks = [
            _originals(workspace, sources, report),
            _passages(workspace, view, sources, report),
            *_store(view),
            _receipts(workspace, view),
            _versions(workspace, view),
            _voices(workspace, view),
            _caches(workspace, view),
            _spoken(workspace, view),
        ]
    return VerifyResult(tuple(checks))


def verify_file(workspace: Workspace | None, path: Path) -> Verdict:
    """Say what a single file is: an original, made by a program, or without a sign of either.

    Args:
        workspace: the persona whose originals it is compared with; None: outside of any.
        path: sound, a picture, or anything else.

    Raises:
        CollectError: the file cannot be read.
    """
    if workspace is None or not workspace.database.is_file():
        return what_is(path, None, known_root(workspace) if workspace else b"", models_folder())
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return what_is(path, view, known_root(workspace), models_folder())


def _originals(workspace: Workspace, sources: Sequence[Source], report: Report) -> Check:
    """Hash every original, stream by stream, and look for files that nothing names."""
    wanted: dict[str, int | None] = {}
    for source in sources:
        wanted.update(dict.fromkeys(_beside(source)))
    wanted.update({source.sha256: source.size_bytes for source in sources})
    faults, size = [], 0
    for done, (sha256, expected) in enumerate(sorted(wanted.items())):
        report.progress("Checking originals", done, len(wanted))
        try:
            found, length = _fingerprint(workspace.original(sha256))
        except OSError:
            faults.append(f"The original {sha256[:12]}… is missing: restore it from a backup.")
            continue
        size += length
        if found != sha256 or expected not in (None, length):
            faults.append(f"The original {sha256[:12]}… was changed: restore it from a backup.")
    places = {workspace.original(sha256) for sha256 in wanted}
    stray = [p for p in workspace.originals.rglob("*") if p.is_file() and p not in places]
    faults += [f"originals/{p.parent.name}/{p.name} belongs to no source." for p in sorted(stray)]
    return Check(f"{len(wanted)} original files, {size:,} bytes, hashed.", tuple(faults))


def _passages(workspace: Workspace, view: View, sources: Sequence[Source], report: Report) -> Check:
    """Find the words of every passage in its original again."""
    kept = {one for record in view.withdrawals() for one in record.erased.get(KEPT, ())}
    faults: list[str] = []
    located = elsewhere = 0
    for done, source in enumerate(sources):
        report.progress("Finding passages in their originals", done, len(sources))
        words = _words_of(workspace, source)
        lost = 0
        for passage in view.passages(source_id=source.id):
            found = words(passage)
            if found is None:
                elsewhere += 1
            elif found == passage.text or (source.id in kept and _blanked(passage.text, found)):
                located += 1
            else:
                lost += 1
        if lost:
            faults.append(f"{lost} passages of {source.id} do not stand in its original.")
    sentence = f"{located} passages found word for word in their originals"
    if elsewhere:
        sentence += f"; {elsewhere} are of sound or pictures, or read by a program: by hash alone"
    return Check(sentence + ".", tuple(faults))


def _words_of(workspace: Workspace, source: Source) -> Callable[[Passage], str | None]:
    """Return what finds the words of a passage of a source: None where it has none as bytes."""
    opened: list[Any] = []

    def found(passage: Passage) -> str | None:
        value = str(passage.selector.get("value", ""))
        if not passage.selector or "t=" in value[:2] or "xywh=" in value or value[:8] == "message=":
            return None
        try:
            if not opened:
                data = workspace.original(source.sha256).read_bytes()
                encoding = str(source.details.get("encoding", ""))
                extracted = "extraction" in source.details
                opened.append(
                    taken_out(data, source.id, encoding) if extracted else Original(data, encoding)
                )
            if isinstance(opened[0], Original):
                return opened[0].words(passage.selector)
            return _extracted_words(opened[0], passage.selector)
        except (CollectError, OSError, ValueError, KeyError, IndexError, TypeError):
            return ""

    return found


def _extracted_words(extracted: Any, selector: dict[str, Any]) -> str:
    span = selector.get("refinedBy", selector)
    value = str(selector.get("value", ""))
    first = extracted.pages[int(value[5:]) - 1] if value.startswith("page=") else 0
    text: str = extracted.text[first + int(span["start"]) : first + int(span["end"])]
    return text


def _blanked(text: str, original: str) -> bool:
    """Say whether a text is the original with some words taken back."""
    pairs = zip(text, original, strict=False)
    return len(text) == len(original) and all(a in (b, " ") for a, b in pairs)


def _store(view: View) -> Iterator[Check]:
    counts, faults = view.counts(), view.store_faults()
    said = {
        "file": "The file of the archive, read page by page.",
        "schema": "The schema, compared with a new one.",
        "citations": f"{counts['memories']} memories: every citation stands in its passage.",
        "index": "The full-text index.",
        "chain": f"{len(view.audit_events())} links of the audit chain.",
    }
    for name, found in faults.items():
        yield Check(said[name], tuple(found))


def _receipts(workspace: Workspace, view: View) -> Check:
    """Compare withdrawals with their receipts, and these with the audit chain."""
    chain = {event.hash for event in view.audit_events()}
    known = {record.id: record for record in view.withdrawals()}
    faults = [
        f"The withdrawal {record.id} is not finished. Run: persona withdraw --finish"
        for record in known.values()
        if record.finished_at is None
    ]
    for path in sorted((workspace.root / "receipts").glob("wdr_*.json")):
        try:
            body = json.loads(path.read_bytes())
            genuine = body["id"] in known and body["audit_hash"] in chain
        except (OSError, ValueError, KeyError, TypeError):
            genuine = False
        if not genuine:
            faults.append(f"The receipt {path.name} does not fit this archive's audit chain.")
    for record in known.values():
        here = workspace.root / "receipts" / f"{record.id}.json"
        if record.finished_at and not here.is_file():
            faults.append(f"The receipt of the withdrawal {record.id} is missing.")
        back = [one for one in record.original_sha256s if workspace.original(one).exists()]
        allowed = {*record.erased.get("may_return", ())}
        faults += [
            f"{one[:12]}… was taken back and lies here." for one in back if one not in allowed
        ]
    return Check(f"{len(known)} withdrawals and their receipts.", tuple(faults))


def _versions(workspace: Workspace, view: View) -> Check:
    listed = {version.id: version for version in view.versions()}
    folders = {path.name for path in workspace.versions.glob("*") if path.is_dir()}
    faults = [f"versions/{name} is listed nowhere." for name in sorted(folders - listed.keys())]
    for version in listed.values():
        try:
            faults += _strange(workspace, version, emptied=emptied_on_purpose(view, version))
        except VersionError as error:
            faults.append(str(error))
    return Check(f"{len(listed)} versions: manifests, lists and adapters hashed.", tuple(faults))


def _strange(workspace: Workspace, version: Version, *, emptied: bool) -> tuple[str, ...]:
    """Check one version; return a fault for each file that does not belong to it."""
    folder = workspace.versions / version.id
    manifest = verify_listed(folder, version, emptied=emptied)
    load_examples(folder)
    return strangers(folder, manifest)


def _voices(workspace: Workspace, view: View) -> Check:
    """Compare the files of every voice with its record; blocked by a withdrawal it has none."""
    listed = {voice.id: voice for voice in view.made_voices()}
    folders = {one.name for one in workspace.voices.glob("[!.]*") if one.is_dir()}
    faults = [f"voices/{name} is listed nowhere." for name in sorted(folders - listed.keys())]
    silenced = {one for record in view.withdrawals() for one in record.erased.get(SILENCED, ())}
    faults += [f"voices/{one} was taken back and lies here." for one in sorted(folders & silenced)]
    for voice in listed.values():
        if voice.state is VoiceState.ACTIVE and not _is_whole(workspace, voice):
            faults.append(
                f"The files of the voice {voice.id} are missing or were changed: restore them "
                "from a backup, or make the voice again."
            )
    return Check(f"{len(listed)} voices that were made: their files hashed.", tuple(faults))


def _is_whole(workspace: Workspace, voice: MadeVoice) -> bool:
    try:
        return folder_sha256(workspace.voices / voice.id) == voice.files_sha256
    except OSError:
        return False


def _caches(workspace: Workspace, view: View) -> Check:
    stale = stale_vectors(view, workspace.derived)
    faults = [
        f"derived/{name} holds {count} vectors of what is gone or was changed. Delete the file: "
        "persona remember makes it again."
        for name, count in stale.items()
        if count
    ]
    return Check(f"{len(stale)} files of vectors, compared with the memories.", tuple(faults))


def _spoken(workspace: Workspace, view: View) -> Check:
    """Every sound in conversations/ is named by a turn and known as generated (law 8)."""
    named = set(view.spoken_answers())
    sounds = [path for path in sorted(workspace.conversations.rglob("*.wav")) if path.is_file()]
    faults = []
    for path in sounds:
        name = path.relative_to(workspace.root).as_posix()
        if name not in named:
            faults.append(f"{name} is named by no turn.")
        elif not view.was_generated(_fingerprint(path)[0]):
            faults.append(f"{name} is not the file that the persona made: it was changed.")
    here = {path.relative_to(workspace.root).as_posix() for path in sounds}
    faults += [f"{name} is missing." for name in sorted(named - here)]
    return Check(f"{len(sounds)} spoken answers.", tuple(faults))


def _beside(source: Source) -> set[str]:
    return {str(one["sha256"]) for one in source.details.get("sidecars", ())}


def _fingerprint(path: Path) -> tuple[str, int]:
    return file_sha256(path), path.stat().st_size

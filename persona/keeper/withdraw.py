"""Withdrawal (law 9): what somebody told, wrote or handed in is taken back, and a receipt says so.

    plan       what would go, in counts: nothing is written
    note       receipts/.wdr_….unfinished: ids, and the words to look for, until all is done
    rows       one transaction: the record of the withdrawal, and nobody can read any of it
    files      caches, spoken answers, checkpoints, voices, adapters, originals
    compact    the archive's file is written anew, its log emptied
    scan       every byte of the folder is searched for the words
    receipt    JSON and HTML; the record is finished; the note is removed

Killed at any point it goes on when it, or any other withdrawal, is run again.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from persona.collect import journal
from persona.errors import NotReadable, StoreError
from persona.export import byte_scan, erasure, receipt
from persona.export.erasure import files_of
from persona.export.unfinished import Note, id_of, note_file, notes, read_note, write_note
from persona.opening import writing
from persona.progress import Report
from persona.records import (
    Act,
    Consent,
    ConsentState,
    Withdrawal,
    WithdrawalScope,
    content_id,
)
from persona.remember.reach import Reach
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.term_index import forget
from persona.remember.traces import Traces
from persona.remember.view import View
from persona.remember.withdrawn import HEARD, KEPT, SILENCED
from persona.workspace import Workspace


@dataclass(frozen=True)
class Plan:
    """What a withdrawal would take away. Nothing has been written.

    Attributes:
        reach: the ids, and the words.
        blocked: ids of the versions that used it: nobody talks with them again.
        learnt: those of them whose trained manner is erased.
        others: memories of other narrators that go with it.
    """

    reach: Reach
    blocked: tuple[str, ...]
    learnt: tuple[str, ...]
    others: int

    def sentences(self) -> list[str]:
        """Return what a person reads before they say yes."""
        reach = self.reach
        said = [
            f"{len(reach.memories)} memories, {len(reach.passages)} passages and "
            f"{len(reach.sources)} sources go, with {len(reach.shas)} original files. "
            "What is gone cannot be brought back."
        ]
        if self.others:
            said.append(f"{self.others} of these memories are told by others on the same material.")
        if reach.spans:
            said.append(f"{len(reach.spans)} stretches of words are blanked; the rest stays.")
        if reach.kept_shas:
            said.append(
                f"{len(reach.kept_shas)} original files hold words of others too. They stay, and "
                "nobody can open them here any more. They can be made to go as well."
            )
        if reach.captioned:
            said.append(f"{len(reach.captioned)} photographs stay, without these captions.")
        if reach.clips:
            said.append(
                f"{len(reach.clips)} stretches of recordings chosen for a voice go, and "
                f"{len(reach.voices)} voices made of them: nobody speaks with those again."
            )
        if self.blocked:
            said.append(
                f"{len(self.blocked)} versions used it and are blocked; {len(self.learnt)} of them "
                "learnt from it, and what they learnt is erased. Make a new version afterwards."
            )
        return said


def plan_withdrawal(
    workspace: Workspace,
    scope: WithdrawalScope | str,
    target_id: str,
    *,
    also_shared: bool = False,
) -> Plan:
    """Work out what a withdrawal would take away; nothing is written.

    Args:
        workspace: the persona.
        scope: ``memory``, ``source`` or ``narrator``.
        target_id: id of the memory or the source, or of the person who told it.
        also_shared: also the originals that hold the words of others.

    Raises:
        StoreError: there is no such thing to take back.
    """
    with Store.open(workspace) as store, store.reader(Custodian()) as view:
        return _plan(workspace, view, WithdrawalScope(scope), target_id, also_shared)


def withdraw(
    workspace: Workspace,
    scope: WithdrawalScope | str,
    target_id: str,
    asked_by: str,
    reason: str = "",
    *,
    report: Report,
    also_shared: bool = False,
) -> Withdrawal:
    """Take something back: erase it everywhere in this folder, and write the receipt.

    Args:
        workspace: the persona.
        scope: ``memory``, ``source`` or ``narrator``.
        target_id: id of the memory or the source, or of the person who told it.
        asked_by: id of a person of the archive, or ``custodian``.
        reason: kept in the record as it is given.
        report: told how far it is.
        also_shared: also the originals that hold the words of others.

    Raises:
        StoreError: there is no such thing, nobody known asks, or a file cannot be erased; what
            was begun goes on when it is run again.
        WorkspaceError: another step is writing.
    """
    with writing(workspace), Store.open(workspace, actor=asked_by) as store:
        _finish_all(workspace, store, report)
        with store.reader(Custodian()) as view:
            _check_asker(view, asked_by)
            plan = _plan(workspace, view, WithdrawalScope(scope), target_id, also_shared)
            traces = view.traces(plan.reach)
        record = _record(plan, asked_by, reason)
        report.line("1 of 3  Erasing the words from the archive …")
        write_note(workspace, record.id, Note(plan.reach, traces, plan.learnt))
        consents = _ended_consents(record) if plan.reach.scope == "narrator" else []
        store.begin_withdrawal(record, plan.reach, traces, consents)
        return _finish(workspace, store, record.id, report)


def finish_withdrawals(workspace: Workspace, report: Report) -> list[Withdrawal]:
    """Finish what a killed program had begun to take back; return what was finished.

    Raises:
        StoreError: a file cannot be erased.
        WorkspaceError: another step is writing.
    """
    with writing(workspace), Store.open(workspace) as store:
        return _finish_all(workspace, store, report)


def may_return(workspace: Workspace, sha256: str, allowed_by: str) -> None:
    """Let an original that was taken back be taken in again, on purpose.

    Raises:
        StoreError: no such original was taken back, or nobody known allows it.
    """
    with writing(workspace), Store.open(workspace, actor=allowed_by) as store:
        with store.reader(Custodian()) as view:
            _check_asker(view, allowed_by)
        if not store.allow_return(sha256):
            raise StoreError("No such file was taken back here, or it may return already.")


def _plan(
    workspace: Workspace, view: View, scope: WithdrawalScope, target_id: str, also_shared: bool
) -> Plan:
    try:
        reach = view.reach(scope, target_id, also_shared=also_shared)
    except NotReadable as error:
        raise StoreError(
            f"There is no {scope.value} called {target_id} in this archive."
        ) from error
    sources = {*reach.sources, *reach.kept}
    used, learnt = erasure.versions_that_used(workspace, reach.memories, sources, reach.voices)
    others = 0
    if scope is WithdrawalScope.NARRATOR and reach.memories:
        narrators = [memory.narrator_id for memory in view.memories(ids=reach.memories)]
        others = sum(narrator != target_id for narrator in narrators)
    return Plan(reach, tuple(used), tuple(learnt), others)


def _check_asker(view: View, asked_by: str) -> None:
    if asked_by != "custodian" and asked_by not in {person.id for person in view.people()}:
        raise StoreError(f"'{asked_by}' is nobody in this archive, and not the custodian.")


def _record(plan: Plan, asked_by: str, reason: str) -> Withdrawal:
    now = datetime.now(UTC)
    reach = plan.reach
    return Withdrawal(
        id=content_id("wdr", reach.scope, reach.target_id, now.isoformat()),
        scope=WithdrawalScope(reach.scope),
        target_id=reach.target_id,
        asked_by=asked_by,
        reason=reason,
        at=now,
        original_sha256s=reach.shas,
        memory_ids=reach.memories,
        version_ids=list(plan.blocked),
        erased={KEPT: reach.kept},
    )


def _ended_consents(record: Withdrawal) -> list[Consent]:
    text = f"Everything that {record.target_id} told or wrote here is taken back."
    return [
        Consent(
            id=content_id("cns", record.id, act),
            person_id=record.target_id,
            given_by=record.asked_by,
            act=act,
            state=ConsentState.WITHDRAWN,
            text_shown=text,
            text_sha256=hashlib.sha256(text.encode()).hexdigest(),
            at=record.at,
        )
        for act in Act
    ]


def _finish_all(workspace: Workspace, store: Store, report: Report) -> list[Withdrawal]:
    with store.reader(Custodian()) as view:
        known = {record.id: record for record in view.withdrawals()}
    unfinished = {record.id for record in known.values() if record.finished_at is None}
    for note in notes(workspace):
        if id_of(note) in known:
            unfinished.add(id_of(note))  # also killed between its record and its receipt
        else:
            note.unlink()  # killed before anything was erased
    return [_finish(workspace, store, one, report) for one in sorted(unfinished)]


def _finish(workspace: Workspace, store: Store, withdrawal_id: str, report: Report) -> Withdrawal:
    """Erase the files, write the archive's file anew, look for the words, write the receipt."""
    note = read_note(workspace, withdrawal_id)
    with store.reader(Custodian()) as view:
        record = next(one for one in view.withdrawals() if one.id == withdrawal_id)
        named = view.spoken_answers()
        staying = {one for source in view.sources() for one in files_of(source)}
    report.line("2 of 3  Erasing files: caches, spoken answers, originals …")
    forget(workspace.derived)
    erased = {
        "journal": journal.forget(workspace.root / journal.JOURNAL_FILE, record.original_sha256s),
        "derived": erasure.empty_folder(workspace.derived),
        "training": erasure.empty_folder(workspace.training),
        "reports": erasure.empty_folder(workspace.root / "reports"),
        "spoken": erasure.erase_unnamed_answers(workspace, named),
        "originals": erasure.erase_originals(workspace, record.original_sha256s),
        "voice_files": erasure.erase_voices(workspace, record.erased.get(SILENCED, ())),
        "adapters": erasure.erase_adapters(workspace, note.learnt if note else record.version_ids),
    }
    store.compact()
    report.line("3 of 3  Searching every file for what may be left …")
    scanned = _scan(workspace, note, staying, report)
    with store.reader(Custodian()) as view:
        heard = [c for c in view.conversations() if c.id in set(record.erased.get(HEARD, ()))]
    unreachable = receipt.unreachable_sentences(note, heard, scanned)
    verified = note is not None and not scanned["left"] and not scanned["unreadable"]
    erased = {key: max(count, record.erased.get(key, 0)) for key, count in erased.items()}
    store.finish_withdrawal(
        withdrawal_id, erased=erased, unreachable=unreachable, verified=verified
    )
    store.compact()
    with store.reader(Custodian()) as view:
        record = next(one for one in view.withdrawals() if one.id == withdrawal_id)
        newest = view.audit_events()[-1].hash
    receipt.write_receipt(workspace, record, scanned, newest)
    note_file(workspace, withdrawal_id).unlink(missing_ok=True)
    return record


def _scan(
    workspace: Workspace, note: Note | None, staying: set[str], report: Report
) -> dict[str, Any]:
    """Return what the byte scan found, as plain values for the receipt.

    Originals that stay (their hashes are ``staying``) may hold the same words: others told them.
    """
    traces = note.traces if note else Traces()
    result = byte_scan.scan(
        workspace.root, traces.pieces, leave_out=notes(workspace), on_progress=report.progress
    )
    stay = {workspace.original(sha256).relative_to(workspace.root).as_posix() for sha256 in staying}
    return {
        "files": result.files,
        "size_bytes": result.size_bytes,
        "pieces": len(traces.pieces),
        "short": traces.short,
        "common": traces.common,
        "expected": {name: n for name, n in result.found.items() if name in stay},
        "left": {name: n for name, n in result.found.items() if name not in stay},
        "unreadable": result.unreadable,
    }

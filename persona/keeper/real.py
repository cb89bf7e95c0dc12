"""A file that was set aside because a program seemed to have made it is real: somebody says so.

    set aside (original kept, nothing read) ─ "it is real", by whom ─▶ read and used like any other

Who said it and when is kept with the source and in the audit chain. What the persona said in a
conversation cannot be vouched for: the archive knows those words (law 3).
"""

from pathlib import Path

from persona.collect.family.people import FamilyBook
from persona.collect.journal import JOURNAL_FILE, Journal
from persona.collect.originals import fingerprint
from persona.errors import StoreError
from persona.opening import open_returning, open_senses, writing
from persona.progress import CollectSummary, Report
from persona.records import Source
from persona.records.source import SET_ASIDE
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.remember.view import View
from persona.taking_in import TakingIn
from persona.workspace import Workspace


def set_aside(view: View) -> list[Source]:
    """Return what was set aside, by name; for the custodian."""
    found = [one for one in view.sources() if SET_ASIDE in one.details]
    return sorted(found, key=lambda one: one.file_name)


def is_real(workspace: Workspace, what: str, by: str, report: Report) -> CollectSummary:
    """Use a file that was set aside, because somebody says that it is real.

    Args:
        workspace: whose archive.
        what: the file itself, its name as it was set aside, or the id of its source.
        by: who says so: the id of a person, or ``custodian``.
        report: told how far it is read.

    Raises:
        StoreError: nothing of this name was set aside, nobody known says so, or the persona said
            in a conversation what stands in it.
        CollectError, EngineError: it cannot be read; it stays set aside.
    """
    with (
        writing(workspace),
        Store.open(workspace, actor=by) as store,
        Journal(workspace.root / JOURNAL_FILE) as journal,
    ):
        with store.reader(Custodian()) as view:
            people = view.people()
            if by != "custodian" and by not in {one.id for one in people}:
                raise StoreError(f"'{by}' is nobody in this archive, and not the custodian.")
            source = _meant(set_aside(view), what)
            book = FamilyBook.from_archive(people, view.known_names())
        senses = open_senses(workspace, report.line)
        returning = open_returning(workspace, report.line)
        taking = TakingIn(workspace, store, journal, book, senses, returning)
        name = f"Reading {source.file_name}"
        taking.use(source, by, lambda share: report.progress(f"{share:4.0%} of {name}", 0, 1))
        taking.tie_attachments()
        return taking.summary


def _meant(sources: list[Source], what: str) -> Source:
    """Return the one source that is meant."""
    sha256 = fingerprint(Path(what)) if Path(what).is_file() else ""
    wanted = [one for one in sources if sha256 == one.sha256 or what in (one.id, one.file_name)]
    if len(wanted) == 1:
        return wanted[0]
    if wanted:
        ids = ", ".join(one.id for one in wanted)
        raise StoreError(f"Several files of this name were set aside: say which one by {ids}.")
    raise StoreError("No such file was set aside here. What was is listed in collected.csv.")

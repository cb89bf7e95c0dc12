"""One planned file → the archive: kept, read and recorded, or left out with its reason."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from persona.collect.attachments import HandedIn, ties_of
from persona.collect.family.people import FamilyBook
from persona.collect.guard import guarded, patience_for
from persona.collect.importer import Senses
from persona.collect.journal import Journal, Mark, Outcome
from persona.collect.originals import discarded_unless_known, fingerprint
from persona.collect.plan import CollectPlan, PlannedFile
from persona.collect.reading import Collected, collect_file
from persona.collect.sound.heard_so_far import forget_heard
from persona.errors import CollectError, EngineError, StoreError
from persona.progress import CollectSummary, Report
from persona.remember.attached import Attached
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace


@dataclass
class TakingIn:
    """One collect that is going on; what became of each file is in ``summary`` and the journal."""

    workspace: Workspace
    store: Store
    journal: Journal
    book: FamilyBook
    senses: Senses
    contributor: str = ""
    summary: CollectSummary = field(default_factory=CollectSummary)

    def leave_out(self, planned: CollectPlan) -> None:
        """Record what the plan leaves out."""
        self.summary.quiet = planned.quiet
        for left in planned.left_out:
            self._leave(Mark(left.relative, -1, -1), left.reason)

    def take(self, file: PlannedFile, progress: Callable[[float], None]) -> None:
        """Take one file in, in one transaction; a file that cannot be taken in costs only itself.

        Args:
            file: of the plan.
            progress: told which share of it has been read, 0 to 1.
        """
        mark = Mark.of(file.path, file.relative)
        try:
            sha256 = self.journal.sha256(mark) or fingerprint(file.path)
            if self.store.knows_sha(sha256):
                self.summary.already_here += 1
                self.journal.note(mark, Outcome.ALREADY_HERE, sha256)
                return
            self.store.refuse_file(sha256)
            limit_s = patience_for(file.path, file.relative, file.media_type)
            with guarded(file.relative, limit_s) as patience:

                def getting_on(share: float) -> None:
                    patience.go_on()
                    progress(share)

                got = self._collected(file, getting_on)
        except (CollectError, EngineError, StoreError) as error:
            self._leave(mark, str(error))
            return
        forget_heard(self.workspace.derived, got.source.id)
        self.summary.new.append(file.relative)
        self.summary.passages += got.passage_count
        self.summary.warnings += [(file.relative, warning) for warning in got.warnings]
        self.journal.note(mark, Outcome.NEW, got.source.sha256, passages=got.passage_count)

    def tie_attachments(self) -> int:
        """Tie photos and voice messages to the messages they were sent with; return how many.

        Either may have come in long before the other, or before a program that was killed.
        """
        handed_in = HandedIn(self.journal.names())
        with self.store.reader(Custodian()) as view:
            ties = [
                Attached(**asdict(tie))
                for chat in view.sources()
                for tie in ties_of(chat, handed_in)
            ]
        return self.store.tie_attachments(ties) if ties else 0

    def _collected(self, file: PlannedFile, progress: Callable[[float], None]) -> Collected:
        got = collect_file(
            file,
            self.book,
            self.workspace.originals,
            self.senses,
            self.contributor,
            derived=self.workspace.derived,
            progress=progress,
        )
        with discarded_unless_known(got.kept, self.store.knows_sha):
            self.store.add_source(
                got.source,
                got.passages,
                got.restrictions,
                persons=got.persons,
                kinships=got.kinships,
                faces=got.faces,
                known_names=got.known_names,
            )
        return got

    def _leave(self, mark: Mark, reason: str) -> None:
        self.summary.left_out.append((mark.relative, reason))
        self.journal.note(mark, Outcome.LEFT_OUT, reason=reason)


def share_of(report: Report, file: PlannedFile, done: int, total: int) -> Callable[[float], None]:
    """Return what shows how far a long file has been read."""
    return lambda share: report.progress(f"{share:4.0%} of {file.relative}", done, total)

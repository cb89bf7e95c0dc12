"""One planned file → the archive: kept, read and recorded, or left out with its reason.

    planned ─▶ known? ─▶ made by a program? ─▶ read ─▶ its words a program's? ─▶ recorded
                              ╰────── kept, set aside with its reason ─────╯

What was set aside is used when a person says that it is real, and only then; what the persona
said in a conversation stays what it said, whoever vouches for it (law 3).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from persona.collect.attachments import HandedIn, ties_of
from persona.collect.family.people import FamilyBook
from persona.collect.guard import guarded, patience_for
from persona.collect.importer import Senses, Sidecar
from persona.collect.journal import Journal, Mark, Outcome
from persona.collect.kinds import is_recording
from persona.collect.originals import discard_original, discarded_unless_known, fingerprint
from persona.collect.plan import CollectPlan, PlannedFile
from persona.collect.reading import Collected, collect_file, planned_again, set_aside_file
from persona.collect.sound.heard_so_far import forget_heard
from persona.errors import CollectError, EngineError, MadeByProgram, StoreError
from persona.export.marking_return import Returning
from persona.progress import CollectSummary, Report
from persona.records import Source, content_id
from persona.records.source import SET_ASIDE
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.said_since import SaidSince
from persona.workspace import Workspace

_TOO_LATE = (
    "{late} came after {file}, and memories or faces rest on what was read in that. To use both, "
    "take {file} back, let it return, and collect them together."
)
_ALONE = (
    "{name} belongs to {file}, which could not be taken in. To keep it by itself, collect it from "
    "another folder."
)


@dataclass
class TakingIn:
    """One collect that is going on; what became of each file is in ``summary`` and the journal."""

    workspace: Workspace
    store: Store
    journal: Journal
    book: FamilyBook
    senses: Senses
    returning: Returning
    contributor: str = ""
    summary: CollectSummary = field(default_factory=CollectSummary)
    _alone: list[tuple[Sidecar, str]] = field(default_factory=list)

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
                self._met_again(file, mark, sha256)
                return
            self.store.refuse_file(sha256)
            try:
                got = self._taken(file, progress)
            except MadeByProgram as made:
                got = self._set_aside(file, str(made))
        except (CollectError, EngineError, StoreError) as error:
            self._leave(mark, str(error))
            self._alone += [(one, file.relative) for one in file.sidecars]
            return
        self._came_in(mark, got)

    def leave_alone(self) -> None:
        """Say what lay beside files that could not be taken in, and beside no other."""
        if not self._alone:
            return
        kept = {name for names in self._names_beside().values() for name in names}
        for one, file in self._alone:
            if one.relative not in kept:
                reason = _ALONE.format(name=one.relative, file=file)
                self._leave(Mark.of(one.path, one.relative), reason)

    def use(self, source: Source, by: str, progress: Callable[[float], None]) -> Collected:
        """Read and use what was set aside, because a person says that it is real.

        Args:
            source: as it was set aside.
            by: who says so; the store's actor.
            progress: as in `take`.

        Raises:
            CollectError, EngineError: it cannot be read; it stays set aside.
            StoreError: the persona said in a conversation what stands in it.
        """
        file = planned_again(source, self.workspace.original)
        got = self._taken(file, progress, real_by=by)
        self._came_in(Mark(source.file_name, -1, -1), got)
        return got

    def tie_attachments(self) -> int:
        """Tie photos and voice messages to the messages they were sent with; return how many.

        Either may have come in long before the other, or before a program that was killed.
        """
        handed_in = HandedIn(self.journal.names())
        with self.store.reader(Custodian()) as view:
            ties = [tie for chat in view.sources() for tie in ties_of(chat, handed_in)]
        return self.store.tie_attachments(ties) if ties else 0

    def _taken(
        self, file: PlannedFile, progress: Callable[[float], None], *, real_by: str = ""
    ) -> Collected:
        """Read and record one file. Raises `MadeByProgram` unless somebody says it is real."""
        limit_s = patience_for(file.path, file.relative, file.media_type)
        with guarded(file.relative, limit_s) as patience:

            def getting_on(share: float) -> None:
                patience.go_on()
                progress(share)

            if not real_by:
                is_sound = is_recording(file.media_type, file.relative)
                self.returning.refuse_file(file.path, is_sound=is_sound)
                patience.go_on()
            return self._collected(file, getting_on, real_by)

    @cached_property
    def _since(self) -> SaidSince:
        return SaidSince(self.store, self.book, self._read_anew)

    def _read_anew(self, file: PlannedFile) -> Collected:
        """Read a known file as if it came only now: what a program said is no evidence then."""
        got = self._read(file, lambda _: None)
        got.passages = self.returning.watched(got.passages)
        return got

    def _read(self, file: PlannedFile, progress: Callable[[float], None]) -> Collected:
        return collect_file(
            file,
            self.book,
            self.workspace.originals,
            self.senses,
            self.contributor,
            derived=self.workspace.derived,
            progress=progress,
        )

    def _collected(
        self, file: PlannedFile, progress: Callable[[float], None], real_by: str
    ) -> Collected:
        got = self._read(file, progress)
        if real_by:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            got.source.details = got.source.details | {"said_real": {"by": real_by, "at": now}}
        else:
            got.passages = self.returning.watched(got.passages)
        self._record(got, is_real=bool(real_by))
        return got

    def _record(self, got: Collected, *, is_real: bool = False) -> None:
        with discarded_unless_known(got.kept, self.store.knows_sha):
            self.store.add_source(
                got.source,
                got.passages,
                got.restrictions,
                persons=got.persons,
                kinships=got.kinships,
                faces=got.faces,
                known_names=got.known_names,
                is_real=is_real,
            )

    def _set_aside(self, file: PlannedFile, reason: str) -> Collected:
        """Keep a file of which nothing is used."""
        with guarded(file.relative, None):
            got = set_aside_file(file, self.workspace.originals, reason, self.contributor)
            self._record(got)
        return got

    def _came_in(self, mark: Mark, got: Collected) -> None:
        """Say what became of a file that the archive holds now."""
        forget_heard(self.workspace.derived, got.source.id)
        reason = got.source.details.get(SET_ASIDE, {}).get("reason", "")
        if reason:
            self._put_aside(mark, got.source.sha256, reason)
            return
        self.summary.new.append(mark.relative)
        self.summary.passages += got.passage_count
        self.summary.warnings += [(mark.relative, warning) for warning in got.warnings]
        self.journal.note(mark, Outcome.NEW, got.source.sha256, passages=got.passage_count)

    def _met_again(self, file: PlannedFile, mark: Mark, sha256: str) -> None:
        """Say what became of a file that the archive held before."""
        reason = self.store.why_set_aside(sha256)
        if reason:
            self._put_aside(mark, sha256, reason)
            return
        try:
            self._hear_beside(file, sha256)
            self.summary.said_since += self._since.hear(file, sha256)
        except (CollectError, EngineError, StoreError) as error:
            self.summary.warnings.append((file.relative, str(error)))
        self.summary.already_here += 1
        self.journal.note(mark, Outcome.ALREADY_HERE, sha256)

    @cached_property
    def _beside(self) -> dict[str, set[str]]:
        """As it was before this collect."""
        return self._names_beside()

    def _names_beside(self) -> dict[str, set[str]]:
        """Return the names of the files that are kept beside others, by the id of these."""
        with self.store.reader(Custodian()) as view:
            return {
                source.id: {one["file_name"] for one in source.details.get("sidecars", ())}
                for source in view.sources()
            }

    def _hear_beside(self, file: PlannedFile, sha256: str) -> None:
        """Read a file again with the transcript or caption that came after it, or say why not."""
        source_id = content_id("src", sha256)
        late = [one for one in file.sidecars if one.relative not in self._beside.get(source_id, ())]
        if not late:
            return
        if self.store.is_used(source_id):
            for one in late:
                reason = _TOO_LATE.format(late=one.relative, file=file.relative)
                self._leave(Mark.of(one.path, one.relative), reason)
            return
        got = self._read(file, lambda _: None)
        got.passages = self.returning.watched(got.passages)
        try:
            count = self.store.read_again(
                got.source, got.passages, got.restrictions, known_names=got.known_names
            )
        except BaseException:
            for kept in got.kept:
                discard_original(kept)
            raise
        self.summary.said_since += 1
        self.summary.passages += count

    def _put_aside(self, mark: Mark, sha256: str, reason: str) -> None:
        self.summary.set_aside.append((mark.relative, reason))
        self.journal.note(mark, Outcome.SET_ASIDE, sha256, reason=reason)

    def _leave(self, mark: Mark, reason: str) -> None:
        self.summary.left_out.append((mark.relative, reason))
        self.journal.note(mark, Outcome.LEFT_OUT, reason=reason)


def share_of(report: Report, file: PlannedFile, done: int, total: int) -> Callable[[float], None]:
    """Return what shows how far a long file has been read."""
    return lambda share: report.progress(f"{share:4.0%} of {file.relative}", done, total)

"""What people.toml says now of files that were taken in before.

    collect ──► "Who wrote it? Say narrator = … in people.toml" ──► collect again ──► it counts

A file that nothing rests on yet is read again, as if it came only now. Of the others, what was
open is filled in: who wrote it, who a name is, when it was made. A restriction counts at once, in
the place of the one that people.toml gave before; it stays if nothing is said of it any more, and
only ``restrict = false`` lifts it. What else was said before is never changed here: that is a
correction, which a person makes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from persona.collect.family.people import PEOPLE_FILE, FamilyBook
from persona.collect.family.people_toml import FileRule
from persona.collect.plan import PlannedFile
from persona.collect.reading import Collected, restrictions_of
from persona.records import Person, Source, SourceKind, content_id
from persona.records.source import INTERVIEWS
from persona.remember.readers import Custodian
from persona.remember.store import Store

_WRITTEN = frozenset({SourceKind.LETTER, SourceKind.DIARY, SourceKind.BOOK})
_WEIGHED = {"narrator", "created", "kind", "synthetic", "restrict"}
_CUT_BY_NAMES = _WRITTEN | INTERVIEWS

Read = Callable[[PlannedFile], Collected]


@dataclass(frozen=True)
class SaidSince:
    """The files of one collect that are here already.

    Attributes:
        store: the archive.
        book: what people.toml says now.
        read: reads a file of the plan; see `persona.collect.reading.collect_file`.
    """

    store: Store
    book: FamilyBook
    read: Read

    def hear(self, file: PlannedFile, sha256: str) -> bool:
        """Take up what is said of one file; return whether it was anything new.

        Raises:
            CollectError: it was to be read again, and cannot be.
            EngineError: an engine failed while it was read again.
            StoreError: a rule of the archive forbids it.
        """
        source_id = content_id("src", sha256)
        named, rule = self._named.get(source_id, {}), file.rule
        if not named and not _WEIGHED & rule.model_fields_set:
            return False
        with self.store.reader(Custodian()) as view:
            source = view.source(source_id)
        if rule.narrator and source.kind in _WRITTEN:
            named = dict.fromkeys(self._unnamed.get(source_id, ()), rule.narrator) | named
        told = self._restrict(source_id, rule)
        if named or _says_more(rule, source):
            told |= self._read_again(file, source) or self._fill_in(source, rule, named)
        return told

    def _restrict(self, source_id: str, rule: FileRule) -> bool:
        if rule.restrict is None:
            return False
        rules = restrictions_of(source_id, rule.restrict)
        return self.store.restrict_source(source_id, rules, set_by=PEOPLE_FILE)

    @cached_property
    def _unnamed(self) -> dict[str, list[str]]:
        with self.store.reader(Custodian()) as view:
            return view.unnamed()

    @cached_property
    def _named(self) -> dict[str, dict[str, str]]:
        """Who the names are that nobody was known by when their source came, by source."""
        found: dict[str, dict[str, str]] = {}
        with self.store.reader(Custodian()) as view:
            for source_id, names in self._unnamed.items():
                kind = view.source(source_id).kind
                people = {name: self._person(name, kind) for name in names}
                known = {name: person.id for name, person in people.items() if person}
                if known:
                    found[source_id] = known
        return found

    def _person(self, name: str, kind: SourceKind) -> Person | None:
        if kind in _WRITTEN:
            return self.book.person_called(name)
        return self.book.person_for(name)

    def _read_again(self, file: PlannedFile, source: Source) -> bool:
        """Read a text again whose words nothing rests on; who speaks decides how it is cut."""
        if source.kind not in _CUT_BY_NAMES or source.duration_s or self.store.is_used(source.id):
            return False
        if source.narrator_id not in (None, file.rule.narrator):
            return False  # a person said whose it is
        if "said_real" in source.details:
            return False  # a person said that it is real: that is not to be asked of it again
        got = self.read(file)
        got.source.contributor = got.source.contributor or source.contributor
        self.store.read_again(
            got.source,
            got.passages,
            got.restrictions,
            persons=got.persons,
            kinships=got.kinships,
            known_names=got.known_names,
        )
        return True

    def _fill_in(self, source: Source, rule: FileRule, named: dict[str, str]) -> bool:
        told = False
        for name, person_id in named.items():
            told |= self.store.name_speaker(name, person_id, source.id).passages > 0
        if rule.narrator and source.narrator_id is None:
            self.store.name_narrator(source.id, rule.narrator)
            told = True
        filled = self.store.fill_in(
            source.id, created_edtf=rule.created, synthetic=bool(rule.synthetic)
        )
        return told or filled


def _says_more(rule: FileRule, source: Source) -> bool:
    return bool(
        (rule.narrator and source.narrator_id is None)
        or (rule.created and source.created_edtf is None)
        or (rule.kind and rule.kind is not source.kind)
        or (rule.synthetic and not source.synthetic)
    )

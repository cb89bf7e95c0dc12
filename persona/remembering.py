"""One source → its memories: found by the rules, perhaps pointed at by a model, kept in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from persona.config import Remembering as Settings
from persona.progress import RememberSummary
from persona.records import Passage, Source, SourceKind
from persona.remember.acceptance import judge
from persona.remember.confided import confided
from persona.remember.extraction import Extracted, Extractor, untold
from persona.remember.kinship.trees import Tended
from persona.remember.proposing import Proposer
from persona.remember.remembered import Found
from persona.remember.runs import Taken
from persona.remember.store import Store
from persona.remember.view import View

UNITS_AT_ONCE = 200
"""Letters or chat days whose memories are kept in one transaction."""


@dataclass
class Remembering:
    """Going through the sources of an archive; ``proposer`` None: the rules alone."""

    store: Store
    view: View
    extractor: Extractor
    settings: Settings
    proposer: Proposer | None = None
    summary: RememberSummary = field(default_factory=RememberSummary)

    def source(self, source: Source) -> Found:
        """Find the memories of one source and keep them; nothing is kept twice.

        What older rules read otherwise gives way, unless a person has decided about it.

        Raises:
            EngineError: the model that proposes failed; what was found before is kept.
        """
        memories = nobodys = 0
        units = self.view.units(source.id)
        at_once = 1 if self.proposer else UNITS_AT_ONCE
        while batch := list(islice(units, at_once)):
            passages = {one.id: one for unit in batch for one in unit}
            taken = self.view.decided(passages)
            found = [item for unit in batch for item in self._found(unit, source, taken)]
            self._keep(found, passages, self._held(found, source, passages))
            memories += len(found) + sum(map(len, taken.values()))
            nobodys += sum(untold(unit, source) for unit in batch)
        return Found(memories, nobodys)

    def _found(self, unit: Sequence[Passage], source: Source, taken: Taken) -> Iterator[Extracted]:
        found = self.extractor.extract(unit, source, taken)
        yield from found
        if self.proposer is None:
            return
        known = [citation for item in found for citation in item.citations]
        for passage in unit:
            carried = [(one.start, one.end) for one in known if one.passage_id == passage.id]
            carried += taken.get(passage.id, ())
            yield from self.proposer.propose(passage, source, carried).found

    def _held(
        self, found: Sequence[Extracted], source: Source, passages: dict[str, Passage]
    ) -> set[str]:
        """Return memories told in confidence; none if the family said who may know the source."""
        if source.kind is SourceKind.BOOK or source.id in self._ruled:
            return set()
        secret = confided(passages.values())
        return {
            one.memory.id
            for one in found
            if any(each.passage_id in secret for each in one.citations)
        }

    @cached_property
    def _ruled(self) -> frozenset[str]:
        """What the family has said of who may know it."""
        return frozenset(rule.target_id for rule in self.view.restrictions())

    def _keep(
        self, found: Sequence[Extracted], passages: dict[str, Passage], held: set[str]
    ) -> None:
        found = [replace(one, waits=one.waits or one.memory.id in held) for one in found]
        memories = [item.memory for item in found]
        citations = [citation for item in found for citation in item.citations]
        judge(memories, citations, passages, self.settings.accept, held)
        cut = self.store.put_cut(found, passages)
        self.summary.new += cut.new
        self.summary.gave_way += cut.gave_way


def waiting_for_a_name(source: Source, found: Found) -> list[str]:
    """Return what has to be said before all of a source can be remembered (law 1)."""
    if source.kind is SourceKind.PHOTO:
        return []  # a line that a camera or a program wrote into the file waits for nobody
    if found.untold and not found.memories:
        return [f"{source.file_name}: name who wrote it in people.toml"]
    if found.untold:
        return [f"{source.file_name}: {found.untold} passages are by nobody known"]
    return []


def waiting_in_tree(tree: Tended) -> list[str]:
    """Return what has to be said before a family tree can be used."""
    waits = []
    if tree.waits:
        waits.append(f"{tree.file_name}: name who made this family tree (narrator in people.toml)")
    if tree.without_subject:
        waits.append(f"{tree.file_name}: say who of it is the one who died (persona who)")
    return waits

"""What went into two versions: memories, by whom; and the settings that are not the same.

Works on what one view gives: an id that the reader may not know is passed over. Only whoever looks
after the archive is told how many memories of a version were erased since, and who changed what.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from persona.converse.dates import spoken_date
from persona.errors import NotReadable
from persona.records import Manifest, Memory, MemoryStatus, Review
from persona.remember.readers import Custodian
from persona.remember.view import View
from persona.train.voices.donor import declared_words

Values = dict[str, Any]
MOST = 200
"""Memories that are shown of each list; the rest is counted."""
_DECIDED = ("review.edit", "review.split", "review.merge", "review.discard")


class WentIn:
    """The memories of two versions as one reader knows them."""

    def __init__(
        self, view: View, first: frozenset[str], second: frozenset[str], language: str
    ) -> None:
        """Read the memories of both lists.

        Args:
            view: of the reader who compares.
            first: ids of the memories of the one version.
            second: of the other.
            language: in which dates are said, ``en`` or ``zh``.
        """
        self._view, self._language = view, language
        self.first, self.second = first, second
        self.known = {one.id: one for one in view.memories(ids=first | second)}
        self.keeper = isinstance(view.reader, Custodian)
        self.edited = self._edited()

    def _edited(self) -> dict[str, str]:
        """Return new form → old form of the memories that were put in other words between them."""
        found = {}
        for memory in self._only(self.second - self.first):
            before = memory.previous_id
            while before is not None and before not in self.first:
                step = self.known.get(before)
                before = step.previous_id if step else None
            if before is not None and before in self.known and before not in self.second:
                found[memory.id] = before
        return found

    def _only(self, ids: Iterable[str]) -> list[Memory]:
        wanted = set(ids)
        return [one for one in self.known.values() if one.id in wanted]

    @property
    def added(self) -> list[Memory]:
        """Return what only the second may use and what is no new form of an old one."""
        return [one for one in self._only(self.second - self.first) if one.id not in self.edited]

    @property
    def gone(self) -> list[Memory]:
        """Return what only the first may use and what has no new form."""
        replaced = set(self.edited.values())
        return [one for one in self._only(self.first - self.second) if one.id not in replaced]

    def as_values(self) -> Values:
        """Return the lists, and the numbers by narrator."""
        counts = [
            Counter(one.narrator_id for one in self._only(ids)) for ids in (self.first, self.second)
        ]
        narrators = sorted(counts[0].keys() | counts[1].keys())
        names = {one: self._name(one) for one in narrators}
        added, gone, by = self.added, self.gone, self._decisions()
        return {
            "narrators": [[names[n], counts[0][n], counts[1][n]] for n in narrators],
            "total": [counts[0].total(), counts[1].total()],
            "added": [self.line(one) for one in added[:MOST]],
            "gone": [self.line(one) | by.get(one.id, {}) for one in gone[:MOST]],
            "changed": [
                {
                    "before": self.line(self.known[old]),
                    "after": self.line(self.known[new]) | by.get(old, {}),
                }
                for new, old in list(self.edited.items())[:MOST]
            ],
            "counts": {"added": len(added), "gone": len(gone), "changed": len(self.edited)},
            "erased": self._erased(),
        }

    def line(self, memory: Memory) -> Values:
        """Return one memory in the words of who told it, with where that stands."""
        return {
            "id": memory.id,
            "who": self._name(memory.narrator_id),
            "words": memory.quote,
            "place": self._place(memory.id),
            "became": self._became(memory),
        }

    def _became(self, memory: Memory) -> str:
        """Return what has become of a memory that is no evidence any more."""
        if memory.status is MemoryStatus.WITHDRAWN:
            return "withdrawn"
        if memory.review is Review.DISCARDED:
            return "discarded"
        if memory.status is MemoryStatus.RECUT:
            return "recut"
        return "superseded" if memory.status is MemoryStatus.SUPERSEDED else ""

    def _place(self, memory_id: str) -> str:
        try:
            citation = self._view.citations(memory_id)[0]
            passage = self._view.passage(citation.passage_id)
            source = self._view.source(passage.source_id)
        except (NotReadable, IndexError):
            return ""
        when = spoken_date(passage.created_edtf or source.created_edtf, self._language)
        return ", ".join(part for part in (source.title, when) if part)

    def _name(self, person_id: str) -> str:
        try:
            return self._view.display_name(person_id, self._language)
        except NotReadable:
            return ""

    def _erased(self) -> list[Values]:
        """Return the withdrawals that took memories of the first with them, for the keeper."""
        if not self.keeper:
            return []
        return [
            {
                "who": record.asked_by
                if record.asked_by == "custodian"
                else self._name(record.asked_by),
                "day": spoken_date(record.at.date().isoformat(), self._language),
                "memories": count,
            }
            for record in self._view.withdrawals()
            if (count := len(set(record.memory_ids) & (self.first - self.second)))
        ]

    def _decisions(self) -> dict[str, Values]:
        """Return who changed or set aside which memory, and when, for the keeper."""
        if not self.keeper:
            return {}
        found: dict[str, Values] = {}
        for event in self._view.audit_events():
            if event.action in _DECIDED:
                by = event.actor if event.actor == "custodian" else self._name(event.actor)
                day = spoken_date(event.at.date().isoformat(), self._language)
                decided = {"by": by, "day": day}
                found |= dict.fromkeys(event.counts.get("before", {}), decided)
        return found


def settings_rows(
    view: View, first: Manifest, second: Manifest, *, language: str = "en"
) -> list[list[str]]:
    """Return (setting, value in the first, value in the second) for what is not the same."""
    rows = [_settings(view, manifest, language) for manifest in (first, second)]
    names = dict.fromkeys((*rows[0], *rows[1]))
    return [
        [name, rows[0].get(name, ""), rows[1].get(name, "")]
        for name in names
        if rows[0].get(name, "") != rows[1].get(name, "")
    ]


def _settings(view: View, manifest: Manifest, language: str) -> dict[str, str]:
    """Return the settings of a version flat, in words; hashes as whether they differ."""
    found = {
        "base_model": _short(manifest.base_model),
        "base_weights": manifest.base_model_sha256[:8],
        "manner": "trained" if manifest.adapter_sha256 else "few_shot",
        "voice": _voice(view, manifest.voice, language),
        "voice_files": str(manifest.voice.get("files_sha256", ""))[:8],
        "portrait": _title(view, manifest.portrait_source_id),
        "phrases": manifest.prompts_sha256[:8],
        "audience": ", ".join(sorted(_names(view, manifest.audience, language))),
        "code_version": manifest.code_version,
    }
    for group, values in manifest.settings.items():
        found |= {f"{group}.{key}": _short(str(value)) for key, value in _plain(values).items()}
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in ("threads", "base_model")}


def _short(name: str) -> str:
    """Return the last part of a path: where a model lies on this machine is no difference."""
    return name.rstrip("/\\").replace("\\", "/").rpartition("/")[2] if "://" not in name else name


def _title(view: View, source_id: str | None) -> str:
    try:
        return view.source(source_id).title if source_id else ""
    except NotReadable:
        return ""


def _voice(view: View, voice: Mapping[str, Any], language: str) -> str:
    """Return whose voice it is, and which: two designed voices are not the same one."""
    name = "" if "voice_id" in voice else str(voice.get("name", ""))
    whose = declared_words(view, voice, language)
    if not (whose and name):
        return whose or name
    return f"{whose}（{name}）" if language == "zh" else f"{whose} ({name})"


def _names(view: View, person_ids: Iterable[str], language: str) -> Iterable[str]:
    for person_id in person_ids:
        try:
            yield view.display_name(person_id, language)
        except NotReadable:
            continue

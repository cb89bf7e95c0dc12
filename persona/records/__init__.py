"""Pure tables of the archive: what must never be lost. No queries, no behaviour.

Identifiers are made from content (see `persona.records.ids`), so that collecting the same
thing twice makes the same rows and the same inputs build the same version.
"""

from persona.records.audit import AuditEvent
from persona.records.conflict import Conflict, ConflictMember
from persona.records.consent import Act, Consent, ConsentState, Restriction
from persona.records.conversation import (
    Conversation,
    OpenQuestion,
    Sentence,
    Speaker,
    Standing,
    Turn,
)
from persona.records.ids import content_id
from persona.records.memory import (
    Citation,
    CitationRole,
    Memory,
    MemoryKind,
    MemoryStatus,
    Modality,
    Review,
)
from persona.records.person import Person, ShownAs
from persona.records.source import Passage, Source, SourceKind
from persona.records.version import Manifest, Version, VersionState

__all__ = [
    "Act",
    "AuditEvent",
    "Citation",
    "CitationRole",
    "Conflict",
    "ConflictMember",
    "Consent",
    "ConsentState",
    "Conversation",
    "Manifest",
    "Memory",
    "MemoryKind",
    "MemoryStatus",
    "Modality",
    "OpenQuestion",
    "Passage",
    "Person",
    "Restriction",
    "Review",
    "Sentence",
    "ShownAs",
    "Source",
    "SourceKind",
    "Speaker",
    "Standing",
    "Turn",
    "Version",
    "VersionState",
    "content_id",
]

"""Pure tables of the archive: what must never be lost. No queries, no behaviour.

Identifiers are made from content (see `persona.records.ids`), so that collecting the same
thing twice makes the same rows and the same inputs build the same version.
"""

from persona.records.attached import Attached
from persona.records.audit import AuditEvent
from persona.records.conflict import (
    Conflict,
    ConflictKind,
    ConflictMember,
    ConflictPolicy,
    ConflictState,
)
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
from persona.records.judgement import Judged, Judgement, Preference
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
from persona.records.proposal import Alternate, Face, Kinship, KnownName, ProposalState
from persona.records.source import Passage, PassageFields, Source, SourceKind
from persona.records.version import Manifest, Version, VersionState
from persona.records.voice import DonorKind, MadeVoice, VoiceClip, VoiceState
from persona.records.withdrawal import Withdrawal, WithdrawalScope

__all__ = [
    "Act",
    "Alternate",
    "Attached",
    "AuditEvent",
    "Citation",
    "CitationRole",
    "Conflict",
    "ConflictKind",
    "ConflictMember",
    "ConflictPolicy",
    "ConflictState",
    "Consent",
    "ConsentState",
    "Conversation",
    "DonorKind",
    "Face",
    "Judged",
    "Judgement",
    "Kinship",
    "KnownName",
    "MadeVoice",
    "Manifest",
    "Memory",
    "MemoryKind",
    "MemoryStatus",
    "Modality",
    "OpenQuestion",
    "Passage",
    "PassageFields",
    "Person",
    "Preference",
    "ProposalState",
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
    "VoiceClip",
    "VoiceState",
    "Withdrawal",
    "WithdrawalScope",
    "content_id",
]

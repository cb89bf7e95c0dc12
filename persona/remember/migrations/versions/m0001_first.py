"""The first schema: every record, the full-text index, and the rules kept by SQL itself.

SQLModel's table classes do not validate, so what must hold is checked at the store *and* here:
CHECK constraints for values, triggers for the two records that only ever grow.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from persona.remember.migrations.columns import one_of, refers, values, words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("consent", "auditevent")


def upgrade() -> None:
    """Make every table."""
    _people()
    _sources()
    _memories()
    _conversations()
    _audit()
    _full_text()


def _people() -> None:
    op.create_table(
        "person",
        words("id", key=True),
        words("name"),
        values("names"),
        sa.Column("is_subject", sa.Boolean(), nullable=False),
        words("relation"),
        values("called_by_subject"),
        values("calls_subject"),
        words("born", null=True),
        words("died", null=True),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        values("groups"),
        values("languages"),
        sa.Column("shown_as", one_of("shownas", "NAMED", "PSEUDONYM", "HIDDEN"), nullable=False),
        words("pseudonym"),
        sa.CheckConstraint("id <> '' AND name <> ''", name="person_is_named"),
    )
    op.execute("CREATE UNIQUE INDEX one_subject ON person (is_subject) WHERE is_subject")
    acts = ("KEEP", "TRANSCRIBE", "RETRIEVE", "QUOTE", "TRAIN_TEXT", "TRAIN_VOICE")
    op.create_table(
        "consent",
        words("id", key=True),
        refers("person_id", "person.id"),
        words("given_by"),
        sa.Column("act", one_of("act", *acts, "ANIMATE_FACE", "FILM", "ARCHIVE"), nullable=False),
        values("audience"),
        words("until", null=True),
        sa.Column(
            "state", one_of("consentstate", "GRANTED", "NARROWED", "WITHDRAWN"), nullable=False
        ),
        words("text_shown"),
        words("text_sha256"),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    op.create_table(
        "restriction",
        words("id", key=True),
        words("target_id"),
        *(values(name) for name in ("any_groups", "all_groups", "allow", "deny", "acts")),
        words("until", null=True),
        words("set_by"),
    )
    op.create_index("ix_restriction_target_id", "restriction", ["target_id"])


def _sources() -> None:
    kinds = ("LETTER", "BOOK", "CHAT", "INTERVIEW", "VOICE_CLIP", "PHOTO", "TRANSCRIPT", "DERIVED")
    op.create_table(
        "source",
        words("id", key=True),
        words("sha256"),
        sa.Column("kind", one_of("sourcekind", *kinds), nullable=False),
        *(words(name) for name in ("media_type", "title", "file_name")),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        words("created_edtf", null=True),
        words("created_words"),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        refers("narrator_id", "person.id", null=True),
        *(words(name) for name in ("contributor", "custodian", "rights", "place")),
        words("derived_from", null=True),
        words("activity"),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        words("start_timecode"),
        sa.Column("rate_hz", sa.Float(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        values("details"),
        sa.CheckConstraint("length(sha256) = 64", name="source_has_hash"),
        sa.CheckConstraint(
            "kind <> 'DERIVED' OR (derived_from IS NOT NULL AND activity <> '')",
            name="derived_names_its_origin",
        ),
    )
    op.create_index("ix_source_sha256", "source", ["sha256"], unique=True)
    op.create_table(
        "passage",
        words("id", key=True),
        refers("source_id", "source.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        words("unit"),
        values("selector"),
        words("text"),
        refers("speaker_id", "person.id", null=True),
        words("speaker_name"),
        sa.Column("speaker_confidence", sa.Float(), nullable=False),
        refers("addressee_id", "person.id", null=True),
        words("addressee_words"),
        words("created_edtf", null=True),
        *(words(name) for name in ("created_words", "place", "language", "message_id")),
        words("reply_to"),
        values("words"),
        words("transcript_version"),
        sa.CheckConstraint("speaker_confidence BETWEEN 0 AND 1", name="confidence_is_a_share"),
    )
    for column in ("source_id", "speaker_id", "unit"):
        op.create_index(f"ix_passage_{column}", "passage", [column])


def _memories() -> None:
    kinds = one_of("memorykind", "EVENT", "TRAIT", "SAYING", "PREFERENCE", "RELATION", "OWN_WORDS")
    modality = one_of("modality", "WITNESSED", "WAS_TOLD", "BELIEVES", "GUESSES")
    status = one_of("memorystatus", "TOLD", "CORROBORATED", "DISPUTED", "SUPERSEDED", "WITHDRAWN")
    review = one_of("review", "UNREVIEWED", "ACCEPTED", "ACCEPTED_BY_RULE", "DISCARDED")
    op.create_table(
        "memory",
        words("id", key=True),
        refers("narrator_id", "person.id"),
        values("told_by"),
        values("subject_ids"),
        sa.Column("kind", kinds, nullable=False),
        words("statement"),
        words("quote"),
        refers("addressee_id", "person.id", null=True),
        words("language"),
        words("event_edtf", null=True),
        words("event_words"),
        words("told_at_edtf", null=True),
        sa.Column("modality", modality, nullable=False),
        sa.Column("status", status, nullable=False),
        words("extracted_by"),
        sa.Column("review", review, nullable=False),
        words("previous_id", null=True),
        sa.CheckConstraint("statement <> '' AND quote <> ''", name="memory_says_something"),
    )
    op.create_index("ix_memory_narrator_id", "memory", ["narrator_id"])
    op.create_table(
        "citation",
        words("id", key=True),
        refers("memory_id", "memory.id"),
        refers("passage_id", "passage.id"),
        sa.Column(
            "role", one_of("citationrole", "SUPPORTS", "CONTRADICTS", "MENTIONS"), nullable=False
        ),
        sa.Column("retelling", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        words("exact"),
        sa.CheckConstraint('start >= 0 AND "end" > start', name="citation_is_a_span"),
        sa.CheckConstraint('length(exact) = "end" - start', name="citation_is_verbatim"),
    )
    for column in ("memory_id", "passage_id"):
        op.create_index(f"ix_citation_{column}", "citation", [column])
    _conflicts()


def _conflicts() -> None:
    kinds = ("TWO_ACCOUNTS", "CORRECTION", "BOTH_TRUE", "MISTAKEN_IDENTITY")
    op.create_table(
        "conflict",
        words("id", key=True),
        sa.Column("kind", one_of("conflictkind", *kinds), nullable=False),
        sa.Column("policy", one_of("conflictpolicy", "TELL_BOTH", "KEEP_SILENT"), nullable=False),
        words("about"),
        words("resolution"),
    )
    op.create_table(
        "conflictmember",
        refers("conflict_id", "conflict.id", key=True),
        refers("memory_id", "memory.id", key=True),
    )
    op.create_index("ix_conflictmember_memory_id", "conflictmember", ["memory_id"])


def _conversations() -> None:
    op.create_table(
        "version",
        words("id", key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        words("name"),
        words("parent_id", null=True),
        words("inputs_sha256"),
        sa.Column("state", one_of("versionstate", "ACTIVE", "RETIRED", "BLOCKED"), nullable=False),
        words("state_reason"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        values("report"),
        sa.CheckConstraint("number >= 1", name="version_counts_from_one"),
    )
    op.create_index("ix_version_inputs_sha256", "version", ["inputs_sha256"])
    op.create_table(
        "conversation",
        words("id", key=True),
        refers("version_id", "version.id"),
        refers("listener_id", "person.id", null=True),
        words("purpose"),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_conversation_version_id", "conversation", ["version_id"])
    op.create_table(
        "turn",
        words("id", key=True),
        refers("conversation_id", "conversation.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaker", one_of("speaker", "LISTENER", "PERSONA"), nullable=False),
        words("text"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        words("prompt"),
        values("evidence"),
        values("timings_ms"),
        words("audio_path"),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
    )
    op.create_index("ix_turn_conversation_id", "turn", ["conversation_id"])
    _sentences()


def _sentences() -> None:
    standings = ("OWN_WORDS", "TOLD", "INFERRED", "UNKNOWN", "SMALL_TALK")
    op.create_table(
        "sentence",
        words("id", key=True),
        refers("turn_id", "turn.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        words("text"),
        sa.Column("standing", one_of("standing", *standings), nullable=False),
        values("citations"),
        sa.CheckConstraint(
            "standing NOT IN ('OWN_WORDS', 'TOLD') OR json_array_length(citations) > 0",
            name="claims_are_cited",
        ),
    )
    op.create_index("ix_sentence_turn_id", "sentence", ["turn_id"])
    op.create_table(
        "openquestion",
        words("id", key=True),
        words("question"),
        refers("listener_id", "person.id", null=True),
        refers("conversation_id", "conversation.id"),
        values("might_know"),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        words("state"),
    )
    op.create_index("ix_openquestion_conversation_id", "openquestion", ["conversation_id"])
    op.create_table(
        "generatedfingerprint",
        words("sha256", key=True),
        words("kind"),
        refers("turn_id", "turn.id", null=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_generatedfingerprint_turn_id", "generatedfingerprint", ["turn_id"])


def _audit() -> None:
    op.create_table(
        "auditevent",
        sa.Column("seq", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        *(words(name) for name in ("actor", "action", "target_id")),
        values("counts"),
        words("previous_hash"),
        sa.Column("hash", AutoString(), nullable=False, unique=True),
    )
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _full_text() -> None:
    """Full text of memories (SQLite FTS5), and the lengths that BM25 needs, in tokens.

    ``memoryterm`` reads the index term by term: scores are computed over the readable
    memories only, which FTS5's own ``bm25()`` cannot do.
    """
    op.create_table(
        "memoryindex",
        sa.Column("doc", sa.Integer(), nullable=False, primary_key=True),
        sa.Column(
            "memory_id", AutoString(), sa.ForeignKey("memory.id"), nullable=False, unique=True
        ),
        sa.Column("text_tokens", sa.Integer(), nullable=False),
        sa.Column("context_tokens", sa.Integer(), nullable=False),
    )
    op.execute(
        "CREATE VIRTUAL TABLE memorytext USING fts5("
        "text, context, tokenize='porter unicode61 remove_diacritics 2')"
    )
    op.execute("CREATE VIRTUAL TABLE memoryterm USING fts5vocab('memorytext', 'instance')")


def downgrade() -> None:
    """Refuse: an archive is never turned back; restore a copy instead."""
    raise NotImplementedError("An archive is never downgraded: restore a copy of the folder.")

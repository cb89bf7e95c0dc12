"""The first schema: every record, the full-text index, and the rules kept by SQL itself.

SQLModel's table classes do not validate, so what must hold is checked at the store *and* here:
CHECK constraints for values, triggers for the two records that only ever grow.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("consent", "auditevent")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, create_constraint=True)


def _text(name: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, AutoString(), nullable=null, primary_key=key)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _refers(name: str, target: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, AutoString(), sa.ForeignKey(target), nullable=null, primary_key=key)


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
        _text("id", key=True),
        _text("name"),
        _json("names"),
        sa.Column("is_subject", sa.Boolean(), nullable=False),
        _text("relation"),
        _json("called_by_subject"),
        _json("calls_subject"),
        _text("born", null=True),
        _text("died", null=True),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("living", sa.Boolean(), nullable=False),
        _json("groups"),
        _json("languages"),
        sa.Column("shown_as", _one_of("shownas", "NAMED", "PSEUDONYM", "HIDDEN"), nullable=False),
        _text("pseudonym"),
        sa.CheckConstraint("id <> '' AND name <> ''", name="person_is_named"),
    )
    op.execute("CREATE UNIQUE INDEX one_subject ON person (is_subject) WHERE is_subject")
    acts = ("KEEP", "TRANSCRIBE", "RETRIEVE", "QUOTE", "TRAIN_TEXT", "TRAIN_VOICE")
    op.create_table(
        "consent",
        _text("id", key=True),
        _refers("person_id", "person.id"),
        _text("given_by"),
        sa.Column("act", _one_of("act", *acts, "ANIMATE_FACE", "FILM", "ARCHIVE"), nullable=False),
        _json("audience"),
        _text("until", null=True),
        sa.Column(
            "state", _one_of("consentstate", "GRANTED", "NARROWED", "WITHDRAWN"), nullable=False
        ),
        _text("text_shown"),
        _text("text_sha256"),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    op.create_table(
        "restriction",
        _text("id", key=True),
        _text("target_id"),
        *(_json(name) for name in ("any_groups", "all_groups", "allow", "deny", "acts")),
        _text("until", null=True),
        _text("set_by"),
    )
    op.create_index("ix_restriction_target_id", "restriction", ["target_id"])


def _sources() -> None:
    kinds = ("LETTER", "BOOK", "CHAT", "INTERVIEW", "VOICE_CLIP", "PHOTO", "TRANSCRIPT", "DERIVED")
    op.create_table(
        "source",
        _text("id", key=True),
        _text("sha256"),
        sa.Column("kind", _one_of("sourcekind", *kinds), nullable=False),
        *(_text(name) for name in ("media_type", "title", "file_name")),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        _text("created_edtf", null=True),
        _text("created_words"),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        _refers("narrator_id", "person.id", null=True),
        *(_text(name) for name in ("contributor", "custodian", "rights", "place")),
        _text("derived_from", null=True),
        _text("activity"),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        _text("start_timecode"),
        sa.Column("rate_hz", sa.Float(), nullable=True),
        sa.Column("duration_s", sa.Float(), nullable=True),
        _json("details"),
        sa.CheckConstraint("length(sha256) = 64", name="source_has_hash"),
        sa.CheckConstraint(
            "kind <> 'DERIVED' OR (derived_from IS NOT NULL AND activity <> '')",
            name="derived_names_its_origin",
        ),
    )
    op.create_index("ix_source_sha256", "source", ["sha256"], unique=True)
    op.create_table(
        "passage",
        _text("id", key=True),
        _refers("source_id", "source.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("unit"),
        _json("selector"),
        _text("text"),
        _refers("speaker_id", "person.id", null=True),
        _text("speaker_name"),
        sa.Column("speaker_confidence", sa.Float(), nullable=False),
        _refers("addressee_id", "person.id", null=True),
        _text("addressee_words"),
        _text("created_edtf", null=True),
        *(_text(name) for name in ("created_words", "place", "language", "message_id")),
        _text("reply_to"),
        _json("words"),
        _text("transcript_version"),
        sa.CheckConstraint("speaker_confidence BETWEEN 0 AND 1", name="confidence_is_a_share"),
    )
    for column in ("source_id", "speaker_id", "unit"):
        op.create_index(f"ix_passage_{column}", "passage", [column])


def _memories() -> None:
    kinds = _one_of("memorykind", "EVENT", "TRAIT", "SAYING", "PREFERENCE", "RELATION", "OWN_WORDS")
    modality = _one_of("modality", "WITNESSED", "WAS_TOLD", "BELIEVES", "GUESSES")
    status = _one_of("memorystatus", "TOLD", "CORROBORATED", "DISPUTED", "SUPERSEDED", "WITHDRAWN")
    review = _one_of("review", "UNREVIEWED", "ACCEPTED", "ACCEPTED_BY_RULE", "DISCARDED")
    op.create_table(
        "memory",
        _text("id", key=True),
        _refers("narrator_id", "person.id"),
        _json("told_by"),
        _json("subject_ids"),
        sa.Column("kind", kinds, nullable=False),
        _text("statement"),
        _text("quote"),
        _refers("addressee_id", "person.id", null=True),
        _text("language"),
        _text("event_edtf", null=True),
        _text("event_words"),
        _text("told_at_edtf", null=True),
        sa.Column("modality", modality, nullable=False),
        sa.Column("status", status, nullable=False),
        _text("extracted_by"),
        sa.Column("review", review, nullable=False),
        _text("previous_id", null=True),
        sa.CheckConstraint("statement <> '' AND quote <> ''", name="memory_says_something"),
    )
    op.create_index("ix_memory_narrator_id", "memory", ["narrator_id"])
    op.create_table(
        "citation",
        _text("id", key=True),
        _refers("memory_id", "memory.id"),
        _refers("passage_id", "passage.id"),
        sa.Column(
            "role", _one_of("citationrole", "SUPPORTS", "CONTRADICTS", "MENTIONS"), nullable=False
        ),
        sa.Column("retelling", sa.Boolean(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        _text("exact"),
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
        _text("id", key=True),
        sa.Column("kind", _one_of("conflictkind", *kinds), nullable=False),
        sa.Column("policy", _one_of("conflictpolicy", "TELL_BOTH", "KEEP_SILENT"), nullable=False),
        _text("about"),
        _text("resolution"),
    )
    op.create_table(
        "conflictmember",
        _refers("conflict_id", "conflict.id", key=True),
        _refers("memory_id", "memory.id", key=True),
    )
    op.create_index("ix_conflictmember_memory_id", "conflictmember", ["memory_id"])


def _conversations() -> None:
    op.create_table(
        "version",
        _text("id", key=True),
        sa.Column("number", sa.Integer(), nullable=False, unique=True),
        _text("name"),
        _text("parent_id", null=True),
        _text("inputs_sha256"),
        sa.Column("state", _one_of("versionstate", "ACTIVE", "RETIRED", "BLOCKED"), nullable=False),
        _text("state_reason"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        _json("report"),
        sa.CheckConstraint("number >= 1", name="version_counts_from_one"),
    )
    op.create_index("ix_version_inputs_sha256", "version", ["inputs_sha256"])
    op.create_table(
        "conversation",
        _text("id", key=True),
        _refers("version_id", "version.id"),
        _refers("listener_id", "person.id", null=True),
        _text("purpose"),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
    )
    op.create_index("ix_conversation_version_id", "conversation", ["version_id"])
    op.create_table(
        "turn",
        _text("id", key=True),
        _refers("conversation_id", "conversation.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaker", _one_of("speaker", "LISTENER", "PERSONA"), nullable=False),
        _text("text"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        _text("prompt"),
        _json("evidence"),
        _json("timings_ms"),
        _text("audio_path"),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
    )
    op.create_index("ix_turn_conversation_id", "turn", ["conversation_id"])
    _sentences()


def _sentences() -> None:
    standings = ("OWN_WORDS", "TOLD", "INFERRED", "UNKNOWN", "SMALL_TALK")
    op.create_table(
        "sentence",
        _text("id", key=True),
        _refers("turn_id", "turn.id"),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("text"),
        sa.Column("standing", _one_of("standing", *standings), nullable=False),
        _json("citations"),
        sa.CheckConstraint(
            "standing NOT IN ('OWN_WORDS', 'TOLD') OR json_array_length(citations) > 0",
            name="claims_are_cited",
        ),
    )
    op.create_index("ix_sentence_turn_id", "sentence", ["turn_id"])
    op.create_table(
        "openquestion",
        _text("id", key=True),
        _text("question"),
        _refers("listener_id", "person.id", null=True),
        _refers("conversation_id", "conversation.id"),
        _json("might_know"),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        _text("state"),
    )
    op.create_index("ix_openquestion_conversation_id", "openquestion", ["conversation_id"])
    op.create_table(
        "generatedfingerprint",
        _text("sha256", key=True),
        _text("kind"),
        _refers("turn_id", "turn.id", null=True),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_generatedfingerprint_turn_id", "generatedfingerprint", ["turn_id"])


def _audit() -> None:
    op.create_table(
        "auditevent",
        sa.Column("seq", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        *(_text(name) for name in ("actor", "action", "target_id")),
        _json("counts"),
        _text("previous_hash"),
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

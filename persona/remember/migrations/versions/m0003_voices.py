"""Voices and the clips they are made of, blind choices, drafts, answers as of a time."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from persona.remember.migrations.columns import indexed, longer_check, one_of, refers, values, words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Extend the schema; no row is lost."""
    longer_check("version", {"'ACTIVE',": "'DRAFT', 'ACTIVE',"})
    op.create_index("ix_version_inputs_sha256", "version", ["inputs_sha256"])
    op.add_column("turn", sa.Column("as_of", AutoString(), nullable=True))
    _clips()
    _voices()
    _judgements()


def _clips() -> None:
    states = one_of("proposalstate", "PROPOSED", "CONFIRMED", "REFUSED")
    op.create_table(
        "voiceclip",
        words("id", key=True),
        refers("source_id", "source.id"),
        refers("person_id", "person.id"),
        sa.Column("start_s", sa.Float(), nullable=False),
        sa.Column("end_s", sa.Float(), nullable=False),
        words("text"),
        words("language"),
        sa.Column("score", sa.Float(), nullable=False),
        values("quality"),
        sa.Column("state", states, nullable=False),
        words("confirmed_by"),
        sa.CheckConstraint("0 <= start_s AND start_s < end_s", name="clip_has_a_length"),
    )
    indexed("voiceclip", "source_id", "person_id")


def _voices() -> None:
    donors = one_of("donorkind", "OWN_CLIPS", "RELATIVE", "DESIGNED")
    op.create_table(
        "madevoice",
        words("id", key=True),
        sa.Column("donor", donors, nullable=False),
        refers("person_id", "person.id", null=True),
        words("engine"),
        values("clip_ids"),
        refers("consent_id", "consent.id", null=True),
        values("settings"),
        words("files_sha256"),
        values("measured"),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("state", one_of("voicestate", "ACTIVE", "BLOCKED"), nullable=False),
        words("state_reason"),
        sa.CheckConstraint(
            "(donor = 'DESIGNED') = (person_id IS NULL)", name="a_donor_is_declared"
        ),
    )


def _judgements() -> None:
    op.create_table(
        "judgement",
        words("id", key=True),
        sa.Column("judged", one_of("judged", "ANSWERS", "VOICES"), nullable=False),
        refers("listener_id", "person.id", null=True),
        words("first_id"),
        words("second_id", null=True),
        words("question"),
        sa.Column(
            "preferred", one_of("preference", "FIRST", "SECOND", "SAME", "NEITHER"), nullable=True
        ),
        sa.Column("credible_first", sa.Integer(), nullable=True),
        sa.Column("credible_second", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "credible_first BETWEEN 1 AND 5 AND credible_second BETWEEN 1 AND 5",
            name="credible_from_one_to_five",
        ),
    )
    indexed("judgement", "listener_id", "first_id", "second_id")

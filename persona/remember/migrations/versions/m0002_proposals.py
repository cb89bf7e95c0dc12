"""Names, kin, faces, alternates, withdrawals; where a conflict comes from; how sure words are.

Tables that already hold an archive are extended in place. The list of kinds in ``source`` is a
CHECK constraint, so the table is written again: its rows go through a copy while foreign keys
are deferred to the end of this transaction.
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from persona.remember.migrations.columns import indexed, longer_check, one_of, refers, values, words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _state() -> sa.Column[str]:
    states = one_of("proposalstate", "PROPOSED", "CONFIRMED", "REFUSED")
    return sa.Column("state", states, nullable=False)


_CONFLICT_STATE = """
    ALTER TABLE conflict ADD COLUMN state VARCHAR(9) NOT NULL DEFAULT 'CONFIRMED'
    CONSTRAINT conflictstate CHECK (state IN ('PROPOSED', 'CONFIRMED', 'DISMISSED'))
"""


def upgrade() -> None:
    """Extend the first schema; no row is lost."""
    _kinds_of_sources()
    op.add_column(
        "passage", sa.Column("text_confidence", sa.Float(), nullable=False, server_default="1.0")
    )
    op.execute(_CONFLICT_STATE)
    op.add_column(
        "conflict", sa.Column("found_by", AutoString(), nullable=False, server_default="")
    )
    _names_and_kin()
    _pictures()
    _withdrawals()
    _full_text()


def _kinds_of_sources() -> None:
    """Let a source be a diary or a family tree."""
    longer = {
        "'LETTER',": "'LETTER', 'DIARY', 'FAMILY_TREE',",
        "kind VARCHAR(10)": "kind VARCHAR(11)",
    }
    longer_check("source", longer)
    op.create_index("ix_source_sha256", "source", ["sha256"], unique=True)


def _names_and_kin() -> None:
    op.create_table(
        "knownname",
        words("id", key=True),
        words("name"),
        refers("person_id", "person.id", null=True),
        refers("source_id", "source.id", null=True),
        words("set_by"),
    )
    indexed("knownname", "person_id", "source_id")
    op.create_table(
        "kinship",
        words("id", key=True),
        refers("person_id", "person.id"),
        words("relation"),
        refers("other_id", "person.id"),
        words("words"),
        words("since_edtf", null=True),
        words("until_edtf", null=True),
        refers("source_id", "source.id", null=True),
        sa.CheckConstraint("person_id <> other_id", name="kin_are_two_people"),
    )
    indexed("kinship", "person_id", "other_id")


def _pictures() -> None:
    op.create_table(
        "face",
        words("id", key=True),
        refers("source_id", "source.id"),
        values("selector"),
        sa.Column("quality", sa.Float(), nullable=False),
        words("group"),
        sa.Column("distance", sa.Float(), nullable=False),
        words("perhaps"),
        refers("person_id", "person.id", null=True),
        _state(),
        sa.CheckConstraint(
            "state <> 'CONFIRMED' OR person_id IS NOT NULL", name="confirmed_face_is_somebody"
        ),
    )
    indexed("face", "source_id", "group", "person_id")
    op.create_table(
        "alternate",
        words("id", key=True),
        refers("source_id", "source.id"),
        refers("other_id", "source.id"),
        words("how"),
        sa.Column("distance", sa.Float(), nullable=False),
        _state(),
        sa.CheckConstraint("source_id <> other_id", name="alternates_are_two_sources"),
    )
    indexed("alternate", "source_id", "other_id")


def _withdrawals() -> None:
    scopes = one_of("withdrawalscope", "MEMORY", "SOURCE", "NARRATOR")
    op.create_table(
        "withdrawal",
        words("id", key=True),
        sa.Column("scope", scopes, nullable=False),
        *(words(name) for name in ("target_id", "asked_by", "reason")),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        *(values(name) for name in ("original_sha256s", "memory_ids", "version_ids")),
        *(values(name) for name in ("erased", "unreachable")),
        sa.Column("verified", sa.Boolean(), nullable=False),
    )


def _full_text() -> None:
    """Say when a row was indexed (`term_index`), and find what is no evidence fast (`access`)."""
    op.add_column(
        "memoryindex", sa.Column("written", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("memoryindex_written", "memoryindex", ["written"])
    for name, condition in (
        ("withdrawn", "status IN ('WITHDRAWN', 'SUPERSEDED')"),
        ("unreviewed", "review IN ('DISCARDED', 'UNREVIEWED')"),
    ):
        op.execute(f"CREATE INDEX memoryindex_{name} ON memory (id) WHERE {condition}")


def downgrade() -> None:
    """Refuse: an archive is never turned back; restore a copy instead."""
    raise NotImplementedError("An archive is never downgraded: restore a copy of the folder.")

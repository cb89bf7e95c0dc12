"""A memory may give way to a newer reading of its passage, and stay for versions made before."""

from alembic import op

from persona.remember.migrations.columns import longer_check

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PARTIAL = {
    "withdrawn": "status IN ('WITHDRAWN', 'SUPERSEDED')",
    "unreviewed": "review IN ('DISCARDED', 'UNREVIEWED')",
    "recut": "status = 'RECUT'",
}


def upgrade() -> None:
    """Extend the schema; no row is lost."""
    longer_check("memory", {"'WITHDRAWN')": "'WITHDRAWN', 'RECUT')"})
    op.create_index("ix_memory_narrator_id", "memory", ["narrator_id"])
    for name, condition in _PARTIAL.items():
        op.execute(f"CREATE INDEX memoryindex_{name} ON memory (id) WHERE {condition}")


def downgrade() -> None:
    """Refuse: an archive is never turned back; restore a copy instead."""
    raise NotImplementedError("An archive is never downgraded: restore a copy of the folder.")

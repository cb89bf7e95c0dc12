"""What the migrations are written with: columns, indexes, and a longer list of values."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString


def one_of(name: str, *values: str) -> sa.Enum:
    """Return the type of a column that holds one of ``values`` and nothing else."""
    return sa.Enum(*values, name=name, create_constraint=True)


def words(name: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    """Return a column of text."""
    return sa.Column(name, AutoString(), nullable=null, primary_key=key)


def values(name: str) -> sa.Column[object]:
    """Return a column of JSON."""
    return sa.Column(name, sa.JSON(), nullable=False)


def refers(name: str, target: str, *, null: bool = False, key: bool = False) -> sa.Column[str]:
    """Return a column that points to ``target``, such as ``person.id``."""
    return sa.Column(name, AutoString(), sa.ForeignKey(target), nullable=null, primary_key=key)


def indexed(table: str, *columns: str) -> None:
    """Make the plain indexes of a table."""
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def longer_check(table: str, changes: dict[str, str]) -> None:
    """Write a table again with a longer list of values; its indexes are made by the caller.

    The list is a CHECK constraint, which SQLite cannot alter. The rows go through a copy while
    foreign keys are deferred to the end of this transaction.

    Raises:
        RuntimeError: one of the texts to change does not stand in the definition of the table.
    """
    bind = op.get_bind()
    query = f"SELECT sql FROM sqlite_master WHERE name = '{table}'"
    longer = str(bind.exec_driver_sql(query).scalar_one())
    for old, new in changes.items():
        if old not in longer:
            raise RuntimeError(f"{old} does not stand where the earlier schema put it in {table}")
        longer = longer.replace(old, new)
    bind.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    bind.exec_driver_sql(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
    bind.exec_driver_sql(f"DROP TABLE {table}")
    bind.exec_driver_sql(longer)
    bind.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM temp.kept_{table}")
    bind.exec_driver_sql(f"DROP TABLE temp.kept_{table}")

"""Opens the SQLite file of an archive: its settings, and its migrations run to the head.

Every connection is opened with

    journal_mode=WAL     readers and one writer at the same time; a killed writer loses only
                         what it had not committed
    foreign_keys=ON      no row points to something that is not there
    secure_delete=ON     deleted bytes are overwritten (the WAL and full text still need care)
    busy_timeout         waits instead of failing while another process writes
    synchronous=FULL     what was said to be kept is on the disk

Python's sqlite3 would leave DDL outside of transactions, so transactions are begun here by
hand (SQLAlchemy, "Serializable isolation / Savepoints / Transactional DDL").
"""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError

from persona.errors import WorkspaceError

HEAD = "0004"
BUSY_TIMEOUT_MS = 30_000
MIGRATIONS = Path(__file__).parent / "migrations"

_NEWER = (
    "This archive was made by a newer version of this program. "
    "Update the program, then open it again."
)


def open_database(path: Path, *, create: bool) -> Engine:
    """Open the file at ``path`` and bring it to the newest schema.

    The engine keeps no pool: a closed connection is really closed, with its temporary tables.

    Raises:
        WorkspaceError: no file and ``create`` is False, not an archive, made by a newer
            program, or it cannot be written.
    """
    if not create and not path.is_file():
        raise WorkspaceError(
            "Nothing has been collected for this persona yet. Start with: persona collect PATH"
        )
    engine = _engine(path)
    try:
        with engine.connect() as connection:
            if _revision(connection) != HEAD:
                migrate(connection)
    except DatabaseError as error:
        raise WorkspaceError(
            f"{path.name} cannot be opened as an archive. Check that the disk is not full and "
            "that the file may be written; restore a copy if it is damaged."
        ) from error
    return engine


def migrate(connection: Connection) -> None:
    """Run every migration that is missing, each in one transaction with its own record.

    Raises:
        WorkspaceError: the archive has a revision that this program does not know.
    """
    from alembic import command  # alembic takes a third of a second to import
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
    revision = _revision(connection)
    if revision is not None and revision not in known:
        raise WorkspaceError(_NEWER)
    connection.rollback()
    command.upgrade(settings, "head")


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    row = connection.execute(sa.text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None


def _engine(path: Path) -> Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), poolclass=sa.pool.NullPool
    )
    event.listen(engine, "connect", _settings)
    event.listen(engine, "begin", _begin)
    return engine


def _settings(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    """Begin by hand; a writer takes the lock at once, so that it never fails half-way."""
    options: Any = connection.get_execution_options()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

"""The schema that migrations make is the one that the records describe."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

import persona.records.fingerprint  # noqa: F401  its table belongs to the metadata
from persona.errors import WorkspaceError
from persona.remember.database import HEAD, MIGRATIONS, open_database
from persona.remember.store import Store
from persona.workspace import create_workspace
from tests.remember.archive import Archive

SQL_ONLY = ("memorytext", "memoryterm", "memoryindex", "alembic_version", "one_subject")


def _is_record(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind in ("table", "index") and name is not None and name.startswith(SQL_ONLY))


def test_migrated_schema_is_that_of_the_records(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "store.sqlite", create=True)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": _is_record}
        )
        difference = compare_metadata(context, SQLModel.metadata)
    assert difference == []


def test_a_drift_would_be_noticed(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "store.sqlite", create=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE memory ADD COLUMN mood VARCHAR")
        context = MigrationContext.configure(connection, opts={"include_object": _is_record})
        difference = compare_metadata(context, SQLModel.metadata)
    assert [change[0] for change in difference] == ["remove_column"]


def test_every_migration_leads_to_the_head_that_the_program_names() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(settings)
    assert scripts.get_heads() == [HEAD]


def test_an_archive_of_the_first_schema_keeps_every_row(tmp_path: Path) -> None:
    """Made at 0001, with a memory, what carries it and a conflict; then opened by this program."""
    path = tmp_path / "store.sqlite"
    _at_revision(path, "0001")
    with sqlite3.connect(path) as old:
        old.execute("PRAGMA foreign_keys = ON")
        for statement in FIRST_ROWS:
            old.execute(statement)
    old.close()
    engine = open_database(path, create=False)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT id, kind FROM source").all() == [
            ("src_1", "LETTER")
        ]
        kept = connection.exec_driver_sql("SELECT source_id, text_confidence FROM passage")
        assert kept.all() == [("src_1", 1.0)]
        assert connection.exec_driver_sql("SELECT state FROM conflict").all() == [("CONFIRMED",)]
        told = connection.exec_driver_sql(
            "SELECT m.quote, c.exact, x.conflict_id FROM memory m JOIN citation c "
            "ON c.memory_id = m.id JOIN conflictmember x ON x.memory_id = m.id"
        )
        assert told.all() == [("Hello", "Hello", "cfl_1")]
        connection.exec_driver_sql("UPDATE memory SET status = 'RECUT'")
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("UPDATE memory SET status = 'LOST'")
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        connection.exec_driver_sql("UPDATE source SET kind = 'FAMILY_TREE'")
        with pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("DELETE FROM source")


def _at_revision(path: Path, revision: str) -> None:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        connection.commit()
    engine.dispose()


FIRST_ROWS = (
    "INSERT INTO source VALUES ('src_1', '" + "a" * 64 + "', 'LETTER', 'text/plain', 'T', 'f', 1,"
    " NULL, '', '2026-01-01', NULL, '', '', '', '', NULL, '', 0, '', NULL, NULL, '{}')",
    "INSERT INTO passage VALUES ('psg_1', 'src_1', 0, 'u', '{}', 'Hello', NULL, '', 1.0, NULL,"
    " '', NULL, '', '', 'en', '', '', '[]', '')",
    "INSERT INTO conflict VALUES ('cfl_1', 'TWO_ACCOUNTS', 'TELL_BOTH', 'boats', '')",
    "INSERT INTO person VALUES ('ruth', 'Ruth', '[]', 0, '', '[]', '[]', NULL, NULL, 0, 1, '[]',"
    " '[]', 'NAMED', '')",
    "INSERT INTO memory VALUES ('mem_1', 'ruth', '[]', '[]', 'EVENT', 'Hello', 'Hello', NULL, 'en',"
    " NULL, '', NULL, 'WITNESSED', 'TOLD', 'rules/1', 'ACCEPTED_BY_RULE', NULL)",
    "INSERT INTO citation VALUES ('cit_1', 'mem_1', 'psg_1', 'SUPPORTS', 0, 0, 5, 'Hello')",
    "INSERT INTO conflictmember VALUES ('cfl_1', 'mem_1')",
)


def test_opening_again_migrates_nothing(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    open_database(path, create=True).dispose()
    before = path.read_bytes()
    open_database(path, create=False).dispose()
    assert path.read_bytes() == before


def test_a_store_of_a_newer_program_is_refused(archive: Archive) -> None:
    archive.store.close()
    with sqlite3.connect(archive.workspace.database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(WorkspaceError, match="newer version of this program"):
        Store.open(archive.workspace)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path, "Henry")
    workspace.database.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(WorkspaceError, match="cannot be opened as an archive"):
        Store.open(workspace)


def test_nothing_is_made_where_there_is_no_archive(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path, "Henry")
    with pytest.raises(WorkspaceError, match="persona collect"):
        Store.open(workspace)
    assert not workspace.database.exists()


def test_a_migration_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrations are transactions: a broken one leaves neither its tables nor its record."""
    broken = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, broken, ignore=shutil.ignore_patterns("__pycache__"))
    first = broken / "versions" / "m0001_first.py"
    first.write_text(first.read_text().replace("    _audit()\n", "    raise ValueError\n", 1))
    monkeypatch.setattr("persona.remember.database.MIGRATIONS", broken)
    path = tmp_path / "store.sqlite"
    with pytest.raises(ValueError):
        open_database(path, create=True)
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables in ([], [("alembic_version",), ("sqlite_autoindex_alembic_version_1",)])


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("busy_timeout", 30_000),
        ("synchronous", 2),
    ],
)
def test_every_connection_has_its_settings(tmp_path: Path, pragma: str, value: object) -> None:
    engine = open_database(tmp_path / "store.sqlite", create=True)
    with engine.connect() as connection:
        assert connection.execute(sa.text(f"PRAGMA {pragma}")).scalar() == value

"""What the tables promise without a database."""

import sqlalchemy
from sqlmodel import SQLModel

from persona import records
from persona.records import ShownAs, Standing


def test_narrator_and_subject_are_different_fields() -> None:
    """Law 1: testimony, not truth."""
    fields = records.Memory.model_fields
    assert fields["narrator_id"].is_required()
    assert {"narrator_id", "subject_ids", "told_by", "quote"} <= set(fields)


def test_no_record_reaches_from_a_memory_to_a_turn() -> None:
    """Law 3: nothing that the persona said can be evidence, because no field could name it."""
    for table in ("memory", "citation", "passage", "source"):
        targets = {
            key.column.table.name
            for column in SQLModel.metadata.tables[table].columns
            for key in column.foreign_keys
        }
        assert targets <= {"person", "memory", "passage", "source"}, table


def test_every_foreign_key_points_to_a_table_that_exists() -> None:
    for table in SQLModel.metadata.tables.values():
        for key in table.foreign_keys:
            assert key.column.table.name in SQLModel.metadata.tables


def test_every_table_has_a_primary_key() -> None:
    for table in SQLModel.metadata.tables.values():
        assert len(table.primary_key.columns) >= 1, table.name


def test_lists_and_mappings_are_kept_as_json() -> None:
    for table in SQLModel.metadata.tables.values():
        for column in table.columns:
            assert not isinstance(column.type, sqlalchemy.PickleType), column


def test_two_rows_do_not_share_their_lists() -> None:
    one = records.Person(id="a", name="A")
    other = records.Person(id="b", name="B")
    one.groups.append("children")
    assert other.groups == []
    assert one.shown_as is ShownAs.NAMED


def test_standings_are_those_of_law_5() -> None:
    assert {s.value for s in Standing} == {
        "own_words",
        "told",
        "inferred",
        "unknown",
        "small_talk",
    }
    assert str(Standing.OWN_WORDS) == "own_words"

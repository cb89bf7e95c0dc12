"""The audit chain shows what was done, and any gap in it."""

import sqlite3

import pytest

from persona.records import Act
from persona.remember.readers import Custodian, Relative
from persona.remember.writing import GENESIS, first_broken_link
from tests.remember.archive import Archive, make_consent, make_rule, people


def test_every_write_leaves_a_link(archive: Archive) -> None:
    source, _, _ = archive.tell("A letter", "Dad sang.")
    archive.store.put_restrictions([make_rule(source.id, deny=["tom"])])
    archive.store.put_consents([make_consent("ruth", Act.FILM)])
    archive.store.audit("ruth", "export", counts={"files": 3})
    with archive.store.reader(Custodian()) as view:
        events = view.audit_events()
    assert [event.action for event in events] == [
        *("people.put", "source.add", "memories.add", "restrictions.put", "consents.put"),
        "export",
    ]
    assert (events[1].target_id, events[1].counts) == (source.id, {"passages": 1})
    assert (events[-1].actor, events[-1].counts) == ("ruth", {"files": 3})
    assert events[0].previous_hash == GENESIS
    assert first_broken_link(events) is None


def test_what_changes_nothing_leaves_no_link(archive: Archive) -> None:
    archive.store.put_people(people())
    archive.store.put_restrictions([])
    with archive.store.reader(Custodian()) as view:
        assert len(view.audit_events()) == 1


def test_only_the_custodian_reads_it(archive: Archive) -> None:
    with archive.store.reader(Relative("ruth")) as view:
        assert view.audit_events() == []


def test_a_changed_or_missing_link_is_found(archive: Archive) -> None:
    for number in range(4):
        archive.store.audit("custodian", "look", counts={"number": number})
    with archive.store.reader(Custodian()) as view:
        events = view.audit_events()
    events[2].counts = {"number": 99}
    assert first_broken_link(events) == events[2].seq
    events[2].counts = {"number": 1}
    assert first_broken_link(events) is None
    assert first_broken_link([*events[:2], *events[3:]]) == events[3].seq


def test_sql_refuses_to_change_it(archive: Archive) -> None:
    archive.store.close()
    connection = sqlite3.connect(archive.workspace.database)
    for statement in ("UPDATE auditevent SET actor = 'nobody'", "DELETE FROM auditevent"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()

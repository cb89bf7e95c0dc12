"""Law 4, rules and consent: terms, acts, what is derived, and who agreed to what."""

from typing import Any

import pytest

from persona.errors import NotReadable
from persona.records import Act, Consent, ConsentState
from persona.remember.readers import Audience, Custodian, Reader, Relative, Stranger
from tests.remember.archive import (
    NOW,
    Archive,
    make_consent,
    make_passage,
    make_rule,
    make_source,
)


@pytest.mark.parametrize(
    ("rule", "open_to"),
    [
        ({"until": "2026-11-21"}, True),
        ({"until": "2026-11-22"}, False),
        ({"until": "2026-11"}, False),
        ({"until": "2025"}, True),
        ({"acts": ["film"]}, True),
        ({"acts": ["retrieve"]}, False),
        ({"acts": ["film", "retrieve"]}, False),
    ],
)
def test_terms_and_acts_of_a_rule(archive: Archive, rule: dict[str, Any], open_to: bool) -> None:
    source, _, memory = archive.tell("A letter", "Dad sang.")
    archive.store.put_restrictions([make_rule(source.id, deny=["tom"], **rule)])
    with archive.store.reader(Relative("tom"), today=NOW.date()) as view:
        assert (memory.id in view.memory_ids()) is open_to


def test_what_is_derived_inherits(archive: Archive) -> None:
    recording = make_source("A tape", narrator="ruth")
    transcript = make_source("Its transcript", narrator="ruth", derived_from=recording.id)
    archive.store.add_source(recording, [])
    archive.store.add_source(transcript, [make_passage(transcript, "Dad sang.")])
    archive.store.put_restrictions([make_rule(recording.id, allow=["ruth"])])
    with archive.store.reader(Relative("tom")) as view:
        assert view.sources() == [] and view.passages() == []
    with archive.store.reader(Relative("ruth")) as view:
        assert len(view.passages()) == 1


@pytest.mark.parametrize("act", [Act.RETRIEVE, Act.KEEP])
def test_withdrawn_consent_closes_at_once(archive: Archive, act: Act) -> None:
    """Also for a view that is open already, and for the custodian's evidence."""
    _, passage, memory = archive.tell("A letter", "Dad sang.", narrator="ruth")
    view = archive.store.reader(Relative("tom"))
    custodian = archive.store.reader(Custodian())
    assert memory.id in view.memory_ids()
    archive.store.put_consents([make_consent("ruth", act, ConsentState.WITHDRAWN)])
    assert memory.id not in view.memory_ids()
    with pytest.raises(NotReadable):
        view.passage(passage.id)
    assert memory.id not in custodian.memory_ids()
    assert custodian.memory(memory.id)


def test_a_reader_who_is_nobody_has_no_view(archive: Archive) -> None:
    with pytest.raises(NotReadable):
        archive.store.reader(Relative("nobody"))
    with pytest.raises(NotReadable):
        archive.store.reader(Audience(("ruth", "nobody")))


def grants(act: Act, *more: dict[str, Any]) -> list[Consent]:
    return [make_consent("ruth", act, **values) for values in more]


@pytest.mark.parametrize("act", list(Act))
def test_what_needs_a_grant(archive: Archive, act: Act) -> None:
    free = act in (Act.KEEP, Act.TRANSCRIBE, Act.RETRIEVE, Act.QUOTE)
    with archive.store.reader(Relative("tom")) as view:
        assert view.may(act, "ruth") is free
        archive.store.put_consents([make_consent("ruth", act)])
        assert view.may(act, "ruth")
        later = NOW.replace(hour=10)
        withdrawn = make_consent("ruth", act, ConsentState.WITHDRAWN, at=later)
        archive.store.put_consents([withdrawn])
        assert not view.may(act, "ruth")
        assert not view.may(act, "nobody")


def test_a_grant_has_an_audience_and_a_term(archive: Archive) -> None:
    narrow = {"state": ConsentState.NARROWED, "audience": ["children"], "until": "2026-12-31"}
    archive.store.put_consents(grants(Act.TRAIN_TEXT, narrow))

    def may(reader: Reader, day: str = "2026-12-31") -> bool:
        with archive.store.reader(reader) as view:
            return view.may(Act.TRAIN_TEXT, "ruth", today=type(NOW.date()).fromisoformat(day))

    assert may(Relative("tom")) and may(Audience(("tom", "ruth"))) and may(Custodian())
    assert not may(Relative("tom"), "2027-01-01")
    assert not may(Relative("margaret")) and not may(Stranger())
    assert not may(Audience(("tom", "margaret")))


def test_a_view_for_training_leaves_out_who_did_not_agree(archive: Archive) -> None:
    _, _, hers = archive.tell("A letter", "Dad sang.", narrator="ruth")
    _, _, his = archive.tell("Another", "Dad danced.", narrator="tom")
    archive.store.put_consents([make_consent("ruth", Act.TRAIN_TEXT)])
    with archive.store.reader(Relative("margaret"), act=Act.TRAIN_TEXT) as view:
        assert view.memory_ids() == {hers.id}
    with archive.store.reader(Relative("margaret")) as view:
        assert view.memory_ids() == {hers.id, his.id}

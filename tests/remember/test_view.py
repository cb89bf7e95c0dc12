"""What the view tells beyond access: names, versions, order, and that it is never stale."""

import threading

import pytest

from persona.errors import NotReadable
from persona.records import Act, MemoryKind, Person, ShownAs
from persona.remember.readers import Custodian, Relative, Stranger
from tests.remember.archive import Archive, make_consent, make_passage, make_source, make_version


def hide(archive: Archive, person_id: str, shown_as: ShownAs, pseudonym: str = "") -> None:
    with archive.store.reader(Custodian()) as view:
        person = view.person(person_id)
    person.shown_as, person.pseudonym = shown_as, pseudonym
    archive.store.put_people([person])


def test_a_hidden_person_is_not_named(archive: Archive) -> None:
    source = make_source("A tape", narrator="joe", contributor="Joe Marsh")
    archive.store.add_source(source, [make_passage(source, "Henry sang.", speaker_name="Joe M.")])
    hide(archive, "joe", ShownAs.HIDDEN)
    with archive.store.reader(Relative("ruth")) as view:
        shown = [view.person("joe"), *view.people(), *view.sources(), *view.passages()]
        assert "Joe" not in repr(shown)
        assert view.display_name("joe") == "someone who is not named"
        assert view.display_name("joe", "zh") == "一位不具名的人"
        assert view.person("joe").relation == "friend"
    for reader in (Custodian(), Relative("joe")):
        with archive.store.reader(reader) as view:
            assert view.display_name("joe") == "Joe Marsh"


def test_a_pseudonym_is_shown_and_found(archive: Archive) -> None:
    archive.tell("A tape", "Henry sang in the yard.", narrator="joe")
    hide(archive, "joe", ShownAs.PSEUDONYM, "Peregrine")
    with archive.store.reader(Relative("ruth")) as view:
        assert view.display_name("joe") == "Peregrine"
        assert view.postings("peregrin")
        assert view.postings("marsh") == []


def test_memories_are_chosen_and_paged(archive: Archive) -> None:
    _, _, first = archive.tell("One", "Dad sang.", narrator="ruth")
    _, _, second = archive.tell("Two", "Dad danced.", narrator="tom")
    with archive.store.reader(Relative("ruth")) as view:
        assert [m.id for m in view.memories()] == [first.id, second.id]
        assert [m.id for m in view.memories(offset=1, limit=1)] == [second.id]
        assert [m.id for m in view.memories(narrator_id="tom")] == [second.id]
        assert view.memories(kind=MemoryKind.TRAIT) == []
        assert view.memories(ids=[]) == []
        assert view.counts()["memories"] == 2


def test_passages_in_order_and_by_unit(archive: Archive) -> None:
    source = make_source()
    passages = [
        make_passage(source, f"Day {n}.", position=n, unit=f"day {n // 2}") for n in (2, 0, 1)
    ]
    archive.store.add_source(source, passages)
    with archive.store.reader(Relative("ruth")) as view:
        assert [p.text for p in view.passages(source.id)] == ["Day 0.", "Day 1.", "Day 2."]
        assert [p.text for p in view.passages(unit="day 1")] == ["Day 2."]


@pytest.mark.parametrize("reference", ["2", 2, "ver_2", "second generation", " 2 "])
def test_a_version_by_number_id_or_name(archive: Archive, reference: str | int) -> None:
    for number in (1, 2):
        archive.store.add_version(make_version(number))
    with archive.store.reader(Stranger()) as view:
        assert view.version(reference).number == 2
        with pytest.raises(NotReadable):
            view.version("third")
        with pytest.raises(NotReadable):
            view.version("")


def test_the_subject(archive: Archive) -> None:
    with archive.store.reader(Stranger()) as view:
        assert view.subject().id == "henry"


def test_a_view_is_never_stale(archive: Archive) -> None:
    with archive.store.reader(Relative("ruth")) as view:
        assert view.memory_ids() == frozenset()
        _, _, memory = archive.tell("One", "Dad sang.")
        assert view.memory_ids() == {memory.id}
        archive.store.put_people([Person(id="eve", name="Eve")])
        assert view.person("eve").name == "Eve"


def test_records_are_copies(archive: Archive) -> None:
    _, _, memory = archive.tell("One", "Dad sang.")
    with archive.store.reader(Relative("ruth")) as view:
        view.memory(memory.id).statement = "Dad never sang."
        view.person("tom").name = "Somebody"
        assert view.memory(memory.id).statement == "Dad sang."


def test_own_consents_only(archive: Archive) -> None:
    archive.store.put_consents([make_consent("ruth", Act.FILM), make_consent("tom", Act.FILM)])
    with archive.store.reader(Relative("ruth")) as view:
        assert [entry.person_id for entry in view.consents()] == ["ruth"]
    with archive.store.reader(Custodian()) as view:
        assert len(view.consents()) == 2
    with archive.store.reader(Stranger()) as view:
        assert view.consents() == []


def test_a_view_may_be_used_from_several_threads(archive: Archive) -> None:
    """Streamlit answers each visitor on a thread of its own."""
    archive.tell("One", "Dad sang.")
    answers: list[int] = []
    with archive.store.reader(Relative("ruth")) as view:

        def ask() -> None:
            for _ in range(20):
                answers.append(len(view.memories()) + len(view.postings("sang")))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == [2] * 80


def test_closing_the_store_closes_its_views(archive: Archive) -> None:
    view = archive.store.reader(Custodian())
    archive.store.close()
    with pytest.raises(Exception, match="closed"):
        view.people()

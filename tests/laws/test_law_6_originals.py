"""Law 6, in the store: originals are kept once and unchanged; what is derived says from what."""

import pytest

from persona.errors import StoreError
from persona.records import SourceKind
from persona.remember.readers import Custodian
from tests.remember.archive import Archive, make_passage, make_source


def test_a_source_is_never_written_over(archive: Archive) -> None:
    source = make_source("A letter")
    archive.store.add_source(source, [make_passage(source, "Dad sang.")])
    again = make_source("A letter", rights="changed")
    assert not archive.store.add_source(again, [make_passage(again, "Dad never sang.")])
    with archive.store.reader(Custodian()) as view:
        assert view.source(source.id).rights == ""
        assert [passage.text for passage in view.passages()] == ["Dad sang."]


def test_two_sources_never_share_one_original(archive: Archive) -> None:
    source = make_source("A letter")
    archive.store.add_source(source, [])
    copy = make_source("A letter", narrator="tom")
    copy.id = "src_other"
    assert not archive.store.add_source(copy, [])


@pytest.mark.parametrize(
    "more", [{}, {"derived_from": "src_tape"}, {"activity": "transcribed by whisper-base"}]
)
def test_what_is_derived_names_its_origin_and_how(archive: Archive, more: dict[str, str]) -> None:
    derived = make_source("A transcript", kind=SourceKind.DERIVED, **more)
    with pytest.raises(StoreError):
        archive.store.add_source(derived, [])
    derived.derived_from, derived.activity = "src_tape", "transcribed by whisper-base"
    assert archive.store.add_source(derived, [])


def test_a_source_has_the_hash_of_its_original(archive: Archive) -> None:
    source = make_source("A letter")
    source.sha256 = "abc"
    with pytest.raises(StoreError):
        archive.store.add_source(source, [])

"""Who is in a picture is said by people, and seen by those who may open the picture."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from persona.errors import ConsentError, StoreError
from persona.records import (
    Act,
    Alternate,
    ConsentState,
    Face,
    ProposalState,
    Source,
    SourceKind,
    content_id,
)
from persona.remember.pictures import PictureReading, Pictures
from persona.remember.readers import Custodian, Reader, Relative, Stranger
from tests.remember.archive import Archive, make_consent, make_passage, make_rule, make_source


def photo(archive: Archive, title: str, rules: Any = (), **more: Any) -> Source:
    source = make_source(title, kind=more.pop("kind", SourceKind.PHOTO), **more)
    archive.store.add_source(source, [], [make_rule(source.id, **rule) for rule in rules])
    return source


def face(source: Source, group: str, x: int = 0, **more: Any) -> Face:
    selector = {"type": "FragmentSelector", "value": f"xywh={x},0,90,90"}
    face_id = content_id("fac", source.id, selector)
    return Face(id=face_id, source_id=source.id, selector=selector, group=group, **more)


def writer(archive: Archive) -> Pictures:
    return Pictures(archive.store._engine, "custodian")


def reading(archive: Archive, reader: Reader) -> PictureReading:
    connection = archive.store._engine.connect()
    return PictureReading(connection, reader, act=Act.RETRIEVE, today=date(2026, 11, 22))


def test_a_person_names_a_group_and_what_was_said_before_stays(archive: Archive) -> None:
    one, two, three = (photo(archive, title) for title in ("one", "two", "three"))
    pictures = writer(archive)
    faces = [face(one, "g"), face(two, "g"), face(three, "g"), face(three, "h", x=200)]
    assert pictures.add_faces(faces) == 4
    assert pictures.add_faces(faces) == 0, "twice is once"
    assert pictures.name_face(faces[0].id, "tom", by="ruth") == 1
    pictures.refuse_face(faces[1].id, by="ruth")
    assert pictures.name_face("g", "henry", by="ruth") == 1, "only who still waits"
    with reading(archive, Custodian()) as view:
        said = {found.id: (found.person_id, found.state.value) for found in view.faces()}
        assert said[faces[0].id] == ("tom", "confirmed")
        assert said[faces[1].id] == (None, "refused")
        assert said[faces[2].id] == ("henry", "confirmed")
        assert said[faces[3].id] == (None, "proposed")
        assert [found.id for found in view.faces(person_id="henry")] == [faces[2].id]
        assert [found.id for found in view.faces(state=ProposalState.REFUSED)] == [faces[1].id]
    with pytest.raises(StoreError, match="waits"):
        pictures.name_face("g", "henry", by="ruth")
    assert pictures.name_face(faces[0].id, "henry", by="ruth") == 1, "a mistake is mended"
    with archive.store.reader(Custodian()) as view:
        named = [event for event in view.audit_events() if event.action == "face.name"]
        assert [event.actor for event in named] == ["ruth"] * 3


def test_grouping_anew_never_unsays_what_a_person_said(archive: Archive) -> None:
    pictures = writer(archive)
    faces = [face(photo(archive, title), "g") for title in ("one", "two")]
    pictures.add_faces(faces)
    pictures.name_face(faces[0].id, "henry", by="ruth")
    pictures.refuse_face(faces[1].id)
    anew = [face.model_copy(update={"group": "k", "distance": 0.4}) for face in faces]
    assert pictures.add_faces(anew) == 1
    with reading(archive, Custodian()) as view:
        by_id = {found.id: found for found in view.faces()}
    first, second = by_id[faces[0].id], by_id[faces[1].id]
    assert (first.group, first.person_id, first.state) == ("k", "henry", ProposalState.CONFIRMED)
    assert (second.group, second.state) == ("", ProposalState.REFUSED)


def test_unknown_faces_people_and_pictures_are_refused(archive: Archive) -> None:
    pictures, one = writer(archive), photo(archive, "one")
    pictures.add_faces([face(one, "g")])
    for reference, person in (("nobody", "henry"), ("g", "nobody"), ("", "henry")):
        with pytest.raises(StoreError):
            pictures.name_face(reference, person, by="ruth")
    with pytest.raises(StoreError):
        pictures.add_faces([face(make_source("elsewhere"), "g")])
    with pytest.raises(StoreError):
        pictures.refuse_face("fac_none")
    with pytest.raises(StoreError):
        pictures.decide_alternate("alt_none", ProposalState.CONFIRMED)


@pytest.mark.parametrize(
    "drawn",
    [
        {"kind": SourceKind.DERIVED, "derived_from": "src_1", "activity": "restored"},
        {"synthetic": True},
        {"details": {"restored": True}},
    ],
)
def test_nobody_is_recognised_in_a_drawn_picture(archive: Archive, drawn: dict[str, Any]) -> None:
    made = photo(archive, "made", **drawn)
    real = photo(archive, "real")
    with pytest.raises(StoreError, match="restored or synthetic"):
        writer(archive).add_faces([face(real, "g"), face(made, "g")])
    with reading(archive, Custodian()) as view:
        assert view.faces() == [], "nothing of the batch was kept"


def test_questions_come_biggest_first_and_say_what_is_known(archive: Archive) -> None:
    pictures = writer(archive)
    sources = [photo(archive, str(number)) for number in range(6)]
    faces = [face(source, "big", quality=0.5) for source in sources[:3]]
    faces += [face(source, "small", perhaps="big", distance=0.55) for source in sources[3:5]]
    faces += [face(sources[5], "alone", perhaps="gone")]
    pictures.add_faces(faces)
    pictures.name_face(faces[0].id, "henry", by="ruth")
    with reading(archive, Custodian()) as view:
        asked = view.face_questions()
    assert [(one.group, len(one.faces)) for one in asked] == [
        ("big", 2),
        ("small", 2),
        ("alone", 1),
    ]
    assert asked[0].person_id == "henry", "the others of his group"
    assert (asked[1].perhaps, asked[1].perhaps_person_id) == ("big", "henry")
    assert asked[1].distance == 0.55 and asked[2].perhaps == ""


def test_a_reader_sees_no_face_of_a_picture_they_may_not_open(archive: Archive) -> None:
    pictures = writer(archive)
    secret = photo(archive, "secret", [{"deny": ["tom"]}])
    shown = photo(archive, "shown")
    half = make_source("half", kind=SourceKind.PHOTO)
    caption = make_passage(half, "what only Ruth may know")
    archive.store.add_source(half, [caption], [make_rule(caption.id, allow=["ruth"])])
    faces = [face(secret, "g"), face(half, "g"), face(shown, "h", perhaps="g", distance=0.51)]
    pictures.add_faces(faces)
    pictures.name_face("g", "henry", by="ruth")
    pictures.add_alternates([alternate(secret, shown)])
    for reader, seen in ((Relative("ruth"), 3), (Relative("tom"), 1), (Stranger(), 1)):
        with reading(archive, reader) as view:
            assert len(view.faces()) == seen
            assert len(view.faces(source_id=secret.id)) == (seen == 3)
            assert len(view.faces(person_id="henry")) == (2 if seen == 3 else 0)
            assert len(view.alternates()) == len(view.alternates(shown.id)) == (seen == 3)
            (question,) = view.face_questions()
            assert question.perhaps == ("g" if seen == 3 else "")
            assert question.distance == 0.0, "not even how far to what is hidden"


def alternate(lesser: Source, better: Source, **more: Any) -> Alternate:
    made = content_id("alt", lesser.id, better.id)
    return Alternate(id=made, source_id=lesser.id, other_id=better.id, how="same_picture", **more)


def test_copies_are_tied_once_and_people_decide(archive: Archive) -> None:
    pictures = writer(archive)
    small, middle, large = (photo(archive, title) for title in ("small", "middle", "large"))
    tied = [alternate(small, middle), alternate(middle, large)]
    assert pictures.add_alternates(tied) == 2
    assert pictures.add_alternates([*tied, alternate(middle, small)]) == 0, "nor the other way"
    with reading(archive, Custodian()) as view:
        assert {one.state for one in view.alternates()} == {ProposalState.PROPOSED}
        pictures.decide_alternate(tied[0].id, ProposalState.CONFIRMED, by="ruth")
        pictures.decide_alternate(tied[1].id, ProposalState.REFUSED, by="ruth")
        assert {one.id: one.state for one in view.alternates()} == {
            tied[0].id: ProposalState.CONFIRMED,
            tied[1].id: ProposalState.REFUSED,
        }
        assert len(view.alternates(large.id)) == 1
    with pytest.raises(StoreError):
        pictures.add_alternates([alternate(small, make_source("elsewhere"))])


def test_who_withdrew_is_not_compared_and_not_named(archive: Archive) -> None:
    pictures = writer(archive)
    one, two = photo(archive, "one"), photo(archive, "two", narrator="david")
    faces = [face(one, "g"), face(one, "h", x=200), face(two, "i"), face(one, "j", x=400)]
    pictures.add_faces(faces)
    pictures.name_face("g", "joe", by="ruth")
    pictures.refuse_face(faces[3].id)
    with reading(archive, Custodian()) as view:
        hashes = (one.sha256, one.sha256, two.sha256)
        expected = sorted(zip((found.id for found in faces[:3]), hashes, strict=True))
        assert [(found.id, sha) for found, sha in view.comparable_faces()] == expected
        assert view.withdrawn_faces() == []
        later = datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(minutes=1)
        for person in ("joe", "david"):
            taken = make_consent(person, Act.KEEP, ConsentState.WITHDRAWN, at=later)
            archive.store.put_consents([taken])
        assert [found.id for found, _ in view.comparable_faces()] == [faces[1].id]
        gone = {found.id for found, _ in view.withdrawn_faces()}
        assert gone == {faces[0].id, faces[2].id}, "the face, and the photos he took"
    with pytest.raises(ConsentError, match="taken back"):
        pictures.name_face("h", "joe", by="ruth")
    with reading(archive, Relative("ruth")) as view:
        assert faces[0].id not in {found.id for found in view.faces()}

"""Faces are grouped so that one relative is never taken for another."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persona.collect.photos.faces import (
    ASK,
    JOIN,
    box_of,
    face_records,
    group_faces,
    regroup,
)
from persona.engines.faces_dlib import DlibFaces, find_problem
from persona.engines.picture_faces import KeptFaces
from persona.engines.protocols import FloatArray, FoundFace
from persona.records import Face, ProposalState


def face(source: str, side: int = 100, x: int = 0, **more: object) -> Face:
    found = FoundFace((x, 0, side, side), 1.0, np.zeros(1, dtype=np.float32))
    (made,) = face_records(source, [found])
    return made.model_copy(update=more)


def line(*places: float) -> FloatArray:
    """Return vectors on a line: their distances are the differences."""
    return np.array([[place, 0.0] for place in places], dtype=np.float32)


def groups(faces: list[Face]) -> set[frozenset[str]]:
    by_group: dict[str, set[str]] = {}
    for one in faces:
        by_group.setdefault(one.group, set()).add(one.source_id)
    return {frozenset(sources) for sources in by_group.values()}


def test_near_faces_are_a_group_and_far_ones_are_not() -> None:
    found = group_faces([face("a"), face("b"), face("c")], line(0, 0.3, 2))
    assert groups(found) == {frozenset("ab"), frozenset("c")}
    assert all(one.perhaps == "" for one in found)
    assert {one.source_id: one.distance for one in found} == {"a": 0.3, "b": 0.3, "c": 0.0}


def test_a_chain_of_relatives_is_not_one_person() -> None:
    """Grandfather – father – son, each near to the next: single linkage would join all three."""
    found = group_faces([face("a"), face("b"), face("c")], line(0, 0.4, 0.85))
    assert groups(found) == {frozenset("ab"), frozenset("c")}
    (asked,) = {one.perhaps for one in found} - {""}
    assert asked == next(one.group for one in found if one.source_id in "ab")


def test_the_uncertain_band_is_asked_and_never_joined() -> None:
    found = group_faces([face("a"), face("b")], line(0, (JOIN + ASK) / 2))
    assert len(groups(found)) == 2
    assert sum(bool(one.perhaps) for one in found) == 1, "asked once, not twice"
    assert group_faces([face("a"), face("b")], line(0, ASK))[0].perhaps == ""


@pytest.mark.parametrize(
    ("side", "distance", "joined", "asked"),
    [
        *((100, 0.45, True, False), (60, 0.45, False, True), (60, 0.35, True, False)),
        *((35, 0.1, False, True), (27, 0.1, False, False)),
    ],
)
def test_small_faces_need_a_person(side: int, distance: float, joined: bool, asked: bool) -> None:
    found = group_faces([face("a"), face("b", side)], line(0, distance))
    assert len(groups(found)) == (1 if joined else 2)
    assert any(one.perhaps for one in found) == asked


def test_two_faces_of_one_picture_are_two_people() -> None:
    found = group_faces([face("a"), face("a", x=200)], line(0, 0.01))
    assert len({one.group for one in found}) == 2
    assert all(one.perhaps == "" for one in found)


def test_what_people_said_is_stronger_than_any_distance() -> None:
    named = {"state": ProposalState.CONFIRMED}
    father, son = face("a", **named, person_id="henry"), face("b", **named, person_id="tom")
    new, refused = face("c"), face("d", state=ProposalState.REFUSED)
    found = group_faces([father, son, new, refused], line(0, 0.05, 0.1, 0.02))
    by_source = {one.source_id: one for one in found}
    assert by_source["a"].group != by_source["b"].group
    assert by_source["d"].group not in {by_source[other].group for other in "abc"}
    assert by_source["a"].person_id == "henry" and by_source["c"].person_id is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3), st.integers(20, 200)), max_size=12))
def test_no_group_is_wider_than_its_limit(places: list[tuple[float, float, int]]) -> None:
    faces = [face(f"s{number}", place[2]) for number, place in enumerate(places)]
    vectors = np.array([place[:2] for place in places], dtype=np.float32).reshape(-1, 2)
    found = group_faces(faces, vectors)
    assert sorted(one.id for one in found) == sorted(one.id for one in faces)
    place_of = {one.id: vectors[number] for number, one in enumerate(faces)}
    for one, other in itertools.combinations(found, 2):
        gap = float(np.linalg.norm(place_of[one.id] - place_of[other.id]))
        if one.group == other.group:
            assert gap < JOIN + 1e-3
        assert one.perhaps != one.group
    shuffled = group_faces(faces[::-1], vectors[::-1])
    assert groups(shuffled) == groups(found), "the order of arrival decides nothing"


class Counting:
    """Finds two faces in every picture and counts how often it had to look."""

    name = "counting-1"

    def __init__(self) -> None:
        self.looked = 0

    def find(self, picture: Path) -> list[FoundFace]:
        self.looked += 1
        vector = np.full(2, len(picture.name), dtype=np.float32)
        return [FoundFace((0, 0, 90, 90), 0.5, vector), FoundFace((99, 0, 50, 50), 0.4, vector + 5)]


def test_vectors_are_kept_once_and_can_be_erased(tmp_path: Path) -> None:
    finder, sha256 = Counting(), "ab" * 32
    kept = KeptFaces(finder, tmp_path / "faces")
    picture = tmp_path / sha256
    first = kept.find(picture)
    again = KeptFaces(finder, tmp_path / "faces").find(picture)
    assert finder.looked == 1 and [one.box for one in first] == [one.box for one in again]
    assert np.array_equal(first[0].vector, again[0].vector)
    assert kept.forget(sha256, [(0, 0, 90, 90)]) == 1
    assert kept.vectors(picture, [(0, 0, 90, 90)]) == [None], "not found again by itself"
    assert kept.forget(sha256) == 1
    assert [path for path in (tmp_path / "faces").rglob("*") if path.is_file()] == []
    kept.find(picture)
    assert finder.looked == 2


def test_a_half_written_file_of_vectors_is_made_again(tmp_path: Path) -> None:
    finder, sha256 = Counting(), "cd" * 32
    kept = KeptFaces(finder, tmp_path)
    kept.find(tmp_path / sha256)
    (file,) = tmp_path.rglob("*.npz")
    whole = file.read_bytes()
    for damaged in (b"", whole[:40], whole[:-30], b"PK\x03\x04" + b"\0" * 50):
        file.write_bytes(damaged)
        assert len(kept.find(tmp_path / sha256)) == 2
    assert finder.looked == 5
    assert len(list(tmp_path.rglob("*.part"))) == 0


def test_an_archive_is_grouped_with_the_vectors_that_are_kept(tmp_path: Path) -> None:
    finder = Counting()
    kept = KeptFaces(finder, tmp_path / "faces")
    faces = [
        (one, tmp_path / (name * 64))
        for name in "ab"
        for one in face_records(name, finder.find(tmp_path / (name * 64)))
    ]
    found = regroup(faces, kept)
    assert len(found) == 4 and len({one.group for one in found if box_of(one)[2] == 90}) == 1
    kept.forget("a" * 64, [(0, 0, 90, 90)])
    assert len(regroup(faces, kept)) == 3
    assert regroup([], kept) == []


@pytest.fixture(scope="module")
def roosevelts(shared_data: Path, models: Path) -> list[tuple[str, Face]]:
    if find_problem() or not (models / "dlib-faces").is_dir():
        pytest.skip("the face finder is not on this machine: persona fetch dlib-faces")
    finder = DlibFaces(models)
    faces: list[Face] = []
    vectors: list[FloatArray] = []
    names = "000 008 008a 018 018a 032 032a 032b 046 046a 046b 072 092 092a 114".split()
    for name in names:
        found = finder.find(shared_data / "roosevelt" / "photos" / f"i_{name}.jpg")
        faces += face_records(name, found)
        vectors += [one.vector for one in found]
    return [(one.source_id, one) for one in group_faces(faces, np.array(vectors))]


@pytest.mark.slow
def test_one_man_and_his_relatives(roosevelts: list[tuple[str, Face]]) -> None:
    """Measured: no relative joined; 16 and 18 joined; nearly all else is a question."""
    himself = {"018", "018a", "032b", "046a", "092", "092a", "000"}
    relatives = {"008", "008a", "032", "032a", "046", "046b"}
    assert {name for name, _ in roosevelts} >= himself | relatives, "every face is found"
    for group in groups([one for _, one in roosevelts]):
        assert not (group & himself and group & relatives), group
        assert len(group & relatives) <= 1, "sisters and brothers are apart too"
    joined = groups([one for _, one in roosevelts])
    assert any({"092", "092a"} <= group for group in joined)
    asked = sum(bool(one.perhaps) for _, one in roosevelts)
    assert asked >= len(joined) // 2

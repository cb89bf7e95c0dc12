"""Faces that seem to be one person, from vectors alone. Who it is, a person says.

    joined, if every face of the group is that near (complete linkage), below
        0.5   both faces 80 pixels and more
        0.4   both 40 pixels and more: on small old prints a brother of five and one of seven lay
              at 0.43, a boy of ten and his sister at 0.49
    "perhaps the same" below 0.6: asked, never joined; faces of 28 to 40 pixels are only asked
    somebody else from 0.6 on (dlib's own limit, https://github.com/davisking/dlib-models)

Complete linkage, because single linkage chains: a man, his son at the same age, the son's son.
Its price is several groups for one long life; each costs one answer. Two faces of one picture
are never one person.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from persona.engines.picture_faces import KeptFaces
from persona.engines.protocols import FloatArray, FoundFace
from persona.records import Face, ProposalState, content_id

JOIN, JOIN_SMALL, ASK = 0.5, 0.4, 0.6
_CLEAR_PX, _JOINED_PX, _COMPARED_PX = 80, 40, 28
_ROWS = 1024
_BOX = re.compile(r"xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)")


def face_records(source_id: str, found: Sequence[FoundFace]) -> list[Face]:
    """Return a record for each face; the vectors stay where they are."""
    faces = []
    for one in found:
        selector = {"type": "FragmentSelector", "value": "xywh={},{},{},{}".format(*one.box)}
        faces.append(
            Face(
                id=content_id("fac", source_id, selector),
                source_id=source_id,
                selector=selector,
                quality=round(float(one.quality), 3),
            )
        )
    return faces


def box_of(face: Face) -> tuple[int, int, int, int]:
    """Return x, y, width, height of a face in upright pixels; all 0 when it says none."""
    match = _BOX.fullmatch(str(face.selector.get("value", "")))
    x, y, width, height = (int(part) for part in match.groups()) if match else (0, 0, 0, 0)
    return x, y, width, height


@dataclass(frozen=True)
class _Near:
    """Two faces and how far they are from each other."""

    distance: float
    one: int
    other: int


def regroup(faces: Sequence[tuple[Face, Path]], finder: KeptFaces) -> list[Face]:
    """Group the faces of an archive anew, with the vectors that are kept or made again.

    Args:
        faces: each with the original in which it was found; only those that may be compared.
        finder: keeps the vectors.

    Returns:
        The faces that could be compared, with ``group``, ``distance`` and ``perhaps``.

    Raises:
        EngineError: vectors had to be made again, and could not.
    """
    compared: list[Face] = []
    vectors: list[FloatArray] = []
    by_picture: defaultdict[Path, list[Face]] = defaultdict(list)
    for face, picture in faces:
        by_picture[picture].append(face)
    for picture, of_it in by_picture.items():
        for face, vector in zip(
            of_it, finder.vectors(picture, [box_of(one) for one in of_it]), strict=True
        ):
            if vector is not None:
                compared.append(face)
                vectors.append(vector)
    return group_faces(compared, np.array(vectors, dtype=np.float32)) if compared else []


def group_faces(faces: Sequence[Face], vectors: FloatArray) -> list[Face]:
    """Return copies of the faces with ``group``, ``distance`` and ``perhaps`` set anew.

    A face that somebody named keeps its name; faces of two people are never grouped together,
    and what was refused stays alone.

    Args:
        faces: of one archive, in any order; only those that may be compared.
        vectors: (n, dimensions), a row for each face, of one and the same finder.
    """
    order = sorted(range(len(faces)), key=lambda position: faces[position].id)
    ordered = [faces[position] for position in order]
    near = list(_pairs(ordered, vectors[order] if order else vectors))
    cluster = _link(len(ordered), [pair for pair in near if _joins(ordered, pair)])
    names = [f"grp_{ordered[root].id.removeprefix('fac_')}" for root in cluster]
    nearest = _nearest_inside(near, cluster)
    perhaps = _perhaps(near, cluster)
    return [
        face.model_copy(
            update={
                "group": names[position],
                "perhaps": names[perhaps[root].other] if root in perhaps else "",
                "distance": round(nearest.get(position, _gap(perhaps.get(root))), 4),
            }
        )
        for position, (face, root) in enumerate(zip(ordered, cluster, strict=True))
    ]


def _pairs(faces: Sequence[Face], vectors: FloatArray) -> Iterator[_Near]:
    """Yield what may be one person: near enough, of two pictures, not named apart."""
    sides = [min(box_of(face)[2:]) for face in faces]
    squares = (vectors.astype(np.float64) ** 2).sum(axis=1)
    for start in range(0, len(faces), _ROWS):
        block = vectors[start : start + _ROWS].astype(np.float64)
        products = block @ vectors.T.astype(np.float64)
        gaps = np.sqrt(
            np.maximum(squares[start : start + _ROWS, None] + squares[None] - 2 * products, 0)
        )
        for row, column in np.argwhere(gaps < ASK):
            one, other = start + int(row), int(column)
            large_enough = min(sides[one], sides[other]) >= _COMPARED_PX
            if one < other and large_enough and not _apart(faces[one], faces[other]):
                yield _Near(float(gaps[row, other]), one, other)


def _apart(one: Face, other: Face) -> bool:
    """Tell whether two faces cannot be one person, whatever their distance."""
    named = (one.state, other.state) == (ProposalState.CONFIRMED,) * 2
    refused = ProposalState.REFUSED in {one.state, other.state}
    return (
        refused or one.source_id == other.source_id or (named and one.person_id != other.person_id)
    )


def _joins(faces: Sequence[Face], pair: _Near) -> bool:
    smallest = min(min(box_of(faces[end])[2:]) for end in (pair.one, pair.other))
    if smallest < _JOINED_PX:
        return False
    return pair.distance < (JOIN if smallest >= _CLEAR_PX else JOIN_SMALL)


def _link(count: int, near: Sequence[_Near]) -> list[int]:
    """Return for each face the first of its cluster: complete linkage over a sparse graph.

    Pairs come by growing distance. Two clusters become one with the pair that completes the
    connections between them; where a pair is missing they never do.
    """
    root = list(range(count))
    members: dict[int, list[int]] = {one: [one] for one in range(count)}
    links: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for pair in sorted(near, key=lambda one: (one.distance, one.one, one.other)):
        a, b = sorted((root[pair.one], root[pair.other]))
        if a == b:
            continue
        links[a][b] += 1
        links[b][a] += 1
        if links[a][b] < len(members[a]) * len(members[b]):
            continue
        for third, number in links.pop(b).items():
            del links[third][b]
            if third != a:
                links[a][third] += number
                links[third][a] += number
        for one in members.pop(b):
            root[one] = a
            members[a].append(one)
    return root


def _nearest_inside(near: Sequence[_Near], cluster: Sequence[int]) -> dict[int, float]:
    """Return for each face the distance to the nearest of its own group."""
    nearest: dict[int, float] = {}
    for pair in near:
        if cluster[pair.one] == cluster[pair.other]:
            for end in (pair.one, pair.other):
                nearest[end] = min(nearest.get(end, pair.distance), pair.distance)
    return nearest


def _perhaps(near: Sequence[_Near], cluster: Sequence[int]) -> dict[int, _Near]:
    """Return for each group the other that a person should compare it with: the nearest one.

    The smaller group asks about the larger, so that one answer settles it.
    """
    sizes = Counter(cluster)
    best: dict[int, _Near] = {}
    for pair in near:
        one, other = cluster[pair.one], cluster[pair.other]
        if one == other:
            continue
        asks, about = sorted((one, other), key=lambda root: (sizes[root], -root))
        if asks not in best or pair.distance < best[asks].distance:
            best[asks] = _Near(pair.distance, asks, about)
    return best


def _gap(pair: _Near | None) -> float:
    return pair.distance if pair is not None else 0.0

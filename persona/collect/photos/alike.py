"""Pictures that show the same: scans of one print, resized copies, recompressed ones.

    grey 32 × 32 ─DCT─▶ 8 × 8 lowest ─> median? ─▶ 64 bits (pHash, Zauner 2010), in 8 poses:
    four turns and their mirror images, because negatives are scanned from either side

    bits that differ   ≤ 10  the same picture      11–16  perhaps: a person decides      more: no
    and the 8 × 8 greys correlate by 0.6 and more, or by 0.8 for "perhaps": among 10,000 photos
    64 bits alone bring thousands of strangers within 16

Both files are kept. An `Alternate` only proposes; it names the better original, so that a caption
found on both is one telling and not two. Pages of writing and bare walls have no low frequencies
to tell them apart: they get no hash and are never called alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from persona.records import Alternate, Source, SourceKind, content_id

SAME, PERHAPS = 10, 16
_SAME_GREY, _PERHAPS_GREY = 0.6, 0.8
_SIDE, _LOW = 32, 8
_LEAST_CONTRAST = 8.0
_ROWS = 512
_Grey = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PictureTraits:
    """What of a picture is compared, and what makes it the better original.

    Attributes:
        source_id: of the picture.
        poses: the 64-bit hash of the picture as it is seen, then of its seven other poses.
        grey: the picture as 8 × 8 greys, row by row.
        pixels: width times height.
        dated: whether the camera or a person says when it was taken.
        size_bytes: of the file.
        derived_from: source id of its original; restored pictures are alternates of nothing.
    """

    source_id: str
    poses: tuple[int, ...]
    grey: bytes
    pixels: int
    dated: bool = False
    size_bytes: int = 0
    derived_from: str | None = None

    @property
    def worth(self) -> tuple[int, bool, int, str]:
        """Return what orders originals: the largest, then the dated, then the heavier file."""
        return self.pixels, self.dated, self.size_bytes, self.source_id


def likeness_of(picture: Image.Image) -> dict[str, Any]:
    """Return what is kept of an upright picture to compare it by: ``poses`` and ``grey``, in hex.

    Nothing is kept where there is too little to compare.
    """
    grey = picture.convert("L")
    small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    if small.std() < _LEAST_CONTRAST or min(picture.size) < _SIDE:
        return {}
    tiny = grey.resize((_LOW, _LOW), Image.Resampling.BOX)
    return {
        "poses": [f"{_hash(pose):016x}" for pose in _turned(small)],
        "grey": tiny.tobytes().hex(),
    }


def traits_of(source: Source) -> PictureTraits | None:
    """Return the traits of a collected photo, or None where it has none to compare."""
    kept = source.details.get("alike")
    if source.kind not in {SourceKind.PHOTO, SourceKind.DERIVED} or not kept:
        return None
    width, height = (int(source.details.get(side, 0)) for side in ("width", "height"))
    return PictureTraits(
        source.id,
        tuple(int(pose, 16) for pose in kept["poses"]),
        bytes.fromhex(kept["grey"]),
        pixels=width * height,
        dated=source.created_edtf is not None,
        size_bytes=source.size_bytes,
        derived_from=source.derived_from,
    )


def alternates(
    new: Sequence[PictureTraits], known: Sequence[PictureTraits] = ()
) -> list[Alternate]:
    """Return what new pictures seem to repeat: among themselves, and of those known before.

    Each lesser picture is tied once, to the best of those it resembles. 10,000 new pictures take
    some seconds and less than 100 MB.

    Args:
        new: traits of what was just collected.
        known: traits of what was there before.
    """
    fresh = {one.source_id: one for one in new}
    others = {one.source_id: one for one in known if one.source_id not in fresh}
    usable = [
        [one for one in some.values() if one.poses and one.derived_from is None]
        for some in (fresh, others)
    ]
    best: dict[str, tuple[PictureTraits, int]] = {}
    for one, other, distance in _near(*usable):
        lesser, better = sorted((one, other), key=lambda traits: traits.worth)
        held = best.get(lesser.source_id)
        if held is None or _prefers(better, distance, *held):
            best[lesser.source_id] = (better, distance)
    return [_alternate(lesser, *best[lesser]) for lesser in sorted(best)]


def _prefers(better: PictureTraits, distance: int, held: PictureTraits, held_at: int) -> bool:
    """Sure before perhaps; among equals the better original."""
    return (distance <= SAME, better.worth) > (held_at <= SAME, held.worth)


def _alternate(lesser: str, better: PictureTraits, distance: int) -> Alternate:
    return Alternate(
        id=content_id("alt", lesser, better.source_id),
        source_id=lesser,
        other_id=better.source_id,
        how="same_picture" if distance <= SAME else "perhaps_same_picture",
        distance=float(distance),
    )


def _near(
    new: Sequence[PictureTraits], known: Sequence[PictureTraits]
) -> Iterator[tuple[PictureTraits, PictureTraits, int]]:
    """Yield the pairs with a new picture in them that look alike, and their distance."""
    usable = [*new, *known]
    upright = np.array([one.poses[0] for one in usable], dtype=np.uint64)
    for start in range(0, len(new), _ROWS):
        rows = new[start : start + _ROWS]
        distances = np.full((len(rows), len(usable)), 64, dtype=np.uint8)
        for pose in range(8):
            mine = np.array([row.poses[pose] for row in rows], dtype=np.uint64)
            differing = np.bitwise_count(mine[:, None] ^ upright[None, :])
            np.minimum(distances, differing, out=distances)
        for row, column in np.argwhere(distances <= PERHAPS):
            one, other, bits = rows[row], usable[column], int(distances[row, column])
            least = _SAME_GREY if bits <= SAME else _PERHAPS_GREY
            if int(column) > start + int(row) and _correlation(one.grey, other.grey) >= least:
                yield one, other, bits


def _correlation(one: bytes, other: bytes) -> float:
    """Return the correlation of two 8 × 8 greys in the pose in which they agree best."""
    first, second = (_centred(grey) for grey in (one, other))
    return max(float((pose * second).sum()) for pose in _turned(first))


def _centred(grey: bytes) -> _Grey:
    values = np.frombuffer(grey, dtype=np.uint8).astype(np.float64).reshape(_LOW, _LOW)
    values = values - values.mean()
    length = float(np.linalg.norm(values))
    centred: _Grey = values / length if length else values
    return centred


def _turned(grey: _Grey) -> list[_Grey]:
    """Return a square of greys in its 8 poses, the first as it is seen."""
    turns = [np.rot90(grey, quarters) for quarters in range(4)]
    return [*turns, *(np.fliplr(one) for one in turns)]


def _hash(pose: _Grey) -> int:
    low = (_COSINES @ pose @ _COSINES.T).ravel()
    return int("".join("1" if bit else "0" for bit in low > np.median(low)), 2)


def _cosines() -> _Grey:
    """Return the first rows of the DCT-II matrix."""
    steps = 2 * np.arange(_SIDE) + 1
    return np.stack([np.cos(np.pi * row * steps / (2 * _SIDE)) for row in range(_LOW)])


_COSINES = _cosines()

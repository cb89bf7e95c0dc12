"""Vectors of faces, kept only where they can be erased: one small file a picture.

    derived/faces/dlib-faces-1/ab/<sha256 of the picture>.npz     boxes, qualities, vectors

They are biometric data. They are never in the database, never leave the archive, and can all be
made again from the originals; so erasing them loses nothing. Files are written under another
name and renamed, so that a killed program leaves none that is half written.
"""

import io
import zipfile
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from persona.atomic import write_file
from persona.engines.protocols import FaceFinder, FloatArray, FoundFace

Box = tuple[int, int, int, int]


class KeptFaces:
    """A `protocols.FaceFinder` that remembers what another one found, by the picture's SHA-256.

    It is asked for originals: files that are called by their hash.
    """

    def __init__(self, finder: FaceFinder, folder: Path) -> None:
        """Keep what ``finder`` finds below ``folder`` (``Workspace.derived / "faces"``)."""
        self._finder, self._root = finder, folder
        self._folder = folder / finder.name

    @property
    def name(self) -> str:
        """Return the name of the finder: vectors of two versions are never compared."""
        return self._finder.name

    def find(self, picture: Path) -> Sequence[FoundFace]:
        """Return the faces, from the folder or found now. Raises as the finder does."""
        kept = self._read(picture.name)
        if kept is None:
            kept = list(self._finder.find(picture))
            self._write(picture.name, kept)
        return kept

    def vectors(self, picture: Path, boxes: Sequence[Box]) -> list[FloatArray | None]:
        """Return the vector of each box of a picture, made again where the file is gone."""
        found = {face.box: face.vector for face in self.find(picture)}
        return [found.get(box) for box in boxes]

    def forget(self, sha256: str, boxes: Collection[Box] | None = None) -> int:
        """Erase what is kept of a picture, or of some of its faces; return how many vectors.

        A file without one face stays, so that the face is not found again by itself.
        """
        kept = self._read(sha256) or []
        left = [] if boxes is None else [face for face in kept if face.box not in boxes]
        if boxes is None:
            for place in self._root.glob(f"*/{sha256[:2]}/{sha256}.npz"):
                place.unlink(missing_ok=True)
        elif len(left) < len(kept):
            self._write(sha256, left)
        return len(kept) - len(left)

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}.npz"

    def _read(self, sha256: str) -> list[FoundFace] | None:
        """Return what is kept; None when nothing is, or when it cannot be read."""
        try:
            with (
                self._place(sha256).open("rb") as file,  # np.load forgets to close a broken one
                np.load(file, allow_pickle=False) as kept,
            ):
                rows = zip(kept["boxes"], kept["qualities"], kept["vectors"], strict=True)
                return [
                    FoundFace((int(b[0]), int(b[1]), int(b[2]), int(b[3])), float(q), v)
                    for b, q, v in rows
                ]
        except (OSError, ValueError, KeyError, EOFError, IndexError, zipfile.BadZipFile):
            return None

    def _write(self, sha256: str, faces: Sequence[FoundFace]) -> None:
        place = self._place(sha256)
        packed = io.BytesIO()
        np.savez(
            packed,
            boxes=np.array([face.box for face in faces], dtype=np.int32).reshape(-1, 4),
            qualities=np.array([face.quality for face in faces], dtype=np.float32),
            vectors=np.array([face.vector for face in faces], dtype=np.float32),
        )
        write_file(place, packed.getvalue())

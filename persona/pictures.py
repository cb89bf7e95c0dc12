"""After pictures came in: which are copies of others, and whose faces seem to be the same.

All of it is proposed; a person decides (`persona.remember.pictures`). Which pictures were
compared stands in ``derived/compared.json``, a cache: a collect that was stopped is made good by
the next one, and without the file all are compared again.
"""

import json
from pathlib import Path

from persona.atomic import write_file
from persona.collect.photos.alike import alternates, traits_of
from persona.collect.photos.faces import box_of, regroup
from persona.engines.picture_faces import KeptFaces
from persona.engines.protocols import FaceFinder
from persona.errors import EngineError
from persona.progress import Report
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace

COMPARED_FILE = "compared.json"


def compare_pictures(
    workspace: Workspace, store: Store, finder: FaceFinder | None, report: Report
) -> None:
    """Propose copies among pictures not compared before and with all others; group all faces.

    Args:
        workspace: where the originals lie.
        store: the archive.
        finder: finds faces and keeps their vectors; None: faces are not looked for.
        report: told when faces could not be compared; the pictures are kept all the same.
    """
    file = workspace.derived / COMPARED_FILE
    compared = _compared(file)
    with store.reader(Custodian()) as view:
        found = {source.id: traits for source in view.sources() if (traits := traits_of(source))}
        new = [traits for one, traits in found.items() if one not in compared]
        if not new:
            return
        store.add_alternates(alternates(new, list(found.values())))
        if isinstance(finder, KeptFaces):
            for face, sha256 in view.withdrawn_faces():
                finder.forget(sha256, [box_of(face)])
            report.progress("Comparing faces", 0, 1)
            faces = [(face, workspace.original(sha)) for face, sha in view.comparable_faces()]
            try:
                store.add_faces(regroup(faces, finder))
            except EngineError as error:
                report.line(f"Faces were not compared this time: {error}")
                return
            report.progress("Comparing faces", 1, 1)
    write_file(file, json.dumps(sorted(found)).encode())


def _compared(file: Path) -> set[str]:
    try:
        return {str(one) for one in json.loads(file.read_text(encoding="utf-8"))}
    except (OSError, ValueError, TypeError):
        return set()

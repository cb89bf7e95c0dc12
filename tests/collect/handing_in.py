"""Making small material, handing it in, and looking at what became of it."""

import csv
import io
import wave
import zipfile
from pathlib import Path

from PIL import Image

from persona import steps
from persona.collect.journal import JOURNAL_FILE
from persona.progress import CollectSummary
from persona.records import Source
from persona.remember.readers import Custodian
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.converse.conftest import Silent

PEOPLE = """
[subject]
id = "henry"
name = "Henry Lin"
names = ["林海生", "Hai-sheng"]
born = "1941-03-02"
died = "2021-11-08"
languages = ["en", "zh"]

[[people]]
id = "ruth"
name = "Ruth Lin"
names = ["小茹"]
relation = "daughter"
called = ["Little Sparrow", "小麻雀"]
calls = ["Dad", "爸爸"]
groups = ["children"]
languages = ["en"]
born = 1971

[[people]]
id = "david"
name = "David Lin"
relation = "son"
calls = ["Dad"]
groups = ["children"]

[[people]]
id = "margaret"
name = "Margaret Lin"
names = ["Maggie"]
relation = "wife"
"""

ENGINES = ("recogniser", "diariser", "text_reader", "face_finder", "embedder", "language_model")


def jpeg(colour: tuple[int, int, int], size: int = 32) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(made, "JPEG")
    return made.getvalue()


def sound(seconds: float = 0.5, level: int = 4000) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(level.to_bytes(2, "little") * int(8000 * seconds))
    return made.getvalue()


def packed(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def letter(number: int) -> bytes:
    return f"Dear Ruth,\n\nThis is letter number {number} about the boat.\n\nDavid\n".encode()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def take(workspace: Workspace, folder: Path) -> CollectSummary:
    return steps.collect(workspace, [folder], Silent())


def sources(workspace: Workspace) -> dict[str, Source]:
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        return {source.file_name: source for source in view.sources()}


def journal(workspace: Workspace) -> list[dict[str, str]]:
    with (workspace.root / JOURNAL_FILE).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def originals(workspace: Workspace) -> set[str]:
    return {path.name for path in workspace.originals.glob("*/*")}


def known_originals(workspace: Workspace) -> set[str]:
    found = sources(workspace).values()
    beside = {one["sha256"] for source in found for one in source.details.get("sidecars", ())}
    return {source.sha256 for source in found} | beside


def new_workspace(parent: Path) -> Workspace:
    made = create_workspace(parent, "Henry Lin")
    text = "[engines]\n" + "".join(f'{one} = "none"\n' for one in ENGINES)
    (made.root / "persona.toml").write_text(text, encoding="utf-8")
    return open_workspace(made.root)


def new_drop(parent: Path) -> Path:
    folder = parent / "drop"
    folder.mkdir()
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return folder

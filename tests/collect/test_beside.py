"""What lies beside a file or around it is never lost in silence."""

import shutil
from pathlib import Path

from persona import steps
from persona.remember.readers import Custodian
from persona.workspace import Workspace
from tests.collect.handing_in import (
    journal,
    known_originals,
    new_workspace,
    originals,
    packed,
    sound,
    sources,
    take,
    write,
)
from tests.converse.conftest import Silent

SPOKEN = b"Henry: I boiled the broth on Sunday.\nRuth: And then we ate it all.\n"


def passages(workspace: Workspace, name: str) -> list[str]:
    found = sources(workspace)[name]
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        return [one.text for one in view.passages(source_id=found.id)]


def test_a_transcript_that_comes_later_is_read(workspace: Workspace, drop: Path) -> None:
    write(drop, {"tape.wav": sound()})
    take(workspace, drop)
    assert "".join(passages(workspace, "tape.wav")) == "", "there is no recogniser"
    write(drop, {"tape.txt": SPOKEN})
    done = take(workspace, drop)
    assert (done.passages, done.left_out, done.warnings) == (2, [], [])
    assert passages(workspace, "tape.wav")[0].endswith("I boiled the broth on Sunday.")
    assert originals(workspace) == known_originals(workspace), "the transcript is kept too"
    assert take(workspace, drop).passages == 0, "once"


def test_a_transcript_too_late_is_said_and_changes_nothing(
    workspace: Workspace, drop: Path
) -> None:
    write(drop, {"tape.wav": sound(), "tape.txt": SPOKEN})
    take(workspace, drop)
    steps.remember(workspace, Silent())
    before = passages(workspace, "tape.wav")
    (drop / "tape.txt").rename(drop / "tape.md")
    ((name, reason),) = take(workspace, drop).left_out
    assert name == "tape.md" and "came after tape.wav" in reason
    assert passages(workspace, "tape.wav") == before
    assert originals(workspace) == known_originals(workspace)


def test_what_lies_beside_a_damaged_recording_is_named(workspace: Workspace, drop: Path) -> None:
    write(drop, {"tape.wav": sound()[:30], "tape.txt": SPOKEN})
    left = dict(take(workspace, drop).left_out)
    assert set(left) == {"tape.wav", "tape.txt"}
    assert "belongs to tape.wav, which could not be taken in" in left["tape.txt"]
    assert {row["file"] for row in journal(workspace)} == set(left)
    assert not originals(workspace)


def test_an_empty_zip_and_a_link_to_nothing_are_named(workspace: Workspace, drop: Path) -> None:
    write(drop, {"empty.zip": packed({})})
    (drop / "gone.txt").symlink_to("nowhere.txt")
    left = dict(take(workspace, drop).left_out)
    assert "with nothing in it" in left["empty.zip"]
    assert "leads nowhere" in left["gone.txt"]


def test_the_folder_of_another_persona_is_left_alone(
    workspace: Workspace, drop: Path, tmp_path: Path
) -> None:
    """Who may know its originals stands in its archive only; a copy in a zip is the same."""
    (tmp_path / "theirs").mkdir()
    other = new_workspace(tmp_path / "theirs")
    write(tmp_path / "secret", {"for david.txt": b"Dear David,\n\nFor you alone.\n\nDad\n"})
    shutil.copy(drop / "people.toml", tmp_path / "secret")
    take(other, tmp_path / "secret")
    shutil.copytree(other.root, drop / "backup")
    write(drop, {"backup/dropped here.txt": b"Dear Ruth,\n\nFor all.\n\nDad\n"})
    inside = {
        f"old/{one.relative_to(other.root)}": one.read_bytes()
        for one in other.root.rglob("*")
        if one.is_file()
    }
    write(drop, {"backup.zip": packed(inside)})
    done = take(workspace, drop)
    assert done.new == ["backup/dropped here.txt"]
    left = dict(done.left_out)
    assert set(left) == {"backup", "backup.zip/old"}
    assert "is the folder of a persona" in left["backup"]

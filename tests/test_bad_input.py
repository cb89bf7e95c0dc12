"""What families hand in is damaged, and machines fail: one sentence each, and the rest goes on."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import persona
from persona import steps
from persona.engines.sound import write_wav
from persona.opening import open_voice_of_version
from persona.records import SourceKind
from persona.remember.readers import Custodian
from persona.train.versions import verify_version
from persona.workspace import Workspace, create_workspace, open_workspace
from tests.command import Run, finish, start, stop_when
from tests.converse.conftest import SETTINGS, Silent
from tests.converse.raw_family import LETTERS, write_raw_family
from tests.train.material import make_tiny_base

DEMO = Path(persona.__file__).parent / "demo_family"


def make_workspace(parent: Path, settings: str = SETTINGS) -> Workspace:
    made = create_workspace(parent, "Arthur Penrose")
    file = made.root / "persona.toml"
    file.write_text(file.read_text(encoding="utf-8") + settings, encoding="utf-8")
    return open_workspace(made.root)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return write_raw_family(tmp_path / "raw")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(capsys)


def assert_consistent(workspace: Workspace, sources: int) -> None:
    """Every source has its original, every original its source, and nothing lies half-done."""
    with steps.open_store(workspace) as store:
        view = store.reader(Custodian())
        kept = {source.sha256 for source in view.sources()}
        assert len(kept) == len(view.sources()) == sources
        for source in view.sources():
            assert workspace.original(source.sha256).stat().st_size == source.size_bytes
            assert [p.position for p in view.passages(source_id=source.id)] == list(
                range(len(view.passages(source_id=source.id)))
            )
    assert {path.name for path in workspace.originals.glob("*/*")} == kept
    assert list(workspace.derived.glob("unpacking-*")) == []
    with closing(sqlite3.connect(workspace.database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def write_bad_files(raw: Path) -> dict[str, str]:
    """Put one bad file of each sort beside the good ones; return words of each reason."""
    (raw / "photos").mkdir()
    (raw / "photos" / "nothing.jpg").write_bytes(b"")
    (raw / "photos" / "torn.jpg").write_bytes((DEMO / "photos" / "quay.jpg").read_bytes()[:4000])
    (raw / "recordings").mkdir()
    (raw / "recordings" / "noise.m4a").write_bytes(os.urandom(5000))
    (raw / "recordings" / "torn.m4a").write_bytes(
        (DEMO / "clips" / "broth.m4a").read_bytes()[:3000]
    )
    (raw / "letters" / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (raw / "strange.xyz").write_bytes(os.urandom(2000))
    (raw / "torn.zip").write_bytes(b"PK\x03\x04" + os.urandom(500))
    with zipfile.ZipFile(raw / "box.zip", "w") as box:
        box.writestr("../../escaped.txt", "Dear Nell, this must not be written there.")
        box.writestr("inside/good.txt", "4 July 1992\n\nDear Nell,\n\nThe swifts are here.\n\nDad")
    (raw / "leaves.txt").symlink_to("/etc/hostname")
    return {
        "photos/nothing.jpg": "is empty (0 bytes)",
        "photos/torn.jpg": "is damaged",
        "recordings/noise.m4a": "cannot be read as a recording",
        "recordings/torn.m4a": "is damaged",
        "letters/binary.txt": "",
        "strange.xyz": "cannot be read yet",
        "torn.zip": "is a damaged zip file",
        "box.zip/../../escaped.txt": "points outside its zip file",
        "leaves.txt": "is a link that leaves its folder",
    }


def test_bad_files_are_listed_with_a_reason_and_the_rest_goes_on(
    run: Run, workspace: Workspace, raw: Path
) -> None:
    reasons = write_bad_files(raw)
    ran = run("collect", raw, "-w", workspace.root)
    assert (ran.code, ran.err) == (0, "")
    assert f"{len(LETTERS) + 1} new originals kept" in ran.out
    assert f"{len(reasons)} left out." in ran.out
    listed = dict(
        line.removeprefix("  left out  ").split(": ", 1)
        for line in ran.out.splitlines()
        if line.startswith("  left out  ")
    )
    assert listed.keys() == reasons.keys()
    for name, words in reasons.items():
        assert words in listed[name]
        assert listed[name].endswith(".")
    assert not list(raw.parent.rglob("escaped.txt"))
    assert_consistent(workspace, len(LETTERS) + 1)
    assert "new originals kept, 0 passages" in run("collect", raw, "-w", workspace.root).out


def test_a_batch_of_nothing_but_bad_files_fails(
    run: Run, workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    shutil.copy(write_raw_family(tmp_path / "good") / "people.toml", folder)
    (folder / "nothing.jpg").write_bytes(b"")
    ran = run("collect", folder, "-w", workspace.root)
    assert ran.code == 1
    assert "nothing.jpg: nothing.jpg is empty (0 bytes)" in ran.out
    assert_consistent(workspace, 0)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "Dear Nell, the café in Zürich was shut."),
        ("cp1252", "Dear Nell, the café in Zürich was shut – again."),
        ("gb18030", "亲爱的内尔：蜜蜂星期二分群了，我用水桶把它们接了回来，没有人被蜇到。你的父亲"),
        ("utf-8-sig", "Dear Nell, the café in Zürich was shut."),
    ],
)
def test_another_encoding_is_read_as_it_was_written(
    workspace: Workspace, raw: Path, encoding: str, text: str
) -> None:
    (raw / "letters" / "other.txt").write_bytes(f"{text}\n".encode(encoding))
    summary = steps.collect(workspace, [raw], Silent())
    assert summary.left_out == []
    with steps.open_store(workspace) as store:
        view = store.reader(Custodian())
        [source] = [s for s in view.sources() if s.file_name == "letters/other.txt"]
        assert text in " ".join(passage.text for passage in view.passages(source_id=source.id))


def test_a_missing_date_is_asked_for_and_nothing_is_invented(
    run: Run, workspace: Workspace, raw: Path
) -> None:
    (raw / "letters" / "undated.txt").write_text("Dear Nell,\n\nThe swifts are here.\n\nDad\n")
    ran = run("collect", raw, "-w", workspace.root)
    assert "please look  letters/undated.txt: Its date is not known." in ran.out
    run("remember", "-w", workspace.root)
    with steps.open_store(workspace) as store:
        view = store.reader(Custodian())
        [source] = [s for s in view.sources() if s.file_name == "letters/undated.txt"]
        assert source.created_edtf is None
        told = [m for m in view.memories() if "swifts" in m.quote]
        assert [(m.event_edtf, m.told_at_edtf) for m in told] == [(None, None)]


def test_a_recording_without_words_is_kept_and_said_to_have_none(
    workspace: Workspace, raw: Path
) -> None:
    (raw / "clips").mkdir()
    hum = np.asarray(0.1 * np.sin(np.arange(16_000) / 20), dtype=np.float32)
    write_wav(raw / "clips" / "hum.wav", hum, rate_hz=16_000, comment="")
    summary = steps.collect(workspace, [raw], Silent())
    assert "clips/hum.wav" in summary.new
    assert any(name == "clips/hum.wav" for name, _ in summary.warnings)
    with steps.open_store(workspace) as store:
        kinds = [source.kind for source in store.reader(Custodian()).sources()]
    assert SourceKind.VOICE_CLIP in kinds


# --- the disk is full ---------------------------------------------------------------------------

SMALL_FILES = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
"""


def test_no_room_for_one_file_and_the_rest_goes_on(workspace: Workspace, raw: Path) -> None:
    """A limit on the size of a file stands for a disk that is full."""
    (raw / "photos").mkdir()
    photo = raw / "photos" / "large.bmp"
    from PIL import Image

    Image.effect_noise((1200, 1200), 90).save(photo)
    assert photo.stat().st_size > 1_300_000
    limit = SMALL_FILES.format(1_300_000)
    ran = finish(start("collect", raw, "-w", workspace.root, before=limit))
    assert (ran.code, ran.err) == (0, "")
    assert "1 left out." in ran.out
    assert "There is no room on the disk for large.bmp. Free some space" in ran.out
    assert_consistent(workspace, len(LETTERS))
    again = finish(start("collect", raw, "-w", workspace.root))
    assert "1 new originals kept" in again.out
    assert_consistent(workspace, len(LETTERS) + 1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 1 MiB; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full(run: Run, small_disk: Path, raw: Path) -> None:
    workspace = make_workspace(small_disk)
    steps.collect(workspace, [raw / "people.toml", raw / "letters" / "nell.txt"], Silent())
    filler = small_disk / "filler"
    with pytest.raises(OSError) as full, filler.open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    assert full.value.errno == errno.ENOSPC
    ran = run("collect", raw, "-w", workspace.root)
    said = ran.sentence if ran.code else ran.out
    assert "Traceback" not in ran.err
    assert "room" in said or "disk" in said or "space" in said
    filler.unlink()
    assert run("collect", raw, "-w", workspace.root).code == 0
    assert_consistent(workspace, len(LETTERS))


# --- the process is killed ----------------------------------------------------------------------


def test_killed_while_collecting_a_zip(workspace: Workspace, raw: Path) -> None:
    with zipfile.ZipFile(raw / "box.zip", "w") as box:
        for day in range(150):
            box.writestr(f"{day}.txt", f"3 June 1991\n\nDear Jack,\n\nTide {day} was high.\n\nDad")
    process = start("collect", raw, "-w", workspace.root)
    kept = workspace.originals
    killed = stop_when(process, lambda: len(list(kept.glob("*/*"))) > 5, signal.SIGKILL)
    assert killed.code == -signal.SIGKILL
    assert list(workspace.derived.glob("unpacking-*")), "killed in the middle"
    (kept / "ab").mkdir(exist_ok=True)
    (kept / "ab" / ".coming-half").write_bytes(b"half a letter")
    with steps.open_store(workspace) as store:
        before = {source.id for source in store.reader(Custodian()).sources()}
    again = finish(start("collect", raw, "-w", workspace.root))
    assert (again.code, again.err) == (0, "")
    assert f"{len(before)} were here already, 0 left out" in again.out
    assert not (kept / "ab" / ".coming-half").exists()
    assert_consistent(workspace, len(LETTERS) + 150)


TRAINING = """
[training]
base_model = "{base}"
steps = 40
batch_size = 1
rank = 2
max_tokens = 128
minimum_words = 20
checkpoint_every = 1
precision = "fp32"
"""


def test_killed_while_training_goes_on_and_ends_the_same(tmp_path: Path, raw: Path) -> None:
    """Law 7 holds for a run that was killed: the version is the one of a run that was not."""
    base = make_tiny_base(tmp_path / "tiny base")
    for day in range(40):
        text = f"3 June 1991\n\nDear Jack,\n\nThe tide of day {day} was higher than {day}.\n\nDad\n"
        (raw / "letters" / f"tide{day}.txt").write_text(text)
    settings = SETTINGS.split("[training]")[0] + TRAINING.format(base=base)
    whole, killed = (make_workspace(tmp_path / name, settings) for name in ("whole", "killed"))
    for made in (whole, killed):
        steps.collect(made, [raw], Silent())
        steps.remember(made, Silent())
    process = start("train", "-w", killed.root)
    checkpoint = killed.training / "checkpoint.pt"
    stopped = stop_when(process, checkpoint.is_file, signal.SIGKILL)
    assert stopped.code == -signal.SIGKILL
    assert list(killed.versions.iterdir()) == []
    with steps.open_store(killed) as store:
        assert store.reader(Custodian()).versions() == []
    again, straight = (steps.train(made, Silent()) for made in (killed, whole))
    assert again.version.id == straight.version.id
    [version] = killed.versions.iterdir()
    assert verify_version(version).adapter_sha256
    assert not checkpoint.exists()


def test_a_store_that_is_no_store(run: Run, workspace: Workspace) -> None:
    workspace.database.write_bytes(b"This is not an archive at all. " * 100)
    ran = run("versions", "-w", workspace.root)
    assert ran.code == 1
    assert ran.sentence
    assert workspace.database.read_bytes().startswith(b"This is not an archive")


def test_what_the_persona_said_is_left_out_of_the_next_collect(
    workspace: Workspace, raw: Path, models: Path
) -> None:
    """Law 3 on the path: a spoken answer that somebody hands in again is refused by its hash."""
    steps.collect(workspace, [raw], Silent())
    steps.remember(workspace, Silent())
    made = steps.train(workspace, Silent())
    with steps.open_store(workspace) as store:
        engines = steps.open_engines(workspace, made.version)
        talk = steps.start_talk(workspace, store, listener_id="nell", engines=engines)
        assert list(talk.ask("Who was stung when the bees swarmed?"))
        voice = open_voice_of_version(workspace, made.version, own=True)
        assert voice is not None
        assert talk.last_turn_id is not None
        reader = store.reader(Custodian()).reader
        spoken = steps.speak_turn(workspace, store, talk.last_turn_id, voice, reader)
    shutil.copy(spoken, raw / "letters" / "his voice.wav")
    summary = steps.collect(workspace, [raw], Silent())
    assert summary.new == []
    [(name, reason)] = summary.left_out
    assert name == "letters/his voice.wav"
    assert "made by the persona itself" in reason

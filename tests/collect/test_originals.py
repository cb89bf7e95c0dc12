"""Law 6: originals are kept whole, once, read-only, or not at all."""

import hashlib
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from persona.collect.originals import discard_original, fingerprint, keep_original, sweep_unfinished
from persona.errors import CollectError, UnreadableSource


def test_an_original_is_kept_under_its_hash_and_read_only(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear Ruth," * 200_000)
    kept = keep_original(path, tmp_path / "originals")
    assert kept.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert kept.path == tmp_path / "originals" / kept.sha256[:2] / kept.sha256
    assert kept.path.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o444
    assert path.exists()
    assert fingerprint(path) == kept.sha256


def test_keeping_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"words")
    first = keep_original(path, tmp_path / "originals")
    before = first.path.stat().st_mtime_ns
    again = keep_original(path, tmp_path / "originals")
    assert (first.new, again.new) == (True, False)
    assert again.path.stat().st_mtime_ns == before


def test_a_damaged_copy_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"words")
    kept = keep_original(path, tmp_path / "originals")
    kept.path.chmod(0o644)
    kept.path.write_bytes(b"wo")
    assert keep_original(path, tmp_path / "originals").path.read_bytes() == b"words"


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(UnreadableSource, match="0 bytes"):
        keep_original(tmp_path / "empty.jpg", tmp_path / "originals")
    with pytest.raises(UnreadableSource, match="cannot be opened"):
        keep_original(tmp_path / "gone.jpg", tmp_path / "originals")
    assert not (tmp_path / "originals").exists()


def test_only_a_new_original_is_discarded(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"words")
    kept = keep_original(path, tmp_path / "originals")
    discard_original(keep_original(path, tmp_path / "originals"))
    assert kept.path.exists()
    discard_original(kept)
    assert not kept.path.exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on file size makes the kernel refuse the copy half way, as a full disk does."""
    (tmp_path / "film.mp4").write_bytes(b"x" * 3_000_000)
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from persona.collect.originals import keep_original\n"
        "from persona.errors import CollectError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, {resource.RLIM_INFINITY}))\n"
        "try:\n"
        "    keep_original(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except CollectError as error:\n"
        "    print(error)\n"
    )
    paths = [str(tmp_path / "film.mp4"), str(tmp_path / "originals")]
    done = subprocess.run(
        [sys.executable, "-c", script, *paths], capture_output=True, text=True, check=True
    )
    assert "no room on the disk for film.mp4" in done.stdout
    assert [path for path in (tmp_path / "originals").rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes(b"words")
    (tmp_path / "originals").write_bytes(b"a file, not a folder")
    with pytest.raises(CollectError, match="cannot be kept"):
        keep_original(tmp_path / "letter.txt", tmp_path / "originals")


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / ".coming-x1").write_bytes(b"half")
    (tmp_path / "ab" / "abcd").write_bytes(b"whole")
    assert sweep_unfinished(tmp_path) == 1
    assert [path.name for path in (tmp_path / "ab").iterdir()] == ["abcd"]

"""Equal files lie on the disk once, and are counted once."""

import os
from pathlib import Path

import pytest

from persona.train.sharing import DiskUse, disk_use, place


def file(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_an_equal_file_is_linked(tmp_path: Path) -> None:
    source, other = file(tmp_path / "new", b"weights"), file(tmp_path / "old", b"weights")
    assert place(source, tmp_path / "v2" / "w", [tmp_path / "nowhere", other])
    assert (tmp_path / "v2" / "w").samefile(other)
    assert not source.samefile(other)


def test_another_file_of_the_same_size_is_not(tmp_path: Path) -> None:
    source, other = file(tmp_path / "new", b"weights"), file(tmp_path / "old", b"Weights")
    assert not place(source, tmp_path / "w", [other])
    assert (tmp_path / "w").read_bytes() == b"weights"
    assert not (tmp_path / "w").samefile(source), "what is copied stands by itself"


def test_without_links_there_are_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from persona.train import sharing

    def refused(source: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    class NoLinks:
        link = staticmethod(refused)
        fsync = staticmethod(os.fsync)

    monkeypatch.setattr(sharing, "os", NoLinks)
    source, other = file(tmp_path / "new", b"weights"), file(tmp_path / "old", b"weights")
    assert not place(source, tmp_path / "w", [other])
    assert (tmp_path / "w").read_bytes() == b"weights"


def test_shared_files_are_counted_once(tmp_path: Path) -> None:
    first = file(tmp_path / "1" / "adapter" / "w", b"x" * 100)
    file(tmp_path / "1" / "manifest", b"y" * 10)
    file(tmp_path / "2" / "manifest", b"z" * 20)
    (tmp_path / "2" / "adapter").mkdir()
    (tmp_path / "2" / "adapter" / "w").hardlink_to(first)
    use, total = disk_use({"1": [tmp_path / "1"], "2": [tmp_path / "2"]})
    assert use == {"1": DiskUse(10, 100), "2": DiskUse(20, 100)}
    assert use["2"].whole_bytes == 120
    assert total == 130


def test_a_folder_that_is_not_there_takes_no_room(tmp_path: Path) -> None:
    use, total = disk_use({"1": [tmp_path / "gone"]})
    assert (use["1"], total) == (DiskUse(0, 0), 0)

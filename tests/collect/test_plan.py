"""What is taken in, as what; and what is left out, with a sentence each."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from persona.collect.family.people import FamilyBook
from persona.collect.plan import CollectPlan, find_people_file, plan
from persona.collect.unpack import Budget, unpack
from persona.errors import CollectError, UnreadableSource, UnsafeSource
from persona.records import SourceKind

LETTER = b"Ruth, this is what I remember of the boat.\n"


def reasons(made: CollectPlan) -> dict[str, str]:
    return {one.relative: one.reason for one in made.left_out}


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_kinds_come_from_content_before_names(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    (folder / "letter.txt").write_bytes(LETTER)
    (folder / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    (folder / "chat.txt").write_text("30/01/19, 20:49 - Ruth: Hello\n")
    (folder / "book.txt").write_text("Author: A B\n\nCHAPTER I\n\nWords.\n\nCHAPTER II\n\nMore.\n")
    (folder / "talk.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    made = plan([folder], family, tmp_path / "staging")
    kinds = {one.relative: (one.kind, one.importer) for one in made.files}
    assert kinds == {
        "book.txt": (SourceKind.BOOK, "book"),
        "chat.txt": (SourceKind.CHAT, "whatsapp"),
        "letter.txt": (SourceKind.LETTER, "letters"),
        "photo.txt": (SourceKind.PHOTO, "photo"),
        "talk.srt": (SourceKind.TRANSCRIPT, "transcript"),
    }


def test_what_cannot_be_taken_in_is_named(folder: Path, family: FamilyBook, tmp_path: Path) -> None:
    (folder / "empty.jpg").touch()
    (folder / "letter.wps").write_bytes(b"\x00" + bytes(range(256)))
    (folder / "program.exe").write_bytes(b"MZ" + bytes(range(256)))
    (folder / "good.txt").write_bytes(LETTER)
    made = plan([folder, folder / "missing"], family, tmp_path / "staging")
    assert [one.relative for one in made.files] == ["good.txt"]
    said = reasons(made)
    assert "0 bytes" in said["empty.jpg"]
    assert "(.wps) that cannot be read yet" in said["letter.wps"]
    assert "program.exe" in said
    assert "nothing at" in said[str(folder / "missing")]


def test_files_that_say_nothing_are_counted_quietly(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    for name in (".DS_Store", "Thumbs.db", "LICENCE.txt", "README.md"):
        (folder / name).write_bytes(LETTER)
    made = plan([folder], family, tmp_path / "staging")
    assert (made.files, made.left_out, made.quiet) == ((), (), 5)


def test_links_that_leave_the_folder_are_refused(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_bytes(LETTER)
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "real.txt").write_bytes(LETTER)
    (folder / "again.txt").symlink_to(folder / "real.txt")
    made = plan([folder], family, tmp_path / "staging")
    assert [one.relative for one in made.files] == ["real.txt"]
    assert set(reasons(made)) == {"out.txt", "up"}
    assert "leaves its folder" in reasons(made)["up"]


def test_order_is_fixed_and_nothing_comes_twice(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    for name in ("b/2.txt", "a/1.txt", "c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(LETTER)
    made = plan([folder, folder / "c.txt"], family, tmp_path / "staging")
    assert [one.relative for one in made.files] == ["c.txt", "a/1.txt", "b/2.txt"]


def test_writing_with_another_ending_is_still_writing(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    names = ["letter", "Letter of 3.5.1987", "scan.jpg", "old.doc", "Brief Nr. 3"]
    for name in [*names, "settings.ini", "style.css", "x.py"]:
        (folder / name).write_bytes(LETTER)
    made = plan([folder], family, tmp_path / "staging")
    assert sorted(one.relative for one in made.files) == sorted(names)
    assert {one.kind for one in made.files} == {SourceKind.LETTER}


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may read everything")
def test_an_unreadable_file_is_named(folder: Path, family: FamilyBook, tmp_path: Path) -> None:
    (folder / "locked.txt").write_bytes(LETTER)
    (folder / "locked.txt").chmod(0)
    made = plan([folder], family, tmp_path / "staging")
    assert "cannot be read" in reasons(made)["locked.txt"]


def test_people_toml_is_found_at_the_top(folder: Path, tmp_path: Path) -> None:
    assert find_people_file([tmp_path, folder]) == folder / "people.toml"
    assert find_people_file([tmp_path]) is None


def test_transcripts_and_captions_find_their_files(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    sound = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 32
    picture = b"\xff\xd8\xff\xe0" + b"\x00" * 32
    for name, data in {
        "talks/ruth.wav": sound,
        "talks/ruth.txt": b"RUTH: Yes.",
        "talks/ruth.srt": b"1\n00:00:01,000 --> 00:00:02,000\nYes\n",
        "photos/one.jpg": picture,
        "photos/two.jpg": picture,
        "photos/two.txt": b"On the boat",
        "photos/captions.csv": b"file,caption\nscans/ONE.jpg,Grandmother\n",
        "other/captions.csv": b"file,caption\nnowhere.jpg,x\n",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    made = plan([folder], family, tmp_path / "staging")
    beside = {one.relative: [s.relative for s in one.sidecars] for one in made.files}
    assert beside == {
        "talks/ruth.wav": ["talks/ruth.srt"],
        "photos/one.jpg": ["photos/captions.csv"],
        "photos/two.jpg": ["photos/two.txt"],
    }
    assert "another transcript" in reasons(made)["talks/ruth.txt"]
    assert "no picture" in reasons(made)["other/captions.csv"]


def test_a_zip_is_unpacked_and_what_is_unsafe_in_it_is_named(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    inner = zipped(tmp_path / "inner.zip", {"deep.txt": LETTER}).read_bytes()
    path = zipped(
        folder / "all.zip",
        {
            "letters/one.txt": LETTER,
            "../evil.txt": LETTER,
            "/etc/evil.txt": LETTER,
            "C:\\evil.txt": LETTER,
            "..\\..\\evil.txt": LETTER,
            "inner.zip": inner,
            "__MACOSX/._one.txt": LETTER,
        },
    )
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    made = plan([folder], family, tmp_path / "staging")
    assert {one.relative for one in made.files} == {
        "all.zip/letters/one.txt",
        "all.zip/inner.zip/deep.txt",
    }
    assert all(one.path.is_relative_to(tmp_path / "staging") for one in made.files)
    assert sum("outside its zip" in reason for reason in reasons(made).values()) == 4
    assert "is a link" in reasons(made)["all.zip/link.txt"]
    assert not list(tmp_path.rglob("evil.txt"))


def test_damaged_and_locked_members_leave_the_rest(
    folder: Path, family: FamilyBook, tmp_path: Path
) -> None:
    path = zipped(folder / "all.zip", {"good.txt": LETTER, "bad.txt": b"z" * 500, "key.txt": b"k"})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        bad, key = archive.getinfo("bad.txt"), archive.getinfo("key.txt")
    data[bad.header_offset + 30 + 7 + 2] ^= 0xFF
    data[key.header_offset + 6] |= 1
    central = data.rindex(b"key.txt") - 46
    data[central + 8] |= 1
    path.write_bytes(data)
    made = plan([folder], family, tmp_path / "staging")
    assert [one.relative for one in made.files] == ["all.zip/good.txt"]
    assert "damaged" in reasons(made)["all.zip/bad.txt"]
    assert "password" in reasons(made)["all.zip/key.txt"]


def test_something_that_is_no_zip(folder: Path, family: FamilyBook, tmp_path: Path) -> None:
    (folder / "all.zip").write_bytes(b"PK\x03\x04 not really")
    assert "damaged zip" in reasons(plan([folder], family, tmp_path / "s"))["all.zip"]


@pytest.mark.parametrize(
    "budget", [Budget(total_bytes=100_000), Budget(ratio_from_bytes=10_000)], ids=["total", "ratio"]
)
def test_bombs_are_stopped(tmp_path: Path, budget: Budget) -> None:
    path = zipped(tmp_path / "bomb.zip", {"bomb.txt": b"\x00" * 30_000_000, "ok.txt": b"words"})
    refused: list[CollectError] = []
    budget.refuse = lambda _name, error: refused.append(error)
    kept = [one.relative for one in unpack(path, "bomb.zip", tmp_path / "out", budget)]
    assert "bomb.zip/bomb.txt" not in kept
    assert isinstance(refused[0], UnsafeSource)
    assert not [one for one in (tmp_path / "out").iterdir() if one.stat().st_size > 200_000]


def test_too_many_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {f"{n}.txt": b"x" for n in range(11)})
    with pytest.raises(UnsafeSource, match="more than 10 files"):
        list(unpack(path, "many.zip", tmp_path / "out", Budget(members=10)))


def test_old_chinese_names_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "old.zip", {"XXXX.txt": LETTER})
    data = path.read_bytes().replace(b"XXXX.txt", "信件".encode("gb18030") + b".txt")
    path.write_bytes(data)
    names = [one.relative for one in unpack(path, "old.zip", tmp_path / "out", Budget())]
    assert names == ["old.zip/信件.txt"]


PIECES = ("a", "b", ".", "..", "/", "\\", ":", "~", " ", "\x01", "é", "信", "../", "C:")
NAMES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_no_member_name_leaves_the_staging_folder(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    place = tmp_path_factory.mktemp("zips")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"words")
    (place / "any.zip").write_bytes(buffer.getvalue())
    outside = set(place.parent.iterdir())
    for one in unpack(place / "any.zip", "any.zip", place / "staging", Budget()):
        assert one.path.resolve().parent == (place / "staging").resolve()
    assert set(place.parent.iterdir()) == outside
    assert {one.name for one in place.iterdir()} == {"any.zip", "staging"}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(junk=st.binary(min_size=1, max_size=200), at=st.integers(0, 400))
def test_a_damaged_zip_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int
) -> None:
    place = tmp_path_factory.mktemp("damaged")
    path = zipped(place / "a.zip", {"one.txt": LETTER * 20, "two.txt": b"12" * 90})
    data = bytearray(path.read_bytes())
    data[at : at + len(junk)] = junk
    path.write_bytes(data)
    try:
        for one in unpack(path, "a.zip", place / "out", Budget()):
            assert one.path.is_file()
    except (UnreadableSource, UnsafeSource):
        pass

"""A whole family's mess in one drop: nothing lost, nothing twice, everything accounted for."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from persona import steps
from persona.records import Restriction, SourceKind
from persona.remember.readers import Custodian, Relative
from persona.workspace import Workspace
from tests.collect.handing_in import (
    PEOPLE,
    journal,
    jpeg,
    known_originals,
    letter,
    originals,
    packed,
    sound,
    sources,
    take,
    write,
)
from tests.converse.conftest import Silent

WHATSAPP = (
    "30/01/19, 20:49 - Ruth Lin: Look at the boat\n"
    "30/01/19, 20:50 - Ruth Lin: IMG-20190130-WA0001.jpg (file attached)\n"
    "30/01/19, 20:51 - David Lin: PTT-20190130-WA0002.opus (file attached)\n"
    "30/01/19, 20:52 - David Lin: IMG-20190130-WA0009.jpg (file attached)\n"
    "30/01/19, 20:53 - Ruth Lin: He would have loved it\n"
)


def mess(folder: Path) -> Path:
    """Write what a family really hands in."""
    red, blue = jpeg((200, 0, 0)), jpeg((0, 0, 200))
    deep = packed({"again/letter 2.txt": letter(2), "inner.zip": packed({"l4.txt": letter(4)})})
    write(
        folder,
        {
            "letters/letter 1.txt": letter(1),
            "letters/copy of letter 1.txt": letter(1),
            "letters/wrong ending.jpg": letter(3),
            "a/b/c/d/e/deep.txt": letter(5),
            "photos/holiday.txt": red,
            "photos/😀 我们\n1987.jpg": blue,
            "photos/cafe\u0301.jpg": jpeg((1, 2, 3)),
            "photos/captions.csv": "file,caption\ncafé.jpg,The café\n".encode(),
            f"long/{'x' * 240}.txt": letter(6),
            "old box.zip": deep,
            ".DS_Store": b"\x00\x00\x00\x01Bud1",
            "photos/._holiday.txt": b"\x00\x05\x16\x07",
            "photos/Thumbs.db": b"\xd0\xcf\x11\xe0",
            "desktop.ini": b"[.ShellClassInfo]",
            "photos/.boat.jpg.icloud": b"bplist00",
            "photos/boat.jpg.icloud": b"bplist00\x00\x01",
            "empty.txt": b"",
            "voice.wav": sound(),
            "film.rar": b"Rar!\x1a\x07\x00" + bytes(50),
        },
    )
    for raw in (b"letters/\xb8\xb8\xc7\xd7\xb5\xc4\xd0\xc5.txt", b"letters/\xff\xfe.txt"):
        (folder / os.fsdecode(raw)).write_bytes(letter(len(raw)))
    old = packed({"XXXX.txt": letter(8)}).replace(b"XXXX.txt", "信件".encode("gb18030") + b".txt")
    (folder / "old chinese.zip").write_bytes(old)
    return folder


def test_a_familys_mess_is_taken_in_whole(workspace: Workspace, drop: Path) -> None:
    mess(drop)
    done = take(workspace, drop)
    found = sources(workspace)
    kinds = {name: source.kind for name, source in found.items()}
    assert kinds["letters/copy of letter 1.txt"] is SourceKind.LETTER
    assert kinds["letters/wrong ending.jpg"] is SourceKind.LETTER, "content decides"
    assert kinds["photos/holiday.txt"] is SourceKind.PHOTO
    assert {
        "a/b/c/d/e/deep.txt",
        "old box.zip/again/letter 2.txt",
        "old box.zip/inner.zip/l4.txt",
        "old chinese.zip/信件.txt",
        "letters/父亲的信.txt",
        "photos/😀 我们␊1987.jpg",
        "photos/café.jpg",
        "voice.wav",
    } <= set(found)
    assert done.already_here == 1, "two names, one original"
    by_sha = Counter(row["sha256"] for row in journal(workspace) if row["sha256"])
    twice = found["letters/copy of letter 1.txt"].sha256
    names = {row["file"] for row in journal(workspace) if row["sha256"] == twice}
    assert names == {"letters/letter 1.txt", "letters/copy of letter 1.txt"}
    assert sorted(by_sha.values())[-2:] == [1, 2]
    said = dict(done.left_out)
    assert set(said) == {"empty.txt", "film.rar", "photos/boat.jpg.icloud"}
    assert "Unpack it" in said["film.rar"]
    assert "Download the file itself" in said["photos/boat.jpg.icloud"]
    assert done.quiet == 6
    assert originals(workspace) == known_originals(workspace)
    cafe = found["photos/café.jpg"]
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        assert [one.text for one in view.passages(cafe.id)] == ["The café"]


def test_once_more_brings_nothing_and_reads_nothing(workspace: Workspace, drop: Path) -> None:
    mess(drop)
    first = take(workspace, drop)
    again = take(workspace, drop)
    assert (again.new, again.already_here) == ([], len(first.new) + first.already_here)
    assert again.left_out == first.left_out
    moved = drop.rename(drop.parent / "moved")
    (moved / "letters").rename(moved / "Briefe")
    assert take(workspace, moved).new == []


def test_a_folder_and_a_zip_of_it_are_the_same(workspace: Workspace, drop: Path) -> None:
    write(drop, {"letters/1.txt": letter(1), "photos/1.jpg": jpeg((9, 9, 9))})
    box = drop.parent / "box.zip"
    shutil.make_archive(str(box.with_suffix("")), "zip", drop)
    assert len(take(workspace, drop).new) == 2
    done = steps.collect(workspace, [box], Silent())
    assert (done.new, done.already_here) == ([], 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="the super-user may read everything")
def test_what_is_locked_is_named(workspace: Workspace, drop: Path) -> None:
    write(drop, {"locked.txt": letter(1), "shut/in.txt": letter(2), "open.txt": letter(3)})
    (drop / "locked.txt").chmod(0)
    (drop / "shut").chmod(0)
    try:
        said = dict(take(workspace, drop).left_out)
    finally:
        (drop / "shut").chmod(0o755)
    assert "cannot be read" in said["locked.txt"]
    assert "cannot be looked into" in said["shut"]


# What a photo service says beside a picture


def takeout(**said: object) -> bytes:
    known = {"title": "x", "photoTakenTime": {"timestamp": "551966400", "formatted": "29 Jun 1987"}}
    return json.dumps(known | said).encode()


def test_takeout_fills_gaps_and_is_doubted(workspace: Workspace, drop: Path) -> None:
    long = "a_picture_with_a_very_long_name_of_its_own_1987.jpg"
    write(
        drop,
        {
            "t/IMG_1.jpg": jpeg((1, 0, 0)),
            "t/IMG_1.jpg.json": takeout(
                description="On the boat",
                geoData={"latitude": 43.5, "longitude": 11.25},
                people=[{"name": "Ruth"}],
            ),
            "t/IMG_2(1).jpg": jpeg((40, 0, 0)),
            "t/IMG_2.jpg.supplemental-metadata(1).json": takeout(),
            "t/IMG_3.jpg": jpeg((80, 0, 0)),
            "t/IMG_3.jpg.suppl.json": takeout(photoTakenTime={"timestamp": "nonsense"}),
            f"t/{long}": jpeg((120, 0, 0)),
            f"t/{long[:46]}.json": takeout(),
            "t/nobody.jpg.json": takeout(),
            "t/broken.jpg": jpeg((160, 0, 0)),
            "t/broken.jpg.json": b'{"photoTakenTime": [',
        },
    )
    done = take(workspace, drop)
    found = sources(workspace)
    first = found["t/IMG_1.jpg"]
    assert (first.created_edtf, first.created_words) == ("1987-06-29?", "29 Jun 1987")
    assert "43.5" in first.place
    assert first.details["photo_service"]["people"] == ["Ruth"]
    assert found["t/IMG_2(1).jpg"].created_edtf == "1987-06-29?"
    assert found["t/IMG_3.jpg"].created_edtf is None
    assert found[f"t/{long}"].created_edtf == "1987-06-29?"
    assert found["t/broken.jpg"].created_edtf is None
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        (caption,) = view.passages(first.id)
    assert (caption.text, caption.speaker_id) == ("On the boat", None)
    assert [name for name, _ in done.left_out] == ["t/nobody.jpg.json"]
    assert originals(workspace) == known_originals(workspace)


# Chats and what was sent with them


def test_what_was_sent_with_a_message_is_tied_to_it(workspace: Workspace, drop: Path) -> None:
    members = {
        "_chat.txt": WHATSAPP.encode(),
        "IMG-20190130-WA0001.jpg": jpeg((0, 90, 0)),
        "PTT-20190130-WA0002.opus": sound(),
    }
    write(drop, {"WhatsApp Chat - Ruth.zip": packed(members)})
    write(drop, {"elsewhere/IMG-20190130-WA0009.jpg": jpeg((0, 0, 90))})
    take(workspace, drop)
    found = sources(workspace)
    box = "WhatsApp Chat - Ruth.zip"
    chat, photo = found[f"{box}/_chat.txt"], found[f"{box}/IMG-20190130-WA0001.jpg"]
    voice = found[f"{box}/PTT-20190130-WA0002.opus"]
    (tie,) = photo.details["attached_to"]
    assert (tie["source_id"], tie["by"]) == (chat.id, "Ruth Lin")
    assert photo.created_edtf is None, "it was taken then, or long before"
    assert photo.narrator_id is None, "who sends a picture need not have taken it"
    assert voice.narrator_id == "david"
    assert (voice.created_edtf or "").startswith("2019-01-30")
    other = found["elsewhere/IMG-20190130-WA0009.jpg"]
    assert "attached_to" not in other.details, "another telephone may have the same number"


def test_a_chat_that_comes_later_finds_its_pictures(workspace: Workspace, drop: Path) -> None:
    messages = [
        {
            "id": number,
            "type": "message",
            "date": f"2019-01-30T20:49:0{number}",
            "from": "Ruth Lin",
            "from_id": "user1",
            "text": "",
            **extra,
        }
        for number, extra in enumerate(
            (
                {"photo": "photos/photo_1@30-01-2019.jpg"},
                {"file": "voice_messages/audio_1.ogg", "media_type": "voice_message"},
                {"text": "Look at the boat"},
            ),
            start=1,
        )
    ]
    export = {"name": "Ruth Lin", "type": "personal_chat", "id": 1, "messages": messages}
    place = "telegram/ChatExport"
    write(
        drop,
        {
            f"{place}/photos/photo_1@30-01-2019.jpg": jpeg((5, 90, 0)),
            f"{place}/voice_messages/audio_1.ogg": sound(0.6),
        },
    )
    take(workspace, drop)
    assert all("attached_to" not in one.details for one in sources(workspace).values())
    write(drop, {f"{place}/result.json": json.dumps(export).encode()})
    take(workspace, drop)
    found = sources(workspace)
    assert found[f"{place}/photos/photo_1@30-01-2019.jpg"].details["attached_to"]
    assert found[f"{place}/voice_messages/audio_1.ogg"].narrator_id == "ruth"
    before = {name: one.details for name, one in found.items()}
    take(workspace, drop)
    assert {name: one.details for name, one in sources(workspace).items()} == before


def test_what_came_with_a_secret_message_is_as_secret(workspace: Workspace, drop: Path) -> None:
    rule = '[[files]]\nmatch = "secret/_chat.txt"\nrestrict = {allow = ["ruth"]}\n'
    (drop / "people.toml").write_text(PEOPLE + rule, encoding="utf-8")
    write(
        drop,
        {
            "secret/_chat.txt": WHATSAPP.encode(),
            "secret/IMG-20190130-WA0001.jpg": jpeg((0, 90, 0)),
        },
    )
    take(workspace, drop)
    with steps.open_store(workspace) as store:
        with store.reader(Relative("ruth")) as view:
            assert len(view.sources()) == 2
        with store.reader(Relative("david")) as view:
            assert view.sources() == []
        with store.reader(Custodian()) as view:
            rules: list[Restriction] = view.restrictions()
    assert len({rule.target_id for rule in rules}) == 2

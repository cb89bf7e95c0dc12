"""What the persona said aloud or in a file comes back: kept, set aside, used only if it is real."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from persona import steps
from persona.converse.phrases import phrase
from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound
from persona.errors import StoreError
from persona.export.marking import Marks, open_watermark
from persona.keeper.real import is_real, set_aside
from persona.keeper.verify import verify_archive
from persona.keeper.withdraw import withdraw
from persona.records import MemoryStatus, Sentence, Speaker, Standing, Turn
from persona.records.source import SET_ASIDE
from persona.remember.readers import Custodian, Relative
from persona.workspace import Workspace
from tests.collect.handing_in import (
    journal,
    new_workspace,
    originals,
    packed,
    sources,
    take,
    write,
)
from tests.command import Run
from tests.converse.conftest import Silent
from tests.remember.archive import NOW, make_conversation, make_version

CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
RATE = 24_000
NOTICE = phrase("en", "notice", name="Henry Lin")
CHAT = f"""30/01/19, 20:49 - Ruth Lin: Hello Dad, do you remember the harbour in Kobe?
30/01/19, 20:50 - Henry Lin: {NOTICE}
30/01/19, 20:51 - Henry Lin: I always loved the harbour in Kobe, and the ferries in the morning.
"""
RULE = """
[[files]]
match = "voices/*"
narrator = "henry"
kind = "voice_clip"
created = "1987-05-03"
restrict = { allow = ["ruth"] }
"""


@pytest.fixture(scope="module")
def spoken(models: Path) -> FloatArray:
    """Return 4.5 s of speech with the watermark, as the program would have said it."""
    sound = read_sound(CLIP, rate_hz=RATE, start_s=1.0, end_s=5.5)
    return open_watermark(models).mark(sound, RATE)


def saved_as(sound: FloatArray, kind: str, subtype: str, rate_hz: int = RATE) -> bytes:
    made = io.BytesIO()
    soundfile.write(made, sound, rate_hz, format=kind, subtype=subtype)
    return made.getvalue()


def nothing_of_it_is_used(workspace: Workspace, name: str) -> None:
    found = sources(workspace)[name]
    assert found.sha256 in originals(workspace), "an original is never lost"
    assert found.synthetic and found.details[SET_ASIDE]["reason"]
    steps.remember(workspace, Silent())
    with steps.open_store(workspace) as store, store.reader(Custodian()) as view:
        assert view.passages(source_id=found.id) == []
        assert not [one for one in view.memories() if found.id in str(view.citations(one.id))]


@pytest.mark.parametrize(
    ("kind", "subtype", "cut"),
    [
        ("MP3", "MPEG_LAYER_III", slice(None)),
        ("OGG", "OPUS", slice(None)),
        ("FLAC", "PCM_16", slice(RATE, 4 * RATE)),
        ("OGG", "VORBIS", slice(None, 3 * RATE)),
    ],
)
def test_a_spoken_answer_that_was_saved_anew(
    workspace: Workspace, drop: Path, spoken: FloatArray, kind: str, subtype: str, cut: slice
) -> None:
    write(drop, {"voices/dad 1987.mp3": saved_as(spoken[cut], kind, subtype)})
    done = take(workspace, drop)
    ((name, reason),) = done.set_aside
    assert name == "voices/dad 1987.mp3"
    assert "the watermark of synthetic speech (0–" in reason and "set aside" in reason
    assert not done.new and not done.left_out
    nothing_of_it_is_used(workspace, name)
    (row,) = [one for one in journal(workspace) if one["file"] == name]
    assert (row["outcome"], row["reason"]) == ("set_aside", reason)


def test_it_is_found_between_real_sound_in_a_zip_beside_other_clips(
    workspace: Workspace, drop: Path, spoken: FloatArray
) -> None:
    real = read_sound(CLIP, rate_hz=RATE, start_s=6.0, end_s=9.0)
    mixed = np.concatenate([real, spoken, real])
    members = {
        "clips/real.wav": saved_as(real, "WAV", "PCM_16"),
        "clips/PTT-1.opus": saved_as(mixed, "OGG", "OPUS"),
        "clips/letter.txt": b"Dear Ruth,\n\nThe harbour is grey.\n\nDavid\n",
    }
    write(drop, {"box.zip": packed(members)})
    done = take(workspace, drop)
    assert [name for name, _ in done.set_aside] == ["box.zip/clips/PTT-1.opus"]
    assert sorted(done.new) == ["box.zip/clips/letter.txt", "box.zip/clips/real.wav"]


def test_a_sealed_file_is_known_without_the_watermark(
    workspace: Workspace, drop: Path, tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = read_sound(CLIP, rate_hz=RATE, start_s=1.0, end_s=3.0)
    part = {"synthetic": True, "start_s": 0.0, "end_s": 2.0}
    another = new_workspace(tmp_path / "another")
    marks = Marks(another, open_watermark(models), "ver_1")
    sealed = marks.sealed_sound(sound, rate_hz=RATE, comment="", parts=[part])
    write(drop, {"dad.wav": sealed, "real.wav": saved_as(sound, "WAV", "PCM_16")})
    monkeypatch.setenv("PERSONA_MODELS", str(tmp_path / "no models"))
    report = Silent()
    done = steps.collect(workspace, [drop], report)
    assert [name for name, _ in done.set_aside] == ["dad.wav"]
    assert done.new == ["real.wav"]
    said = [one for one in report.lines if "without a look for the watermark" in one]
    assert len(said) == 1, "once, however many recordings there are"


def test_handed_in_again_it_is_still_set_aside(
    workspace: Workspace, drop: Path, spoken: FloatArray
) -> None:
    write(drop, {"dad.mp3": saved_as(spoken, "MP3", "MPEG_LAYER_III")})
    first, again = take(workspace, drop), take(workspace, drop)
    assert first.set_aside == again.set_aside and not again.already_here
    assert len(sources(workspace)) == 1 == len(originals(workspace))


def test_a_person_says_that_it_is_real_and_it_is_used(
    workspace: Workspace, drop: Path, spoken: FloatArray
) -> None:
    people = drop / "people.toml"
    people.write_text(people.read_text(encoding="utf-8") + RULE, encoding="utf-8")
    text = b"I always loved the harbour in Kobe, and the ferries in the morning."
    write(drop, {"voices/d.mp3": saved_as(spoken, "MP3", "MPEG_LAYER_III"), "voices/d.txt": text})
    assert len(take(workspace, drop).set_aside) == 1
    nothing_of_it_is_used(workspace, "voices/d.mp3")
    people.unlink()  # what it said of the file is kept with the file
    done = is_real(workspace, "voices/d.mp3", "ruth", Silent())
    assert done.new == ["voices/d.mp3"] and done.passages == 1
    found = sources(workspace)["voices/d.mp3"]
    assert not found.synthetic and SET_ASIDE not in found.details
    assert found.details["said_real"]["by"] == "ruth"
    assert (found.narrator_id, found.created_edtf) == ("henry", "1987-05-03")
    steps.remember(workspace, Silent())
    with steps.open_store(workspace) as store:
        with store.reader(Custodian()) as view:
            (memory,) = view.memories()
            assert (memory.narrator_id, memory.status) == ("henry", MemoryStatus.TOLD)
            (event,) = [one for one in view.audit_events() if one.action == "source.is_real"]
            assert (event.actor, event.target_id) == ("ruth", found.id)
            assert set_aside(view) == []
        with store.reader(Relative("david")) as view:
            assert view.memories() == [], "the restriction that was said holds as before"
    assert verify_archive(workspace, Silent()).faults == []
    assert take(workspace, drop).set_aside == []


@pytest.mark.parametrize("by", ["custodian", "ruth"])
def test_what_was_never_set_aside_is_not_made_real(
    workspace: Workspace, drop: Path, by: str
) -> None:
    write(drop, {"a.txt": b"Dear Ruth,\n\nThe harbour is grey.\n\nDavid\n"})
    take(workspace, drop)
    with pytest.raises(StoreError, match="No such file was set aside"):
        is_real(workspace, str(drop / "a.txt"), by, Silent())
    with pytest.raises(StoreError, match="nobody in this archive"):
        is_real(workspace, str(drop / "a.txt"), "someone", Silent())


def test_a_copied_conversation_is_set_aside_under_any_name(
    workspace: Workspace, drop: Path
) -> None:
    page = f"<html><body><p>{NOTICE}</p><p>I loved the ferries.</p></body></html>"
    write(
        drop,
        {
            "WhatsApp Chat with Dad.txt": CHAT.encode(),
            "letters/1987.txt": f"Dear Ruth,\n\n{NOTICE}\n\nI loved it.\n\nHenry".encode("utf-16"),
            "letters/page.html": page.encode(),
            "subs.srt": f"1\n00:00:01,000 --> 00:00:05,000\n{NOTICE}\n".encode(),
            "letters/real.txt": b"Dear Ruth,\n\nThe harbour is grey.\n\nDavid\n",
        },
    )
    done = take(workspace, drop)
    assert done.new == ["letters/real.txt"] and len(done.set_aside) == 4
    for name, _ in done.set_aside:
        nothing_of_it_is_used(workspace, name)


def test_what_the_persona_said_is_nobodys_word_whoever_vouches_for_it(
    workspace: Workspace, drop: Path
) -> None:
    take(workspace, drop)
    said = "I always loved the harbour in Kobe, and the ferries in the morning."
    turn = Turn(
        id="trn_1",
        conversation_id="con_ruth_1",
        position=1,
        speaker=Speaker.PERSONA,
        text=said,
        created_at=NOW,
    )
    sentence = Sentence(
        id="sen_1", turn_id="trn_1", position=0, text=said, standing=Standing.INFERRED
    )
    with steps.open_store(workspace) as store:
        store.add_version(make_version())
        store.start_conversation(make_conversation())
        store.add_turn(turn, [sentence])
    write(drop, {"chat.txt": CHAT.replace(NOTICE, "Hello, Little Sparrow.").encode()})
    ((name, reason),) = take(workspace, drop).set_aside
    assert "repeats what the persona said" in reason
    with pytest.raises(StoreError, match="repeats what the persona said"):
        is_real(workspace, name, "ruth", Silent())
    nothing_of_it_is_used(workspace, name)


def test_it_can_be_taken_back(workspace: Workspace, drop: Path, spoken: FloatArray) -> None:
    write(drop, {"dad.mp3": saved_as(spoken, "MP3", "MPEG_LAYER_III")})
    take(workspace, drop)
    found = sources(workspace)["dad.mp3"]
    withdraw(workspace, "source", found.id, "custodian", report=Silent())
    assert not originals(workspace) and not sources(workspace)


def test_the_command_says_what_to_do(
    workspace: Workspace, drop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(drop, {"chat.txt": CHAT.encode()})
    run = Run(capsys)
    ran = run("collect", drop, "-w", workspace.root)
    assert ran.code == 0 and "1 set aside" in ran.out and "persona real FILE" in ran.out
    ran = run("real", drop / "chat.txt", "--by", "ruth", "-w", workspace.root)
    assert ran.code == 0 and "chat.txt is used now: 3 passages" in ran.out
    assert run("real", "chat.txt", "-w", workspace.root).sentence.startswith("No such file")

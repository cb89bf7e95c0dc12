"""What the program makes is marked and sealed; what is real in it is not touched by a sample."""

import json
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from persona.config import Config
from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound
from persona.errors import CollectError, EngineError, MissingModel, UnreadableSource, WorkspaceError
from persona.export.marking import Marks, open_watermark
from persona.export.marking_keys import FILE, known_root, signing_key
from persona.export.marking_seal import SealState, read_seal
from persona.export.marking_signs import SHORT_THRESHOLD, THRESHOLD, find_mark, judged
from persona.export.marking_verdict import FileKind, Verdict, what_is
from persona.workspace import Workspace

RATE = 24_000
CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
REAL = {"start_s": 4.0, "end_s": 8.0, "synthetic": False, "source": "src_real"}
SPOKEN = {"start_s": 0.0, "end_s": 4.0, "synthetic": True, "sentence": 0}


@pytest.fixture
def archive(tmp_path: Path) -> Workspace:
    (tmp_path / "family").mkdir()
    return Workspace(tmp_path / "family", Config())


@pytest.fixture
def marks(archive: Workspace, models: Path) -> Marks:
    return Marks(archive, open_watermark(models), "ver_17")


@pytest.fixture(scope="module")
def speech() -> FloatArray:
    """Return eight seconds; no watermark is in them."""
    return read_sound(CLIP, rate_hz=RATE, start_s=0.6, end_s=8.6)


@pytest.fixture
def answer(marks: Marks, archive: Workspace, speech: FloatArray) -> Path:
    """Return four seconds as if spoken, then four that are a real recording."""
    half = 4 * RATE
    joined = np.concatenate([marks.mark_sound(speech[:half], RATE), speech[half:]])
    out = archive.conversations / "trn_1.say_1.wav"
    marks.write_sound(
        out, joined, rate_hz=RATE, comment="Synthetic", voice="test", parts=[SPOKEN, REAL]
    )
    return out


def looked_at(file: Path, archive: Workspace, models: Path) -> Verdict:
    return what_is(file, None, known_root(archive), models)


def test_the_seal_says_what_made_it_and_what_is_real(archive: Workspace, answer: Path) -> None:
    seal = read_seal(answer, known_root(archive))
    assert (seal.state, seal.synthetic) == (SealState.OURS, True)
    assert seal.program.startswith("memorial-persona ")
    assert seal.made["version"] == "ver_17"
    assert [part["synthetic"] for part in seal.made["parts"]] == [True, False]
    assert seal.made["parts"][1]["source"] == "src_real"
    beside = json.loads(answer.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside == {"voice": "test", **seal.made}


def test_the_seal_holds_no_picture_and_asks_nobody(answer: Path) -> None:
    content = answer.read_bytes()
    assert b"compositeWithTrainedAlgorithmicMedia" in content
    assert b"thumbnail" not in content
    assert b"http://ocsp" not in content and b"timestamp" not in content


def test_all_synthetic_is_called_so(marks: Marks, speech: FloatArray) -> None:
    made = marks.sealed_sound(speech, rate_hz=RATE, comment="", parts=[SPOKEN])
    assert b"digitalsourcetype/trainedAlgorithmicMedia" in made


def test_the_real_seconds_are_the_samples_that_went_in(answer: Path, speech: FloatArray) -> None:
    samples, rate = soundfile.read(answer, dtype="int16")
    assert rate == RATE
    real = np.clip(speech[4 * RATE :], -1, 1)
    assert np.abs(samples[4 * RATE :] / 32768 - real).max() <= 1 / 32768
    assert np.abs(samples[: 4 * RATE] / 32768 - speech[: 4 * RATE]).max() > 0.005


def test_the_mark_is_found_where_the_voice_spoke(answer: Path, models: Path) -> None:
    found = find_mark(answer, open_watermark(models))
    assert found.score >= THRESHOLD
    assert found.stretches[0][0] == 0.0
    assert found.stretches[-1][1] <= 6.0, "from six seconds on there is only the recording"


@pytest.mark.parametrize(
    ("damage", "state"),
    [
        (lambda data: data[:5000] + bytes([data[5000] ^ 1]) + data[5001:], SealState.BROKEN),
        (lambda data: data[:-200], SealState.BROKEN),
        (lambda data: data.replace(b"ver_17", b"ver_18"), SealState.BROKEN),
        (lambda data: data[: data.rfind(b"C2PA")], SealState.NONE),
    ],
    ids=["one bit of sound", "cut off", "what it says", "taken away"],
)
def test_whoever_changes_it_breaks_the_seal(
    archive: Workspace,
    answer: Path,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    state: SealState,
) -> None:
    changed = tmp_path / "changed.wav"
    changed.write_bytes(damage(answer.read_bytes()))
    assert read_seal(changed, known_root(archive)).state is state


def test_another_archive_does_not_call_it_its_own(
    answer: Path, models: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = Workspace(tmp_path / "other", Config())
    signing_key(other)
    assert read_seal(answer, known_root(other)).state is SealState.WHOLE
    verdict = what_is(answer, None, known_root(other), models)
    assert verdict.kind is FileKind.MADE
    assert any("does not know" in one for one in verdict.sentences)


def test_the_key_is_made_once_and_private(archive: Workspace) -> None:
    first = signing_key(archive)
    assert signing_key(archive) == first
    assert stat.S_IMODE((archive.root / FILE).stat().st_mode) == 0o600
    assert first.private not in first.chain and first.root not in first.chain


def test_two_at_once_make_one_key(archive: Workspace) -> None:
    found: list[bytes] = []
    makers = [
        threading.Thread(target=lambda: found.append(signing_key(archive).root)) for _ in range(4)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nx"])
def test_a_damaged_key_is_one_sentence(archive: Workspace, models: Path, content: bytes) -> None:
    (archive.root / FILE).write_bytes(content)
    with pytest.raises(EngineError, match="Restore it from a backup"):
        Marks(archive, open_watermark(models), "ver_1")


def test_a_key_that_cannot_seal_leaves_no_file(
    archive: Workspace, models: Path, speech: FloatArray
) -> None:
    whole = signing_key(archive)
    wrong = whole.private.replace(whole.private.splitlines()[1], b"AAAA" * 16)
    (archive.root / FILE).write_bytes(wrong + whole.chain + whole.root)
    marks = Marks(archive, open_watermark(models), "ver_1")
    out = archive.conversations / "a.wav"
    with pytest.raises(EngineError, match="was not kept"):
        marks.write_sound(
            out, speech[:RATE], rate_hz=RATE, comment="", voice="test", parts=[SPOKEN]
        )
    assert not archive.conversations.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_not_yours(archive: Workspace) -> None:
    archive.root.chmod(0o500)
    with pytest.raises(WorkspaceError, match="is yours"):
        signing_key(archive)


def test_a_full_disk_leaves_nothing_half_written(
    archive: Workspace, marks: Marks, speech: FloatArray
) -> None:
    archive.conversations.write_bytes(b"a file where the folder should be")
    with pytest.raises(EngineError, match="is the disk full"):
        marks.write_sound(
            archive.conversations / "a.wav",
            speech[:RATE], rate_hz=RATE, comment="", voice="test", parts=[SPOKEN],
        )  # fmt: skip


def test_nothing_is_opened_without_the_weights(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="persona fetch perth"):
        open_watermark(tmp_path)


def test_it_was_made_by_a_program(answer: Path, archive: Workspace, models: Path) -> None:
    verdict = looked_at(answer, archive, models)
    assert verdict.kind is FileKind.MADE
    said = " ".join(verdict.sentences)
    assert "was made by a program" in verdict.sentences[0]
    assert "ver_17" in said and "From 4.0 to 8.0 s it is a real recording: src_real" in said
    assert "signed by this archive" in said


def test_saved_anew_the_seal_is_gone_and_the_mark_is_not(
    answer: Path, archive: Workspace, models: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(answer)
    soundfile.write(tmp_path / "from a friend.ogg", samples, rate, format="OGG", subtype="OPUS")
    verdict = looked_at(tmp_path / "from a friend.ogg", archive, models)
    assert verdict.kind is FileKind.MADE
    assert any("no seal any more" in one for one in verdict.sentences)
    assert any("watermark of synthetic speech was found" in one for one in verdict.sentences)


def test_without_a_sign_nothing_is_claimed(archive: Workspace, models: Path) -> None:
    verdict = looked_at(CLIP, archive, models)
    assert verdict.kind is FileKind.NO_SIGN
    assert "does not prove that it is real" in verdict.sentences[0]
    assert "compared with no originals" in verdict.sentences[-1]


def test_without_the_weights_that_is_said(answer: Path, tmp_path: Path) -> None:
    shutil.copy(CLIP, tmp_path / "c.m4a")
    verdict = what_is(tmp_path / "c.m4a", None, b"", tmp_path)
    assert verdict.kind is FileKind.NO_SIGN
    assert any("could not be looked for" in one for one in verdict.sentences)


@pytest.mark.parametrize(
    ("name", "content", "error", "words"),
    [
        ("a.wav", b"", CollectError, "is empty"),
        ("a.wav", b"RIFF\x10\x00\x00\x00WAVEnothing", UnreadableSource, "cannot be read"),
        ("a.mp3", os.urandom(400), UnreadableSource, "cannot be read"),
        ("a.silk", b"\x02#!SILK_V3\xff", UnreadableSource, "cannot be read|no sound"),
    ],
)
def test_bad_files_are_one_sentence(
    tmp_path: Path, models: Path, name: str, content: bytes, error: type[CollectError], words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=words):
        what_is(tmp_path / name, None, b"", models)


def test_a_file_that_is_not_there(tmp_path: Path, models: Path) -> None:
    with pytest.raises(CollectError, match="There is no file"):
        what_is(tmp_path / "nothing.wav", None, b"", models)
    with pytest.raises(CollectError, match="There is no file"):
        what_is(tmp_path, None, b"", models)


@pytest.mark.parametrize("name", ["a.txt", "a.png", "a.pdf", "a"])
def test_other_files_have_no_sign(tmp_path: Path, models: Path, name: str) -> None:
    contents = {"a.png": b"\x89PNG\r\n\x1a\n" + bytes(40), "a.pdf": b"%PDF-1.4 nothing"}
    (tmp_path / name).write_bytes(contents.get(name, b"Dear Ruth"))
    verdict = what_is(tmp_path / name, None, b"", models)
    assert verdict.kind is FileKind.NO_SIGN


def test_one_window_alone_is_not_believed() -> None:
    high, low = THRESHOLD + 0.01, 0.1
    spans = [(s * 1.5, s * 1.5 + 3.0) for s in range(4)]

    def told(*scores: float) -> bool:
        pairs = zip(spans, scores, strict=False)
        return bool(judged([(a, b, score) for (a, b), score in pairs]).stretches)

    assert told(high)
    assert told(low, high)
    assert not told(low, high, low)
    assert told(low, high, high)
    assert not told(low, low, low, low)
    assert not told()
    assert not judged([(0.0, 1.2, THRESHOLD)]).stretches, "of little sound more is asked"
    assert judged([(0.0, 1.2, SHORT_THRESHOLD)]).stretches == ((0.0, 1.2),)


def test_what_is_real_is_never_said_to_be_made(shared_data: Path, models: Path) -> None:
    """A few real recordings of each kind; ``benchmarks/marking`` looks at all of them."""
    files = sorted((shared_data / "messaging-audio").glob("*_en.*"))
    files += sorted((shared_data / "speech" / "wenet").rglob("*.wav"))[:2]
    assert len(files) > 4
    for file in files:
        assert what_is(file, None, b"", models).kind is FileKind.NO_SIGN, file.name

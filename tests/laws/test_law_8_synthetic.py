"""Law 8 on the path: what is made is marked and says so; what is real is played unchanged."""

import hashlib
import json
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import persona
from persona import steps
from persona.converse.talk import Talk
from persona.engines.deterministic import ToneVoice
from persona.engines.protocols import FloatArray
from persona.engines.sound import read_sound, write_wav
from persona.errors import MissingModel
from persona.export.marking import open_watermark
from persona.export.marking_keys import known_root
from persona.export.marking_seal import SealState, read_seal
from persona.export.marking_signs import THRESHOLD
from persona.export.marking_verdict import FileKind
from persona.keeper.verify import verify_file
from persona.remember.readers import Custodian, Relative
from persona.remember.store import Store
from persona.workspace import Workspace
from tests.converse.conftest import Silent
from tests.converse.raw_family import PEOPLE, write_raw_family
from tests.laws.raw_path import QUICK, remembered, talk_to, trained
from tests.train.material import make_tiny_base

CLIP = Path(persona.__file__).parent / "demo_family" / "clips" / "broth.m4a"
OTHER_CLIP = CLIP.with_name("voicemail-ruth.m4a")
HEARD = "You do not stir the broth, whatever the vicar says.\nYou turn down the gas and you wait."
RULE = """
[[files]]
match = "clips/*"
kind = "voice_clip"
narrator = "arthur"
language = "en"
"""
QUESTION = "Do you stir the broth?"
RATE = ToneVoice.RATE_HZ


class ListeningVoice(ToneVoice):
    """A tone that remembers what it was given to say."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def speak(self, text: str, *, language: str) -> FloatArray:
        self.said.append((text, language))
        return super().speak(text, language=language)


class ActedVoice(ToneVoice):
    """Speech for whatever it is given: a watermark of speech is not made for hums."""

    def speak(self, text: str, *, language: str) -> FloatArray:
        seconds = max(2.0, 0.3 * len(text.split()))
        return read_sound(OTHER_CLIP, rate_hz=RATE, start_s=0.5, end_s=0.5 + min(seconds, 8.0))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return Arthur's archive with a recording of him, heard as a script says."""
    parent = tmp_path_factory.mktemp("law 8")
    raw = write_raw_family(parent / "raw")
    (raw / "people.toml").write_text(PEOPLE + RULE, encoding="utf-8")
    (raw / "clips").mkdir()
    shutil.copy(CLIP, raw / "clips")
    sha256 = hashlib.sha256(CLIP.read_bytes()).hexdigest()
    originals = parent / "arthur-penrose" / "originals" / sha256[:2]
    originals.mkdir(parents=True)
    script = originals / f"{sha256}.heard.txt"
    script.write_text(HEARD, encoding="utf-8")
    settings = QUICK.replace('recogniser = "none"', 'recogniser = "scripted"')
    made = remembered(parent, raw, make_tiny_base(parent / "tiny-base"), settings=settings)
    script.unlink()
    trained(made)
    return made


@pytest.fixture
def store(workspace: Workspace) -> Iterator[Store]:
    with steps.open_store(workspace) as opened:
        yield opened


def spoken(
    workspace: Workspace, store: Store, question: str, voice: ToneVoice | None = None
) -> tuple[Talk, Path]:
    talk = talk_to(workspace, store, "nell")
    assert list(talk.ask(question))
    assert talk.last_turn_id is not None
    voice = voice or ToneVoice()
    return talk, steps.speak_turn(workspace, store, talk.last_turn_id, voice, Relative("nell"))


def parts_of(out: Path) -> list[dict[str, object]]:
    return list(json.loads(out.with_suffix(".json").read_text(encoding="utf-8"))["parts"])


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (QUESTION, "computer simulation of Arthur Penrose, not a recording"),
        ("Did you sing to the bees?", "computer simulation of Arthur Penrose"),
        ("What was your submarine called?", "computer simulation of Arthur Penrose"),
        ("你第一条船叫什么名字?", "电脑模拟的Arthur Penrose"),
    ],
)
def test_every_spoken_answer_begins_with_the_notice(
    workspace: Workspace, store: Store, question: str, words: str
) -> None:
    voice = ListeningVoice()
    _, out = spoken(workspace, store, question, voice)
    text, language = voice.said[0]
    assert words in text
    assert language == ("zh" if "电脑" in words else "en")
    first = parts_of(out)[0]
    assert (first["what"], first["synthetic"], first["start_s"]) == ("notice", True, 0.0)
    sound = read_sound(out, rate_hz=RATE)
    notice = ToneVoice().speak(text, language=language)
    assert np.corrcoef(sound[: len(notice)], notice)[0, 1] > 0.9, "the notice, with its mark"


def test_the_file_itself_says_that_it_is_synthetic(workspace: Workspace, store: Store) -> None:
    import soundfile

    _, out = spoken(workspace, store, "Did you sing to the bees?")
    with soundfile.SoundFile(out) as file:
        assert "Synthetic speech by tone" in file.comment
        assert "nobody's voice" in file.comment
        seconds = len(file) / file.samplerate
    parts = parts_of(out)
    assert all(part["synthetic"] is True for part in parts)
    ends = [float(str(part["end_s"])) for part in parts]
    assert ends == sorted(ends)
    assert ends[-1] <= seconds


def test_what_was_said_is_marked_and_what_is_real_is_not(
    workspace: Workspace, store: Store, models: Path
) -> None:
    _, out = spoken(workspace, store, QUESTION, ActedVoice())
    watermark, sound = open_watermark(models), read_sound(out, rate_hz=RATE)
    scores = {}
    for part in parts_of(out):
        start, end = (round(float(str(part[key])) * RATE) for key in ("start_s", "end_s"))
        scores.setdefault(part["synthetic"], []).append(watermark.detect(sound[start:end], RATE))
    assert scores.keys() == {True, False}
    assert min(scores[True]) > THRESHOLD
    assert max(scores[False]) < THRESHOLD


def test_the_file_is_sealed_and_says_which_seconds_are_real(
    workspace: Workspace, store: Store
) -> None:
    talk, out = spoken(workspace, store, QUESTION)
    seal = read_seal(out, known_root(workspace))
    assert (seal.state, seal.synthetic) == (SealState.OURS, True)
    assert seal.made["version"] == talk.version.id
    assert seal.made["parts"] == parts_of(out)
    assert stat.S_IMODE((workspace.root / "signing.pem").stat().st_mode) == 0o600
    content, said = out.read_bytes(), talk.last_answer
    assert said is not None
    for words in ("Arthur", "broth", "vicar", *(one.text for one in said.sentences)):
        assert words.encode() not in content, "ids and seconds, never words"


def test_verify_tells_the_answer_from_the_recording(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    _, out = spoken(workspace, store, QUESTION, ActedVoice())
    shutil.copy(CLIP, tmp_path / "tape.m4a")
    assert verify_file(workspace, out).kind is FileKind.MADE
    assert verify_file(workspace, tmp_path / "tape.m4a").kind is FileKind.ORIGINAL
    sound = read_sound(out, rate_hz=RATE)
    write_wav(tmp_path / "sent on.wav", sound, rate_hz=RATE, comment="")
    sent_on = verify_file(workspace, tmp_path / "sent on.wav")
    assert sent_on.kind is FileKind.MADE
    assert any("no seal any more" in one for one in sent_on.sentences)


def test_without_the_watermark_nothing_is_spoken(
    workspace: Workspace, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERSONA_MODELS", str(tmp_path))
    before = set(workspace.conversations.iterdir()) if workspace.conversations.exists() else set()
    with pytest.raises(MissingModel, match="persona fetch perth"):
        spoken(workspace, store, "Did you sing to the bees?")
    assert set(workspace.conversations.iterdir()) == before


DOORS = {
    "persona/export/marking.py": "the door itself: marked and sealed",
    "persona/engines/sound.py": "what it writes with",
    "persona/speaking.py": "a stretch of an original; speech only through the door",
    "persona/keeper/listening.py": "a real clip to compare with; made voices only through the door",
    "persona/screens/recording.py": "a stretch of an original, for the browser's ear",
    "persona/engines/silk.py": "an original message, decoded in memory",
    "persona/train/voices/samples.py": "cut from an original, to make a voice from",
    "persona/train/voices/measures.py": "measured in a temporary folder and thrown away",
    "persona/engines/voice_coqui.py": "handed to another process in a temporary folder",
    "persona/engines/voice_coqui_maker.py": "cuts of originals, and halves thrown away",
}
"""Files of the program that turn samples into a sound file, and why that is no speech that stays.

Whoever adds one says so here: speech of the persona goes through the first.
"""


def test_sound_is_written_through_one_door() -> None:
    """Whoever writes sound elsewhere has to say here why it is no speech of the persona."""
    root = Path(persona.__file__).parent
    writes = re.compile(r"write_wav\(|wav_bytes\(|soundfile\.write\(|SoundFile\([^)]*[\"']w|"
                        r"wave\.open\([^)]*[\"']w")  # fmt: skip
    found = {
        path.relative_to(root.parent).as_posix()
        for path in root.rglob("*.py")
        if "demo_family" not in path.parts and writes.search(path.read_text(encoding="utf-8"))
    }
    assert found <= DOORS.keys()
    assert "persona/export/marking.py" in found


def test_a_real_recording_is_played_and_nothing_is_said_over_it(
    workspace: Workspace, store: Store
) -> None:
    voice = ListeningVoice()
    talk, out = spoken(workspace, store, QUESTION, voice)
    assert talk.last_answer is not None
    clip = next(s.clip for s in talk.last_answer.sentences if s.clip)
    assert not any("stir the broth" in text for text, _ in voice.said), "he says it himself"
    [real] = [part for part in parts_of(out) if part["synthetic"] is False]
    assert real["source"] == clip.source_id
    start, end = (round(float(str(real[key])) * RATE) for key in ("start_s", "end_s"))
    source = store.reader(Custodian()).source(clip.source_id)
    original = read_sound(
        workspace.original(source.sha256), rate_hz=RATE, start_s=clip.start_s, end_s=clip.end_s
    )
    heard = read_sound(out, rate_hz=RATE)[start:end]
    assert len(heard) == pytest.approx(len(original), abs=2)
    length = min(len(heard), len(original))
    assert np.allclose(heard[:length], original[:length], atol=1e-3)


def test_the_recording_on_disk_is_never_touched(workspace: Workspace, store: Store) -> None:
    sha256 = hashlib.sha256(CLIP.read_bytes()).hexdigest()
    original = workspace.original(sha256)
    before = original.stat()
    spoken(workspace, store, QUESTION)
    assert original.read_bytes() == CLIP.read_bytes()
    after = original.stat()
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert after.st_mode & 0o777 == 0o444


def test_a_spoken_answer_never_comes_back_as_a_source(
    workspace: Workspace, store: Store, tmp_path: Path
) -> None:
    """Law 3, for sound, also under another name; and no copy of it is kept either."""
    _, out = spoken(workspace, store, "Did you paint the boat green again?")
    handed_in = tmp_path / "found"
    handed_in.mkdir()
    shutil.copy(out, handed_in / "tape of dad.wav")
    before = len(store.reader(Custodian()).sources())
    deaf = workspace.config.engines.model_copy(update={"recogniser": "none"})
    config = workspace.config.model_copy(update={"engines": deaf})
    summary = steps.collect(Workspace(workspace.root, config), [handed_in], Silent())
    assert summary.new == []
    assert ["made by the persona itself" in reason for _, reason in summary.left_out] == [True]
    assert len(store.reader(Custodian()).sources()) == before
    sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
    assert not workspace.original(sha256).exists()


def test_an_answer_is_spoken_once_and_a_half_written_one_again(
    workspace: Workspace, store: Store
) -> None:
    voice = ListeningVoice()
    talk, out = spoken(workspace, store, QUESTION, voice)
    assert talk.last_turn_id is not None
    count, reader = len(voice.said), Relative("nell")
    assert steps.speak_turn(workspace, store, talk.last_turn_id, voice, reader) == out
    assert len(voice.said) == count
    out.with_suffix(".json").unlink()
    steps.speak_turn(workspace, store, talk.last_turn_id, voice, reader)
    assert len(voice.said) == 2 * count
    assert parts_of(out)
    turns = store.reader(Custodian()).turns(talk.conversation_id)
    assert turns[-1].audio_path == f"conversations/{out.name}"
    assert not [one for one in out.parent.iterdir() if one.name.startswith(".")]


def test_every_talk_says_first_what_it_is(workspace: Workspace, store: Store) -> None:
    for listener in ("nell", "jack", None):
        notice = talk_to(workspace, store, listener).notice
        assert "simulation of Arthur Penrose" in notice
        assert "It is not Arthur Penrose" in notice

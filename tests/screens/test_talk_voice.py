"""Asking by voice and hearing the answer: words are corrected first, silence is one key away."""

import io
from pathlib import Path

import pytest
import soundfile

from persona.engines.deterministic import ToneVoice
from persona.engines.sound import read_sound
from persona.export.marking_keys import known_root
from persona.export.marking_seal import SealState, read_seal
from persona.remember.readers import Custodian
from persona.remember.store import Store
from persona.workspace import Workspace, open_workspace
from tests.screens.conftest import Screen
from tests.screens.family import make_family, tone

CLIP = Path(__file__).resolve().parents[2] / "persona" / "demo_family" / "clips" / "broth.m4a"
QUESTION = "What about the blue kite?"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the humming voice hurry: the page waits as long as a part sounds."""
    monkeypatch.setattr(ToneVoice, "WORD_S", 0.05)


@pytest.fixture(scope="module")
def humming(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the small archive: its voice hums, and it hears with the real recogniser."""
    workspace = make_family(tmp_path_factory.mktemp("humming"))
    file = workspace.root / "persona.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('recogniser = "none"', 'recogniser = "whisper-base"'))
    return open_workspace(workspace.root)


def talking(screen, sit, family, person_id="ruth", kind="person", **state) -> Screen:
    return screen(family, "talk", visitor=sit(person_id, kind), begun=True, **state)


def record(page: Screen, sound: bytes) -> Screen:
    """Speak into the microphone."""
    [recorder] = page.app.audio_input
    recorder.set_value(("question.wav", sound, "audio/wav")).run()
    return page


def spoken_words(seconds: float = 3.2) -> bytes:
    out = io.BytesIO()
    sound = read_sound(CLIP, rate_hz=16_000, start_s=0.4, end_s=0.4 + seconds)
    soundfile.write(out, sound, 16_000, format="WAV", subtype="PCM_16")
    return out.getvalue()


def test_nothing_is_recorded_or_sounds_unasked(screen, humming, sit):
    page = talking(screen, sit, humming).ask(QUESTION)
    assert not page.app.audio_input
    assert not page.app.get("audio")
    assert page.keys("speak") == ["speak"]
    assert not page.app.toggle(key="aloud").value


def test_what_was_heard_is_corrected_before_it_is_asked(screen, humming, sit, models):
    page = record(talking(screen, sit, humming).press("speak"), spoken_words())
    assert not page.app.audio_input, "the recording is gone as soon as it is words"
    box = page.app.text_area(key="spoken-words")
    assert len(box.value.split()) >= 3
    assert "Correct it" in page.everything() or "Correct it" in box.label
    with Store.open(humming) as store, store.reader(Custodian()) as view:
        assert not [t for c in view.conversations()[-1:] for t in view.turns(c.id)], "not asked yet"
    box.set_value(QUESTION).run()
    page.press("spoken-ask")
    assert "Never hurry a kite" in page.html()
    assert QUESTION in page.html()
    assert page.app.get("audio"), "who asks aloud is answered aloud"
    assert page.app.audio_input, "and asks the next one in the same way"


def test_said_again_is_thrown_away(screen, humming, sit, models):
    page = record(talking(screen, sit, humming).press("speak"), spoken_words())
    page.press("spoken-again")
    assert not page.app.text_area
    assert page.app.audio_input
    assert not page.app.exception


def test_silence_is_one_sentence(screen, humming, sit, models):
    page = record(talking(screen, sit, humming).press("speak"), tone(1.0))
    assert not page.app.text_area
    assert "No words were understood" in page.html()


def test_a_damaged_recording_is_one_sentence(screen, humming, sit, models):
    page = record(talking(screen, sit, humming).press("speak"), b"no sound")
    assert "cannot be read as a recording" in page.html()
    assert not page.app.exception


def test_whoever_does_not_want_the_microphone_has_none(screen, family, sit):
    page = talking(screen, sit, family)
    assert not page.keys("speak")
    assert page.app.chat_input


def test_read_aloud_when_it_was_wished(screen, humming, sit, models):
    page = talking(screen, sit, humming)
    page.app.toggle(key="aloud").set_value(True).run()
    page.ask(QUESTION)
    assert page.app.get("audio")
    assert "Never hurry a kite" in page.html(), "the words stand there as well"
    assert "Spoken by a computer" in page.html()


def test_one_key_silences_and_only_then_leaves(screen, humming, sit, models):
    page = talking(screen, sit, humming).ask(QUESTION).press("hear-0-all").press("hear-0-all")
    assert page.app.get("audio")[0].proto.autoplay
    assert page.app.button(key="hush").proto.shortcut.lower() == "escape"
    assert page.app.button(key="stop").proto.shortcut == ""
    page.press("hush")
    assert not page.app.get("audio")
    assert page.app.button(key="stop").proto.shortcut.lower() == "escape"


@pytest.mark.parametrize("interrupt", ["question", "microphone"])
def test_whatever_one_does_next_silences_it(screen, humming, sit, models, interrupt):
    page = talking(screen, sit, humming).ask(QUESTION).press("hear-0-all").press("hear-0-all")
    assert page.keys("hush")
    if interrupt == "question":
        page.ask("Did he mend clocks?")
    else:
        page.press("speak")
        assert page.app.audio_input
    assert not page.app.get("audio")


def test_heard_to_its_end_it_can_be_played_again_by_hand(screen, humming, sit, models):
    page = talking(screen, sit, humming).ask(QUESTION).press("hear-0-all")
    [player] = page.app.get("audio")
    assert not player.proto.autoplay
    assert not page.keys("hush")
    assert "Spoken by a computer" in page.html()


def test_a_voice_that_cannot_speak_is_one_sentence(screen, humming, sit, tmp_path, monkeypatch):
    page = talking(screen, sit, humming).ask("What about the clocks?")
    monkeypatch.setenv("PERSONA_MODELS", str(tmp_path))
    page.press("hear-0-all")
    assert "persona fetch perth" in page.html()
    assert not page.app.get("audio")
    assert not page.app.exception


def test_his_own_recording_sounds_in_place_of_the_voice(screen, humming, sit, models):
    page = talking(screen, sit, humming).ask("Bring bread and lemons?").press("own-0-0")
    assert len(page.app.get("audio")) == 1
    assert "Henry’s own voice, recorded: Answering machine" in page.html()
    assert "Spoken by a computer" not in page.html()
    assert page.keys("hush") == ["hush"]


def test_what_is_heard_is_sealed(screen, humming, sit, models):
    talking(screen, sit, humming).ask(QUESTION).press("hear-0-all")
    files = sorted(humming.conversations.glob("*.wav"), key=lambda one: one.stat().st_mtime)
    assert read_seal(files[-1], known_root(humming)).state is SealState.OURS


def test_nothing_of_it_is_left_for_the_next_visitor(screen, humming, sit, models):
    page = record(talking(screen, sit, humming).press("speak"), spoken_words())
    words = page.app.text_area(key="spoken-words").value
    page.press("change").press("stranger").press("begin")
    assert words not in page.everything()
    assert not page.app.text_area
    assert not page.app.audio_input


def test_in_chinese(screen, humming, sit, models):
    page = talking(screen, sit, humming, "daniel")
    page.app.session_state["language"] = "zh"
    page.app.run()
    page.press("speak")
    assert "录音只留在这台电脑上" in page.html()
    assert page.app.audio_input[0].label == "您的问题"

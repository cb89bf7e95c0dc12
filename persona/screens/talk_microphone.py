"""Asking by voice: what was heard is shown and corrected before it is asked.

    microphone ─▶ recogniser on this machine ─▶ words to correct ─▶ a question like any other

The recording is deleted as soon as it has become words; nobody else ever has it, and it is never
evidence of anything (law 3): what counts is the question that the visitor sends.
"""

import tempfile
from pathlib import Path
from typing import Any

import streamlit as st

from persona.config import models_folder
from persona.engines.opening import open_recogniser
from persona.engines.protocols import Recogniser
from persona.errors import PersonaError
from persona.screens import talk_sound, visit
from persona.screens.markup import as_label
from persona.screens.page import line
from persona.screens.words import LANGUAGES, language, say

_RATE_HZ = 16_000
_LONGEST_S = 120.0


@st.cache_resource(show_spinner=False)
def _recogniser(folder: str) -> Recogniser | None:  # noqa: ARG001 - the key of the cache
    return open_recogniser(visit.archive().workspace.config, models_folder())


def speak_button() -> None:
    """Offer the microphone; pressing it silences whatever sounds."""
    if visit.archive().workspace.config.engines.recogniser == "none":
        return
    if _is_open() and not talk_sound.is_on():
        label, action = "speak.type", _close
    else:
        label, action = "speak.open", _open
    st.button(as_label(say(label)), key="speak", icon=":material/mic:", on_click=action)


def spoken_question(limit: int) -> str | None:
    """Show the recorder, or what was heard; return the question once it is sent.

    Args:
        limit: characters of a question at the most.
    """
    if not _is_open() or talk_sound.is_on():
        return None
    with st.container(key="microphone", border=True):
        if "spoken" in st.session_state:
            return _corrected(limit)
        line(say("speak.how"), "small")
        take = st.session_state.get("take", 0)
        sound = st.audio_input(say("speak.record"), key=f"take-{take}", sample_rate=_RATE_HZ)
        if sound is not None:
            _understand(sound.getvalue(), limit)
    return None


def _is_open() -> bool:
    return bool(st.session_state.get("microphone"))


def _open() -> None:
    talk_sound.hush()
    st.session_state["microphone"] = True
    st.session_state.setdefault("say_aloud", True)


def _close() -> None:
    for key in ("microphone", "spoken", "spoken-words"):
        st.session_state.pop(key, None)


def _understand(sound: bytes, limit: int) -> None:
    """Turn a recording into words, and forget it."""
    try:
        with st.spinner(say("speak.listening")):
            words = _words(sound)
    except PersonaError as error:
        line(str(error), "notice")
        return
    if not words:
        line(say("speak.nothing"), "notice")
        return
    st.session_state["spoken"] = words[:limit]
    _forget_take()
    st.rerun()


def _forget_take() -> None:
    """Take the next recorder: what the last one holds is dropped with it."""
    st.session_state["take"] = st.session_state.get("take", 0) + 1


def _words(sound: bytes) -> str:
    """Return what is said in a WAV file; it lies on the disk only while it is heard.

    Raises:
        MissingModel: the weights are not here.
        UnreadableSource: there is nothing to hear.
    """
    recogniser = _recogniser(st.session_state["folder"])
    if recogniser is None or len(sound) > _LONGEST_S * _RATE_HZ * 2:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "question.wav"
        file.write_bytes(sound)
        heard = recogniser.transcribe(file)
        if heard.language not in LANGUAGES and heard.segments:
            heard = recogniser.transcribe(file, language=language())
    return " ".join(segment.text.strip() for segment in heard.segments).strip()


def _corrected(limit: int) -> str | None:
    """Show the words that were heard, to be corrected; return them once they are sent."""
    st.session_state.setdefault("spoken-words", st.session_state["spoken"])
    st.text_area(say("speak.heard"), key="spoken-words", max_chars=limit)
    with st.container(horizontal=True):
        sent = st.button(as_label(say("speak.ask")), key="spoken-ask", type="primary")
        st.button(as_label(say("speak.again")), key="spoken-again", on_click=_drop)
    words = str(st.session_state["spoken-words"]).strip()
    if not (sent and words):
        return None
    _drop()
    return words


def _drop(*_: Any) -> None:
    for key in ("spoken", "spoken-words"):
        st.session_state.pop(key, None)

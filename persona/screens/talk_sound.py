"""The sound of an answer: his own recording first, else the declared voice; silenced at once.

    heard = (answer, clip)   that stretch of a recording, as it is: no voice reads those words
    heard = (answer, None)   the answer, read aloud after the spoken notice: part by part while
                             the rest is being made, and his own recordings in their places
    nothing                  silence: Esc, a button, another question, or the microphone
    player = answer          it was heard to its end and can be played once more, by hand

The words of an answer stand on the screen all the time, and those that sound now once more.
Whatever anybody presses ends what sounds, because the page is then drawn anew without it.
"""

import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from persona.converse.answer import OriginalClip
from persona.engines.protocols import Voice
from persona.errors import PersonaError
from persona.remember.view import View
from persona.screens import labels, visit
from persona.screens.dates import clock
from persona.screens.markup import as_html, as_label
from persona.screens.page import line, subject_name
from persona.screens.recording import play_stretch
from persona.screens.words import say
from persona.speaking import HeardPart, is_spoken_by, speak_live

_BREATH_S = 0.3
"""Seconds heard before and after quoted words, so that no sound is cut off."""

_AT_ONCE = """<script>
if (!window.personaHush) {
  window.personaHush = true;
  const hush = () => document.querySelectorAll("audio").forEach(sound => sound.pause());
  addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    hush();
    if (event.target.closest("textarea, input"))  // shortcuts rest while somebody types
      document.querySelector(".st-key-hush button")?.click();
  }, true);
  addEventListener("click", event => {
    if (event.target.closest(".st-key-hush, .st-key-speak")) hush();
  }, true);
}
</script>"""
"""Silence in the browser itself: the page that is drawn anew comes a moment later."""

_PAUSE_S = 0.3
_LOOK_S = 0.05
"""How often it is looked whether somebody has pressed something."""


@dataclass(frozen=True)
class Sounding:
    """An answer that is to be read aloud as soon as the page is drawn."""

    exchange: visit.Exchange
    view: View
    key: str
    place: "st.delta_generator.DeltaGenerator"


def is_on() -> bool:
    """Say whether something may be sounding."""
    return st.session_state.get("heard") is not None


def hush() -> None:
    """Silence whatever sounds: what is not on the page is not heard."""
    for key in ("heard", "player"):
        st.session_state.pop(key, None)


def hush_button() -> None:
    """Offer silence, with the key that is easiest to find."""
    st.button(
        as_label(say("speak.hush")),
        key="hush",
        type="primary",
        icon=":material/volume_off:",
        shortcut="Esc",
        on_click=hush,
    )
    st.html(_AT_ONCE, unsafe_allow_javascript=True)


def aloud_switch() -> None:
    """Offer that answers are read aloud as they come; nothing sounds unasked."""
    if visit.voice() is None:
        return
    st.session_state["aloud"] = says_aloud()
    st.toggle(as_label(say("speak.aloud")), key="aloud", on_change=_switched)


def _switched() -> None:
    st.session_state["say_aloud"] = st.session_state["aloud"]
    if not st.session_state["aloud"]:
        hush()


def says_aloud() -> bool:
    """Say whether answers are read aloud as they come."""
    return bool(st.session_state.get("say_aloud"))


def begin_aloud(number: int) -> None:
    """Let the answer with this number sound, if that is wanted."""
    if says_aloud() and visit.voice() is not None:
        st.session_state["heard"] = (str(number), None)


def show_sound(exchange: visit.Exchange, view: View, key: str) -> Sounding | None:
    """Offer the person's own recording first, then the answer read by the declared voice.

    Returns:
        What `sound_out` plays once the page is drawn; None: nothing, or it plays already.
    """
    voice = visit.voice()
    if exchange.sound is not None and (voice is None or not is_spoken_by(voice, exchange.sound)):
        exchange.sound = None  # that voice may not be heard any more
    _offer(exchange, key)
    which, clip = st.session_state.get("heard") or ("", None)
    if which == key and clip is not None:
        _play_original(clip, view, subject_name())
    elif which == key and exchange.sound is None:
        place = st.empty()
        place.html(f'<p class="small" role="status">{as_html(say("talk.preparing"))}</p>')
        return Sounding(exchange, view, key, place)
    elif exchange.sound is not None and key in (which, st.session_state.get("player")):
        st.audio(str(exchange.sound), autoplay=which == key)
        _say_whose_voice()
    return None


def _offer(exchange: visit.Exchange, key: str) -> None:
    clips = list(dict.fromkeys(one.clip for one in exchange.sentences if one.clip is not None))
    name = labels.short_name(subject_name())
    with st.container(key=f"hear-{key}", horizontal=True):
        for number, clip in enumerate(clips):
            own = say("talk.hear_own", name=name)
            own += f" ({clock(clip.start_s)})" if len(clips) > 1 else ""
            if st.button(as_label(own), key=f"own-{key}-{number}", icon=":material/graphic_eq:"):
                st.session_state["heard"] = (key, clip)
        if visit.voice() is not None and exchange.turn_id is not None:
            hear = say("talk.hear")
            if st.button(as_label(hear), key=f"hear-{key}-all", icon=":material/volume_up:"):
                st.session_state["heard"] = (key, None)


def sound_out(sounding: Sounding) -> None:
    """Read an answer aloud, part by part; a press of anything ends it there."""
    voice, exchange = visit.voice(), sounding.exchange
    hush()  # from here on, the page drawn anew is a silent one
    assert voice is not None
    try:
        with closing(_live(exchange, voice)) as parts:
            exchange.sound = _played(parts, sounding)
            st.session_state["player"] = sounding.key
    except PersonaError as error:
        with sounding.place:
            line(str(error), "notice")
        return
    st.rerun()


def _live(exchange: visit.Exchange, voice: Voice) -> Generator[HeardPart, None, Path]:
    archive = visit.archive()
    here = visit.visitor() or visit.Visitor("stranger")
    assert exchange.turn_id is not None
    return speak_live(
        archive.workspace,
        archive.store,
        exchange.turn_id,
        voice,
        here.listens_as(),
        sentences=exchange.sentences,
    )


def _played(parts: Generator[HeardPart, None, Path], sounding: Sounding) -> Path:
    """Play each part when the one before has ended; return the file of them all."""
    until, number = 0.0, 0
    while True:
        try:
            part = next(parts)
        except StopIteration as end:
            _wait(until)
            file: Path = end.value
            return file
        _wait(until)
        with sounding.place.container(key=f"part-{number}"):
            st.audio(part.wav(), autoplay=True)
            st.html(f'<p class="caption" lang="{part.language}">{as_html(part.text)}</p>')
            _say_whose(part, sounding.view)
        until, number = time.monotonic() + part.seconds + _PAUSE_S, number + 1


def _wait(until: float) -> None:
    """Wait until what sounds has ended; Streamlit stops us here when something is pressed."""
    while time.monotonic() < until:
        time.sleep(_LOOK_S)
        st.session_state.get("heard")


def _say_whose(part: HeardPart, view: View) -> None:
    if part.source_id is None:
        _say_whose_voice()
        return
    source = view.source(part.source_id)
    line(say("talk.original", name=labels.short_name(subject_name()), title=source.title), "small")
    if source.synthetic:
        line(say("source.acted"), "small")


def _say_whose_voice() -> None:
    voice = visit.voice()
    if voice is not None:
        line(say("talk.voice", donor=voice.donor), "small")


def _play_original(clip: OriginalClip, view: View, name: str) -> None:
    try:
        source = view.source(clip.source_id)
        breath = _BREATH_S if view.may_open(source.id) else 0.0
        start = max(0.0, clip.start_s - breath)
        play_stretch(source, start, clip.end_s + breath, autoplay=True)
    except PersonaError:
        line(say("source.no_file"), "notice")
        return
    line(say("talk.original", name=labels.short_name(name), title=source.title), "small")
    if source.synthetic:
        line(say("source.acted"), "small")

"""Two voices, one after the other: which is nearer? Nobody says which is which."""

import random

import streamlit as st

from persona.errors import PersonaError
from persona.keeper import listening
from persona.keeper.listening import Pair
from persona.records import Judged, Preference
from persona.screens import labels, visit
from persona.screens.compare import back_to_versions
from persona.screens.markup import as_html, as_label
from persona.screens.page import go, heading, line, show, subject_name
from persona.screens.words import language, say

_RATINGS = (1, 2, 3, 4, 5)
_LOT = random.SystemRandom()


def render() -> None:
    """Show the page."""
    back_to_versions()
    heading(say("page.listening"))
    line(say("listening.intro", name=_name()))
    if visit.keeps():
        line(say("listening.keeper"), "notice")
        return
    if st.session_state.pop("pair-kept", False):
        show(f'<p class="notice" role="status">{as_html(say("listening.kept"))}</p>')
    pair: Pair | None = st.session_state.get("pair")
    if pair is None:
        _begin()
    else:
        _hear(pair)
        _vote(pair)
    _mine()


def _name() -> str:
    return labels.short_name(subject_name())


def _begin() -> None:
    if not st.button(as_label(say("listening.begin")), key="listen", type="primary"):
        return
    here, archive = visit.visitor() or visit.Visitor("stranger"), visit.archive()
    try:
        with st.spinner(say("listening.making")):
            st.session_state["pair"] = listening.draw(
                archive.workspace,
                archive.store,
                visit.listening_view(),
                here.person_id,
                language(),
                _LOT,
            )
    except PersonaError as error:
        line(str(error), "notice")
        return
    st.rerun()


def _hear(pair: Pair) -> None:
    for side, heard in (("first", pair.first), ("second", pair.second)):
        with st.container(key=f"sound-{side}", border=True):
            line(say(f"listening.{side}"), "strong")
            if heard.file.is_file():
                st.audio(heard.file.read_bytes(), format="audio/wav", alt=say(f"listening.{side}"))
            else:  # taken back meanwhile
                line(say("source.no_file"), "notice")


def _vote(pair: Pair) -> None:
    number = int(st.session_state.get("pair-count", 0))
    sides = {one: say(f"listening.prefer_{one.value}") for one in Preference}
    ratings = {one: say(f"listening.rate_{one}") for one in _RATINGS}
    with st.form(f"listening-form-{number}"):
        preferred = st.radio(
            say("listening.nearer", name=_name()),
            list(sides),
            index=None,
            format_func=sides.__getitem__,
            key=f"nearer-{number}",
        )
        likeness = [
            st.radio(
                say(f"listening.like_{side}", name=_name()),
                list(ratings),
                index=None,
                horizontal=True,
                format_func=ratings.__getitem__,
                key=f"like-{side}-{number}",
            )
            for side in ("first", "second")
        ]
        pressed = st.form_submit_button(as_label(say("listening.keep")), type="primary")
    if pressed and preferred is None and likeness == [None, None]:
        line(say("listening.nothing_chosen"), "notice")
    elif pressed:
        _keep(pair, preferred, likeness)
    with st.container(horizontal=True):
        st.button(as_label(say("listening.another")), key="listen-other", on_click=_next)
        if st.button(as_label(say("listening.enough")), key="listen-enough"):
            _next()
            go("talk")


def _keep(pair: Pair, preferred: Preference | None, likeness: list[int | None]) -> None:
    here = visit.visitor() or visit.Visitor("stranger")
    try:
        listening.vote(visit.archive().store, pair, here.person_id, preferred, likeness)
    except PersonaError as error:
        line(str(error), "notice")
        return
    _next()
    st.session_state["pair-kept"] = True
    st.rerun()


def _next() -> None:
    st.session_state.pop("pair", None)
    st.session_state["pair-count"] = int(st.session_state.get("pair-count", 0)) + 1


def _mine() -> None:
    count = len(visit.listening_view().judgements(Judged.VOICES))
    if count:
        line(say("listening.mine", count=count), "small")

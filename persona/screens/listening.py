"""Two voices, one after the other: which is nearer? Nobody says which is which."""

import random
from functools import partial

import streamlit as st

from persona.errors import PersonaError
from persona.keeper import listening
from persona.keeper.listening import Pair
from persona.records import Judged
from persona.screens import labels, visit, voting
from persona.screens.compare import back_to_versions
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, subject_name
from persona.screens.words import language, say

_PAGE = "listening"
_LOT = random.SystemRandom()


def render() -> None:
    """Show the page."""
    back_to_versions()
    heading(say("page.listening"))
    line(say("listening.intro", name=labels.short_name(subject_name())))
    if visit.keeps():
        line(say("listening.keeper"), "notice")
        return
    voting.thanks(_PAGE)
    pair: Pair | None = st.session_state.get(_PAGE)
    if pair is None:
        _begin()
    else:
        heads = [say(f"listening.{side}") for side in voting.SIDES]
        voting.players(heads, [_content(one) for one in (pair.first, pair.second)], "audio/wav")
        voting.vote(_PAGE, partial(listening.vote, visit.archive().store, pair))
        _leave()
    voting.own_votes(_PAGE, Judged.VOICES)


def _begin() -> None:
    if not st.button(as_label(say("listening.begin")), key="listen", type="primary"):
        return
    here, archive = visit.visitor() or visit.Visitor("stranger"), visit.archive()
    try:
        with st.spinner(say("listening.making")):
            st.session_state[_PAGE] = listening.draw(
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


def _content(heard: listening.Heard) -> bytes:
    """Return a sound as it lies there; empty: it was taken back meanwhile."""
    return heard.file.read_bytes() if heard.file.is_file() else b""


def _leave() -> None:
    with st.container(horizontal=True):
        voting.another_button(_PAGE)
        if st.button(as_label(say("listening.enough")), key="listen-enough"):
            voting.next_pair(_PAGE)
            go("talk")

"""A last goodbye, on the family's own terms: held, put off, and only then a retired version."""

import streamlit as st

from persona.converse.answer import AnswerSentence
from persona.keeper import farewell as parting
from persona.remember.view import View
from persona.screens import visit
from persona.screens.answer_view import groups, show_group
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, subject_name
from persona.screens.words import say


def render(view: View) -> None:
    """Show the farewell; it is made once, and stays to be read."""
    name = subject_name()
    heading(say("farewell.title"), 2)
    said: list[AnswerSentence] | None = st.session_state.get("parting")
    if said is None:
        line(say("farewell.before", name=name))
        with st.container(horizontal=True):
            st.button(as_label(say("farewell.hold")), key="hold", type="primary", on_click=_hold)
            st.button(as_label(say("farewell.later")), key="later", on_click=leave_farewell)
        return
    for number, group in enumerate(groups(said)):
        show_group(group, view, f"farewell-{number}", live=True)
    here = visit.visitor()
    if here is not None and here.kind == "custodian":
        line(say("farewell.retire_hint"))
        with st.container(horizontal=True):
            st.button(as_label(say("farewell.retire")), key="retire", on_click=_retire)
            st.button(as_label(say("farewell.later")), key="later", on_click=leave_farewell)
    else:
        line(say("farewell.custodian"), "small")
    if st.button(as_label(say("talk.read_memories")), key="read", type="primary"):
        go("memories")


def ask_for_farewell() -> None:
    """Remember that somebody wants to say goodbye for good."""
    st.session_state["farewell"] = True


def leave_farewell() -> None:
    """Put it off."""
    for key in ("farewell", "parting"):
        st.session_state.pop(key, None)


def _hold() -> None:
    with visit.reading():
        talk = visit.talk()
        st.session_state["parting_version"] = talk.version.id
        st.session_state["parting"] = list(parting.hold_farewell(talk))
        st.session_state.pop("talk", None)


def _retire() -> None:
    parting.retire(visit.archive().store, st.session_state["parting_version"])
    leave_farewell()
    st.session_state.pop("begun", None)

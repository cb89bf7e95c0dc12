"""Asks whoever says a name for its pass phrase, and lets people set, change or remove theirs."""

import streamlit as st

from persona.errors import ConverseError
from persona.pass_phrases import KEEPER, is_guarded, opens, remove_phrase, set_phrase
from persona.records import Person
from persona.screens import visit
from persona.screens.markup import as_label
from persona.screens.page import heading, line
from persona.screens.words import language, say


def name_of(who: visit.Visitor) -> str | None:
    """Return under which name somebody has a pass phrase; None: a stranger has none."""
    return KEEPER if who.kind == "custodian" else who.person_id


def come_in(who: visit.Visitor, person: Person | None) -> None:
    """Let somebody in, or ask for the pass phrase first."""
    name = name_of(who)
    if name is not None and is_guarded(visit.archive().workspace, name):
        st.session_state["asked_phrase"] = (who, person)
    else:
        visit.enter(who, person)


def asked() -> bool:
    """Ask for the phrase where one is waited for; say whether that is what the page shows."""
    if "asked_phrase" not in st.session_state:
        return False
    who, person = st.session_state["asked_phrase"]
    name = visit.listening_view().display_name(person, language()) if person else ""
    heading(say("phrase.ask", name=name) if name else say("phrase.ask_keeper"))
    with st.form("phrase", border=False):
        given = st.text_input(say("phrase.label"), type="password", key="phrase-given")
        with st.container(horizontal=True):
            tried = st.form_submit_button(as_label(say("phrase.enter")), type="primary")
            back = st.form_submit_button(as_label(say("welcome.back")))
    if back:
        del st.session_state["asked_phrase"]
        st.rerun()
    if tried and _is_right(who, given or ""):
        visit.enter(who, person)
        st.rerun()
    line(say("phrase.forgotten"), "small")
    return True


def _is_right(who: visit.Visitor, given: str) -> bool:
    try:
        right = opens(visit.archive().workspace, name_of(who) or "", given)
    except ConverseError:
        line(say("phrase.wait"), "notice")
        return False
    if not right:
        line(say("phrase.wrong"), "notice")
    return right


def own_phrase(here: visit.Visitor) -> None:
    """Let whoever is here set a phrase of their own, or do without."""
    name = name_of(here)
    if name is None:
        return
    workspace = visit.archive().workspace
    guarded = is_guarded(workspace, name)
    with st.expander(say("phrase.change" if guarded else "phrase.set")):
        line(say("phrase.about"))
        with st.form("own-phrase", border=False, clear_on_submit=True):
            new = st.text_input(say("phrase.new"), type="password", key="phrase-new")
            kept = st.form_submit_button(as_label(say("phrase.keep")), key="phrase-keep")
        if kept:
            _keep(name, new or "")
        if guarded and st.button(as_label(say("phrase.remove")), key="phrase-remove"):
            remove_phrase(workspace, name)
            st.rerun()


def _keep(name: str, new: str) -> None:
    try:
        set_phrase(visit.archive().workspace, name, new)
    except ConverseError:
        line(say("phrase.too_short"), "notice")
    else:
        line(say("phrase.kept"), "notice")

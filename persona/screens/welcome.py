"""Who is here today, what this is, and the word to begin."""

import streamlit as st

from persona.converse.care import admit
from persona.errors import ConsentError
from persona.records import Person, SourceKind, VersionState
from persona.remember.view import View
from persona.screens import pass_phrase, visit
from persona.screens.first_people import render_first
from persona.screens.markup import as_label
from persona.screens.page import go, heading, line, subject_name
from persona.screens.portrait import face, frame_html
from persona.screens.words import language, listing, say


def render() -> None:
    """Show the page."""
    here = visit.visitor()
    if not visit.subject_known():
        render_first()
    elif here is None:
        if not pass_phrase.asked():
            _who()
    else:
        _before(here)


def materials(view: View) -> str:
    """Return what there is, in words: ``letters, interviews and photographs``."""
    kinds = {source.kind for source in view.sources()} - {SourceKind.DERIVED}
    words = [say(f"material.{kind.value}") for kind in SourceKind if kind in kinds]
    return listing(list(dict.fromkeys(words)))


def _who() -> None:
    view = visit.listening_view()
    name = subject_name()
    with st.container(key="who", horizontal_alignment="center"):
        st.html(frame_html(face(view), name))
        line(say("page.name", name=name), "lead")
        heading(say("welcome.title"))
        line(say("welcome.intro"), "center")
        for person in _may_be_here(view):
            label = as_label(view.display_name(person, language()))
            st.button(
                label,
                key=f"person-{person.id}",
                width="stretch",
                on_click=pass_phrase.come_in,
                args=(visit.Visitor("person", person.id), person),
            )
        st.button(
            as_label(say("welcome.somebody_else")),
            key="stranger",
            width="stretch",
            on_click=pass_phrase.come_in,
            args=(visit.Visitor("stranger"), None),
        )
    with st.container(key="keeper"):
        line(say("welcome.custodian_title"), "label")
        st.button(
            as_label(say("welcome.custodian")),
            key="custodian",
            on_click=pass_phrase.come_in,
            args=(visit.Visitor("custodian"), None),
        )
        line(say("welcome.custodian_hint"), "small")


def _may_be_here(view: View) -> list[Person]:
    """Return the living people who show themselves, in the order of the archive."""
    return [person for person in view.people() if visit.may_be_here(person)]


def _before(here: visit.Visitor) -> None:
    view = visit.listening_view()
    name = subject_name()
    person = view.person(here.person_id) if here.person_id else None
    if person is not None and person.minor and not _child_may_talk(person):
        _not_for_children(here, view, person)
        return
    with st.container(key="before"):
        heading(_hello(here, view, person))
        if person is not None and person.minor:
            line(say("welcome.minor", name=view.display_name(person, language())), "notice")
        heading(say("welcome.before"), 2)
        line(say("welcome.is_simulation", name=name), "strong")
        made_of = materials(view)
        line(
            say("welcome.made_of", materials=made_of) if made_of else say("welcome.made_of_nothing")
        )
        for key in ("may_be_wrong", "stays_here", "stop_any_time"):
            line(say(f"welcome.{key}"))
        _begin()
        pass_phrase.own_phrase(here)


def _child_may_talk(person: Person) -> bool:
    archive = visit.archive()
    try:
        admit(archive.store, person.id, archive.workspace.config.care)
    except ConsentError:
        return False
    return True


def _not_for_children(here: visit.Visitor, view: View, person: Person) -> None:
    """Say kindly that this is for grown-ups; letters and photographs are for everybody."""
    law = visit.archive().workspace.config.care.law_profile
    with st.container(key="before"):
        heading(_hello(here, view, person))
        key = "welcome.minor_law" if law == "china" else "welcome.minor_refused"
        line(say(key, name=view.display_name(person, language())), "notice")
        with st.container(horizontal=True):
            if st.button(as_label(say("talk.read_memories")), key="read", type="primary"):
                go("memories")
            st.button(as_label(say("welcome.back")), key="back", on_click=visit.leave)


def _hello(here: visit.Visitor, view: View, person: Person | None) -> str:
    if person is not None:
        return say("welcome.hello", name=view.display_name(person, language()))
    return say(f"welcome.hello_{here.kind}")


def _begin() -> None:
    ready = visit.newest_version() is not None
    if not ready:
        known = visit.listening_view().versions()
        retired = any(one.state is not VersionState.DRAFT for one in known)
        line(say("welcome.retired" if retired else "welcome.no_version"), "notice")
    with st.container(horizontal=True):
        if ready and st.button(as_label(say("welcome.begin")), key="begin", type="primary"):
            st.session_state["begun"] = True
            go("talk")
        if not ready and st.button(as_label(say("talk.read_memories")), key="read"):
            go("memories")
        if visit.keeps() and st.button(as_label(say("page.keep")), key="keep"):
            go("keep")
        st.button(as_label(say("welcome.back")), key="back", on_click=visit.leave)
